"""Find the nearest place on a street for each point, exactly."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.cells import Cells, cell_range, cells_over, ring_range, ring_run, ring_width, starts_of
from geo.jit import kernel
from geo.rounding import ceil_cm
from geo.walk import apart_cm as _apart_cm

_CHUNK = 1 << 17
_FAR_M = 2e7  # half the way round the earth: a limit beyond it is no limit

apart_cm = kernel(_apart_cm)
"""`geo.walk.apart_cm`, compiled: usable inside other kernels."""


class _Streets(NamedTuple):
    """What a search reads: ends and lengths of edges, and which edges pass through each cell."""

    ends_m: NDArray[np.float64]
    weight_cm: NDArray[np.int32]
    cells: Cells
    start: NDArray[np.int64]
    edges: NDArray[np.int32]


class _Place(NamedTuple):
    """A place on an edge: squared metres away, the edge, and the share of it from end u."""

    distance2: float
    edge: int
    share: float


@dataclass(frozen=True)
class Snap:
    """Where points touch the street network; every array has shape (n,).

    `edge` int32 is -1 where the point is off the network, and the lengths are 0 there and mean
    nothing. `from_u_cm` and `from_v_cm` int32 run along the edge to its two ends, `leg_cm` int32
    from the point to the edge; all are rounded up.
    """

    edge: NDArray[np.int32]
    from_u_cm: NDArray[np.int32]
    from_v_cm: NDArray[np.int32]
    leg_cm: NDArray[np.int32]

    @property
    def is_on(self) -> NDArray[np.bool_]:
        """Tell which points are on the network."""
        return self.edge >= 0

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Snap":
        """Give the snaps of some of the points, as numpy indexing reads `index`."""
        return Snap(
            self.edge[index], self.from_u_cm[index], self.from_v_cm[index], self.leg_cm[index]
        )


def snap_to_edges(
    ends_m: NDArray[np.float64],
    weight_cm: NDArray[np.int32],
    xy_m: NDArray[np.float64],
    limit_m: float,
    *,
    workers: int = 1,
) -> Snap:
    """Move each point to the nearest place on any edge.

    Exact: cells around the point are searched ring by ring until nothing nearer can follow. Places
    at exactly the same distance go to the lowest edge. A leg is rounded up to whole centimetres
    and then compared with the limit; equal is on the network.

    Parameters
    ----------
    ends_m
        Shape (m, 4): x and y of end u, x and y of end v; projected metres. m may be 0.
    weight_cm
        Shape (m,), length of each edge as walked, >= its chord.
    xy_m
        Shape (n, 2), projected metres of the same CRS; n may be 0.
    limit_m
        The longest leg; farther points are off the network.
    workers
        Threads to share the points among; the result does not depend on it.

    Returns
    -------
    Shape (n,); all off the network where there is no edge.
    """
    out = _nothing(len(xy_m))
    points = np.ascontiguousarray(xy_m, dtype=np.float64)
    cells = _cells_between(ends_m, points, limit_m)
    if cells is None:
        return out
    streets = _Streets(ends_m, weight_cm, cells, *_list_edges(ends_m, cells))
    limit_cm = math.floor(min(limit_m, _FAR_M) * 100.0 + 1e-6)

    def run(low: int) -> None:
        part = slice(low, low + _CHUNK)
        mine = out.take(part)
        _snap_points(
            points[part],
            streets,
            limit_cm,
            (mine.edge, mine.from_u_cm, mine.from_v_cm, mine.leg_cm),
        )

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        list(pool.map(run, range(0, len(points), _CHUNK)))
    return out


def _nothing(count: int) -> Snap:
    """Make the snap of points that are all off the network."""
    zero = [np.zeros(count, dtype=np.int32) for _ in range(3)]
    return Snap(np.full(count, -1, dtype=np.int32), *zero)


def _cells_between(
    ends_m: NDArray[np.float64], points: NDArray[np.float64], limit_m: float
) -> Cells | None:
    """Lay cells where edges and points within reach of them overlap; None where they do not.

    The overlap keeps one point or street that is far away from stretching the cells over nothing.
    """
    if len(ends_m) == 0 or len(points) == 0 or not limit_m >= 0:
        return None
    u, v = ends_m[:, :2], ends_m[:, 2:]
    reach = min(limit_m, _FAR_M) + 1.0
    low = np.maximum(np.minimum(u, v).min(axis=0), points.min(axis=0) - reach)
    high = np.minimum(np.maximum(u, v).max(axis=0), points.max(axis=0) + reach)
    if not bool(np.all(low <= high)):
        return None
    typical_m = float(np.median(np.hypot(*(u - v).T)))
    return cells_over(low, high, min(max(typical_m, reach / 16), reach))


def _list_edges(
    ends_m: NDArray[np.float64], cells: Cells
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List the edges that pass through each cell: where its run starts, and all runs together."""
    cursor = np.zeros(cells.columns * cells.rows, dtype=np.int64)
    _enter_edges(ends_m, cells, cursor, np.empty(0, dtype=np.int32))
    start = starts_of(cursor)
    edges = np.empty(int(start[-1]), dtype=np.int32)
    _enter_edges(ends_m, cells, start[:-1].copy(), edges)
    return start, edges


