"""Lay out what a city grows around: its outline, river, canal, railway, lake, hills and arterials.

Everything is in metres, x east and y north, around the middle of the old town. Shapes scale with
the city; the spacing of streets does not, so a smaller city has fewer of them.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

Curve = NDArray[np.float64]

STEP_M: Final = 55.0
"""Distance between the vertices of a curve."""
ARTERIAL_SPACING_M: Final = 940.0
GRIDS_AT_FULL_SIZE: Final = 2_360

_RIVER: Final = (
    *((-13, -3.3), (-11, -2.3), (-9, -2.0), (-7.2, -2.7), (-5.4, -2.75), (-3.6, -1.75)),
    *((-1.9, -1.15), (-0.3, -1.5), (1.4, -2.5), (3.2, -2.85), (5.0, -2.0), (6.6, -1.05)),
    *((8.5, -0.95), (10.5, -1.5), (13, -1.2)),
)
_RAILWAY: Final = (
    *((-13, 3.0), (-10, 2.9), (-7, 2.35), (-4, 1.75), (-1.5, 1.85), (1, 2.35), (3.2, 3.0)),
    *((5.5, 3.25), (8, 3.15), (10.5, 3.6), (13, 4.4)),
)
_CANAL: Final = (
    *((7.6, 2.55), (6.2, 2.5), (5.0, 2.72), (3.9, 2.45), (2.9, 2.5), (1.9, 2.2), (0.7, 2.36)),
    *((-0.4, 2.2), (-1.4, 2.45), (-2.2, 2.75), (-3.2, 2.9)),
)
_RING: Final = (
    *((-2.15, -1.6), (-2.25, -0.7), (-2.0, 0.15), (-1.7, 0.9), (-0.95, 1.2), (-0.1, 1.3)),
    *((0.75, 1.1), (1.12, 0.45), (1.02, -0.4), (1.1, -1.3), (0.85, -2.4)),
)


@dataclass(frozen=True)
class Road:
    """A main street with its name; `xy_m` may run on beyond the city."""

    name: str
    xy_m: Curve
    rank: str
    """trunk avenues are `primary`, the others `secondary`."""
    is_bridge: bool = False
    """crosses the river"""
    is_pass: bool = False
    """crosses the railway"""


@dataclass(frozen=True)
class Terrain:
    """The ground plan. Polygons of water, rail and green are where no grid lies."""

    scale: float
    outline: Polygon
    frame: Polygon
    river: Polygon
    river_line: LineString
    island: Polygon
    canal: Polygon
    lake: Polygon
    railway: LineString
    rail_corridor: Polygon
    greens: tuple[tuple[str, Polygon], ...]
    hamlet: Polygon
    ring: LineString
    roads: tuple[Road, ...]

    def river_y(self, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the northing of the river's middle at some eastings."""
        return _height(_RIVER, self.scale)(x_m)

    def rail_y(self, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the northing of the railway at some eastings."""
        return _height(_RAILWAY, self.scale)(x_m)

    def old_town(self) -> BaseGeometry:
        """Give the ground inside the ring, down to the river."""
        inside = Polygon(self.ring.coords).buffer(0).difference(self.river)
        return max(shapely.get_parts(inside), key=lambda part: part.area)

    def water(self) -> BaseGeometry:
        """Give the open water that a street needs a bridge for."""
        return shapely.union_all([self.river, self.canal]).buffer(-1)

    def no_build(self) -> BaseGeometry:
        """Give the ground that no grid covers."""
        wet = [self.river, self.canal, self.lake, self.rail_corridor]
        return shapely.union_all([*wet, *(shape for _, shape in self.greens)])


def _height(control: tuple[tuple[float, float], ...], scale: float) -> CubicSpline:
    points = np.array(control) * 1_000 * scale
    return CubicSpline(points[:, 0], points[:, 1])


def smooth_curve(control: Curve, *, closed: bool = False, step_m: float = STEP_M) -> Curve:
    """Draw a smooth curve through points, with vertices about `step_m` apart."""
    points = np.vstack([control, control[:1]]) if closed else control
    along = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(points, axis=0).T)))])
    spline = CubicSpline(along, points, bc_type="periodic" if closed else "not-a-knot")
    fine = spline(np.linspace(0, along[-1], 60 * len(points)))
    run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(fine, axis=0).T))])
    count = max(8, round(run[-1] / step_m))
    at = np.linspace(0, run[-1], count + 1)
    return np.column_stack([np.interp(at, run, fine[:, 0]), np.interp(at, run, fine[:, 1])])


def _blob(
    rng: np.random.Generator, centre: tuple[float, float], radii: tuple[float, float], turn: float
) -> Polygon:
    """Draw a rounded, irregular shape."""
    angles = np.arange(11) / 11 * 2 * np.pi
    wobble = 1 + rng.uniform(-0.13, 0.13, len(angles))
    x, y = np.cos(angles) * radii[0] * wobble, np.sin(angles) * radii[1] * wobble
    turned = np.column_stack(
        [x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]
    )
    return Polygon(smooth_curve(turned + centre, closed=True))


def _outline(rng: np.random.Generator, scale: float) -> Polygon:
    """Draw the city limit: an ellipse worn down by waves of several lengths, with some corners."""
    count = 64
    angles = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) / count * 2 * np.pi
    phase = rng.uniform(0, 2 * np.pi, 5)
    radius = 1 + 0.05 * np.sin(2 * angles + 0.6) + rng.uniform(-0.014, 0.014, count)
    for waves, height, start in zip(
        (3, 5, 7, 11, 17), (0.045, 0.04, 0.03, 0.022, 0.012), phase, strict=True
    ):
        radius += height * np.sin(waves * angles + start)
    square = (np.abs(np.cos(angles)) ** 2.6 + np.abs(np.sin(angles)) ** 2.6) ** (-1 / 2.6)
    control = np.column_stack([6_200 * np.cos(angles), 4_850 * np.sin(angles)])
    control *= (radius * square)[:, None] * scale
    smooth = smooth_curve(control + np.array([100, 250]), closed=True, step_m=STEP_M * 3)
    return Polygon(smooth)


def _ribbon(line: Curve, half_width: NDArray[np.float64]) -> Polygon:
    """Give a line a width that changes along it."""
    tangent = np.gradient(line, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    normal /= np.hypot(*normal.T)[:, None]
    left = line + normal * half_width[:, None]
    right = line - normal * half_width[:, None]
    return Polygon(np.vstack([left, right[::-1]])).buffer(0)


def _river(scale: float) -> tuple[Polygon, LineString, Polygon]:
    """Draw the river, wider around its island, and the island."""
    line = smooth_curve(np.array(_RIVER) * 1_000 * scale)
    size = max(0.6, min(1.3, scale**0.5))
    x = line[:, 0] / 1_000 / scale
    bulge = np.exp(-(((x - 4.15) / 0.75) ** 2))
    half = size * (112 + 22 * np.sin(x * 1.3) + 26 * np.sin(x * 0.55 + 1)) + bulge * 120
    middle = np.flatnonzero(np.abs(x - 4.15) < max(0.36, 0.22 / scale))
    part = line[middle]
    along = np.linspace(-1, 1, len(part))
    island = _ribbon(part, 6 + 92 * np.sqrt(np.clip(1 - along**2, 0.003, None)))
    return _ribbon(line, half), LineString(line), island


def _canal(line: Curve, half_width: NDArray[np.float64], river: Polygon) -> Polygon:
    """Draw the canal, from the north down to where it meets the river."""
    parts = shapely.get_parts(_ribbon(line, half_width).difference(river))
    upper = max(parts, key=lambda part: part.bounds[3])
    return Polygon(upper.exterior)


def _rail(scale: float) -> tuple[LineString, Polygon]:
    """Draw the railway and its corridor, which widens at the station."""
    line = smooth_curve(np.array(_RAILWAY) * 1_000 * scale)
    x = line[:, 0] / 1_000 / scale
    half = 24 + 48 * np.exp(-(((x + 0.4) / 0.55) ** 2))
    return LineString(line), _ribbon(line, half)


def _greens(
    rng: np.random.Generator, scale: float, lake: Polygon
) -> tuple[tuple[str, Polygon], ...]:
    """Draw the large parks; the lake lies inside the first."""

    def place(x: float, y: float) -> tuple[float, float]:
        return x * 1_000 * scale, y * 1_000 * scale

    def size(a: float, b: float) -> tuple[float, float]:
        return a * scale, b * scale

    wood = max(0.68, scale)  # wide enough for a hamlet out of reach of every path
    lake_park = lake.buffer(max(70.0, 130 * scale)).union(
        _blob(rng, place(-3.15, 0.95), size(330, 300), 0.2)
    )
    return (
        ("镜湖公园", Polygon(smooth_curve(_thin(lake_park), closed=True))),
        ("北岭森林公园", _blob(rng, place(-1.5, 4.05), (1_000 * wood, 540 * wood), 0.15)),
        ("东港湿地公园", _blob(rng, place(5.0, 0.55), size(560, 330), 0.5)),
        ("江南中央公园", _blob(rng, place(1.15, -3.6), size(290, 430), -0.25)),
        ("龙潭山公园", _blob(rng, place(-3.1, -3.7), size(720, 400), 0.3)),
        ("云台公园", _blob(rng, place(3.35, 4.05), size(330, 250), 0.3)),
    )


def _thin(shape: BaseGeometry) -> Curve:
    """Take a few points of an outline, for drawing it again smoothly."""
    ring = shapely.get_coordinates(shapely.simplify(shape, 1).exterior)  # pyright: ignore[reportAttributeAccessIssue]
    return ring[:-1][:: max(1, len(ring) // 16)]


def _spaced(low: float, high: float, fixed: list[float], rng: np.random.Generator) -> list[float]:
    """Fill the space between fixed positions with others about an arterial spacing apart."""
    stops = sorted([low, *fixed, high])
    places = list(fixed)
    for left, right in pairwise(stops):
        pieces = max(1, round((right - left) / ARTERIAL_SPACING_M))
        step = (right - left) / pieces
        places += [left + step * (k + rng.uniform(-0.13, 0.13)) for k in range(1, pieces)]
    return sorted(places)


class _Lattice:
    """Curved coordinates: v = 0 along the river, v = 1 along the railway."""

    def __init__(self, rng: np.random.Generator, scale: float) -> None:
        self.scale = scale
        self.river = _height(_RIVER, scale)
        self.rail = _height(_RAILWAY, scale)
        self.phase = rng.uniform(0, 2 * np.pi, 6)

    def y(self, x: NDArray[np.float64], v: float) -> NDArray[np.float64]:
        """Give the northing of the line v: between the two, or beside one, flattening outward."""
        river, rail = self.river(x), self.rail(x)
        wave = 105 * np.sin(x / 1_500 + self.phase[0] + 2.6 * v)
        wave += 50 * np.sin(x / 700 + self.phase[1] + 4.3 * v)
        if 0 <= v <= 1:
            return (1 - v) * river + v * rail + wave * 4 * v * (1 - v)
        level, base, over = (-2_000.0, river, v) if v < 0 else (2_600.0, rail, v - 1)
        flat = np.exp(-abs(over) / 0.75)
        gap = over * 4_200 * self.scale
        return flat * base + (1 - flat) * level * self.scale + gap + wave * (1 - flat)

    def x(self, y: NDArray[np.float64], start: float) -> NDArray[np.float64]:
        """Give the easting of the north-south line that starts at `start`: a fan, a little bent."""
        km = y / 1_000 / self.scale
        lean = start * (1 + 0.022 * (km - 0.5)) + 55 * self.scale * km
        wave = 125 * np.sin(y / 1_350 + self.phase[2] + start / 1_700)
        wave += 55 * np.sin(y / 620 + self.phase[3] + start / 900)
        return lean + wave * min(1, self.scale + 0.15)


def _cross_roads(rng: np.random.Generator, lattice: _Lattice) -> list[Road]:
    """Draw the north-south roads: few cross the river or the railway, the others end there."""
    scale = lattice.scale
    bridges = [k * 1_000 * scale for k in (-4.35, -1.15, 2.05, 5.7)]
    passes = [k * 1_000 * scale for k in (-4.35, -1.75, 2.05, 4.3)]
    reach = 7_600 * scale
    y = np.arange(-9_500 * scale, 9_500 * scale, STEP_M)
    roads: list[Road] = []
    names = iter(_NORTH_SOUTH * 9)

    def draw(start: float, name: str, rank: str, low: float, high: float) -> None:
        x = lattice.x(y, start)
        v = (y - lattice.river(x)) / (lattice.rail(x) - lattice.river(x))
        kept = (v >= low) & (v <= high)
        line = np.column_stack([x, y])[kept]
        roads.append(Road(name, line, rank, low < 0 and high > 0, high > 1 and low < 1))

    for start in _spaced(-reach, reach, sorted({*bridges, *passes}), rng):
        low = -9.0 if start in bridges else 0.0
        high = 9.0 if start in passes else 1.0
        draw(start, next(names), "primary" if low < 0 or high > 1 else "secondary", low, high)
    for fixed, low, high in ((bridges, -9.0, 0.0), (passes, 1.0, 9.0)):
        for start in _spaced(-reach - 300, reach + 200, fixed, rng):
            if start not in fixed:
                draw(start, next(names), "secondary", low, high)
    return roads


def _along_roads(rng: np.random.Generator, lattice: _Lattice) -> list[Road]:
    """Draw the east-west roads, which follow the river and the railway."""
    scale = lattice.scale
    x = np.arange(-9_500 * scale, 9_500 * scale, STEP_M)
    step = ARTERIAL_SPACING_M / (4_200 * scale)
    between = max(2, round(1 / step))
    beyond = max(1, round(0.86 / step))
    levels = [(k + rng.uniform(-0.1, 0.1)) / between for k in range(1, between)]
    levels += [1 + (k + rng.uniform(-0.12, 0.12)) * step for k in range(1, beyond + 1)]
    levels += [-(k + rng.uniform(-0.12, 0.12)) * step for k in range(1, beyond + 1)]
    names = iter(_EAST_WEST * 9)
    ranks = ["primary" if k % 2 == 0 else "secondary" for k in range(len(levels))]
    return [
        Road(next(names), np.column_stack([x, lattice.y(x, v)]), rank)
        for v, rank in zip(levels, ranks, strict=True)
    ]


_NORTH_SOUTH: Final = (
    *("西环路", "云泽大道", "文昌路", "建设路", "解放大道", "中山路", "和平路", "东港大道"),
    *("迎春路", "湖滨路", "团结路", "青年路", "学府路", "兴业路", "广场路", "胜利路", "光明路"),
    *("江城路", "南浦大道", "科技路", "创业路", "海棠路", "翠屏路", "云岭路", "松涛路", "桂花路"),
)
_EAST_WEST: Final = (
    *("人民路", "长江路", "新华路", "站前路", "北岭大道", "龙潭路", "清泉路", "江南大道"),
    *("滨湖路", "杏林路", "朝阳路", "平安路", "兴隆路", "工农路", "秀水路", "望江路"),
)


def _diagonals(scale: float, lattice: _Lattice) -> list[Road]:
    """Draw the avenues that cut across the others: north-east, south-east and west."""

    def curve(points: list[tuple[float, float]]) -> Curve:
        return smooth_curve(np.array(points) * 1_000 * scale)

    start = 2.05
    east = curve([(0.45, 0.7), (1.1, 1.02), (2.0, 1.4), (3.3, 1.75), (4.6, 2.35), (5.6, 3.2)])
    east = east[east[:, 1] < lattice.rail(east[:, 0])]
    south = curve([(start, -2.4), (2.5, -3.05), (3.1, -3.45), (4.0, -3.85), (5.6, -4.3)])
    west = curve([(-1.85, 0.5), (-2.3, 0.1), (-3.6, -0.55), (-5.2, -0.9), (-7.2, -0.75)])
    return [
        Road("迎宾大道", east, "primary"),
        Road("江东大道", south, "primary"),
        Road("西园大道", west, "primary"),
    ]


def _largest(shape: BaseGeometry) -> Polygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return Polygon(max(parts, key=lambda part: part.area).exterior)


def lay_out(rng: np.random.Generator, grids: int) -> Terrain:
    """Lay out the ground of a city of so many grids.

    The area grows with the number of grids; 2,000 grids take about 80 km2.
    """
    scale = (grids / GRIDS_AT_FULL_SIZE) ** 0.5
    river, river_line, island = _river(scale)
    railway, corridor = _rail(scale)
    lake = _blob(rng, (-3_600 * scale, 620 * scale), (470 * scale, 290 * scale), 0.35)
    greens = _greens(rng, scale, lake)
    hills = shapely.union_all([greens[1][1], greens[4][1]]).buffer(160 * scale)
    bay = 420 * scale
    outline = _largest(_outline(rng, scale).union(hills).buffer(bay).buffer(-bay))
    lattice = _Lattice(rng, scale)
    canal_line = smooth_curve(np.array(_CANAL)[:, ::-1] * 1_000 * scale)
    width = max(0.7, min(1.2, scale**0.5)) * (24 + 5 * np.sin(np.arange(len(canal_line)) / 7))
    ring = LineString(smooth_curve(np.array(_RING) * 1_000 * scale))
    roads = [Road("环城路", np.array(ring.coords), "primary"), *_diagonals(scale, lattice)]
    roads += [*_along_roads(rng, lattice), *_cross_roads(rng, lattice)]
    forest = greens[1][1]
    hamlet = Point(*shapely.get_coordinates(forest.centroid)[0]).buffer(
        max(55.0, 95 * min(1, scale)), 4
    )
    return Terrain(
        scale=scale,
        outline=outline,
        frame=shapely.box(*outline.bounds).buffer(4_200 * scale, join_style="mitre"),
        river=river,
        river_line=river_line,
        island=island,
        canal=_canal(canal_line, width, river),
        lake=lake,
        railway=railway,
        rail_corridor=corridor,
        greens=greens,
        hamlet=hamlet,
        ring=ring,
        roads=tuple(roads),
    )
