"""Measure a floating catchment of 50,000 facilities on a million street nodes against scipy.

Run it alone: pytest -m bench tests/bench/bench_capacity.py -s. The alternative is one bounded scipy
search a facility, measured on some of them in the same run and scaled to all. Only equality is
asserted; the ratio is printed.
"""

import statistics
import sys

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.capacity import floating_catchment
from geo.catchment import walk_catchments
from geo.snapping import Snap
from tests.bench.bench_search import perturbed_lattice, timed

FACILITIES, LIMIT_DM, SAMPLED, ROUNDS = 50_000, 12_000, 40, 3


def at_nodes(graph, node):
    """Snap points that stand on nodes: each at an end of one of its edges."""
    edge = np.full(graph.nodes, -1, dtype=np.int32)
    edge[graph.edge_v] = np.arange(graph.edges)
    edge[graph.edge_u] = np.arange(graph.edges)
    mine = edge[node]
    is_u = graph.edge_u[mine] == node
    weight = np.where(mine >= 0, graph.weight_cm[mine], 0)
    zero = np.zeros(len(node), dtype=np.int32)
    return Snap(
        mine,
        np.where(is_u, 0, weight).astype(np.int32),
        np.where(is_u, weight, 0).astype(np.int32),
        zero,
    )


@pytest.mark.bench
def test_a_floating_catchment_of_fifty_thousand_facilities():
    graph = perturbed_lattice()
    rng = np.random.default_rng(3)
    everywhere = np.arange(graph.nodes)
    home = rng.choice(graph.nodes, FACILITIES, replace=False)
    people = rng.integers(0, 30, graph.nodes).astype(float)
    capacity = rng.integers(10, 200, FACILITIES).astype(float)
    xy_m = graph.xy_m
    points, doors = at_nodes(graph, everywhere), at_nodes(graph, home)
    owner = np.arange(FACILITIES, dtype=np.int32)
    shape = (graph.nodes, graph.nodes)
    weight = graph.neighbour_weight.astype(np.float64)
    matrix = csr_array((weight, graph.neighbour, graph.indptr), shape=shape)

    def ours(workers):
        found = walk_catchments(
            *(graph, points, xy_m, doors, xy_m[home], owner, FACILITIES, LIMIT_DM),
            workers=workers,
        )
        return found, floating_catchment(found, people, capacity, LIMIT_DM, "e2sfca_gauss")

    def theirs(some):
        return [dijkstra(matrix, indices=j, limit=10 * LIMIT_DM) for j in some]

    ours(1)
    sampled = rng.choice(FACILITIES, SAMPLED, replace=False)
    one, two, other = [], [], []
    for _ in range(ROUNDS):
        seconds, _ = timed(lambda: ours(1))
        one.append(seconds)
        seconds, (found, _) = timed(lambda: ours(2))
        two.append(seconds)
        seconds, _ = timed(lambda: theirs(home[sampled]))
        other.append(seconds / SAMPLED * FACILITIES)
    checked = theirs(home[sampled[:10]])
    for j, distance in zip(sampled[:10], checked, strict=True):
        mine = slice(found.start[j], found.start[j + 1])
        point = found.point[mine]
        assert np.array_equal(np.sort(point), np.flatnonzero(np.isfinite(distance)))
        assert np.array_equal(found.distance_dm[mine], np.ceil(distance[point] / 10))
    sys.stdout.write(
        f"\n{graph.nodes:,} nodes, {FACILITIES:,} facilities, {len(found.point):,} pairs\n"
        f"ours, 1 thread {statistics.median(one):.1f} s; 2 threads {statistics.median(two):.1f} s\n"
        f"scipy, one search a facility, scaled: {statistics.median(other):.0f} s; ratio "
        f"{statistics.median(other) / statistics.median(one):.0f} and "
        f"{statistics.median(other) / statistics.median(two):.0f}\n"
    )
