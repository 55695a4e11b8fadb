"""Prove that a drawn walk is as long as the walk that is counted, and follows the streets."""

import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network import build_graph
from geo.reach import line_reach, walk_reach
from geo.route import Streets, Touch, is_between, shortest_route
from geo.walk import OK
from tests.geo.networks import random_town, snap_anywhere

SNAP_M = 120.0
NO_LIMIT_DM = 10_000_000


def streets_of(graph):
    return Streets(graph.xy_m, graph.edge_u, graph.edge_v, graph.weight_cm)


def touches_of(graph, xy):
    """Touches of the places that are on the network, None for the others."""
    snaps = snap_anywhere(graph, xy, SNAP_M)
    rows = zip(
        *(xy.tolist(), snaps.edge.tolist(), snaps.from_u_cm.tolist()),
        *(snaps.from_v_cm.tolist(), snaps.leg_cm.tolist()),
        strict=True,
    )
    return [Touch(x, y, *row) if row[0] >= 0 else None for (x, y), *row in rows]


def walks_to(town, doors, facility):
    line_dm, _ = line_reach(town.points, doors, facility)
    at, to = (snap_anywhere(town.graph, xy, SNAP_M) for xy in (town.points, doors))
    return walk_reach(
        *(town.graph, at, town.points, to, doors, facility), limit_dm=NO_LIMIT_DM, line_dm=line_dm
    )


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_a_route_is_as_long_as_the_walk_and_follows_streets(seed):
    town = random_town(seed)
    doors = town.entrances[2:]
    walk = walks_to(town, doors, np.arange(len(doors), dtype=np.int32))
    streets, origins = streets_of(town.graph), touches_of(town.graph, town.points)
    targets = [door for door in touches_of(town.graph, doors) if door is not None]
    edges = set(zip(town.graph.edge_u.tolist(), town.graph.edge_v.tolist(), strict=True))
    for k in range(2, len(town.points)):
        origin = origins[k]
        route = None if origin is None else shortest_route(streets, origin, targets)
        assert (route is not None) == (walk.code[k] == OK)
        if route is None:
            continue
        assert -(-route.length_cm // 10) == walk.distance_dm[k]
        door = targets[route.target]
        assert np.array_equal(route.xy[[0, -1]], [town.points[k], (door.x, door.y)])
        drawn_cm = np.hypot(*np.diff(route.xy, axis=0).T).sum() * 100
        assert drawn_cm <= route.length_cm + 4 <= drawn_cm + len(route.nodes) + 10
        pairs = zip(route.nodes[:-1].tolist(), route.nodes[1:].tolist(), strict=True)
        assert all((min(pair), max(pair)) in edges for pair in pairs)


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40)
def test_what_a_walk_cannot_pass_is_not_missed(seed):
    town = random_town(seed)
    streets = streets_of(town.graph)
    touches = touches_of(town.graph, np.vstack([town.points, town.entrances]))
    origin, *targets = [touch for touch in touches if touch is not None] or [None]
    for target in targets:
        whole = shortest_route(streets, origin, [target])
        if whole is None:
            continue
        length_m = whole.length_cm / 100
        kept = is_between(streets.xy, origin[:2], target[:2], length_m)
        assert kept[whole.nodes].all()
        kept = kept[streets.u] & kept[streets.v]
        kept[[origin.edge, target.edge]] = True
        place = np.cumsum(kept) - 1
        fewer = Streets(streets.xy, *(a[kept] for a in (streets.u, streets.v, streets.length_cm)))
        again = shortest_route(
            fewer,
            origin._replace(edge=int(place[origin.edge])),
            [target._replace(edge=int(place[target.edge]))],
        )
        assert again is not None
        assert again.length_cm == whole.length_cm


def test_a_route_beyond_its_limit_or_over_no_street_is_none():
    graph = build_graph(
        np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 500.0], [1000.0, 500.0]]),
        np.array([0, 2]),
        np.array([1, 3]),
    )
    streets = streets_of(graph)
    places = np.array([[0.0, 0.0], [600.0, 0.0], [0.0, 500.0], [5.0, 9_000.0]])
    here, there, apart, off = touches_of(graph, places)
    assert off is None
    assert shortest_route(streets, here, [there], limit_cm=59_999) is None
    found = shortest_route(streets, here, [apart, there], limit_cm=60_000)
    assert found is not None
    assert (found.length_cm, found.target, found.nodes.size) == (60_000, 1, 0)
    assert shortest_route(streets, here, [apart]) is None
    assert shortest_route(streets, here, []) is None


def test_of_doors_equally_far_the_first_is_drawn():
    graph = build_graph(np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]]), [0, 1], [1, 2])
    places = np.array([[100.0, 5.0], [150.0, 0.0], [50.0, 0.0]])
    here, right, left = touches_of(graph, places)
    for doors in ([left, right], [right, left]):
        found = shortest_route(streets_of(graph), here, doors)
        assert found is not None
        assert (found.length_cm, found.target) == (5_500, 0)


def test_the_search_for_a_route_needs_no_compiler():
    code = "import sys, geo.route; print({'numba', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
