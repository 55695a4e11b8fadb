"""Which facilities of two months are the same, and at which step each of them changes."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.compare.facilities import Changed, Window, changes, folded, paired
from etl.compare.replay import between
from etl.compare.side import Facility
from geo.walk import BASES, MINUTES

OCTOBER = Window("2026-09", "2026-10")


def facility(
    key: str,
    name: str = "一号站",
    category: str = "MED_STATION",
    *,
    idx: int = 0,
    status: str = "open",
    source: str = "a.csv",
    row: int = 9,
    opened: str | None = None,
    closed: str | None = None,
) -> Facility:
    """Give a facility; its place stands beside it, in metres."""
    door = np.array([[113.0, 28.0]])
    return Facility(
        *(idx, key, name, category, status, status == "open", source, row, 0),
        *(opened, closed, door),
    )


def compared(
    old: Sequence[tuple[Facility, tuple[float, float]]],
    new: Sequence[tuple[Facility, tuple[float, float]]],
) -> list[Changed]:
    """Pair facilities that stand at places in metres."""
    places = tuple(
        np.array([at for _, at in side], dtype=float).reshape(-1, 2) for side in (old, new)
    )
    return changes(
        [one for one, _ in old], [one for one, _ in new], (places[0], places[1]), OCTOBER
    )


def test_the_same_key_60_m_away_is_a_correction_and_has_moved() -> None:
    (one,) = compared([(facility("F1"), (0, 0))], [(facility("F1"), (60, 0))])
    assert (one.step, one.metres, one.what) == ("corrections", 60.0, ("moved",))


def test_the_same_name_80_m_away_under_another_key_is_a_correction() -> None:
    (one,) = compared([(facility("F1"), (0, 0))], [(facility("F2"), (80, 0))])
    assert (one.step, one.metres) == ("corrections", 80.0)
    assert one.old is not None
    assert one.old.key == "F1"


def test_the_same_name_150_m_away_is_one_closed_and_one_opened() -> None:
    steps = [
        (one.step, one.shown.key)
        for one in compared(
            [(facility("F1"), (0, 0))],
            [(facility("F2", opened="2026-10-01"), (150, 0))],
        )
    ]
    assert steps == [("opened", "F2"), ("closed", "F1")]


def test_the_nearest_of_two_with_one_name_is_the_partner() -> None:
    old = [(facility("F1"), (0.0, 0.0)), (facility("F2", idx=1), (50.0, 0.0))]
    new = [(facility("N1"), (40.0, 0.0)), (facility("N2", idx=1), (-5.0, 0.0))]
    places = (np.array([at for _, at in old]), np.array([at for _, at in new]))
    assert paired([one for one, _ in old], [one for one, _ in new], places) == {1: 0, 0: 1}


def test_the_same_category_comes_before_the_nearer_one() -> None:
    old = [(facility("F1", category="ELD_STATION"), (0, 0)), (facility("F2", idx=1), (90, 0))]
    found = compared(old, [(facility("N1"), (1, 0))])
    assert [(one.step, one.what) for one in found] == [
        ("corrections", ("moved",)),
        ("closed", ("delisted",)),
    ]
    assert found[1].shown.key == "F1"


def test_one_name_in_another_category_is_the_same_place_corrected() -> None:
    (one,) = compared(
        [(facility("F1", category="ELD_STATION"), (0, 0))], [(facility("N1"), (0, 0))]
    )
    assert (one.step, one.what) == ("corrections", ("recategorised",))


def test_the_number_of_a_row_is_no_key() -> None:
    old = [
        (facility("2", "甲", row=2), (0, 0)),
        (facility("3", "乙", row=3, idx=1), (5_000, 0)),
    ]
    new = [
        (facility("2", "新", row=2), (9_000, 0)),
        (facility("3", "甲", row=3, idx=1), (0, 0)),
        (facility("4", "乙", row=4, idx=2), (5_000, 0)),
    ]
    found = compared(old, new)
    assert [(one.step, one.what) for one in found] == [
        ("opened_undated", ("listed",)),
        ("corrections", ()),
        ("corrections", ()),
    ]


def test_a_plan_that_is_dropped_or_listed_is_a_correction() -> None:
    planned = facility("P1", status="planned")
    assert [one.step for one in compared([(planned, (0, 0))], [])] == ["corrections"]
    assert [one.step for one in compared([], [(planned, (0, 0))])] == ["corrections"]


def test_a_new_name_alone_is_told_and_no_more() -> None:
    (one,) = compared([(facility("F1", "甲"), (0, 0))], [(facility("F1", "乙"), (0, 0))])
    assert one.what == ("renamed",)


def test_jitter_below_a_metre_is_no_move() -> None:
    (one,) = compared([(facility("F1"), (0, 0))], [(facility("F1"), (0.6, 0.6))])
    assert one.what == ()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("2026-10", True),
        ("2026-10-31", True),
        ("2026/10/1", True),
        ("2026年10月3日", True),
        ("2026.10", True),
        ("2026-09-30", False),
        ("2026-11-01", False),
        ("2026", False),
        ("20xx-10", False),
        ("", False),
        (None, False),
    ],
)
def test_a_date_lies_in_the_month_or_says_nothing(text: str | None, holds: bool) -> None:
    assert OCTOBER.holds(text) is holds


def test_a_month_that_was_loaded_again_has_its_own_dates() -> None:
    again = Window("2026-10", "2026-10")
    assert again.holds("2026-10-05")
    assert not again.holds("2026-09-05")


def test_names_are_compared_without_width_case_and_signs() -> None:
    assert folded("第一 卫生站（ＡＢ店）") == folded("第一卫生站(ab店)")
    assert folded("東風衛生站") == folded("东风卫生站")
    assert folded("甲站") != folded("乙站")


TABLES = st.lists(
    st.dictionaries(
        st.sampled_from([0, 1]),
        st.lists(
            st.tuples(
                st.integers(0, 1),
                st.integers(0, MINUTES - 1),
                st.integers(0, len(BASES) - 1),
                st.integers(1, 10**12),
            ),
            max_size=4,
        ),
    ),
    min_size=2,
    max_size=9,
)


@given(TABLES)
def test_the_steps_sum_to_the_whole_change(drawn: list[dict[int, list[tuple[int, ...]]]]) -> None:
    tables = []
    for state in drawn:
        table = {mode: np.zeros((2, MINUTES, len(BASES)), np.int64) for mode in state}
        for mode, cells in state.items():
            for area, minute, basis, amount in cells:
                table[mode][area, minute, basis] += amount
        tables.append(table)
    nothing = np.zeros((2, MINUTES, len(BASES)), np.int64)
    told = {change.mode: change for change in between("X", tables)}
    for mode in (0, 1):
        total = nothing.copy()
        if mode in told:
            one = told[mode]
            np.add.at(total, (one.area, one.minute), one.amounts)
            assert (one.amounts != 0).any(axis=1).all()
        expected = tables[-1].get(mode, nothing) - tables[0].get(mode, nothing)
        np.testing.assert_array_equal(total, expected)
