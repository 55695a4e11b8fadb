"""Cut the ground into grids: arterial blocks first, then smaller and smaller cuts, as land is.

The cuts are drawn as lines and noded once, so neighbouring grids share every vertex: no gap, no
overlap. A block being cut becomes a walled estate when it is small enough; cuts inside an estate
are not public streets.
"""

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split as split_by_line

from etl.demo import names
from etl.demo.linework import Line, edges_of_ground, in_parts, main_lines, node, ranked
from etl.demo.terrain import Terrain

SLIVER_SHARE: Final = 0.55
"""A block smaller than this share of a grid is joined to its neighbour."""
SCRAP_M2: Final = 3_000.0
"""Land too small for a grid that has no neighbour to join, such as a corner cut off by the rail."""
WARD_GRIDS: Final = 15.0
"""How many grids' worth of land makes a ward, which never lies in two sub-districts."""
POCKET_SHARE: Final = 0.014
"""Small parks, as a share of the number of grids."""
RIVERSIDE_SHARE: Final = 0.4
DROPPED_SHARE: Final = 0.2
"""Share of the stretches of lesser main roads that are left out."""
DROPPED_FROM_M: Final = 150.0

_ESTATE_GRIDS: Final = {"old": 1.5, "inner": 3.2, "outer": 5.6}
"""How many grids' worth of land becomes one walled estate."""


@dataclass
class Block:
    """A piece of land: which ward (some 15 grids between main streets) and estate it is part of."""

    shape: Polygon
    parent: int
    zone: str
    estate: int = -1


@dataclass(frozen=True)
class Blocks:
    """The grids with the lines that cut them.

    Attributes
    ----------
    shapes
        One polygon a grid; the last two are the island and the forest hamlet.
    parent, estate
        Ward and estate of each grid; -1 for the last two.
    zone
        old, inner or outer.
    pockets
        The small parks.
    lines
        Every stretch between two junctions, with its rank.
    """

    shapes: NDArray[np.object_]
    parent: NDArray[np.int64]
    estate: NDArray[np.int64]
    zone: list[str]
    pockets: NDArray[np.object_]
    lines: list[Line]


def _faces(edges: list[BaseGeometry]) -> list[Polygon]:
    return [face for face in shapely.polygonize(edges).geoms if isinstance(face, Polygon)]


def _dry(faces: list[Polygon], terrain: Terrain) -> list[Polygon]:
    """Keep the faces inside the city that are not water, rail or park."""
    blocked = shapely.union_all([terrain.no_build(), terrain.frame.difference(terrain.outline)])
    shapely.prepare(blocked)
    inner = [face.representative_point() for face in faces]
    return [f for f, p in zip(faces, inner, strict=True) if not blocked.intersects(p)]


class Density:
    """How large a grid is at a place, relative to the city: small in the old town."""

    def __init__(self, terrain: Terrain) -> None:
        self._old = terrain.old_town()
        self._scale = terrain.scale
        self._phase = 1.0 + terrain.scale
        shapely.prepare(self._old)

    def zone(self, x: float, y: float) -> str:
        """Name the kind of fabric at a place."""
        if self._old.intersects(Point(x, y)):
            return "old"
        return "inner" if self._from_centre(x, y) < 2.75 else "outer"

    def _from_centre(self, x: float, y: float) -> float:
        return float(np.hypot(x, 1.15 * y) / 1_000 / self._scale)

    def grid_area(self, x: float, y: float) -> float:
        """Give the relative area of a grid: 0.5 in the old town, up to about 1.5 at the edge."""
        if self._old.intersects(Point(x, y)):
            return 0.5
        away = self._from_centre(x, y)
        wave = 0.16 * np.sin(x / 1_700 + self._phase) * np.sin(y / 1_400 + 0.5)
        return float(np.interp(away, [1.2, 2.4, 4.2, 6.5], [0.6, 0.82, 1.2, 1.6]) * (1 + wave))


def _join_slivers(faces: list[Polygon], density: Density, unit_m2: float) -> list[Polygon]:
    """Join faces too small or too thin for a grid to the neighbour with the longest common edge."""
    shapes: list[BaseGeometry | None] = list(faces)
    order = sorted(range(len(faces)), key=lambda k: faces[k].area)
    for k in order:
        shape = shapes[k]
        if shape is None or not _too_small(shape, density, unit_m2):
            continue
        is_scrap = shape.area < SCRAP_M2
        best, best_length = -1, 0.0 if is_scrap else 12.0
        for j, other in enumerate(shapes):
            if j != k and other is not None and other.intersects(shape):
                length = other.boundary.intersection(shape.boundary).length
                if length > best_length:
                    best, best_length = j, length
        if best >= 0:
            joined = shapely.union_all([shape, shapes[best]])
            if isinstance(joined, Polygon):
                shapes[best], shapes[k] = joined, None
                is_scrap = False
        if is_scrap:
            shapes[k] = None
    return [shape for shape in shapes if isinstance(shape, Polygon)]


