"""Find the nearest of many sites for each point in a straight line, exactly and with fair ties."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.cells import Cells, cells_over, ring_range, ring_width, starts_of
from geo.jit import kernel

_CHUNK = 1 << 17


class Sites(NamedTuple):
    """Sites sorted into cells: their places, their labels and where the run of each cell starts.

    The cells cover the points that will ask, and a site outside them is listed in the nearest cell:
    it is farther than that cell in the same direction, so a search by rings stays exact.
    """

    xy_m: NDArray[np.float64]
    label: NDArray[np.int32]
    cells: Cells
    start: NDArray[np.int64]


def index_sites(
    xy_m: NDArray[np.float64], label: NDArray[np.int32], points_xy: NDArray[np.float64]
) -> Sites:
    """Sort sites into cells for the points that will ask.

    Parameters
    ----------
    xy_m, label
        Shapes (m, 2), projected metres, and (m,); m may be 0. Of sites at exactly one place only
        the lowest label is kept.
    points_xy
        Shape (n, 2): every point that will be looked up later lies in the box of these; n > 0.
    """
    order = np.lexsort((label, xy_m[:, 1], xy_m[:, 0]))
    xy, name = np.asarray(xy_m, dtype=np.float64)[order], np.asarray(label)[order]
    first = np.ones(len(xy), dtype=bool)
    first[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    xy, name = xy[first], name[first]
    low, high = points_xy.min(axis=0), points_xy.max(axis=0)
    width, height = high - low
    size = max(math.sqrt(float(width * height) / max(1, len(xy))), float(max(width, height)) / 4096)
    cells = cells_over(low, high, max(size, 1.0))
    column = np.clip(np.floor((xy[:, 0] - low[0]) / cells.size_m), 0, cells.columns - 1)
    row = np.clip(np.floor((xy[:, 1] - low[1]) / cells.size_m), 0, cells.rows - 1)
    cell = (row * cells.columns + column).astype(np.int64)
    by_cell = np.argsort(cell, kind="stable")
    start = starts_of(np.bincount(cell, minlength=cells.columns * cells.rows))
    return Sites(np.ascontiguousarray(xy[by_cell]), name[by_cell].astype(np.int32), cells, start)


def nearest_site(
    sites: Sites, points_xy: NDArray[np.float64], same_m: float, *, workers: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Give the straight distance in metres to the nearest site, and its label.

    Sites within `same_m` count as distance 0; of sites at the same distance the lowest label wins.

    Parameters
    ----------
    sites
        As `index_sites` made it for a box that holds the points.
    points_xy
        Shape (n, 2), projected metres.
    same_m
        How close is the same place, metres, >= 0.
    workers
        Threads to share the points among; the result does not depend on it.

    Returns
    -------
    Shapes (n,); infinity and -1 where there is no site.
    """
    points = np.ascontiguousarray(points_xy, dtype=np.float64)
    distance = np.full(len(points), np.inf)
    label = np.full(len(points), -1, dtype=np.int32)
    if len(sites.label) == 0:
        return distance, label

    def run(low: int) -> None:
        part = slice(low, low + _CHUNK)
        _nearest_sites(sites, points[part], same_m, distance[part], label[part])

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        list(pool.map(run, range(0, len(points), _CHUNK)))
    return distance, label


@kernel
def _best_in_run(
    x: float, y: float, sites: Sites, run: tuple[int, int], same2: float, best: tuple[float, int]
) -> tuple[float, int]:
    """Improve (squared distance, label) with the sites of the cells run[0]..run[1]."""
    distance2, label = best
    for k in range(sites.start[run[0]], sites.start[run[1] + 1]):
        dx, dy = sites.xy_m[k, 0] - x, sites.xy_m[k, 1] - y
        d2 = dx * dx + dy * dy
        if d2 <= same2:
            d2 = 0.0
        name = sites.label[k]
        if d2 < distance2 or (d2 == distance2 and name < label):
            distance2, label = d2, name
    return distance2, label


@kernel
def _best_in_ring(
    x: float, y: float, sites: Sites, ring: int, same2: float, best: tuple[float, int]
) -> tuple[float, int]:
    """Improve (squared distance, label) with the sites of one ring of cells around the point."""
    cells = sites.cells
    column = math.floor((x - cells.x0_m) / cells.size_m)
    row = math.floor((y - cells.y0_m) / cells.size_m)
    left, right = max(0, column - ring), min(cells.columns - 1, column + ring)
    for r in range(max(0, row - ring), min(cells.rows - 1, row + ring) + 1):
        base = r * cells.columns
        if abs(r - row) == ring:
            if left <= right:
                best = _best_in_run(x, y, sites, (base + left, base + right), same2, best)
            continue
        if left == column - ring:
            best = _best_in_run(x, y, sites, (base + left, base + left), same2, best)
        if right == column + ring:
            best = _best_in_run(x, y, sites, (base + right, base + right), same2, best)
    return best


@kernel
def _nearest_sites(
    sites: Sites,
    points: NDArray[np.float64],
    same_m: float,
    out_m: NDArray[np.float64],
    out_label: NDArray[np.int32],
) -> None:
    """Search rings of cells around each point until nothing nearer can follow."""
    cells = sites.cells
    same2 = same_m * same_m
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        dx, dy = x - cells.x0_m, y - cells.y0_m
        column, row = math.floor(dx / cells.size_m), math.floor(dy / cells.size_m)
        best = (np.inf, 1 << 40)
        first, last = ring_range(column, row, cells)
        for ring in range(first, last + 1):
            if ring > 0:
                searched = ring_width(dx, dy, ring - 1, cells)
                if searched > same_m and best[0] < searched * searched:
                    break
            best = _best_in_ring(x, y, sites, ring, same2, best)
        out_m[i] = math.sqrt(best[0])
        out_label[i] = best[1]
