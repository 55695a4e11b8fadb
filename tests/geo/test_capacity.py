"""Prove capacity by hand, by plain loops, and by what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.capacity import (
    METHODS,
    assign_nearest,
    choices,
    dependence,
    floating_catchment,
    weights,
)
from geo.catchment import Catchments

LIMIT_DM = 9_000


def made(distance_dm: np.ndarray) -> Catchments:
    """Catchments of a table (facilities, points), -1 for no way."""
    facility, point = np.nonzero(distance_dm >= 0)
    start = np.searchsorted(facility, np.arange(len(distance_dm) + 1)).astype(np.int64)
    return Catchments(start, point.astype(np.int32), distance_dm[facility, point].astype(np.int32))


@st.composite
def cities(draw):
    facilities, points = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    table = rng.integers(-3_000, 12_000, (facilities, points))
    people = rng.integers(0, 900, points).astype(np.int64)
    capacity = rng.integers(0, 400, facilities).astype(np.int64)
    return np.maximum(table, -1), people, capacity


def by_loops(table, people, capacity, method):
    """Two steps written out, for one facility and one point after another."""
    ratio = []
    for j in range(len(table)):
        inside = [i for i in range(len(people)) if 0 <= table[j, i] <= LIMIT_DM]
        demand = sum(people[i] * plain_weight(table[j, i], method) for i in inside)
        ratio.append(capacity[j] / demand if demand > 0 else 0.0)
    return [
        sum(
            ratio[j] * plain_weight(table[j, i], method)
            for j in range(len(table))
            if 0 <= table[j, i] <= LIMIT_DM
        )
        for i in range(len(people))
    ]


def plain_weight(distance, method):
    if method == "2sfca":
        return 1.0
    if method == "e2sfca_gauss":
        share, least = distance / LIMIT_DM, math.exp(-0.5)
        return (math.exp(-0.5 * share**2) - least) / (1 - least)
    return 1.0 if distance <= 3_000 else 0.68 if distance <= 6_000 else 0.22


@given(city=cities(), method=st.sampled_from(METHODS))
@settings(deadline=None)
def test_floating_catchments_equal_two_plain_steps(city, method):
    table, people, capacity = city
    found = floating_catchment(
        made(table), people.astype(float), capacity.astype(float), LIMIT_DM, method
    )
    assert found.of_point == pytest.approx(by_loops(table, people, capacity, method), rel=1e-12)


@given(city=cities(), method=st.sampled_from(METHODS))
@settings(deadline=None)
def test_what_is_shared_out_is_the_capacity_that_anybody_can_reach(city, method):
    table, people, capacity = city
    catchments = made(table)
    found = floating_catchment(
        catchments, people.astype(float), capacity.astype(float), LIMIT_DM, method
    )
    reached = np.isfinite(found.ratio)
    assert float(people @ found.of_point) == pytest.approx(
        float(capacity[reached].sum()), rel=1e-12
    )


def test_the_worked_example_by_hand():
    # Two sites of 10 and 30; three places of 100, 200 and 300 people; the middle one reaches both.
    table = np.array([[3_000, 6_000, -1], [-1, 9_000, 1_000]])
    people, capacity = np.array([100.0, 200.0, 300.0]), np.array([10.0, 30.0])
    plain = floating_catchment(made(table), people, capacity, LIMIT_DM, "2sfca")
    assert plain.ratio.tolist() == [10 / 300, 30 / 500]
    assert plain.of_point.tolist() == [10 / 300, 10 / 300 + 30 / 500, 30 / 500]
    step = floating_catchment(made(table), people, capacity, LIMIT_DM, "e2sfca_step")
    first, second = 10 / (100 + 0.68 * 200), 30 / (0.22 * 200 + 300)
    assert step.of_point == pytest.approx([first, 0.68 * first + 0.22 * second, second])


def test_a_facility_of_unknown_capacity_or_without_people_gives_nothing():
    table = np.array([[100, 200], [300, -1], [9_001, 9_001]])
    found = floating_catchment(
        *(made(table), np.array([50.0, 50.0]), np.array([5.0, np.nan, 7.0])), LIMIT_DM, "2sfca"
    )
    assert found.of_point.tolist() == [0.05, 0.05]
    assert np.isnan(found.ratio).tolist() == [False, True, True]


def test_weights_are_one_at_the_door_and_the_zones_end_where_they_end():
    at = np.array([0, 3_000, 3_001, 6_000, 6_001, 9_000], dtype=np.int32)
    assert weights(at, LIMIT_DM, "e2sfca_step").tolist() == [1.0, 1.0, 0.68, 0.68, 0.22, 0.22]
    gauss = weights(at, LIMIT_DM, "e2sfca_gauss")
    assert (gauss[0], gauss[-1]) == (1.0, 0.0)
    assert np.all(np.diff(gauss) < 0)
    with pytest.raises(ValueError, match="huff"):
        weights(at, LIMIT_DM, "huff")


@given(city=cities())
@settings(deadline=None)
def test_nobody_is_served_twice_and_no_facility_beyond_its_capacity(city):
    table, people, capacity = city
    found = assign_nearest(made(table), people, capacity, LIMIT_DM)
    assert np.all((found.served >= 0) & (found.served <= people))
    assert np.all((found.load >= 0) & (found.load <= capacity))
    assert found.served.sum() == found.load.sum()
    # Whoever is left could reach full facilities only.
    free = capacity - found.load
    for i in np.flatnonzero(found.served < people):
        inside = (table[:, i] >= 0) & (table[:, i] <= LIMIT_DM)
        assert not free[inside].any()


def test_the_nearer_is_served_first_and_the_rest_goes_on():
    table = np.array([[500, 400], [-1, 3_000]])
    found = assign_nearest(made(table), np.array([60, 50]), np.array([80, 10]), LIMIT_DM)
    assert found.served.tolist() == [30, 50]
    assert found.load.tolist() == [80, 0]
    crowded = assign_nearest(made(table), np.array([60, 90]), np.array([80, 10]), LIMIT_DM)
    assert crowded.served.tolist() == [0, 90]


@given(city=cities())
@settings(deadline=None)
def test_choice_and_dependence_equal_counting(city):
    table, people, _ = city
    catchments = made(table)
    inside = (table >= 0) & (table <= LIMIT_DM)
    assert choices(catchments, len(people), LIMIT_DM).tolist() == inside.sum(axis=0).tolist()
    found = dependence(catchments, people, LIMIT_DM)
    assert found.served.tolist() == (inside @ people).tolist()
    lost = []
    for j in range(len(table)):
        others = np.delete(inside, j, axis=0).any(axis=0)
        lost.append(int(people[inside.any(axis=0) & ~others].sum()))
    assert found.sole.tolist() == lost
