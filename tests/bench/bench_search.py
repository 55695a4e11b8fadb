"""Measure the nearest source of a million street nodes against scipy in the same run.

Run it alone: pytest -m bench tests/bench/bench_search.py -s. Only equality is asserted; the ratio
is printed, one pair of runs after the other, so that a busy machine slows both.
"""

import statistics
import sys
import time
from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network import build_graph
from geo.search import UNREACHED, Workspace, nearest_source

SIDE, SPACING_M, SOURCES, PAIRS = 1_000, 71.0, 2_000, 7
LIMITS_CM = (UNREACHED, 400_000, 120_000)


def perturbed_lattice(side=SIDE, seed=1):
    """A square lattice of streets, each crossing moved, one street in ten missing."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    xy = corner * SPACING_M + rng.uniform(-20.0, 20.0, (side * side, 2))
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    kept = rng.random(u.size) < 0.9
    return build_graph(xy, u[kept], v[kept])


def timed(action):
    started = time.perf_counter()
    answer = action()
    return time.perf_counter() - started, answer


@pytest.mark.bench
def test_the_nearest_source_of_a_million_nodes():
    graph = perturbed_lattice()
    rng = np.random.default_rng(2)
    source = np.unique(rng.integers(0, graph.nodes, SOURCES)).astype(np.int32)
    start, label = np.zeros(source.size, np.int32), np.arange(source.size, dtype=np.int32)
    shape = (graph.nodes, graph.nodes)
    weight = graph.neighbour_weight.astype(np.float64)
    matrix = csr_array((weight, graph.neighbour, graph.indptr), shape=shape)
    seeds, memory = (graph, source, start, label), Workspace()
    nearest_source(*seeds, 1_000, workspace=memory)
    sys.stdout.write(
        f"\n{graph.nodes:,} nodes, {graph.edges:,} edges, {source.size:,} sources\n"
        f"{'limit m':>10} {'ours ms':>8} {'scipy ms':>9} {'ratio':>6} {'worst':>6} {'best':>6}\n"
    )
    for limit in LIMITS_CM:
        ours, theirs = [], []
        for _ in range(PAIRS):
            seconds, (distance, _) = timed(partial(nearest_source, *seeds, limit, workspace=memory))
            ours.append(seconds)
            seconds, expected = timed(
                partial(dijkstra, matrix, indices=source, min_only=True, limit=limit)
            )
            theirs.append(seconds)
        reached = np.isfinite(expected)
        assert np.array_equal(distance[reached], expected[reached].astype(np.int64))
        assert np.all(distance[~reached] == UNREACHED)
        ratio = [b / a for a, b in zip(ours, theirs, strict=True)]
        name = "none" if limit == UNREACHED else f"{limit // 100:,}"
        sys.stdout.write(
            f"{name:>10} {statistics.median(ours) * 1e3:8.0f} "
            f"{statistics.median(theirs) * 1e3:9.0f} {statistics.median(ratio):6.2f} "
            f"{min(ratio):6.2f} {max(ratio):6.2f}\n"
        )
