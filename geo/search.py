"""Find for every street node the nearest of many sources along the network, up to a limit."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputDataError
from geo.jit import kernel
from geo.network import Graph

UNREACHED: Final = int(np.iinfo(np.int32).max)
"""Distance of a node that no source reaches within the limit."""

_FAR: Final = int(np.iinfo(np.int64).max)
_MAX_BUCKETS: Final = 1 << 20
_FINENESS: Final = 3  # a bucket is about 2**-3 of a mean edge; 1..6 differ by mere noise
_SPARE: Final = 1 << 12


class _Queue(NamedTuple):
    """A ring of buckets: `head` holds the first entry of each, the last one that of free entries.

    An entry is a node and the entry that follows; -1 ends a chain. `state` holds the bucket at
    hand, the entries ever used and those that wait.
    """

    head: NDArray[np.int32]
    node: NDArray[np.int32]
    following: NDArray[np.int32]
    state: NDArray[np.int64]


class Workspace:
    """Memory of one search, kept for the next; not to be shared between threads."""

    def __init__(self) -> None:
        self._key = np.empty(0, dtype=np.int64)
        self._node = np.empty(0, dtype=np.int32)
        self._following = np.empty(0, dtype=np.int32)

    def keys(self, nodes: int) -> NDArray[np.int64]:
        """Give one key a node, all of them far."""
        if self._key.size < nodes:
            self._key = np.empty(nodes, dtype=np.int64)
        key = self._key[:nodes]
        key.fill(_FAR)
        return key

    def queue(self, buckets: int, entries: int) -> _Queue:
        """Give an empty queue with room for at least so many entries."""
        if self._node.size < entries:
            self._node = np.empty(entries, dtype=np.int32)
            self._following = np.empty(entries, dtype=np.int32)
        head = np.full(buckets + 1, -1, dtype=np.int32)
        return _Queue(head, self._node, self._following, np.zeros(3, dtype=np.int64))

    def longer(self, queue: _Queue) -> _Queue:
        """Give the same queue with twice the room."""
        self._node = np.concatenate([queue.node, np.empty_like(queue.node)])
        self._following = np.concatenate([queue.following, np.empty_like(queue.following)])
        return _Queue(queue.head, self._node, self._following, queue.state)


def nearest_source(
    graph: Graph,
    seed_node: NDArray[np.int32],
    seed_cm: NDArray[np.int32],
    seed_label: NDArray[np.int32],
    cutoff_cm: int,
    *,
    workspace: Workspace | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give each node the distance and the label of its nearest source.

    Exact in whole centimetres. Of sources at the same distance the lowest label wins, so the answer
    does not depend on the order of anything. The method is delta-stepping on one thread (U. Meyer,
    P. Sanders, J. Algorithms 49, 2003) on keys that carry the label below the distance; the
    interpreter lock is free while it runs.

    Parameters
    ----------
    graph
        May be empty.
    seed_node, seed_cm, seed_label
        Shape (s,): a node, its distance from the source and the name of the source, both >= 0. A
        node may come several times, a label on several nodes; s may be 0.
    cutoff_cm
        The largest distance that is reached; below 0 nothing is.
    workspace
        Memory to use again for the next search of this thread.

    Returns
    -------
    distance_cm
        Shape (n,) int32; `UNREACHED` where no source is within the cutoff.
    label
        Shape (n,) int32; -1 where unreached.

    Raises
    ------
    InputDataError
        A seed names a node outside the graph, or a negative distance or label.
    """
    seeds = _checked_seeds(graph, seed_node, seed_cm, seed_label)
    memory = Workspace() if workspace is None else workspace
    key = memory.keys(graph.nodes)
    cutoff = min(int(cutoff_cm), UNREACHED - 1)
    node, distance, label = (column[seeds[1] <= cutoff] for column in seeds)
    if node.size:
        widest = max(int(distance.max()), min(graph.heaviest_cm, cutoff))
        shift = bucket_shift(graph.typical_cm, widest)
        ring = 1 << ((widest >> shift) + 1).bit_length()
        queue = memory.queue(ring, 2 * node.size + _SPARE)
        _seed(key, node, (distance << 32) | label, queue, shift)
        while not _settle(graph.indptr, graph.arcs, key, queue, shift, cutoff):
            queue = memory.longer(queue)
    return _unpack(key)


