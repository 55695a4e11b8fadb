"""Prove profiles, medians and steps against plain sums in Python."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputDataError
from geo.profile import (
    class_counts,
    dense,
    increments,
    share_by_largest_remainder,
    steps,
    walk_area_dm2,
    weighted_median_dm,
)
from geo.walk import BASES, CLASSES, MINUTES, UNREACHED_DM, class_of, share_code

COUNTS = st.lists(st.integers(0, 6), min_size=1, max_size=6)
NONE = np.array([], dtype=np.int64)


def drawn(data, counts, values):
    """One value a point, with the sorted group of each point."""
    group = np.repeat(np.arange(len(counts)), counts)
    found = [data.draw(values) for _ in range(len(group))]
    return np.array(found, dtype=np.int64), group


def shared_by_hand(total, weights):
    """Largest remainder for one group, in fractions."""
    if total < 0:
        return [-1] * len(weights)
    weights = weights if sum(weights) else [1] * len(weights)
    parts = [Fraction(total * weight, sum(weights)) for weight in weights]
    floors = [int(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i], i))
    for i in order[: total - sum(floors)]:
        floors[i] += 1
    return floors


@given(st.data(), COUNTS, st.sampled_from([9, 10**6, 10**13]))
def test_shares_are_the_largest_remainders_and_sum_to_the_total(data, counts, largest):
    weights, group = drawn(data, counts, st.integers(0, largest))
    totals = np.array([data.draw(st.integers(-1, 10**9)) for _ in counts])
    parts = share_by_largest_remainder(totals, weights, group)
    for i in range(len(counts)):
        mine = group == i
        assert parts[mine].tolist() == shared_by_hand(int(totals[i]), weights[mine].tolist())
        if mine.any() and totals[i] >= 0:
            assert parts[mine].sum() == totals[i]


def test_equal_remainders_go_to_the_first_points():
    parts = share_by_largest_remainder(np.array([11]), np.ones(4, dtype=int), np.zeros(4, int))
    assert parts.tolist() == [3, 3, 3, 2]


def test_no_points_get_no_shares():
    assert share_by_largest_remainder(np.array([5, 0]), NONE, NONE).tolist() == []


def test_a_negative_weight_is_said():
    with pytest.raises(InputDataError, match=r"1 of 2 weights are negative \(first: position 1"):
        share_by_largest_remainder(np.array([5]), np.array([1, -2]), np.array([0, 0]))


def median_by_hand(distances, weights):
    """The least distance within which half of the weight lies, and its first point."""
    if any(weight < 0 for weight in weights) or sum(weights) == 0:
        weights = [1] * len(weights)
    for distance in sorted(set(distances)):
        within = sum(w for d, w in zip(distances, weights, strict=True) if d <= distance)
        if 2 * within >= sum(weights) and distance != UNREACHED_DM:
            return distance, distances.index(distance)
    return UNREACHED_DM, None


@given(st.data(), COUNTS)
def test_the_median_is_the_least_distance_within_which_half_lives(data, counts):
    reached = st.integers(0, 9) | st.integers(0, 120_000)
    distance, group = drawn(data, counts, reached | st.just(UNREACHED_DM))
    weight, _ = drawn(data, counts, st.integers(0, 3) | st.integers(-1, 10**9))
    median, index = weighted_median_dm(distance, weight, group, len(counts))
    for i in range(len(counts)):
        mine = np.flatnonzero(group == i)
        expected, first = median_by_hand(distance[mine].tolist(), weight[mine].tolist())
        assert median[i] == expected
        assert index[i] == (-1 if first is None else mine[first])


def test_unreached_weighs_as_infinitely_far():
    group = np.zeros(2, dtype=int)
    distance = np.array([70, UNREACHED_DM])
    assert weighted_median_dm(distance, np.array([5, 5]), group, 1)[0].tolist() == [70]
    assert weighted_median_dm(distance, np.array([5, 6]), group, 1)[0].tolist() == [UNREACHED_DM]


def test_groups_without_points_are_unreached():
    median, index = weighted_median_dm(NONE, NONE, NONE, 2)
    assert median.tolist() == [UNREACHED_DM] * 2
    assert index.tolist() == [-1, -1]


@given(st.data(), COUNTS)
def test_increments_are_the_sums_by_grid_and_minute(data, counts):
    codes = st.integers(0, 60) | st.sampled_from([252, 253, 254, 255])
    minute, grid = drawn(data, counts, codes)
    amounts = np.column_stack(
        [drawn(data, counts, st.integers(0, 3) | st.just(10**15))[0] for _ in range(4)]
    )
    flat = [data.draw(st.integers(0, 2)) for _ in range(len(counts) * MINUTES)]
    area = np.reshape(flat, (len(counts), MINUTES)).cumsum(axis=1)

    expected = {}
    for i, t, values in zip(grid.tolist(), minute.tolist(), amounts.tolist(), strict=True):
        if t <= 60:
            row = expected.setdefault((i, t), [0] * 5)
            expected[i, t] = [*(a + b for a, b in zip(row, values, strict=False)), 0]
    for i in range(len(counts)):
        for t in range(MINUTES):
            expected.setdefault((i, t), [0] * 5)[4] = int(area[i, t] - (area[i, t - 1] if t else 0))
    rows = increments(minute.astype(np.uint8), amounts, grid, len(counts), area)
    found = np.column_stack(rows).tolist()
    assert found == [[*key, *sums] for key, sums in sorted(expected.items()) if any(sums)]
    assert rows._fields == ("grid", "minute", *BASES)


def test_nothing_reached_gives_no_rows():
    none = np.zeros((3, MINUTES), dtype=np.int64)
    beyond = np.full(4, 252, dtype=np.uint8)
    rows = increments(beyond, np.ones((4, 4), dtype=np.int64), np.array([0, 0, 1, 2]), 3, none)
    assert [len(column) for column in rows] == [0] * 7
    empty = increments(beyond[:0], np.ones((0, 4), dtype=np.int64), NONE, 0, none[:0])
    assert [len(column) for column in empty] == [0] * 7


def some_units(data):
    """Denominators, and sparse increments within them as sorted rows."""
    wholes, rows = [], []
    for unit in range(data.draw(st.integers(0, 5))):
        minutes = sorted(data.draw(st.sets(st.integers(0, 60), max_size=8)))
        amounts = [data.draw(st.integers(0, 50)) for _ in minutes]
        rest = data.draw(st.integers(0, 60))
        wholes.append(-1 if data.draw(st.booleans()) and rest == 0 else sum(amounts) + rest)
        rows += zip([unit] * len(minutes), minutes, amounts, strict=True)
    unit, minute, amount = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return unit, minute.astype(np.uint8), amount, np.array(wholes, dtype=np.int64)


def table_of(unit, minute, amount, n):
    """Totals of each unit by minute, by hand."""
    total = np.zeros((n, MINUTES), dtype=np.int64)
    for u, t, a in zip(unit, minute, amount, strict=True):
        total[u, t:] += a
    return total


@given(st.data())
def test_steps_replay_to_the_code_of_every_minute(data):
    unit, minute, amount, whole = some_units(data)
    changes = steps(unit, minute, amount, whole)
    totals = table_of(unit, minute, amount, len(whole))
    at = 0
    for i in range(len(whole)):
        code = changes.base[i]
        assert code == share_code(np.array([0]), whole[i : i + 1])[0]
        mine = slice(at, at + int(changes.count[i]))
        at = mine.stop
        turns = dict(zip(changes.minute[mine].tolist(), changes.code[mine], strict=True))
        assert len(turns) == changes.count[i]
        for t in range(MINUTES):
            assert t not in turns or turns[t] != code
            code = turns.get(t, code)
            assert code == share_code(totals[i, t : t + 1], whole[i : i + 1])[0]
    assert at == len(changes.minute) == len(changes.code)


@given(st.data())
def test_class_counts_are_those_of_each_minute(data):
    unit, minute, amount, whole = some_units(data)
    units, held = class_counts(steps(unit, minute, amount, whole), whole)
    totals = table_of(unit, minute, amount, len(whole))
    assert units.shape == held.shape == (MINUTES, len(CLASSES))
    for t in range(MINUTES):
        classes = class_of(share_code(totals[:, t], whole))
        for word in range(len(CLASSES)):
            assert units[t, word] == np.count_nonzero(classes == word)
            assert held[t, word] == np.maximum(whole[classes == word], 0).sum()


@given(st.data())
def test_dense_totals_are_those_of_all_units(data):
    unit, minute, amount, whole = some_units(data)
    totals = dense(minute, amount)
    assert np.array_equal(totals, table_of(unit, minute, amount, len(whole)).sum(axis=0))


@given(st.data(), COUNTS)
def test_area_on_foot_is_the_share_of_the_lattice_but_never_above_the_straight_area(data, counts):
    counts = [count + 1 for count in counts]
    minute, grid = drawn(data, counts, st.integers(0, 60) | st.just(252))
    area = np.array([data.draw(st.integers(0, 10**12)) for _ in counts])
    cuts = [sorted(data.draw(st.integers(0, int(a))) for _ in range(MINUTES)) for a in area]
    straight = np.array(cuts)
    walked = walk_area_dm2(straight, minute.astype(np.uint8), grid, area)
    assert np.all(np.diff(walked, axis=1) >= 0)
    for i, count in enumerate(counts):
        for t in range(MINUTES):
            reached = int(np.count_nonzero(minute[grid == i] <= t))
            share = int(Fraction(reached, count) * int(area[i]))
            assert walked[i, t] == min(share, straight[i, t])


def test_a_grid_without_lattice_points_is_said():
    straight = np.zeros((2, MINUTES), dtype=np.int64)
    with pytest.raises(InputDataError, match="1 of 2 grids have no lattice point"):
        walk_area_dm2(straight, np.array([3], np.uint8), np.array([0]), np.array([5, 5]))
    assert walk_area_dm2(straight[:0], NONE.astype(np.uint8), NONE, NONE).shape == (0, MINUTES)


def test_the_web_process_can_import_profiles_without_compilers():
    loaded = "import sys, geo.profile; print({'numba', 'scipy', 'shapely'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", loaded], check=True, capture_output=True, text=True, cwd=root
    )
    assert done.stdout.strip() == "set()"
