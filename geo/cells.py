"""Lay square cells over an extent and list what lies in each, for exact searches ring by ring."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.jit import kernel

MAX_CELLS: Final = 1 << 24
"""Cells grow until there are about this many at most: one far point cannot eat the memory."""


class Cells(NamedTuple):
    """Squares of `size_m` over an extent, numbered row by row from the lower left corner."""

    x0_m: float
    y0_m: float
    size_m: float
    columns: int
    rows: int


def cells_over(low_m: NDArray[np.float64], high_m: NDArray[np.float64], size_m: float) -> Cells:
    """Cover the box from `low_m` to `high_m`, each (2,) metres, with cells of about `size_m`.

    The size grows where the box would need more than `MAX_CELLS`; a box without extent gets one.
    """
    width, height = (float(value) for value in high_m - low_m)
    size = max(size_m, math.sqrt(width * height / MAX_CELLS), max(width, height) / MAX_CELLS)
    columns, rows = int(width // size) + 1, int(height // size) + 1
    return Cells(float(low_m[0]), float(low_m[1]), size, columns, rows)


@kernel
def cell_range(low: float, high: float, size: float, count: int) -> tuple[int, int]:
    """Give the first and last cell of an axis that [low, high] touches, first > last for none."""
    first = max(0, math.floor(low / size))
    last = min(count - 1, math.floor(high / size))
    return first, last


@kernel
def ring_width(x: float, y: float, ring: int, cells: Cells) -> float:
    """Give how far from a point everything is that lies outside its rings 0..`ring`.

    `x`, `y` are metres from the origin of the cells; the point may lie outside the extent.
    """
    size = cells.size_m
    column, row = math.floor(x / size), math.floor(y / size)
    left, right = x - (column - ring) * size, (column + ring + 1) * size - x
    below, above = y - (row - ring) * size, (row + ring + 1) * size - y
    return min(left, right, below, above)


@kernel
def ring_range(column: int, row: int, cells: Cells) -> tuple[int, int]:
    """Give the first and last ring around a cell, perhaps outside the extent, that touch it."""
    right, above = column - (cells.columns - 1), row - (cells.rows - 1)
    return max(0, -column, right, -row, above), max(column, -right, row, -above)


@kernel
def ring_run(column: int, row: int, ring: int, part: int, cells: Cells) -> tuple[int, int]:
    """Give the first and last cell of one part, 0..4 ring + 1, of a ring; first > last for none.

    The cells of a part follow each other; all parts together are the ring, no cell twice.
    """
    r = row - ring + part // 2
    is_left = part % 2 == 0
    left, right = max(0, column - ring), min(cells.columns - 1, column + ring)
    if abs(r - row) < ring:
        # Only the two ends of a row in the middle belong to the ring.
        end = column - ring if is_left else column + ring
        left, right = max(left, end), min(right, end)
    elif not is_left:
        return 0, -1
    if r < 0 or r >= cells.rows or left > right:
        return 0, -1
    return r * cells.columns + left, r * cells.columns + right


def starts_of(count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn the entries of each cell, (n,), into where the run of each cell starts, (n + 1,)."""
    start = np.zeros(count.size + 1, dtype=np.int64)
    np.cumsum(count, out=start[1:])
    return start
