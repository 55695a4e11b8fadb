"""Draw the streets people walk: public streets, paths inside blocks, gates in the walls of estates.

Nodes and ways come out ready for an OSM file. Inside a walled estate the paths meet the streets
only at gates; everywhere else they stop short of the wall. The river is crossed on bridges and the
railway through underpasses, so there a straight line and a walk part company.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree
from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from etl.demo.blocks import Blocks
from etl.demo.linework import Line
from etl.demo.people import PATH_INSET_M, inset_m
from etl.demo.terrain import Terrain

SHORT_OF_WALL_M: Final = 11.0
RING_NODE_STEP_M: Final = 70.0
OUTSIDE_M: Final = 1_100.0
_HIGHWAY: Final = {
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "residential": "residential",
    "bank": "tertiary",
    "park": "footway",
    "service": "service",
}
_GATES: Final = {"old": (3, 4), "inner": (3, 5), "outer": (3, 4)}
"""Fewest and most gates at the ends of an estate's inner streets."""
_OWN_GATE_CHANCE: Final = {"old": 1.0, "inner": 0.9, "outer": 0.8}
"""How often a block of an estate has a gate of its own onto the street."""


@dataclass
class Way:
    """A way of the street file: node numbers in order, and tags."""

    nodes: list[int]
    tags: dict[str, str]


@dataclass
class Network:
    """Nodes in metres, ways, and the nodes that are gates."""

    xy_m: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    ways: list[Way] = field(default_factory=list[Way])
    gates: set[int] = field(default_factory=set[int])
    _known: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])

    def node(self, x: float, y: float) -> int:
        """Give the number of the node at a place, the same for the same centimetre."""
        key = (round(x * 20), round(y * 20))
        if key not in self._known:
            self._known[key] = len(self.xy_m)
            self.xy_m.append((key[0] / 20, key[1] / 20))
        return self._known[key]

    def path(self, xy_m: NDArray[np.float64]) -> list[int]:
        """Give the nodes along a line, without repeats in a row."""
        nodes = [self.node(x, y) for x, y in xy_m.tolist()]
        return [n for k, n in enumerate(nodes) if k == 0 or n != nodes[k - 1]]

    def add(self, nodes: list[int], **tags: str) -> None:
        """Add a way of two nodes or more."""
        if len(nodes) > 1:
            self.ways.append(Way(nodes, {k: v for k, v in tags.items() if v}))

    def place(self, node: int) -> NDArray[np.float64]:
        """Give the place of a node in metres."""
        return np.array(self.xy_m[node])

    def component(self) -> NDArray[np.int64]:
        """Give for each node the number of the connected part it lies in."""
        pairs = np.array([pair for way in self.ways for pair in pairwise(way.nodes)])
        ones = np.ones(len(pairs), dtype=np.int8)
        size = len(self.xy_m)
        graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
        return connected_components(graph, directed=False)[1]


