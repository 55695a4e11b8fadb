"""Rules: never a pass by absence; gaps, binding clauses, tolerance and second readings."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import SettingsError
from geo.formula import Formula, read_row_formula
from geo.formula_values import evaluate
from geo.rules import REASONS, VERDICTS, Bound, Milder, Rule, judge

NAN = math.nan


def _formula(written: str) -> Formula:
    return read_row_formula(written, title="t")


def _bound(written: str, clause: str = "") -> Bound:
    return Bound(clause, _formula(written))


def _rule(**parts: object) -> Rule:
    made = {"pack": "p", "id": "X", "value": _formula("v"), "at_least": (_bound("need"),)}
    return Rule(**{**made, **parts})  # pyright: ignore[reportArgumentType] - parts of a rule


def _judged(rule: Rule, inputs: Mapping[str, list[float]], **numbers: float | None) -> list[str]:
    columns = {name: np.array(values, dtype=np.float64) for name, values in inputs.items()}
    rows = len(next(iter(columns.values())))
    return [VERDICTS[code] for code in judge(rule, columns, numbers, rows).verdict]


def test_a_value_at_the_threshold_passes_and_one_below_fails() -> None:
    rule = _rule(at_least=(_bound("0.3 * hh"),))
    found = _judged(rule, {"v": [600.0, 599.999], "hh": [2000.0, 2000.0]})
    assert found == ["pass", "fail"]


def test_what_is_not_known_neither_passes_nor_fails() -> None:
    found = _judged(_rule(), {"v": [NAN, 5.0, NAN], "need": [3.0, NAN, NAN]})
    assert found == ["not_assessable"] * 3
    unnamed = _judged(_rule(), {"v": [1.0]})
    assert unnamed == ["not_assessable"]


def test_a_known_miss_fails_whatever_else_is_unknown() -> None:
    rule = _rule(at_least=(_bound("600"), _bound("0.3 * hh")))
    assert _judged(rule, {"v": [500.0, 700.0], "hh": [NAN, NAN]}) == ["fail", "not_assessable"]


def test_the_clause_that_asks_for_most_binds() -> None:
    rule = _rule(at_least=(_bound("0.3 * hh", "share"), _bound("600", "floor")))
    columns = {"v": np.array([500.0, 500.0, 900.0]), "hh": np.array([1000.0, 3000.0, 2500.0])}
    found = judge(rule, columns, {}, 3)
    assert [rule.bounds[k].clause for k in found.bound] == ["floor", "share", "share"]
    assert found.threshold.tolist() == [600, 900, 750]
    assert found.gap[:2].tolist() == [100, 400]
    assert math.isnan(found.gap[2])


def test_a_band_is_missed_on_either_side() -> None:
    rule = _rule(at_least=(_bound("200"),), at_most=(_bound("250"),))
    columns = {"v": np.array([150.0, 200.0, 250.0, 300.0])}
    found = judge(rule, columns, {}, 4)
    assert [VERDICTS[code] for code in found.verdict] == ["fail", "pass", "pass", "fail"]
    assert found.gap[[0, 3]].tolist() == [50, 50]
    assert found.threshold[[0, 3]].tolist() == [200, 250]


def test_where_a_rule_does_not_apply_it_says_nothing_and_where_unknown_it_cannot() -> None:
    rule = _rule(applies=_formula("hh < 5"))
    found = _judged(rule, {"v": [1.0, 1.0, 9.0], "need": [2.0] * 3, "hh": [9.0, NAN, NAN]})
    assert found == ["", "not_assessable", "not_assessable"]


def test_a_masked_threshold_is_not_a_missing_input() -> None:
    columns = {"v": np.array([1.0])}
    assert REASONS[judge(_rule(), columns, {"need": None}, 1).reason[0]] == "threshold_missing"
    assert REASONS[judge(_rule(), columns, {}, 1).reason[0]] == "input_missing"
    assert _judged(_rule(), {"v": [1.0]}, need=2.0) == ["fail"]


def test_tolerance_and_a_second_reading_make_a_miss_borderline_never_a_pass() -> None:
    about = _rule(at_least=(_bound("1000"),), tolerance=0.1)
    assert _judged(about, {"v": [900.0, 899.0, 1000.0]}) == ["borderline", "fail", "pass"]
    tiers = _rule(
        at_least=(_bound("800"),), milder=Milder(_formula("people = 5000"), _formula("600"))
    )
    values = {"v": [650.0, 650.0, 590.0], "people": [5000.0, 5001.0, 5000.0]}
    assert _judged(tiers, values) == ["borderline", "fail", "fail"]


def test_exempt_places_and_references_are_never_judged() -> None:
    exempt = _rule(exempt=_formula("spared = 1"))
    columns = {"v": np.array([9.0, 1.0]), "need": np.array([2.0, 2.0]), "spared": np.ones(2)}
    found = judge(exempt, columns, {}, 2)
    assert [VERDICTS[code] for code in found.verdict] == ["not_assessable"] * 2
    assert {REASONS[code] for code in found.reason} == {"exempt"}
    shown = judge(_rule(at_least=()), {"v": np.array([3.0])}, {}, 1)
    assert (VERDICTS[shown.verdict[0]], REASONS[shown.reason[0]]) == ("not_assessable", "reference")
    assert shown.value[0] == 3


amounts = st.one_of(st.just(NAN), st.integers(0, 50).map(float))


@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=20))
def test_verdicts_agree_with_rules_worked_out_one_by_one(rows: list[tuple[float, ...]]) -> None:
    rule = _rule(applies=_formula("w > 10"))
    v, need, w = (list(column) for column in zip(*rows, strict=True))
    found = _judged(rule, {"v": v, "need": need, "w": w})
    for said, (value, wanted, size) in zip(found, rows, strict=True):
        if not math.isnan(size) and size <= 10:
            assert said == ""
        elif math.isnan(size) or math.isnan(value) or math.isnan(wanted):
            assert said == "not_assessable"
        else:
            assert said == ("pass" if value >= wanted else "fail")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ceil(2200 / 300)", 8.0),
        ("ceil(0.1 * 30)", 3.0),  # binary makes 0.1 x 30 a little more than 3
        ("floor(7 / 2) + abs(0 - 2)", 5.0),
        ("least(a, 3) + greatest(a, 3)", 8.0),
        ("a / 0", NAN),
        ("n is null", 1.0),
        ("n > 3", NAN),
        ("n > 3 and a = 1", 0.0),
        ("n > 3 or a = 5", 1.0),
        ("not (n > 3)", NAN),
        ("t in ('x', 'y')", 1.0),
        ("t <> 'x'", 0.0),
        ("u = 'x'", NAN),
        ("u is null", 1.0),
        ("a in (4, 5)", 1.0),
        ("a not in (4, 6)", 1.0),
        ("missing = 'x'", NAN),
        ("100 * (t = 'x') + 50 * (t = 'y')", 100.0),
        ("t", NAN),
    ],
)
def test_a_formula_of_one_row(written: str, expected: float) -> None:
    inputs = {
        "a": np.array([5.0]),
        "n": np.array([NAN]),
        "t": np.array(["x"], dtype=object),
        "u": np.array([None], dtype=object),
    }
    assert evaluate(_formula(written).tree, inputs, 1).tolist() == pytest.approx(
        [expected], nan_ok=True
    )


def test_a_rule_adds_no_rows_up() -> None:
    with pytest.raises(SettingsError, match="`sum` adds rows up; expected columns of one row"):
        _formula("sum(staff)")
