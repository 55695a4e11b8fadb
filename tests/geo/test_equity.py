"""Prove the measures of equity by hand, by every pair of persons, and by what must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.equity import gini, lorenz, palma

AMOUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), min_size=1, max_size=12).map(
    lambda rows: tuple(np.array(part, dtype=float) for part in zip(*rows, strict=True))
)


def persons(value, people):
    return np.repeat(value, people.astype(int))


@given(city=AMOUNTS)
@settings(deadline=None)
def test_gini_equals_the_mean_difference_of_all_pairs_of_persons(city):
    value, people = city
    each = persons(value, people)
    if each.size == 0 or each.sum() == 0:
        assert gini(value, people) is None
        return
    apart = np.abs(each[:, None] - each[None]).mean()
    assert gini(value, people) == pytest.approx(apart / (2 * each.mean()), abs=1e-12)


def test_palma_by_hand():
    # Ten persons: the lowest four hold 1 + 1 + 2 + 2 = 6, the top one holds 12.
    value = np.array([1.0, 2.0, 3.0, 12.0])
    people = np.array([2.0, 3.0, 4.0, 1.0])
    assert palma(value, people) == pytest.approx(12 / 6)
    # One place across both borders counts with its parts: all have the same.
    assert palma(np.array([7.0]), np.array([10.0])) == pytest.approx(0.1 / 0.4)
    assert palma(np.array([0.0, 5.0]), np.array([5.0, 5.0])) is None


def test_the_curve_runs_from_corner_to_corner_below_the_diagonal():
    curve = lorenz(np.array([4.0, 1.0, 0.0]), np.array([1.0, 2.0, 1.0]))
    assert curve is not None
    assert curve.people.tolist() == [0, 0.25, 0.75, 1]
    assert curve.held.tolist() == pytest.approx([0, 0, 2 / 6, 1])
    assert lorenz(np.array([1.0]), np.array([0.0])) is None
