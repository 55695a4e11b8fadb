"""Hold the kernels that run over every demand point: medians and sums by minute.

They are apart from `geo.profile` so that the web process can import that one without numba.
"""

import numpy as np
from numpy.typing import NDArray

from geo.jit import kernel
from geo.walk import MAX_MINUTES, MINUTES, UNREACHED_DM

BASES_AT_POINTS = 4
"""People, households, elderly, children; area is not counted at points."""


@kernel
def medians(
    distance_dm: NDArray[np.int32], weight: NDArray[np.int64], start: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Give the lower weighted median of each run and the first point at it; see `geo.profile`."""
    groups = len(start) - 1
    median = np.full(groups, UNREACHED_DM, dtype=np.int32)
    index = np.full(groups, -1, dtype=np.int64)
    for group in range(groups):
        lo, hi = start[group], start[group + 1]
        total, equal = _run_total(weight[lo:hi])
        key = np.empty(hi - lo, dtype=np.int64)
        for j in range(hi - lo):
            key[j] = (np.int64(distance_dm[lo + j]) << 32) | j
        key.sort()
        running, first, last = 0, 0, -1
        for j in range(hi - lo):
            distance, point = key[j] >> 32, key[j] & 0xFFFFFFFF
            if distance == UNREACHED_DM:
                break
            if distance != last:
                first, last = point, distance
            running += 1 if equal else weight[lo + point]
            if 2 * running >= total:
                median[group], index[group] = distance, lo + first
                break
    return median, index


@kernel
def _run_total(weight: NDArray[np.int64]) -> tuple[int, bool]:
    """Give the weight of a run, or its number of points where all must count equally."""
    total = 0
    for value in weight:
        if value < 0:
            return len(weight), True
        total += value
    return (total, False) if total > 0 else (len(weight), True)


@kernel
def count_rows(
    minute: NDArray[np.uint8],
    amounts: NDArray[np.int64],
    start: NDArray[np.int64],
    area_cum: NDArray[np.int64],
) -> int:
    """Count the pairs of grid and minute in which something is added."""
    rows = 0
    table = np.zeros((MINUTES, BASES_AT_POINTS + 1), dtype=np.int64)
    for grid in range(len(start) - 1):
        _fill(table, minute, amounts, start[grid], start[grid + 1], area_cum[grid])
        for t in range(MINUTES):
            rows += table[t].any()
    return rows


@kernel
def fill_rows(
    minute: NDArray[np.uint8],
    amounts: NDArray[np.int64],
    start: NDArray[np.int64],
    area_cum: NDArray[np.int64],
    rows: int,
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.int64]]:
    """Give grid, minute and sums (one row a basis) of the pairs that `count_rows` counted."""
    grid_of_row = np.empty(rows, dtype=np.int32)
    minute_of_row = np.empty(rows, dtype=np.uint8)
    sums = np.empty((BASES_AT_POINTS + 1, rows), dtype=np.int64)
    table = np.zeros((MINUTES, BASES_AT_POINTS + 1), dtype=np.int64)
    row = 0
    for grid in range(len(start) - 1):
        _fill(table, minute, amounts, start[grid], start[grid + 1], area_cum[grid])
        for t in range(MINUTES):
            if table[t].any():
                grid_of_row[row], minute_of_row[row] = grid, t
                sums[:, row] = table[t]
                row += 1
    return grid_of_row, minute_of_row, sums


@kernel
def _fill(
    table: NDArray[np.int64],
    minute: NDArray[np.uint8],
    amounts: NDArray[np.int64],
    lo: int,
    hi: int,
    area_cum: NDArray[np.int64],
) -> None:
    """Write one grid's increments by minute into `table`, in place."""
    table[:] = 0
    for point in range(lo, hi):
        t = minute[point]
        if t <= MAX_MINUTES:
            for column in range(BASES_AT_POINTS):
                table[t, column] += amounts[point, column]
    table[0, BASES_AT_POINTS] = area_cum[0]
    for t in range(1, MINUTES):
        table[t, BASES_AT_POINTS] = area_cum[t] - area_cum[t - 1]
