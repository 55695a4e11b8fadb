"""Say what falls due when: the duties of a release and the days by which its tasks are due."""

from typing import Any, Final

from geo.store.connect import Connection
from geo.store.queries import sql

STATES: Final = ("done", "missed", "due", "unknown")
"""Unknown: the day has passed, and no table shows whether it was done."""
_QUERIES: Final = ("calendar_duties", "calendar_tasks")


def calendar(
    con: Connection, *, start: str, end: str, owner: str | None = None
) -> list[dict[str, Any]]:
    """List what falls due from a day to another, both included.

    Parameters
    ----------
    start, end
        Days, YYYY-MM-DD.
    owner
        Only what is his; None is all.

    Returns
    -------
    `kind id zh en due_on period owner source ledger expected counted state`, by day. Of kind duty
    one entry each; of kind task one for each owner, source and state of a day, `expected` of them.
    `counted` is how many places (or tasks) are done; None where nothing shows it.
    """
    asked = {"start": start, "end": end, "owner": owner}
    found: list[dict[str, Any]] = []
    for query in _QUERIES:
        answer = con.execute(sql(query), asked)
        names = [column[0] for column in answer.description or []]
        found += [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return sorted(found, key=lambda entry: entry["due_on"])


def owners(con: Connection) -> list[str]:
    """List who has anything to do at all, by name."""
    rows = con.execute(sql("calendar_owners")).fetchall()
    return [owner for (owner,) in rows]
