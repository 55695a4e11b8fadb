"""Stage the rows of a ledger in one table of the database, whatever file they came from.

What costs time is done once for each distinct cell, by the functions that read one cell: the place,
the day, the period, the number. The rest is SQL, so that millions of rows need no object each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Layer, Objects, Rejected
from etl.ledgers.cells import Cells, kinds_in
from etl.ledgers.dates import read_day, read_period
from etl.ledgers.declared import LedgerSource
from etl.ledgers.doubts import odd_numbers, rows_twice
from etl.ledgers.places import WITHIN, places_by_key, places_by_point, register_of
from etl.readers.numbers import SHARE, read_number
from etl.readers.raw import objects
from etl.section import count
from etl.shapes import GridShapes
from etl.synonyms import fold
from geo.formula import Formula
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import register

RAW: Final = "ledger_raw"
"""The temporary table of the rows as text: row, and one column a cell."""
POINTS: Final = "ledger_point"
"""The temporary table of the points of rows: row, lon, lat (WGS 84, double)."""
DAYS: Final = ("date", "due", "closed")
TEXTS: Final = ("item", "value", "owner", "id", *WITHIN)
AT_ONCE: Final = 250_000
"""Cells or points that Python holds at a time."""
_SET_ASIDE: Final = {
    "PLACE_UNKNOWN": ("with a place that the release has not", "Correct the code or the name."),
    "PLACE_AMBIG": ("with a name that several places bear", "Give the code instead."),
    "PLACE_NONE": ("without a place", "Fill the cell in."),
    "DATE_TEXT": ("with a date that is none", "Write days as 2026-10-05, months as 2026-10."),
}
_KEPT: Final = {
    "DATE_FUTURE": ("with a day after the month of the data", "Kept; check the day."),
    "DATE_ORDER": ("due before it began", "Kept; check both days."),
}
_IS_ODD: Final = {
    "DATE_FUTURE": "date_on >= $after or closed_on >= $after",
    "DATE_ORDER": "due_on < date_on",
}

Contents = Callable[[Sequence[int]], Mapping[int, str]]


@dataclass(frozen=True)
class RawLedger:
    """A ledger as read, its rows in the temporary table `RAW`.

    Attributes
    ----------
    layer
        What is known of the file, and the rows that reading set aside.
    columns
        Header, and `=key` for what is declared, to the column of `RAW`; cells without blanks around
        them, personal data masked. Where there is no `=key`, the places are in the table `POINTS`.
    contents
        Gives rows as JSON, as they may be shown, by their numbers.
    """

    layer: Layer
    columns: Mapping[str, str]
    contents: Contents


@dataclass(frozen=True)
class Staged:
    """The rows of a ledger that found their place: see docs/contracts.md, section 10.

    Attributes
    ----------
    number
        ledger_idx.
    table
        The temporary table.
    rows
        How many it has.
    """

    number: int
    source: LedgerSource
    table: str
    rows: int
    staged: Cells

    def cells(self, formula: Formula) -> tuple[Callable[[str], str], Callable[[str], str]]:
        """Give how a formula or a condition says the text of a cell, and its number.

        The text of a declared day is YYYY-MM-DD where it could be read, so that days written in
        two ways compare as days; else it is as written.
        """
        kinds = kinds_in(formula)

        def text(header: str) -> str:
            written = self.staged.of(header, kinds[header])
            day = self._day(header) if kinds[header] == "text" else None
            return f"coalesce({day}::text, {written})" if day else written

        return text, lambda header: self.staged.of(header, "number")

    def _day(self, header: str) -> str | None:
        """Give the column of the days that a header was declared to hold."""
        roles = {fold(self.source.columns.get(role, "")): role for role in DAYS}
        role = roles.get(fold(header))
        return f"{role}_on" if role else None


def stage(
    con: Connection,
    shapes: GridShapes,
    raw: RawLedger,
    ledger: tuple[int, LedgerSource, Cells],
    as_of: str,
) -> tuple[Staged, Layer]:
    """Find place, period and days of every row; a row that lacks one it needs is set aside.

    Parameters
    ----------
    con
        Holds grids, areas, units and facilities already, and the rows in `RAW`.
    ledger
        Its number, how it is declared, and which cells formulas name.
    as_of
        The month of the data, YYYY-MM.

    Returns
    -------
    The staged rows; the layer with the rows set aside and what is odd among the others.
    """
    number, source, cells = ledger
    table = f"staged_ledger_{number}"
    picked = _Picked(con, raw.columns)
    place = _place(con, shapes, raw, source)
    columns = {
        "row": "raw.row",
        "place_idx": f"{place.idx}::integer",
        **_time_columns(picked, source),
        **{name: picked.text(f"={name}") for name in TEXTS},
        **_cell_columns(picked, cells),
        "reason": _reason(picked, source, place),
    }
    listed = ", ".join(f"{written} as {name}" for name, written in columns.items())
    con.execute(
        f"create or replace temp table {table} as select {listed} from {RAW} as raw "  # noqa: S608 - columns and tables of this module
        f"{place.join} {' '.join(picked.joins)}"
    )
    layer = _without_aside(con, table, raw)
    doubts = odd_numbers(con, picked.numbers(), layer.source)
    picked.drop()
    doubts += _odd(con, table, layer.source, as_of) + rows_twice(con, table, source, layer.source)
    layer = replace(layer, faults=[*layer.faults, *doubts])
    (rows,) = con.execute(f"select count(*) from {table}").fetchall()[0]  # noqa: S608 - a table of this module
    return Staged(number, source, table, int(rows), cells), layer


@dataclass(frozen=True)
class _Place:
    """The SQL of the place of a row, of why it has none, and the join that gives both."""

    idx: str
    reason: str
    join: str = ""


def _place(con: Connection, shapes: GridShapes, raw: RawLedger, source: LedgerSource) -> _Place:
    if source.unit == "city":
        return _Place("0", "null::text")
    if "=key" not in raw.columns:
        _place_points(con, shapes, source.unit)
        join = "left join ledger_place as place on place.row = raw.row"
        return _Place("place.place_idx", "place.reason", join)
    within = {level: raw.columns[f"={level}"] for level in WITHIN if f"={level}" in raw.columns}
    keys = {"key": raw.columns["=key"], **within}
    _place_keys(con, source.unit, keys)
    same = " and ".join(
        f"place.{name} is not distinct from raw.{column}" for name, column in keys.items()
    )
    return _Place("place.place_idx", "place.reason", f"left join ledger_place as place on {same}")


def _place_keys(con: Connection, unit: str, keys: Mapping[str, str]) -> None:
    """Find the place of every distinct key, with the areas that are said to hold it."""
    named = ", ".join(f"{column} as {name}" for name, column in keys.items())
    found = register_of(con, unit)
    con.execute(f"create or replace temp table ledger_keys as select distinct {named} from {RAW}")  # noqa: S608 - columns of this module
    fill(
        con,
        "ledger_place",
        {**dict.fromkeys(keys, "text"), "place_idx": "integer", "reason": "text"},
        ("ledger_keys", tuple(keys)),
        lambda part: dict(
            zip(
                ("place_idx", "reason"),
                places_by_key(found, part["key"], {name: part[name] for name in keys}),
                strict=True,
            )
        ),
    )
    con.execute("drop table ledger_keys")


def _place_points(con: Connection, shapes: GridShapes, unit: str) -> None:
    types = {"row": "bigint", "place_idx": "integer", "reason": "text"}

    def found(part: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        lonlat = np.column_stack([part["lon"], part["lat"]]).astype(np.float64)
        at, why = places_by_point(con, shapes, unit, lonlat)
        return {"row": part["row"], "place_idx": at, "reason": why}

    fill(con, "ledger_place", types, (POINTS, ("row", "lon", "lat")), found)


def fill(
    con: Connection,
    table: str,
    types: Mapping[str, str],
    asked: tuple[str, Sequence[str]],
    found: Callable[[Mapping[str, NDArray[Any]]], Mapping[str, NDArray[Any]]],
) -> None:
    """Make a temporary table of what a function finds for the rows of another, piece by piece.

    Columns of the same name are carried over unless the function gives them.
    """
    listed = ", ".join(f"{name} {kind}" for name, kind in types.items())
    con.execute(f"create or replace temp table {table} ({listed})")
    source, columns = asked
    last = con.execute(f"select max(rowid) from {source}").fetchall()[0][0]  # noqa: S608 - a table of this module
    for start in range(0, 0 if last is None else last + 1, AT_ONCE):
        part = fetch_columns(
            con,
            f"select {', '.join(columns)} from {source} where rowid between $low and $high",  # noqa: S608 - columns of this module
            {"low": start, "high": start + AT_ONCE - 1},
        )
        known = {name: plain_text(part[name]) for name in columns}
        answer = {**known, **found(known)}
        register(con, "ledger_part", {name: answer[name] for name in types})
        picked = ", ".join(f"{name}::{kind}" for name, kind in types.items())
        con.execute(f"insert into {table} select {picked} from ledger_part")  # noqa: S608 - columns of this module
        con.unregister("ledger_part")


def plain_text(values: NDArray[Any]) -> NDArray[Any]:
    """Give text with None where it is null; numbers stay as they are."""
    if values.dtype.kind != "O":
        return values
    plain = np.ma.getdata(values).astype(object)
    plain[np.ma.getmaskarray(values)] = None
    return plain


class _Picked:
    """The columns of the raw rows, and the tables of distinct cells that are read from them."""

    def __init__(self, con: Connection, columns: Mapping[str, str]) -> None:
        self._con, self._columns = con, columns
        self._made: dict[tuple[str, str], str] = {}
        self.joins: list[str] = []

    def has(self, name: str) -> bool:
        return name in self._columns

    def text(self, name: str) -> str:
        return f"raw.{self._columns[name]}" if self.has(name) else "null::text"

    def read(self, name: str, how: str) -> str:
        """Give the name of a joined table that holds each distinct cell as it reads."""
        column = self._columns[name]
        if (column, how) not in self._made:
            table = f"ledger_{how}_{column}"
            types, found = _READ[how]
            self._con.execute(
                f"create or replace temp table ledger_cells as select distinct {column} as cell "  # noqa: S608 - columns of this module
                f"from {RAW} where {column} is not null"
            )
            fill(
                self._con,
                table,
                {"cell": "text", **types},
                ("ledger_cells", ("cell",)),
                lambda part: found(part["cell"]),
            )
            self._con.execute("drop table ledger_cells")
            if how == "number":
                self._con.execute(f"alter table {table} add column number double")
                self._con.execute(f"update {table} set number = number_of(plain)")  # noqa: S608 - a table of this module
            self._made[column, how] = table
            self.joins.append(f"left join {table} on {table}.cell = raw.{column}")
        return self._made[column, how]

    def numbers(self) -> dict[str, tuple[str, str]]:
        """Give the columns read as numbers, and the tables of their distinct cells, by header."""
        return {
            header: (column, self._made[column, "number"])
            for header, column in self._columns.items()
            if (column, "number") in self._made and not header.startswith("=")
        }

    def drop(self) -> None:
        for table in (RAW, POINTS, "ledger_place", *self._made.values()):
            self._con.execute(f"drop table if exists {table}")


def _days(cells: Objects) -> dict[str, NDArray[Any]]:
    days = [read_day(cell) for cell in cells]
    return {
        "day": objects([None if day is None else day.isoformat() for day in days]),
        "period": objects([read_period(cell) for cell in cells]),
    }


def _numbers(cells: Objects) -> dict[str, NDArray[Any]]:
    """Bring cells such as 约300, 3.1万 or 12% to plain numbers; what is none stays as it is."""
    numbers = [read_number(cell, SHARE) for cell in cells]
    return {
        "plain": objects([number.text for number in numbers]),
        "flag": objects([number.flag for number in numbers]),
    }


_READ: Final[
    Mapping[str, tuple[Mapping[str, str], Callable[[Objects], Mapping[str, NDArray[Any]]]]]
] = {
    "days": ({"day": "date", "period": "text"}, _days),
    "number": ({"plain": "text", "flag": "text"}, _numbers),
}


def _time_columns(picked: _Picked, source: LedgerSource) -> dict[str, str]:
    columns = {"period": "null::text"}
    if picked.has("=date") and source.grain != "unit":
        columns["period"] = f"{picked.read('=date', 'days')}.period"
    for name in DAYS:
        is_there = picked.has(f"={name}")
        read = f"{picked.read(f'={name}', 'days')}.day" if is_there else "null::date"
        columns[f"{name}_on"] = read
    return columns


def _cell_columns(picked: _Picked, cells: Cells) -> dict[str, str]:
    columns: dict[str, str] = {}
    for (header, kind), name in cells.columns.items():
        if kind == "text":
            columns[name] = picked.text(header)
            continue
        columns[name] = f"{picked.read(header, 'number')}.{kind}"
    return columns


def _reason(picked: _Picked, source: LedgerSource, place: _Place) -> str:
    """Say why a row stays out: it has no place, or no period where it needs one."""
    if source.grain == "unit":
        return place.reason
    is_said = f"{picked.text('=date')} is not null"
    needs = "true" if source.grain == "unit+period" else is_said
    period = _time_columns(picked, source)["period"]
    return f"coalesce({place.reason}, case when {needs} and {period} is null then 'DATE_TEXT' end)"


def _without_aside(con: Connection, table: str, raw: RawLedger) -> Layer:
    """Take the rows with a reason out of the table, and list them among the rejected ones."""
    found = con.execute(
        f"select row, reason from {table} where reason is not null order by row"  # noqa: S608 - a table of this module
    ).fetchall()
    layer = raw.layer
    rows = [row for row, _ in found]
    contents = raw.contents(rows)
    rejected = [Rejected(layer.source, row, reason, contents[row]) for row, reason in found]
    if found:
        con.execute(f"delete from {table} where reason is not null")  # noqa: S608 - a table of this module
    con.execute(f"alter table {table} drop column reason")
    faults = [
        fault
        for code, words in _SET_ASIDE.items()
        if (fault := _summary(layer.source, code, words, [r for r, why in found if why == code]))
    ]
    keep = ~np.isin(layer.row, rows)
    return replace(
        layer,
        columns={name: cells[keep] for name, cells in layer.columns.items()},
        row=layer.row[keep],
        geometry=layer.geometry[keep],
        rejected=[*layer.rejected, *rejected],
        faults=[*layer.faults, *faults],
    )


def _odd(con: Connection, table: str, source: str, as_of: str) -> list[Fault]:
    """List the rows whose days cannot be right, as far as they are known; they are kept."""
    year, month = (int(part) for part in as_of.split("-"))
    after = {"after": date(year + month // 12, month % 12 + 1, 1)}
    faults: list[Fault] = []
    for code, words in _KEPT.items():
        asked = after if "$after" in _IS_ODD[code] else None
        query = f"select row from {table} where {_IS_ODD[code]} order by row"  # noqa: S608 - a table of this module
        rows = [row for (row,) in con.execute(query, asked).fetchall()]
        if fault := _summary(source, code, words, rows):
            faults.append(fault)
    return faults


def _summary(source: str, code: str, words: tuple[str, str], rows: Sequence[int]) -> Fault | None:
    """Say once for a fault how many rows have it, and which is the first."""
    if not rows:
        return None
    what, action = words
    message = f"{count(len(rows), 'row')} {what}, the first is row {rows[0]}."
    return Fault(
        *(code, "warning", source, rows[0], None, message, action),
        affected=len(rows),
        rows=tuple(rows),
    )
