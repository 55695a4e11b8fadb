"""List the grids that people cannot walk to a service from, and those where there is not enough.

Two lists that are never added up: out of reach (less than nine tenths of what is counted is within
the limit), and not enough (in reach, but the supply or the floor area is below what it should be).
The table, the map, the why card, the export and the API all read them here.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.causes import FAR_CAUSES, SHORT_CAUSES, SUGGESTIONS, far_causes, median_rows
from geo.store import numbers
from geo.store.asking import Question
from geo.store.opened import ALL, OpenRelease, columns, records
from geo.walk import BASES, CLASSES, UNREACHED_DM, class_of, share_code

CAPACITY_MINUTES: Final = 15
"""Supply is worked out at the build, for this many minutes at the default speed."""
LEAST_OF_MEAN: Final = 0.5
"""Where the city sets no norm, a supply below this share of the city's mean is not enough."""
_UNDER_TARGET: Final = tuple(CLASSES.index(name) for name in ("none", "low", "partial"))
_ON_TARGET: Final = tuple(CLASSES.index(name) for name in ("near", "full"))

Ints = NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Shares:
    """What the grids of an area have and reach by a minute; arrays of one length, from `lo`."""

    lo: int
    whole: Ints
    part: Ints
    code: NDArray[np.uint8]
    group: NDArray[np.uint8]

    @property
    def gap(self) -> Ints:
        """Give what is not reached; 0 where the amount is unknown."""
        return np.where(self.whole > 0, self.whole - self.part, 0)


@dataclass(frozen=True)
class Evidence:
    """The place behind the verdict of each grid out of reach; arrays of one length, by grid.

    `line_dm`, `walk_dm` are `UNREACHED_DM` and the facilities -1 where there is none; `demand` is
    -1 where no points are kept (all categories together).
    """

    grid: Ints
    demand: Ints
    line_dm: Ints
    walk_dm: Ints
    line_facility: Ints
    walk_facility: Ints
    cause: NDArray[np.int8]
    doubts: dict[int, Row]


def shares(release: OpenRelease, question: Question, minute: int) -> Shares:
    """Give how much of every grid of the question's area is reached by a minute."""
    lo, hi = question.area.grid_lo, question.area.grid_hi

    def count() -> Shares:
        units = numbers.grid_units(release, question, lo, hi)
        part = np.zeros(len(units.whole), dtype=np.int64)
        within = units.minute <= minute
        np.add.at(part, units.unit[within], units.amount[within])
        code = share_code(part, units.whole)
        return Shares(lo, units.whole, part, code, class_of(code))

    return release.remember(("shares", question.key, minute), count)


def evidence(release: OpenRelease, question: Question, minute: int) -> Evidence:
    """Give the cause of every grid out of reach, with the place that shows it."""
    key = ("evidence", question.key, minute)
    return release.remember(key, lambda: _evidence(release, question, minute))


def _evidence(release: OpenRelease, question: Question, minute: int) -> Evidence:
    limit_dm = question.speed.limit_dm(minute)
    area = shares(release, question, minute)
    under = np.flatnonzero(np.isin(area.group, _UNDER_TARGET)) + area.lo
    found = _median_places(release, question, limit_dm)
    at = np.searchsorted(found["grid_idx"], under)
    at = np.minimum(at, max(len(found["grid_idx"]) - 1, 0))
    is_known = found["grid_idx"][at] == under if len(found["grid_idx"]) else under < 0
    place = {name: _or_none(values, at, is_known) for name, values in found.items()}
    doubts = _doubts(release, question, limit_dm)
    is_doubtful = np.array([int(grid) in doubts for grid in under], dtype=bool)
    line = np.where(place["line_dm"] < 0, UNREACHED_DM, place["line_dm"])
    walk = np.where(place["walk_dm"] < 0, UNREACHED_DM, place["walk_dm"])
    is_line = question.mode == "line"
    cause = far_causes(
        *(line, line if is_line else walk),
        np.where(is_line, 0, place["code"]).astype(np.uint8),
        is_doubtful,
        limit_dm,
    )
    return Evidence(
        *(under, place.get("demand_idx", np.full(len(under), -1)), line, walk),
        *(place["line_facility_idx"], place["walk_facility_idx"], cause),
        {grid: doubts[grid] for grid in under.tolist() if grid in doubts},
    )


def _or_none(values: Ints, at: Ints, is_known: NDArray[np.bool_]) -> Ints:
    if not len(values):
        return np.full(len(at), -1, dtype=np.int64)
    return np.where(is_known, values[at], -1).astype(np.int64)


