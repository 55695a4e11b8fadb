"""Register the state in the browser and the one callback that turns a query into a view."""

from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashboard.features.scope import figures, ids, layout
from dashboard.state import Asked
from geo.store.opened import ALL
from geo.store.views import view

NAMESPACE = "circle"
DROPDOWNS = (ids.AREA, ids.CATEGORY, ids.SPEED)
OPTIONS = ("areas", "categories", "speeds", "modes", "bases", "openings")
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
            "openings": Output(ids.OPENING, "options"),
            "words": [Output(name, "labels") for name in DROPDOWNS],
            "offered": Output(ids.OFFERED, "data"),
        },
        inputs={"query": Input(ids.QUERY, "data")},
        state={"offered": State(ids.OFFERED, "data")},
        prevent_initial_call=True,
    )
    def answer(query: object, offered: object) -> dict[str, Any]:
        asked = read(query)
        if asked is None:
            return {"view": None, **_unchanged()}
        shown = view(asked.release, asked.question, asked.dropped)
        return {"view": shown, **_options(asked, offered)}


def _options(asked: Asked, offered: object) -> dict[str, Any]:
    """Give what there is to choose from, unless the controls hold it already."""
    facts, lang = asked.release.facts, asked.lang
    around = asked.question.area.code if figures.is_local(facts) else ""
    category = asked.question.category
    hours = ",".join(facts.openings_of(category)) or str(bool(category and category.code == ALL))
    key = f"{asked.release.id} {lang} {around} {hours}"
    if offered == key:
        return _unchanged()
    return {
        "areas": figures.area_options(facts, asked.question.area),
        "categories": figures.category_options(asked.release, lang),
        "speeds": figures.speed_options(facts, lang),
        "modes": layout.mode_options(lang, list(facts.modes)),
        "bases": layout.basis_options(lang, list(facts.bases)),
        "openings": figures.opening_options(asked.question, facts, lang),
        "words": [layout.dropdown_words(lang)] * len(DROPDOWNS),
        "offered": key,
    }


def _unchanged() -> dict[str, Any]:
    words = [no_update] * len(DROPDOWNS)
    return {**dict.fromkeys(OPTIONS, no_update), "words": words, "offered": no_update}


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
        Input(ids.OPENING, "value"),
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
