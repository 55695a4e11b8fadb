"""Trace the shortest walk between two places, to be drawn: plain Python, made for one route."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.walk import apart_cm

_FAR_CM: Final = 1 << 62
_Ends = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Streets:
    """A piece of a street network: n nodes and m edges.

    `xy` (n, 2) float64 is where the nodes are drawn, in any plane coordinates, degrees included:
    lengths come from `length_cm` (m,) alone. `u` and `v` (m,) are positions in `xy`.
    """

    xy: NDArray[np.float64]
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    length_cm: NDArray[np.int32]


class Touch(NamedTuple):
    """A place and where it touches a street: position of the edge, way to its ends, leg to it."""

    x: float
    y: float
    edge: int
    from_u_cm: int
    from_v_cm: int
    leg_cm: int


@dataclass(frozen=True)
class Route:
    """A walk from door to door.

    `target` is the position of the door it ends at. `nodes` int32 are the street nodes passed, in
    order, perhaps none. `xy` (k, 2) is the line to draw: origin, where it meets the street, the
    nodes, where it leaves the street, target.
    """

    length_cm: int
    target: int
    nodes: NDArray[np.int32]
    xy: NDArray[np.float64]


def shortest_route(
    streets: Streets, origin: Touch, targets: Sequence[Touch], *, limit_cm: int | None = None
) -> Route | None:
    """Give the shortest walk from a place to the nearest of some doors, or None without any.

    The length is that of `geo.reach.walk_reach` before it is rounded to dm, save that two places
    within `SAME_PLACE_M` are walked as they lie. Of doors equally far the first wins.

    Parameters
    ----------
    streets
        A piece that holds every street of the walk; both ends of the edges that are touched too.
    origin, targets
        In the coordinates of `streets`; there may be no target.
    limit_cm
        Longer walks count as none; left out, any length does.
    """
    room = _FAR_CM - 1 if limit_cm is None else limit_cm
    along, target = _along_edge(streets, origin, targets)
    between, other, nodes = _dijkstra(streets, origin, _goals(streets, targets), room)
    length, target, nodes = min((along, target, []), (between, other, nodes))
    if length > room:
        return None
    line = [
        (origin.x, origin.y),
        _place_on_edge(streets, origin),
        *streets.xy[nodes],
        _place_on_edge(streets, targets[target]),
        (targets[target].x, targets[target].y),
    ]
    return Route(length, target, np.array(nodes, dtype=np.int32), np.array(line, dtype=np.float64))


def is_between(
    xy_m: NDArray[np.float64],
    one: tuple[float, float],
    other: tuple[float, float],
    length_m: float,
) -> NDArray[np.bool_]:
    """Tell which points a walk of a given length between two places can pass.

    Parameters
    ----------
    xy_m
        Shape (n, 2), metres; n may be 0.
    one, other
        The two places, x and y.
    length_m
        Length of the walk: the detour over a point, straight, is no longer.
    """
    there = np.hypot(*(xy_m - one).T) + np.hypot(*(xy_m - other).T)
    return there <= length_m


def _along_edge(streets: Streets, origin: Touch, targets: Sequence[Touch]) -> tuple[int, int]:
    """Give the shortest walk that stays on the edge of the origin, and the door it leads to."""
    here = (origin.from_u_cm, origin.from_v_cm)
    length = int(streets.length_cm[origin.edge])
    walks = (
        (
            apart_cm(here, (door.from_u_cm, door.from_v_cm), length) + origin.leg_cm + door.leg_cm,
            number,
        )
        for number, door in enumerate(targets)
        if door.edge == origin.edge
    )
    return min(walks, default=(_FAR_CM, -1))


def _goals(streets: Streets, targets: Sequence[Touch]) -> _Ends:
    """Give the nodes beside the doors with the way that is left from there, and the door."""
    goals: _Ends = {}
    for number, door in enumerate(targets):
        for node, cm in _ways_to_ends(streets, door):
            left = (cm + door.leg_cm, number)
            goals[node] = min(left, goals.get(node, left))
    return goals


def _ways_to_ends(streets: Streets, touch: Touch) -> tuple[tuple[int, int], tuple[int, int]]:
    u, v = int(streets.u[touch.edge]), int(streets.v[touch.edge])
    return (u, touch.from_u_cm), (v, touch.from_v_cm)


def _place_on_edge(streets: Streets, touch: Touch) -> NDArray[np.float64]:
    """Give the place on the edge where a touch lies, (2,), to about a centimetre."""
    whole = touch.from_u_cm + touch.from_v_cm
    share = touch.from_u_cm / whole if whole else 0.0
    u, v = streets.xy[streets.u[touch.edge]], streets.xy[streets.v[touch.edge]]
    return u + share * (v - u)


def _neighbours(streets: Streets) -> tuple[list[int], list[int], list[int]]:
    """List the neighbours of each node with the way to them; where the run of each node starts."""
    tail = np.concatenate([streets.u, streets.v])
    order = np.argsort(tail, kind="stable")
    start = np.zeros(len(streets.xy) + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=len(streets.xy)), out=start[1:])
    head = np.concatenate([streets.v, streets.u])[order]
    return start.tolist(), head.tolist(), np.tile(streets.length_cm, 2)[order].tolist()


def _dijkstra(
    streets: Streets, origin: Touch, goals: _Ends, room: int
) -> tuple[int, int, list[int]]:
    """Give the shortest walk over nodes within `room`, the door it leads to, the nodes passed."""
    start, neighbour, weight = _neighbours(streets)
    queue = [(origin.leg_cm + cm, node, -1) for node, cm in _ways_to_ends(streets, origin)]
    heapify(queue)
    came_from: dict[int, int] = {}
    best, target, last = _FAR_CM, -1, -1
    while queue:
        distance, node, before = heappop(queue)
        if distance >= best or distance > room:
            break
        if node in came_from:
            continue
        came_from[node] = before
        left, door = goals.get(node, (_FAR_CM, -1))
        if (distance + left, door) < (best, target):
            best, target, last = distance + left, door, node
        for k in range(start[node], start[node + 1]):
            if neighbour[k] not in came_from:
                heappush(queue, (distance + weight[k], neighbour[k], node))
    path: list[int] = []
    while last >= 0:
        path.append(last)
        last = came_from[last]
    return best, target, path[::-1]
