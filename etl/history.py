"""Carry what earlier months looked like into the new release."""

from pathlib import Path
from typing import Final

from etl.layers import Fault
from etl.staging import run
from geo.errors import StoreError
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from geo.store.queries import fetch_columns
from geo.store.write import append

_TABLES: Final = {
    "history": "month, area_code, category, mode, minute",
    "history_total": "month, area_code",
    "history_target": "month, area_code, category, mode, minute",
}


def store_history(con: Connection, store: Path, month: str) -> list[Fault]:
    """Write the months of the published release, except this one, and then this month.

    A published release that is damaged has no history to give; its fallback has. Where there is
    none either, the history begins anew, which is a fault and no reason to refuse the build.
    """
    earlier, faults = _earlier(store)
    try:
        for table, key in _TABLES.items():
            if earlier is not None:
                query = f"select * from {table} where month <> $month order by {key}"  # noqa: S608 - three names above
                append(con, table, fetch_columns(earlier, query, {"month": month}))
            run(con, f"marts/{table}")
    finally:
        if earlier is not None:
            earlier.close()
    return faults


def _earlier(store: Path) -> tuple[Connection | None, list[Fault]]:
    if not releases.has_pointer(store):
        return None, []
    try:
        release, _ = releases.serving(store)
        return open_release(releases.release_path(store, release)), []
    except StoreError as error:
        message = f"The earlier months could not be read: {error}"
        action = "The history begins with this month."
        return None, [Fault("HISTORY_LOST", "warning", "store", None, None, message, action)]
