"""Find the header of a table made by hand, and read it as people do.

Above it may stand a title and a unit for all (单位：万人); it may have two or three rows,
a group above and its parts below; under it may stand a row of units.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from etl.readers.numbers import is_unit, unit_words
from etl.synonyms import fold

Row = Sequence[str | None]
Area = tuple[tuple[int, int], tuple[int, int]]
"""A merged area: its first and its last cell, each as (row, column) from 0."""

_WITHIN: Final = 30
_DEPTH: Final = 3
_LABEL_CHARS: Final = 30
_UNIT_ABOVE: Final = re.compile(r"单位\s*[:：]\s*(\S[^)）]*)")
_VALUE: Final = re.compile(r"[\d\s.,:/+-]+%?")
_UNIT_NAMES: Final = ("单位", "计量单位")
_SUMS: Final = {"合计", "小计", "总计", "总数", "计", "人数", "数量", "个数"}
_BASES: Final = ("户籍", "常住", "暂住", "流动", "规划", "设计", "建筑", "占地", "用地", "使用")


@dataclass(frozen=True)
class Head:
    """The header of a table.

    Attributes
    ----------
    at
        Position of its first row, from 0.
    depth
        Rows of names.
    body
        Position of the first row of data, after a row of units.
    names
        One a column, as it reads; None where nothing stands.
    units
        Position of a column to the unit that stands under or above all.
    hits
        How many of the wanted headers it holds.
    """

    at: int
    depth: int
    body: int
    names: tuple[str | None, ...]
    hits: int
    units: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def folded(self) -> frozenset[str]:
        """Give the names as they are compared."""
        return frozenset(fold(name) for name in self.names if name)


def find_head(rows: Sequence[Row], wanted: Iterable[str], merged: Sequence[Area] = ()) -> Head:
    """Find the rows that hold most wanted names; the first filled row if none holds any.

    Parameters
    ----------
    wanted
        Folded headers.
    merged
        The merged areas of a sheet. They prove that one row stands above another as its groups;
        without them it has to be seen from what is filled and what is not.
    """
    names = set(wanted)
    best: Head | None = None
    for at in range(min(_WITHIN, len(rows))):
        for depth in _depths(rows, at, merged):
            read = _read(rows[at : at + depth], at, names, merged)
            hits = len(names & {fold(name) for name in read if name})
            if hits > (best.hits if best else 0):
                best = Head(at, depth, at + depth, read, hits)
    if best is None:
        first = next((at for at, row in enumerate(rows) if any(map(clean, row))), 0)
        read = tuple(map(clean, rows[first])) if rows else ()
        best = Head(first, 1, first + 1, read, 0)
    return _with_units(best, rows)


def clean(cell: str | None) -> str | None:
    """Give a cell without blanks around it; None where nothing is left."""
    return (cell.strip() or None) if cell else None


def _depths(rows: Sequence[Row], at: int, merged: Sequence[Area]) -> list[int]:
    """Give the numbers of rows that a header from here may have; a row of groups is never alone."""
    depth = 1
    while depth < _DEPTH and _stands_above(rows, at + depth - 1, merged):
        depth += 1
    return list(range(min(2, depth), depth + 1))


def _stands_above(rows: Sequence[Row], at: int, merged: Sequence[Area]) -> bool:
    """Tell whether a row holds groups whose parts are named in the row below."""
    if at + 1 >= len(rows):
        return False
    upper, lower = list(map(clean, rows[at])), list(map(clean, rows[at + 1]))
    below = [position for position, cell in enumerate(lower) if cell]
    if not below or not all(_is_label(cell) for cell in lower if cell):
        return False
    wide = [(a[1], b[1]) for a, b in merged if a[0] == b[0] == at and b[1] > a[1]]
    if wide:
        filled = [position for position, cell in enumerate(upper) if cell]
        parts = [sum(left <= at <= right for at in below) for left, right in wide]
        # a title covers everything; a group leaves room for others
        return len(filled) > 1 and max(parts) > 1
    width = max(len(upper), len(lower))
    upper += [None] * (width - len(upper))
    lower += [None] * (width - len(lower))
    is_part = [at for at in below if not upper[at]]
    groups = {max((g for g in range(at) if upper[g]), default=-1) for at in is_part}
    # a group names its parts from the column it stands in; other names have nothing below them
    has_alone = any(upper[at] and not lower[at] for at in range(width))
    return bool(groups) and has_alone and all(at >= 0 and lower[at] for at in groups)


def _is_label(cell: str) -> bool:
    return len(cell) <= _LABEL_CHARS and not _VALUE.fullmatch(cell)


def _read(
    rows: Sequence[Row], at: int, wanted: set[str], merged: Sequence[Area]
) -> tuple[str | None, ...]:
    """Give one name a column out of all rows of a header."""
    width = max(map(len, rows))
    levels = [_spread(row, at + step, width, merged) for step, row in enumerate(rows[:-1])]
    levels.append([*map(clean, rows[-1]), *[None] * (width - len(rows[-1]))])
    paths = [[level[column] for level in levels if level[column]] for column in range(width)]
    for column, path in enumerate(paths):
        if not any(column < len(row) and clean(row[column]) for row in rows):
            # a group that spread over a column without any name of its own
            path.clear()
    leaves = Counter(path[-1] for path in paths if path)
    return tuple(_name([str(part) for part in path], leaves, wanted) for path in paths)


def _spread(row: Row, at: int, width: int, merged: Sequence[Area]) -> list[str | None]:
    """Give a group to every column it stands above."""
    cells = [*map(clean, row), *[None] * (width - len(row))]
    wide = [(a[1], b[1]) for a, b in merged if a[0] == b[0] == at and b[1] > a[1]]
    if wide:
        for left, right in wide:
            cells[left : right + 1] = [cells[left]] * len(cells[left : right + 1])
        return cells
    for column in range(1, width):
        cells[column] = cells[column] or cells[column - 1]
    return cells


def _name(path: list[str], leaves: Counter[str | None], wanted: set[str]) -> str | None:
    """Read the labels above one column as one name; joined only where that is needed."""
    if len(path) < 2:
        return path[0] if path else None
    if fold(path[-1]) in _SUMS:
        path = path[:-1]
        known = [joined for joined in _joins(path) if fold(joined) in wanted]
        return known[0] if known else "".join([*path, "合计"])
    known = [joined for joined in _joins(path)[:-1] if fold(joined) in wanted]
    if known:
        return known[0]
    is_plain = leaves[path[-1]] == 1 and not any(word in path[0] for word in _BASES)
    return path[-1] if is_plain else "".join(path)


def _joins(path: list[str]) -> list[str]:
    return ["".join(path[start:]) for start in range(len(path))]


def _with_units(head: Head, rows: Sequence[Row]) -> Head:
    """Take the units that stand above the header or in the row under it."""
    units: dict[int, str] = {}
    for row in rows[: head.at]:
        for cell in map(clean, row):
            found = _UNIT_ABOVE.search(cell) if cell else None
            if found and any(map(is_unit, unit_words(found[1]))):
                units = dict.fromkeys(range(len(head.names)), found[1])
    below = list(map(clean, rows[head.body])) if head.body < len(rows) else []
    own = {at: cell for at, cell in enumerate(below) if cell and cell not in _UNIT_NAMES}
    if not own or not all(map(is_unit, own.values())):
        return replace(head, units=units)
    return replace(head, body=head.body + 1, units=units | own)
