"""Lay out the data page."""

from dash import html
from dash.development.base_component import Component

from dashboard.features.quality import ids


def layout() -> Component:
    """Give the empty container of the data page."""
    return html.Section(id=ids.QUALITY, className="quality")
