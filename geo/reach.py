"""Give every point its nearest facility, in a straight line and on foot."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.jit import kernel
from geo.network import Graph, Snap
from geo.rounding import NOISE
from geo.search import UNREACHED, Workspace, nearest_source
from geo.sites import index_sites, nearest_site
from geo.snapping import apart_cm
from geo.walk import BEYOND, NO_DATA, NO_PATH, OFF_NETWORK, OK, SAME_PLACE_M, UNREACHED_DM

_FAR_CM: Final = 1 << 62


@dataclass(frozen=True)
class WalkReach:
    """The walk of n points to their nearest facility; every array has shape (n,).

    `code` uint8 is OK, BEYOND, OFF_NETWORK, NO_PATH or NO_DATA of `geo.walk`. `distance_dm` int32
    and `facility` int32 are `UNREACHED_DM` and -1 wherever the code is not OK.
    """

    distance_dm: NDArray[np.int32]
    facility: NDArray[np.int32]
    code: NDArray[np.uint8]


def line_reach(
    points_xy: NDArray[np.float64],
    entrances_xy: NDArray[np.float64],
    facility_of_entrance: NDArray[np.int32],
    *,
    workers: int = 1,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give each point the straight distance to its nearest facility, and which that is.

    Rounded down to dm. An entrance within `SAME_PLACE_M` is at distance 0; of facilities at exactly
    the same distance the lowest index wins.

    Parameters
    ----------
    points_xy
        Shape (n, 2), projected metres; n may be 0.
    entrances_xy, facility_of_entrance
        Shapes (m, 2), projected metres, and (m,), index of the facility; m may be 0.
    workers
        Threads to share the points among; the result does not depend on it.

    Returns
    -------
    distance_dm, facility
        Shapes (n,) int32; `UNREACHED_DM` and -1 where there is no entrance.
    """
    if len(points_xy) == 0 or len(entrances_xy) == 0:
        unreached = np.full(len(points_xy), UNREACHED_DM, dtype=np.int32)
        return unreached, np.full(len(points_xy), -1, dtype=np.int32)
    sites = index_sites(entrances_xy, facility_of_entrance, points_xy)
    distance_m, facility = nearest_site(sites, points_xy, SAME_PLACE_M, workers=workers)
    return np.floor(distance_m * 10.0 + NOISE).astype(np.int32), facility


