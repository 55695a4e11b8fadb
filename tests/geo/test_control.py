"""Prove the fit of local coordinates to known ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.control import fit_similarity
from geo.errors import InputDataError

LOCAL = np.array([[1_000.0, 2_000.0], [9_000.0, 2_500.0], [4_000.0, 8_000.0], [7_000.0, 6_000.0]])


def moved(xy: np.ndarray, scale: float, degrees: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.radians(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return xy @ matrix.T + np.array(shift)


@given(
    st.floats(0.9, 1.1), st.floats(-179, 179), st.floats(-4e6, 4e6), st.floats(-4e6, 4e6),
    st.integers(2, 4),
)  # fmt: skip
def test_a_planted_similarity_is_found(scale, degrees, east, north, points):
    known = moved(LOCAL, scale, degrees, (east, north))
    fit = fit_similarity(LOCAL[:points], known[:points])
    assert fit.similarity.apply(LOCAL) == pytest.approx(known, abs=1e-5)
    assert fit.similarity.scale == pytest.approx(scale, abs=1e-10)
    assert fit.similarity.rotation_degrees == pytest.approx(degrees, abs=1e-6)
    assert np.all(fit.residual_m < 1e-5)


def test_residuals_are_those_of_least_squares():
    rng = np.random.default_rng(3)
    known = moved(LOCAL, 1.0, 2.0, (400_000.0, 3_000_000.0)) + rng.normal(0, 0.5, LOCAL.shape)
    fit = fit_similarity(LOCAL, known)
    x, y = LOCAL.T
    one, none = np.ones(4), np.zeros(4)
    rows = np.vstack([np.column_stack([x, -y, one, none]), np.column_stack([y, x, none, one])])
    best, *_ = np.linalg.lstsq(rows, known.T.ravel(), rcond=None)
    miss = (rows @ best - known.T.ravel()).reshape(2, -1)
    assert fit.residual_m == pytest.approx(np.hypot(*miss), abs=1e-4)


@pytest.mark.parametrize(
    "points", [LOCAL[:1], LOCAL[[0, 0]], LOCAL[:0], np.array([[np.nan, 0.0], [1.0, 2.0]])]
)
def test_what_determines_nothing_is_refused(points):
    with pytest.raises(InputDataError, match="control point"):
        fit_similarity(points, points)
