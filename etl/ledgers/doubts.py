"""Say which rows of a ledger are doubtful, row by row: they are kept and count as they stand."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from etl.formula_sql import condition_sql
from etl.layers import Fault, Severity
from etl.ledgers.declared import Indicator, LedgerSource
from etl.section import count
from geo.formula import Call, Column, Formula, Number, Pair, parts_of, walk
from geo.store.connect import Connection

if TYPE_CHECKING:
    from etl.ledgers.staged import Staged

_SAMPLES: Final = 3
_FLAGS: Final[Mapping[str, tuple[Severity, str, str]]] = {
    "NUM_MASK": (
        *("warning", "masked digits"),
        "They count as unknown. Ask for the numbers themselves.",
    ),
    "NUM_TEXT": ("warning", "text instead of a number", "They count as unknown. Write a number."),
    "NUM_UNIT": (
        *("note", "a unit or a word beside the number"),
        "Read as shown; 余 says at least. Write the plain number where something else is meant.",
    ),
}
_A_PERIOD: Final = "unit+period"


def odd_numbers(con: Connection, asked: Mapping[str, tuple[str, str]], shown: str) -> list[Fault]:
    """List the cells that are no plain number, of the columns that formulas take as numbers.

    Parameters
    ----------
    con
        Holds the rows as text in `ledger_raw`.
    asked
        Header to the column of `ledger_raw` and the table of its distinct cells, which gives
        `cell`, the number as `plain` text and `flag`, a code or null.
    shown
        The file as city.toml writes it.
    """
    faults: list[Fault] = []
    for header, (column, table) in asked.items():
        query = (
            f"select raw.row, read.cell, read.plain, read.flag from ledger_raw as raw "  # noqa: S608 - tables of the stage
            f"inner join {table} as read on read.cell = raw.{column} "
            "where read.flag is not null order by raw.row"
        )
        found = con.execute(query).fetchall()
        for code, (severity, what, action) in _FLAGS.items():
            hits = [hit for hit in found if hit[3] == code]
            if hits:
                message = f"{count(len(hits), 'cell')} of {header} with {what}: {_sampled(hits)}."
                rows = [row for row, *_ in hits]
                faults.append(_fault(code, severity, shown, rows, (message, action)))
    return faults


def _sampled(hits: list[tuple[int, str, str | None, str]]) -> str:
    samples = [
        f'row {row} "{cell}" -> {"unknown" if flag == "NUM_TEXT" else plain or "empty"}'
        for row, cell, plain, flag in hits[:_SAMPLES]
    ]
    return ", ".join([*samples, "..."] if len(hits) > _SAMPLES else samples)


def rows_twice(con: Connection, table: str, source: LedgerSource, shown: str) -> list[Fault]:
    """List the rows that say again what an earlier one says.

    Of a ledger of periods they share place, period and item; of any other place, day and `id`.
    Rows without an `id` are not compared: two events that look alike may have been two.
    """
    is_of_periods = source.grain == _A_PERIOD and "id" not in source.columns
    if not is_of_periods and "id" not in source.columns:
        return []
    same = "period, item" if is_of_periods else "date_on, id"
    is_compared = "true" if is_of_periods else "id is not null"
    query = (
        "select row from (select row, row_number() over "  # noqa: S608 - columns of the stage
        f"(partition by place_idx, {same} order by row) as n "
        f"from {table} where {is_compared}) where n > 1 order by row"
    )
    rows = [row for (row,) in con.execute(query).fetchall()]
    if not rows:
        return []
    what = "with the place and period" if is_of_periods else "with the id and day"
    message = f"{count(len(rows), 'row')} {what} of an earlier row, the first is row {rows[0]}."
    action = "Kept, and counted again. Take out what was entered twice."
    return [_fault("ROW_TWICE", "warning", shown, rows, (message, action))]


def rates_over(con: Connection, staged: "Staged", indicators: Sequence[Indicator]) -> list[Fault]:
    """List the rows that by themselves make a percentage of more than 100.

    Only where an indicator in % is a sum over a sum: residents over grids may well be more than 1.
    """
    faults: list[Fault] = []
    for indicator in indicators:
        over = over_of(indicator) if indicator.ledger == staged.source.name else None
        if over is None:
            continue
        is_over = condition_sql(over, *staged.cells(over))
        query = f"select row from {staged.table} where {is_over} order by row"  # noqa: S608 - a formula in SQL
        if rows := [row for (row,) in con.execute(query).fetchall()]:
            message = (
                f"{count(len(rows), 'row')} in which {indicator.formula.written} "
                f"({indicator.id}) is over 100 %, the first is row {rows[0]}."
            )
            said = message, "Kept and counted as written, and not judged. Check both numbers."
            faults.append(_fault("RATE_OVER", "warning", staged.source.shown, rows, said))
    return faults


def over_of(indicator: Indicator) -> Formula | None:
    """Give the condition under which the numerator of one row is more than its denominator.

    None where that may well be: of anything but a sum over a sum in %.
    """
    top, bottom = parts_of(indicator.formula.tree)
    if indicator.unit != "%" or not isinstance(top, Call) or not isinstance(bottom, Call):
        return None
    if (top.name, bottom.name) != ("sum", "sum") or not (top.argument and bottom.argument):
        return None
    more = Pair(">", Pair("-", top.argument, bottom.argument), Number("0"))
    names = dict.fromkeys(node.name for node in walk(more) if isinstance(node, Column))
    return Formula(indicator.formula.written, more, tuple(names))


def _fault(
    code: str, severity: Severity, shown: str, rows: list[int], said: tuple[str, str]
) -> Fault:
    return Fault(
        *(code, severity, shown, rows[0], None, *said), affected=len(rows), rows=tuple(rows)
    )
