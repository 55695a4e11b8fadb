"""Build the walking network of a city: streets as a graph in an order that suits searching."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputDataError
from geo.jit import kernel
from geo.rounding import ceil_cm_array
from geo.snapping import Snap, snap_to_edges

__all__ = ["MAIN_SHARE", "Graph", "Snap", "build_graph", "is_main", "snap"]

MAIN_SHARE: Final = 0.01
"""A connected part with less of all street metres is a scrap that nobody steps onto."""

_HILBERT_BITS: Final = 20


@dataclass(frozen=True)
class Graph:
    """An undirected walking network of n nodes and m edges.

    Nodes follow a Hilbert curve, so that neighbours on the ground are neighbours in memory. Edges
    are sorted by (u, v), u < v, at most one for a pair. `order` (n,) and `edge_order` (m,) int64
    hold for each node and edge its position in what `build_graph` was given.

    `xy_m` (n, 2) float64, projected metres; `edge_u edge_v weight_cm` (m,) int32, the weight
    rounded up and never below the chord. Node k has the neighbours
    `neighbour[indptr[k]:indptr[k + 1]]`, lowest first, each reached by `neighbour_weight` cm.
    `component` (n,) int32 numbers the connected parts from 0 in the order of their first node.
    """

    xy_m: NDArray[np.float64]
    edge_u: NDArray[np.int32]
    edge_v: NDArray[np.int32]
    weight_cm: NDArray[np.int32]
    indptr: NDArray[np.int32]
    neighbour: NDArray[np.int32]
    neighbour_weight: NDArray[np.int32]
    component: NDArray[np.int32]
    order: NDArray[np.int64]
    edge_order: NDArray[np.int64]

    @property
    def nodes(self) -> int:
        """Give the number of nodes."""
        return len(self.xy_m)

    @property
    def edges(self) -> int:
        """Give the number of edges."""
        return len(self.edge_u)

    @cached_property
    def arcs(self) -> NDArray[np.int32]:
        """Give neighbour and weight side by side, (2m, 2), for searches that read both at once."""
        return np.stack([self.neighbour, self.neighbour_weight], axis=1)

    @cached_property
    def heaviest_cm(self) -> int:
        """Give the weight of the longest edge; 0 without edges."""
        return int(self.weight_cm.max()) if self.edges else 0

    @cached_property
    def typical_cm(self) -> int:
        """Give the mean weight of an edge; 0 without edges."""
        return int(self.weight_cm.mean(dtype=np.float64)) if self.edges else 0


def build_graph(
    xy_m: NDArray[np.float64],
    u: NDArray[np.integer[Any]],
    v: NDArray[np.integer[Any]],
    *,
    length_cm: NDArray[np.integer[Any]] | None = None,
    node_key: NDArray[np.int64] | None = None,
) -> Graph:
    """Build a graph from nodes and street segments.

    The result does not depend on the order of nodes and segments: nodes are ordered by their
    place, parallel segments keep the shortest, segments from a node to itself are dropped. Nodes
    at exactly one place stay two nodes and are told apart by `node_key`.

    Parameters
    ----------
    xy_m
        Shape (n, 2), projected metres, finite; n may be 0.
    u, v
        Shape (m,), positions in `xy_m`; m may be 0.
    length_cm
        Shape (m,), length as walked; raised to the chord where it is shorter. Left out: the chord.
    node_key
        Shape (n,), a lasting name of each node; left out: its position.

    Raises
    ------
    InputDataError
        A coordinate is not finite, or an end lies outside the nodes.
    """
    xy, tail, head = _checked(xy_m, u, v)
    order = _node_order(xy, node_key)
    rank = np.empty(len(xy), dtype=np.int64)
    rank[order] = np.arange(len(xy))
    xy = np.ascontiguousarray(xy[order])
    low = np.minimum(rank[tail], rank[head])
    high = np.maximum(rank[tail], rank[head])
    weight = ceil_cm_array(np.hypot(*(xy[high] - xy[low]).T))
    if length_cm is not None:
        weight = np.maximum(weight, np.asarray(length_cm, dtype=np.int64))
    if weight.size and int(weight.max()) > np.iinfo(np.int32).max:
        raise InputDataError(
            f"The longest street segment is {int(weight.max()) / 100:,.0f} m; expected metres of a "
            "projected CRS and segments below 21,000 km. Check the CRS of the street file."
        )
    edge_order = _edge_order(low, high, weight)
    low, high, weight = low[edge_order], high[edge_order], weight[edge_order]
    edge_u, edge_v = low.astype(np.int32), high.astype(np.int32)
    weight_cm = weight.astype(np.int32)
    indptr, neighbour, by = _adjacency(len(xy), edge_u, edge_v)
    return Graph(
        xy_m=xy,
        edge_u=edge_u,
        edge_v=edge_v,
        weight_cm=weight_cm,
        indptr=indptr,
        neighbour=neighbour,
        neighbour_weight=weight_cm[by],
        component=_components(indptr, neighbour),
        order=order,
        edge_order=edge_order,
    )


def is_main(graph: Graph, *, least_share: float = MAIN_SHARE) -> NDArray[np.bool_]:
    """Tell which edges belong to a connected part that holds enough of all street metres.

    Parameters
    ----------
    graph
        May be empty.
    least_share
        Share of the length of all streets, 0..1; 0 makes every part a main one.

    Returns
    -------
    Shape (m,); the longest part is always a main one.
    """
    part = graph.component[graph.edge_u]
    length_cm = np.bincount(part, weights=graph.weight_cm)
    enough_cm = min(least_share * length_cm.sum(), length_cm.max(initial=0.0))
    return (length_cm >= enough_cm)[part]


def snap(
    graph: Graph,
    xy_m: NDArray[np.float64],
    limit_m: float,
    *,
    least_share: float = MAIN_SHARE,
    workers: int = 1,
) -> Snap:
    """Move each point to the nearest place on any edge of a main part of the network.

    Street files hold scraps that touch nothing: a path in a yard, a street cut off by the border of
    the extract. Who lives beside one would be cut off from a city that lies ten metres farther, so
    nobody steps onto a scrap (see `is_main`).

    Parameters and result otherwise as `geo.snapping.snap_to_edges`; the edges are those of `graph`.
    """
    main = np.flatnonzero(is_main(graph, least_share=least_share))
    ends_m = np.hstack([graph.xy_m[graph.edge_u[main]], graph.xy_m[graph.edge_v[main]]])
    found = snap_to_edges(ends_m, graph.weight_cm[main], xy_m, limit_m, workers=workers)
    edge = np.full(found.edge.size, -1, dtype=np.int32)
    edge[found.is_on] = main[found.edge[found.is_on]]
    return replace(found, edge=edge)


def _checked(
    xy_m: NDArray[np.float64], u: NDArray[np.integer[Any]], v: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Give nodes and ends in one type each, or say what is wrong with them."""
    xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    ends = np.stack([np.asarray(u, dtype=np.int64), np.asarray(v, dtype=np.int64)])
    bad = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if bad.size:
        raise InputDataError(
            f"{bad.size:,} of {len(xy):,} street nodes have no place (first: node {int(bad[0])}); "
            "expected finite projected metres. Check the CRS of the street file."
        )
    outside = np.flatnonzero(((ends < 0) | (ends >= len(xy))).any(axis=0))
    if outside.size:
        raise InputDataError(
            f"{outside.size:,} of {ends.shape[1]:,} street segments name a node that does not "
            f"exist (first: segment {int(outside[0])}); expected 0..{len(xy) - 1}. "
            "Rebuild the street file."
        )
    return xy, ends[0], ends[1]


