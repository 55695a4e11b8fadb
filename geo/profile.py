"""Turn distances of demand points into what is reached by each minute, in whole numbers.

Only numpy is imported here: the web process sums profiles too. What runs over every demand point
is compiled, in `geo.tally`, and loaded when it is called.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputDataError
from geo.walk import (
    CLASSES,
    MAX_MINUTES,
    MINUTES,
    class_of,
    share_code,
)

_EXACT: Final = 2**62


class Increments(NamedTuple):
    """What is newly reached, one row a grid and minute, ordered by grid, then minute.

    `grid` int32, `minute` uint8, then one int64 column a basis in the order of `geo.walk.BASES`:
    four in thousandths, `area` in square decimetres.
    """

    grid: NDArray[np.int32]
    minute: NDArray[np.uint8]
    people: NDArray[np.int64]
    households: NDArray[np.int64]
    elderly: NDArray[np.int64]
    children: NDArray[np.int64]
    area: NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """The minutes at which the colour of each unit changes.

    Attributes
    ----------
    base
        Shape (n,), uint8, the share code before minute 0.
    count
        Shape (n,), uint8, changes of each unit.
    minute, code
        Shape (t,), uint8, t the sum of `count`: when it changes and to what, unit after unit.
    """

    base: NDArray[np.uint8]
    count: NDArray[np.uint8]
    minute: NDArray[np.uint8]
    code: NDArray[np.uint8]


def share_by_largest_remainder(
    total_milli: NDArray[np.int64], weights: NDArray[np.int64], group: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Share each group's total among its points in whole thousandths that sum to it exactly.

    Every point gets the floor of its part; what is left goes, one each, to the points with the
    largest remainders, ties to the first point. A group whose weights are all 0 shares equally.

    Parameters
    ----------
    total_milli
        Shape (g,), one total a group; below 0 means unknown, and its points get -1.
    weights
        Shape (n,), whole numbers >= 0 in any one unit.
    group
        Shape (n,), position in `total_milli`, never falling. A group without points loses its
        total; give every group a point.

    Returns
    -------
    Shape (n,), int64. No points: empty.

    Raises
    ------
    InputDataError
        A weight is negative.
    """
    weights = np.asarray(weights, dtype=np.int64)
    negative = np.flatnonzero(weights < 0)
    if len(negative):
        raise InputDataError(
            f"{len(negative)} of {len(weights)} weights are negative (first: position "
            f"{negative[0]}, {weights[negative[0]]}); expected 0 or more. Correct the amounts."
        )
    groups = len(total_milli)
    start = _run_starts(group, groups)
    weights = np.where(_run_sums(weights, start)[group] > 0, weights, 1)
    known = np.maximum(np.asarray(total_milli, dtype=np.int64), 0)
    part, rest = _divided(known[group], weights, _run_sums(weights, start)[group])
    left = (known - _run_sums(part, start))[group]
    part += _rank_in_run(rest, group, start) < left
    return np.where(np.asarray(total_milli)[group] < 0, -1, part)


