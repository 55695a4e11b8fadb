"""List who is within reach of each facility, and how far away: the pairs that capacity needs."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.cells import Cells, cell_range, cells_over, starts_of
from geo.jit import kernel
from geo.network import Graph, Snap
from geo.rounding import NOISE
from geo.search import UNREACHED, bucket_shift
from geo.snapping import apart_cm
from geo.walk import SAME_PLACE_M

_PARTS: Final = 8
"""Into how many stretches the facilities of a thread are cut; each has memory of its own."""

_ROOM: Final = 1 << 12


@dataclass(frozen=True)
class Catchments:
    """The points within reach of f facilities: those of facility j are `start[j]:start[j + 1]`.

    `start` int64 (f + 1,); `point` int32 (n,), each point at most once a facility, in no order that
    means anything, but always the same; `distance_dm` int32 (n,), as far as `geo.reach` says it is.
    """

    start: NDArray[np.int64]
    point: NDArray[np.int32]
    distance_dm: NDArray[np.int32]

    @property
    def facility(self) -> NDArray[np.int32]:
        """Give the position of the facility of every pair, shape (n,)."""
        sizes = np.diff(self.start)
        return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)

    def within(self, limit_dm: int) -> "Catchments":
        """Give the pairs that are at most so far apart."""
        keep = self.distance_dm <= limit_dm
        kept_before = starts_of(keep.astype(np.int64))
        return Catchments(kept_before[self.start], self.point[keep], self.distance_dm[keep])


def line_catchments(
    points_xy: NDArray[np.float64],
    entrances_xy: NDArray[np.float64],
    facility_of_entrance: NDArray[np.int32],
    facilities: int,
    limit_dm: int,
) -> Catchments:
    """List the points within a straight distance of each facility, by its nearest entrance.

    Distances are rounded down to dm, as `geo.reach.line_reach` does; equal to the limit is reached;
    within `SAME_PLACE_M` is distance 0.

    Parameters
    ----------
    points_xy, entrances_xy
        Shapes (n, 2) and (m, 2), projected metres; either may be empty.
    facility_of_entrance
        Shape (m,), position of the facility, 0 to `facilities` - 1.
    """
    if not len(points_xy) or not len(entrances_xy):
        return _none(facilities)
    points = np.ascontiguousarray(points_xy, dtype=np.float64)
    # The cells must hold everything that rounds down to the limit.
    radius_m = max((limit_dm + 1) / 10.0, SAME_PLACE_M)
    cells = cells_over(points.min(axis=0), points.max(axis=0), radius_m / 2)
    column = np.floor((points[:, 0] - cells.x0_m) / cells.size_m).astype(np.int64)
    row = np.floor((points[:, 1] - cells.y0_m) / cells.size_m).astype(np.int64)
    cell = np.minimum(row, cells.rows - 1) * cells.columns + np.minimum(column, cells.columns - 1)
    order = np.argsort(cell, kind="stable")
    start = starts_of(np.bincount(cell, minlength=cells.columns * cells.rows))
    facility = np.asarray(facility_of_entrance, dtype=np.int32)
    by_facility = np.argsort(facility, kind="stable")
    sizes, point, distance_dm = _near_doors(
        np.ascontiguousarray(entrances_xy, dtype=np.float64)[by_facility],
        starts_of(np.bincount(facility, minlength=facilities)),
        *(points[order], order.astype(np.int32), start, cells),
        *(radius_m, limit_dm, np.full(len(points), UNREACHED, dtype=np.int32)),
    )
    return Catchments(starts_of(sizes), point, distance_dm)


@kernel
def _near_doors(
    doors: NDArray[np.float64],
    first: NDArray[np.int64],
    points: NDArray[np.float64],
    name: NDArray[np.int32],
    start: NDArray[np.int64],
    cells: Cells,
    radius_m: float,
    limit_dm: int,
    best_dm: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """List the points around the doors of one facility after another; `best_dm` is put back."""
    sizes = np.zeros(first.size - 1, dtype=np.int64)
    point = np.empty(_ROOM, dtype=np.int32)
    distance_dm = np.empty(_ROOM, dtype=np.int32)
    used = 0
    for j in range(sizes.size):
        begun = used
        for door in range(first[j], first[j + 1]):
            x, y = doors[door, 0] - cells.x0_m, doors[door, 1] - cells.y0_m
            left, right = cell_range(x - radius_m, x + radius_m, cells.size_m, cells.columns)
            below, above = cell_range(y - radius_m, y + radius_m, cells.size_m, cells.rows)
            for row in range(below, above + 1):
                low = start[row * cells.columns + left] if left <= right else 0
                high = start[row * cells.columns + right + 1] if left <= right else 0
                while used + high - low > point.size:
                    point = np.concatenate((point, np.empty_like(point)))
                    distance_dm = np.concatenate((distance_dm, np.empty_like(distance_dm)))
                for k in range(low, high):
                    dx, dy = points[k, 0] - doors[door, 0], points[k, 1] - doors[door, 1]
                    apart2 = dx * dx + dy * dy
                    apart_m = 0.0 if apart2 <= SAME_PLACE_M * SAME_PLACE_M else math.sqrt(apart2)
                    apart_dm = math.floor(apart_m * 10.0 + NOISE)
                    if apart_dm > limit_dm or apart_dm >= best_dm[name[k]]:
                        continue
                    if best_dm[name[k]] == UNREACHED:
                        point[used] = name[k]
                        used += 1
                    best_dm[name[k]] = apart_dm
        for k in range(begun, used):
            distance_dm[k] = best_dm[point[k]]
            best_dm[point[k]] = UNREACHED
        sizes[j] = used - begun
    return sizes, point[:used].copy(), distance_dm[:used].copy()


def walk_catchments(
    graph: Graph,
    point_snap: Snap,
    points_xy: NDArray[np.float64],
    entrance_snap: Snap,
    entrances_xy: NDArray[np.float64],
    facility_of_entrance: NDArray[np.int32],
    facilities: int,
    limit_dm: int,
    *,
    workers: int = 1,
) -> Catchments:
    """List the points within a walk of each facility: one bounded search a facility.

    The walk is that of `geo.reach.walk_reach`: leg, streets, leg, or along one edge, rounded up to
    dm; a point and an entrance within `SAME_PLACE_M`, both on the network, are at distance 0. The
    search touches only the nodes within the limit and puts them back (Dijkstra with buckets, the
    touched nodes kept in a list), so its cost does not grow with the city.

    Parameters
    ----------
    graph, point_snap, entrance_snap
        The network, and where points and entrances touch it; those off it are in no catchment.
    points_xy, entrances_xy
        Shapes (n, 2) and (m, 2), projected metres.
    facility_of_entrance
        Shape (m,), position of the facility, 0 to `facilities` - 1.
    limit_dm
        The longest walk that counts; equal is reached.
    workers
        Threads to share the facilities among; the result does not depend on it.
    """
    is_on = entrance_snap.is_on
    at = entrance_snap.take(is_on)
    facility = np.asarray(facility_of_entrance, dtype=np.int32)[is_on]
    if not facility.size or not point_snap.is_on.any():
        return _none(facilities)
    by_facility = np.argsort(facility, kind="stable")
    doors = _Ends(*(part[by_facility] for part in (at.edge, at.from_u_cm, at.from_v_cm, at.leg_cm)))
    same = _same_places(points_xy, entrances_xy[is_on][by_facility])
    first = starts_of(np.bincount(facility, minlength=facilities))
    points = _Ends(point_snap.edge, point_snap.from_u_cm, point_snap.from_v_cm, point_snap.leg_cm)
    streets = _streets(graph, points)
    limit_cm = 10 * limit_dm
    widest = max(graph.heaviest_cm, int(doors.leg_cm.max()) + graph.heaviest_cm)
    shift = bucket_shift(graph.typical_cm, min(widest, limit_cm))

    stretch = max(1, -(-facilities // (_PARTS * max(1, workers))))

    def run(low: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        mine = first[low : low + stretch + 1]
        memory = _memory(graph.nodes, len(points.edge), min(widest, limit_cm) >> shift)
        return _search_all(doors, mine, points, streets, same, memory, (shift, limit_cm))

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        parts = list(pool.map(run, range(0, facilities, stretch)))
    return Catchments(
        starts_of(np.concatenate([sizes for sizes, _, _ in parts])),
        np.concatenate([point for _, point, _ in parts]),
        np.concatenate([distance for _, _, distance in parts]),
    )


class _Ends(NamedTuple):
    """Where points or doors touch the network, as `Snap`; arrays of one length."""

    edge: NDArray[np.int32]
    from_u_cm: NDArray[np.int32]
    from_v_cm: NDArray[np.int32]
    leg_cm: NDArray[np.int32]


class _Runs(NamedTuple):
    """Numbers in runs: those of k are `item[start[k]:start[k + 1]]`."""

    start: NDArray[np.int64]
    item: NDArray[np.int32]


class _Streets(NamedTuple):
    """The network and the points at both ends of each edge, by node."""

    edge_u: NDArray[np.int32]
    edge_v: NDArray[np.int32]
    weight_cm: NDArray[np.int32]
    indptr: NDArray[np.int32]
    arcs: NDArray[np.int32]
    at: _Runs


class _Memory(NamedTuple):
    """What a search writes; `node_cm` and `point_cm` are all UNREACHED between searches."""

    node_cm: NDArray[np.int32]
    point_cm: NDArray[np.int32]
    head: NDArray[np.int32]
    queued: NDArray[np.int32]
    following: NDArray[np.int32]


def _none(facilities: int) -> Catchments:
    nothing = np.empty(0, dtype=np.int32)
    return Catchments(np.zeros(facilities + 1, dtype=np.int64), nothing, nothing)


def _same_places(points_xy: NDArray[np.float64], doors_xy: NDArray[np.float64]) -> _Runs:
    """List for each door the points that are the same place."""
    from scipy.spatial import KDTree

    pairs = KDTree(doors_xy).sparse_distance_matrix(
        KDTree(points_xy), SAME_PLACE_M, output_type="ndarray"
    )
    order = np.lexsort((pairs["j"], pairs["i"]))
    start = starts_of(np.bincount(pairs["i"], minlength=len(doors_xy)))
    return _Runs(start, pairs["j"][order].astype(np.int32))


def _streets(graph: Graph, points: _Ends) -> _Streets:
    """List the points of each node beside the network."""
    on = np.flatnonzero(points.edge >= 0).astype(np.int32)
    edge = points.edge[on]
    node = np.concatenate([graph.edge_u[edge], graph.edge_v[edge]])
    by_node = np.argsort(node, kind="stable")
    at = _Runs(starts_of(np.bincount(node, minlength=graph.nodes)), on[by_node % len(on)])
    return _Streets(graph.edge_u, graph.edge_v, graph.weight_cm, graph.indptr, graph.arcs, at)


def _memory(nodes: int, points: int, buckets: int) -> _Memory:
    return _Memory(
        np.full(nodes, UNREACHED, dtype=np.int32),
        np.full(points, UNREACHED, dtype=np.int32),
        np.full(1 << (buckets + 1).bit_length(), -1, dtype=np.int32),
        np.empty(_ROOM, dtype=np.int32),
        np.empty(_ROOM, dtype=np.int32),
    )


@kernel
def _roomier(memory: _Memory, room: int) -> _Memory:
    """Give the same memory with room for more entries, none of them used."""
    queued, following = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    return _Memory(memory.node_cm, memory.point_cm, memory.head, queued, following)


@kernel
def _search_all(
    doors: _Ends,
    first: NDArray[np.int64],
    points: _Ends,
    streets: _Streets,
    same: _Runs,
    memory: _Memory,
    bounds: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Search from one facility after another; give how many points each has, and the points."""
    sizes = np.zeros(first.size - 1, dtype=np.int64)
    point = np.empty(_ROOM, dtype=np.int32)
    distance_dm = np.empty(_ROOM, dtype=np.int32)
    found = np.empty(_ROOM, dtype=np.int32)
    used = 0
    for j in range(sizes.size):
        memory = _walk_out(doors, first[j], first[j + 1], streets, memory, bounds)
        count, found = _reached(doors, first[j], first[j + 1], points, streets, same, memory, found)
        count = _kept(found, count, memory, bounds[1])
        while used + count > point.size:
            point = np.concatenate((point, np.empty_like(point)))
            distance_dm = np.concatenate((distance_dm, np.empty_like(distance_dm)))
        for k in range(count):
            point[used + k] = found[k]
            distance_dm[used + k] = (memory.point_cm[found[k]] + 9) // 10
            memory.point_cm[found[k]] = UNREACHED
        sizes[j], used = count, used + count
    return sizes, point[:used].copy(), distance_dm[:used].copy()


