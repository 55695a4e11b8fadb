"""The language of indicators: read, refused, and worked out as Python works it out."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.formula_sql import condition_sql, sql_of
from etl.staging import etl_sql
from geo.errors import SettingsError
from geo.formula import read_condition, read_formula
from geo.store.connect import Connection, open_scratch
from geo.store.write import register

Rows = list[dict[str, str | None]]


@pytest.fixture(scope="module")
def con() -> Any:
    with open_scratch() as scratch:
        scratch.execute(etl_sql("staging/macros"))
        yield scratch


def _worked(con: Connection, written: str, rows: Rows) -> tuple[float | None, float | None]:
    """Give numerator and denominator over all rows."""
    formula = read_formula(written, title="[[indicators]] number 1")
    names = list(formula.columns)
    if names:

        def column(name: str) -> Any:
            cells = np.empty(len(rows), dtype=object)
            cells[:] = [row.get(name) for row in rows]
            return cells

        register(con, "ledger_rows", {f"c{k}": column(name) for k, name in enumerate(names)})
    else:
        con.execute(f"create or replace temp view ledger_rows as select * from range({len(rows)})")
    top, bottom = sql_of(formula, lambda name: f"c{names.index(name)}::text")
    found = con.execute(f"select {top}, {bottom or 'null'} from ledger_rows").fetchone()
    con.execute("drop view if exists ledger_rows")
    assert found is not None
    return found


ROWS: Rows = [
    {"好": "3", "全": "4", "状态": "合格", "期限": "2026-10-05", "闭环": "2026-10-04"},
    {"好": "5", "全": "10", "状态": "不合格", "期限": "2026-10-05", "闭环": "2026-10-09"},
    {"好": None, "全": "6", "状态": None, "期限": "2026-10-05", "闭环": None},
    {"好": "约2", "全": "2", "状态": "合格", "期限": None, "闭环": None},
]


@pytest.mark.parametrize(
    ("written", "numerator", "denominator"),
    [
        ("sum(好)/sum(全)", 8, 14),  # rows three and four lack a number of good ones
        ("mean(全)", 22, 4),
        ("sum(全)", 22, None),
        ("max(全) - min(全)", 8, None),
        ("count()", 4, None),
        ("count(状态 = '合格')/count()", 2, 3),  # a row without a state is in neither part
        ("count(闭环 is null and 期限 is not null)/count(期限 is not null)", 1, 3),
        ("count(闭环 <= 期限 and 闭环 is not null)/count(期限 is not null)", 1, 3),
        ("count(状态 in ('合格', '不合格'))", 3, None),
        ("count(状态 not in ('合格'))", 1, None),
        ("sum(全 * 2 + 1) / 2", 48, 2),
        ("count(全 >= 6)", 2, None),
        ("SUM(`全`)", 22, None),
        ("sum(ceil(全 / 4))", 1 + 3 + 2 + 1, None),
        ("sum(floor(全 / 4))/sum(abs(0 - 全))", 1 + 2 + 1 + 0, 22),
        ("greatest(5, ceil(sum(全) / 4))", 6, None),
        ("least(sum(好), 7)", 7, None),  # rows three and four lack it: 8 is more than 7
        ("sum(least(全, 5, 好))", 3 + 5, None),
        ("count(greatest(全, 5) > 5)", 2, None),
    ],
)
def test_formulas_over_rows_that_lack_cells(
    con: Connection, written: str, numerator: float, denominator: float | None
) -> None:
    assert _worked(con, written, ROWS) == (numerator, denominator)


def test_nothing_known_is_not_zero(con: Connection) -> None:
    assert _worked(con, "sum(好)/sum(全)", [{"好": None, "全": "4"}]) == (None, None)
    assert _worked(con, "sum(好)", []) == (None, None)
    assert _worked(con, "sum(好)/count(好 = 0)", [{"好": "4"}]) == (4, 0)
    assert _worked(con, "greatest(sum(好), 5)", []) == (None, None)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("sum(a", "expected `)` there"),
        ("", "it ends"),
        ("summ(a)", "expected `sum`"),
        ("a/sum(b)", "column a stands by itself"),
        ("sum(sum(a))", "`sum` stands inside another sum"),
        ("sum(a) sum(b)", "`sum` follows a formula that is whole"),
        ("sum(a); drop table grid", "`; drop table`"),
        ("sum()", "says nothing to add up"),
        ("count(1 is null)", "a column before it"),
        ("count(a not 3)", "`not in (...)`"),
        ("__import__('os')", "is no sum"),
        ("ceil(sum(a), 2)", "`ceil` takes 2; expected 1 there"),
        ("least(sum(a))", "expected at least 2 there"),
        ("ceil(a)", "column a stands by itself"),
        ("ceill(sum(a))", "expected `ceil`"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_place(written: str, said: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_formula(written, title="city.toml [[indicators]] number 2")
    assert said in str(refusal.value)
    assert "city.toml [[indicators]] number 2" in str(refusal.value)
    assert written in str(refusal.value)


def test_text_in_a_formula_cannot_leave_its_quotes(con: Connection) -> None:
    rows: Rows = [{"名": "it's"}, {"名": "x'); drop table grid; --"}]
    assert _worked(con, "count(名 = 'it''s')", rows) == (1, None)
    assert _worked(con, "count(名 = 'x''); drop table grid; --')", rows) == (1, None)


@pytest.mark.parametrize(
    ("written", "is_share"), [("sum(a)/sum(b)", True), ("mean(a)", True), ("sum(a)", False)]
)
def test_a_share_knows_that_it_is_one(written: str, *, is_share: bool) -> None:
    assert read_formula(written, title="t").is_share is is_share


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("好 < 4", [True, False, None, None]),  # 约2 is no plain number, and an empty cell is none
        ("状态 = '不合格'", [False, True, None, False]),
        ("状态 in ('不合格', '待查')", [False, True, None, False]),
        ("not (闭环 is null)", [True, True, False, False]),
        ("闭环 is null and 期限 < '2026-10-06'", [False, False, True, None]),
        ("好 / 全 < 0.6 or 状态 = '不合格'", [False, True, None, None]),
    ],
)
def test_a_condition_on_a_row_is_unknown_where_a_cell_lacks(
    con: Connection, written: str, expected: list[bool | None]
) -> None:
    condition = read_condition(written, title="t")
    names = list(condition.columns)
    cells = {f"c{k}": np.array([row[name] for row in ROWS], object) for k, name in enumerate(names)}
    register(con, "ledger_rows", cells)
    said = condition_sql(condition, lambda name: f"c{names.index(name)}::text")
    assert [
        held for (held,) in con.execute(f"select {said} from ledger_rows").fetchall()
    ] == expected


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("得分", "nothing is compared"),
        ("得分 + 1", "nothing is compared"),
        ("count(得分 < 90)", "`count` adds rows up"),
        ("得分 <", "it ends"),
    ],
)
def test_what_is_no_condition_is_refused(written: str, said: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_condition(written, title="city.toml [[ledgers]] number 1")
    assert said in str(refusal.value)


NUMBERS = st.integers(-99, 99).map(str) | st.sampled_from(["a", "b", "c"])


def _nested(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(parts, st.sampled_from("+-*"), parts).map(
        lambda three: f"({three[0]} {three[1]} {three[2]})"
    ) | parts.map(lambda one: f"(-{one})")


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(NUMBERS, _nested, max_leaves=8),
    st.lists(st.tuples(*[st.integers(0, 50)] * 3), min_size=1, max_size=6),
)
def test_sums_are_what_python_adds_up(con: Connection, inner: str, rows: list[Any]) -> None:
    """Python reads the same expression by its own rules of binding: it is the oracle here."""
    expected = sum(
        eval(inner, {"__builtins__": {}}, dict(zip("abc", row, strict=True))) for row in rows
    )
    table: Rows = [dict(zip("abc", map(str, row), strict=True)) for row in rows]
    (found, _) = _worked(con, f"sum({inner})", table)
    assert found is not None
    assert math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-9)
