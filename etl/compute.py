"""Compute, for every category, who reaches it: distances once, then profiles of every speed.

Categories are independent of one another, so they run on threads; what is made of all of them is
folded in the order of the catalogue. Every number is an integer, so the result does not depend on
the workers.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from etl.demand import DemandPoints
from etl.shapes import GridShapes
from etl.walking import Network
from geo.circles import Rings, covered_area_m2, whole_dm2
from geo.network import Snap
from geo.profile import walk_area_dm2
from geo.reach import line_reach, walk_reach
from geo.search import Workspace
from geo.walk import BEYOND, MINUTES, NO_DATA, OK, UNREACHED_DM, Speed, minute_of

Ints = NDArray[np.int64]
Distances = NDArray[np.int32]
G = TypeVar("G")
S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """What every category is computed on: people first, then the lattice that measures area."""

    shapes: GridShapes
    demand: DemandPoints
    lattice_grid: NDArray[np.int32]
    xy_m: NDArray[np.float64]
    snaps: Snap | None
    network: Network | None
    speeds: tuple[Speed, ...]
    max_minutes: int
    district_of_grid: NDArray[np.int32]

    @property
    def people(self) -> slice:
        """Where the demand points stand among all points."""
        return slice(0, len(self.demand.grid))

    @property
    def lattice(self) -> slice:
        """Where the lattice points stand among all points."""
        return slice(len(self.demand.grid), len(self.xy_m))

    @property
    def grids(self) -> int:
        """Give the number of grids."""
        return len(self.shapes.area_dm2)

    @cached_property
    def has_neighbours(self) -> bool:
        """Tell whether there is more than one district, so that neighbours mean something."""
        return len(np.unique(self.district_of_grid[self.district_of_grid >= 0])) > 1

    @cached_property
    def district_of_point(self) -> NDArray[np.int32]:
        """Give the district of every point, people first, then lattice; -1 where it has none."""
        return self.district_of_grid[np.concatenate([self.demand.grid, self.lattice_grid])]

    @cached_property
    def points_by_district(self) -> dict[int, NDArray[np.intp]]:
        """Give the points of each district, in order; those of no district are in none."""
        order = np.argsort(self.district_of_point, kind="stable")
        found, start = np.unique(self.district_of_point[order], return_index=True)
        runs = np.split(order, start[1:])
        return {int(one): run for one, run in zip(found, runs, strict=True) if one >= 0}

    @cached_property
    def limits_dm(self) -> list[Ints]:
        """Give the limits of minutes 0..60, one array a speed."""
        return [speed.limits_dm() for speed in self.speeds]

    @cached_property
    def radii_dm(self) -> Ints:
        """Give every limit of every speed once, increasing."""
        return np.unique(np.concatenate(self.limits_dm))

    def search_limit_dm(self, own_radius_dm: int | None) -> int:
        """Give how far a walk is followed."""
        longest = max(speed.limit_dm(self.max_minutes) for speed in self.speeds)
        return max(longest, own_radius_dm or 0)


@dataclass(frozen=True)
class Sites:
    """The open doors of one category.

    `facility` names the facility of each, lowest first; `district` the district it stands in, -1
    for none. `opening` is evening or weekend where only those known to be open then are among them.
    """

    category_idx: int
    radius_dm: int | None
    is_mandatory: bool
    xy_m: NDArray[np.float64]
    facility: Distances
    snaps: Snap | None
    district: NDArray[np.int32]
    opening: str | None = None

    def take(self, index: Ints) -> "Sites":
        """Give some of the doors, in the order asked for."""
        return replace(
            self,
            xy_m=self.xy_m[index],
            facility=self.facility[index],
            snaps=None if self.snaps is None else self.snaps.take(index),
            district=self.district[index],
        )


@dataclass(frozen=True)
class Standard:
    """What lies within a category's own radius.

    `line` and `walk` tell it of every point, people first, then lattice; `walk` is None in a city
    without a network. `line_dm2` (grids,) is the area within the radius in a straight line.
    """

    line: NDArray[np.bool_]
    walk: NDArray[np.bool_] | None
    line_dm2: Ints

    def met_with(self, other: "Standard") -> "Standard":
        """Give what lies within both radii; area is the smaller one, an upper bound."""
        walk = None if self.walk is None or other.walk is None else self.walk & other.walk
        return Standard(self.line & other.line, walk, np.minimum(self.line_dm2, other.line_dm2))


@dataclass(frozen=True)
class Reach:
    """How far every point is from a category: people first, then lattice.

    `walk_dm` and `walk_facility` are None in a city without a network.

    `straight_dm2` (grids, radii) is the exact area within each radius of `Ground.radii_dm`; the
    area within the category's own radius stands beside it.
    """

    category_idx: int
    radius_dm: int | None
    line_dm: Distances
    line_facility: Distances
    walk_dm: Distances | None
    walk_facility: Distances | None
    walk_code: NDArray[np.uint8]
    straight_dm2: Ints
    own_dm2: Ints | None

    @property
    def standard(self) -> Standard | None:
        """What lies within the category's own radius, None where it has none."""
        radius = self.radius_dm
        if radius is None or self.own_dm2 is None:
            return None
        walk = None if self.walk_dm is None else self.walk_dm <= radius
        return Standard(self.line_dm <= radius, walk, self.own_dm2)


