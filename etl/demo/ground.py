"""Write the city's own base map, running on beyond it: water, green, railway, roads, walls."""

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from etl.demo.city import City, lines_of, on_globe
from etl.demo.estates import draw_estates, estate_walls
from etl.demo.files import write_geojson
from etl.demo.terrain import Terrain

_KIND = {
    "primary": "major",
    "secondary": "major",
    "tertiary": "minor",
    "residential": "minor",
    "bank": "minor",
    "park": "path",
    "service": "path",
}

Named = list[tuple[dict[str, str], BaseGeometry]]


def write_ground(out: Path, city: City) -> None:
    """Write the four layers of the base map, and the walls."""
    terrain = city.terrain
    river, canal = terrain.river.intersection(terrain.frame), terrain.canal
    _write(
        out / "水系.geojson",
        [
            ({"name": "清江", "kind": "river"}, river),
            ({"name": "玉带河", "kind": "canal"}, canal.intersection(terrain.frame)),
            ({"name": "镜湖", "kind": "lake"}, terrain.lake),
        ],
    )
    greens = [({"name": name, "kind": "park"}, shape) for name, shape in terrain.greens]
    pockets = [({"name": "", "kind": "park"}, shape) for shape in city.blocks.pockets]
    _write(out / "绿地.geojson", [*greens, *pockets])
    rail = terrain.railway.intersection(terrain.frame)
    _write(out / "铁路.geojson", [({"name": "沿江铁路", "kind": "rail"}, rail)])
    _write(out / "围墙.geojson", estate_walls(city, draw_estates(city)))
    _write(out / "道路.geojson", [*_inner_roads(city), *_outer_roads(terrain)])


def _write(path: Path, features: Named) -> None:
    shapes = on_globe(np.array([shape for _, shape in features], dtype=object))
    write_geojson(path, [(p, shape) for (p, _), shape in zip(features, shapes, strict=True)])


def _inner_roads(city: City) -> Named:
    """Join the stretches of each road inside the city to as few lines as possible."""
    parts: dict[tuple[str, str], list[BaseGeometry]] = {}
    for line in city.blocks.lines:
        if line.rank not in _KIND:
            continue
        kind = _KIND[line.rank] + ("_bridge" if line.crossing == "bridge" else "")
        parts.setdefault((kind, line.name), []).append(line.xy_m)
    found: Named = []
    for (kind, name), lines in sorted(parts.items(), key=lambda item: item[0]):
        whole = shapely.line_merge(shapely.union_all(lines))
        found.append(({"name": name, "kind": kind}, whole))
    return found


def _outer_roads(terrain: Terrain) -> Named:
    """Run the main roads on outside the city, to the edge of the picture."""
    found: Named = []
    around = terrain.frame.difference(terrain.outline)
    for road in terrain.roads:
        line = shapely.LineString(road.xy_m).intersection(around)
        if not road.is_bridge:
            line = line.difference(terrain.river)
        if not road.is_pass:
            line = line.difference(terrain.rail_corridor)
        found += [({"name": road.name, "kind": "major"}, part) for part in lines_of(line)]
    return found
