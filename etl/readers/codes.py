"""Keep codes as text: refuse a column whose digits a spreadsheet lost, mend what lost none."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from etl.layers import Objects
from etl.readers.raw import RawTable, objects
from etl.section import count
from etl.settings import Source
from geo.errors import InputDataError

_CODES: Final = ("id", "community_code", "street_code", "district_code")
_EXACT_DIGITS: Final = 15
"""A spreadsheet keeps so many significant digits of a number and writes 0 for the rest."""
_SHOWN_DIGITS: Final = 6
"""A cell of the usual width shows 522601001001 as 5.22601E+11: six digits stay."""
_FEWEST: Final = 3
"""So many codes that end in zeros may do so by chance."""
_POWER: Final = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d+")
_FRACTION: Final = re.compile(r"(\d{1,15})\.0+")
_FIX: Final = (
    "expected every digit as text. Make the column text in the original "
    "(select it, Format Cells, Text), paste the codes again and export; this file cannot be mended."
)


def whole_codes(source: Source, raw: RawTable, found: Mapping[str, str], kind: str) -> RawTable:
    """Give the table with its codes as text.

    `522601001001.0`, which a program wrote that took the column for numbers, loses its fraction
    where every digit is there. Three marks of lost digits refuse the column, because nothing can
    bring them back: a power of ten; more than 15 digits that all end in the zeros a spreadsheet
    writes; ids of 12 digits and more that repeat and end in the zeros of a rounded display.

    Parameters
    ----------
    found
        Canonical name to header.
    kind
        grids, demand, facilities, network or basemap.

    Raises
    ------
    InputDataError
        A column of codes lost digits (CODE_SCI): how many cells, the first, and how to save it.
    """
    columns = dict(raw.columns)
    notes = list(raw.notes)
    for name in _CODES:
        if name not in found:
            continue
        header = found[name]
        for is_lost, what in _marks(name, kind, columns[header]):
            at = [at for at, cell in enumerate(columns[header]) if cell and is_lost(cell)]
            if at:
                first = f"first: row {raw.row[at[0]]}, {columns[header][at[0]]}"
                raise InputDataError(
                    f"{source.title} {source.shown} has {count(len(at), 'code')} of "
                    f"{len(raw.row):,} in {header} {what} ({first}) (CODE_SCI); {_FIX}"
                )
        whole = [_FRACTION.fullmatch(cell) if cell else None for cell in columns[header]]
        if any(whole):
            pairs = zip(whole, columns[header], strict=True)
            columns[header] = objects([part[1] if part else cell for part, cell in pairs])
            mended = count(sum(part is not None for part in whole), "code")
            notes.append(f"Took the .0 off {mended} in {header}.")
    return replace(raw, columns=columns, notes=notes)


Mark = tuple[Callable[[str], bool], str]


def _marks(name: str, kind: str, cells: Objects) -> list[Mark]:
    """List how the cells of one column may show that digits were lost."""
    marks: list[Mark] = [
        (lambda cell: _POWER.fullmatch(cell) is not None, "that a spreadsheet rounded")
    ]
    digits = [text for cell in cells if cell and (text := cell.partition(".")[0]).isdigit()]
    long = [text for text in digits if len(text) > _EXACT_DIGITS]
    if len(long) >= _FEWEST and all(_is_cut(text) for text in long):
        marks.append((_is_cut, "that end in the zeros a spreadsheet writes beyond 15 digits"))
    if kind == "grids" and name == "id" and _are_rounded(digits):
        marks.append((_is_rounded, "that repeat and end in zeros, as rounding leaves them"))
    return marks


def _is_cut(cell: str) -> bool:
    text = cell.partition(".")[0]
    return len(text) > _EXACT_DIGITS and not text[_EXACT_DIGITS:].strip("0")


def _is_rounded(cell: str) -> bool:
    text = cell.partition(".")[0]
    return len(text) >= 2 * _SHOWN_DIGITS and not text[_SHOWN_DIGITS:].strip("0")


def _are_rounded(digits: list[str]) -> bool:
    """Tell ids that were rounded from codes that end in zeros by rule: rounded ones repeat."""
    found = Counter(text for text in digits if _is_rounded(text))
    return sum(found.values()) >= max(_FEWEST, len(digits) / 2) and max(found.values()) > 1
