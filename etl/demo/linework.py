"""Draw the lines that the ground is cut along, and cut them where they meet."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from etl.demo.terrain import Road, Terrain

SNAP_M: Final = 0.05
"""Lines closer than this are one: the size of the grid on which they are noded."""
OVERSHOOT_M: Final = 0.4
"""How much a line is lengthened at its ends, so that it crosses what it should touch."""
STUB_M: Final = 1.6
"""A loose end shorter than this is what lengthening left over."""
_RANK: Final = ("primary", "secondary", "tertiary", "residential", "bank", "park", "service")


@dataclass(frozen=True)
class Line:
    """A stretch of street, in metres; `rank` is one of primary .. service, wall or limit."""

    xy_m: BaseGeometry
    rank: str
    name: str
    estate: int = -1
    crossing: str = ""
    """`bridge` over water, `tunnel` under the railway, else empty."""


def in_parts(shape: BaseGeometry, kind: str) -> list[BaseGeometry]:
    """List the parts of a shape that are of one type, without empty ones."""
    return [
        part for part in shapely.get_parts(shape) if part.geom_type == kind and not part.is_empty
    ]


def main_lines(terrain: Terrain) -> list[Line]:
    """Clip the main streets to dry land, and leave two of them through the old town."""
    land = terrain.outline.difference(terrain.no_build())
    bridges = terrain.outline.difference(
        shapely.union_all([terrain.lake, *(shape for _, shape in terrain.greens)])
    )
    old = terrain.old_town()
    kept_inside = _through_old_town(terrain.roads, old)
    lines: list[Line] = []
    for road in terrain.roads:
        line = LineString(road.xy_m)
        clipped = line.intersection(bridges)
        if not road.is_bridge:
            clipped = clipped.difference(terrain.river)
        if not road.is_pass:
            clipped = clipped.difference(terrain.rail_corridor)
        if road.name == "环城路":
            clipped = max(shapely.get_parts(clipped), key=lambda part: part.length)
        elif id(road) not in kept_inside:
            clipped = clipped.difference(old.buffer(-1))
        lines += [
            Line(part, road.rank, road.name)
            for part in in_parts(clipped, "LineString")
            if part.intersection(land).length > 120
        ]
    return lines


def _through_old_town(roads: tuple[Road, ...], old: BaseGeometry) -> set[int]:
    """Choose the one road each way that keeps its course through the old town."""
    middle = np.array(old.centroid.coords[0])
    best: dict[bool, tuple[float, int]] = {}
    for road in roads:
        line = LineString(road.xy_m)
        if road.name in ("环城路", "迎宾大道", "西园大道") or not line.intersects(old):
            continue
        span = np.abs(road.xy_m[-1] - road.xy_m[0])
        key = bool(span[0] > span[1])
        distance = line.distance(Point(*middle)) - 1_000 * road.is_bridge
        best[key] = min(best.get(key, (np.inf, 0)), (distance, id(road)))
    return {found for _, found in best.values()}


def edges_of_ground(terrain: Terrain) -> list[Line]:
    """List the banks, park edges, rail walls and the city limit."""
    limit = terrain.outline
    lines = [Line(limit.exterior, "limit", "")]
    for shape, rank, name in (
        (terrain.river, "bank", "滨江路"),
        (terrain.canal, "bank", "玉带河路"),
        (terrain.rail_corridor, "wall", ""),
        *((green, "park", f"{name}环路") for name, green in terrain.greens),
    ):
        inside = shape.boundary.intersection(limit)
        lines += [Line(part, rank, name) for part in in_parts(inside, "LineString")]
    return lines


def node(lines: list[Line]) -> list[BaseGeometry]:
    """Cut all lines where they meet, on a grid of 5 cm, without the stubs left where they cross."""
    noded = shapely.union_all([_longer(line.xy_m) for line in lines], grid_size=SNAP_M)
    edges = in_parts(noded, "LineString")
    ends = [(edge.coords[0], edge.coords[-1]) for edge in edges]
    uses = Counter(end for pair in ends for end in pair)
    return [
        edge
        for edge, (first, last) in zip(edges, ends, strict=True)
        if edge.length > STUB_M or (uses[first] > 1 and uses[last] > 1)
    ]


def _longer(line: BaseGeometry) -> BaseGeometry:
    """Lengthen a line a little at both ends: a line that only touches another may miss it."""
    xy_m = shapely.get_coordinates(line)
    if len(xy_m) < 2 or np.array_equal(xy_m[0], xy_m[-1]):
        return line
    for end, inner in ((0, 1), (-1, -2)):
        out = xy_m[end] - xy_m[inner]
        xy_m[end] += out / max(np.hypot(*out), 1e-9) * OVERSHOOT_M
    return LineString(xy_m)


def ranked(noded: list[BaseGeometry], lines: list[Line], terrain: Terrain) -> list[Line]:
    """Tell for each noded stretch which line it is part of: the highest in rank within reach."""
    order = {rank: k for k, rank in enumerate((*_RANK, "wall", "limit"))}
    tree = STRtree([line.xy_m for line in lines])
    middles = shapely.line_interpolate_point(np.array(noded, dtype=object), 0.5, normalized=True)
    edge_of, line_of = tree.query(middles, predicate="dwithin", distance=6 * SNAP_M)
    best: dict[int, int] = {}
    for edge, line in zip(edge_of.tolist(), line_of.tolist(), strict=True):
        if edge not in best or order[lines[line].rank] < order[lines[best[edge]].rank]:
            best[edge] = line
    crossing = np.where(
        shapely.intersects(terrain.water(), middles),
        "bridge",
        np.where(shapely.intersects(terrain.rail_corridor, middles), "tunnel", ""),
    )
    return [
        Line(noded[edge], lines[line].rank, lines[line].name, lines[line].estate, crossing[edge])
        for edge, line in sorted(best.items())
    ]
