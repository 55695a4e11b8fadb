"""The life of a task in SQL, held against a model that walks through the days one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.ledgers.tasks import until
from etl.staging import run
from geo.store.connect import Connection, open_scratch
from geo.store.write import create_schema

MONTHS = ("2026-09", "2026-10", "2026-11")


@dataclass(frozen=True)
class Seen:
    """One row of a ledger: a thing, a day, whether it failed, and what else it says."""

    thing: str
    day: str
    fails: bool
    row: int = 0
    due: str | None = None
    owner: str | None = None
    due_days: int | None = None
    is_case: bool = False
    closed: str | None = None
    step: int = 0
    is_reported: bool = False


@dataclass(frozen=True)
class Task:
    """What the model knows of a task."""

    is_open: bool
    failed: Seen
    passed: Seen | None
    reopened: int = 0
    opened: str | None = None
    opened_month: str = ""
    closed: str | None = None
    closed_month: str | None = None


@dataclass
class Model:
    """Walks through one month after the other, one thing after the other, one day at a time."""

    tasks: dict[str, Task] = field(default_factory=dict[str, Task])

    def month(self, as_of: str, base: str, rows: list[Seen]) -> None:
        for thing, task in self.tasks.items():
            closed = base if task.closed is None and not task.is_open else task.closed
            self.tasks[thing] = replace(task, opened=task.opened or base, closed=closed)
        for thing in {row.thing for row in rows}:
            known = known_before = self.tasks.get(thing)
            mine = [row for row in rows if row.thing == thing]
            for day in sorted({row.day for row in mine}):
                if known is not None:
                    last = known.failed if known.is_open else known.passed
                    assert last is not None
                    if day < last.day:
                        continue
                of_day = sorted((r for r in mine if r.day == day), key=lambda r: r.row)
                failing = [row for row in of_day if row.fails]
                self._step(thing, as_of, failing[0] if failing else of_day[0])

            # closed before this month, and no month before knew: history
            made = self.tasks.get(thing)
            if known_before is None and made and made.passed and made.passed.day < as_of:
                del self.tasks[thing]

    def _step(self, thing: str, as_of: str, row: Seen) -> None:
        task = self.tasks.get(thing)
        if task is None:
            if row.fails:
                self.tasks[thing] = Task(True, row, None, opened_month=as_of)
        elif row.fails and task.is_open:
            self.tasks[thing] = replace(task, failed=row)
        elif row.fails:
            self.tasks[thing] = replace(
                task,
                is_open=True,
                failed=row,
                passed=None,
                reopened=task.reopened + 1,
                closed=None,
                closed_month=None,
            )
        elif task.is_open:
            self.tasks[thing] = replace(
                task, is_open=False, passed=row, closed=None, closed_month=as_of
            )


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with open_scratch() as scratch:
        create_schema(scratch)
        scratch.execute("create temp table task_before as select * from task")
        yield scratch


def clear(con: Connection) -> None:
    con.execute("delete from task")


def month(con: Connection, as_of: str, rows: list[Seen], base: str | None = None) -> None:
    """Carry the tasks that are there on by the rows of a month, as a build does."""
    con.execute("create or replace temp table task_before as select * from task")
    con.execute("delete from task")
    run(con, "marts/task_tables")
    if kept := _one_a_day(rows):
        cells = [
            f"('{r.thing}', 'ledger', 'L', 'grid', 'G1', null, {r.is_case}, {_text(r.closed)}, "
            f"{r.step}, '{r.day}', {r.fails}, 'v{r.row}', {_text(r.owner)}, {_text(r.due)}, "
            f"{r.due_days or 'null'}, {r.row}, {r.is_reported})"
            for r in kept
        ]
        con.execute(f"insert into task_seen values {', '.join(cells)}")
    run(con, "marts/task", {"as_of": as_of, "until": until(as_of), "base": base})


def _text(value: str | None) -> str:
    return "null" if value is None else f"'{value}'"


def _one_a_day(rows: list[Seen]) -> list[Seen]:
    """Keep one row a thing and day, a failing one first: task_seen holds no more."""
    kept: dict[tuple[str, str, int], Seen] = {}
    for row in sorted(rows, key=lambda r: (not r.fails, r.row)):
        kept.setdefault((row.thing, row.day, row.step), row)
    return list(kept.values())


def tasks(con: Connection) -> dict[str, dict[str, Any]]:
    found = con.execute("select * from task order by task_id")
    names = [column[0] for column in found.description or []]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


DAYS = st.sampled_from([f"{month}-{day:02d}" for month in MONTHS for day in (1, 10, 20)])
ROWS = st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.booleans()), max_size=7)


@settings(max_examples=50, deadline=None)
@given(st.lists(ROWS, min_size=3, max_size=3))
def test_tasks_live_as_a_walk_through_the_days_says(con: Connection, ledgers: list[Any]) -> None:
    """Each month the ledger holds whatever it holds: more rows, fewer, or others than before."""
    clear(con)
    model = Model()
    for number, (as_of, ledger) in enumerate(zip(MONTHS, ledgers, strict=True)):
        rows = [Seen(*row, row=at) for at, row in enumerate(ledger) if row[1] <= until(as_of)]
        base = f"{number}-base"
        month(con, as_of, rows, base)
        model.month(as_of, base, rows)
        found = tasks(con)
        assert found.keys() == model.tasks.keys()
        for thing, task in model.tasks.items():
            mine = found[thing]
            assert (mine["state"] == "closed") == (not task.is_open)
            assert (mine["failed_on"], mine["failed_row"]) == (task.failed.day, task.failed.row)
            shown = task.passed
            assert (mine["passed_on"], mine["passed_row"]) == (
                (shown.day, shown.row) if shown else (None, None)
            )
            assert mine["reopened"] == task.reopened
            assert (mine["opened_release"], mine["opened_month"]) == (
                task.opened,
                task.opened_month,
            )
            assert (mine["closed_release"], mine["closed_month"]) == (
                task.closed,
                task.closed_month,
            )


@settings(max_examples=20, deadline=None)
@given(st.lists(ROWS, min_size=2, max_size=2))
def test_the_same_month_again_changes_nothing(con: Connection, ledgers: list[Any]) -> None:
    clear(con)
    for as_of, ledger in zip(MONTHS, ledgers, strict=False):
        rows = [Seen(*row, row=at) for at, row in enumerate(ledger) if row[1] <= until(as_of)]
        month(con, as_of, rows, "1-base")
        before = tasks(con)
        month(con, as_of, rows, None)
        assert tasks(con) == before


def test_a_due_day_comes_from_the_row_else_from_the_days_after_the_first_failure(con) -> None:
    clear(con)
    rows = [
        Seen("named", "2026-09-10", True, due="2026-09-20", due_days=15),
        Seen("counted", "2026-09-10", True, due_days=15),
        Seen("again", "2026-09-10", True, due_days=15),
        Seen("month", "2026-09", True, due_days=15),
        Seen("none", "2026-09-10", True),
    ]
    month(con, "2026-09", rows)
    found = tasks(con)
    assert {thing: (task["due_on"], task["state"]) for thing, task in found.items()} == {
        "named": ("2026-09-20", "overdue"),
        "counted": ("2026-09-25", "overdue"),
        "again": ("2026-09-25", "overdue"),
        "month": ("2026-10-15", "open"),
        "none": (None, "open"),
    }
    later = [
        Seen("named", "2026-10-05", True, due="2026-11-05"),  # put off in the ledger itself
        Seen("counted", "2026-10-05", True, due_days=15),  # failing again puts nothing off
        Seen("again", "2026-10-05", False),
        Seen("again", "2026-10-06", True, due_days=30),  # a relapse is a new failure
    ]
    month(con, "2026-10", later, "1-base")
    found = tasks(con)
    assert {thing: (task["due_on"], task["state"]) for thing, task in found.items()} == {
        "named": ("2026-11-05", "open"),
        "counted": ("2026-09-25", "overdue"),
        "again": ("2026-11-05", "open"),
        "month": ("2026-10-15", "overdue"),
        "none": (None, "open"),
    }


def test_a_task_due_on_the_last_day_of_the_month_is_not_late(con) -> None:
    clear(con)
    month(con, "2026-09", [Seen("a", "2026-09-10", True, due="2026-09-30")])
    assert tasks(con)["a"]["state"] == "open"
    month(con, "2026-10", [], "1-base")
    assert tasks(con)["a"]["state"] == "overdue"


def test_a_case_stands_as_its_file_says_and_reopens_when_its_day_is_taken_out(con) -> None:
    clear(con)
    case = Seen("c", "2026-09-10", True, is_case=True)
    done = replace(case, closed="2026-10-03")
    closing = replace(done, day="2026-10-03", fails=False, step=1)
    month(con, "2026-09", [replace(case, is_reported=True)])
    assert tasks(con)["c"]["is_reported_done"] is True
    month(con, "2026-10", [done, closing], "1-base")
    found = tasks(con)["c"]
    assert (found["state"], found["failed_on"], found["passed_on"]) == (
        "closed",
        "2026-09-10",
        "2026-10-03",
    )
    assert (found["is_reported_done"], found["opened_release"]) == (False, "1-base")
    month(con, "2026-10", [done, closing])
    assert tasks(con)["c"] == found
    month(con, "2026-11", [case], "2-base")
    again = tasks(con)["c"]
    assert (again["state"], again["reopened"], again["passed_on"]) == ("open", 1, None)


def test_what_was_over_before_the_month_and_nobody_knew_is_no_task(con) -> None:
    clear(con)
    case = Seen("c", "2026-09-10", True, is_case=True, closed="2026-09-20")
    rows = [
        case,
        replace(case, day="2026-09-20", fails=False, step=1),
        Seen("a", "2026-09-10", True),
        Seen("a", "2026-09-20", False),
        Seen("b", "2026-09-10", True),
        Seen("b", "2026-10-20", False),
    ]
    month(con, "2026-10", rows)
    assert {thing: task["state"] for thing, task in tasks(con).items()} == {"b": "closed"}


def test_who_answers_for_it_is_who_did_last(con) -> None:
    clear(con)
    month(con, "2026-09", [Seen("a", "2026-09-10", True, owner="物业")])
    month(con, "2026-10", [Seen("a", "2026-10-10", True)], "1-base")
    assert tasks(con)["a"]["owner"] == "物业"
    month(con, "2026-11", [Seen("a", "2026-11-10", True, owner="居委会")], "2-base")
    assert tasks(con)["a"]["owner"] == "居委会"
