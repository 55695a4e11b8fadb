"""Lay the ground of every state between two months: one thing changes at a time.

The order is fixed and printed: rules, streets, grids, corrections, closed, opened, opened without a
date, people. What a step changes is the difference of the states before and after it, so the steps
sum to the whole change exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.city_steps import ground_on
from etl.compare.facilities import CLOSED, CORRECTED, OPENED, UNDATED, Changed
from etl.compare.grids import carried_amounts
from etl.compare.side import UNKNOWN, Areas, Category, Facility, Ints, Side, Streets, laid
from etl.compute import Ground, Sites
from etl.demand import DemandPoints
from etl.walking import Network
from geo.network import Snap

STEPS: Final = (
    *("rules", "streets", "grids"),
    *(CORRECTED, CLOSED, OPENED, UNDATED),
    "people",
)
"""The steps in their order; state k is what stands after step k, state 0 is the old release."""
_FACILITY_STEPS: Final = (CORRECTED, CLOSED, OPENED, UNDATED)


@dataclass(frozen=True)
class Stage:
    """Where things stand after a step. Stages that share an object share what it gives.

    Attributes
    ----------
    laid
        The number of the distinct ground that distances are measured on; people alone do not make
        another one.
    position
        Shape (areas of this stage,), position of each area among all area codes of both months.
    totals
        Shape (areas of the stage, 5), what each area holds, -1 where unknown.
    doors
        Category code -> its open doors.
    known
        Mandatory categories that have any facility, open or not.
    """

    ground: Ground
    laid: int
    areas: Areas
    position: Ints
    totals: Ints
    doors: dict[str, Sites]
    known: frozenset[str]

    @property
    def members(self) -> list[Sites] | None:
        """Give the doors of every mandatory category, None where one of them has none open."""
        if not self.known or not self.known <= self.doors.keys():
            return None
        return [self.doors[code] for code in sorted(self.known)]


class _Pool:
    """Every door of both months once; the old ones first, in the order of their release."""

    def __init__(self, facilities: list[Facility], workers: int) -> None:
        self.facilities = facilities
        self._workers = workers
        doors = [one.doors for one in facilities]
        sizes = [len(one) for one in doors]
        self._starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        self._lonlat = np.concatenate(doors) if doors else np.zeros((0, 2))
        self._owner = np.repeat(np.arange(len(doors), dtype=np.int32), sizes)
        self._laid: dict[int, tuple[NDArray[np.float64], Snap | None]] = {}

    def sites(self, ground: Ground, number: int, members: Sequence[int], rule: Category) -> Sites:
        """Give the doors of some facilities on a ground, in the order of the pool."""
        xy_m, snaps = self._on(ground, number)
        runs = [np.arange(self._starts[one], self._starts[one + 1]) for one in sorted(members)]
        doors = np.concatenate(runs)
        return Sites(
            0,
            rule.radius_dm,
            rule.is_mandatory,
            xy_m[doors],
            self._owner[doors],
            None if snaps is None else snaps.take(doors),
            np.full(len(doors), -1, dtype=np.int32),
        )

    def _on(self, ground: Ground, number: int) -> tuple[NDArray[np.float64], Snap | None]:
        """Put all doors on a ground, once."""
        if number not in self._laid:
            xy_m = ground.shapes.to_metric(self._lonlat)
            network = ground.network
            snaps = None if network is None else network.snapped(xy_m, self._workers)
            self._laid[number] = (xy_m, snaps)
        return self._laid[number]


def stages_of(old: Side, new: Side, changed: Sequence[Changed], workers: int) -> list[Stage]:
    """Lay the ground of every state, from the old release to the new one."""
    codes = all_codes(old.areas, new.areas)
    carried = (old.demand.amounts_milli, old.amounts)
    is_same = _are_same_grids(old, new)
    if not is_same:
        carried = carried_amounts(old, new)
    grounds = _grounds(old, new, None if is_same else carried[0], workers)
    pool = _Pool([*old.facilities, *new.facilities], workers)
    stages: list[Stage] = []
    for state, (ground, number) in enumerate(grounds):
        side = new if state >= _after("grids") else old
        ruled = new.categories if state >= _after("rules") else old.categories
        members = _members(changed, len(old.facilities), state)
        amounts = new.amounts if state >= _after("people") else carried[1]
        doors = _doors(ground, number, pool, members, {**old.categories, **ruled}, ruled)
        held = stages[-1] if stages else None
        if held is not None and held.laid == number:
            doors = {code: _same(held.doors.get(code), sites) for code, sites in doors.items()}
        present = {pool.facilities[one].category for one in members}
        stages.append(
            Stage(
                ground,
                number,
                side.areas,
                np.array([codes[code] for code in side.areas.code], dtype=np.int64),
                _totals(side.areas, ground, amounts if side is new else old.amounts),
                doors,
                frozenset(code for code in present if _is_mandatory(ruled, code)),
            )
        )
    return stages


def all_codes(old: Areas, new: Areas) -> dict[str, int]:
    """Give every area code of both months its number: the new release first, in its order."""
    return {code: at for at, code in enumerate(dict.fromkeys([*new.code, *old.code]))}


def _after(step: str) -> int:
    """Give the first state in which a step has been taken."""
    return STEPS.index(step) + 1


def _grounds(old: Side, new: Side, carried: Ints | None, workers: int) -> list[tuple[Ground, int]]:
    """Give the ground of every state; where a step changes nothing it is the one before.

    `carried` holds the old amounts at the new demand points, None where the grids are the same.
    """
    network = _laid_streets(old.streets, old, old.snap_limit_m)
    grounds = [(_ground(old, old.demand, network, old, workers), 0)]

    def then(ground: Ground | None) -> None:
        held, number = grounds[-1]
        grounds.append((held, number) if ground is None else (ground, number + 1))

    has_rules = old.rules != new.rules or old.snap_limit_m != new.snap_limit_m
    if has_rules:
        network = _laid_streets(old.streets, old, new.snap_limit_m)
    then(_ground(old, old.demand, network, new, workers) if has_rules else None)
    has_streets = not _are_same_streets(old, new)
    if has_streets:
        network = _laid_streets(new.streets, old, new.snap_limit_m)
    then(_ground(old, old.demand, network, new, workers) if has_streets else None)
    if carried is None:
        then(None)
    else:
        demand = replace(new.demand, amounts_milli=carried)
        network = _laid_streets(new.streets, new, new.snap_limit_m)
        then(_ground(new, demand, network, new, workers))
    grounds += [grounds[-1]] * len(_FACILITY_STEPS)
    held, number = grounds[-1]
    if not np.array_equal(held.demand.amounts_milli, new.demand.amounts_milli):
        demand = replace(held.demand, amounts_milli=new.demand.amounts_milli)
        held = replace(held, demand=demand)
    return [*grounds, (held, number)]


def _laid_streets(streets: Streets | None, side: Side, snap_limit_m: float) -> Network | None:
    return None if streets is None else laid(streets, side.shapes, snap_limit_m)


def _ground(
    side: Side, demand: DemandPoints, network: Network | None, ruled: Side, workers: int
) -> Ground:
    district = np.full(len(side.grid_ids), -1, dtype=np.int32)
    return ground_on(side.shapes, demand, network, ruled.rules, district, workers)


def _are_same_streets(old: Side, new: Side) -> bool:
    if old.streets is None or new.streets is None:
        return old.streets is new.streets
    return old.streets.same(new.streets)


def _are_same_grids(old: Side, new: Side) -> bool:
    """Tell whether outlines, their areas above and the places of people are the same."""
    are_named = old.grid_ids == new.grid_ids and old.areas.code == new.areas.code
    return (
        are_named
        and np.array_equal(old.areas.lowest, new.areas.lowest)
        and np.array_equal(old.areas.parent, new.areas.parent)
        and np.array_equal(old.demand.grid, new.demand.grid)
        and np.array_equal(old.demand.lonlat, new.demand.lonlat)
        and all(
            one.equals_exact(other, 0.0)
            for one, other in zip(old.shapes.lonlat, new.shapes.lonlat, strict=True)
        )
    )


def _totals(areas: Areas, ground: Ground, amounts: Ints) -> Ints:
    """Give what each area holds, (areas, 5), -1 where no grid of it knows."""
    grid = np.arange(len(amounts))
    known = areas.summed((amounts >= 0).astype(np.int64), grid)
    sums = areas.summed(np.maximum(amounts, 0), grid)
    area = areas.summed(ground.shapes.area_dm2[:, None], grid)
    return np.column_stack([np.where(known > 0, sums, UNKNOWN), area])


def _members(changed: Sequence[Changed], first_new: int, state: int) -> list[int]:
    """Give the facilities of a state by their number in the pool."""
    members: list[int] = []
    for one in changed:
        is_done = state >= _after(one.step)
        if is_done and one.new is not None:
            members.append(first_new + one.new.idx)
        elif not is_done and one.old is not None:
            members.append(one.old.idx)
    return members


def _doors(
    ground: Ground,
    number: int,
    pool: _Pool,
    members: Sequence[int],
    known: dict[str, Category],
    ruled: dict[str, Category],
) -> dict[str, Sites]:
    """Give the open doors of every category that has any, by code.

    `ruled` is what the rules of the state say; a category they do not name is not mandatory.
    """
    by_code: dict[str, list[int]] = {}
    for one in members:
        if pool.facilities[one].is_open:
            by_code.setdefault(pool.facilities[one].category, []).append(one)
    sites: dict[str, Sites] = {}
    for code, mine in by_code.items():
        rule = known.get(code) or Category(code, None, False)
        rule = replace(rule, is_mandatory=_is_mandatory(ruled, code))
        sites[code] = pool.sites(ground, number, mine, rule)
    return sites


def _is_mandatory(ruled: dict[str, Category], code: str) -> bool:
    return code in ruled and ruled[code].is_mandatory


def _same(held: Sites | None, sites: Sites) -> Sites:
    """Give the doors held already where these are the same, so that they are measured once."""
    if held is None or (held.radius_dm, held.is_mandatory) != (sites.radius_dm, sites.is_mandatory):
        return sites
    return held if np.array_equal(held.xy_m, sites.xy_m) else sites
