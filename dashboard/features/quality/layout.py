"""Lay out the data page."""

from dash import html
from dash.development.base_component import Component

from dashboard.features.quality import ids
from dashboard.said import attributes


def layout(prefix: str) -> Component:
    """Give the empty containers of the data page: what is to be loaded, then what is published."""
    return html.Section(
        [
            html.Div(id=ids.OPERATE, className="operate", **attributes({"data-prefix": prefix})),
            html.Div(id=ids.QUALITY, className="quality-record"),
        ],
        className="quality",
    )
