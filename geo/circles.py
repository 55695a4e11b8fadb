"""Measure exactly how much of a polygon lies inside the union of equal circles.

The union of equal circles, restricted to the Voronoi cell of one centre, is that centre's own
disc. So the area is a sum over cells of (polygon n cell) n disc, and the area of a polygon inside
one disc has a closed form, edge by edge: sector + triangle + sector (Green's theorem). The cells
do not depend on the radius: one clip serves every radius.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputDataError
from geo.jit import kernel

SAME_SITE_M: Final = 0.001
"""Sites closer than this are one circle."""
_CHUNK: Final = 50_000
"""Polygons looked up at once; bounds the memory that candidate lists take."""
_POLYGON_TYPES: Final = (-1, 3, 6)  # missing, Polygon, MultiPolygon


@dataclass(frozen=True)
class Rings:
    """The rings of many polygons as flat arrays.

    Attributes
    ----------
    xy_m
        Shape (v, 2), projected metres, without the closing vertex of a ring.
    ring_start
        Shape (r + 1,), where each ring begins in `xy_m`.
    polygon_start
        Shape (n + 1,), where each polygon begins among the rings; equal neighbours: no ring.
    sign
        Shape (r,), +1 for a shell and -1 for a hole. Shells run counter-clockwise, holes
        clockwise, so a line integral over all rings of a polygon needs no further sign.
    """

    xy_m: NDArray[np.float64]
    ring_start: NDArray[np.int64]
    polygon_start: NDArray[np.int64]
    sign: NDArray[np.int8]

    @staticmethod
    def of(polygons: NDArray[np.object_]) -> "Rings":
        """Flatten polygons.

        Parameters
        ----------
        polygons
            Shape (n,), valid shapely polygons or multipolygons in projected metres; a missing or
            empty one has no ring and area 0.

        Raises
        ------
        InputDataError
            One of them is a point, a line or a collection.
        """
        polygons = np.asarray(polygons, dtype=object)
        wrong = np.flatnonzero(~np.isin(shapely.get_type_id(polygons), _POLYGON_TYPES))
        if len(wrong):
            raise InputDataError(
                f"{len(wrong)} of {len(polygons)} shapes are not polygons (first: position "
                f"{wrong[0]}, {shapely.to_wkt(polygons[wrong[0]])[:40]}); expected Polygon or "
                "MultiPolygon. Remove or repair them."
            )
        parts, polygon_of_part = shapely.get_parts(polygons, return_index=True)
        rings, part_of_ring = shapely.get_rings(
            shapely.orient_polygons(parts, exterior_cw=False), return_index=True
        )
        xy_m, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
        closing = np.empty(len(xy_m), dtype=bool)
        closing[:-1] = ring_of_vertex[1:] != ring_of_vertex[:-1]
        closing[-1:] = True
        return Rings(
            xy_m=np.ascontiguousarray(xy_m[~closing]),
            ring_start=_starts(ring_of_vertex[~closing], len(rings)),
            polygon_start=_starts(polygon_of_part[part_of_ring], len(polygons)),
            sign=np.where(np.diff(part_of_ring, prepend=-1) > 0, 1, -1).astype(np.int8),
        )

    def __len__(self) -> int:
        """Give the number of polygons."""
        return len(self.polygon_start) - 1

    def area_m2(self) -> NDArray[np.float64]:
        """Give the area of every polygon, shape (n,)."""
        return _extents(self.xy_m, self.ring_start, self.polygon_start)[2]


def covered_area_m2(
    rings: Rings, sites_xy_m: NDArray[np.float64], radii_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Measure each polygon inside the union of circles around the sites, for every radius at once.

    Exact but for rounding (about 1e-6 m2 on a city grid). A result depends on the polygon and on
    the set of sites that can reach it, never on their order: parts of a city computed apart
    agree to the bit, if each holds all sites within the largest radius plus its polygons' size.

    Parameters
    ----------
    rings
        n polygons, projected metres.
    sites_xy_m
        Shape (m, 2), same CRS, centres of the circles; m may be 0. Sites within 1 mm are one.
    radii_m
        Shape (k,), finite and >= 0, any order.

    Returns
    -------
    Shape (n, k), square metres, between 0 and the polygon's area, never falling as the radius
    grows; equal to the area where the polygon is wholly inside.

    Raises
    ------
    InputDataError
        A site is not finite, or a radius is negative or not finite.
    """
    radii = _checked_radii(radii_m)
    sites = _distinct_sites(sites_xy_m)
    area = np.zeros((len(rings), len(radii)))
    if not len(sites) or not len(radii) or not len(rings):
        return area
    order = np.argsort(radii, kind="stable")
    for first in range(0, len(rings), _CHUNK):
        rows = slice(first, min(first + _CHUNK, len(rings)))
        area[rows, order] = _chunk_areas(rings, rows, sites, radii[order])
    return area


