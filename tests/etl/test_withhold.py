"""Small counts stay hidden: none can be had by adding up and taking away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.ledgers.withhold import NO_PARENT, withheld


@st.composite
def trees(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A city of districts of streets: the leaves count, the others add up."""
    parent = [NO_PARENT]
    for _ in range(draw(st.integers(1, 4))):
        district = len(parent)
        parent.append(0)
        parent.extend([district] * draw(st.integers(0, 4)))
    above = np.array(parent)
    counts = np.zeros(len(parent))
    for cell in range(len(parent) - 1, -1, -1):
        if not (above == cell).any():
            counts[cell] = draw(st.integers(0, 12))
        if above[cell] != NO_PARENT:
            counts[above[cell]] += counts[cell]
    return counts, above


@given(trees(), st.integers(1, 8))
def test_no_withheld_count_follows_from_those_that_are_shown(
    tree: tuple[np.ndarray, np.ndarray], floor: int
) -> None:
    """The sums are linear equations: a hidden cell is safe where its unknown stays free."""
    counts, parent = tree
    hidden = withheld(counts, parent, floor)
    assert hidden[counts < floor].all()
    unknown = np.flatnonzero(hidden)
    if not len(unknown):
        assert (counts >= floor).all()
        return
    equations = []
    for cell in np.unique(parent[parent != NO_PARENT]):
        row = np.zeros(len(counts))
        row[cell], row[parent == cell] = -1.0, 1.0
        equations.append(row[unknown])
    matrix = np.array(equations).reshape(-1, len(unknown))
    rank = np.linalg.matrix_rank(matrix)
    for at in range(len(unknown)):
        own = np.eye(len(unknown))[at]
        assert np.linalg.matrix_rank(np.vstack([matrix, own])) > rank


def test_the_smallest_neighbour_is_withheld_with_a_small_count() -> None:
    counts = np.array([100.0, 60.0, 40.0, 3.0, 20.0, 37.0])
    parent = np.array([NO_PARENT, 0, 0, 1, 1, 1])
    assert withheld(counts, parent, 5).tolist() == [False, False, False, True, True, False]


def test_nothing_small_nothing_withheld_and_unknown_is_left_alone() -> None:
    counts = np.array([30.0, 10.0, 20.0, np.nan])
    parent = np.array([NO_PARENT, 0, 0, 0])
    assert not withheld(counts, parent, 5).any()


@pytest.mark.parametrize("count", [0.0, 4.0])
def test_an_only_child_takes_its_parent_with_it(count: float) -> None:
    """The city itself is withheld then, as what it shows would be the child's own count."""
    counts, parent = np.array([count, count]), np.array([NO_PARENT, 0])
    assert withheld(counts, parent, 5).all()