def reach_of(ground: Ground, sites: Sites, workspace: Workspace | None = None) -> Reach:
    """Measure one category: both distances of every point, and the exact areas."""
    line_dm, line_facility = line_reach(ground.xy_m, sites.xy_m, sites.facility)
    walk_dm = walk_facility = None
    code = np.full(len(ground.xy_m), NO_DATA, dtype=np.uint8)
    if ground.network is not None and ground.snaps is not None and sites.snaps is not None:
        walked = walk_reach(
            ground.network.graph,
            ground.snaps,
            ground.xy_m,
            sites.snaps,
            sites.xy_m,
            sites.facility,
            limit_dm=ground.search_limit_dm(sites.radius_dm),
            line_dm=line_dm,
            workspace=workspace,
        )
        walk_dm, walk_facility, code = walked.distance_dm, walked.facility, walked.code
    straight, own = exact_areas(ground, sites)
    return Reach(
        *(sites.category_idx, sites.radius_dm, line_dm, line_facility),
        *(walk_dm, walk_facility, code, straight, own),
    )


def exact_areas(
    ground: Ground, sites: Sites, grids: Ints | None = None
) -> tuple[Ints, Ints | None]:
    """Measure the area within each radius and within the own one, of all grids or of some."""
    shapes = ground.shapes
    rings, whole = shapes.rings, shapes.area_dm2
    if grids is not None:
        rings, whole = Rings.of(shapes.metric[grids]), whole[grids]
    radii_dm = ground.radii_dm
    own_dm = [] if sites.radius_dm is None else [sites.radius_dm]
    wanted = np.concatenate([radii_dm, np.array(own_dm, dtype=np.int64)])
    measured = whole_dm2(covered_area_m2(rings, sites.xy_m, wanted / 10.0))
    measured = np.minimum(measured, whole[:, None])
    return measured[:, : len(radii_dm)], measured[:, -1] if own_dm else None


def minutes_dm2(ground: Ground, reach: Reach, limits_dm: Ints) -> Ints:
    """Pick the areas of one speed's minutes, shape (grids, 61)."""
    return reach.straight_dm2[:, np.searchsorted(ground.radii_dm, limits_dm)]


def walked_dm2(ground: Ground, reach: Reach, limits_dm: Ints, straight: Ints) -> Ints:
    """Estimate the areas reached on foot by each minute, shape (grids, 61)."""
    if reach.walk_dm is None:
        return np.zeros_like(straight)
    minute = minute_of(reach.walk_dm[ground.lattice].astype(np.int64), limits_dm)
    return walk_area_dm2(straight, minute, ground.lattice_grid, ground.shapes.area_dm2)


def shared_dm2(ground: Ground, within: NDArray[np.bool_], straight: Ints) -> Ints:
    """Estimate an area by the share of lattice points that lie in it, shape (grids,).

    `within` tells of every point whether it does; never more than `straight`.
    """
    minute = np.where(within[ground.lattice], 0, BEYOND).astype(np.uint8)
    both = np.repeat(straight[:, None], MINUTES, axis=1)
    return walk_area_dm2(both, minute, ground.lattice_grid, ground.shapes.area_dm2)[:, 0]


