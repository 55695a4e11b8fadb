"""Bring the columns of numbers to plain numbers in one unit, and say what had to be done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Objects, Severity
from etl.readers.numbers import MEASURES, Measure, Number, header_measure, read_number
from etl.readers.raw import RawTable, objects
from etl.section import count
from etl.settings import Source

_BRACKETED: Final = re.compile(r"[(（\[【]\s*(?:单位\s*[:：])?\s*([^)）\]】]*?)\s*[)）\]】]")
_SAMPLES: Final = 3
_WORDS: Final[dict[str, tuple[Severity, str, str]]] = {
    "NUM_MASK": (
        "warning",
        "masked digits",
        "They count as unknown. Ask for the numbers themselves.",
    ),
    "NUM_UNIT": (
        "note",
        "a unit or a word beside the number",
        "Read as shown. Write the plain number where something else is meant.",
    ),
}


@dataclass(frozen=True)
class Amounts:
    """Columns with plain numbers, the cells they were read from, and what was found.

    Attributes
    ----------
    columns
        Canonical name to cells, shape (n,): a plain number, None, or text that is no number.
    written
        Header to the cells as the file has them, for the columns in which any was changed.
    is_changed
        Shape (n,), rows in which a number was written otherwise.
    """

    columns: dict[str, Objects]
    written: dict[str, Objects]
    is_changed: NDArray[np.bool_]
    faults: list[Fault]


def amounts(source: Source, raw: RawTable, found: Mapping[str, str]) -> Amounts:
    """Read the columns of numbers of a source.

    The unit of a bare number is, in this order, that of a row of units, that in the brackets of
    the header, the column's own (persons, square metres, ...). Text that is no number stays as it
    is: staging reports it as NUM_TEXT.

    Parameters
    ----------
    found
        Canonical name to header.
    """
    result = Amounts({}, {}, np.zeros(len(raw.row), dtype=bool), [])
    for name in MEASURES:
        if name not in found:
            continue
        header = found[name]
        measure = header_measure(name, raw.units.get(header) or _unit_in(header))
        cells = raw.columns[header]
        numbers = _numbers(cells, measure)
        result.columns[name] = objects([number.text for number in numbers])
        changed = np.array([number.is_changed for number in numbers], dtype=bool)
        result.is_changed[:] |= changed
        if measure.factor != 1:
            result.faults.append(_converted(source, header, raw, measure))
        if changed.any():
            result.written[header] = cells
            result.faults.extend(_told(source, header, raw, numbers))
    return result


def _unit_in(header: str) -> str | None:
    bracketed = _BRACKETED.search(header)
    return bracketed[1] if bracketed else None


_NONE: Final = Number(None)


def _numbers(cells: Objects, measure: Measure) -> list[Number]:
    is_bare = measure.factor == 1
    return [
        _NONE
        if cell is None
        else Number(cell)
        if is_bare and cell.isascii() and cell.isdigit()
        else read_number(cell, measure)
        for cell in cells
    ]


def _converted(source: Source, header: str, raw: RawTable, measure: Measure) -> Fault:
    rows = [int(row) for row, cell in zip(raw.row, raw.columns[header], strict=True) if cell]
    return Fault(
        code="NUM_UNIT",
        severity="note",
        source=source.shown,
        row=None,
        feature_id=None,
        message=f"The numbers under {header} are in another unit: {len(rows):,} cells.",
        action=f"Multiplied by {_shown(measure.factor)}. Correct the header if they are not.",
        affected=max(1, len(rows)),
        rows=tuple(rows),
    )


def _shown(factor: Fraction) -> str:
    return f"{factor.numerator:,}" if factor.denominator == 1 else f"{float(factor):,.2f}"


def _told(source: Source, header: str, raw: RawTable, numbers: list[Number]) -> list[Fault]:
    """Say once for each kind which cells were masked or carry a unit, and how they were read."""
    faults: list[Fault] = []
    for code, (severity, what, action) in _WORDS.items():
        hits = [at for at, number in enumerate(numbers) if number.flag == code]
        if not hits:
            continue
        rows = tuple(int(raw.row[at]) for at in hits)
        samples = [
            f'row {raw.row[at]} "{raw.columns[header][at]}" -> {numbers[at].text or "empty"}'
            for at in hits[:_SAMPLES]
        ]
        more = ", ..." if len(hits) > _SAMPLES else ""
        message = f"{count(len(hits), 'cell')} of {header} with {what}: {', '.join(samples)}{more}."
        fault = Fault(code, severity, source.shown, rows[0], None, message, action)
        faults.append(replace(fault, affected=len(rows), rows=rows))
    return faults