def _node_order(xy: NDArray[np.float64], node_key: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Order nodes along a Hilbert curve; then by x, y and key."""
    if len(xy) == 0:
        return np.empty(0, dtype=np.int64)
    low = xy.min(axis=0)
    side = max(float((xy.max(axis=0) - low).max()), 1e-9)
    steps = (1 << _HILBERT_BITS) - 1
    square = np.floor((xy - low) * (steps / side)).astype(np.int64)
    position = _hilbert(np.clip(square, 0, steps), _HILBERT_BITS)
    key = np.arange(len(xy)) if node_key is None else np.asarray(node_key, dtype=np.int64)
    return np.lexsort((key, xy[:, 1], xy[:, 0], position)).astype(np.int64)


@kernel
def _hilbert(square: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    """Give the position of each square along the Hilbert curve.

    From the highest bit down: a quadrant adds its squares, then turns into the form of the whole.
    """
    position = np.zeros(square.shape[0], dtype=np.int64)
    for i in range(square.shape[0]):
        x, y = square[i, 0], square[i, 1]
        total = 0
        side = 1 << (bits - 1)
        while side > 0:
            right = 1 if x & side else 0
            upper = 1 if y & side else 0
            total += side * side * ((3 * right) ^ upper)
            if upper == 0:
                if right == 1:
                    x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
                x, y = y, x
            x, y = x & (side - 1), y & (side - 1)
            side >>= 1
        position[i] = total
    return position


def _edge_order(
    low: NDArray[np.int64], high: NDArray[np.int64], weight: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Order edges by their ends and keep the shortest of each pair of different ends."""
    order = np.lexsort((weight, high, low)).astype(np.int64)
    order = order[low[order] != high[order]]
    first = np.ones(order.size, dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    return order[first]


def _adjacency(
    nodes: int, edge_u: NDArray[np.int32], edge_v: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """List for each node its neighbours and the edges to them, both ways."""
    tail = np.concatenate([edge_u, edge_v])
    head = np.concatenate([edge_v, edge_u])
    by = np.tile(np.arange(edge_u.size, dtype=np.int32), 2)
    order = np.lexsort((head, tail))
    indptr = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=nodes), out=indptr[1:])
    return indptr, head[order], by[order]


@kernel
def _components(indptr: NDArray[np.int32], neighbour: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give each node the number of its connected part, in the order of their first node."""
    nodes = indptr.size - 1
    component = np.full(nodes, -1, dtype=np.int32)
    stack = np.empty(nodes, dtype=np.int32)
    parts = 0
    for first in range(nodes):
        if component[first] >= 0:
            continue
        component[first] = parts
        stack[0] = first
        top = 1
        while top > 0:
            top -= 1
            node = stack[top]
            for k in range(indptr[node], indptr[node + 1]):
                other = neighbour[k]
                if component[other] < 0:
                    component[other] = parts
                    stack[top] = other
                    top += 1
        parts += 1
    return component
