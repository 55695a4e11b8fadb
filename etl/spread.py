"""Place the points at which people and area are counted, and share a grid's people among them.

Two lattices exist. The demand lattice is one for the whole city, so a point never depends on how
its neighbours were drawn; the area lattice is each grid's own, so that small grids have enough
points for a share.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.circles import Rings
from geo.errors import InputDataError
from geo.jit import kernel
from geo.profile import share_by_largest_remainder

_MOST_HALVINGS: Final = 6
_SPARE: Final = 1.5
"""How many more points than asked for the first spacing aims at: one halving costs four times."""

Points = tuple[NDArray[np.int32], NDArray[np.float64]]
"""Grid of each point, shape (p,), never falling, and its place, shape (p, 2), projected metres."""


def lattice_points(polygons: NDArray[np.object_], spacing_m: float) -> Points:
    """Place points at whole multiples of the spacing, at least one in every polygon.

    A point on the border that two polygons share belongs to exactly one of them. A polygon that
    holds no lattice point gets one point inside it.

    Parameters
    ----------
    polygons
        Shape (n,), shapely polygons or multipolygons in projected metres, none of them empty.
    spacing_m
        Distance between neighbouring points, finite and > 0.

    Returns
    -------
    Ordered by polygon, then northing, then easting.

    Raises
    ------
    InputDataError
        The spacing cannot be used, or a polygon is missing or empty.
    """
    if not (np.isfinite(spacing_m) and spacing_m > 0):
        raise InputDataError(
            f"the spacing of demand points is {spacing_m}; expected metres above 0. "
            "Correct spacing_m under [demand] in city.toml."
        )
    n = len(polygons)
    rings = Rings.of(polygons)
    grid, xy_m = _lattice(rings, np.zeros((n, 2)), np.full(n, float(spacing_m)))
    return _with_inner_points(polygons, grid, xy_m)


def area_lattice(polygons: NDArray[np.object_], *, min_points: int = 16) -> Points:
    """Place a lattice of its own in every polygon, fine enough to hold so many points.

    The spacing starts from the polygon's area and is halved until there are enough points. A
    sliver that has fewer after six halvings keeps those it has, at least one.

    Parameters
    ----------
    polygons
        Shape (n,), shapely polygons or multipolygons in projected metres, none of them empty.
    min_points
        How many points a polygon needs, >= 1.

    Returns
    -------
    Ordered by polygon, then northing, then easting.

    Raises
    ------
    InputDataError
        A polygon is missing or empty.
    """
    polygons = np.asarray(polygons, dtype=object)
    _check_present(polygons)
    rings = Rings.of(polygons)
    spacing = np.sqrt(np.maximum(shapely.area(polygons), 1e-6) / (_SPARE * min_points))
    corner = shapely.bounds(polygons)[:, :2].reshape(-1, 2)
    short = np.arange(len(polygons))
    for _ in range(_MOST_HALVINGS):
        some = Rings.of(polygons[short])
        at = corner[short] + spacing[short, None] / 2
        short = short[_lattice_counts(*_arrays(some), at, spacing[short]) < min_points]
        spacing[short] /= 2
    grid, xy_m = _lattice(rings, corner + spacing[:, None] / 2, spacing)
    return _with_inner_points(polygons, grid, xy_m)


def centres(polygons: NDArray[np.object_], given_xy_m: NDArray[np.float64] | None) -> Points:
    """Place one point a polygon: the given one, else one inside it.

    Parameters
    ----------
    polygons
        Shape (n,), shapely polygons or multipolygons in projected metres, none of them empty.
    given_xy_m
        Shape (n, 2) or None; NaN where a polygon has no point of its own. It may lie outside.

    Raises
    ------
    InputDataError
        A polygon is missing or empty.
    """
    xy_m = _inner_points(polygons)
    if given_xy_m is not None:
        xy_m = np.where(np.isfinite(given_xy_m).all(axis=1, keepdims=True), given_xy_m, xy_m)
    return np.arange(len(xy_m), dtype=np.int32), xy_m


def scale_to_grid(
    amounts_milli: NDArray[np.int64],
    grid: NDArray[np.integer],
    grid_totals_milli: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Scale what the buildings of each grid hold to the grid's own total, in whole thousandths.

    By largest remainder, so a grid's buildings sum to its total exactly. Buildings whose amount
    is unknown take no part where another of the grid is known; where none is, or all are 0, the
    total is shared equally. The total of a grid without buildings reaches nobody: give such a
    grid lattice points instead.

    Parameters
    ----------
    amounts_milli
        Shape (b,), what each building holds, -1 where unknown.
    grid
        Shape (b,), position in `grid_totals_milli`, never falling.
    grid_totals_milli
        Shape (n,), -1 where unknown; its buildings then get -1.

    Returns
    -------
    Shape (b,), int64.
    """
    return share_by_largest_remainder(grid_totals_milli, np.maximum(amounts_milli, 0), grid)