def _too_small(shape: BaseGeometry, density: Density, unit_m2: float) -> bool:
    centre = shape.representative_point()
    target = unit_m2 * density.grid_area(centre.x, centre.y)
    thin = 4 * np.pi * shape.area / shape.length**2 < 0.2 and shape.area < 2 * target
    return bool(shape.area < SLIVER_SHARE * target or thin)


class _Cutter:
    """Cut the largest block again and again until there are as many as wanted."""

    def __init__(
        self, rng: np.random.Generator, faces: list[Polygon], density: Density, unit_m2: float
    ) -> None:
        self.rng, self.density, self.unit_m2 = rng, density, unit_m2
        self.blocks: list[Block] = []
        self.cuts: list[Line] = []
        self.estates, self.wards = 0, 0
        self._heap: list[tuple[float, int]] = []
        for face in faces:
            centre = face.representative_point()
            self._add(Block(face, -1, density.zone(centre.x, centre.y)))

    def _add(self, block: Block) -> None:
        ratio = self._ratio(block.shape)
        if block.parent < 0 and ratio <= WARD_GRIDS:
            block.parent = self.wards
            self.wards += 1
        if block.estate < 0 and ratio <= _ESTATE_GRIDS[block.zone]:
            block.estate = self.estates
            self.estates += 1
        heapq.heappush(self._heap, (-ratio, len(self.blocks)))
        self.blocks.append(block)

    def _ratio(self, shape: BaseGeometry) -> float:
        centre = shape.centroid
        return shape.area / self.unit_m2 / self.density.grid_area(centre.x, centre.y)

    def cut_until(self, count: int) -> list[Block]:
        """Cut until so many blocks are left whole."""
        alive = len(self.blocks)
        gone: set[int] = set()
        while alive < count and self._heap:
            ratio, index = heapq.heappop(self._heap)
            block = self.blocks[index]
            parts = self._cut(block, -ratio)
            if parts is None:
                continue
            for part in parts:
                self._add(Block(part, block.parent, block.zone, block.estate))
            gone.add(index)
            alive += 1
        return [block for k, block in enumerate(self.blocks) if k not in gone]

    def _cut(self, block: Block, ratio: float) -> list[Polygon] | None:
        """Cut one block across its longer side; None when no cut leaves two halves."""
        wild = {"old": 0.16, "inner": 0.075, "outer": 0.055}[block.zone]
        best: tuple[float, list[Polygon], LineString] | None = None
        for attempt in range(24):
            line = self._cut_line(block.shape, wild * (1 + attempt / 4), turned=attempt % 8 > 5)
            pieces = shapely.get_parts(split_by_line(block.shape, line))
            parts = [piece for piece in pieces if isinstance(piece, Polygon)]
            merit = _soundness(parts) if len(parts) == 2 else 0.0
            if merit > (best[0] if best else 0.0):
                best = merit, parts, line
            if best and best[0] >= 1:
                break
        if best is None:
            return None
        inside = block.shape.intersection(best[2])
        rank = "service" if block.estate >= 0 else ("tertiary" if ratio > 8 else "residential")
        name = "" if rank == "service" else names.alley_name(self.rng)
        self.cuts += [
            Line(piece, rank, name, block.estate) for piece in in_parts(inside, "LineString")
        ]
        return best[1]

    def _cut_line(self, shape: Polygon, wild: float, *, turned: bool) -> LineString:
        """Draw a cut through the middle, across the longer side, turned and bent a little."""
        corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))[:4]
        sides = np.roll(corners, -1, axis=0) - corners
        lengths = np.hypot(*sides.T)
        axis = sides[int(np.argmax(lengths[:2]))] / lengths[:2].max()
        if turned:
            axis = np.array([-axis[1], axis[0]])
        turn = self.rng.normal(0, wild)
        across = np.array(
            [
                -axis[1] * np.cos(turn) - axis[0] * np.sin(turn),
                axis[0] * np.cos(turn) - axis[1] * np.sin(turn),
            ]
        )
        reach = lengths[:2].max()
        middle = np.array(shape.centroid.coords[0])
        middle = middle + axis * self.rng.normal(0, 0.055) * reach
        bend = axis * self.rng.normal(0, wild * 0.22) * lengths[:2].min()
        return LineString(
            [middle - across * reach * 1.5, middle + bend, middle + across * reach * 1.5]
        )


