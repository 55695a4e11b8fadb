"""Make the outlines a release needs: grids in metres, areas above them, boundaries drawn once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs as projections
from geo.circles import Rings, whole_dm2

LEVELS: Final = ("city", "district", "street", "community")
_NODING_DEG: Final = 1e-7
"""Vertices nearer than about 1 cm are one place when boundaries are joined."""

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class GridShapes:
    """The grids in the order of their numbers.

    Attributes
    ----------
    crs
        The metric CRS of the city.
    scale_error
        Largest |scale - 1| of it over the extent.
    lonlat, metric
        Shape (n,): polygons in WGS 84 and in metres.
    rings
        The rings of `metric`.
    area_dm2
        Shape (n,), int64.
    inside
        Shape (n, 2), lon/lat of a point inside each.
    bounds
        West, south, east, north in degrees.
    """

    crs: str
    scale_error: float
    lonlat: Shapes
    metric: Shapes
    rings: Rings
    area_dm2: NDArray[np.int64]
    inside: Floats
    bounds: tuple[float, float, float, float]

    def to_metric(self, lonlat: Floats) -> Floats:
        """Project places of this city, shape (n, 2), longitude first."""
        return projections.to_metric(self.crs, lonlat.reshape(-1, 2))


def grid_shapes(polygons: Shapes, metric_crs: str | None) -> GridShapes:
    """Project the grids and measure them; the CRS is chosen from the extent unless it is given."""
    west, south, east, north = (float(x) for x in shapely.total_bounds(polygons))
    bounds = (west, south, east, north)
    crs = metric_crs or projections.choose_metric_crs(bounds)
    flat = shapely.get_coordinates(polygons)
    metric = shapely.set_coordinates(polygons.copy(), projections.to_metric(crs, flat))
    rings = Rings.of(metric)
    places = shapely.point_on_surface(polygons)
    return GridShapes(
        crs=crs,
        scale_error=projections.scale_error(crs, bounds),
        lonlat=polygons,
        metric=metric,
        rings=rings,
        area_dm2=whole_dm2(rings.area_m2()),
        inside=np.column_stack([shapely.get_x(places), shapely.get_y(places)]),
        bounds=bounds,
    )


def containing_grid(polygons: Shapes, lonlat: Floats) -> NDArray[np.int32]:
    """Give the grid each place stands in, shape (n,); the lowest where several overlap; -1: none.

    A place on an edge belongs to the lowest grid that it touches.
    """
    found = np.full(len(lonlat), -1, dtype=np.int32)
    if len(lonlat) == 0:
        return found
    tree = shapely.STRtree(polygons)
    place, grid = tree.query(shapely.points(lonlat), predicate="intersects")
    order = np.lexsort((-grid, place))
    found[place[order]] = grid[order]
    return found


def area_outlines(
    polygons: Shapes, grid_lo: NDArray[np.int32], grid_hi: NDArray[np.int32]
) -> tuple[Shapes, Floats]:
    """Join the grids of each area, and give a point inside its largest piece for the label.

    Parameters
    ----------
    polygons
        The grids in order, lon/lat.
    grid_lo, grid_hi
        Shape (k,): each area owns the grids [lo, hi).
    """
    outlines = np.empty(len(grid_lo), dtype=object)
    for i, (low, high) in enumerate(zip(grid_lo, grid_hi, strict=True)):
        outlines[i] = _joined(polygons[low:high])
    largest = np.array([_largest_piece(outline) for outline in outlines], dtype=object)
    places = shapely.point_on_surface(largest)
    return outlines, np.column_stack([shapely.get_x(places), shapely.get_y(places)])


def boundaries(levels: list[str], outlines: Shapes) -> list[tuple[str, Shapes]]:
    """Draw every stretch of boundary once, at the highest level it bounds.

    Returns
    -------
    One entry a level that has any: the level and its merged lines, longest level first.
    """
    drawn: list[tuple[str, Shapes]] = []
    above = shapely.GeometryCollection()
    for level in LEVELS:
        members = outlines[[name == level for name in levels]]
        if len(members) == 0:
            continue
        lines = shapely.union_all(shapely.boundary(members), grid_size=_NODING_DEG)
        own = shapely.difference(lines, above, grid_size=_NODING_DEG)
        above = shapely.union(above, own, grid_size=_NODING_DEG)
        parts = shapely.get_parts(shapely.line_merge(own))
        parts = parts[shapely.get_dimensions(parts) == 1]
        if len(parts):
            ordered = shapely.normalize(parts)
            drawn.append((level, ordered[np.argsort(shapely.to_wkb(ordered))]))
    return drawn


def _joined(polygons: Shapes) -> shapely.Geometry:
    """Join polygons; the fast way holds where they meet without overlapping."""
    if len(polygons) == 1:
        return polygons[0]
    if shapely.coverage_is_valid(polygons):
        return shapely.normalize(shapely.coverage_union_all(polygons))
    return shapely.normalize(shapely.union_all(polygons))


def _largest_piece(outline: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(outline)
    return parts[int(np.argmax(shapely.area(parts)))]