def walk_reach(
    graph: Graph,
    point_snap: Snap,
    points_xy: NDArray[np.float64],
    entrance_snap: Snap,
    entrances_xy: NDArray[np.float64],
    facility_of_entrance: NDArray[np.int32],
    *,
    limit_dm: int,
    line_dm: NDArray[np.int32],
    workspace: Workspace | None = None,
) -> WalkReach:
    """Give each point the walk to its nearest facility, or why there is none.

    A walk is the leg to the street, the way along the streets and the leg to the entrance; a point
    and an entrance on one edge may go along that edge. A point and an entrance within
    `SAME_PLACE_M`, both on the network, are one place: walk 0, as `line_reach` gives 0 there.
    Rounded up to dm and never below `line_dm`. Of facilities at the same walk in cm the lowest
    index wins.

    Parameters
    ----------
    graph, point_snap, entrance_snap
        The network, and where points and entrances touch it.
    points_xy, entrances_xy
        Shapes (n, 2) and (m, 2), projected metres; either may be empty.
    facility_of_entrance
        Shape (m,), index of the facility, >= 0.
    limit_dm
        The longest walk that is reached; equal is reached.
    line_dm
        Shape (n,), as `line_reach` gave it for the same points and entrances.
    workspace
        Memory to use again for the next category of this thread.

    Returns
    -------
    OK, or in this order: NO_DATA where there is no entrance at all; OFF_NETWORK where the point, or
    every entrance, is off the network; NO_PATH where the connected part of the network that holds
    the point has no entrance; BEYOND where a walk exists but is longer than the limit.
    """
    if len(facility_of_entrance) == 0:
        return _unreached(np.full(len(points_xy), NO_DATA, dtype=np.uint8))
    is_on = entrance_snap.is_on
    entrances = _Places(
        entrance_snap.edge[is_on],
        entrance_snap.from_u_cm[is_on],
        entrance_snap.from_v_cm[is_on],
        entrance_snap.leg_cm[is_on],
        np.asarray(facility_of_entrance, dtype=np.int32)[is_on],
    )
    code = _code_without_walk(graph, point_snap, entrances.edge)
    if not len(entrances.edge):
        return _unreached(code)
    walk_cm, facility = _walks(graph, point_snap, entrances, 10 * limit_dm, workspace)
    here = np.flatnonzero((line_dm == 0) & point_snap.is_on)
    if here.size:
        sites = index_sites(entrances_xy[is_on], entrances.facility, points_xy[here])
        apart_m, nearest = nearest_site(sites, points_xy[here], SAME_PLACE_M)
        same = apart_m == 0.0
        walk_cm[here[same]], facility[here[same]] = 0, nearest[same]
    walk_dm = np.maximum(-(-walk_cm // 10), line_dm)
    is_reached = (walk_cm < _FAR_CM) & (walk_dm <= limit_dm)
    return WalkReach(
        np.where(is_reached, walk_dm, UNREACHED_DM).astype(np.int32),
        np.where(is_reached, facility, -1).astype(np.int32),
        np.where(is_reached, OK, code).astype(np.uint8),
    )


class _Places(NamedTuple):
    """Points or entrances and where they touch the network; arrays of one length."""

    edge: NDArray[np.int32]
    from_u_cm: NDArray[np.int32]
    from_v_cm: NDArray[np.int32]
    leg_cm: NDArray[np.int32]
    facility: NDArray[np.int32]


def _unreached(code: NDArray[np.uint8]) -> WalkReach:
    """Make the reach of points of which none is reached."""
    distance_dm = np.full(code.size, UNREACHED_DM, dtype=np.int32)
    return WalkReach(distance_dm, np.full(code.size, -1, dtype=np.int32), code)


def _code_without_walk(
    graph: Graph, point_snap: Snap, entrance_edge: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """Say for each point why no walk within the limit exists, should none be found."""
    code = np.full(point_snap.edge.size, OFF_NETWORK, dtype=np.uint8)
    if not entrance_edge.size:
        return code
    part_of_edge = graph.component[graph.edge_u]
    has_entrance = np.zeros(int(part_of_edge.max()) + 1, dtype=bool)
    has_entrance[part_of_edge[entrance_edge]] = True
    is_on = point_snap.is_on
    can_walk = has_entrance[part_of_edge[point_snap.edge[is_on]]]
    code[is_on] = np.where(can_walk, BEYOND, NO_PATH)
    return code


def _walks(
    graph: Graph,
    point_snap: Snap,
    entrances: _Places,
    limit_cm: int,
    workspace: Workspace | None,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give each point the shortest walk in cm within the limit, or `_FAR_CM`, and its facility."""
    node = np.concatenate([graph.edge_u[entrances.edge], graph.edge_v[entrances.edge]])
    from_end = np.concatenate([entrances.from_u_cm, entrances.from_v_cm])
    seed_cm = from_end + np.tile(entrances.leg_cm, 2)
    node_cm, node_facility = nearest_source(
        graph, node, seed_cm, np.tile(entrances.facility, 2), limit_cm, workspace=workspace
    )
    chain = _chain_by_edge(entrances.edge, graph.edges)
    points = _Places(
        point_snap.edge,
        point_snap.from_u_cm,
        point_snap.from_v_cm,
        point_snap.leg_cm,
        np.full(point_snap.edge.size, -1, dtype=np.int32),
    )
    edges = (graph.edge_u, graph.edge_v, graph.weight_cm)
    walk_cm = _walk_points(points, edges, node_cm, node_facility, entrances, chain)
    return walk_cm, points.facility


@kernel
def _chain_by_edge(
    edge: NDArray[np.int32], edges: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Chain the entrances of each edge: the first of each edge and the next of each entrance."""
    first = np.full(edges, -1, dtype=np.int32)
    following = np.empty(edge.size, dtype=np.int32)
    for k in range(edge.size):
        following[k] = first[edge[k]]
        first[edge[k]] = k
    return first, following


@kernel
def _along_edge(
    points: _Places,
    i: int,
    entrances: _Places,
    chain: tuple[NDArray[np.int32], NDArray[np.int32]],
    weight_cm: NDArray[np.int32],
) -> tuple[int, int]:
    """Give the shortest walk from a point along its own edge to an entrance of that edge."""
    first, following = chain
    edge: int = points.edge[i]
    here = (points.from_u_cm[i], points.from_v_cm[i])
    best, facility = _FAR_CM, -1
    k: int = first[edge]
    while k >= 0:
        there = (entrances.from_u_cm[k], entrances.from_v_cm[k])
        total = apart_cm(here, there, weight_cm[edge]) + points.leg_cm[i] + entrances.leg_cm[k]
        name = entrances.facility[k]
        if total < best or (total == best and name < facility):
            best, facility = total, name
        k = following[k]
    return best, facility


@kernel
def _walk_points(
    points: _Places,
    edges: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
    node_cm: NDArray[np.int32],
    node_facility: NDArray[np.int32],
    entrances: _Places,
    chain: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> NDArray[np.int64]:
    """Take the best of both ends of a point's edge and the edge itself; fill in the facility."""
    edge_u, edge_v, weight_cm = edges
    walk_cm = np.full(points.edge.size, _FAR_CM, dtype=np.int64)
    for i in range(points.edge.size):
        edge = points.edge[i]
        if edge < 0:
            continue
        best, facility = _along_edge(points, i, entrances, chain, weight_cm)
        for end in range(2):
            node = edge_u[edge] if end == 0 else edge_v[edge]
            if node_cm[node] == UNREACHED:
                continue
            along = points.from_u_cm[i] if end == 0 else points.from_v_cm[i]
            total = node_cm[node] + along + points.leg_cm[i]
            name = node_facility[node]
            if total < best or (total == best and name < facility):
                best, facility = total, name
        walk_cm[i], points.facility[i] = best, facility
    return walk_cm
