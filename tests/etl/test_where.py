"""The filter language: three-valued like SQL, and never SQL."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.readers.raw import objects
from etl.where import rows_where
from geo.errors import SettingsError

COLUMNS = {
    "n": objects(["0", "2", None, "约3", "10"]),
    "状态": objects(["在营", "停业", "在营", None, ""]),
    "a b": objects(["x", "y", "x", "y", "it's"]),
}


def kept(expression: str) -> list[int]:
    return np.flatnonzero(rows_where(expression, COLUMNS, title="[x]")).tolist()


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("n > 0", [1, 4]),
        ("n >= 0", [0, 1, 4]),
        ("n != 2", [0, 4]),
        ("n <> 2 and n < 5", [0]),
        ("not n > 0", [0]),
        ("n is null", [2]),
        ("n is not null", [0, 1, 3, 4]),
        ("状态 = '在营'", [0, 2]),
        ('状态 == "在营" or n = 10', [0, 2, 4]),
        ("状态 in ('在营', '停业')", [0, 1, 2]),
        ("状态 not in ('在营')", [1, 4]),
        ("n in (0, 10)", [0, 4]),
        ("`a b` = 'it''s'", [4]),
        ("not (n > 0 or 状态 = '在营') or `a b` = 'y' and n = 2", [1]),
        ("NOT n IS NULL AND n = 2", [1]),
        ("n > -1.5e0", [0, 1, 4]),
    ],
)
def test_a_filter_keeps_the_rows_for_which_it_is_true(expression: str, rows: list[int]) -> None:
    assert kept(expression) == rows


def test_and_binds_closer_than_or() -> None:
    assert kept("n = 0 or n = 2 and n = 10") == [0]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "lacks a column name"),
        ("n", "lacks a comparison"),
        ("n >", "lacks a number or a text"),
        ("n = 1 2", "`2` left over"),
        ("(n = 1", "lacks `\\)`"),
        ("状 = 1", r"column 状, which is not among n, 状态, a b \(meant: `状态`\)"),
        ("n is 3", "`is` without `null`"),
        ("n = 1; drop table grid", "cannot be read|left over"),
        ("n = (select 1)", "lacks a number"),
        ("n = 'open", "cannot be read"),
    ],
)
def test_what_is_not_a_filter_is_refused(expression: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        kept(expression)


@given(st.text(max_size=40))
def test_any_text_is_either_a_filter_or_one_message(expression: str) -> None:
    with contextlib.suppress(SettingsError):
        assert rows_where(expression, COLUMNS, title="[x]").shape == (5,)
