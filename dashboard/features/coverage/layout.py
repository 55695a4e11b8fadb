"""Lay out the layers, the place in detail and the drawer of grids."""

from dash import html
from dash.development.base_component import Component

from dashboard.features.coverage import ids
from dashboard.said import labelled


def layers(lang: str) -> Component:
    """Give the panel left of the map."""
    return html.Section(
        [html.Div(id=ids.LAYERS), html.Div(id=ids.HISTOGRAM)],
        className="layers-panel",
        **labelled(lang, "layers"),
    )


def detail(lang: str) -> Component:
    """Give the panel right of the map."""
    return html.Section(
        html.Div(id=ids.DETAIL),
        className="detail-panel",
        **labelled(lang, "detail"),
    )


def drawer(lang: str) -> Component:
    """Give the drawer under the map."""
    return html.Section(
        id=ids.DRAWER,
        className="drawer",
        **labelled(lang, "drawer"),
    )
