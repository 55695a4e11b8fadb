"""Lay out the answer, its parts and the map; the scripts of the page fill the containers."""

from typing import Any, cast

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from dashboard.features.overview import ids
from dashboard.said import labelled


def head() -> list[Component]:
    """Give the title, the sentence and the key numbers."""
    return [
        html.H1(id=ids.TITLE),
        html.Div(id=ids.SENTENCE, className="sentence"),
        html.Div(id=ids.KPIS, className="kpis"),
    ]


def map_card(lang: str, centre_lonlat: tuple[float, float]) -> Component:
    """Give the map with its legend; it starts at a place and is fitted by the page."""
    lon, lat = centre_lonlat
    return _section(
        lang,
        "map",
        "map-card card",
        html.Div(id=ids.MAP_HEAD, className="map-head"),
        html.Div(
            dl.Map(
                [],
                id=ids.MAP,
                center=cast("Any", [lat, lon]),
                zoom=12,
                minZoom=3,
                maxZoom=18,
                zoomControl=False,
                attributionControl=False,
                className="map",
            ),
            className="map-wrap",
        ),
        html.Div(id=ids.LEGEND, className="legend"),
    )


def cards(lang: str) -> list[Component]:
    """Give the ranking, the categories and the months."""
    return [
        _section(lang, "ranking", "card ranking-card", html.Div(id=ids.RANKING)),
        _section(lang, "categories", "card categories-card", html.Div(id=ids.CATEGORIES)),
        _section(
            lang,
            "trend",
            "card trend-card",
            html.Div(id=ids.TREND_HEAD),
            # The script mounts the graph here: Plotly comes after the map, where it is shown.
            html.Div(id=ids.TREND),
        ),
    ]


def _section(lang: str, key: str, name: str, *children: Component) -> Component:
    return html.Section(
        list(children),
        className=name,
        **labelled(lang, key),
    )