def whole_dm2(area_m2: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round areas to whole square decimetres, any shape.

    Rounding is monotone, so what is not more than a polygon's area before is not more after.
    """
    return np.rint(np.asarray(area_m2) * 100).astype(np.int64)


def _starts(index: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.searchsorted(index, np.arange(count + 1)).astype(np.int64)


def _checked_radii(radii_m: NDArray[np.float64]) -> NDArray[np.float64]:
    radii = np.atleast_1d(np.asarray(radii_m, dtype=np.float64))
    wrong = radii[~(np.isfinite(radii) & (radii >= 0))]
    if len(wrong):
        raise InputDataError(
            f"{len(wrong)} of {len(radii)} radii cannot be used (first: {wrong[0]}); expected "
            "finite metres, 0 or more. Check the speeds in city.toml."
        )
    return radii


def _distinct_sites(sites_xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give sites in order of x, then y, one for each millimetre square."""
    sites = np.asarray(sites_xy_m, dtype=np.float64).reshape(-1, 2)
    wrong = np.flatnonzero(~np.isfinite(sites).all(axis=1))
    if len(wrong):
        raise InputDataError(
            f"{len(wrong)} of {len(sites)} facility places are not finite (first: position "
            f"{wrong[0]}); expected projected metres. Correct their coordinates."
        )
    sites = sites[np.lexsort((sites[:, 1], sites[:, 0]))]
    squares = np.rint(sites / SAME_SITE_M).astype(np.int64)
    _, first = np.unique(squares, axis=0, return_index=True)
    return np.ascontiguousarray(sites[np.sort(first)])


def _chunk_areas(
    rings: Rings, rows: slice, sites: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Find the sites that matter to each polygon, then measure."""
    from scipy.spatial import KDTree

    polygon_start = rings.polygon_start[rows.start : rows.stop + 1]
    centre, reach, whole = _extents(rings.xy_m, rings.ring_start, polygon_start)
    tree = KDTree(sites)
    nearest = tree.query(centre)[0]
    # A site further from the centre than this is nearest to no point of the polygon, or too far
    # to cover any; the slack keeps borderline ones, which cost time and change nothing.
    limit = np.minimum(nearest + 2 * reach, radii[-1] + reach) * (1 + 1e-9) + SAME_SITE_M
    limit[(nearest > limit) | (whole <= 0)] = 0
    found = tree.query_ball_point(centre, limit, return_sorted=True)
    count = np.fromiter((len(one) for one in found), dtype=np.int64, count=len(found))
    chosen = np.fromiter((i for one in found for i in one), dtype=np.int64, count=int(count.sum()))
    start = np.concatenate(([0], np.cumsum(count)))
    shapes = (rings.xy_m, rings.ring_start, polygon_start)
    return _areas(shapes, (centre, whole), (sites, start, chosen), radii)


@kernel
def _extents(
    xy: NDArray[np.float64], ring_start: NDArray[np.int64], polygon_start: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the middle of each polygon's box, the distance to its farthest vertex, its area."""
    n = len(polygon_start) - 1
    centre, reach, area = np.zeros((n, 2)), np.zeros(n), np.zeros(n)
    for i in range(n):
        lo, hi = ring_start[polygon_start[i]], ring_start[polygon_start[i + 1]]
        if lo == hi:
            continue
        for axis in range(2):
            values = xy[lo:hi, axis]
            centre[i, axis] = (values.min() + values.max()) / 2
        cx, cy = centre[i]
        for ring in range(polygon_start[i], polygon_start[i + 1]):
            previous = ring_start[ring + 1] - 1
            for j in range(ring_start[ring], ring_start[ring + 1]):
                ax, ay = xy[previous, 0] - cx, xy[previous, 1] - cy
                bx, by = xy[j, 0] - cx, xy[j, 1] - cy
                area[i] += (ax * by - ay * bx) / 2
                reach[i] = max(reach[i], np.sqrt(bx * bx + by * by))
                previous = j
    return centre, reach, area


@kernel
def _areas(
    shapes: tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]],
    extents: tuple[NDArray[np.float64], NDArray[np.float64]],
    candidates: tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]],
    radii: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Measure every polygon against its own candidate sites; radii in increasing order."""
    xy, ring_start, polygon_start = shapes
    centre, whole = extents
    sites, start, chosen = candidates
    n, k = len(centre), len(radii)
    area = np.zeros((n, k))
    sums = np.zeros((3, k + 1))
    for i in range(n):
        if start[i] == start[i + 1]:
            continue
        near = sites[chosen[start[i] : start[i + 1]]] - centre[i]
        # Nearest to the middle first: it empties the parts of far sites at once. The sort is
        # stable and `chosen` is in order of x and y, so ties never depend on the input order.
        near = near[np.argsort(near[:, 0] ** 2 + near[:, 1] ** 2, kind="mergesort")]
        lo, hi = ring_start[polygon_start[i]], ring_start[polygon_start[i + 1]]
        only = _only_site(xy[lo:hi] - centre[i], near)
        sums[:] = 0
        for ring in range(polygon_start[i], polygon_start[i + 1]):
            local = xy[ring_start[ring] : ring_start[ring + 1]] - centre[i]
            if only >= 0:
                _add_ring(local - near[only], radii, sums)
                continue
            for site in range(len(near)):
                _add_ring(_cell_part(local - near[site], near - near[site]), radii, sums)
        _total(sums, radii, whole[i], area[i])
    return area


@kernel
def _only_site(vertices: NDArray[np.float64], near: NDArray[np.float64]) -> int:
    """Name the site whose cell holds every vertex, and so, cells being convex, the polygon; or -1.

    The first candidate is nearest to the middle, so no other can hold all vertices.
    """
    first = near[0]
    for j in range(len(vertices)):
        x, y = vertices[j]
        best = (x - first[0]) ** 2 + (y - first[1]) ** 2
        for site in range(1, len(near)):
            if (x - near[site, 0]) ** 2 + (y - near[site, 1]) ** 2 < best:
                return -1
    return 0


@kernel
def _cell_part(ring: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clip a ring to the Voronoi cell of the origin; `others` are the other sites (and itself).

    Edges that the clip adds along a bisector are run in both directions where a ring leaves and
    enters again, so signed integrals stay exact for rings that are not convex.
    """
    far = _farthest_squared(ring)
    for j in range(len(others)):
        x, y = others[j]
        apart = x * x + y * y
        if apart == 0 or apart > 4 * far:
            continue
        ring = _clip(ring, x, y, apart / 2)
        if len(ring) == 0:
            break
        far = _farthest_squared(ring)
    return ring


