"""Prove the nearest source of every node against networkx and scipy."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputDataError
from geo.network import build_graph
from geo.search import UNREACHED, Workspace, nearest_source, nearest_source_scipy
from tests.geo.networks import FAR, nearest_by_networkx, random_segments

SEEDS = st.integers(0, 2**32 - 1)
CUTOFFS = st.sampled_from([-1, 0, 5_000, 40_000, 150_000, UNREACHED])


def on_grid_city(seed, segments=70):
    """A network on whole tens of metres: many ways of one length, and nodes at one place."""
    rng = np.random.default_rng(seed)
    xy, u, v = random_segments(rng, segments=segments, side_m=300.0)
    return rng, build_graph(np.round(xy, -1), u, v)


def some_seeds(rng, graph, count=7):
    node = rng.integers(0, graph.nodes, count)
    cm = rng.integers(0, 4, count) * 1_000
    return node, cm, rng.integers(0, 4, count)


@given(seed=SEEDS, cutoff=CUTOFFS)
@settings(deadline=None, max_examples=80)
def test_distance_and_label_equal_one_search_a_seed(seed, cutoff):
    rng, graph = on_grid_city(seed)
    seeds = some_seeds(rng, graph)
    expected = nearest_by_networkx(graph, zip(*(s.tolist() for s in seeds), strict=True), cutoff)
    distance, label = nearest_source(graph, *seeds, cutoff)
    found = [
        (FAR if d == UNREACHED else d, name)
        for d, name in zip(distance.tolist(), label.tolist(), strict=True)
    ]
    assert found == expected


@given(seed=SEEDS, cutoff=CUTOFFS)
@settings(deadline=None, max_examples=80)
def test_scipy_gives_the_same_another_way(seed, cutoff):
    rng, graph = on_grid_city(seed)
    seeds = some_seeds(rng, graph)
    ours, theirs = (
        search(graph, *seeds, cutoff) for search in (nearest_source, nearest_source_scipy)
    )
    assert np.array_equal(ours[0], theirs[0])
    assert np.array_equal(ours[1], theirs[1])


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_the_order_of_seeds_is_irrelevant(seed):
    rng, graph = on_grid_city(seed)
    seeds = some_seeds(rng, graph, 12)
    order = rng.permutation(12)
    one = nearest_source(graph, *seeds, 100_000)
    other = nearest_source(graph, *(column[order] for column in seeds), 100_000)
    assert np.array_equal(one, other)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_another_source_never_lengthens(seed):
    rng, graph = on_grid_city(seed)
    node, cm, label = some_seeds(rng, graph)
    more, _ = nearest_source(graph, node, cm, label, 60_000)
    fewer, _ = nearest_source(graph, node[1:], cm[1:], label[1:], 60_000)
    assert np.all(more <= fewer)


def test_a_workspace_forgets_the_search_before():
    memory = Workspace()
    for seed in range(6):
        rng, graph = on_grid_city(seed, segments=10 + 15 * seed)
        seeds = some_seeds(rng, graph)
        fresh = nearest_source(graph, *seeds, 30_000)
        again = nearest_source(graph, *seeds, 30_000, workspace=memory)
        assert np.array_equal(fresh, again)


def test_room_is_made_for_a_square_where_ten_thousand_streets_meet():
    turn = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    xy = np.vstack([[0.0, 0.0], np.stack([np.cos(turn), np.sin(turn)], axis=1) * 500])
    graph = build_graph(xy, np.zeros(10_000, dtype=int), np.arange(1, 10_001))
    middle = np.flatnonzero(graph.order == 0)
    distance, label = nearest_source(graph, middle, np.array([7]), np.array([3]), UNREACHED)
    assert distance[middle[0]] == 7
    others = np.delete(distance, middle)
    assert np.array_equal(np.unique(others), np.unique(graph.weight_cm) + 7)
    assert np.all(label == 3)


def test_a_bridge_of_a_thousand_kilometres_needs_no_thousand_megabytes():
    xy = np.array([[0.0, 0.0], [10.0, 0.0], [1_000_000.0, 0.0]])
    graph = build_graph(xy, np.array([0, 1]), np.array([1, 2]))
    start = np.flatnonzero(graph.order == 0)
    distance, _ = nearest_source(graph, start, np.array([0]), np.array([0]), UNREACHED)
    assert sorted(distance.tolist()) == [0, 1_000, 100_000_000]


def test_threads_with_their_own_memory_agree_with_one_after_the_other():
    rng, graph = on_grid_city(3)
    tasks = [some_seeds(rng, graph) for _ in range(40)]
    alone = [nearest_source(graph, *seeds, 90_000) for seeds in tasks]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda seeds: nearest_source(graph, *seeds, 90_000), tasks))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("search", [nearest_source, nearest_source_scipy])
def test_without_sources_or_nodes_nothing_is_reached(search):
    none = np.empty(0, dtype=np.int32)
    _, graph = on_grid_city(1)
    distance, label = search(graph, none, none, none, 1_000)
    assert np.all(distance == UNREACHED)
    assert np.all(label == -1)
    distance, label = search(build_graph(np.empty((0, 2)), none, none), none, none, none, 1_000)
    assert distance.size == label.size == 0


@pytest.mark.parametrize(("node", "cm", "label"), [(99, 0, 0), (-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_an_impossible_source_is_one_message(node, cm, label):
    _, graph = on_grid_city(1)
    with pytest.raises(InputDataError, match="1 of 1 sources are impossible"):
        nearest_source(graph, np.array([node]), np.array([cm]), np.array([label]), 1_000)
