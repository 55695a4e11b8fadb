"""Classes of an indicator on the map: worst to best, the target a hinge, equal values together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.store.indicator_map import CODES, NO_VALUE, classed

VALUES = st.lists(st.none() | st.integers(0, 20).map(float), min_size=1, max_size=60)


def _array(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


@given(VALUES, st.none() | st.integers(0, 20).map(float), st.booleans())
def test_a_better_value_never_has_a_worse_class(
    values: list[float | None], target: float | None, is_high_better: bool
) -> None:
    array = _array(values)
    codes = classed(array, target, is_high_better=is_high_better)
    known = ~np.isnan(array)
    assert (codes[~known] == NO_VALUE).all()
    assert np.isin(codes[known], CODES).all()
    signed = array[known] if is_high_better else -array[known]
    order = np.argsort(signed, kind="stable")
    assert (np.diff(codes[known][order].astype(int)) >= 0).all()
    for value in np.unique(signed):
        assert len(np.unique(codes[known][signed == value])) == 1


@given(VALUES, st.integers(0, 20).map(float), st.booleans())
def test_the_target_parts_what_meets_it_from_what_does_not(
    values: list[float | None], target: float, is_high_better: bool
) -> None:
    array = _array(values)
    codes = classed(array, target, is_high_better=is_high_better)
    known = ~np.isnan(array)
    met = array >= target if is_high_better else array <= target
    assert (codes[known & met] >= CODES[3]).all()
    assert (codes[known & ~met] <= CODES[2]).all()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (None, [0, 0, 50, 50, 150, 150, 220, 220, 254, 254]),
        (7.0, [0, 0, 50, 50, 150, 150, 220, 220, 254, 254]),
        (11.0, [0, 0, 0, 0, 50, 50, 50, 150, 150, 150]),
    ],
)
def test_classes_hold_equal_numbers(target: float | None, expected: list[int]) -> None:
    codes = classed(np.arange(1.0, 11.0), target, is_high_better=True)
    assert codes.tolist() == expected
