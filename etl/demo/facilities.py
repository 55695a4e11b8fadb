"""Place the facilities: more where more people live, fewer in new districts, none in some gaps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from etl.demo import names
from etl.demo.areas import Areas
from etl.demo.blocks import Blocks
from etl.demo.people import Population
from etl.demo.services import GAPS, KINDS, Kind
from etl.demo.terrain import Terrain

FRONT_INSET_M: Final = 6.0
CANDIDATES_A_GRID: Final = 7
STRAY_M: Final = 4.0
"""Two facilities on one front do not stand on one point."""
STREETS_A_GAP: Final = 6
GAP_WEIGHT: Final = 0.16
"""How likely a place is in a sub-district that lacks the family of categories."""
LAG_POWER: Final = 2.8
CENTRE_PULL: Final = 2.5
CENTRE_REACH_M: Final = 650.0
APART: Final = 0.7
"""How far apart facilities of a kind stand, as a share of the even spacing."""
METRO_SPACING_M: Final = 1_150.0
GATE_STEP_M: Final = 420.0
_PARK_WORDS: Final = (
    "春晖",
    "文心",
    "拾光",
    "清风",
    "听雨",
    "望云",
    "竹韵",
    "桃溪",
    "梅影",
    "晨曦",
)

Places = NDArray[np.float64]


@dataclass(frozen=True)
class Facility:
    """A facility of the demo. Several with one id are entrances of one."""

    id: str
    name: str
    kind: Kind
    x_m: float
    y_m: float
    status: str = "开放"
    capacity: str = ""
    floor_m2: str = ""
    opened: str = ""


@dataclass(frozen=True)
class Fronts:
    """Places where a facility could stand: beside the edge of a grid."""

    xy_m: Places
    grid: NDArray[np.int64]
    is_main: NDArray[np.bool_]


def _fronts(rng: np.random.Generator, blocks: Blocks) -> Fronts:
    """Choose places just inside the edge of grids, on sides that face a public street."""
    shapes = blocks.shapes[:-2]
    grid = np.repeat(np.arange(len(shapes)), CANDIDATES_A_GRID)
    rim = shapely.boundary(shapes)[grid]
    place = shapely.line_interpolate_point(rim, rng.random(len(grid)), normalized=True)
    facing = _facing(place, blocks, ("primary", "secondary", "tertiary", "residential", "bank"))
    grid, place = grid[facing], place[facing]
    inner = shapely.buffer(shapes, -FRONT_INSET_M, join_style="mitre")[grid]
    moved = shapely.get_coordinates(shapely.shortest_line(place, inner))[1::2]
    return Fronts(moved, grid, _facing(place, blocks, ("primary", "secondary")))


def _facing(
    place: NDArray[np.object_], blocks: Blocks, ranks: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Tell which places on the edges of grids lie on a street of these ranks."""
    tree = shapely.STRtree([line.xy_m for line in blocks.lines if line.rank in ranks])
    hits = tree.query(place, predicate="dwithin", distance=0.5)[0]
    mask = np.zeros(len(place), dtype=bool)
    mask[hits] = True
    return mask


