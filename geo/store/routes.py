"""Find the way from a grid to its nearest facility, as the map draws it."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.route import Route, Streets, Touch, is_between, shortest_route
from geo.store.asking import Question
from geo.store.opened import OpenRelease, columns, records
from geo.walk import MODE_CODE

MOST_VERTICES: Final = 400
"""A line of more places than a screen can tell apart is thinned to so many."""
_METRES_A_DEGREE: Final = 111_320.0
_SPARE: Final = 1.02
"""Metres of a projection and those measured here differ; a box this much larger holds the walk."""
_GROWTH: Final = 3.0
_TRIES: Final = 4
_DECIMALS: Final = 6

Row = dict[str, Any]


@dataclass(frozen=True)
class _Plane:
    """Metres around a place, near enough to tell what a walk can pass."""

    lon: float
    lat: float

    def metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give metres east and north of the place, (n, 2)."""
        east = _METRES_A_DEGREE * math.cos(math.radians(self.lat))
        return (lonlat - (self.lon, self.lat)) * (east, _METRES_A_DEGREE)


def route(release: OpenRelease, question: Question, grid: int) -> Row:
    """Give the walk from a grid to its nearest facility, to be drawn.

    A grid's distance is the lower weighted median of its demand points; the walk starts from the
    first point (in the order of `demand_idx`) that is so far from that facility, so its length is
    the distance that is shown. It is searched in the streets around both places, in more of them
    until it is as long as the release says.

    Parameters
    ----------
    question
        Category, mode and neighbours; `all` leads to the facility that decides it.
    grid
        `grid_idx`.

    Returns
    -------
    `route`: lon, lat (WGS 84 degrees) of origin, nodes and door, at most `MOST_VERTICES`, or None;
    `route_reason`: None, or why there is no walk: `line` (straight lines are asked for),
    `unreached` (the grid reaches none), `unknown` (the streets do not hold it).
    """
    if question.mode != "walk":
        return {"route": None, "route_reason": "line"}
    key = ("route", question.category_idx, question.neighbours, grid)
    return release.remember(key, lambda: _route(release, question, grid))


def _route(release: OpenRelease, question: Question, grid: int) -> Row:
    own = question.is_own
    with release.cursor() as cursor:
        rows = records(cursor, "view_nearest", category=question.category_idx, grid=grid, own=own)
    mine = next((row for row in rows if row["mode"] == MODE_CODE["walk"]), None)
    if mine is None or mine["nearest_dm"] is None or mine["facility_idx"] is None:
        return {"route": None, "route_reason": "unreached"}
    with release.cursor() as cursor:
        starts = records(
            cursor,
            "view_route_start",
            category=mine["facility_category_idx"],
            grid=grid,
            facility=mine["facility_idx"],
            dm=mine["nearest_dm"],
            own=own,
        )
        doors = records(cursor, "view_route_doors", facility=mine["facility_idx"])
    if not starts or not doors:
        return {"route": None, "route_reason": "unknown"}
    line = _line(release, starts[0], doors, mine["nearest_dm"])
    if line is None:
        return {"route": None, "route_reason": "unknown"}
    return {"route": np.round(_thinned(line), _DECIMALS).tolist(), "route_reason": None}


def _line(
    release: OpenRelease, start: Row, doors: list[Row], walk_dm: int
) -> NDArray[np.float64] | None:
    """Give the places of the walk, (k, 2) degrees; two places that are one are joined directly."""
    if walk_dm == 0:
        return np.array([_lonlat(start), _lonlat(_straight_nearest(start, doors))])
    room_m = walk_dm / 10
    for _ in range(_TRIES):
        found = walked(release, start, doors, room_m)
        if found is not None and -(-found.length_cm // 10) <= walk_dm:
            return found.xy
        room_m *= _GROWTH
    return None


def walked(release: OpenRelease, start: Row, doors: list[Row], room_m: float) -> Route | None:
    """Search the shortest walk from a place to one of some doors, over what lies within a length.

    Parameters
    ----------
    start, doors
        Rows with `lon lat edge_idx from_u_cm from_v_cm leg_cm`.
    room_m
        Streets are left out that no walk of this length between the two ends can pass.
    """
    plane = _Plane(start["lon"], start["lat"])
    ends = [start, *doors]
    within = _SPARE * room_m
    found = _streets(release, plane, [one["edge_idx"] for one in ends], within)
    touched = np.searchsorted(found["edge_idx"], [one["edge_idx"] for one in ends])
    kept = _passable(found, plane, doors, within)
    kept[touched] = True
    place = np.cumsum(kept) - 1
    origin, *targets = (
        _touch(one, int(place[edge])) for one, edge in zip(ends, touched, strict=True)
    )
    picked = {name: column[kept] for name, column in found.items()}
    return shortest_route(_graph(picked), origin, targets)


def _streets(
    release: OpenRelease, plane: _Plane, edges: list[int], within_m: float
) -> dict[str, NDArray[Any]]:
    north = within_m / _METRES_A_DEGREE
    east = north / math.cos(math.radians(plane.lat))
    with release.cursor() as cursor:
        return columns(
            cursor,
            "view_streets",
            edges=edges,
            west=plane.lon - east,
            east=plane.lon + east,
            south=plane.lat - north,
            north=plane.lat + north,
        )


def _passable(
    found: dict[str, NDArray[Any]], plane: _Plane, doors: list[Row], within_m: float
) -> NDArray[np.bool_]:
    """Tell which edges a walk of that length from the middle of the plane to any door can pass."""
    ends = [
        plane.metres(np.column_stack([found[f"{end}_lon"], found[f"{end}_lat"]])) for end in "uv"
    ]
    kept = np.zeros(len(found["edge_idx"]), dtype=bool)
    for x, y in plane.metres(np.array([_lonlat(door) for door in doors])).tolist():
        kept |= is_between(ends[0], (0.0, 0.0), (x, y), within_m) & is_between(
            ends[1], (0.0, 0.0), (x, y), within_m
        )
    return kept


def _graph(found: dict[str, NDArray[Any]]) -> Streets:
    """Make a piece of network of some edges, its nodes numbered from 0."""
    node = np.concatenate([found["u"], found["v"]])
    lon = np.concatenate([found["u_lon"], found["v_lon"]])
    lat = np.concatenate([found["u_lat"], found["v_lat"]])
    _, first, number = np.unique(node, return_index=True, return_inverse=True)
    u, v = np.split(number.astype(np.int32), 2)
    return Streets(np.column_stack([lon[first], lat[first]]), u, v, found["length_cm"])


def _touch(row: Row, edge: int) -> Touch:
    return Touch(*_lonlat(row), edge, row["from_u_cm"], row["from_v_cm"], row["leg_cm"])


def _lonlat(row: Row) -> tuple[float, float]:
    return row["lon"], row["lat"]


def _straight_nearest(start: Row, doors: list[Row]) -> Row:
    plane = _Plane(start["lon"], start["lat"])
    apart = np.hypot(*plane.metres(np.array([_lonlat(door) for door in doors])).T)
    return doors[int(np.argmin(apart))]


def _thinned(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep both ends and places at even steps between them where a line has too many."""
    if len(line) <= MOST_VERTICES:
        return line
    return line[np.linspace(0, len(line) - 1, MOST_VERTICES).round().astype(np.int64)]
