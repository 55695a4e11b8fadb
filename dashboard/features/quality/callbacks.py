"""Fill the data page when it is the page that is shown."""

from collections.abc import Callable, Mapping
from pathlib import Path

from dash import Dash, Input, Output
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.features.quality import figures, ids
from dashboard.state import Asked
from geo.errors import StoreError
from geo.store.publications import why
from geo.store.quality import quality

PAGE = "data"
ReadQuery = Callable[[object], Asked | None]


def register(app: Dash, read: ReadQuery, query: str, store: Path) -> None:
    """Register the one callback of the data page.

    Parameters
    ----------
    read
        Turns the store `query` into a checked question, None while nothing is published.
    query
        The id of that store.
    store
        The folder of releases, where publications are written down.
    """

    @app.callback(Output(ids.QUALITY, "children"), Input(query, "data"), prevent_initial_call=True)
    def fill(asked_for: object) -> list[Component]:
        asked = read(asked_for)
        is_shown = isinstance(asked_for, Mapping) and asked_for.get("p") == PAGE
        if asked is None or not is_shown:
            raise PreventUpdate
        return figures.page(quality(asked.release), asked.lang, _reason(store, asked.release.id))


def _reason(store: Path, release: str) -> str | None:
    """Give why a release was published last; None where nobody wrote it down."""
    try:
        last = why(store, release)
    except StoreError:
        return None
    return last.reason or None if last else None
