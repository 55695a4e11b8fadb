"""Register the state in the browser and the one callback that turns a query into a view."""

from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from dashboard.features.scope import figures, ids, layout
from dashboard.state import Asked
from geo.store.views import view

NAMESPACE = "circle"
ReadQuery = Callable[[object], Asked | None]


def register(app: Dash, read: ReadQuery) -> None:
    """Register the four callbacks every page needs.

    Parameters
    ----------
    read
        Turns the store `query` into a checked question, None while nothing is published.
    """
    _register_in_browser(app)

    @app.callback(
        output={
            "view": Output(ids.VIEW, "data"),
            "areas": Output(ids.AREA, "options"),
            "categories": Output(ids.CATEGORY, "options"),
            "speeds": Output(ids.SPEED, "options"),
            "modes": Output(ids.MODE, "options"),
            "bases": Output(ids.BASIS, "options"),
        },
        inputs={"query": Input(ids.QUERY, "data")},
        prevent_initial_call=True,
    )
    def answer(query: object) -> dict[str, Any]:
        asked = read(query)
        return _nothing() if asked is None else _answered(asked)


def _answered(asked: Asked) -> dict[str, Any]:
    facts, lang = asked.release.facts, asked.lang
    return {
        "view": view(asked.release, asked.question, asked.dropped),
        "areas": figures.area_options(facts, asked.question.area),
        "categories": figures.category_options(asked.release, lang),
        "speeds": figures.speed_options(facts, lang),
        "modes": layout.mode_options(lang, list(facts.modes)),
        "bases": layout.basis_options(lang, list(facts.bases)),
    }


def _nothing() -> dict[str, Any]:
    options = ("areas", "categories", "speeds", "modes", "bases")
    return {"view": None, **{name: [] for name in options}}


def _register_in_browser(app: Dash) -> None:
    controls = [
        Input(ids.AREA, "value"),
        Input(ids.CATEGORY, "value"),
        Input(ids.MINUTES, "drag_value"),
        Input(ids.MINUTES, "value"),
        Input(ids.MINUTES_BOX, "value"),
        Input(ids.MODE, "value"),
        Input(ids.BASIS, "value"),
        Input(ids.SPEED, "value"),
        Input(ids.LANG, "value"),
        Input(ids.ACTION, "data"),
    ]
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "reduce"),
        Output(ids.STATE, "data"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
        *controls,
        State(ids.STATE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "derive"),
        Output(ids.QUERY, "data"),
        Output(ids.PICKED, "data"),
        Input(ids.STATE, "data"),
        State(ids.QUERY, "data"),
        State(ids.PICKED, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "draw"),
        Output(ids.DRAWN, "data"),
        Input(ids.STATE, "data"),
        Input(ids.VIEW, "data"),
        Input(ids.PLACE, "data"),
        Input(ids.GRIDS, "data"),
        Input(ids.WORDS, "data"),
    )