@dataclass
class Everything:
    """Fold the mandatory categories into one: as far as the farthest of them, point by point.

    Where any is unreached, the whole is. Area is the smallest of the categories' and no more than
    the share of lattice points within reach of all. The standard of the whole is that of each
    within its own radius; a category without a radius asks for nothing there.
    """

    ground: Ground
    _line: list[Distances] = field(default_factory=list[Distances])
    _walk: list[Distances] = field(default_factory=list[Distances])
    _code: NDArray[np.uint8] | None = None
    _straight: Ints | None = None
    _standard: Standard | None = None

    def add(self, reach: Reach) -> None:
        """Take in one more category; call in the order of the catalogue."""
        self._line = _farther(self._line, reach.line_dm, reach.line_facility)
        if reach.walk_dm is not None and reach.walk_facility is not None:
            self._walk = _farther(self._walk, reach.walk_dm, reach.walk_facility)
        self._code = _first_code(self._code, reach.walk_code)
        smaller = reach.straight_dm2
        self._straight = smaller if self._straight is None else np.minimum(self._straight, smaller)
        own, held = reach.standard, self._standard
        if own is not None:
            self._standard = own if held is None else held.met_with(own)

    def reach(self, category_idx: int) -> Reach | None:
        """Give the reach of all of them, or None when no mandatory category was added."""
        if self._straight is None or self._code is None:
            return None
        line_dm, line_facility = self._line
        straight = self._limited(line_dm, self._straight)
        walk_dm, walk_facility = self._walk or (None, None)
        return Reach(
            *(category_idx, None, line_dm, line_facility),
            *(walk_dm, walk_facility, self._code, straight, None),
        )

    def standard(self) -> Standard | None:
        """Give what lies within the own radius of each, or None where none has a radius."""
        held = self._standard
        if held is None:
            return None
        return replace(held, line_dm2=shared_dm2(self.ground, held.line, held.line_dm2))

    def _limited(self, line_dm: Distances, straight: Ints) -> Ints:
        """Keep the area within the share of lattice points that every category covers."""
        ground = self.ground
        radii = ground.radii_dm
        step = np.searchsorted(radii, line_dm[ground.lattice], side="left")
        n, k = straight.shape
        points = np.bincount(ground.lattice_grid, minlength=n)
        within = step < k
        cell = ground.lattice_grid[within].astype(np.int64) * k + step[within]
        reached = np.bincount(cell, minlength=n * k).reshape(n, k).cumsum(axis=1)
        share = reached * ground.shapes.area_dm2[:, None] // np.maximum(points, 1)[:, None]
        return np.minimum(share, straight)


def _farther(held: list[Distances], distance: Distances, facility: Distances) -> list[Distances]:
    if not held:
        return [distance, facility]
    is_farther = distance > held[0]
    return [np.where(is_farther, distance, held[0]), np.where(is_farther, facility, held[1])]


def _first_code(held: NDArray[np.uint8] | None, code: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return code if held is None else np.where(held == OK, code, held)


def in_order(
    ground: G,
    sites: Sequence[S],
    measure: Callable[[G, S, Workspace | None], T],
    workers: int,
    check: Callable[[], None],
) -> Iterator[T]:
    """Measure the categories on threads and give the results in their order.

    No more than one result a worker waits in memory besides those in the making. `check` is called
    between categories and raises when somebody cancelled.
    """
    if workers <= 1:
        workspace = Workspace()
        for site in sites:
            check()
            yield measure(ground, site, workspace)
        return
    waiting = iter(sites)
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(measure, ground, site, None) for site in islice(waiting, workers)]
        try:
            while running:
                check()
                done = running.pop(0).result()
                running.extend(
                    pool.submit(measure, ground, site, None) for site in islice(waiting, 1)
                )
                yield done
        finally:
            for future in running:
                future.cancel()


def unreached(distance_dm: Distances) -> NDArray[np.bool_]:
    """Tell which distances are not numbers."""
    return distance_dm == UNREACHED_DM
