"""Trace the shortest walk between two places, to be drawn."""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from geo.network import Graph, Snap
from geo.snapping import apart_cm


@dataclass(frozen=True)
class Route:
    """A walk from door to door.

    `nodes` int32 are the street nodes passed, in order, perhaps none. `xy_m` (k, 2) is the line to
    draw: origin, where it meets the street, the nodes, where it leaves the street, target.
    """

    length_cm: int
    nodes: NDArray[np.int32]
    xy_m: NDArray[np.float64]


def shortest_route(
    graph: Graph,
    origin_snap: Snap,
    origin_xy: NDArray[np.float64],
    target_snap: Snap,
    target_xy: NDArray[np.float64],
    *,
    limit_cm: int | None = None,
) -> Route | None:
    """Give the shortest walk between two places, or None where there is none.

    The length is that of `geo.reach.walk_reach` before it is rounded to dm, save that two places
    within `SAME_PLACE_M` are walked as they lie. The search is plain Python: made for one route.

    Parameters
    ----------
    graph
        The network that both snaps refer to.
    origin_snap, target_snap
        Snaps of one point each.
    origin_xy, target_xy
        Shape (2,), projected metres.
    limit_cm
        Longer walks count as none; left out, any length does.
    """
    if not len(origin_snap.edge) or not len(target_snap.edge):
        return None
    start, goal = int(origin_snap.edge[0]), int(target_snap.edge[0])
    if start < 0 or goal < 0:
        return None
    legs = int(origin_snap.leg_cm[0]) + int(target_snap.leg_cm[0])
    room = np.inf if limit_cm is None else limit_cm - legs
    along, nodes = np.inf, []
    if start == goal:
        here = int(origin_snap.from_u_cm[0]), int(origin_snap.from_v_cm[0])
        there = int(target_snap.from_u_cm[0]), int(target_snap.from_v_cm[0])
        along = apart_cm(here, there, int(graph.weight_cm[start]))
    between, path = _dijkstra(graph, _ends(graph, origin_snap), _ends(graph, target_snap), room)
    if between < along:
        along, nodes = between, path
    if along == np.inf or along > room:
        return None
    line = [
        np.asarray(origin_xy, dtype=np.float64),
        _touch(graph, origin_snap),
        *graph.xy_m[nodes],
        _touch(graph, target_snap),
        np.asarray(target_xy, dtype=np.float64),
    ]
    return Route(int(along) + legs, np.array(nodes, dtype=np.int32), np.array(line))


def _ends(graph: Graph, snap: Snap) -> dict[int, int]:
    """Give the two nodes of the edge of a snap with the way to each, in cm."""
    edge = int(snap.edge[0])
    return {
        int(graph.edge_u[edge]): int(snap.from_u_cm[0]),
        int(graph.edge_v[edge]): int(snap.from_v_cm[0]),
    }


def _touch(graph: Graph, snap: Snap) -> NDArray[np.float64]:
    """Give the place on the edge where a snap touches it, (2,), to about a centimetre."""
    edge = int(snap.edge[0])
    whole = int(snap.from_u_cm[0]) + int(snap.from_v_cm[0])
    share = int(snap.from_u_cm[0]) / whole if whole else 0.0
    u, v = graph.xy_m[graph.edge_u[edge]], graph.xy_m[graph.edge_v[edge]]
    return u + share * (v - u)


def _dijkstra(
    graph: Graph, starts: dict[int, int], goals: dict[int, int], room: float
) -> tuple[float, list[int]]:
    """Give the shortest way from any start over nodes to any goal, in cm, and the nodes passed."""
    queue = [(cm, node, -1) for node, cm in starts.items()]
    queue.sort()
    came_from: dict[int, int] = {}
    best, last = np.inf, -1
    while queue:
        distance, node, before = heappop(queue)
        if distance >= best or distance > room:
            break
        if node in came_from:
            continue
        came_from[node] = before
        if node in goals and distance + goals[node] < best:
            best, last = distance + goals[node], node
        for k in range(int(graph.indptr[node]), int(graph.indptr[node + 1])):
            other = int(graph.neighbour[k])
            if other not in came_from:
                heappush(queue, (distance + int(graph.neighbour_weight[k]), other, node))
    path: list[int] = []
    while last >= 0:
        path.append(last)
        last = came_from[last]
    return best, path[::-1]
