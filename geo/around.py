"""Search the streets around one place after another and list the doors found, nearest first."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.cells import starts_of
from geo.jit import kernel
from geo.network import Graph
from geo.search import UNREACHED, bucket_shift
from geo.sites import offer
from geo.snapping import apart_cm

_CHUNK: Final = 1024
_ROOM: Final = 1 << 14


class Places(NamedTuple):
    """Where places touch the network, as `Snap`; arrays of one length."""

    edge: NDArray[np.int32]
    from_u_cm: NDArray[np.int32]
    from_v_cm: NDArray[np.int32]
    leg_cm: NDArray[np.int32]


class Doors(NamedTuple):
    """Entrances on the network, what they lead to, and which category that is."""

    edge: NDArray[np.int32]
    from_u_cm: NDArray[np.int32]
    from_v_cm: NDArray[np.int32]
    leg_cm: NDArray[np.int32]
    facility: NDArray[np.int32]
    category: NDArray[np.int16]


class _Streets(NamedTuple):
    """The network and its doors: those at node k are `door[start[k]:start[k + 1]]`."""

    edge_u: NDArray[np.int32]
    edge_v: NDArray[np.int32]
    weight_cm: NDArray[np.int32]
    indptr: NDArray[np.int32]
    arcs: NDArray[np.int32]
    start: NDArray[np.int64]
    door: NDArray[np.int32]


class Runs(NamedTuple):
    """Numbers listed by place: those of place k are `item[start[k]:start[k + 1]]`."""

    start: NDArray[np.int64]
    item: NDArray[np.int32]


class _Memory(NamedTuple):
    """What one search around a place writes; `distance` is all UNREACHED between searches."""

    distance: NDArray[np.int32]
    head: NDArray[np.int32]
    queued: NDArray[np.int32]
    following: NDArray[np.int32]


class _Lists(NamedTuple):
    """The best, (categories, count) for each place, and how many each category can hold."""

    best_cm: NDArray[np.float64]
    facility: NDArray[np.int32]
    holds: NDArray[np.int64]


def doors_around(
    graph: Graph,
    places: Places,
    doors: Doors,
    same: Runs,
    limit_cm: int,
    *,
    count: int,
    workers: int = 1,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Give each place the nearest different facilities of each category on foot, nearest first.

    One bounded search a place serves all categories and stops when every list is full. A facility
    counts by its nearest door; of facilities at the same walk in cm the lowest comes first.

    Parameters
    ----------
    graph
        The network that `places` and `doors` refer to.
    places, doors
        Edge -1 means off the network, for places only.
    same
        For each place the doors that are the same place: walk 0 if the place is on the network.
    limit_cm
        The longest walk that is listed.
    count
        How many facilities of a category are wanted.
    workers
        Threads to share the places among; the result does not depend on it.

    Returns
    -------
    walk_cm, facility
        Shapes (places, categories, count), categories 0 to the highest of a door; infinity and -1
        after the last facility in reach.
    """
    shape = (len(places.edge), int(doors.category.max(initial=-1)) + 1, count)
    walk_cm, facility = np.full(shape, np.inf), np.full(shape, -1, dtype=np.int32)
    if not len(doors.edge):
        return walk_cm, facility
    streets = _streets(graph, doors)
    owner = np.unique(np.stack([doors.category, doors.facility]), axis=1)[0]
    holds = np.minimum(np.bincount(owner), count)
    widest = min(graph.heaviest_cm + int(places.leg_cm.max(initial=0)), limit_cm)
    shift = bucket_shift(graph.typical_cm, widest)

    def run(low: int) -> None:
        part = slice(low, low + _CHUNK)
        mine = Places(*(column[part] for column in places))
        near = Runs(same.start[low : low + _CHUNK + 1], same.item)
        memory = _memory(graph.nodes, widest >> shift)
        lists = _Lists(walk_cm[part], facility[part], holds)
        _search_around(mine, streets, doors, near, memory, (shift, limit_cm), lists)

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        list(pool.map(run, range(0, len(places.edge), _CHUNK)))
    return walk_cm, facility


def _streets(graph: Graph, doors: Doors) -> _Streets:
    """List the doors of each node beside the network."""
    node = np.concatenate([graph.edge_u[doors.edge], graph.edge_v[doors.edge]])
    by_node = np.argsort(node, kind="stable")
    return _Streets(
        graph.edge_u,
        graph.edge_v,
        graph.weight_cm,
        graph.indptr,
        graph.arcs,
        starts_of(np.bincount(node, minlength=graph.nodes)),
        (by_node % len(doors.edge)).astype(np.int32),
    )


def _memory(nodes: int, buckets: int) -> _Memory:
    """Make the memory of searches for a thread."""
    return _Memory(
        np.full(nodes, UNREACHED, dtype=np.int32),
        np.full(1 << (buckets + 1).bit_length(), -1, dtype=np.int32),
        np.empty(_ROOM, dtype=np.int32),
        np.empty(_ROOM, dtype=np.int32),
    )