def _check_present(polygons: NDArray[np.object_]) -> None:
    absent = np.flatnonzero(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    if len(absent):
        raise InputDataError(
            f"{len(absent)} of {len(polygons)} grids have no shape (first: position "
            f"{absent[0]}); expected a polygon. Repair or remove them."
        )


def _inner_points(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    _check_present(np.asarray(polygons, dtype=object))
    return shapely.get_coordinates(shapely.point_on_surface(polygons)).reshape(-1, 2)


def _with_inner_points(
    polygons: NDArray[np.object_], grid: NDArray[np.int32], xy_m: NDArray[np.float64]
) -> Points:
    """Add a point inside each polygon that has none."""
    bare = np.flatnonzero(np.bincount(grid, minlength=len(polygons)) == 0).astype(np.int32)
    inner = _inner_points(np.asarray(polygons, dtype=object)[bare])
    order = np.argsort(np.concatenate([grid, bare]), kind="stable")
    return np.concatenate([grid, bare])[order], np.concatenate([xy_m, inner])[order]


def _arrays(rings: Rings) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    return rings.xy_m, rings.ring_start, rings.polygon_start


def _lattice(rings: Rings, at: NDArray[np.float64], spacing: NDArray[np.float64]) -> Points:
    """Fill every polygon with its lattice; `at` is one place of each lattice."""
    count = _lattice_counts(*_arrays(rings), at, spacing)
    start = np.concatenate(([0], np.cumsum(count)))
    grid = np.repeat(np.arange(len(rings), dtype=np.int32), count)
    return grid, _lattice_places(_arrays(rings), at, spacing, start)


@kernel
def _lattice_counts(
    xy: NDArray[np.float64],
    ring_start: NDArray[np.int64],
    polygon_start: NDArray[np.int64],
    at: NDArray[np.float64],
    spacing: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Count the lattice points in every polygon."""
    counts = np.zeros(len(spacing), dtype=np.int64)
    for i in range(len(spacing)):
        edges = (xy, ring_start[polygon_start[i] : polygon_start[i + 1] + 1])
        first, last = _rows(edges, at[i, 1], spacing[i])
        for row in range(first, last + 1):
            cuts = _crossings(edges, at[i, 1] + row * spacing[i])
            for j in range(0, len(cuts) - 1, 2):
                lo, hi = _columns(cuts[j], cuts[j + 1], at[i, 0], spacing[i])
                counts[i] += max(hi - lo, 0)
    return counts


@kernel
def _lattice_places(
    shapes: tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]],
    at: NDArray[np.float64],
    spacing: NDArray[np.float64],
    start: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Give the places that `_lattice_counts` counted."""
    xy, ring_start, polygon_start = shapes
    places = np.empty((start[-1], 2))
    for i in range(len(spacing)):
        edges = (xy, ring_start[polygon_start[i] : polygon_start[i + 1] + 1])
        first, last = _rows(edges, at[i, 1], spacing[i])
        point = start[i]
        for row in range(first, last + 1):
            y = at[i, 1] + row * spacing[i]
            cuts = _crossings(edges, y)
            for j in range(0, len(cuts) - 1, 2):
                lo, hi = _columns(cuts[j], cuts[j + 1], at[i, 0], spacing[i])
                for column in range(lo, hi):
                    places[point, 0] = at[i, 0] + column * spacing[i]
                    places[point, 1] = y
                    point += 1
    return places


@kernel
def _rows(
    edges: tuple[NDArray[np.float64], NDArray[np.int64]], origin: float, spacing: float
) -> tuple[int, int]:
    """Give the first and last lattice row that may cross a polygon.

    One row of slack on each side: rounding here must not lose a row that an edge owns.
    """
    xy, ring_start = edges
    if len(ring_start) < 2:
        return 0, -1
    y = xy[ring_start[0] : ring_start[-1], 1]
    first, last = (y.min() - origin) / spacing, (y.max() - origin) / spacing
    return int(np.floor(first)), int(np.ceil(last))


@kernel
def _columns(left: float, right: float, origin: float, spacing: float) -> tuple[int, int]:
    """Give the lattice columns in [left, right) as a half-open range."""
    return int(np.ceil((left - origin) / spacing)), int(np.ceil((right - origin) / spacing))


@kernel
def _crossings(
    edges: tuple[NDArray[np.float64], NDArray[np.int64]], y: float
) -> NDArray[np.float64]:
    """Give where a polygon's edges cross a horizontal line, in order.

    An edge owns its lower end, not its upper one, and is always run upwards, so that two polygons
    that share it compute the same crossing.
    """
    xy, ring_start = edges
    cuts = np.empty(ring_start[-1] - ring_start[0])
    count = 0
    for ring in range(len(ring_start) - 1):
        previous = ring_start[ring + 1] - 1
        for j in range(ring_start[ring], ring_start[ring + 1]):
            low, high = (previous, j) if xy[previous, 1] < xy[j, 1] else (j, previous)
            if xy[low, 1] <= y < xy[high, 1]:
                along = (y - xy[low, 1]) / (xy[high, 1] - xy[low, 1])
                cuts[count] = xy[low, 0] + along * (xy[high, 0] - xy[low, 0])
                count += 1
            previous = j
    cuts = cuts[:count]
    cuts.sort()
    return cuts
