"""Lay out what stands beside the map on the pages of standards and of gaps."""

from dash import html
from dash.development.base_component import Component

from dashboard.features.work import ids
from dashboard.said import labelled


def layout(lang: str) -> list[Component]:
    """Give the row of tabs and filters, and the panel of the list."""
    return [
        html.Section(
            html.Div(id=ids.HEAD, className="work-row"),
            className="work-head",
            **labelled(lang, "work_head"),
        ),
        html.Section(
            html.Div(id=ids.WORK, className="work"),
            className="work-panel",
            **labelled(lang, "work"),
        ),
    ]
