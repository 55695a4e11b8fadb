"""Prove causes by their rules one at a time, and the median by counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.causes import DETOUR_TENTHS, FAR_CAUSES, SUGGESTIONS, far_causes, median_rows
from geo.walk import BEYOND, NO_PATH, OFF_NETWORK, OK, UNREACHED_DM

LIMIT_DM = 10_000
FAR = UNREACHED_DM


@pytest.mark.parametrize(
    ("line_dm", "walk_dm", "code", "is_doubtful", "cause"),
    [
        (4_000, 12_000, OK, False, "barrier"),
        (8_960, 12_000, OK, False, "distant"),
        (7_500, 12_000, OK, False, "barrier"),  # 1.6 itself is a detour
        (7_501, 12_000, OK, False, "distant"),
        (10_000, 16_000, OK, False, "barrier"),
        (10_001, 16_000, OK, False, "no_facility"),
        (FAR, FAR, NO_PATH, False, "no_facility"),
        (4_000, FAR, NO_PATH, False, "barrier"),
        (4_000, FAR, BEYOND, False, "barrier"),
        (4_000, FAR, OFF_NETWORK, False, "doubtful"),
        (30_000, FAR, OFF_NETWORK, False, "no_facility"),
        (4_000, 12_000, OK, True, "doubtful"),
    ],
)
def test_the_first_rule_that_holds_is_the_cause(line_dm, walk_dm, code, is_doubtful, cause):
    found = far_causes(
        *(np.array([line_dm]), np.array([walk_dm]), np.array([code], dtype=np.uint8)),
        *(np.array([is_doubtful]), LIMIT_DM),
    )
    assert FAR_CAUSES[int(found[0])] == cause


def test_every_cause_has_a_remedy_and_the_detour_is_that_of_the_design():
    assert set(FAR_CAUSES) < set(SUGGESTIONS)
    assert DETOUR_TENTHS / 10 == 1.6


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 4)), min_size=0, max_size=25
    )
)
def test_the_median_is_the_place_by_which_half_is_reached(rows):
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    found = median_rows(*table.T)
    expected = []
    for one in sorted({row[0] for row in rows}):
        mine = [k for k, row in enumerate(rows) if row[0] == one]
        mine.sort(key=lambda k: (rows[k][1], k))
        weight = [rows[k][2] for k in mine]
        weight = weight if sum(weight) else [1] * len(mine)
        reached = 0
        for k, part in zip(mine, weight, strict=True):
            reached += part
            if 2 * reached >= sum(weight):
                expected.append(k)
                break
    assert found.tolist() == expected
