"""Find and mask the personal data of a large text by the rules of `etl.personal`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from etl.layers import Fault
from etl.ledgers.bulk_text import LINES, is_filled, quoted
from etl.ledgers.staged import AT_ONCE, RAW, fill
from etl.masking import STARS, identities, is_code, mask, names_residents
from etl.personal import IDENTITY, MOBILE, NAMES, Found
from etl.readers.raw import objects
from geo.store.connect import Connection

MOBILE_LIKE: Final = r"(?:^|[^\p{Nd}.])1[3-9]\p{Nd}(?:[ -]?\p{Nd}{4}){2}(?:[^\p{Nd}.]|$)"
"""What `etl.masking.mobiles` finds, in the language of the database: exactly that."""
IDENTITY_LIKE: Final = r"(?:^|[^0-9A-Za-z])[1-9]\p{Nd}{16}[\p{Nd}Xx](?:[^0-9A-Za-z]|$)"
"""More than `etl.masking.identities` finds: the date and the check digit are looked at there."""


@dataclass(frozen=True)
class _Column:
    """A column of the text, and the one of the raw rows that holds it, if any."""

    header: str
    cell: str
    stored: str | None


def personal_faults(
    con: Connection, source: str, positions: Mapping[str, int], stored: Mapping[str, str]
) -> list[Fault]:
    """Mask personal data in the raw rows, and say what the text held.

    Parameters
    ----------
    positions
        Header to the position of its cells in the lines, from 0.
    stored
        Header to the column of the raw rows. Rows in which anything may be found have `is_marked`.
    """
    found = Found()
    (marked,) = con.execute(f"select count(*) from {RAW} where is_marked").fetchall()[0]  # noqa: S608 - a table of the build
    for header, at in positions.items():
        column = _Column(header, f"p[{at + 1}]", stored.get(header))
        if names_residents(header):
            _note(con, found, column, NAMES, is_filled(column.cell))
        if marked:
            _look(con, found, column)
            _mask(con, found, column)
        if names_residents(header) and column.stored:
            con.execute(
                f"update {RAW} set {column.stored} = '{STARS}' where {column.stored} is not null"  # noqa: S608 - columns of the build
            )
    return found.faults(source)


def _look(con: Connection, found: Found, column: _Column) -> None:
    """Count the telephones and the identity numbers of a column, in the rows that are marked."""
    if not is_code(column.header):
        _note(con, found, column, MOBILE, f"regexp_matches({column.cell}, {quoted(MOBILE_LIKE)})")
    condition = f"regexp_matches({column.cell}, {quoted(IDENTITY_LIKE)})"
    for row, cell in _rows(con, column, condition):
        if identities(cell):
            found.add(column.header, IDENTITY, row)


def _note(con: Connection, found: Found, column: _Column, kind: str, condition: str) -> None:
    """Count the cells for which a condition holds."""
    for row, _ in _rows(con, column, condition):
        found.add(column.header, kind, row)


def _rows(con: Connection, column: _Column, condition: str) -> Iterator[tuple[int, str]]:
    con.execute(
        f"select row, {column.cell} from {LINES} where {condition} "  # noqa: S608 - columns of the build
        f"and row in (select row from {RAW})"
    )
    while part := con.fetchmany(AT_ONCE):
        yield from part


def _mask(con: Connection, found: Found, column: _Column) -> None:
    """Mask the raw cells of a column in which anything was found, each distinct one once."""
    kinds = {kind for header, kind in found.cells if header == column.header}
    if column.stored is None or not kinds & {MOBILE, IDENTITY}:
        return
    stored = column.stored
    con.execute(
        f"create or replace temp table ledger_odd as select distinct {stored} as cell from {RAW} "  # noqa: S608 - columns of the build
        f"where regexp_matches({stored}, {quoted(f'{MOBILE_LIKE}|{IDENTITY_LIKE}')})"
    )
    code = is_code(column.header)
    fill(
        con,
        "ledger_masked",
        {"cell": "text", "shown": "text"},
        ("ledger_odd", ("cell",)),
        lambda part: {"shown": objects([mask(cell, is_code=code) for cell in part["cell"]])},
    )
    con.execute(
        f"update {RAW} set {stored} = shown from ledger_masked where {stored} = ledger_masked.cell"  # noqa: S608 - columns of the build
    )
    con.execute("drop table ledger_odd")
    con.execute("drop table ledger_masked")