def nearest_source_scipy(
    graph: Graph,
    seed_node: NDArray[np.int32],
    seed_cm: NDArray[np.int32],
    seed_label: NDArray[np.int32],
    cutoff_cm: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give the same answer as `nearest_source` by scipy's Dijkstra: the fallback and the oracle.

    Weights are multiplied by the number of labels and a source starts with the rank of its label,
    so that one float, exact below 2**53, orders by distance and then by label.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    seeds = _checked_seeds(graph, seed_node, seed_cm, seed_label)
    distance = np.full(graph.nodes, UNREACHED, dtype=np.int32)
    label = np.full(graph.nodes, -1, dtype=np.int32)
    node, start_cm, name = (column[seeds[1] <= cutoff_cm] for column in seeds)
    if not node.size:
        return distance, label
    names, rank = np.unique(name, return_inverse=True)
    scale = names.size + 1
    first = np.lexsort((rank, start_cm, node))
    first = first[np.unique(node[first], return_index=True)[1]]
    # A last node stands for "anywhere": its edges lead to the seeds and carry their own keys.
    tail_end = graph.indptr[-1] + first.size
    matrix = csr_array(
        (
            np.concatenate(
                [
                    graph.neighbour_weight * float(scale),
                    start_cm[first] * float(scale) + rank[first] + 1.0,
                ]
            ),
            np.concatenate([graph.neighbour, node[first].astype(np.int32)]),
            np.concatenate([graph.indptr, [tail_end]]),
        ),
        shape=(graph.nodes + 1, graph.nodes + 1),
    )
    key = dijkstra(matrix, indices=graph.nodes, limit=(float(cutoff_cm) + 1.0) * scale)[:-1]
    reached = np.flatnonzero(np.isfinite(key))
    whole = key[reached].astype(np.int64)
    near = whole // scale <= cutoff_cm
    distance[reached[near]] = whole[near] // scale
    label[reached[near]] = names[whole[near] % scale - 1]
    return distance, label


def _checked_seeds(
    graph: Graph,
    seed_node: NDArray[np.int32],
    seed_cm: NDArray[np.int32],
    seed_label: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give the seeds in one type, or say which one is impossible."""
    node = np.asarray(seed_node, dtype=np.int64)
    distance = np.asarray(seed_cm, dtype=np.int64)
    label = np.asarray(seed_label, dtype=np.int64)
    bad = np.flatnonzero((node < 0) | (node >= graph.nodes) | (distance < 0) | (label < 0))
    if bad.size:
        k = int(bad[0])
        raise InputDataError(
            f"{bad.size:,} of {node.size:,} sources are impossible (first: source {k}, node "
            f"{node[k]}, {distance[k]} cm, label {label[k]}); expected a node of 0.."
            f"{graph.nodes - 1}, a distance and a label of 0 or more. Check the network."
        )
    return node, distance, label


def bucket_shift(typical_cm: int, widest_cm: int) -> int:
    """Choose buckets of 2**shift cm: a part of a typical edge, and not too many in the ring."""
    shift = max(0, typical_cm.bit_length() - _FINENESS)
    while widest_cm >> shift > _MAX_BUCKETS:
        shift += 1
    return shift


@kernel
def _seed(
    key: NDArray[np.int64],
    node: NDArray[np.int64],
    packed: NDArray[np.int64],
    queue: _Queue,
    shift: int,
) -> None:
    """Queue the nodes of all sources."""
    mask = queue.head.size - 2
    used = 0
    for i in range(node.size):
        if packed[i] < key[node[i]]:
            key[node[i]] = packed[i]
            slot = (packed[i] >> (32 + shift)) & mask
            queue.node[used] = node[i]
            queue.following[used] = queue.head[slot]
            queue.head[slot] = used
            used += 1
    queue.state[1], queue.state[2] = used, used


@kernel
def _settle(
    indptr: NDArray[np.int32],
    arcs: NDArray[np.int32],
    key: NDArray[np.int64],
    queue: _Queue,
    shift: int,
    cutoff: int,
) -> bool:
    """Empty bucket after bucket, improving the keys of neighbours; False when room ran out."""
    head, queued, following, state = queue
    current, used, waiting = state
    free, mask, bits = head.size - 1, head.size - 2, 32 + shift
    while waiting > 0:
        slot = current & mask
        while head[slot] >= 0:
            entry = head[slot]
            node = queued[entry]
            if used + indptr[node + 1] - indptr[node] > queued.size:
                state[0], state[1], state[2] = current, used, waiting
                return False
            head[slot], following[entry], head[free] = following[entry], head[free], entry
            waiting -= 1
            here = key[node]
            # An entry whose node has moved to an earlier bucket was answered there.
            if here >> bits != current:
                continue
            room = cutoff - (here >> 32)
            for k in range(indptr[node], indptr[node + 1]):
                other, cost = arcs[k, 0], np.int64(arcs[k, 1])
                reached, before = here + (cost << 32), key[other]
                if cost > room or reached >= before:
                    continue
                key[other] = reached
                bucket = reached >> bits
                # Where it waits in that very bucket already, the entry will read the new key.
                if bucket != current and before >> bits == bucket:
                    continue
                entry = head[free]
                if entry < 0:
                    entry, used = np.int32(used), used + 1
                else:
                    head[free] = following[entry]
                queued[entry] = other
                following[entry] = head[bucket & mask]
                head[bucket & mask] = entry
                waiting += 1
        current += 1
    return True


@kernel
def _unpack(key: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Split keys into distance and label."""
    distance = np.empty(key.size, dtype=np.int32)
    label = np.empty(key.size, dtype=np.int32)
    for i in range(key.size):
        is_far = key[i] == _FAR
        distance[i] = UNREACHED if is_far else key[i] >> 32
        label[i] = -1 if is_far else key[i] & 0x7FFFFFFF
    return distance, label
