"""Plant one grid for each cause of being underserved, so that every cause can be seen being found.

Each has a category of its own, cleared around the grid first. Where a walk decides, the site is
chosen by walking: by the streets of the city, from every building of the grid. `docs/demo.md` lists
what stands where.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.demo.city import City
from etl.demo.facilities import Facility
from etl.demo.faults import faulty_grids
from etl.demo.months import Month
from etl.demo.services import KINDS
from geo.network import build_graph, snap
from geo.reach import line_reach, walk_reach
from geo.walk import BEYOND, NO_PATH, OK

CLEARED_M: Final = 1_150.0
"""Nothing of the category is left so near the grid; 15 minutes at the usual speed are 1,000 m."""
_SNAP_LIMIT_M: Final = 200.0
_LIMIT_DM: Final = 10_000
_FARTHEST_DM: Final = 60_000
_DOOR_M: Final = 3.0
_SPARE: Final = 1.05
"""How far beyond or within a border a planted case lies: what is rounded must not turn it."""
_TRIED: Final = 400
_KIND_OF: Final = {kind.code: kind for kind in KINDS}

Dm = NDArray[np.int32]
Test = Callable[[Dm, Dm], NDArray[np.bool_]]


@dataclass(frozen=True)
class Planted:
    """A grid under one cause; `facility` stands for it, None where the cause is that none does."""

    cause: str
    category: str
    grid: int
    facility: Facility | None


@dataclass(frozen=True)
class _Plant:
    """What is to be planted: which site, seen from every building of the grid, makes the cause."""

    cause: str
    category: str
    name: str
    status: str = "开放"
    capacity: str = ""
    floor_m2: str = ""
    fits: Test | None = None
    """line_dm and walk_dm, shape (buildings,): is each as it should be. None: no site at all."""


def _is_next_door(line_dm: Dm, walk_dm: Dm) -> NDArray[np.bool_]:
    return (line_dm < 4_000) & (walk_dm * _SPARE < _LIMIT_DM)


def _is_behind_something(line_dm: Dm, walk_dm: Dm) -> NDArray[np.bool_]:
    is_detour = walk_dm > np.maximum(1.6 * _SPARE * line_dm, _LIMIT_DM * _SPARE)
    return (line_dm * _SPARE < _LIMIT_DM) & is_detour


def _is_plainly_far(line_dm: Dm, walk_dm: Dm) -> NDArray[np.bool_]:
    is_far = (line_dm * _SPARE < _LIMIT_DM) & (walk_dm > _LIMIT_DM * _SPARE)
    return is_far & (walk_dm * _SPARE < 1.6 * line_dm)


_PLANTS: Final = (
    _Plant("no_facility", "CUL_STATION", ""),
    _Plant("doubtful", "CUL_LIBRARY", "待核实图书阅览室（示例）", "存疑", fits=_is_next_door),
    _Plant("barrier", "SPO_SMALL", "隔岸小型球场（示例）", fits=_is_behind_something),
    _Plant("distant", "COM_MARKET", "偏远菜市场（示例）", floor_m2="900", fits=_is_plainly_far),
    _Plant(
        *("capacity", "EDU_KINDER", "超员幼儿园（示例）", "开放", "20", "2400"), fits=_is_next_door
    ),
    _Plant(
        *("area", "ELD_DAYCARE", "狭小日间照料中心（示例）", "开放", "120", "180"),
        fits=_is_next_door,
    ),
)


def plant_causes(city: City) -> list[Planted]:
    """Choose a grid and a site for each cause of `geo.causes`; the same for both months.

    Raises
    ------
    ValueError
        A city so small or so open that no grid has such a site.
    """
    walks = _Walks(city)
    grids = _free_grids(city)
    found: list[Planted] = []
    for number, plant in enumerate(_PLANTS, start=1):
        free = [grid for grid in grids if grid not in {one.grid for one in found}]
        found.append(_planted(city, walks, plant, free, number))
    return found


def with_causes(city: City, month: Month, planted: list[Planted]) -> Month:
    """Clear the category of each cause around its grid, and put its site there."""
    places = np.array([(one.x_m, one.y_m) for one in month.facilities])
    points = np.asarray(shapely.points(places), dtype=object)
    codes = np.array([one.kind.code for one in month.facilities])
    is_left = np.ones(len(codes), dtype=bool)
    for one in planted:
        away = shapely.distance(city.blocks.shapes[one.grid], points)
        is_left &= (codes != one.category) | (away > CLEARED_M)
    left = [one for one, keep in zip(month.facilities, is_left, strict=True) if keep]
    sites = [one.facility for one in planted if one.facility is not None]
    return replace(month, facilities=[*left, *sites])


class _Walks:
    """The streets of the city, walked between buildings."""

    def __init__(self, city: City) -> None:
        xy_m = np.array(city.network.xy_m)
        ends = np.array(
            [
                pair
                for way in city.network.ways
                for pair in zip(way.nodes, way.nodes[1:], strict=False)
            ]
        )
        self.graph = build_graph(xy_m, ends[:, 0], ends[:, 1])
        self.xy_m, self.grid = city.buildings.xy_m, city.buildings.grid
        self.at = snap(self.graph, self.xy_m, _SNAP_LIMIT_M)

    def to(self, place: NDArray[np.float64]) -> tuple[Dm, Dm]:
        """Give line and walk in dm from every building; where there is no way, very far."""
        door, number = place.reshape(1, 2), np.zeros(1, dtype=np.int32)
        line_dm, _ = line_reach(self.xy_m, door, number)
        way = walk_reach(
            *(self.graph, self.at, self.xy_m, snap(self.graph, door, _SNAP_LIMIT_M), door, number),
            limit_dm=_FARTHEST_DM,
            line_dm=line_dm,
        )
        walk_dm = np.where(np.isin(way.code, (BEYOND, NO_PATH)), _FARTHEST_DM, way.distance_dm)
        # A building off the streets is no evidence of anything: nothing fits from there.
        is_known = np.isin(way.code, (OK, BEYOND, NO_PATH))
        return line_dm, np.where(is_known, walk_dm, -1).astype(np.int32)


def _free_grids(city: City) -> list[int]:
    """List the grids that people live in and no fault was planted in, in an order of chance."""
    count = len(city.blocks.shapes)
    lived = np.flatnonzero(city.population.counts[:-2, 0] > 0)
    free = np.setdiff1d(lived, faulty_grids(city))
    return np.random.default_rng([count, 15]).permutation(free).tolist()[:_TRIED]


def _planted(city: City, walks: _Walks, plant: _Plant, grids: list[int], number: int) -> Planted:
    if plant.fits is None:
        return Planted(plant.cause, plant.category, grids[0], None)
    for grid in grids:
        mine = walks.grid == grid
        for place in _sites(walks, plant.fits, mine):
            line_dm, walk_dm = walks.to(place)
            if (walk_dm[mine] >= 0).all() and plant.fits(line_dm[mine], walk_dm[mine]).all():
                site = Facility(
                    id=f"YS{number:04d}",
                    name=plant.name,
                    kind=_KIND_OF[plant.category],
                    x_m=float(place[0]),
                    y_m=float(place[1]),
                    status=plant.status,
                    capacity=plant.capacity,
                    floor_m2=plant.floor_m2,
                    opened="2019",
                )
                return Planted(plant.cause, plant.category, grid, site)
    message = f"no grid of {len(city.blocks.shapes):,} has a site for the cause {plant.cause}"
    raise ValueError(message)


def _sites(walks: _Walks, fits: Test, mine: NDArray[np.bool_]) -> Iterator[NDArray[np.float64]]:
    """Give places beside buildings that fit as seen from one building of a grid, best first."""
    start = walks.xy_m[np.flatnonzero(mine)[0]]
    line_dm, walk_dm = walks.to(start)
    good = np.flatnonzero(fits(line_dm, walk_dm) & (walk_dm >= 0))
    detour = walk_dm[good] / np.maximum(line_dm[good], 1)
    order = np.argsort(-detour if fits is _is_behind_something else detour, kind="stable")
    for k in good[order[:3]].tolist():
        yield walks.xy_m[k] + np.array([_DOOR_M, 0.0])
