"""Prove the nearest place on a street against shapely, which measures every street."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network import build_graph, is_main, snap
from tests.geo.networks import CORNER_M, edge_lines, random_segments, snap_anywhere

SEEDS = st.integers(0, 2**32 - 1)


def cross():
    """Four streets of 100 m that meet in the middle; edges sorted by their ends."""
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0], [-100.0, 0.0], [0.0, -100.0]])
    return build_graph(xy, np.zeros(4, dtype=int), np.arange(1, 5))


@given(seed=SEEDS, limit=st.sampled_from([0.0, 20.0, 80.0, 200.0, 5_000.0, 1e12]))
@settings(deadline=None, max_examples=80)
def test_snapping_equals_measuring_every_street(seed, limit):
    rng = np.random.default_rng(seed)
    graph = build_graph(*random_segments(rng))
    points = rng.uniform(-400, 1_900, (60, 2)) + CORNER_M
    lines = edge_lines(graph)
    every = shapely.distance(shapely.points(points)[:, None], lines[None])
    nearest_cm = every.min(axis=1) * 100
    found = snap_anywhere(graph, points, limit)
    is_far = np.ceil(nearest_cm - 1e-4) > limit * 100
    assert np.array_equal(found.is_on, ~is_far)
    on = np.flatnonzero(found.is_on)
    assert np.all(found.leg_cm[on] >= nearest_cm[on] - 1e-3)
    assert np.all(found.leg_cm[on] < nearest_cm[on] + 1)
    assert np.allclose(every[on, found.edge[on]], every[on].min(axis=1), rtol=0, atol=1e-7)
    along = shapely.line_locate_point(lines[found.edge[on]], shapely.points(points[on])) * 100
    whole = graph.weight_cm[found.edge[on]]
    # Streets are stretched to whole centimetres, so a place may move by up to one.
    assert np.all(np.abs(found.from_u_cm[on] - along) <= 2)
    assert np.all(np.abs(found.from_v_cm[on] - (whole - along)) <= 2)
    assert np.all(found.from_u_cm[on] + found.from_v_cm[on] >= whole)


def test_a_place_where_streets_meet_goes_to_the_lowest_edge():
    graph = cross()
    middle = int(np.flatnonzero((graph.xy_m == 0).all(axis=1))[0])
    found = snap_anywhere(graph, np.array([[0.0, 0.0], [3.0, 3.0], [-3.0, 3.0]]), 50.0)
    assert found.edge[0] == 0
    assert found.leg_cm.tolist() == [0, 300, 300]
    end = found.from_u_cm if graph.edge_u[0] == middle else found.from_v_cm
    assert end[0] == 0
    candidates = [
        edge
        for edge in range(graph.edges)
        if graph.xy_m[[graph.edge_u[edge], graph.edge_v[edge]]].sum() == 100.0
    ]
    assert found.edge[1] == min(candidates)


def test_the_limit_itself_is_on_the_network_and_a_centimetre_more_is_not():
    found = snap_anywhere(cross(), np.array([[300.0, 0.0], [300.01, 0.0], [299.999, 0.0]]), 200.0)
    assert found.is_on.tolist() == [True, False, True]
    assert found.leg_cm.tolist() == [20_000, 0, 20_000]


def test_a_street_longer_than_its_chord_shares_its_length():
    graph = build_graph(
        np.array([[0.0, 0.0], [100.0, 0.0]]),
        np.array([0]),
        np.array([1]),
        length_cm=np.array([40_000]),
    )
    found = snap_anywhere(graph, np.array([[25.0, 10.0]]), 50.0)
    assert sorted([int(found.from_u_cm[0]), int(found.from_v_cm[0])]) == [10_000, 30_000]


@pytest.mark.parametrize("stray", ["point", "street"])
def test_one_thing_at_the_other_end_of_the_world_changes_nothing(stray):
    rng = np.random.default_rng(5)
    xy, u, v = random_segments(rng)
    points = rng.uniform(0, 1500, (200, 2)) + CORNER_M
    plain = snap_anywhere(build_graph(xy, u, v), points, 200.0)
    far = np.array([[-9e6, -4e6], [-9.1e6, -4e6]])
    if stray == "point":
        points = np.vstack([points, far[:1]])
    else:
        xy, u, v = np.vstack([xy, far]), np.append(u, len(xy)), np.append(v, len(xy) + 1)
    found = snap_anywhere(build_graph(xy, u, v), points, 200.0).take(slice(0, 200))
    assert np.array_equal(found.leg_cm, plain.leg_cm)
    assert np.array_equal(found.is_on, plain.is_on)


def test_threads_do_not_change_the_answer():
    rng = np.random.default_rng(6)
    graph = build_graph(*random_segments(rng))
    points = rng.uniform(0, 1500, (300_000, 2)) + CORNER_M
    one, two = snap_anywhere(graph, points, 200.0), snap_anywhere(graph, points, 200.0, workers=2)
    assert np.array_equal(one.edge, two.edge)
    assert np.array_equal(one.leg_cm, two.leg_cm)


def test_without_streets_or_points_nothing_is_on_the_network():
    none = np.empty(0, dtype=np.int32)
    graph = build_graph(np.empty((0, 2)), none, none)
    assert snap_anywhere(graph, np.zeros((3, 2)), 200.0).edge.tolist() == [-1, -1, -1]
    assert snap_anywhere(cross(), np.empty((0, 2)), 200.0).edge.size == 0


def test_nobody_steps_onto_a_scrap_beside_a_street():
    xy = np.array([[0.0, 0.0], [1_000.0, 0.0], [500.0, 30.0], [509.0, 30.0]])
    graph = build_graph(xy, np.array([0, 2]), np.array([1, 3]))
    yard = np.array([[505.0, 31.0]])
    assert snap_anywhere(graph, yard, 200.0).leg_cm.tolist() == [100]
    found = snap(graph, yard, 200.0)
    assert found.leg_cm.tolist() == [3_100]
    assert graph.weight_cm[found.edge].tolist() == [100_000]
    assert snap(graph, yard, 20.0).is_on.tolist() == [False]


@pytest.mark.parametrize(("scrap_m", "expected"), [(9.0, False), (10.0, False), (11.0, True)])
def test_a_part_counts_from_a_hundredth_of_all_streets(scrap_m, expected):
    xy = np.array([[0.0, 0.0], [1_000.0, 0.0], [0.0, 50.0], [scrap_m, 50.0]])
    graph = build_graph(xy, np.array([0, 2]), np.array([1, 3]))
    main = is_main(graph)
    assert main[graph.weight_cm == 100_000].all()
    assert main[graph.weight_cm < 100_000].tolist() == [expected]


def test_the_longest_of_many_small_parts_is_a_street():
    start = np.column_stack([np.arange(300) * 100.0, np.zeros(300)])
    graph = build_graph(
        np.vstack([start, start + np.array([0.0, 10.0])]), np.arange(300), np.arange(300, 600)
    )
    assert is_main(graph).all()
