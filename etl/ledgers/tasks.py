"""Make tasks of what failed: see what is open in ledgers and indicators, and carry it on.

First every ledger and indicator says what it has seen (`store_tasks`, table `task_seen`); then the
tasks of the release before are carried on by it (`carry_tasks`, table `task`). Nothing but a pass
that the data shows closes a task: not a day that somebody wrote, and not that a row is gone.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from etl.formula_sql import condition_sql
from etl.ledgers.declared import Indicator, LedgerSource
from etl.settings import CitySettings
from etl.staging import etl_sql, run
from geo.errors import StoreError
from geo.formula import Formula
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from geo.store.content import content_digests, content_of, table_digest
from geo.store.queries import sql
from geo.store.release import Release

Say = Callable[[str], str]
_PARAMETER: Final = re.compile(r"\$([a-z]+)")


class Staged(Protocol):
    """What is needed of a ledger whose rows are staged: see docs/contracts.md, section 10."""

    @property
    def source(self) -> LedgerSource:
        """Give the ledger as declared."""
        ...

    @property
    def table(self) -> str:
        """Give the name of the relation that holds its rows."""
        ...

    def cells(self, formula: Formula) -> tuple[Say, Say]:
        """Give header to SQL: the cell as text, and as a number."""
        ...


def until(as_of: str) -> str:
    """Give the last day of a month.

    Examples
    --------
    >>> until("2026-02"), until("2026-10")
    ('2026-02-28', '2026-10-31')
    """
    year, month = (int(part) for part in as_of.split("-"))
    return f"{as_of}-{monthrange(year, month)[1]:02d}"


def store_tasks(
    con: Connection,
    staged: Iterable[Staged],
    indicators: Iterable[Indicator],
    settings: CitySettings,
) -> None:
    """List what has failed and what has passed, thing by thing and day by day.

    Places, ledgers and the values of indicators must be in the release. A row decides nothing where
    a cell that the condition needs lacks, and neither does one of a day after the month of the
    data. Owners are offices and roles already: `etl.ledgers.owners`.
    """
    run(con, "marts/task_tables")
    as_of = settings.city.as_of
    days = {"as_of": as_of, "until": until(as_of)}
    for ledger in staged:
        _see_rows(con, ledger, days)
    rows = sql("indicator_rows").rstrip().removesuffix(";")
    for indicator in indicators:
        if indicator.due is not None:
            asked = {"indicator": indicator.id, "due_on": indicator.due.isoformat(), **days}
            everything = dict.fromkeys(_PARAMETER.findall(rows))  # null is all of them
            query = etl_sql("marts/task_seen_values").replace("{rows}", rows)
            con.execute(query, {**everything, **asked})


def _see_rows(con: Connection, ledger: Staged, days: dict[str, str]) -> None:
    source = ledger.source
    rule = source.tasks
    if rule is None:
        return
    asked = {"source": source.name, "unit": source.unit, "due_days": rule.due_days, **days}
    if rule.fails is None:
        query = etl_sql("marts/task_seen_cases")
    else:
        cells = ledger.cells(rule.fails)
        query = etl_sql("marts/task_seen_rows")
        query = query.replace("{fails}", condition_sql(rule.fails, *cells))
        query = query.replace("{value}", _evidence(source, rule.fails, cells[0]))
    con.execute(query.replace("{table}", ledger.table), asked)


def _evidence(source: LedgerSource, condition: Formula, text: Say) -> str:
    """Write what is shown as found: the declared value, else the cells that were judged."""
    if "value" in source.columns:
        return "rows.value"
    shown = [text(name) for name in condition.columns]
    return shown[0] if len(shown) == 1 else f"concat_ws(' | ', {', '.join(shown)})"


@dataclass(frozen=True)
class Carried:
    """The release whose tasks were carried on, where this build may turn out to be the same."""

    rebuilt: Release | None


def carry_tasks(con: Connection, store: Path, as_of: str) -> Carried:
    """Fill the table task: what the release before knew, and what was seen since.

    The release before is the published one, or where that is of a later month, the latest published
    one that is not. One that cannot be read, damaged or of other tables, counts as none, which
    `etl.history` says.
    """
    base = _base(store, as_of)
    before = None if base is None else _opened(store, base)
    if before is None:
        base = None
    try:
        rows = (before or con).execute("select * from task order by task_id").fetch_df()
        con.register("task_read", rows)
        names = ", ".join(f"{name}::{kind} as {name}" for name, kind in _types(con))
        con.execute(f"create or replace temp table task_before as select {names} from task_read")  # noqa: S608 - columns of our own schema
        con.unregister("task_read")
    finally:
        if before is not None:
            before.close()
    is_same_month = base is not None and base.month == as_of
    _fill(con, as_of, None if base is None or is_same_month else base.release)
    return Carried(base if is_same_month else None)


def content_with_tasks(con: Connection, carried: Carried, as_of: str) -> str:
    """Give the hash of the release, and say in its tasks which release opened or closed them.

    In the tasks of a release null stands for itself. Building it again must give it again, so they
    stay as they are where nothing else differs, and name it where anything does.
    """
    digests = content_digests(con)
    content = content_of(digests)
    if carried.rebuilt is None or content == carried.rebuilt.content:
        return content
    con.execute("delete from task")
    _fill(con, as_of, carried.rebuilt.release)
    return content_of(digests | {"task": table_digest(con, "task")})


def _fill(con: Connection, as_of: str, base: str | None) -> None:
    run(con, "marts/task", {"as_of": as_of, "until": until(as_of), "base": base})


def _types(con: Connection) -> list[tuple[str, str]]:
    return con.execute(
        "select column_name, data_type from duckdb_columns() "
        "where table_name = 'task' order by column_index"
    ).fetchall()


def _opened(store: Path, release: Release) -> Connection | None:
    try:
        return open_release(releases.release_path(store, release))
    except StoreError:
        return None


def _base(store: Path, as_of: str) -> Release | None:
    if not releases.has_pointer(store):
        return None
    try:
        now, _ = releases.serving(store)
    except StoreError:
        return None
    earlier = [
        listed.release
        for listed in releases.list_releases(store)
        if listed.was_published and listed.is_present and listed.release.month <= as_of
    ]
    return now if now.month <= as_of else next(iter(earlier), None)