@kernel
def _columns_in_row(ends: NDArray[np.float64], low: float, high: float) -> tuple[float, float]:
    """Give the extent in x of the part of an edge, (4,), that lies between two heights."""
    ax, ay, bx, by = ends
    x0, x1 = ax, bx
    if ay != by:
        t0 = min(max((low - ay) / (by - ay), 0.0), 1.0)
        t1 = min(max((high - ay) / (by - ay), 0.0), 1.0)
        x0, x1 = ax + t0 * (bx - ax), ax + t1 * (bx - ax)
    return min(x0, x1), max(x0, x1)


@kernel
def _enter_edges(
    ends: NDArray[np.float64],
    cells: Cells,
    cursor: NDArray[np.int64],
    edges: NDArray[np.int32],
) -> None:
    """Count edges per cell in `cursor`, or, when `edges` has room, write them where it points."""
    size = cells.size_m
    pad = size * 1e-6  # a place on the border of two cells is listed in both
    for edge in range(ends.shape[0]):
        ay, by = ends[edge, 1] - cells.y0_m, ends[edge, 3] - cells.y0_m
        first, last = cell_range(min(ay, by) - pad, max(ay, by) + pad, size, cells.rows)
        for row in range(first, last + 1):
            low = cells.y0_m + row * size
            left, right = _columns_in_row(ends[edge], low - pad, low + size + pad)
            left, right = left - cells.x0_m - pad, right - cells.x0_m + pad
            start, end = cell_range(left, right, size, cells.columns)
            for cell in range(row * cells.columns + start, row * cells.columns + end + 1):
                if edges.size > 0:
                    edges[cursor[cell]] = edge
                cursor[cell] += 1


@kernel
def _place_on_edge(x: float, y: float, ends: NDArray[np.float64], edge: int) -> tuple[float, float]:
    """Give the squared distance to an edge and the share of it, from u, where it is nearest."""
    ux, uy, vx, vy = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
    dx, dy = vx - ux, vy - uy
    length2 = dx * dx + dy * dy
    along = (x - ux) * dx + (y - uy) * dy
    # An end is taken as it is, never computed: edges that share it must tie exactly.
    if along <= 0.0 or length2 == 0.0:
        return (x - ux) * (x - ux) + (y - uy) * (y - uy), 0.0
    if along >= length2:
        return (x - vx) * (x - vx) + (y - vy) * (y - vy), 1.0
    share = along / length2
    px, py = ux + share * dx, uy + share * dy
    return (x - px) * (x - px) + (y - py) * (y - py), share


@kernel
def _best_in_run(
    x: float, y: float, streets: _Streets, run: tuple[int, int], best: _Place
) -> _Place:
    """Improve a place with the edges of the cells run[0]..run[1], which follow each other."""
    distance2, nearest, share = best
    for k in range(streets.start[run[0]], streets.start[run[1] + 1]):
        edge = streets.edges[k]
        d2, at = _place_on_edge(x, y, streets.ends_m, edge)
        if d2 < distance2 or (d2 == distance2 and edge < nearest):
            distance2, nearest, share = d2, edge, at
    return _Place(distance2, nearest, share)


@kernel
def _nearest_place(x: float, y: float, streets: _Streets, limit: float) -> _Place:
    """Search rings of cells until nothing nearer can follow or the limit is passed."""
    cells = streets.cells
    dx, dy = x - cells.x0_m, y - cells.y0_m
    column, row = math.floor(dx / cells.size_m), math.floor(dy / cells.size_m)
    best = _Place(np.inf, -1, 0.0)
    first, last = ring_range(column, row, cells)
    for ring in range(first, last + 1):
        if ring > 0:
            searched = ring_width(dx, dy, ring - 1, cells)
            if searched > limit or best.distance2 < searched * searched:
                break
        for part in range(4 * ring + 2):
            run = ring_run(column, row, ring, part, cells)
            if run[0] <= run[1]:
                best = _best_in_run(x, y, streets, run, best)
    return best


@kernel
def _snap_points(
    points: NDArray[np.float64],
    streets: _Streets,
    limit_cm: int,
    out: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
) -> None:
    """Fill edge, from_u, from_v and leg of each point that is within the limit."""
    out_edge, out_u, out_v, out_leg = out
    limit = limit_cm / 100.0 + 0.01
    for i in range(points.shape[0]):
        place = _nearest_place(points[i, 0], points[i, 1], streets, limit)
        if place.edge < 0:
            continue
        leg = ceil_cm(math.sqrt(place.distance2))
        if leg <= limit_cm:
            metres = streets.weight_cm[place.edge] / 100.0
            out_edge[i] = place.edge
            out_u[i] = ceil_cm(place.share * metres)
            out_v[i] = ceil_cm((1.0 - place.share) * metres)
            out_leg[i] = leg
