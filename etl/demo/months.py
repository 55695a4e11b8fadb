"""Tell this month from the one before: what opened, what closed, where people moved."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.demo.city import City
from etl.demo.facilities import Facility
from etl.demo.people import Buildings

THIS_MONTH: Final = "2026-10"
LAST_MONTH: Final = "2026-09"

_CLOSED_SHARE, _PLANNED_SHARE, _DOUBTFUL_SHARE = 0.008, 0.009, 0.007
_NEW_SHARE, _CLOSING_SHARE = 0.006, 0.003
_MOVED_SHARE: Final = 0.07
# Where care for the elderly opened this month: kilometres at full size.
_NEW_CARE_AT: Final = ((-4.9, -0.9), (4.6, -0.6))
_NEW_CARE: Final = {"ELD_DAYCARE": 2, "ELD_STATION": 3, "ELD_CANTEEN": 2}
_STEADY: Final = ("ADM_STREET", "ADM_JUSTICE", "MED_HOSPITAL", "TRA_METRO", "GRN_PARK")


@dataclass(frozen=True)
class Month:
    """What the files of one month say. `counts` are households, people, 60+, 0-6, shape (n, 4)."""

    as_of: str
    counts: NDArray[np.int64]
    buildings: Buildings
    facilities: list[Facility]


def day_of(rng: np.random.Generator, as_of: str, *, last: int = 31) -> date:
    """Draw a day of a month, YYYY-MM; none after `last`."""
    year, number = (int(part) for part in as_of.split("-"))
    return date(year, number, int(rng.integers(1, min(last, monthrange(year, number)[1]) + 1)))


def two_months(rng: np.random.Generator, city: City) -> tuple[Month, Month]:
    """Give this month and the month before."""
    state, before = _states(rng, city)
    now = [
        replace(one, status=status, opened=_opened(one, status, earlier))
        for one, status, earlier in zip(city.facilities, state, before, strict=True)
        if status
    ]
    then = [
        replace(one, status=status)
        for one, status in zip(city.facilities, before, strict=True)
        if status
    ]
    counts = city.population.counts
    earlier, buildings = _moved(rng, city)
    return (
        Month(THIS_MONTH, counts, city.buildings, now),
        Month(LAST_MONTH, earlier, buildings, then),
    )


def _opened(one: Facility, status: str, before: str) -> str:
    """Date what opened this month; what was not even planned a month ago is sometimes undated."""
    is_new = status == "开放" and before in ("", "规划")
    return THIS_MONTH if is_new and (before or int(one.id[-1]) % 2) else one.opened


def _states(rng: np.random.Generator, city: City) -> tuple[list[str], list[str]]:
    """Give the state of each facility now and a month ago; empty where it was not listed."""
    count = len(city.facilities)
    state, before = ["开放"] * count, ["开放"] * count
    free = [k for k, one in enumerate(city.facilities) if one.kind.code not in _STEADY]
    turns = iter(rng.permutation(free).tolist())
    for share, now, then in (
        (_CLOSED_SHARE, "停用", "停用"),
        (_PLANNED_SHARE, "规划", "规划"),
        (_DOUBTFUL_SHARE, "存疑", "存疑"),
        (_NEW_SHARE, "开放", ""),
        (_NEW_SHARE / 2, "开放", "规划"),
        (_CLOSING_SHARE / 2, "停用", "开放"),
        (_CLOSING_SHARE / 2, "", "开放"),
    ):
        for _ in range(max(1, round(share * len(free)))):
            k = next(turns)
            state[k], before[k] = now, then
    for k in _new_care(city):
        state[k], before[k] = "开放", "规划"
    return state, before


def _new_care(city: City) -> list[int]:
    """Choose the care facilities nearest to two places: they opened this month."""
    places = np.array([(one.x_m, one.y_m) for one in city.facilities])
    codes = np.array([one.kind.code for one in city.facilities])
    size = min(1.0, city.terrain.scale)
    chosen: list[int] = []
    for target in np.array(_NEW_CARE_AT) * 1_000 * city.terrain.scale:
        away = np.hypot(*(places - target).T)
        for code, wanted in _NEW_CARE.items():
            members = np.flatnonzero(codes == code)
            nearest = members[np.argsort(away[members], kind="stable")]
            chosen += nearest[: max(1, round(wanted * size))].tolist()
    return chosen


def _moved(rng: np.random.Generator, city: City) -> tuple[NDArray[np.int64], Buildings]:
    """Give the counts a month ago: a few grids were a little smaller or larger."""
    counts = city.population.counts.copy()
    chosen = rng.permutation(len(counts))[: round(_MOVED_SHARE * len(counts))]
    now = city.buildings
    rows = now.counts.copy()
    for grid in chosen.tolist():
        members = np.flatnonzero(now.grid == grid)
        if len(members) == 0:
            continue
        k = members[int(rng.integers(len(members)))]
        change = np.round(rows[k] * rng.uniform(-0.35, 0.25)).astype(np.int64)
        rows[k] += change
        counts[grid] += change
    return counts, Buildings(now.grid, now.xy_m, rows)