class _Drawer:
    """Draws the ways of one city; holds the lines that paths can be joined to."""

    def __init__(self, rng: np.random.Generator, terrain: Terrain, blocks: Blocks) -> None:
        self.rng, self.terrain, self.blocks = rng, terrain, blocks
        self.net = Network()
        kept = [line for line in blocks.lines if line.rank in _HIGHWAY]
        self.lines = [line for line in kept if line.rank != "service"]
        self.public = len(self.lines)
        self.lines += [line for line in kept if line.rank == "service"]
        self.joins: dict[int, list[float]] = {}
        self.tree = STRtree([line.xy_m for line in self.lines])
        self.zone = dict(zip(blocks.estate.tolist(), blocks.zone, strict=True))
        self.gate_at: list[tuple[float, float]] = []

    def streets(self) -> None:
        """Add every line as a way, with a node wherever a path joins it."""
        ends = self._public_ends()
        gates = self._estate_gates(ends)
        for k, line in enumerate(self.lines):
            xy_m = shapely.get_coordinates(_with_points(line.xy_m, self.joins.get(k, [])))
            if line.rank == "service":
                self._service(line, xy_m, ends, gates)
            else:
                tags = {"highway": _HIGHWAY[line.rank], "name": line.name}
                if line.crossing:
                    tags["bridge" if line.crossing == "bridge" else "tunnel"] = "yes"
                    tags["layer"] = "1" if line.crossing == "bridge" else "-1"
                self.net.add(self.net.path(xy_m), **tags)
        for x, y in self.gate_at:
            self.net.gates.add(self.net.node(x, y))

    def _public_ends(self) -> set[tuple[float, float]]:
        vertices = [shapely.get_coordinates(line.xy_m) for line in self.lines[: self.public]]
        return {(round(x, 2), round(y, 2)) for xy_m in vertices for x, y in xy_m.tolist()}

    def _estate_gates(self, ends: set[tuple[float, float]]) -> set[tuple[float, float]]:
        """Choose which ends of an estate's inner streets are gates: one to four an estate."""
        at: dict[int, set[tuple[float, float]]] = {}
        for line in self.lines[self.public :]:
            for x, y in (line.xy_m.coords[0], line.xy_m.coords[-1]):
                end = (round(x, 2), round(y, 2))
                if end in ends:
                    at.setdefault(line.estate, set()).add(end)
        chosen: set[tuple[float, float]] = set()
        for estate in sorted(at):
            found = sorted(at[estate])
            low, high = _GATES[self.zone.get(estate, "outer")]
            wanted = int(self.rng.integers(low, high + 1))
            chosen |= {found[k] for k in self.rng.permutation(len(found))[:wanted]}
        return chosen

    def _service(
        self,
        line: Line,
        xy_m: NDArray[np.float64],
        ends: set[tuple[float, float]],
        gates: set[tuple[float, float]],
    ) -> None:
        """Add an estate's inner street, stopped short of the wall where there is no gate."""
        xy_m = xy_m.copy()
        for end, inner in ((0, 1), (-1, -2)):
            place = (round(float(xy_m[end][0]), 2), round(float(xy_m[end][1]), 2))
            if place not in ends:
                continue
            if place in gates:
                self.gate_at.append((float(xy_m[end][0]), float(xy_m[end][1])))
                continue
            back = xy_m[inner] - xy_m[end]
            room = float(np.hypot(*back))
            xy_m[end] += back / max(room, 1e-9) * min(SHORT_OF_WALL_M, room / 2)
        is_old = self.zone.get(line.estate) == "old"
        self.net.add(self.net.path(xy_m), highway="living_street" if is_old else "service")

    def block_paths(self) -> None:
        """Draw the path around the inside of every grid and join it to what lies beside it."""
        for grid, shape in enumerate(self.blocks.shapes[:-2]):
            ring = _ring(shape)
            if ring is None:
                continue
            estate = int(self.blocks.estate[grid])
            links = self._links(shape, ring, estate, self.blocks.zone[grid])
            ring = _with_points(ring, [ring.project(shapely.Point(*start)) for start, _ in links])
            nodes = self.net.path(shapely.get_coordinates(ring))
            self.net.add(nodes, highway="footway")
            for start, end in links:
                at = int(np.argmin([np.hypot(*(self.net.place(n) - start)) for n in nodes]))
                self.net.add([nodes[at], self.net.node(*end)], highway="footway")

    def _links(
        self, shape: BaseGeometry, ring: LineString, estate: int, zone: str
    ) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Choose where the path meets the streets around: inner streets first, else own gates."""
        sides = self._sides(shape)
        inner = [k for k in sides if k >= self.public and self.lines[k].estate == estate]
        outer = [k for k in sides if k < self.public]
        outer = [outer[k] for k in self.rng.permutation(len(outer))]
        chosen = inner[:4]
        if not inner or zone == "old":
            chosen += outer[: int(self.rng.integers(2, 4))]
        elif self.rng.random() < _OWN_GATE_CHANCE[zone]:
            chosen += outer[:1]
        links = []
        for k in chosen:
            link = self._link(k, ring)
            links.append(link)
            if k < self.public and zone != "old":
                self.gate_at.append((float(link[1][0]), float(link[1][1])))
        return links

    def _sides(self, shape: BaseGeometry) -> list[int]:
        """List the lines that run along a block for 25 m or more, rounded ends aside."""
        found = self.tree.query(shape, predicate="dwithin", distance=0.3)
        rim = shape.boundary.buffer(0.3)
        near = np.sort(found)
        overlap = shapely.length(
            shapely.intersection(np.array([self.lines[k].xy_m for k in near], dtype=object), rim)
        )
        return [int(k) for k, metres in zip(near, overlap, strict=True) if metres > 25]

    def _link(self, k: int, ring: LineString) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        line = self.lines[k].xy_m
        length = line.length
        end = shapely.Point(*self._join(k, length * float(self.rng.uniform(0.25, 0.75))))
        end_xy = np.array(end.coords[0])
        start = np.array(ring.interpolate(ring.project(end)).coords[0])
        return _rounded(start), end_xy

    def parks(self) -> None:
        """Draw paths through the parks, some with steps, and on the island."""
        hills = {"北岭森林公园", "龙潭山公园"}
        for name, green in self.terrain.greens:
            self._park(name, green, hilly=name in hills)
        self._island()

    def _island(self) -> None:
        """Draw the island's path and its one footbridge, to the southern bank."""
        island = self.terrain.island
        ring = _ring(island)
        banks = [
            (line.xy_m.distance(island), k)
            for k, line in enumerate(self.lines[: self.public])
            if line.rank == "bank" and line.xy_m.centroid.y < island.centroid.y
        ]
        if ring is None or not banks:
            return
        nodes = self.net.path(shapely.get_coordinates(ring))
        self.net.add(nodes, highway="footway", name="江心洲环路")
        nearest = min(banks)[1]
        landing = self._join(nearest, self.lines[nearest].xy_m.length / 2)
        start = min(nodes, key=lambda n: float(np.hypot(*(self.net.place(n) - landing))))
        self.net.add(
            [start, self.net.node(*landing)],
            **{"highway": "footway", "bridge": "yes", "layer": "1", "name": "江心洲步行桥"},
        )

    def _park(self, name: str, green: BaseGeometry, *, hilly: bool) -> None:
        """Draw three chords through a park, clear of its lake and of the hamlet's surroundings."""
        clear = green.buffer(-8)
        away = self.terrain.lake.union(self.terrain.hamlet.centroid.buffer(330))
        clear = clear.difference(away)
        edge = self.tree.query(green, predicate="dwithin", distance=0.3)
        rim = sorted(int(k) for k in edge if self.lines[k].rank == "park")
        if len(rim) < 2:
            return
        for turn in range(3):
            one, two = (rim[(turn * 5 + shift) % len(rim)] for shift in (0, len(rim) // 2))
            ends = [self._rim_point(k) for k in (one, two)]
            line = LineString(ends)
            inside = line.intersection(clear)
            if line.length < 60 or inside.length < 0.9 * (line.length - 40):
                continue
            nodes = self.net.path(shapely.get_coordinates(line.segmentize(60)))
            middle = len(nodes) // 2
            self.net.add(nodes[: middle + 1], highway="footway", name=f"{name}步道")
            self.net.add(nodes[middle:], highway="steps" if hilly else "footway")

    def _rim_point(self, k: int) -> NDArray[np.float64]:
        return self._join(k, self.lines[k].xy_m.length * float(self.rng.uniform(0.3, 0.7)))

    def _join(self, k: int, at_m: float) -> NDArray[np.float64]:
        """Give the place so far along a line, kept as a node of it; a vertex close by serves."""
        line = self.lines[k].xy_m
        along = _along(shapely.get_coordinates(line))
        vertex = int(np.argmin(np.abs(along - at_m)))
        at = float(along[vertex]) if abs(along[vertex] - at_m) < 0.6 else round(at_m, 2)
        self.joins.setdefault(k, []).append(at)
        return _rounded(np.array(line.interpolate(at).coords[0]))

    def beyond(self) -> None:
        """Run the main roads on for a kilometre outside the city, where nothing is in the way."""
        city = self.terrain.outline
        hindrance = self.terrain.no_build()
        for road in self.terrain.roads:
            for part in shapely.get_parts(LineString(road.xy_m).difference(city)):
                xy_m = shapely.get_coordinates(part)
                for line in (xy_m, xy_m[::-1]):
                    if not len(line) or city.exterior.distance(shapely.Point(*line[0])) > 0.01:
                        continue
                    near = line[_along(line) < OUTSIDE_M]
                    if len(near) > 1 and not LineString(near).intersects(hindrance):
                        self.net.add(self.net.path(near), highway=road.rank, name=road.name)

    def mend(self) -> None:
        """Join parts cut off by chance to the nearest street on the same side of river and rail."""
        barrier = shapely.union_all([self.terrain.water(), self.terrain.rail_corridor])
        shapely.prepare(barrier)
        component = self.net.component()
        xy_m = np.array(self.net.xy_m)
        main = np.flatnonzero(component == np.bincount(component).argmax())
        tree = KDTree(xy_m[main])
        for part in np.unique(component):
            nodes = np.flatnonzero(component == part)
            if len(nodes) == len(main):
                continue
            away, near = tree.query(xy_m[nodes], k=6)
            for k in np.argsort(away, axis=None, kind="stable"):
                pair = nodes[k // 6], main[near.flat[k]]
                if not barrier.intersects(LineString(xy_m[list(pair)])):
                    self.net.add([int(pair[0]), int(pair[1])], highway="footway")
                    break


def _ring(shape: BaseGeometry) -> LineString | None:
    """Draw the path around the inside of a block; None when the block is too narrow."""
    inner = shape.buffer(-inset_m(shape, PATH_INSET_M), join_style="mitre").simplify(9)
    parts = [part for part in shapely.get_parts(inner) if part.geom_type == "Polygon"]
    if not parts or inner.is_empty:
        return None
    line = LineString(max(parts, key=lambda part: part.area).exterior.coords)
    return line.segmentize(RING_NODE_STEP_M)


def _rounded(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to the centimetres that nodes are told apart by."""
    return np.round(xy_m * 20) / 20


def _along(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the distance of each vertex from the first."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy_m, axis=0).T))])


def _with_points(line: BaseGeometry, at: list[float]) -> BaseGeometry:
    """Give a line further vertices at some distances along it."""
    if not at:
        return line
    xy_m = shapely.get_coordinates(line)
    along = _along(xy_m)
    extra = np.array([d for d in at if np.abs(along - d).min() > 1e-6])
    every = np.sort(np.concatenate([along, extra]))
    return LineString(
        np.column_stack([np.interp(every, along, xy_m[:, 0]), np.interp(every, along, xy_m[:, 1])])
    )


def draw_streets(rng: np.random.Generator, terrain: Terrain, blocks: Blocks) -> Network:
    """Draw the whole street network; parts that nothing joins are given a gate."""
    drawer = _Drawer(rng, terrain, blocks)
    drawer.parks()
    drawer.block_paths()
    drawer.streets()
    drawer.beyond()
    drawer.mend()
    return drawer.net
