"""Draw the residential estates: most in one street, a few across two, one shared half and half."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from etl.demo import names
from etl.demo.city import City, in_metres, lonlat_of
from etl.demo.faults import Row, misdrawn_grids

HEADER: Final = (
    "小区名称",
    "所属社区",
    "总户数",
    "物业管理",
    "封闭管理",
    "公厕",
    "健身器材",
    "满意率",
)
WALL_M: Final = 6.0
"""An estate stops this short of the middle of the streets around it."""
MOST: Final = 60
GATE_M: Final = 3.0
"""Half the width of a gate."""
_WALLED_SHARE: Final = 0.6
_ACROSS: Final = 3
_TIE_DEPTH_M: Final = 20.0


@dataclass(frozen=True)
class Estate:
    """An estate; `grids` are those it lies in, `street` the one that its list names."""

    code: str
    name: str
    shape: Polygon
    grids: tuple[int, ...]
    street: int
    is_walled: bool = False


def draw_estates(city: City) -> list[Estate]:
    """Draw estates, the same in both months.

    Two have one name, in different communities. Three cross into another street, the first of them
    listed under the street that has the smaller share; the last lies half in one street and half in
    the next, to a hundredth of a square metre.
    """
    rng = np.random.default_rng([len(city.areas.code), 12])
    across = _pairs_across(city)
    crossing, tied = across[:_ACROSS], across[_ACROSS]
    taken = {grid for pair in across[: _ACROSS + 1] for grid in pair}
    names_of = iter(_estate_names(rng, MOST))
    found: list[Estate] = []
    for pair in crossing:
        size = [city.blocks.shapes[grid].area for grid in pair]
        named = pair[int(np.argmin(size))] if not found else pair[int(np.argmax(size))]
        shape = shapely.union_all(city.blocks.shapes[list(pair)])
        found.append(_estate(city, len(found), next(names_of), shape, pair, named))
    for grids in _whole(city, taken)[: MOST - _ACROSS - 2]:
        shape = shapely.union_all(city.blocks.shapes[list(grids)])
        found.append(_estate(city, len(found), next(names_of), shape, grids, grids[0]))
    twin = next(
        one for one in reversed(found) if _community(city, one) != _community(city, found[3])
    )
    found[found.index(twin)] = replace(twin, name=found[3].name)
    last = _estate(city, len(found), next(names_of), shapely.Polygon(), tied, tied[0])
    half = _astride(_as_written(_side_between(city, tied)))
    walled = np.random.default_rng([len(city.areas.code), 14]).random(len(found)) < _WALLED_SHARE
    return [
        *(replace(one, is_walled=yes) for one, yes in zip(found, walled.tolist(), strict=True)),
        replace(last, shape=half),
    ]


def estate_walls(city: City, estates: list[Estate]) -> list[tuple[dict[str, str], BaseGeometry]]:
    """Give the walls of the walled estates, open wherever a street or a path goes through."""
    xy_m = np.array(city.network.xy_m)
    ways = np.array([LineString(xy_m[way.nodes]) for way in city.network.ways], dtype=object)
    tree = shapely.STRtree(ways)
    found: list[tuple[dict[str, str], BaseGeometry]] = []
    for one in estates:
        if one.is_walled:
            rim = one.shape.exterior
            through = ways[tree.query(rim, predicate="intersects")]
            gates = shapely.union_all(shapely.buffer(shapely.intersection(through, rim), GATE_M))
            found.append(({"name": f"{one.name}围墙"}, rim.difference(gates)))
    return found


def _community(city: City, estate: Estate) -> int:
    return int(city.areas.community[estate.grids[0]])


def _estate(
    city: City, number: int, name: str, shape: BaseGeometry, grids: tuple[int, ...], named: int
) -> Estate:
    inner = shape.buffer(-WALL_M, join_style="mitre")
    parts = shapely.get_parts(inner)
    whole = max(parts, key=lambda part: part.area) if len(parts) else inner
    street = int(city.areas.street[named])
    return Estate(f"XQ{number + 1:04d}", name, Polygon(whole), grids, street)


def _whole(city: City, taken: set[int]) -> list[tuple[int, ...]]:
    """List the walled estates of two grids or more that nothing else was drawn on."""
    label = city.blocks.estate
    found: list[tuple[int, ...]] = []
    for estate in np.unique(label[label >= 0]).tolist():
        grids = tuple(np.flatnonzero(label == estate).tolist())
        communities = set(city.areas.community[list(grids)].tolist())
        if len(grids) > 1 and len(communities) == 1 and not taken & set(grids):
            found.append(grids)
    return found


def _pairs_across(city: City) -> list[tuple[int, int]]:
    """List pairs of grids in different streets that share a long straight side, longest first.

    No grid is in two pairs, and none whose outline carries a fault of its own.
    """
    shapes, street = city.blocks.shapes, city.areas.street
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = (one < other) & (street[one] != street[other])
    pairs = list(zip(one[apart].tolist(), other[apart].tolist(), strict=True))
    length = [_side_between(city, pair).length for pair in pairs]
    free: list[tuple[int, int]] = []
    used = set(misdrawn_grids(city))
    for at in np.argsort(-np.array(length), kind="stable").tolist():
        if not used & set(pairs[at]):
            free.append(pairs[at])
            used |= set(pairs[at])
    return free


def _side_between(city: City, pair: tuple[int, int]) -> LineString:
    """Give the longest straight stretch that two grids share."""
    shared = shapely.intersection(*city.blocks.shapes[list(pair)])
    lines = [part for part in shapely.get_parts(shared) if part.geom_type == "LineString"]
    pieces = [
        LineString([start, end])
        for line in lines
        for start, end in zip(line.coords[:-1], line.coords[1:], strict=True)
    ]
    return max(pieces, key=lambda piece: piece.length, default=LineString())


def _as_written(side: LineString) -> LineString:
    """Move a side to where the grid file, which is rounded to the centimetre, has it."""
    return LineString(in_metres(lonlat_of(np.array(side.coords))))


def _astride(side: LineString) -> Polygon:
    """Draw a rectangle that a straight side halves, on its middle third."""
    (x0, y0), (x1, y1) = side.coords
    along = np.array([x1 - x0, y1 - y0]) / side.length
    across = np.array([-along[1], along[0]]) * _TIE_DEPTH_M
    start, end = (np.array([x0, y0]) + along * side.length * share for share in (1 / 3, 2 / 3))
    return Polygon(np.vstack([start + across, end + across, end - across, start - across]))


def _estate_names(rng: np.random.Generator, count: int) -> list[str]:
    plain = names.community_names(rng, count + 60)[60:]
    ends = ("花园", "小区", "家园", "新村")
    return [f"{name}{ends[k % len(ends)]}" for k, name in enumerate(plain)]


def estate_features(city: City, estates: list[Estate]) -> list[tuple[dict[str, str], BaseGeometry]]:
    """Give the estates as a vector file holds them: properties and outline, WGS 84 to 0.1 mm."""
    areas = city.areas
    outlines = np.array([one.shape for one in estates], dtype=object)
    placed = shapely.transform(outlines, lambda xy_m: lonlat_of(xy_m, decimals=9)).tolist()
    return [
        (
            {
                "小区编码": one.code,
                "小区名称": one.name,
                "街道": areas.street_name[one.street],
                "社区": areas.community_name[_community(city, one)],
            },
            outline,
        )
        for one, outline in zip(estates, placed, strict=True)
    ]


def estate_rows(rng: np.random.Generator, city: City, estates: list[Estate]) -> list[Row]:
    """Give a row an estate, by name and community.

    Two rows are wrong: one names an estate that is not on the map, and one the name that two
    estates bear, without a community to tell which.
    """
    rows: list[Row] = []
    for one in estates:
        households = int(city.population.counts[list(one.grids), 0].sum())
        chances = (rng.random(4) < [0.6, 0.5, 0.4, 0.7]).tolist()
        chances[HEADER.index("封闭管理") - HEADER.index("物业管理")] = one.is_walled
        flags = ["是" if chance else "否" for chance in chances]
        community = city.areas.community_name[_community(city, one)]
        content = round(float(rng.uniform(0.7, 0.98)), 2)
        rows.append([one.name, community, households, *flags, content])
    flags = ["否"] * 4
    gone, either = ["望江小区", "望云台社区"], [estates[_ACROSS].name, None]
    return [*rows, [*gone, 310, *flags, 0.8], [*either, 280, *flags, 0.9]]
