"""Answer what needs the server: which grid a click hit, one place in detail, the worst grids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, State

from dashboard.state import Asked, read_grid_id, read_minute, read_point
from geo.store.places import grid_at, grid_rows, place
from geo.store.routes import route
from geo.store.task_edits import NO_EDITS, TaskEdits
from geo.store.tasks import of_grid

ReadQuery = Callable[[object], Asked | None]
ReadEdits = Callable[[], TaskEdits]


@dataclass(frozen=True)
class Stores:
    """The ids of the stores this feature listens to and fills."""

    query: str
    picked: str
    click: str
    action: str
    asked: str
    place: str
    grids: str


def register(
    app: Dash, read: ReadQuery, stores: Stores, *, edits: ReadEdits = lambda: NO_EDITS
) -> None:
    """Register the three callbacks of the map and its panels.

    Parameters
    ----------
    read
        Turns the store `query` into a checked question, None while nothing is published.
    edits
        Gives the changes that were made to tasks.
    """

    @app.callback(
        Output(stores.action, "data"),
        Input(stores.click, "data"),
        State(stores.query, "data"),
        prevent_initial_call=True,
    )
    def find(click: object, query: object) -> dict[str, Any] | None:
        lon, lat = read_point(click)
        asked = read(query)
        found = grid_at(asked.release, lon, lat) if asked else None
        return {"patch": {"s": found}, "n": _number(click)}

    @app.callback(
        Output(stores.place, "data"),
        Input(stores.picked, "data"),
        Input(stores.query, "data"),
        prevent_initial_call=True,
    )
    def detail(picked: object, query: object) -> dict[str, Any] | None:
        grid_id = read_grid_id(picked)
        asked = read(query) if grid_id else None
        if asked is None or grid_id is None:
            return None
        found = place(asked.release, asked.question, grid_id)
        if found is None:
            return {"grid_id": None, "missing": grid_id}
        way = route(asked.release, asked.question, found["i"])
        return {**found, **way, "tasks": of_grid(asked.release, found["i"], edits())}

    @app.callback(
        Output(stores.grids, "data"),
        Input(stores.asked, "data"),
        prevent_initial_call=True,
    )
    def worst(wanted: object) -> dict[str, Any] | None:
        asked = read(wanted) if wanted else None
        if asked is None:
            return None
        minute = read_minute(wanted.get("m") if isinstance(wanted, Mapping) else None)
        rows, total = grid_rows(asked.release, asked.question, minute)
        return {"minute": minute, "rows": rows, "all": total}


def _number(click: object) -> object:
    return click.get("n") if isinstance(click, Mapping) else None