def _median_places(release: OpenRelease, question: Question, limit_dm: int) -> dict[str, Ints]:
    """Give one place a grid with anybody beyond the limit: the median of those who are.

    Of all mandatory categories together no points are kept; the grid's own median stands for them.
    """
    asked = {
        "category": question.category_idx,
        "lo": question.area.grid_lo,
        "hi": question.area.grid_hi,
        "own": question.is_own,
    }
    if question.category is not None and question.category.code == ALL:
        with release.cursor() as cursor:
            return columns(cursor, "underserved_medians", **asked)
    basis = question.basis if question.basis != "area" else BASES[0]
    with release.cursor() as cursor:
        rows = columns(
            *(cursor, "underserved_points", basis),
            **asked,
            mode=question.mode_code,
            limit_dm=limit_dm,
        )
    walked = rows["line_dm"] if question.mode == "line" else rows["walk_dm"]
    farthest = np.where(walked < 0, UNREACHED_DM, walked).astype(np.int64)
    chosen = median_rows(rows["grid_idx"].astype(np.int64), farthest, rows["amount"])
    return {name: values[chosen].astype(np.int64) for name, values in rows.items()}


def _doubts(release: OpenRelease, question: Question, limit_dm: int) -> dict[int, Row]:
    category = question.category
    with release.cursor() as cursor:
        rows = records(
            *(cursor, "underserved_doubts"),
            category=-1 if category is None else category.idx,
            limit_dm=limit_dm,
            lo=question.area.grid_lo,
            hi=question.area.grid_hi,
        )
    return {row.pop("grid_idx"): row for row in rows}


def missing(release: OpenRelease, question: Question, minute: int) -> dict[int, list[int]]:
    """Give, for every grid of the area, the mandatory categories it does not meet by a minute."""

    def count() -> dict[int, list[int]]:
        with release.cursor() as cursor:
            rows = columns(
                *(cursor, "underserved_missing", question.basis),
                speed=question.speed_idx,
                mode=question.mode_code,
                minute=minute,
                lo=question.area.grid_lo,
                hi=question.area.grid_hi,
                own=question.is_own,
            )
        grids, start = np.unique(rows["grid_idx"], return_index=True)
        runs = np.split(rows["category_idx"], start[1:]) if len(grids) else []
        return {int(grid): run.tolist() for grid, run in zip(grids, runs, strict=True)}

    key = (
        *("missing", question.area.idx, question.mode, question.basis, question.speed_idx),
        *(question.neighbours, minute),
    )
    return release.remember(key, count)


@dataclass(frozen=True)
class Short:
    """The grids in reach of too little; arrays of one length, by grid.

    `access` and `wanted` are units of capacity per person, NaN where the cause is another;
    `floor_dm2` and `floor_min_dm2` are -1 there. `norm` says where `wanted` comes from: `norm` or
    `mean`, None without capacities.
    """

    grid: Ints
    cause: NDArray[np.int8]
    access: NDArray[np.float64]
    wanted: NDArray[np.float64]
    floor_dm2: Ints
    floor_min_dm2: int
    norm: str | None


def short(release: OpenRelease, question: Question, minute: int) -> Short:
    """Give the grids on target that have too little of the category."""
    key = ("short", question.key, minute)
    return release.remember(key, lambda: _short(release, question, minute))


def _short(release: OpenRelease, question: Question, minute: int) -> Short:
    category = question.category.idx if question.category is not None else -1
    area = shares(release, question, minute)
    with release.cursor() as cursor:
        rows = columns(
            *(cursor, "underserved_supply"),
            category=category,
            mode=question.mode_code,
            lo=question.area.grid_lo,
            hi=question.area.grid_hi,
        )
        norms = cursor.execute(
            "select floor_m2_min, need_per_1000 from norm where category_idx = $category",
            {"category": category},
        ).fetchall()
        means = cursor.execute(
            "select sum(g.people_milli * c.access) / sum(g.people_milli) from capacity as c "
            "inner join grid as g on g.grid_idx = c.grid_idx where c.category_idx = $category "
            "and c.mode = $mode and c.method = '2sfca' and c.access is not null",
            {"category": category, "mode": question.mode_code},
        ).fetchall()
    floor_min, need = norms[0] if norms else (None, None)
    people = np.maximum(rows["people_milli"], 1)
    mean = means[0][0] if means else None
    wanted = np.full(len(people), np.nan)
    if need is not None:
        wanted = np.where(
            rows["cohort_milli"] >= 0, need / 1000 * rows["cohort_milli"] / people, np.nan
        )
    elif mean is not None:
        wanted = np.full(len(people), LEAST_OF_MEAN * mean)
    is_on = np.isin(area.group, _ON_TARGET)
    lacks = is_on & (rows["access"] >= 0) & (rows["access"] < wanted)
    floor_min_dm2 = -1 if floor_min is None else int(floor_min) * 100
    small = is_on & (rows["floor_area_dm2"] >= 0) & (rows["floor_area_dm2"] < floor_min_dm2)
    listed = np.flatnonzero(lacks | small)
    return Short(
        grid=listed + area.lo,
        cause=np.where(lacks[listed], 0, 1).astype(np.int8),
        access=np.where(rows["access"][listed] >= 0, rows["access"][listed], np.nan),
        wanted=wanted[listed],
        floor_dm2=rows["floor_area_dm2"][listed].astype(np.int64),
        floor_min_dm2=floor_min_dm2,
        norm="norm" if need is not None else "mean" if mean is not None else None,
    )


