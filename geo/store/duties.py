"""Say what falls due when: the duties of a release and the days by which its tasks are due."""

from typing import Any, Final

from geo.store.connect import Connection
from geo.store.opened import records
from geo.store.queries import sql
from geo.store.task_edits import NO_EDITS, TaskEdits

STATES: Final = ("done", "missed", "due", "unknown")
"""Unknown: the day has passed, and no table shows whether it was done."""


def calendar(
    con: Connection,
    *,
    start: str,
    end: str,
    owner: str | None = None,
    edits: TaskEdits = NO_EDITS,
) -> list[dict[str, Any]]:
    """List what falls due from a day to another, both included.

    Parameters
    ----------
    start, end
        Days, YYYY-MM-DD.
    owner
        Only what is his; None is all.
    edits
        What was changed here in tasks: they stand on the day and with the owner that are shown.

    Returns
    -------
    `kind id zh en due_on period owner source ledger expected counted state`, by day. Of kind duty
    one entry each; of kind task one for each owner, source and state of a day, `expected` of them.
    `counted` is how many places (or tasks) are done; None where nothing shows it.
    """
    asked = {"start": start, "end": end, "owner": owner}
    found = records(con, "calendar_duties", **asked)
    query = sql("calendar_tasks").replace("{shown}", sql("task_shown"))
    answer = con.execute(query, {**asked, "release": "", **edits.parameters()})
    names = [column[0] for column in answer.description or []]
    found += [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return sorted(found, key=lambda entry: entry["due_on"])


def owners(con: Connection, edits: TaskEdits = NO_EDITS) -> list[str]:
    """List who has anything to do at all, by name."""
    query = sql("calendar_owners").replace("{shown}", sql("task_shown"))
    rows = con.execute(query, {"release": "", **edits.parameters()}).fetchall()
    return [owner for (owner,) in rows]
