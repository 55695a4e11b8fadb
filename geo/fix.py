"""Find the smallest thing that brings a place into reach, and count whom it helps.

A window of the city is measured twice by the functions of the build, as it is and as it would be;
the difference is the promise. A window must hold every street, demand point and door within twice
the limit of the place: what is farther cannot be reached through anything built near it.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.network import Graph, Snap, build_graph
from geo.reach import line_reach, walk_reach
from geo.rounding import ceil_cm_array
from geo.search import UNREACHED, nearest_source
from geo.snapping import snap_to_edges

LONGEST_LINK_M: Final = 150.0
"""A gate, a crossing or a footbridge; what is longer is a street and no small thing."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """A piece of a city: n nodes, m edges, p demand points, d doors.

    `xy_m` (n, 2) projected metres; `u v` (m,) positions of nodes, `length_cm` (m,) as walked.
    `points_xy` (p, 2) with `at`, where they touch an edge, and `amount` (p,) what is counted.
    `doors_xy` (d, 2), `to`, `facility` (d,) likewise. `snap_limit_m` is that of the city.
    """

    xy_m: Floats
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    length_cm: Ints
    points_xy: Floats
    at: Snap
    amount: Ints
    doors_xy: Floats
    to: Snap
    facility: NDArray[np.int32]
    snap_limit_m: float


class Link(NamedTuple):
    """A new way between two nodes of a window, as long as it is straight."""

    a: int
    b: int
    length_cm: int


@dataclass(frozen=True)
class Gain:
    """Whom a change helps: `is_in`, `was_in` bool (p,), within the limit after and before."""

    was_in: NDArray[np.bool_]
    is_in: NDArray[np.bool_]
    amount: int


def gain_of_site(window: Window, point: int, limit_dm: int) -> Gain:
    """Count whom a new facility with its door at a demand point would bring into reach."""
    after = replace(
        window,
        doors_xy=np.vstack([window.doors_xy, window.points_xy[point : point + 1]]),
        to=_joined(window.to, window.at.take(slice(point, point + 1))),
        facility=np.append(window.facility, window.facility.max(initial=-1) + 1).astype(np.int32),
    )
    return _gain(window, after, limit_dm)


def gain_of_link(window: Window, link: Link, limit_dm: int) -> Gain:
    """Count whom a new way would bring into reach.

    Points and doors that lie nearer to it than to their street would step onto it: they are
    measured so.
    """
    return _gain(window, _with_link(window, link), limit_dm)


def shortest_link(
    window: Window, point: int, limit_dm: int, longest_m: float = LONGEST_LINK_M
) -> Link | None:
    """Find the shortest new way between two nodes that brings a demand point into reach.

    From the point to one end, over the link, and on to the nearest door: no farther than the limit.
    Of links equally long the one with the lowest nodes wins. None where no link of `longest_m` or
    less helps, or the point is off the network.
    """
    from scipy.spatial import KDTree

    if window.at.edge[point] < 0 or not window.to.is_on.any():
        return None
    graph, here, there = _graph_of(window)
    limit_cm = 10 * limit_dm
    from_point = _node_distances(graph, here.take(np.array([point])), limit_cm)
    from_doors = _node_distances(graph, there.take(there.is_on), limit_cm)
    start, end = np.flatnonzero(from_point < UNREACHED), np.flatnonzero(from_doors < UNREACHED)
    if not len(start) or not len(end):
        return None
    pairs = KDTree(graph.xy_m[start]).sparse_distance_matrix(
        KDTree(graph.xy_m[end]), longest_m, output_type="ndarray"
    )
    a, b = start[pairs["i"]], end[pairs["j"]]
    length_cm = ceil_cm_array(pairs["v"])
    total = from_point[a].astype(np.int64) + length_cm + from_doors[b]
    helps = np.flatnonzero((total <= limit_cm) & (a != b) & (length_cm > 0))
    if not len(helps):
        return None
    old_a, old_b = graph.order[a[helps]], graph.order[b[helps]]
    best = np.lexsort((old_b, old_a, length_cm[helps]))[0]
    return Link(int(old_a[best]), int(old_b[best]), int(length_cm[helps][best]))


def _gain(before: Window, after: Window, limit_dm: int) -> Gain:
    was_in, is_in = (_within(window, limit_dm) for window in (before, after))
    amount = int(before.amount[is_in].sum() - before.amount[was_in].sum())
    return Gain(was_in, is_in, amount)


def _within(window: Window, limit_dm: int) -> NDArray[np.bool_]:
    graph, at, to = _graph_of(window)
    line_dm, _ = line_reach(window.points_xy, window.doors_xy, window.facility)
    walk = walk_reach(
        *(graph, at, window.points_xy, to, window.doors_xy, window.facility),
        limit_dm=limit_dm,
        line_dm=line_dm,
    )
    return walk.facility >= 0


def _with_link(window: Window, link: Link) -> Window:
    ends_m = np.concatenate([window.xy_m[link.a], window.xy_m[link.b]])[None]
    edge = len(window.u)
    return replace(
        window,
        u=np.append(window.u, link.a).astype(np.int32),
        v=np.append(window.v, link.b).astype(np.int32),
        length_cm=np.append(window.length_cm, link.length_cm),
        at=_stepped(window, window.points_xy, window.at, ends_m, edge, link.length_cm),
        to=_stepped(window, window.doors_xy, window.to, ends_m, edge, link.length_cm),
    )


def _stepped(
    window: Window, xy_m: Floats, held: Snap, ends_m: Floats, edge: int, length_cm: int
) -> Snap:
    """Move the points that lie nearer to a new edge than to their own onto it."""
    weight = np.array([length_cm], dtype=np.int32)
    moved = snap_to_edges(ends_m, weight, xy_m, window.snap_limit_m)
    own = np.hstack([window.xy_m[window.u[held.edge]], window.xy_m[window.v[held.edge]]])
    apart = np.where(held.is_on, _apart2(xy_m, own), np.inf)
    is_nearer = moved.is_on & (_apart2(xy_m, np.repeat(ends_m, len(xy_m), axis=0)) < apart)
    return Snap(
        np.where(is_nearer, edge, held.edge).astype(np.int32),
        np.where(is_nearer, moved.from_u_cm, held.from_u_cm),
        np.where(is_nearer, moved.from_v_cm, held.from_v_cm),
        np.where(is_nearer, moved.leg_cm, held.leg_cm),
    )


def _apart2(xy_m: Floats, ends_m: Floats) -> Floats:
    """Give the squared distance of each point to the segment of its row."""
    start, way = ends_m[:, :2], ends_m[:, 2:] - ends_m[:, :2]
    length2 = np.maximum((way * way).sum(axis=1), 1e-12)
    share = np.clip(((xy_m - start) * way).sum(axis=1) / length2, 0.0, 1.0)
    off = xy_m - start - share[:, None] * way
    return (off * off).sum(axis=1)


def _graph_of(window: Window) -> tuple[Graph, Snap, Snap]:
    """Make the graph of a window, and the touches of points and doors in its order."""
    graph = build_graph(window.xy_m, window.u, window.v, length_cm=window.length_cm)
    rank = np.empty(len(window.xy_m), dtype=np.int64)
    rank[graph.order] = np.arange(len(rank))
    place = np.full(len(window.u), -1, dtype=np.int64)
    place[graph.edge_order] = np.arange(graph.edges)
    is_turned = rank[window.u] > rank[window.v]
    at, to = (_moved(snap, place, is_turned) for snap in (window.at, window.to))
    return graph, at, to


def _moved(snap: Snap, place: Ints, is_turned: NDArray[np.bool_]) -> Snap:
    turned = is_turned[snap.edge] & snap.is_on
    return Snap(
        np.where(snap.is_on, place[snap.edge], -1).astype(np.int32),
        np.where(turned, snap.from_v_cm, snap.from_u_cm).astype(np.int32),
        np.where(turned, snap.from_u_cm, snap.from_v_cm).astype(np.int32),
        snap.leg_cm,
    )


def _node_distances(graph: Graph, ends: Snap, limit_cm: int) -> NDArray[np.int32]:
    """Give each node the way to the nearest of some places, legs included."""
    node = np.concatenate([graph.edge_u[ends.edge], graph.edge_v[ends.edge]])
    along = np.concatenate([ends.from_u_cm, ends.from_v_cm]) + np.tile(ends.leg_cm, 2)
    label = np.zeros(len(node), dtype=np.int32)
    return nearest_source(graph, node, along.astype(np.int32), label, limit_cm)[0]


def _joined(one: Snap, other: Snap) -> Snap:
    names = ("edge", "from_u_cm", "from_v_cm", "leg_cm")
    return Snap(*(np.concatenate([getattr(one, k), getattr(other, k)]) for k in names))
