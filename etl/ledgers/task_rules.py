"""Read from city.toml what makes a row of a ledger, or a value of an indicator, a task."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from etl.ledgers.dates import read_day
from etl.section import Section
from geo.formula import Formula, read_condition

KEYS = ("fails", "due_days")
_LONGEST_DAYS = 3650


@dataclass(frozen=True)
class TaskRule:
    """How the tasks of a ledger arise.

    Attributes
    ----------
    fails
        The condition under which a row failed; None: a row is a case, open until it is closed.
    due_days
        Days after a failure by which it is due, where the row itself names none.
    """

    fails: Formula | None = None
    due_days: int | None = None


def task_rule(section: Section, columns: Collection[str]) -> TaskRule | None:
    """Read `fails` and `due_days` of a ledger; None where its rows make no tasks.

    Without `fails`, a ledger with `closed`, and with an owner or a due day, holds cases.

    Raises
    ------
    SettingsError
        The condition cannot be read, or a due day is given and nothing tells what failed.
    """
    written = section.optional_text("fails")
    days = int(section.number("due_days", 0, 0, _LONGEST_DAYS)) or None
    if written is not None:
        title = f"{section.file} {section.title}"
        return TaskRule(read_condition(written, title=title), days)
    if "closed" in columns and (days or "owner" in columns or "due" in columns):
        return TaskRule(None, days)
    if days:
        section.fail(
            "`due_days` stands alone: nothing tells what failed",
            'fails = "得分 < 90", or closed = naming a column',
            "Add it.",
        )
    return None


def indicator_due(section: Section, *, has_target: bool) -> date | None:
    """Read the day by which an indicator is due; None where it makes no tasks.

    Raises
    ------
    SettingsError
        It is no day, or the indicator has no target or nobody to meet it.
    """
    written = section.optional_text("due")
    if written is None:
        return None
    day = read_day(written)
    if day is None:
        section.fail(f"`due` is {written}", 'due = "2026-12-31"', "Correct it.")
    if not has_target or section.optional_text("owner_role") is None:
        section.fail(
            "`due` is given but no target, or nobody to meet it",
            'target = { 2026 = 0.9 } and owner_role = "街道办"',
            "Add what is missing.",
        )
    return day
