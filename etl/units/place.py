"""Find the community, street and district that each further place belongs to.

A place that several streets share belongs to the one with the largest part of its ground; equal
parts are for a person to decide (the municipal rule on new estates that cross two streets).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.shapes import GridShapes, Shapes, containing_grid

Ints = NDArray[np.int64]
NONE: Final = -1
TIE_M2: Final = 1.0
"""Parts that differ by no more than this are equal: outlines are not drawn more sharply."""
WHOLE: Final = 0.99
"""A place lies in one grid that holds so much of it: the rest is how outlines are drawn."""


@dataclass(frozen=True)
class GridAreas:
    """The areas of each grid by its number, shape (n,) each; -1 where there is no such level."""

    community: Ints
    street: Ints
    district: Ints


@dataclass(frozen=True)
class UnitPlaces:
    """Where places lie, shape (k,) each; -1 for none.

    Attributes
    ----------
    grid
        The one grid that a place lies in; -1 where several share it.
    community, street, district
        Numbers of areas. The community and the district are those of the street, where the city
        has streets.
    street_share
        Part of the ground, 0..1, in the street; NaN for points and where there is no street.
    is_tied
        Two streets have the same share.
    rivals
        For each place the areas with equal shares, streets or the communities of one street.
    """

    grid: Ints
    community: Ints
    street: Ints
    district: Ints
    street_share: NDArray[np.float64]
    is_tied: NDArray[np.bool_]
    rivals: list[tuple[int, ...]]

    @property
    def is_placed(self) -> NDArray[np.bool_]:
        """Mark the places of which any area is known."""
        return (self.community >= 0) | (self.street >= 0) | (self.district >= 0)


def nowhere(count: int) -> UnitPlaces:
    """Give so many places of which nothing is known."""
    return UnitPlaces(
        *(np.full(count, NONE, dtype=np.int64) for _ in range(4)),
        street_share=np.full(count, np.nan),
        is_tied=np.zeros(count, dtype=bool),
        rivals=[() for _ in range(count)],
    )


def place_shapes(shapes: GridShapes, areas: GridAreas, geometry: Shapes) -> UnitPlaces:
    """Place polygons by the largest share of their ground, anything else by its grid.

    Parameters
    ----------
    geometry
        Shape (k,), WGS 84 lon/lat, or None: such a place is nowhere. What is no polygon counts
        where a point on it stands.

    Returns
    -------
    Shares are exact areas of the overlay in metres. The street with the largest share comes first;
    the community is the one with the largest share inside it, the district its own. A city without
    streets is placed by communities, then by districts. Parts of at most 1 m2 count for nothing,
    and parts that differ by no more are tied: then the level and all below it are unknown, and a
    level above is known where the tied ones share it.
    """
    found = nowhere(len(geometry))
    is_area = np.isin(
        shapely.get_type_id(geometry),
        (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON),
    )
    is_point = ~is_area & ~shapely.is_missing(geometry)
    at = np.flatnonzero(is_point)
    spots = shapely.point_on_surface(geometry[at])
    lonlat = np.column_stack([shapely.get_x(spots), shapely.get_y(spots)])
    _place_points(found, at, containing_grid(shapes.lonlat, lonlat).astype(np.int64), areas)
    polygons = np.flatnonzero(is_area)
    metric = in_metres(shapes, geometry[polygons])
    overlay = _Overlay.of(metric, shapes.metric)
    for number, unit in enumerate(polygons):
        _place_polygon(found, int(unit), overlay.parts_of(number), areas)
    return found


def in_metres(shapes: GridShapes, geometry: Shapes) -> Shapes:
    """Project geometries of this city from WGS 84 lon/lat."""
    flat = shapely.get_coordinates(geometry)
    return shapely.set_coordinates(geometry.copy(), shapes.to_metric(flat))


def _place_points(found: UnitPlaces, at: Ints, grid: Ints, areas: GridAreas) -> None:
    inside = grid >= 0
    at, grid = at[inside], grid[inside]
    found.grid[at] = grid
    found.community[at] = areas.community[grid]
    found.street[at] = areas.street[grid]
    found.district[at] = areas.district[grid]


@dataclass(frozen=True)
class _Parts:
    """What the grids hold of one place: grid numbers, pieces, and areas in m2."""

    total_m2: float
    grid: Ints
    piece: Shapes
    area_m2: NDArray[np.float64]

    def sums(self, key: Ints) -> list[tuple[int, float]]:
        """Add the areas up by a key of the grids, the largest first; -1 is left out."""
        known = key >= 0
        is_double = self.area_m2.sum() > self.total_m2 + TIE_M2
        found = [(int(one), self._sum(key == one, is_double)) for one in np.unique(key[known])]
        return sorted(
            (pair for pair in found if pair[1] > TIE_M2), key=lambda pair: (-pair[1], pair[0])
        )

    def _sum(self, own: NDArray[np.bool_], is_double: bool) -> float:
        # grids that overlap would count their common ground twice
        joined = shapely.union_all(self.piece[own]) if is_double else None
        return float(self.area_m2[own].sum() if joined is None else joined.area)

    def within(self, own: NDArray[np.bool_]) -> "_Parts":
        """Give the parts that lie in some of the grids."""
        return _Parts(self.total_m2, self.grid[own], self.piece[own], self.area_m2[own])


@dataclass(frozen=True)
class _Overlay:
    """The pieces of all places, ordered by place; those of place i are [start[i], start[i+1])."""

    total_m2: NDArray[np.float64]
    start: Ints
    grid: Ints
    piece: Shapes
    area_m2: NDArray[np.float64]

    @classmethod
    def of(cls, units: Shapes, grids: Shapes) -> "_Overlay":
        """Cut places with the grids they touch; both in metres."""
        unit, grid = shapely.STRtree(grids).query(units, predicate="intersects")
        order = np.lexsort((grid, unit))
        unit, grid = unit[order], grid[order]
        piece = shapely.intersection(units[unit], grids[grid])
        start = np.searchsorted(unit, np.arange(len(units) + 1))
        return cls(shapely.area(units), start, grid, piece, shapely.area(piece))

    def parts_of(self, number: int) -> _Parts:
        """Give the pieces of one place."""
        own = slice(self.start[number], self.start[number + 1])
        return _Parts(
            float(self.total_m2[number]), self.grid[own], self.piece[own], self.area_m2[own]
        )


def _place_polygon(found: UnitPlaces, unit: int, parts: _Parts, areas: GridAreas) -> None:
    if not parts.area_m2.sum() > TIE_M2:
        return
    whole = np.flatnonzero(parts.area_m2 >= WHOLE * parts.total_m2)
    if len(whole):
        found.grid[unit] = parts.grid[whole[0]]
    street = areas.street[parts.grid]
    if not (street >= 0).any():
        _place_below(found, unit, parts, areas)
        return
    winner = _largest(parts.sums(street))
    if len(winner) == 1:
        held = parts.sums(street)[0][1]
        found.street[unit] = winner[0]
        found.street_share[unit] = min(1.0, held / parts.total_m2)
        _place_below(found, unit, parts.within(street == winner[0]), areas)
        return
    found.is_tied[unit] = len(winner) > 1
    found.rivals[unit] = winner
    above = np.unique(areas.district[parts.grid[np.isin(street, winner)]])
    found.district[unit] = above[0] if len(above) == 1 else NONE


def settle(found: UnitPlaces, unit: int, street: int, areas: GridAreas) -> None:
    """Give a tied place to one of its streets, as a person decided; its community stays unknown."""
    found.street[unit] = street
    found.is_tied[unit] = False
    found.rivals[unit] = ()
    found.district[unit] = areas.district[np.flatnonzero(areas.street == street)[0]]


def _place_below(found: UnitPlaces, unit: int, parts: _Parts, areas: GridAreas) -> None:
    """Place by community, and by the district that it lies in."""
    community = _largest(parts.sums(areas.community[parts.grid]))
    if len(community) == 1:
        found.community[unit] = community[0]
        parts = parts.within(areas.community[parts.grid] == community[0])
    elif community:
        found.rivals[unit] = community
    district = _largest(parts.sums(areas.district[parts.grid]))
    found.district[unit] = district[0] if len(district) == 1 else NONE


def _largest(sums: list[tuple[int, float]]) -> tuple[int, ...]:
    """Give the key with the largest area; several where they are equal."""
    return tuple(key for key, area in sums if sums[0][1] - area <= TIE_M2)