@kernel
def _search_around(
    places: Places,
    streets: _Streets,
    doors: Doors,
    same: Runs,
    memory: _Memory,
    bounds: tuple[int, int],
    all_lists: _Lists,
) -> None:
    """Fill the lists of each place that is on the network."""
    for i in range(places.edge.size):
        if places.edge[i] < 0:
            continue
        lists = _Lists(all_lists.best_cm[i], all_lists.facility[i], all_lists.holds)
        for k in range(same.start[i], same.start[i + 1]):
            _offer_door(doors, same.item[k], 0, lists)
        _offer_along(places, i, streets, doors, bounds[1], lists)
        used = -1
        while used < 0:
            used = _walk_around(places, i, streets, doors, memory, bounds, lists)
            for k in range(abs(used)):
                memory.distance[memory.queued[k]] = UNREACHED
            if used < 0:
                room = 2 * memory.queued.size
                memory = _Memory(
                    memory.distance,
                    memory.head,
                    np.empty(room, dtype=np.int32),
                    np.empty(room, dtype=np.int32),
                )


@kernel
def _offer_door(doors: Doors, door: int, walk_cm: int, lists: _Lists) -> None:
    """Offer a door to the list of its category."""
    category = doors.category[door]
    offer(lists.best_cm[category], lists.facility[category], walk_cm, doors.facility[door])


@kernel
def _offer_along(
    places: Places, i: int, streets: _Streets, doors: Doors, limit: int, lists: _Lists
) -> None:
    """Offer the doors on the very edge of a place."""
    edge: int = places.edge[i]
    here = (places.from_u_cm[i], places.from_v_cm[i])
    node: int = streets.edge_u[edge]
    for k in range(streets.start[node], streets.start[node + 1]):
        door: int = streets.door[k]
        if doors.edge[door] != edge:
            continue
        there = (doors.from_u_cm[door], doors.from_v_cm[door])
        total = apart_cm(here, there, streets.weight_cm[edge])
        total += places.leg_cm[i] + doors.leg_cm[door]
        if total <= limit:
            _offer_door(doors, door, total, lists)


@kernel
def _offer_node(
    streets: _Streets, doors: Doors, node: int, distance: int, limit: int, lists: _Lists
) -> None:
    """Offer the doors on the edges of a node that is so far away."""
    for k in range(streets.start[node], streets.start[node + 1]):
        door: int = streets.door[k]
        is_u = streets.edge_u[doors.edge[door]] == node
        along = doors.from_u_cm[door] if is_u else doors.from_v_cm[door]
        total = distance + along + doors.leg_cm[door]
        if total <= limit:
            _offer_door(doors, door, total, lists)


@kernel
def _is_full(lists: _Lists, reached: int) -> bool:
    """Tell whether nothing farther than `reached` can enter any list."""
    for category in range(lists.holds.size):
        held = lists.holds[category]
        if held > 0 and lists.best_cm[category, held - 1] >= reached:
            return False
    return True


@kernel
def _push(memory: _Memory, node: int, distance: int, shift: int, used: int) -> None:
    """Note a shorter way to a node and queue it as entry `used`."""
    memory.distance[node] = distance
    slot = (distance >> shift) & (memory.head.size - 1)
    memory.queued[used] = node
    memory.following[used] = memory.head[slot]
    memory.head[slot] = used


@kernel
def _walk_around(
    places: Places,
    i: int,
    streets: _Streets,
    doors: Doors,
    memory: _Memory,
    bounds: tuple[int, int],
    lists: _Lists,
) -> int:
    """Search outward until every list is full; give the entries used, below 0 for no room."""
    shift, limit = bounds
    memory.head.fill(-1)
    used = waiting = _start(places, i, streets, memory, bounds)
    current = 0
    while waiting > 0 and not _is_full(lists, current << shift):
        slot = current & (memory.head.size - 1)
        while memory.head[slot] >= 0:
            entry: int = memory.head[slot]
            memory.head[slot] = memory.following[entry]
            waiting -= 1
            node: int = memory.queued[entry]
            here: int = memory.distance[node]
            if here >> shift != current:
                continue
            _offer_node(streets, doors, node, here, limit, lists)
            if used + streets.indptr[node + 1] - streets.indptr[node] > memory.queued.size:
                return -used
            for k in range(streets.indptr[node], streets.indptr[node + 1]):
                other, cost = streets.arcs[k, 0], streets.arcs[k, 1]
                if cost <= limit - here and here + cost < memory.distance[other]:
                    _push(memory, other, here + cost, shift, used)
                    used, waiting = used + 1, waiting + 1
        current += 1
    return used


@kernel
def _start(
    places: Places, i: int, streets: _Streets, memory: _Memory, bounds: tuple[int, int]
) -> int:
    """Queue both ends of the edge of a place; give the entries used."""
    used = 0
    edge: int = places.edge[i]
    for end in range(2):
        node = streets.edge_u[edge] if end == 0 else streets.edge_v[edge]
        along = places.from_u_cm[i] if end == 0 else places.from_v_cm[i]
        distance = places.leg_cm[i] + along
        if distance <= bounds[1] and distance < memory.distance[node]:
            _push(memory, node, distance, bounds[0], used)
            used += 1
    return used
