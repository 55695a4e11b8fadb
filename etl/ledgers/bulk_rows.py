"""Take the rows of a large text into the database: the same rows, cells and faults as cell by cell.

One pass over the text splits its lines and marks those that need a look: a total, a blank row, a
row with too many cells, blanks around a cell, what may be a telephone or an identity number. Only
these go through the functions that read any other table.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np

from etl.layers import Layer, Objects, Rejected
from etl.ledgers.bulk import (
    CELL_MARK,
    LINE_MARK,
    NO_MARK,
    RETURN_MARK,
    BulkLayer,
    Dialect,
)
from etl.ledgers.bulk_personal import IDENTITY_LIKE, MOBILE_LIKE, personal_faults
from etl.ledgers.bulk_points import AXES, Located, located
from etl.ledgers.bulk_points import TEXTS as POINT_TEXTS
from etl.ledgers.bulk_text import BLANKS, EMPTY_LIST, LINES, lines_of, quoted
from etl.ledgers.cells import Cells
from etl.ledgers.declared import LedgerSource
from etl.ledgers.rows import by_header, headers_of, raw_columns
from etl.ledgers.staged import AT_ONCE, RAW, RawLedger, fill
from etl.masking import masked_cell
from etl.readers.files import opened
from etl.readers.headings import clean
from etl.readers.layer import summaries
from etl.readers.limits import changed
from etl.readers.raw import objects
from etl.readers.table import TOTALS, row_pairs, row_reason
from etl.section import count
from etl.synonyms import fold
from etl.where import rows_where
from geo.errors import InputDataError
from geo.store.connect import Connection
from geo.store.write import register

REJECTED: Final = 500_000
"""Rows of one ledger that are set aside at most: beyond, the settings are wrong, not the rows."""
_SHOWN: Final = 3
_TOTAL_CHARS: Final = 16
_BETWEEN: Final = r"[^\p{L}\p{N}]|[(（\[［【][^)）\]］】]*[)）\]］】]"
"""What may stand between the letters of a word that is compared without it."""


@contextmanager
def bulk_rows(
    con: Connection, layer: BulkLayer, source: LedgerSource, cells: Cells
) -> Iterator[RawLedger]:
    """Put the rows of a large text into the temporary table of raw rows.

    The file must stay what it was when its header was read; it is read again while the context
    lasts, where rows are to be shown.

    Raises
    ------
    InputDataError
        The file was written to since (SOURCE_CHANGED), its coordinates cannot be used, or more than
        `REJECTED` rows would be set aside.
    """
    with opened(source, is_streamed=True) as file:
        if file.sha256 != layer.sha256:
            raise changed(source)
        with lines_of(con, source, file.path, layer.dialect):
            yield _Reading(con, layer, source, raw_columns(layer, cells)).rows()


def with_samples(layer: Layer, raw: RawLedger) -> Layer:
    """Keep the first rows of every fault in the layer, where people look them up."""
    known = {one.row for one in layer.rejected}
    rows = sorted(
        {row for fault in layer.faults for row in fault.rows[:_SHOWN] if row not in known}
    )
    shown = [json.loads(content) for content in raw.contents(rows).values()]
    headers = headers_of(layer)
    columns = {name: objects([one.get(name) for one in shown]) for name in headers}
    return replace(
        layer,
        columns=columns,
        row=np.array(rows, dtype=np.int64),
        geometry=objects([None] * len(rows)),
    )


@dataclass(frozen=True)
class _Reading:
    """One large text on its way into the database."""

    con: Connection
    layer: BulkLayer
    source: LedgerSource
    columns: Mapping[str, str]

    @property
    def _stored(self) -> dict[str, str]:
        return by_header(self.layer, self.columns)

    def rows(self) -> RawLedger:
        is_point = "=key" not in self.columns and self.source.unit != "city"
        self._split(is_point=is_point)
        rejected = self._without_odd()
        notes = self._filtered()
        self._cleaned(is_point=is_point)
        where = located(self.con, self.source) if is_point else None
        if where is not None:
            contents = self.contents([row for row, _ in where.rejected])
            rejected += [self._aside(row, why, contents[row]) for row, why in where.rejected]
            self._delete([row for row, _ in where.rejected])
        layer = self._told(rejected, notes, where)
        names = self.layer.dialect.names
        told = personal_faults(self.con, layer.source, names, self._stored)
        return RawLedger(replace(layer, faults=[*layer.faults, *told]), self.columns, self.contents)

    def contents(self, rows: Sequence[int]) -> dict[int, str]:
        """Give rows as JSON, as they may be shown."""
        self._refuse_many(rows)
        names = self.layer.dialect.names
        return {
            row: _json([(name, _cell(p, at)) for name, at in names.items()])
            for row, p in self._lines(rows)
        }

    def _lines(self, rows: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """Read rows of the text again, by their numbers."""
        if not rows:
            return
        register(self.con, "ledger_asked", {"row": np.asarray(rows, dtype=np.int64)})
        self.con.execute(
            f"select row, p from {LINES} where row in (select row from ledger_asked) order by row"  # noqa: S608 - a view of the build
        )
        while part := self.con.fetchmany(AT_ONCE):
            yield from part
        self.con.unregister("ledger_asked")

    def _refuse_many(self, rows: Sequence[int]) -> None:
        if len(rows) > REJECTED:
            raise InputDataError(
                f"{self.source.title} {self.source.shown}: {len(rows):,} rows would be set aside, "
                f"the first is row {rows[0]}; expected at most {REJECTED:,} (LIMIT). Look at the "
                "columns that are declared, and at the first rows."
            )

    def _split(self, *, is_point: bool) -> None:
        """Make the raw rows in one pass, and mark those that need a look."""
        dialect = self.layer.dialect
        cells = {column: dialect.names[header] for header, column in self._stored.items()}
        if is_point:
            cells |= {f"{axis}_text": dialect.names[self.layer.headers[axis]] for axis in AXES}
        picked = ", ".join(f"nullif(p[{at + 1}], '') as {name}" for name, at in cells.items())
        self.con.execute(
            f"create or replace temp table {RAW} as select row, "  # noqa: S608 - columns of the build
            f"{picked}{', ' if picked else ''}{_is_odd(dialect)} as is_odd, "
            f"{_is_marked(dialect)} as is_marked from {LINES} where line is not null"
        )

    def _without_odd(self) -> list[Rejected]:
        """Take out blank rows, totals and rows with too many cells."""
        rows = self._numbers("is_odd")
        names = self.layer.dialect.names
        gone: list[int] = []
        rejected: list[Rejected] = []
        for row, p in self._lines(rows):
            reason = _reason(p, names, self.layer.dialect.width)
            if reason is not None:
                rejected.append(self._aside(row, reason, _json(row_pairs(names, p))))
            if reason is not None or all(_cell(p, at) is None for at in names.values()):
                gone.append(row)
        self._refuse_many([one.row for one in rejected])
        self._delete(gone)
        return rejected

    def _filtered(self) -> list[str]:
        """Keep the rows for which `where` holds, and say how many were set aside."""
        where = self.source.where
        if where is None:
            return []
        names = {name: at for name, at in self.layer.dialect.names.items() if name in where}
        listed = ", ".join(["row", *(f"p[{at + 1}] as w{at}" for at in names.values())])
        self.con.execute(
            f"create or replace temp table ledger_where as select {listed} from {LINES} "  # noqa: S608 - columns of the build
            f"where row in (select row from {RAW})"
        )

        def found(part: Mapping[str, Objects]) -> dict[str, Any]:
            nothing = objects([None] * len(part["row"]))
            columns = dict.fromkeys(self.layer.dialect.names, nothing) | {
                name: objects([_cleaned(cell) for cell in part[f"w{at}"]])
                for name, at in names.items()
            }
            return {"keep": rows_where(where, columns, title=self.source.title)}

        asked = ("row", *(f"w{at}" for at in names.values()))
        fill(
            self.con,
            "ledger_kept",
            {"row": "bigint", "keep": "boolean"},
            ("ledger_where", asked),
            found,
        )
        query = "select count(*) filter (where not keep), count(*) from ledger_kept"
        aside, rows = self.con.execute(query).fetchall()[0]
        self.con.execute(
            f"delete from {RAW} where row in (select row from ledger_kept where not keep)"  # noqa: S608 - a table of the build
        )
        for table in ("ledger_where", "ledger_kept"):
            self.con.execute(f"drop table {table}")
        return [f"{count(aside, 'row')} of {rows:,} set aside by where = {where}."]

    def _cleaned(self, *, is_point: bool) -> None:
        """Take blanks from around the cells of the rows that may have any."""
        names = [*self._stored.values(), *(POINT_TEXTS if is_point else ())]
        if names and self._numbers("is_marked"):
            bare = ", ".join(
                f"{name} = nullif(nullif(trim({name}, {quoted(BLANKS)}), ''), '{EMPTY_LIST}')"
                for name in names
            )
            self.con.execute(f"update {RAW} set {bare} where is_marked")  # noqa: S608 - columns of the build

    def _told(self, rejected: list[Rejected], notes: list[str], where: Located | None) -> BulkLayer:
        layer = self.layer
        (kept,) = self.con.execute(f"select count(*) from {RAW}").fetchall()[0]  # noqa: S608 - a table of the build
        faults = [*layer.faults, *(where.georef.faults if where else ())]
        written = [layer.note or "", *notes, *(where.georef.notes if where else ())]
        return replace(
            layer,
            rows_in=kept + len(rejected),
            crs=where.georef.label if where else "",
            note=" ".join(each for each in written if each) or None,
            rejected=rejected,
            faults=[*faults, *summaries(self.source, rejected)],
        )

    def _aside(self, row: int, reason: str, content: str) -> Rejected:
        return Rejected(self.layer.source, row, reason, content)

    def _numbers(self, condition: str) -> list[int]:
        query = f"select row from {RAW} where {condition} order by row"  # noqa: S608 - a table of the build
        return [row for (row,) in self.con.execute(query).fetchall()]

    def _delete(self, rows: Sequence[int]) -> None:
        if rows:
            register(self.con, "ledger_gone", {"row": np.asarray(rows, dtype=np.int64)})
            self.con.execute(f"delete from {RAW} where row in (select row from ledger_gone)")  # noqa: S608 - a table of the build
            self.con.unregister("ledger_gone")


def _cleaned(cell: str | None) -> str | None:
    found = clean(cell)
    return None if found == EMPTY_LIST else found


def _cell(p: Sequence[str], at: int) -> str | None:
    return _cleaned(p[at]) if at < len(p) else None


def _json(pairs: Sequence[tuple[str, str | None]]) -> str:
    shown = {name: masked_cell(name, cell) for name, cell in pairs}
    return json.dumps(shown, ensure_ascii=False)


def _reason(p: Sequence[str], names: Mapping[str, int], width: int) -> str | None:
    """Say why a row stays out, where it has a gap, too many cells, or begins with a total."""
    has_gap = any(_cell(p, at) is None for at in names.values())
    first = p[0] if p else ""
    is_sum = len(first) < _TOTAL_CHARS and fold(first) in TOTALS
    return row_reason(p, width) if has_gap or len(p) > width or is_sum else None


def _is_odd(dialect: Dialect) -> str:
    """Say in SQL that a row may be blank, a total, or have too many cells."""
    filled = f"[^{_class(BLANKS + dialect.delimiter + EMPTY_LIST)}]"
    words = "|".join(_apart(word) for word in sorted(TOTALS))
    ends = "".join(letter for word in sorted(TOTALS) for letter in _alike(word[-1]))
    return (
        f"(len(p) > {dialect.width} or not regexp_matches(line, {quoted(filled)}) "
        # only a case leaves out what need not be looked at
        f"or case when regexp_matches(line, {quoted(f'[{_class(ends)}]')}) "
        f"then regexp_matches(line, {quoted(words)}) else false end)"
    )


def _is_marked(dialect: Dialect) -> str:
    """Say in SQL that a row may hold blanks around a cell, or personal data."""
    mark = f"[{_class(dialect.delimiter if dialect.is_plain else CELL_MARK)}]"
    blank = f"[{_class(_blanks(dialect))}]"
    empty = f"(?:^|{mark})\\[\\](?:{mark}|$)"
    edge = f"(?:^|{mark}){blank}|{blank}(?:{mark}|$)|{empty}"
    return f"regexp_matches(line, {quoted(f'{edge}|{MOBILE_LIKE}|{IDENTITY_LIKE}')})"


def _blanks(dialect: Dialect) -> str:
    """List the blanks that a cell may have; those that stand for marks are none in a text."""
    marks = CELL_MARK + LINE_MARK + RETURN_MARK + NO_MARK
    blanks = "".join(each for each in BLANKS if each not in marks + dialect.delimiter)
    return blanks if dialect.is_plain else blanks + LINE_MARK + RETURN_MARK


def _class(letters: str) -> str:
    """Write letters as they stand between the brackets of a regular expression."""
    return "".join(f"\\x{{{ord(letter):x}}}" for letter in dict.fromkeys(letters))


def _apart(word: str) -> str:
    """Write a word whose letters may have several forms, and stand apart."""
    return f"(?:{_BETWEEN})*".join(f"[{_class(''.join(_alike(letter)))}]" for letter in word)


@cache
def _alike(letter: str) -> tuple[str, ...]:
    """List the letters that are compared as one."""
    return _forms().get(letter, (letter,))


@cache
def _forms() -> Mapping[str, tuple[str, ...]]:
    wanted = {letter for word in TOTALS for letter in word}
    found: dict[str, list[str]] = {}
    for letter in map(chr, (*range(0x20, 0xD800), *range(0xF900, 0x10000))):
        if fold(letter) in wanted:
            found.setdefault(fold(letter), []).append(letter)
    return {letter: tuple(forms) for letter, forms in found.items()}