@kernel
def _kept(found: NDArray[np.int32], count: int, memory: _Memory, limit: int) -> int:
    """Drop what is beyond the limit, which the way along one edge may offer."""
    kept = 0
    for k in range(count):
        if memory.point_cm[found[k]] <= limit:
            found[kept] = found[k]
            kept += 1
        else:
            memory.point_cm[found[k]] = UNREACHED
    return kept


@kernel
def _walk_out(
    doors: _Ends, low: int, high: int, streets: _Streets, memory: _Memory, bounds: tuple[int, int]
) -> _Memory:
    """Find the nodes within the limit of some doors; entry 0 of `following` counts the queued."""
    used = -1
    if 2 * (high - low) >= memory.queued.size:
        memory = _roomier(memory, 4 * (high - low))
    while used < 0:
        used = _search(doors, low, high, streets, memory, bounds)
        if used < 0:
            for k in range(-used):
                memory.node_cm[memory.queued[k]] = UNREACHED
            memory = _roomier(memory, 2 * memory.queued.size)
    memory.following[0] = used
    return memory


@kernel
def _push(memory: _Memory, node: int, distance: int, shift: int, used: int) -> None:
    """Note a shorter way to a node and queue it as entry `used`."""
    memory.node_cm[node] = distance
    slot = (distance >> shift) & (memory.head.size - 1)
    memory.queued[used] = node
    memory.following[used] = memory.head[slot]
    memory.head[slot] = used