def _soundness(parts: list[Polygon]) -> float:
    """Rate two halves: 1 or more when they are alike in size and neither is a thin strip."""
    small, large = sorted(part.area for part in parts)
    compact = min(4 * np.pi * part.area / part.length**2 for part in parts)
    return float(min(small / large / 0.5, compact / 0.45))


def _assign(faces: list[Polygon], blocks: list[Block]) -> list[BaseGeometry]:
    """Give each block the noded faces inside it, as one shape."""
    tree = STRtree([block.shape for block in blocks])
    points = shapely.point_on_surface(np.array(faces, dtype=object))
    face_of, block_of = tree.query(points, predicate="within")
    found: list[list[BaseGeometry]] = [[] for _ in blocks]
    for face, block in zip(face_of, block_of, strict=True):
        found[block].append(faces[face])
    return [parts[0] if len(parts) == 1 else shapely.union_all(parts) for parts in found]


def cut_grids(rng: np.random.Generator, terrain: Terrain, grids: int) -> Blocks:
    """Cut the land into exactly so many grids, counting the island and the hamlet in the forest."""
    density = Density(terrain)
    drawn = [*main_lines(terrain), *edges_of_ground(terrain)]
    skeleton = _drop_some(rng, ranked(node(drawn), drawn, terrain), density)
    faces = _dry(_faces([line.xy_m for line in skeleton]), terrain)
    weight = sum(face.area / density.grid_area(*face.centroid.coords[0]) for face in faces)
    pockets = round(grids * POCKET_SHARE)
    unit_m2 = weight / (grids + pockets)
    cutter = _Cutter(rng, _join_slivers(faces, density, unit_m2), density, unit_m2)
    blocks = cutter.cut_until(grids - 2 + pockets)
    lines = [*skeleton, *cutter.cuts]
    noded = node(lines)
    shapes = np.array(
        [_largest(shape) for shape in _assign(_dry(_faces(noded), terrain), blocks)], dtype=object
    )
    park = _pick_pockets(rng, terrain, shapes, pockets)
    kept = [block for block, is_park in zip(blocks, park, strict=True) if not is_park]
    return Blocks(
        shapes=np.array([*shapes[~park], terrain.island, terrain.hamlet], dtype=object),
        parent=np.array([*(block.parent for block in kept), -1, -1], dtype=np.int64),
        estate=np.array([*(block.estate for block in kept), -1, -1], dtype=np.int64),
        zone=[*(block.zone for block in kept), "outer", "outer"],
        pockets=shapes[park],
        lines=ranked(noded, lines, terrain),
    )


def _drop_some(rng: np.random.Generator, lines: list[Line], density: Density) -> list[Line]:
    """Leave out stretches of lesser main roads, so that blocks differ and roads end in Ts."""
    kept: list[Line] = []
    for line in lines:
        middle = line.xy_m.interpolate(0.5, normalized=True)
        chance = 0.0 if density.zone(middle.x, middle.y) == "old" else DROPPED_SHARE
        # a short stretch may be the end of a bank or of the city limit, which must stay closed
        chance *= line.xy_m.length > DROPPED_FROM_M
        if line.rank != "secondary" or line.crossing or rng.random() >= chance:
            kept.append(line)
    return kept


def _pick_pockets(
    rng: np.random.Generator, terrain: Terrain, shapes: NDArray[np.object_], count: int
) -> NDArray[np.bool_]:
    """Choose blocks that are small parks: some on the river, the others smallish and scattered."""
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    area = shapely.area(shapes)
    riverside = np.asarray(shapely.distance(shapes, terrain.river) < 1)
    small = area < np.median(area) * 1.05
    mask = np.zeros(len(shapes), dtype=bool)
    for eligible, wanted, apart_m in (
        (riverside, round(count * RIVERSIDE_SHARE), 420.0),
        (small & ~riverside, count - round(count * RIVERSIDE_SHARE), 520.0),
    ):
        members = rng.permutation(np.flatnonzero(eligible))
        taken = 0
        for k in members.tolist():
            others = np.hypot(*(centres[mask] - centres[k]).T)
            if taken < wanted and (len(others) == 0 or others.min() > apart_m):
                mask[k] = True
                taken += 1
    spare = np.flatnonzero(~mask)[: max(0, count - int(mask.sum()))]
    mask[spare] = True
    return mask


def _largest(shape: BaseGeometry) -> Polygon:
    if isinstance(shape, MultiPolygon):
        return max(shape.geoms, key=lambda part: part.area)
    if isinstance(shape, Polygon):
        return shape
    message = f"a grid came out as {shape.geom_type}"
    raise TypeError(message)
