"""Repeat what stands once in a merged area of a sheet, where it is the label of several rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from etl.readers.headings import Area, Row, clean
from etl.section import count
from etl.settings import FacilitySource, Source
from etl.synonyms import fold, synonyms

_LABELS: Final = (
    *("district", "district_code", "street", "street_code", "community", "community_code"),
    *("committee", "category", "status"),
)


def repeated(
    source: Source, rows: Sequence[Row], headers: dict[str, int], merged: Sequence[Area]
) -> tuple[Sequence[Row], list[str]]:
    """Repeat the label of each merged area down its rows, in the columns that hold labels.

    A number in a merged area belongs to all its rows together: it stays with the first, and a
    note says so.

    Parameters
    ----------
    rows
        The body of a sheet.
    headers
        Header to the position of its column.
    merged
        Areas of two rows or more, counted from the first row of the body.

    Returns
    -------
    The rows, new where anything was repeated, and the notes.
    """
    if not merged:
        return rows, []
    name_at = {position: name for name, position in headers.items()}
    labels = {fold(header) for header in _headers_of_labels(source)}
    filled: list[list[str | None]] = [list(row) for row in rows]
    done: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for (top, first), (bottom, _) in merged:
        name = name_at.get(first)
        start = filled[top] if top < len(filled) else []
        value = clean(start[first]) if first < len(start) else None
        if name is None or value is None:
            continue
        if fold(name) not in labels:
            left[name] += 1
            continue
        done[name] += 1
        for row in filled[top + 1 : bottom + 1]:
            row.extend([None] * (first + 1 - len(row)))
            row[first] = value
    return filled, [
        *(f"{count(number, 'merged area')} of {name} repeated." for name, number in done.items()),
        *(
            f"{count(number, 'merged area')} of {name} not repeated: the first row has it."
            for name, number in left.items()
        ),
    ]


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
