"""Prove that the graph holds what the streets hold, whatever the order they came in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InputDataError
from geo.network import build_graph
from tests.geo.networks import random_segments

SEEDS = st.integers(0, 2**32 - 1)
COMPARED = ("xy_m", "edge_u", "edge_v", "weight_cm", "indptr", "neighbour", "component")


def empty_graph():
    none = np.empty(0, dtype=np.int32)
    return build_graph(np.empty((0, 2)), none, none)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_the_graph_does_not_depend_on_the_order_of_nodes_and_segments(seed):
    rng = np.random.default_rng(seed)
    xy, u, v = random_segments(rng)
    length = rng.integers(1, 300_000, u.size)
    nodes, segments = rng.permutation(len(xy)), rng.permutation(u.size)
    new = np.argsort(nodes)
    tail, head = new[u[segments]], new[v[segments]]
    turned = rng.random(u.size) < 0.5
    tail, head = np.where(turned, head, tail), np.where(turned, tail, head)
    one = build_graph(xy, u, v, length_cm=length)
    other = build_graph(xy[nodes], tail, head, length_cm=length[segments])
    for name in COMPARED:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_every_edge_is_the_shortest_of_its_segments_and_names_it(seed):
    rng = np.random.default_rng(seed)
    xy, u, v = random_segments(rng)
    length = rng.integers(1, 300_000, u.size)
    graph = build_graph(xy, u, v, length_cm=length)
    expected = {}
    for k in range(u.size):
        if u[k] != v[k]:
            pair = frozenset((int(u[k]), int(v[k])))
            chord = float(np.hypot(*(xy[u[k]] - xy[v[k]])))
            expected[pair] = min(expected.get(pair, np.inf), max(length[k], chord * 100))
    found = {}
    for edge, segment in enumerate(graph.edge_order):
        pair = frozenset(int(graph.order[end[edge]]) for end in (graph.edge_u, graph.edge_v))
        assert pair == {int(u[segment]), int(v[segment])}
        found[pair] = int(graph.weight_cm[edge])
    assert found.keys() == expected.keys()
    for pair, cm in expected.items():
        assert cm - 1e-3 <= found[pair] < cm + 1
    assert np.array_equal(graph.xy_m, xy[graph.order])
    assert np.all(graph.edge_u < graph.edge_v)
    keys = graph.edge_u.astype(np.int64) * graph.nodes + graph.edge_v
    assert np.all(np.diff(keys) > 0)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_neighbours_and_parts_agree_with_scipy(seed):
    graph = build_graph(*random_segments(np.random.default_rng(seed), segments=28))
    shape = (graph.nodes, graph.nodes)
    matrix = coo_array((graph.weight_cm, (graph.edge_u, graph.edge_v)), shape=shape).tocsr()
    both = (matrix + matrix.T).tocsr()
    both.sort_indices()
    assert np.array_equal(graph.indptr, both.indptr)
    assert np.array_equal(graph.neighbour, both.indices)
    assert np.array_equal(graph.neighbour_weight, both.data)
    count, part = connected_components(both, directed=False)
    pairs = set(zip(part.tolist(), graph.component.tolist(), strict=True))
    assert len(pairs) == count == graph.component.max() + 1
    assert np.array_equal(np.unique(graph.component, return_index=True)[1].argsort(), range(count))


def test_nodes_follow_the_hilbert_curve():
    side = 16
    xy = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    none = np.empty(0, dtype=np.int32)
    graph = build_graph(np.random.default_rng(1).permutation(xy).astype(float), none, none)
    steps = np.abs(np.diff(graph.xy_m, axis=0)).sum(axis=1)
    assert np.all(steps == 1)


def test_a_straight_street_of_whole_centimetres_is_not_lengthened():
    xy = np.array([[3_400_000.1, 500_000.3], [3_400_100.1, 500_000.3]])
    graph = build_graph(xy, np.array([0]), np.array([1]))
    assert graph.weight_cm.tolist() == [10_000]


def test_two_nodes_at_one_place_keep_their_connection():
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
    graph = build_graph(xy, np.array([0, 1, 2]), np.array([1, 2, 3]))
    assert sorted(graph.weight_cm.tolist()) == [0, 10_000, 10_000]
    assert graph.component.max() == 0


def test_a_graph_without_anything_is_a_graph():
    graph = empty_graph()
    assert (graph.nodes, graph.edges, graph.heaviest_cm, graph.typical_cm) == (0, 0, 0, 0)
    assert graph.indptr.tolist() == [0]
    assert graph.component.size == 0


@pytest.mark.parametrize(
    ("xy", "u", "v", "message"),
    [
        ([[0.0, np.nan], [1.0, 1.0]], [0], [1], "1 of 2 street nodes have no place"),
        ([[0.0, 0.0], [1.0, 1.0]], [0], [2], r"1 of 1 street segments name a node .*0\.\.1"),
        ([[0.0, 0.0], [3e7, 0.0]], [0], [1], "longest street segment is 30,000,000 m"),
    ],
)
def test_impossible_streets_are_one_message(xy, u, v, message):
    with pytest.raises(InputDataError, match=message):
        build_graph(np.array(xy), np.array(u), np.array(v))
