"""Repeat what stands once in a merged area of a sheet, where it is the label of several rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from etl.layers import Fault
from etl.readers.headings import Area, Row, clean
from etl.section import count
from etl.settings import FacilitySource, Source
from etl.synonyms import fold, synonyms

_LABELS: Final = (
    *("district", "district_code", "street", "street_code", "community", "community_code"),
    *("committee", "category", "status"),
)


def repeated(
    source: Source,
    rows: Sequence[Row],
    headers: dict[str, int],
    merged: Sequence[Area],
    first_row: int,
) -> tuple[Sequence[Row], list[str], list[Fault]]:
    """Repeat the label of each merged area down its rows, in the columns that hold labels.

    A number in a merged area belongs to all its rows together: it stays with the first, and a
    note and a fault say so.

    Parameters
    ----------
    rows
        The body of a sheet.
    headers
        Header to the position of its column.
    merged
        Areas of two rows or more, counted from the first row of the body.
    first_row
        Number of the first row of the body, as a person counts.

    Returns
    -------
    The rows, new where anything was repeated; the notes; the rows that were left empty, by column.
    """
    if not merged:
        return rows, [], []
    name_at = {position: name for name, position in headers.items()}
    labels = {fold(header) for header in _headers_of_labels(source)}
    filled: list[list[str | None]] = [list(row) for row in rows]
    done: Counter[str] = Counter()
    left: dict[str, list[range]] = {}
    for (top, first), (bottom, _) in merged:
        name = name_at.get(first)
        start = filled[top] if top < len(filled) else []
        value = clean(start[first]) if first < len(start) else None
        if name is None or value is None:
            continue
        if fold(name) not in labels:
            below = range(top + 1, min(bottom + 1, len(filled)))
            left.setdefault(name, []).append(below)
            continue
        done[name] += 1
        for row in filled[top + 1 : bottom + 1]:
            row.extend([None] * (first + 1 - len(row)))
            row[first] = value
    empty = {name: sorted(chain.from_iterable(areas)) for name, areas in left.items()}
    faults = [_fault(source, name, [first_row + k for k in at]) for name, at in empty.items() if at]
    return filled, _notes(done, {name: len(areas) for name, areas in left.items()}), faults


def _notes(done: Mapping[str, int], left: Mapping[str, int]) -> list[str]:
    return [
        *(f"{count(number, 'merged area')} of {name} repeated." for name, number in done.items()),
        *(
            f"{count(number, 'merged area')} of {name} not repeated: the first row has it."
            for name, number in left.items()
        ),
    ]


def _fault(source: Source, name: str, rows: list[int]) -> Fault:
    message = (
        f"{count(len(rows), 'row')} without a cell of {name} of their own, in a merged area, "
        f"the first is row {rows[0]}."
    )
    action = "Left empty: the first row of the area has it. Write the cell into every row."
    return Fault(
        *("CELL_MERGED", "warning", source.shown, rows[0], None, message, action),
        affected=len(rows),
        rows=tuple(rows),
    )


def _headers_of_labels(source: Source) -> list[str]:
    known = [
        header
        for role in ("grids", "facilities")
        for name, headers in synonyms(role).items()
        if name in _LABELS
        for header in headers
    ]
    declared = [header for name, header in source.columns.items() if name in _LABELS]
    if isinstance(source, FacilitySource) and source.category_column:
        declared.append(source.category_column)
    return known + declared
