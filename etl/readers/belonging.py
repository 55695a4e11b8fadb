"""Find where the rows of a file say they belong: in a column, or in their own name or address."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Layer, Objects
from etl.names import name_norm
from etl.synonyms import fold, synonyms

_GRID_WORDS: Final = ("网格", "grid")
_ALSO: Final = {"id": ("所属网格", "所在网格"), "district": ("adname",)}
_ENDINGS: Final = {"community": ("社区", "村", "居委会"), "street": ("街道", "镇", "乡")}
"""A name inside other words is one only with its ending - 南门社区, never 南门 - or as a branch:
华联超市（南门店）."""
_SHORTEST, _LONGEST = 3, 12
_READ: Final = 10_000


@dataclass(frozen=True)
class Belonging:
    """The area that each row names, and the area of each grid, by number; -1 where none is.

    `basis` says in English what was named, as `own community`.
    """

    own: NDArray[np.int64]
    group: NDArray[np.int64]
    basis: str


@dataclass(frozen=True)
class _Source:
    """A column of the grids, and whether a column of the rows or their names hold it."""

    level: str
    basis: str
    is_text: bool = False


_SOURCES: Final = (
    _Source("id", "own grid"),
    _Source("community_code", "own community"),
    _Source("community", "own community"),
    _Source("community", "the community of their name", is_text=True),
    _Source("street_code", "own street"),
    _Source("street", "own street"),
    _Source("street", "the street of their name", is_text=True),
    _Source("district_code", "own district"),
    _Source("district", "own district"),
)
"""The finest first."""


def belonging(layer: Layer, grids: Layer, least: int) -> Belonging:
    """Tell where rows belong by the finest level that at least `least` of them name.

    Returns
    -------
    Without such a level no row belongs anywhere, and each grid is an area of its own.
    """
    for source in _SOURCES:
        if source.level not in grids.columns:
            continue
        numbers, group = _numbered(grids.columns[source.level])
        own = _of_names(layer, numbers, source.level) if source.is_text else None
        own = _of_column(layer, numbers, source.level) if own is None else own
        if (own >= 0).sum() >= least:
            return Belonging(own, group, source.basis)
    nothing = np.full(len(layer.row), -1, dtype=np.int64)
    return Belonging(nothing, np.arange(len(grids.row)), "any grid")


def stated(layer: Layer, name: str) -> Objects | None:
    """Find the column in which the rows of another file name their grid or area."""
    forms = [*synonyms("grids").get(name, ()), *(fold(word) for word in _ALSO.get(name, ()))]
    if name == "id":
        forms = [form for form in forms if any(word in form for word in _GRID_WORDS)]
    by_form = {fold(header): cells for header, cells in reversed(layer.columns.items())}
    return next((by_form[form] for form in forms if form in by_form), None)


def plain_name(name: str | None) -> str:
    """Give an area's name as it is compared: one script, width and case, no 社区 or 居委会."""
    return _compact(name).removesuffix("居委会").removesuffix("社区")


def _compact(text: str | None) -> str:
    return name_norm(text or "")


def _numbered(names: Objects) -> tuple[dict[str, int], NDArray[np.int64]]:
    """Give each name a number, and each grid the number of its name, -1 without one."""
    numbers: dict[str, int] = {}
    of_grid = [numbers.setdefault(plain_name(name), len(numbers)) if name else -1 for name in names]
    return numbers, np.array(of_grid, dtype=np.int64)


def _of_column(layer: Layer, numbers: dict[str, int], level: str) -> NDArray[np.int64]:
    cells = stated(layer, level)
    if cells is None:
        return np.full(len(layer.row), -1, dtype=np.int64)
    known = [numbers.get(plain_name(cell), -1) if cell else -1 for cell in cells]
    return np.array(known, dtype=np.int64)


def _of_names(layer: Layer, numbers: dict[str, int], level: str) -> NDArray[np.int64]:
    """Find the one area that name and address speak of; -1 where they speak of none or of two.

    Of a long file evenly spaced rows are read, which is enough to test it by.
    """
    forms = {form: number for name, number in numbers.items() for form in _forms(name, level)}
    texts = [layer.columns[name] for name in ("name", "address") if name in layer.columns]
    own = np.full(len(layer.row), -1, dtype=np.int64)
    for at in range(0, len(own), -(-len(own) // _READ) or 1):
        spoken = {forms[part] for cells in texts for part in _spoken(_compact(cells[at]), forms)}
        if len(spoken) == 1:
            own[at] = spoken.pop()
    return own


def _forms(name: str, level: str) -> list[str]:
    endings = _ENDINGS[level]
    forms = [name if name.endswith(endings) else name + endings[0], f"({name}店)"]
    return [form for form in forms if _SHORTEST <= len(form) <= _LONGEST]


def _spoken(text: str, forms: dict[str, int]) -> Iterator[str]:
    """Give the names in a text from left to right, the longest at each place."""
    at = 0
    while at + _SHORTEST <= len(text):
        longest = min(_LONGEST, len(text) - at)
        sizes = range(longest, _SHORTEST - 1, -1)
        found = next((text[at : at + size] for size in sizes if text[at : at + size] in forms), "")
        if found:
            yield found
        at += len(found) or 1
