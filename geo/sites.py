"""Find the nearest sites of each point in a straight line, exactly and with fair ties."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.cells import Cells, cells_over, ring_range, ring_run, ring_width, starts_of
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
        Shapes (m, 2), projected metres, and (m,); m may be 0. Sites equal in both are
        one site.
    points_xy
        Shape (n, 2): every point that will be looked up later lies in the box of these; n > 0.
    """
    order = np.lexsort((label, xy_m[:, 1], xy_m[:, 0]))
    xy, name = np.asarray(xy_m, dtype=np.float64)[order], np.asarray(label)[order]
    first = np.ones(len(xy), dtype=bool)
    first[1:] = (xy[1:] != xy[:-1]).any(axis=1) | (name[1:] != name[:-1])
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
    """Give each point the straight distance in metres to the nearest site, and its label.

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
    distance_m = np.full(len(points), np.inf)
    label = np.full(len(points), -1, dtype=np.int32)
    if len(sites.label) == 0:
        return distance_m, label

    def run(low: int) -> None:
        part = slice(low, low + _CHUNK)
        _nearest_sites(sites, points[part], same_m, distance_m[part], label[part])

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        list(pool.map(run, range(0, len(points), _CHUNK)))
    return distance_m, label


def next_sites(
    sites: Sites, points_xy: NDArray[np.float64], same_m: float, count: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Give each point the `count` nearest different labels, nearest first.

    A label counts by its nearest site; otherwise as `nearest_site`.

    Returns
    -------
    Shapes (n, count): metres and label; infinity and -1 after the last label there is.
    """
    points = np.ascontiguousarray(points_xy, dtype=np.float64)
    distance2 = np.full((len(points), count), np.inf)
    label = np.full((len(points), count), -1, dtype=np.int32)
    if len(sites.label):
        _next_sites(sites, points, same_m, distance2, label)
    return np.sqrt(distance2), label


@kernel
def offer(best: NDArray[np.float64], label: NDArray[np.int32], new: float, name: int) -> None:
    """Enter a label into a list of the best, (count,) each, unless it is there already as good."""
    at = best.size - 1
    if new > best[at] or (new == best[at] and name >= label[at]):
        return
    for k in range(at):
        if label[k] == name:
            at = k
            break
    if label[at] == name and new >= best[at]:
        return
    while at > 0 and (new < best[at - 1] or (new == best[at - 1] and name < label[at - 1])):
        best[at], label[at] = best[at - 1], label[at - 1]
        at -= 1
    best[at], label[at] = new, name


@kernel
def _place_in(sites: Sites, x: float, y: float) -> tuple[float, float, int, int]:
    """Give a point in metres from the origin of the cells, and the cell it lies in."""
    cells = sites.cells
    dx, dy = x - cells.x0_m, y - cells.y0_m
    return dx, dy, math.floor(dx / cells.size_m), math.floor(dy / cells.size_m)


@kernel
def _distance2(sites: Sites, k: int, x: float, y: float, same_m: float) -> float:
    """Give the squared distance of a site, 0 for the same place."""
    dx, dy = sites.xy_m[k, 0] - x, sites.xy_m[k, 1] - y
    distance2 = dx * dx + dy * dy
    return 0.0 if distance2 <= same_m * same_m else distance2


@kernel
def _nearest_sites(
    sites: Sites,
    points: NDArray[np.float64],
    same_m: float,
    out_m: NDArray[np.float64],
    out_label: NDArray[np.int32],
) -> None:
    """Search rings of cells around each point until nothing nearer can follow."""
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        dx, dy, column, row = _place_in(sites, x, y)
        best, label = np.inf, -1
        first, last = ring_range(column, row, sites.cells)
        for ring in range(first, last + 1):
            searched = ring_width(dx, dy, ring - 1, sites.cells) if ring > 0 else 0.0
            if searched > same_m and best < searched * searched:
                break
            for part in range(4 * ring + 2):
                low, high = ring_run(column, row, ring, part, sites.cells)
                for k in range(sites.start[low], sites.start[high + 1]):
                    distance2 = _distance2(sites, k, x, y, same_m)
                    name = sites.label[k]
                    if distance2 < best or (distance2 == best and name < label):
                        best, label = distance2, name
        out_m[i], out_label[i] = math.sqrt(best), label


@kernel
def _next_sites(
    sites: Sites,
    points: NDArray[np.float64],
    same_m: float,
    best: NDArray[np.float64],
    label: NDArray[np.int32],
) -> None:
    """Search rings of cells around each point until nothing can enter its list any more."""
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        dx, dy, column, row = _place_in(sites, x, y)
        first, last = ring_range(column, row, sites.cells)
        for ring in range(first, last + 1):
            searched = ring_width(dx, dy, ring - 1, sites.cells) if ring > 0 else 0.0
            if searched > same_m and best[i, -1] < searched * searched:
                break
            for part in range(4 * ring + 2):
                low, high = ring_run(column, row, ring, part, sites.cells)
                for k in range(sites.start[low], sites.start[high + 1]):
                    distance2 = _distance2(sites, k, x, y, same_m)
                    offer(best[i], label[i], distance2, sites.label[k])
