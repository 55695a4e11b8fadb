"""Make the table of tasks that is exported: as they are shown, changes of the page included."""

from etl.table import Columns, Filters, Table
from geo.store.connect import Connection
from geo.store.tasks import TaskFilters
from geo.store.tasks import tasks as shown_tasks

_KEYS = (
    *("task", "unit_kind", "unit_id", "source", "owner", "due", "state"),
    *("opened_release", "closed_release"),
)
_MORE = (
    *("kind", "unit_name", "item", "days_over", "is_reported_done", "reopened", "opened_month"),
    *("closed_month", "failed_value", "failed_on", "failed_row", "passed_value", "passed_on"),
    *("passed_row", "given_owner", "given_due"),
)
_NOTES = {
    "task": "12 hex digits: the same thing in every release",
    "source": "name of the ledger, or id of the indicator or rule",
    "owner": "an office or a role, as last changed on the page; empty: nobody is named",
    "due": "YYYY-MM-DD, as last changed on the page",
    "state": "open, overdue or closed at the end of the month of the data",
    "opened_release": "the first release that showed the failure",
    "closed_release": "the release that showed the pass; empty: not closed",
    "kind": "ledger, indicator or rule",
    "days_over": "days from the due day to the end of the month; empty: not overdue",
    "is_reported_done": "somebody wrote a closing day, but no pass is shown",
    "reopened": "how often it failed again after a pass",
    "failed_value": "what was found; on which day or month, in which row of the file",
    "passed_value": "what was found later; empty: not closed",
    "given_owner": "as the files say",
    "given_due": "as the files say",
}


def tasks(con: Connection, filters: Filters) -> Table:
    """List what failed and what became of it, in order of its id.

    Of the filters the area applies: what lies in it as a whole.
    """
    ((number, content),) = con.execute("select number, content from release_stamp").fetchall()
    asked = TaskFilters(area=None if filters.area is None else _below_the_city(con, filters.area))
    rows, _ = shown_tasks(con, f"{number}-{content[:12]}", filters.edits, asked)
    rows.sort(key=lambda row: row["task"])
    columns: Columns = {name: [row[name] for row in rows] for name in (*_KEYS, *_MORE)}
    text = ("unit_id", "unit_name", "source", "owner", "item", "failed_value", "passed_value")
    return Table("tasks", columns, (*text, "given_owner"), _NOTES)


def _below_the_city(con: Connection, area: str) -> str | None:
    """Give None for the city itself: it has all tasks, also those whose place is gone."""
    found = con.execute("select code from area where level = 'city'").fetchall()
    return None if (area,) in found else area
