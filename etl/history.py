"""Carry what earlier months looked like into the new release."""

from pathlib import Path
from typing import Final

from etl.staging import run
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from geo.store.queries import fetch_columns
from geo.store.write import append

_TABLES: Final = {
    "history": "month, area_code, category, mode, minute",
    "history_total": "month, area_code",
    "history_target": "month, area_code, category, mode, minute",
}


def store_history(con: Connection, store: Path, month: str) -> None:
    """Write the months of the published release, except this one, and then this month.

    A published release that is damaged has no history to give; its fallback has.
    """
    earlier = _earlier(store)
    try:
        for table, key in _TABLES.items():
            if earlier is not None:
                query = f"select * from {table} where month <> $month order by {key}"  # noqa: S608 - three names above
                append(con, table, fetch_columns(earlier, query, {"month": month}))
            run(con, f"marts/{table}")
    finally:
        if earlier is not None:
            earlier.close()


def _earlier(store: Path) -> Connection | None:
    if releases.current(store) is None:
        return None
    release, _ = releases.serving(store)
    return open_release(releases.release_path(store, release))