class _Placer:
    """Chooses places for one category after another."""

    def __init__(
        self,
        rng: np.random.Generator,
        terrain: Terrain,
        blocks: Blocks,
        areas: Areas,
        population: Population,
    ) -> None:
        self.rng, self.terrain, self.blocks, self.areas = rng, terrain, blocks, areas
        self.people = population.counts[:, 1]
        self.fronts = _fronts(rng, blocks)
        self.size = shapely.area(blocks.shapes)
        self.centre = shapely.get_coordinates(shapely.centroid(blocks.shapes))
        self.maturity = self._maturity()
        self.street_centre = self._centres(areas.street)
        away = KDTree(self.street_centre).query(self.fronts.xy_m)[0]
        self.pull = np.exp(-((away / CENTRE_REACH_M) ** 2))
        self.community_centre = self._centres(areas.community)

    def _centres(self, label: NDArray[np.int64]) -> Places:
        count = np.bincount(label)
        return np.column_stack(
            [np.bincount(label, weights=self.centre[:, k]) / count for k in (0, 1)]
        )

    def _maturity(self) -> NDArray[np.float64]:
        """Rate each grid: 1 in the old town, less in new districts, uneven between streets."""
        by_zone = {"old": 1.0, "inner": 0.86, "outer": 0.5}
        base = np.array([by_zone[zone] for zone in self.blocks.zone])
        uneven = self.rng.uniform(0.72, 1.2, int(self.areas.street.max()) + 1)
        return np.clip(base * uneven[self.areas.street], 0.15, 1.0)

    def weights(self, kind: Kind) -> NDArray[np.float64]:
        """Weigh every front: people around, maturity, gaps of the category's family."""
        grid = self.fronts.grid
        weight = (self.people[grid] + 40.0) * self.maturity[grid] ** (LAG_POWER * kind.lag)
        weight[np.isin(self.areas.street[grid], self._lacking(kind))] *= GAP_WEIGHT
        if kind.near == "road":
            weight *= 1 + CENTRE_PULL * self.pull
            weight[~self.fronts.is_main] *= 0.06
        return weight

    def _lacking(self, kind: Kind) -> list[int]:
        found: list[int] = []
        for family, x, y in GAPS:
            if kind.code.startswith(family):
                target = np.array([x, y]) * 1_000 * self.terrain.scale
                found.append(int(np.argmin(np.hypot(*(self.street_centre - target).T))))
        # a small city has few sub-districts: one of them lacks something, not half
        return found[: max(1, len(self.street_centre) // STREETS_A_GAP)]

    def scatter(self, kind: Kind, count: int) -> Places:
        """Choose places by weight, apart from each other, closer together where grids are small."""
        weight = self.weights(kind)
        order = np.argsort(-np.log(weight) - self.rng.gumbel(size=len(weight)), kind="stable")
        local = np.sqrt(self.size / self.size.mean())[self.fronts.grid] ** 0.8
        apart = APART * np.sqrt(self.size.sum() / max(count, 1)) * local
        chosen: list[int] = []
        for ease in (1.0, 0.75, 0.5, 0.25):
            chosen = self._thrown(order, apart * ease, count, chosen)
            if len(chosen) >= count:
                break
        return self.fronts.xy_m[chosen]

    def _thrown(
        self, order: NDArray[np.int64], apart: NDArray[np.float64], count: int, chosen: list[int]
    ) -> list[int]:
        """Take places in order, each far enough from all that were taken before."""
        xy_m = self.fronts.xy_m
        cell_m = float(apart.max())
        taken: dict[tuple[int, int], list[int]] = {}
        for k in chosen:
            taken.setdefault(_cell(xy_m[k], cell_m), []).append(k)
        found = list(chosen)
        for k in order.tolist():
            if len(found) >= count:
                break
            column, row = _cell(xy_m[k], cell_m)
            around = [
                j
                for dx in (-1, 0, 1)
                for dy in (-1, 0, 1)
                for j in taken.get((column + dx, row + dy), ())
            ]
            if around and np.hypot(*(xy_m[around] - xy_m[k]).T).min() < apart[k]:
                continue
            found.append(k)
            taken.setdefault((column, row), []).append(k)
        return found

    def by_unit(self, kind: Kind) -> Places:
        """Choose one place near the middle of each unit that has the facility."""
        label = self.areas.street if kind.near == "street" else self.areas.community
        centre = self.street_centre if kind.near == "street" else self.community_centre
        lacking = set(self._lacking(kind))
        owner = np.zeros(len(centre), dtype=np.int64)
        owner[label] = self.areas.street
        mature = np.bincount(label, weights=self.maturity) / np.bincount(label)
        tree = KDTree(self.fronts.xy_m)
        places: list[Places] = []
        for unit in range(len(centre)):
            chance = kind.share * (1 - kind.lag * (1 - mature[unit]))
            chance *= 2 * GAP_WEIGHT if owner[unit] in lacking else 1.0
            if self.rng.random() >= chance:
                continue
            near = np.atleast_1d(tree.query(centre[unit], k=9)[1])
            own = [k for k in near if label[self.fronts.grid[k]] == unit] or list(near)
            places.append(self.fronts.xy_m[own[int(self.rng.integers(len(own)))]])
        return np.array(places).reshape(-1, 2)

    def metro(self) -> Places:
        """Place the stations of two lines along main roads, at an even spacing."""
        found: list[Places] = []
        for name in ("人民路", "解放大道", "迎宾大道"):
            roads = [road for road in self.terrain.roads if road.name == name]
            if not roads:
                continue
            line = shapely.LineString(roads[0].xy_m).intersection(self.terrain.outline)
            at = np.arange(METRO_SPACING_M / 2, line.length, METRO_SPACING_M)
            found.append(shapely.get_coordinates([line.interpolate(d) for d in at.tolist()]))
        places = np.vstack(found)
        return self.fronts.xy_m[KDTree(self.fronts.xy_m).query(places)[1]]


def _cell(xy_m: Places, size_m: float) -> tuple[int, int]:
    return int(np.floor(xy_m[0] / size_m)), int(np.floor(xy_m[1] / size_m))


def place_facilities(
    rng: np.random.Generator,
    terrain: Terrain,
    blocks: Blocks,
    areas: Areas,
    population: Population,
) -> list[Facility]:
    """Place facilities of every category, name them, and give them size and state."""
    placer = _Placer(rng, terrain, blocks, areas, population)
    people = int(placer.people.sum())
    name_near = _namer(placer)
    found: list[Facility] = []
    for kind in KINDS:
        if kind.near == "park":
            found += _parks(rng, terrain, blocks, kind)
            continue
        if kind.near in ("street", "community"):
            places = placer.by_unit(kind)
        elif kind.near == "metro":
            places = placer.metro()
        else:
            places = placer.scatter(kind, max(2, round(people / kind.people)))
        places = places + rng.uniform(-STRAY_M, STRAY_M, places.shape)
        order = np.lexsort((places[:, 0], -np.round(places[:, 1] / 300)))
        for number, (x, y) in enumerate(places[order].tolist(), start=1):
            found.append(_facility(rng, kind, number, (x, y), name_near(kind, x, y, rng)))
    return found


def _facility(
    rng: np.random.Generator, kind: Kind, number: int, place: tuple[float, float], name: str
) -> Facility:
    low, high = kind.capacity
    capacity = str(int(rng.integers(low, high + 1)) // 10 * 10 or low) if high else ""
    floor = str(round(float(rng.triangular(*_three(kind.floor_m2))), 0))[:-2]
    return Facility(
        id=f"{kind.code.replace('_', '')[:6]}{number:04d}",
        name=name,
        kind=kind,
        x_m=place[0],
        y_m=place[1],
        capacity=capacity,
        floor_m2=floor if kind.floor_m2[1] else "",
        opened=str(int(rng.integers(1996, 2025))),
    )


def _three(pair: tuple[int, int]) -> tuple[float, float, float]:
    low, high = pair
    return (low, low + (high - low) * 0.35, high) if high > low else (0.0, 0.5, 1.0)


def _namer(placer: _Placer) -> Callable[[Kind, float, float, np.random.Generator], str]:
    """Give a function that names a facility after the area it stands in."""
    areas = placer.areas
    tree = KDTree(placer.centre)
    used: dict[str, int] = {}

    def name(kind: Kind, x: float, y: float, rng: np.random.Generator) -> str:
        grid = int(tree.query([x, y])[1])
        street = areas.street_name[areas.street[grid]].removesuffix("街道")
        place = areas.community_name[areas.community[grid]].removesuffix("社区")
        if kind.near == "street" or kind.code in ("MED_CENTRE", "SEC_POLICE", "ADM_CENTRE"):
            text = f"{street}{kind.word}" if kind.near != "street" else _office(street, kind)
        elif kind.near == "community":
            text = f"{place}社区{kind.word.removeprefix('社区')}"
        elif kind.file == "便民商业.csv" and kind.code not in ("COM_MARKET", "COM_POST"):
            text = f"{names.shop_name(rng)}{kind.word}（{place}店）"
        else:
            text = f"{place}{kind.word}"
        used[text] = used.get(text, 0) + 1
        if used[text] == 1:
            return text
        return (
            f"{text.removesuffix('店）')}{used[text]}店）"
            if text.endswith("）")
            else (f"{text}（{used[text]}）")
        )

    return name


def _office(street: str, kind: Kind) -> str:
    word = kind.word if kind.word.startswith("街道") else f"街道{kind.word}"
    return f"{street}{word}"


def _parks(
    rng: np.random.Generator, terrain: Terrain, blocks: Blocks, kind: Kind
) -> list[Facility]:
    """List the gates of the parks: one row a gate, all rows of a park with one id."""
    shapes = [*terrain.greens, *((_pocket(k), park) for k, park in enumerate(blocks.pockets))]
    found: list[Facility] = []
    for number, (name, shape) in enumerate(shapes, start=1):
        rim = shape.intersection(terrain.outline).exterior
        gates = int(np.clip(round(rim.length / GATE_STEP_M), 1, 8))
        at = (np.arange(gates) + float(rng.random())) / gates
        xy_m = shapely.get_coordinates(shapely.line_interpolate_point(rim, at, normalized=True))
        found += [
            Facility(f"GRNPAR{number:04d}", name, kind, x, y) for x, y in np.round(xy_m, 1).tolist()
        ]
    return found


def _pocket(k: int) -> str:
    """Name a small park; the names start over with a number after the last."""
    turn, word = divmod(k, len(_PARK_WORDS))
    return f"{_PARK_WORDS[word]}{turn + 1 if turn else ''}口袋公园"
