"""Hold the arithmetic of `geo` against PySAL: floating catchments and the Gini coefficient.

Run by `make peers` in an environment of its own: the main suite neither needs these libraries nor
collects this file. Both sides are given the same table of distances, so what is compared is the
arithmetic alone and not the streets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from access import weights as peer_weights
from access.fca import two_stage_fca
from inequality.gini import Gini

from geo.capacity import STEP_WEIGHTS, floating_catchment, weights
from geo.catchment import Catchments
from geo.equity import gini, palma

LIMIT_DM = 9_000
SEEDS = range(20)
POINTS, FACILITIES = 60, 12


class City:
    """A table of whole decimetres, some pairs without a way, some exactly on the edge of a zone."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.distance = rng.integers(0, 14_000, (FACILITIES, POINTS)).astype(np.int32)
        edge = rng.random(self.distance.shape) < 0.1
        self.distance[edge] = rng.choice([0, 3_000, 3_001, 6_000, 6_001, 9_000, 9_001], edge.sum())
        self.has_way = rng.random(self.distance.shape) < 0.9
        self.people = rng.integers(1, 900, POINTS)
        self.capacity = rng.integers(1, 400, FACILITIES)

    def ours(self, method: str) -> np.ndarray:
        facility, point = np.nonzero(self.has_way)
        start = np.searchsorted(facility, np.arange(FACILITIES + 1)).astype(np.int64)
        pairs = Catchments(start, point.astype(np.int32), self.distance[facility, point])
        people, capacity = self.people.astype(float), self.capacity.astype(float)
        return floating_catchment(pairs, people, capacity, LIMIT_DM, method).of_point

    def theirs(self, weight: Callable[[float], float] | None) -> np.ndarray:
        facility, point = np.nonzero(self.has_way)
        cost = pd.DataFrame(
            {"origin": point, "dest": facility, "cost": self.distance[facility, point]}
        )
        demand = pd.DataFrame({"geoid": np.arange(POINTS), "demand": self.people})
        supply = pd.DataFrame({"geoid": np.arange(FACILITIES), "supply": self.capacity})
        found = two_stage_fca(demand, supply, cost, max_cost=LIMIT_DM, weight_fn=weight)
        # A point that reaches nothing is left out by the peer and 0 with us.
        return found.reindex(np.arange(POINTS)).fillna(0.0).to_numpy()


def gaussian(distance: float) -> float:
    """Give the weight that both sides are to use; PySAL's own Gaussian does not fall to 0."""
    return float(weights(np.array([distance], dtype=np.int32), LIMIT_DM, "e2sfca_gauss")[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_plain_catchments_equal_those_of_access(seed: int) -> None:
    city = City(seed)
    assert city.ours("2sfca") == pytest.approx(city.theirs(None), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_catchments_of_three_zones_equal_those_of_access(seed: int) -> None:
    city = City(seed)
    edges = (LIMIT_DM // 3, 2 * LIMIT_DM // 3, LIMIT_DM)
    steps = peer_weights.step_fn(dict(zip(edges, STEP_WEIGHTS, strict=True)))
    assert city.ours("e2sfca_step") == pytest.approx(city.theirs(steps), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gaussian_catchments_equal_those_of_access(seed: int) -> None:
    city = City(seed)
    assert city.ours("e2sfca_gauss") == pytest.approx(city.theirs(gaussian), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gini_of_places_equals_that_of_their_persons_by_inequality(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value, people = rng.integers(0, 60, 40).astype(float), rng.integers(0, 30, 40).astype(float)
    persons = np.repeat(value, people.astype(int))
    assert gini(value, people) == pytest.approx(float(Gini(persons).g), abs=1e-12)


def test_palma_of_a_case_worked_out_by_hand() -> None:
    """No library gives Palma over people of places; here the twenty persons are written out.

    Five have 1, ten have 4, four have 10, one has 15: the lowest eight hold 5 x 1 + 3 x 4 = 17, the
    top two 15 + 10 = 25.
    """
    value, people = np.array([4.0, 15.0, 1.0, 10.0]), np.array([10.0, 1.0, 5.0, 4.0])
    assert palma(value, people) == pytest.approx(25 / 17, rel=1e-12)
