"""Prove the promise of a fix: what it says is what a city built with it has."""

import math

import networkx
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.fix import LONGEST_LINK_M, Window, gain_of_link, gain_of_site, shortest_link
from geo.network import build_graph
from geo.reach import line_reach, walk_reach
from tests.geo.networks import random_town, snap_anywhere

SEEDS = st.integers(0, 2**32 - 1)
SNAP_M, LIMIT_DM = 120.0, 9_000


def window_of(town, seed) -> Window:
    rng = np.random.default_rng(seed)
    graph = town.graph
    return Window(
        xy_m=graph.xy_m,
        u=graph.edge_u,
        v=graph.edge_v,
        length_cm=graph.weight_cm.astype(np.int64),
        points_xy=town.points,
        at=snap_anywhere(graph, town.points, SNAP_M),
        amount=rng.integers(0, 500, len(town.points)),
        doors_xy=town.entrances,
        to=snap_anywhere(graph, town.entrances, SNAP_M),
        facility=town.facility,
        snap_limit_m=SNAP_M,
    )


def served(xy_m, u, v, length_cm, window, doors_xy, facility):
    """Build the whole town anew, as a build would, and tell who is within the limit."""
    graph = build_graph(xy_m, u, v, length_cm=length_cm)
    at = snap_anywhere(graph, window.points_xy, SNAP_M)
    to = snap_anywhere(graph, doors_xy, SNAP_M)
    line_dm, _ = line_reach(window.points_xy, doors_xy, facility)
    walk = walk_reach(
        *(graph, at, window.points_xy, to, doors_xy, facility), limit_dm=LIMIT_DM, line_dm=line_dm
    )
    return walk.facility >= 0


@given(seed=SEEDS, point=st.integers(0, 24))
@settings(deadline=None, max_examples=60)
def test_a_new_site_helps_whom_it_promises(seed, point):
    town = random_town(seed)
    window = window_of(town, seed)
    gain = gain_of_site(window, point, LIMIT_DM)
    doors = np.vstack([window.doors_xy, window.points_xy[point]])
    facility = np.append(window.facility, 99).astype(np.int32)
    after = served(*(window.xy_m, window.u, window.v, window.length_cm, window), doors, facility)
    assert np.array_equal(gain.is_in, after)
    assert gain.amount == int(window.amount[after & ~gain.was_in].sum())
    assert not np.any(gain.was_in & ~gain.is_in)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=120)
def test_a_new_way_helps_whom_it_promises_and_brings_the_place_in(seed):
    town = random_town(seed)
    window = window_of(town, seed)
    before = served(
        *(window.xy_m, window.u, window.v, window.length_cm, window),
        *(window.doors_xy, window.facility),
    )
    links = {
        k: link
        for k in np.flatnonzero(~before)
        if (link := shortest_link(window, int(k), LIMIT_DM)) is not None
    }
    assume(links)
    for link in links.values():
        gain = gain_of_link(window, link, LIMIT_DM)
        after = served(
            window.xy_m,
            np.append(window.u, link.a),
            np.append(window.v, link.b),
            np.append(window.length_cm, link.length_cm),
            *(window, window.doors_xy, window.facility),
        )
        assert np.array_equal(gain.was_in, before)
        assert np.array_equal(gain.is_in, after)
        assert gain.amount == int(window.amount[after].sum() - window.amount[before].sum())
        assert link.length_cm <= LONGEST_LINK_M * 100 + 1


def ways_from(window, snap, rows):
    """Whole centimetres from some places to every node, by networkx."""
    streets = networkx.Graph()
    streets.add_nodes_from(range(len(window.xy_m)))
    for u, v, cm in zip(window.u, window.v, window.length_cm, strict=True):
        streets.add_edge(int(u), int(v), weight=int(cm))
    for k in rows:
        edge, leg = int(snap.edge[k]), int(snap.leg_cm[k])
        for node, along in (
            (int(window.u[edge]), int(snap.from_u_cm[k])),
            (int(window.v[edge]), int(snap.from_v_cm[k])),
        ):
            held = streets.get_edge_data("here", node, {"weight": 10**9})["weight"]
            streets.add_edge("here", node, weight=min(held, along + leg))
    return networkx.single_source_dijkstra_path_length(streets, "here") if rows else {}


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_no_shorter_way_would_do(seed):
    town = random_town(seed)
    window = window_of(town, seed)
    from_doors = ways_from(window, window.to, np.flatnonzero(window.to.is_on).tolist())
    for point in np.flatnonzero(window.at.is_on)[:4].tolist():
        from_point = ways_from(window, window.at, [point])
        lengths = []
        for a in range(len(window.xy_m)):
            for b in range(len(window.xy_m)):
                apart = float(np.hypot(*(window.xy_m[a] - window.xy_m[b])))
                if a == b or apart > LONGEST_LINK_M or a not in from_point or b not in from_doors:
                    continue
                length = math.ceil(apart * 100 - 1e-4)
                if length and from_point[a] + length + from_doors[b] <= 10 * LIMIT_DM:
                    lengths.append(length)
        link = shortest_link(window, point, LIMIT_DM)
        assert (None if link is None else link.length_cm) == min(lengths, default=None)
