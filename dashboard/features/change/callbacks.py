"""Answer why a number changed, when somebody opens the card."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from dashboard.features.change import ids
from dashboard.state import Asked, read_minute
from geo.store.changes import change

NAMESPACE = "circle"
ReadQuery = Callable[[object], Asked | None]


def register(app: Dash, read: ReadQuery, store: Path) -> None:
    """Register the question of the card and the drawing of its answer.

    Parameters
    ----------
    read
        Turns the keys of a query into a checked question, None while nothing is published.
    store
        The store whose comparisons are read.
    """

    @app.callback(Output(ids.CHANGE, "data"), Input(ids.WHY, "data"), prevent_initial_call=True)
    def answer(wanted: object) -> dict[str, Any] | None:
        asked = read(wanted) if isinstance(wanted, Mapping) else None
        if asked is None or not isinstance(wanted, Mapping):
            return None
        found = change(store, asked.release, asked.question, read_minute(wanted.get("m")))
        category, area = asked.question.category, asked.question.area
        names = {one.code: {"zh": one.zh, "en": one.en} for one in asked.release.facts.categories}
        return {
            **found,
            "n": wanted.get("n"),
            "area_name": area.name,
            "category_name": names[category.code] if category else None,
            "names": {
                row["category"]: names[row["category"]]
                for row in found.get("differences", [])
                if row["category"] in names
            },
        }

    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "change"),
        Output(ids.WHY_DRAWN, "data"),
        Input(ids.CHANGE, "data"),
        prevent_initial_call=True,
    )
