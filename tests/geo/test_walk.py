"""Prove the limit, the share codes and the classes against fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.walk import BEYOND, CLASSES, UNREACHED_DM, Speed, class_of, minute_of, share_code

STANDARD = Speed("standard", Fraction(1000, 15))
WHOLES = st.integers(1, 3 * 10**15)


def word(part, whole):
    code = share_code(np.array([part]), np.array([whole]))
    return CLASSES[class_of(code)[0]]


def test_fifteen_minutes_at_the_standard_speed_are_a_kilometre():
    assert STANDARD.limit_dm(15) == 10_000
    assert STANDARD.limit_dm(5) == 3_333
    assert STANDARD.limit_dm(0) == 0


@given(st.fractions(10, 200))
def test_limits_never_exceed_the_speed_nor_fall_a_decimetre_short(metres_per_minute):
    limits = Speed("any", metres_per_minute).limits_dm()
    assert len(limits) == 61
    for minute, limit in enumerate(limits.tolist()):
        assert limit <= metres_per_minute * minute * 10 < limit + 1


@given(st.integers(0, 50_000), st.fractions(10, 200))
def test_the_minute_is_the_first_whose_limit_is_not_less(distance, metres_per_minute):
    limits = Speed("any", metres_per_minute).limits_dm()
    reaching = [minute for minute in range(61) if limits[minute] >= distance]
    expected = reaching[0] if reaching else BEYOND
    assert minute_of(np.array([distance]), limits)[0] == expected


def test_a_distance_equal_to_the_limit_is_covered_and_unreached_is_beyond():
    minutes = minute_of(np.array([0, 10_000, 10_001, UNREACHED_DM]), STANDARD.limits_dm())
    assert minutes.tolist() == [0, 15, 16, BEYOND]
    assert minute_of(np.array([], dtype=np.int64), STANDARD.limits_dm()).tolist() == []


@given(st.data(), WHOLES)
def test_the_class_of_a_code_is_the_class_of_the_exact_share(data, whole):
    part = data.draw(st.integers(0, whole))
    share = Fraction(part, whole)
    if share == 0:
        expected = "none"
    elif share < Fraction(1, 2):
        expected = "low"
    elif share < Fraction(9, 10):
        expected = "partial"
    elif share < 1:
        expected = "near"
    else:
        expected = "full"
    assert word(part, whole) == expected


@given(st.integers(1, 10**14))
def test_the_breaks_themselves_belong_to_the_upper_class(tenth):
    whole = 10 * tenth
    assert word(5 * tenth, whole) == "partial"
    assert word(5 * tenth - 1, whole) == "low"
    assert word(9 * tenth, whole) == "near"
    assert word(9 * tenth - 1, whole) == "partial"
    assert word(whole, whole) == "full"
    assert word(0, whole) == "none"


@given(st.data(), WHOLES)
def test_codes_rise_with_the_share(data, whole):
    parts = sorted(data.draw(st.lists(st.integers(0, whole), min_size=2, max_size=20)))
    codes = share_code(np.array(parts), np.full(len(parts), whole))
    positions = np.where(codes == 254, 253, codes)
    assert np.all(np.diff(positions.astype(int)) >= 0)
    assert all(0 <= code <= 252 or code == 254 for code in codes.tolist())


@pytest.mark.parametrize(("whole", "expected"), [(-1, "no_data"), (0, "no_people")])
def test_unknown_and_nobody_are_never_a_share(whole, expected):
    assert word(0, whole) == expected


def test_no_units_give_no_codes():
    none = np.array([], dtype=np.int64)
    assert share_code(none, none).shape == (0,)


def test_every_code_has_a_class():
    assert set(class_of(np.arange(256, dtype=np.uint8)).tolist()) == set(range(len(CLASSES)))