@kernel
def _farthest_squared(ring: NDArray[np.float64]) -> float:
    far = 0.0
    for j in range(len(ring)):
        far = max(far, ring[j, 0] ** 2 + ring[j, 1] ** 2)
    return far


@kernel
def _clip(ring: NDArray[np.float64], nx: float, ny: float, limit: float) -> NDArray[np.float64]:
    """Keep the side nx * x + ny * y <= limit of a ring (Sutherland and Hodgman, 1974)."""
    kept = np.empty((2 * len(ring), 2))
    count = 0
    ax, ay = ring[len(ring) - 1]
    a_over = nx * ax + ny * ay - limit
    for j in range(len(ring)):
        bx, by = ring[j]
        b_over = nx * bx + ny * by - limit
        if (a_over > 0) != (b_over > 0):
            along = a_over / (a_over - b_over)
            kept[count, 0] = ax + (bx - ax) * along
            kept[count, 1] = ay + (by - ay) * along
            count += 1
        if b_over <= 0:
            kept[count, 0] = bx
            kept[count, 1] = by
            count += 1
        ax, ay, a_over = bx, by, b_over
    return kept[:count]


@kernel
def _add_ring(
    ring: NDArray[np.float64], radii: NDArray[np.float64], sums: NDArray[np.float64]
) -> None:
    """Add a ring's signed area inside circles around the origin to the running sums.

    Rows of `sums`: triangles of edges inside from a radius on; angles of edges outside up to a
    radius; what edges that a circle crosses add at one radius.
    """
    if len(ring) == 0:
        return
    k = len(radii)
    ax, ay = ring[len(ring) - 1]
    for j in range(len(ring)):
        bx, by = ring[j]
        dx, dy = bx - ax, by - ay
        length2 = dx * dx + dy * dy
        if length2 > 0:
            cross = ax * by - ay * bx
            t = min(max(-(ax * dx + ay * dy) / length2, 0.0), 1.0)
            near = np.sqrt((ax + t * dx) ** 2 + (ay + t * dy) ** 2)
            far = np.sqrt(max(ax * ax + ay * ay, bx * bx + by * by))
            outside = np.searchsorted(radii, near, side="right")
            inside = max(np.searchsorted(radii, far), outside)
            if outside > 0:
                sums[1, outside - 1] += np.arctan2(cross, ax * bx + ay * by)
            sums[0, inside] += cross / 2
            for r in range(outside, min(inside, k)):
                sums[2, r] += _crossed_edge(ax, ay, bx, by, radii[r])
        ax, ay = bx, by


