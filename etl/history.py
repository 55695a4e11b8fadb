"""Carry what earlier months looked like into the new release."""

from pathlib import Path
from typing import Final

from etl.layers import Fault
from etl.staging import etl_sql, run
from geo.errors import StoreError
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from geo.store.queries import fetch_columns
from geo.store.write import append, register

_TABLES: Final = {
    "history": "month, area_code, category, mode, minute",
    "history_total": "month, area_code",
    "history_target": "month, area_code, category, mode, minute",
}
YEARS_KEPT: Final = 5
"""Whole years before this one of which the periods of indicators are carried on."""


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
        _store_indicators(con, earlier, month)
        _store_duties(con, earlier)
    finally:
        if earlier is not None:
            earlier.close()
    return faults


def _store_indicators(con: Connection, earlier: Connection | None, month: str) -> None:
    """Write the periods of indicators, and those of the last years that earlier releases knew."""
    run(con, "marts/indicator_history")
    if earlier is None:
        return
    query = "select * from indicator_history order by id, area_code, period"
    register(con, "earlier_indicators", fetch_columns(earlier, query))
    try:
        since = str(int(month[:4]) - YEARS_KEPT)
        con.execute(etl_sql("marts/indicator_history_carried"), {"since": since})
    finally:
        con.unregister("earlier_indicators")
    run(con, "marts/indicator_history_floor")


def _store_duties(con: Connection, earlier: Connection | None) -> None:
    """Take over what earlier releases saw of duties that the ledgers of this one do not show."""
    if earlier is None:
        return
    query = "select * from duty order by duty_id, due_on, zh, owner"
    register(con, "earlier_duties", fetch_columns(earlier, query))
    try:
        run(con, "marts/duty_carried")
    finally:
        con.unregister("earlier_duties")


def _earlier(store: Path) -> tuple[Connection | None, list[Fault]]:
    if not releases.has_pointer(store):
        return None, []
    try:
        release, _ = releases.serving(store)
        return open_release(releases.release_path(store, release)), []
    except StoreError as error:
        message = f"The earlier months could not be read: {error}"
        action = "The history and the tasks begin with this month."
        return None, [Fault("HISTORY_LOST", "warning", "store", None, None, message, action)]
