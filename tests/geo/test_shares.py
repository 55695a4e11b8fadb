"""Parts that are shown add up to the total that is shown."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shares import half_up, permille, shown_parts

PARTS = st.lists(st.fractions(-1000, 1000, max_denominator=997), max_size=8)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 10, 0), (1, 100_000, 1), (99_999, 100_000, 999), (10, 10, 1000), (1, 16, 63), (1, 3, 333)],
)
def test_a_share_is_none_or_all_only_where_it_is(part: int, whole: int, shown: int) -> None:
    assert permille(part, whole) == shown


def test_the_largest_remainder_gets_what_is_missing() -> None:
    thirds = [Fraction(1, 3), Fraction(2, 3), Fraction(0), Fraction(5)]
    assert shown_parts(thirds, 6) == [0, 1, 0, 5]
    # a total that was rounded otherwise is met too, and what is nothing stays nothing
    assert shown_parts(thirds, 7) == [1, 1, 0, 5]
    assert shown_parts([Fraction(-5, 2), Fraction(1, 4), Fraction(0)], -2) == [-2, 0, 0]
    assert shown_parts([], 3) == []


@given(PARTS, st.integers(-1, 1))
def test_shown_parts_sum_to_the_total_and_stay_near(parts: list[Fraction], off: int) -> None:
    total = half_up(sum(parts, Fraction(0))) + off
    shown = shown_parts(parts, total)
    if not parts:
        assert shown == []
        return
    assert sum(shown) == total
    moving = sum(part != 0 for part in parts)
    if moving:
        assert [one for one, part in zip(shown, parts, strict=True) if part == 0] == [0] * (
            len(parts) - moving
        )
    # nobody is further from its part than one whole, and a second one where the total is off
    assert all(abs(one - part) <= 3 for one, part in zip(shown, parts, strict=True))


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_halves_go_up(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    rounded = half_up(value)
    assert Fraction(-1, 2) < rounded - value <= Fraction(1, 2)