def summary(release: OpenRelease, question: Question, minute: int) -> Row:
    """Count both lists and say how the first one fits the headline.

    Returns
    -------
    `gap` is all that is not reached in the area, `gap_listed` that of grids in the first list and
    `gap_on_target` that of grids on target: the two add up to the first. `far` and `short` hold
    how many grids each has, and how many by cause.
    """
    area, why = shares(release, question, minute), evidence(release, question, minute)
    few = short(release, question, minute)
    gap = area.gap
    listed = int(gap[why.grid - area.lo].sum())
    return {
        "minutes": minute,
        "limit_dm": question.speed.limit_dm(minute),
        "unit": "dm2" if question.basis == "area" else "milli",
        "gap": int(gap.sum()),
        "gap_listed": listed,
        "gap_on_target": int(gap.sum()) - listed,
        "far": {
            "grids": len(why.grid),
            "causes": {name: int((why.cause == k).sum()) for k, name in enumerate(FAR_CAUSES)},
        },
        "short": {
            "grids": len(few.grid),
            "causes": {name: int((few.cause == k).sum()) for k, name in enumerate(SHORT_CAUSES)},
            "norm": few.norm,
            "minutes": CAPACITY_MINUTES,
        },
    }


def far_rows(release: OpenRelease, question: Question, minute: int) -> list[Row]:
    """Give the first list, one row a grid, most that is not reached first, then by grid.

    Returns
    -------
    `i` grid_idx; `denominator`, `numerator`, `gap` in milli (area: dm2); `line_dm`, `walk_dm`,
    `dm` (in the mode asked for) of the place behind the verdict, None where there is none;
    `detour` the walk over the line, None where either is missing or the line is 0; `facility_idx`,
    the nearest in the mode asked for; `cause`, `suggestion`; `doubt`, what is doubtful;
    `missing`, the mandatory categories that the grid does not meet.
    """
    area, why = shares(release, question, minute), evidence(release, question, minute)
    lacking = missing(release, question, minute)
    gap = area.gap
    order = np.lexsort((why.grid, -gap[why.grid - area.lo]))
    is_line = question.mode == "line"
    lines, walks = reached_or_none(why.line_dm), reached_or_none(why.walk_dm)
    rows: list[Row] = []
    for k in order.tolist():
        grid, line, walk = int(why.grid[k]), lines[k], walks[k]
        facility = int((why.line_facility if is_line else why.walk_facility)[k])
        cause = FAR_CAUSES[int(why.cause[k])]
        rows.append(
            {
                "i": grid,
                "denominator": int(area.whole[grid - area.lo]),
                "numerator": int(area.part[grid - area.lo]),
                "gap": int(gap[grid - area.lo]),
                "share_code": int(area.code[grid - area.lo]),
                "line_dm": line,
                "walk_dm": None if is_line else walk,
                "dm": line if is_line else walk,
                "detour": None if is_line or not line or walk is None else walk / line,
                "facility_idx": None if facility < 0 else facility,
                "cause": cause,
                "suggestion": SUGGESTIONS[cause],
                "doubt": why.doubts.get(grid),
                "missing": lacking.get(grid, []),
            }
        )
    return rows


def short_rows(release: OpenRelease, question: Question, minute: int) -> list[Row]:
    """Give the second list, one row a grid, most people first, then by grid.

    Returns
    -------
    `i` grid_idx, `denominator` milli; `access` and `wanted` in units of capacity per person;
    `floor_dm2` and `floor_min_dm2`; None where the cause is another; `cause`, `suggestion`.
    """
    area, few = shares(release, question, minute), short(release, question, minute)
    order = np.lexsort((few.grid, -area.whole[few.grid - area.lo]))
    return [_short_row(area, few, k) for k in order.tolist()]


def short_row(release: OpenRelease, question: Question, minute: int, grid: int) -> Row | None:
    """Give the row of one grid in the second list; None where it is not in it."""
    few = short(release, question, minute)
    at = int(np.searchsorted(few.grid, grid))
    if at >= len(few.grid) or few.grid[at] != grid:
        return None
    return _short_row(shares(release, question, minute), few, at)


def _short_row(area: Shares, few: Short, k: int) -> Row:
    cause = SHORT_CAUSES[int(few.cause[k])]
    by_capacity = cause == SHORT_CAUSES[0]
    return {
        "i": int(few.grid[k]),
        "denominator": int(area.whole[few.grid[k] - area.lo]),
        "access": float(few.access[k]) if by_capacity else None,
        "wanted": float(few.wanted[k]) if by_capacity else None,
        "floor_dm2": None if by_capacity else int(few.floor_dm2[k]),
        "floor_min_dm2": None if by_capacity else few.floor_min_dm2,
        "cause": cause,
        "suggestion": SUGGESTIONS[cause],
    }


def reached_or_none(distance_dm: Ints) -> list[int | None]:
    """Give distances with None where there is none."""
    return [None if one == UNREACHED_DM else one for one in distance_dm.tolist()]
