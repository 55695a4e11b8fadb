"""Write what one category's reach means for every grid: nearest, profile by minute, standard."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.compute import (
    Ground,
    Reach,
    Standard,
    minutes_dm2,
    shared_dm2,
    unreached,
    walked_dm2,
)
from geo.profile import Increments, increments, weighted_median_dm
from geo.store.connect import Connection
from geo.store.write import append
from geo.walk import BASES, BEYOND, MINUTES, MODE_CODE, NO_DATA, OK, minute_of

Ints = NDArray[np.int64]
Distances = NDArray[np.int32]
Columns = dict[str, NDArray[Any]]
LINE: Final = MODE_CODE["line"]
WALK: Final = MODE_CODE["walk"]


def store_reach(con: Connection, ground: Ground, reach: Reach) -> None:
    """Write the distances of the demand points of one category."""
    people = ground.people
    n = len(ground.demand.grid)
    nobody = np.ma.array(np.zeros(n, dtype=np.int32), mask=True)
    walk_dm, walk_facility = nobody, nobody
    if reach.walk_dm is not None and reach.walk_facility is not None:
        off = unreached(reach.walk_dm[people])
        walk_dm = np.ma.array(reach.walk_dm[people], mask=off)
        walk_facility = np.ma.array(reach.walk_facility[people], mask=off)
    append(
        con,
        "reach",
        {
            "category_idx": np.full(n, reach.category_idx, dtype=np.int16),
            "demand_idx": np.arange(n, dtype=np.int32),
            "line_dm": reach.line_dm[people],
            "line_facility_idx": reach.line_facility[people],
            "walk_dm": walk_dm,
            "walk_facility_idx": walk_facility,
            "walk_code": reach.walk_code[people],
        },
    )


@dataclass(frozen=True)
class Profiled:
    """What one category's reach means for the grids, by mode code.

    `nearest` holds the columns of table nearest, `rows` the increments, one entry a speed.
    """

    nearest: dict[int, Columns]
    rows: dict[int, list[Increments]]


def profiled(ground: Ground, reach: Reach) -> Profiled:
    """Work out nearest and increments of one category in every mode that is known."""
    modes = (LINE,) if reach.walk_dm is None else (LINE, WALK)
    return Profiled(
        {mode: _nearest_columns(ground, reach, mode) for mode in modes},
        {mode: _increments_by_speed(ground, reach, mode) for mode in modes},
    )


def store_profiles(
    con: Connection,
    ground: Ground,
    category_idx: int,
    profiles: Profiled,
    standard: Standard | None,
) -> None:
    """Write nearest, profiles and standard of one category."""
    for columns in profiles.nearest.values():
        append(con, "nearest", columns)
    for mode, by_speed in profiles.rows.items():
        append(con, "profile", profile_columns(category_idx, mode, by_speed))
    if standard is not None:
        _store_standard(con, ground, category_idx, LINE, standard.line, standard.line_dm2)
    if standard is not None and standard.walk is not None:
        area = shared_dm2(ground, standard.walk, standard.line_dm2)
        _store_standard(con, ground, category_idx, WALK, standard.walk, area)


def store_absent(con: Connection, category_idx: int, grids: int, modes: list[int]) -> None:
    """Write that a category has no open facility: nothing is near, nothing is reached."""
    for mode in modes:
        append(
            con,
            "nearest",
            {
                **_keys(category_idx, mode, np.arange(grids, dtype=np.int32)),
                "code": np.full(grids, NO_DATA, dtype=np.uint8),
            },
        )


def _increments_by_speed(ground: Ground, reach: Reach, mode: int) -> list[Increments]:
    """Give what every grid newly reaches by minute, one entry a speed."""
    return [increments_at(ground, reach, mode, limits_dm) for limits_dm in ground.limits_dm]


def increments_at(ground: Ground, reach: Reach, mode: int, limits_dm: Ints) -> Increments:
    """Give what every grid newly reaches by minute at one speed.

    Parameters
    ----------
    limits_dm
        The speed's limits of minutes 0..60, one of `Ground.limits_dm`.
    """
    area = minutes_dm2(ground, reach, limits_dm)
    if mode == WALK:
        area = walked_dm2(ground, reach, limits_dm, area)
    minute = minute_of(_of_people(ground, reach, mode)[0].astype(np.int64), limits_dm)
    demand = ground.demand
    return increments(minute, demand.known_milli, demand.grid, ground.grids, area)


def _of_people(
    ground: Ground, reach: Reach, mode: int
) -> tuple[Distances, Distances, NDArray[np.uint8]]:
    people = ground.people
    if mode == LINE or reach.walk_dm is None or reach.walk_facility is None:
        line = reach.line_dm[people]
        code = np.where(unreached(line), BEYOND, OK).astype(np.uint8)
        return line, reach.line_facility[people], code
    return reach.walk_dm[people], reach.walk_facility[people], reach.walk_code[people]


def _nearest_columns(ground: Ground, reach: Reach, mode: int) -> Columns:
    """Give the columns of table nearest for one category and mode, a row a grid."""
    distance, facility, code = _of_people(ground, reach, mode)
    demand = ground.demand
    n = ground.grids
    median, index = weighted_median_dm(distance, demand.amounts_milli[:, 0], demand.grid, n)
    off = unreached(median)
    # where the middle point is out of reach, the commonest reason of the grid's points stands
    # for it
    reason = _commonest_code(code, demand.grid, n)
    return {
        **_keys(reach.category_idx, mode, np.arange(n, dtype=np.int32)),
        "nearest_dm": np.ma.array(median, mask=off),
        "nearest_facility_idx": np.ma.array(facility[np.maximum(index, 0)], mask=off),
        "code": np.where(off, reason, OK).astype(np.uint8),
    }


def _commonest_code(code: NDArray[np.uint8], grid: NDArray[np.int32], n: int) -> NDArray[np.uint8]:
    reasons = np.unique(code[code != OK])
    if len(reasons) == 0:
        return np.full(n, BEYOND, dtype=np.uint8)
    counts = np.stack([np.bincount(grid[code == reason], minlength=n) for reason in reasons])
    return reasons[np.argmax(counts, axis=0)]


def profile_columns(category_idx: int, mode: int, by_speed: list[Increments]) -> Columns:
    """Give the rows of all speeds at once: one insert is dear, its rows are not."""
    rows = Increments(*(np.concatenate(column) for column in zip(*by_speed, strict=True)))
    sizes = [len(part.grid) for part in by_speed]
    return {
        "speed_idx": np.repeat(np.arange(len(sizes), dtype=np.uint8), sizes),
        **_keys(category_idx, mode, rows.grid),
        "minute": rows.minute,
        **{basis: getattr(rows, basis) for basis in BASES},
    }


def _store_standard(
    con: Connection,
    ground: Ground,
    category_idx: int,
    mode: int,
    within: NDArray[np.bool_],
    area_dm2: Ints,
) -> None:
    """Write what lies within the category's own radius; `within` tells it of every point."""
    minute = np.where(within[ground.people], 0, BEYOND).astype(np.uint8)
    area = np.repeat(area_dm2[:, None], MINUTES, axis=1)
    demand = ground.demand
    rows = increments(minute, demand.known_milli, demand.grid, ground.grids, area)
    append(
        con,
        "profile_standard",
        {
            **_keys(category_idx, mode, rows.grid),
            **{basis: getattr(rows, basis) for basis in BASES},
        },
    )


def _keys(category_idx: int, mode: int, grid: NDArray[np.int32]) -> Columns:
    n = len(grid)
    return {
        "category_idx": np.full(n, category_idx, dtype=np.int16),
        "mode": np.full(n, mode, dtype=np.uint8),
        "grid_idx": grid,
    }