def weighted_median_dm(
    distance_dm: NDArray[np.integer],
    weight_milli: NDArray[np.int64],
    group: NDArray[np.integer],
    n_groups: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Find the distance within which at least half of each group's weight lies.

    The lower weighted median; what is unreached weighs as infinitely far. Weights count equally
    in a group where one is unknown (< 0) or all are 0.

    Parameters
    ----------
    distance_dm, weight_milli, group
        Shape (n,): distance >= 0 or `UNREACHED_DM`; weight; group 0..n_groups-1, never falling.
    n_groups
        Number of groups; one without points is unreached.

    Returns
    -------
    distance_dm
        Shape (n_groups,), int32, `UNREACHED_DM` where half of the weight is unreached.
    index
        Shape (n_groups,), int64, the first point at that distance; -1 where unreached.
    """
    from geo.tally import medians

    return medians(
        np.ascontiguousarray(distance_dm, dtype=np.int32),
        np.ascontiguousarray(weight_milli, dtype=np.int64),
        _run_starts(group, n_groups),
    )


def increments(
    minute: NDArray[np.uint8],
    amounts: NDArray[np.int64],
    grid: NDArray[np.integer],
    n_grids: int,
    area_cum_dm2: NDArray[np.int64],
) -> Increments:
    """Sum what each grid newly reaches at each minute; only rows in which something is added.

    Parameters
    ----------
    minute
        Shape (n,), first minute that reaches the point, 0..60; any code above is never reached.
    amounts
        Shape (n, 4), thousandths of people, households, elderly, children; unknown given as 0.
    grid
        Shape (n,), grid of the point, 0..n_grids-1, never falling.
    n_grids
        Number of grids.
    area_cum_dm2
        Shape (n_grids, 61), area reached by each minute, never falling along a row.
    """
    from geo.tally import count_rows, fill_rows

    # One layout, so that the kernels are compiled once whatever slice or turned table comes in.
    cells = (
        np.ascontiguousarray(minute, dtype=np.uint8),
        np.ascontiguousarray(amounts, dtype=np.int64),
        _run_starts(grid, n_grids),
        np.ascontiguousarray(area_cum_dm2, dtype=np.int64),
    )
    grid_of_row, minute_of_row, sums = fill_rows(*cells, count_rows(*cells))
    return Increments(grid_of_row, minute_of_row, *sums)


def steps(
    unit: NDArray[np.integer],
    minute: NDArray[np.uint8],
    amount: NDArray[np.int64],
    whole: NDArray[np.int64],
) -> Steps:
    """Turn sparse increments of one basis into the changes of each unit's share code.

    Parameters
    ----------
    unit, minute, amount
        Shape (r,), ordered by unit, then minute, one row a pair: what is newly reached.
    whole
        Shape (n,), the unit's denominator; below 0 unknown, 0 nobody. Not less than what its
        rows sum to.
    """
    n = len(whole)
    start = _run_starts(unit, n)
    running = np.cumsum(amount, dtype=np.int64)
    before = np.concatenate(([0], running))[start[:-1]]
    code = share_code(running - before[unit], whole[unit])
    base = share_code(np.zeros(n, dtype=np.int64), whole)

    previous = np.empty_like(code)
    previous[1:] = code[:-1]
    filled = start[:-1] < start[1:]
    previous[start[:-1][filled]] = base[filled]
    changed = code != previous
    count = np.bincount(unit[changed], minlength=n).astype(np.uint8)
    return Steps(base, count, minute[changed], code[changed])


def class_counts(
    changes: Steps, whole: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count units, and what they hold, in each class at each minute.

    Parameters
    ----------
    changes
        As `steps` gives them.
    whole
        Shape (n,), the denominators that `steps` was given.

    Returns
    -------
    units, amount
        Shape (61, 7) each, columns in the order of `geo.walk.CLASSES`; each row of `units` sums
        to n, each row of `amount` to the sum of the known denominators.
    """
    unit = np.repeat(np.arange(len(whole)), changes.count)
    first = np.cumsum(changes.count, dtype=np.int64) - changes.count
    before = np.empty_like(changes.code)
    before[1:] = changes.code[:-1]
    moving = changes.count > 0
    before[first[moving]] = changes.base[moving]

    start, old, new = class_of(changes.base), class_of(before), class_of(changes.code)
    tables = []
    for held in (np.ones(len(whole), dtype=np.int64), np.maximum(whole, 0)):
        table = np.zeros((MINUTES, len(CLASSES)), dtype=np.int64)
        np.add.at(table[0], start, held)
        np.subtract.at(table, (changes.minute, old), held[unit])
        np.add.at(table, (changes.minute, new), held[unit])
        tables.append(table.cumsum(axis=0))
    return tables[0], tables[1]


def dense(minute: NDArray[np.uint8], amount: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum increments to totals by minute 0..60, shape (61,), never falling; no rows: all 0."""
    total = np.zeros(MINUTES, dtype=np.int64)
    np.add.at(total, minute, amount)
    return total.cumsum()


def walk_area_dm2(
    straight_cum_dm2: NDArray[np.int64],
    lattice_minute: NDArray[np.uint8],
    lattice_grid: NDArray[np.integer],
    area_dm2: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Estimate the area reached on foot: the share of lattice points, never above straight line.

    An estimate of reliability B, while the straight area is exact: rounded down, then limited.

    Parameters
    ----------
    straight_cum_dm2
        Shape (n, 61), exact area within the straight limit of each minute.
    lattice_minute, lattice_grid
        Shape (p,), first minute on foot (above 60: never) and grid of each lattice point.
    area_dm2
        Shape (n,), whole area of the grid.

    Returns
    -------
    Shape (n, 61), int64, never falling along a row.

    Raises
    ------
    InputDataError
        A grid has an area and no lattice point.
    """
    n = len(area_dm2)
    points = np.bincount(lattice_grid, minlength=n)
    bare = np.flatnonzero((points == 0) & (area_dm2 > 0))
    if len(bare):
        raise InputDataError(
            f"{len(bare)} of {n} grids have no lattice point (first: position {bare[0]}); "
            "expected at least one. Repair their shapes."
        )
    within = lattice_minute <= MAX_MINUTES
    cell = lattice_grid[within].astype(np.int64) * MINUTES + lattice_minute[within]
    reached = np.bincount(cell, minlength=n * MINUTES).reshape(n, MINUTES).cumsum(axis=1)
    estimate = reached * area_dm2[:, None] // np.maximum(points, 1)[:, None]
    return np.minimum(estimate, straight_cum_dm2)


def _run_starts(group: NDArray[np.integer], groups: int) -> NDArray[np.int64]:
    """Give where each group's run begins in sorted `group`, shape (groups + 1,)."""
    count = np.bincount(group, minlength=groups)
    return np.concatenate(([0], np.cumsum(count, dtype=np.int64)))


def _run_sums(values: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
    running = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
    return running[start[1:]] - running[start[:-1]]


def _divided(
    total: NDArray[np.int64], weight: NDArray[np.int64], whole: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give floor and remainder of total * weight / whole, in Python integers if need be."""
    largest = int(total.max(initial=0)) * int(weight.max(initial=0))
    exact = total.astype(object) if largest > _EXACT else total
    product = exact * weight
    part = product // whole
    return part.astype(np.int64), (product - part * whole).astype(np.int64)


def _rank_in_run(
    values: NDArray[np.int64], group: NDArray[np.integer], start: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rank the values of each run, largest first, the first of equals first; from 0."""
    position = np.arange(len(values)) - start[group]
    # Equal weights are the rule on a lattice: then the order is the order of the points.
    first = values[start[group]]
    if np.array_equal(values, first):
        return position
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.lexsort((-values, group))] = position
    return rank
