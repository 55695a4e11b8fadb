"""Answer for the tasks of a release: the list, how many there are, one with its evidence.

What is shown is what the release holds with the changes made here laid over it
(`geo.store.task_edits`): page, file, export and API take it from one query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from geo.store.connect import Connection
from geo.store.opened import OpenRelease
from geo.store.queries import sql
from geo.store.task_edits import NO_EDITS, TaskEdits

STATES: Final = ("open", "overdue", "closed")
KINDS: Final = ("ledger", "indicator", "rule")
MOST_ROWS: Final = 500
MOST_OF_A_PLACE: Final = 20
# All tasks of a release have one `until`: grouped by it, they are counted together.
_GROUPS: Final = {"owners": "owner", "sources": "kind, source, zh, en", "total": "until"}
_EVERYTHING: Final = 2**31 - 1


@dataclass(frozen=True)
class TaskFilters:
    """Which tasks; None is all. An empty `owner` asks for those that nobody answers for.

    Attributes
    ----------
    area
        Code of an area: what lies in it as a whole.
    unit, place
        Kind of place, and the id of one.
    grid
        Position of a grid: its own tasks and those of what stands in it.
    """

    states: tuple[str, ...] = ()
    owner: str | None = None
    kind: str | None = None
    source: str | None = None
    area: str | None = None
    unit: str | None = None
    place: str | None = None
    grid: int | None = None
    task: str | None = None


def tasks(
    con: Connection,
    release: str,
    edits: TaskEdits = NO_EDITS,
    filters: TaskFilters | None = None,
    *,
    limit: int = _EVERYTHING,
    offset: int = 0,
) -> tuple[list[dict[str, Any]], int]:
    """Give tasks as they are shown, and how many there are in all.

    Parameters
    ----------
    release
        Id of the release: what it opened or closed itself bears it.

    Returns
    -------
    Overdue ones first, then open, then closed; each by due day, the closed ones the latest first.
    Keys as in docs/contracts.md, section 9, and the columns of evidence one by one.
    """
    asked = filters or TaskFilters()
    parameters = {
        **_parameters(release, edits, asked),
        **{"states": list(asked.states), "wanted": limit, "skipped": offset},
    }
    found = con.execute(_query("task_rows"), parameters)
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    total = rows[0]["found"] if rows else 0
    if not rows and offset:
        return [], tasks(con, release, edits, filters, limit=1)[1]
    return rows, total


def task(con: Connection, release: str, task_id: str, edits: TaskEdits) -> dict[str, Any] | None:
    """Give one task with its evidence; None where the release has none of this id."""
    rows, _ = tasks(con, release, edits, TaskFilters(task=task_id))
    return record(rows[0]) if rows else None


def counts(
    con: Connection, release: str, edits: TaskEdits, filters: TaskFilters
) -> dict[str, list[dict[str, Any]]]:
    """Count tasks by state: in all, by owner and by source, whatever state is asked for.

    Returns
    -------
    `total`, with one entry or none; `owners`, whatever owner is asked for; `sources`, whatever
    source. Each entry has `open overdue closed reported`.
    """
    of_all = replace(filters, states=())
    asked = {
        "total": of_all,
        "owners": replace(of_all, owner=None),
        "sources": replace(of_all, kind=None, source=None),
    }
    return {
        name: _counted(con, _GROUPS[name], _parameters(release, edits, which))
        for name, which in asked.items()
    }


def page(
    con: Connection,
    release: str,
    edits: TaskEdits,
    filters: TaskFilters,
    *,
    number: int,
    size: int,
) -> dict[str, Any]:
    """Give a page of the list with its counts, as docs/contracts.md, section 9 has it."""
    rows, total = tasks(con, release, edits, filters, limit=size, offset=(number - 1) * size)
    counted = counts(con, release, edits, filters)
    ((as_of, until),) = con.execute(
        "select as_of, cast(last_day(cast(as_of || '-01' as date)) as text) from release"
    ).fetchall()
    nothing = dict.fromkeys((*STATES, "reported"), 0)
    return {
        "release": release,
        "as_of": as_of,
        "until": until,
        "total": total,
        "page": number,
        "pages": max(1, -(-total // size)),
        "size": size,
        "counts": next(iter(counted["total"]), nothing),
        "owners": counted["owners"],
        "sources": counted["sources"],
        "tasks": [record(row) for row in rows],
    }


def of_grid(
    release: OpenRelease, grid: int, edits: TaskEdits, *, limit: int = MOST_OF_A_PLACE
) -> list[dict[str, Any]]:
    """Give the tasks of a grid, by its position, and of what stands in it."""
    with release.cursor() as con:
        rows, _ = tasks(con, release.id, edits, TaskFilters(grid=grid), limit=limit)
    return [record(row) for row in rows]


def record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a task as it is sent: its evidence together, and what was changed here."""
    keys = (
        *("task", "kind", "source", "zh", "en", "unit_kind", "unit_id", "unit_name", "grid_id"),
        *("lon", "lat", "item", "owner", "due", "state", "days_over", "is_reported_done"),
        *("reopened", "opened_release", "opened_month", "closed_release", "closed_month"),
    )
    changed = {"owner": row["is_owner_edited"], "due": row["is_due_edited"]}
    is_closed = row["state"] == "closed"
    return {
        **{key: row[key] for key in keys},
        "failed": _evidence(row, "failed"),
        "passed": _evidence(row, "passed") if is_closed else None,
        "fails": row["fails"],
        "edited": [name for name, is_changed in changed.items() if is_changed],
        "given": {"owner": row["given_owner"], "due": row["given_due"]},
    }


def _evidence(row: Mapping[str, Any], what: str) -> dict[str, Any]:
    return {name: row[f"{what}_{name}"] for name in ("value", "on", "row")}


def _parameters(release: str, edits: TaskEdits, filters: TaskFilters) -> dict[str, Any]:
    asked = {
        name: getattr(filters, name)
        for name in ("owner", "kind", "source", "area", "unit", "place", "grid", "task")
    }
    return {"release": release, **edits.parameters(), **asked}


def _counted(con: Connection, columns: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    query = _query("task_counts").replace("{columns}", columns)
    found = con.execute(query, parameters)
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        row.pop("until", None)
    return rows


def _query(name: str) -> str:
    return sql(name).replace("{shown}", sql("task_shown")).replace("{asked}", sql("task_asked"))