@kernel
def _start(
    doors: _Ends, low: int, high: int, streets: _Streets, memory: _Memory, bounds: tuple[int, int]
) -> int:
    """Queue both ends of the edges of the doors; give the entries used."""
    used = 0
    for k in range(low, high):
        edge: int = doors.edge[k]
        for end in range(2):
            node = streets.edge_u[edge] if end == 0 else streets.edge_v[edge]
            along = doors.from_u_cm[k] if end == 0 else doors.from_v_cm[k]
            distance = doors.leg_cm[k] + along
            if distance <= bounds[1] and distance < memory.node_cm[node]:
                _push(memory, node, distance, bounds[0], used)
                used += 1
    return used


@kernel
def _search(
    doors: _Ends, low: int, high: int, streets: _Streets, memory: _Memory, bounds: tuple[int, int]
) -> int:
    """Search outward to the limit; give the entries used, below 0 for no room."""
    shift, limit = bounds
    memory.head.fill(-1)
    used = waiting = _start(doors, low, high, streets, memory, bounds)
    current = 0
    while waiting > 0:
        slot = current & (memory.head.size - 1)
        while memory.head[slot] >= 0:
            entry: int = memory.head[slot]
            memory.head[slot] = memory.following[entry]
            waiting -= 1
            node: int = memory.queued[entry]
            here: int = memory.node_cm[node]
            if here >> shift != current:
                continue
            if used + streets.indptr[node + 1] - streets.indptr[node] > memory.queued.size:
                return -used
            for k in range(streets.indptr[node], streets.indptr[node + 1]):
                other, cost = streets.arcs[k, 0], streets.arcs[k, 1]
                if cost <= limit - here and here + cost < memory.node_cm[other]:
                    _push(memory, other, here + cost, shift, used)
                    used, waiting = used + 1, waiting + 1
        current += 1
    return used