@kernel
def _crossed_edge(ax: float, ay: float, bx: float, by: float, radius: float) -> float:
    """Give the area between the origin and an edge, inside a circle that the edge crosses."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    middle = -(ax * dx + ay * dy) / length2
    cross = ax * by - ay * bx
    # Distance of the line from the origin is |cross| / length; rounding may put it just outside.
    half = np.sqrt(max(radius * radius - cross * cross / length2, 0.0) / length2)
    first, last = max(middle - half, 0.0), min(middle + half, 1.0)
    if first >= last:
        return radius * radius / 2 * np.arctan2(cross, ax * bx + ay * by)
    inside = (last - first) * cross / 2
    angle = 0.0
    if first > 0:
        px, py = ax + first * dx, ay + first * dy
        angle += np.arctan2(ax * py - ay * px, ax * px + ay * py)
    if last < 1:
        px, py = ax + last * dx, ay + last * dy
        angle += np.arctan2(px * by - py * bx, px * bx + py * by)
    return inside + radius * radius / 2 * angle


@kernel
def _total(
    sums: NDArray[np.float64], radii: NDArray[np.float64], whole: float, area: NDArray[np.float64]
) -> None:
    """Turn running sums into areas in place, within 0 and the whole, never falling."""
    for r in range(len(radii) - 2, -1, -1):
        sums[1, r] += sums[1, r + 1]
    triangles, best = 0.0, 0.0
    for r in range(len(radii)):
        triangles += sums[0, r]
        value = triangles + radii[r] ** 2 / 2 * sums[1, r] + sums[2, r]
        # Rounding must not leave a covered grid a hair short of full.
        if value > whole - 1e-6 - 1e-12 * whole:
            value = whole
        best = max(best, value)
        area[r] = best