@kernel
def _offer(
    point: int, distance: int, memory: _Memory, found: NDArray[np.int32], count: int
) -> tuple[int, NDArray[np.int32]]:
    """Take a point at a distance if that is nearer than before; list it when it is new."""
    if distance < memory.point_cm[point]:
        if memory.point_cm[point] == UNREACHED:
            if count == found.size:
                found = np.concatenate((found, np.empty_like(found)))
            found[count] = point
            count += 1
        memory.point_cm[point] = distance
    return count, found


@kernel
def _reached(
    doors: _Ends,
    low: int,
    high: int,
    points: _Ends,
    streets: _Streets,
    same: _Runs,
    memory: _Memory,
    found: NDArray[np.int32],
) -> tuple[int, NDArray[np.int32]]:
    """List the points of the nodes reached, of the doors' own edges, and of the same place."""
    count = 0
    for entry in range(memory.following[0]):
        node: int = memory.queued[entry]
        here: int = memory.node_cm[node]
        # A node may be queued several times; it is put back once its points are listed.
        if here == UNREACHED:
            continue
        memory.node_cm[node] = UNREACHED
        for k in range(streets.at.start[node], streets.at.start[node + 1]):
            i: int = streets.at.item[k]
            is_u = streets.edge_u[points.edge[i]] == node
            along = points.from_u_cm[i] if is_u else points.from_v_cm[i]
            count, found = _offer(i, here + along + points.leg_cm[i], memory, found, count)
    for door in range(low, high):
        there = (doors.from_u_cm[door], doors.from_v_cm[door])
        edge: int = doors.edge[door]
        node: int = streets.edge_u[edge]
        for k in range(streets.at.start[node], streets.at.start[node + 1]):
            i: int = streets.at.item[k]
            if points.edge[i] == edge:
                here_along = (points.from_u_cm[i], points.from_v_cm[i])
                total = apart_cm(here_along, there, streets.weight_cm[edge])
                total += points.leg_cm[i] + doors.leg_cm[door]
                count, found = _offer(i, total, memory, found, count)
        for k in range(same.start[door], same.start[door + 1]):
            if points.edge[same.item[k]] >= 0:
                count, found = _offer(same.item[k], 0, memory, found, count)
    return count, found
