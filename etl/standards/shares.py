"""Judge an area by the share of its places that meet something; nobody unknown passes or fails."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.standards.inputs import Given
from etl.standards.packs import PackRule, Share
from etl.standards.verdicts import Found, found_rows
from geo.formula import read_row_formula
from geo.formula_values import Floats, evaluate
from geo.rules import (
    BORDERLINE,
    FAIL,
    NOT_APPLICABLE,
    NOT_ASSESSABLE,
    PASS,
    REASONS,
    Bound,
    Rule,
    judge,
)
from geo.store.connect import Connection

_CHAIN: Final = (
    "select place_idx, level_idx from place_chain "
    "where unit = $unit and level = $level and not is_side order by all"
)


def shared(
    con: Connection,
    idx: int,
    rule: PackRule,
    given: Given,
    places: Given,
    numbers: Mapping[str, float | None],
    counted: Sequence[Found],
) -> Found:
    """Judge every area of a level.

    The share lies between what meets it for certain and what may: where both ends get one verdict
    it is that one, else nothing can be said. Exempt places are in neither part.

    Parameters
    ----------
    places
        The communities or grids that are counted.
    counted
        Verdicts of the rules that the share counts; one of them must be a pass.
    """
    share = rule.share
    if share is None:
        raise TypeError(f"{rule.rule.id} counts nothing")
    parts = _parts(share, places, numbers, counted)
    inside = _inside(con, share.places, rule.level, places, given)
    numerator, unknown, exempt, denominator = (_sums(inside, part, given.rows) for part in parts)
    dated = _dated(rule, numbers["year"] or 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = numerator / denominator, (numerator + unknown) / denominator
    least = judge(dated, {**given.values, "share": low}, numbers, given.rows)
    most = judge(dated, {**given.values, "share": high}, numbers, given.rows)
    is_open = (least.verdict != most.verdict) & (least.verdict != NOT_APPLICABLE)
    least.verdict[is_open] = NOT_ASSESSABLE
    least.reason[is_open] = REASONS.index("input_missing")
    least.gap[is_open] = np.nan
    # what is met for certain is no share while it is open how many more do
    least.value[(least.verdict == NOT_ASSESSABLE) & (unknown > 0)] = np.nan
    applies = (least.verdict != NOT_APPLICABLE) & (denominator > 0)
    if not dated.bounds:
        applies[:] = False
    missing = (least.verdict == NOT_ASSESSABLE).astype(np.int64)
    patterns = ("", ",".join(share.columns) or ",".join(share.rules))
    counts = [numerator, unknown, exempt, denominator]
    shown = replace(rule, rule=dated)
    return found_rows(idx, shown, given, least, applies, (missing, patterns), counts)


def _dated(rule: PackRule, year: float) -> Rule:
    """Give a rule with targets the one of its year: the latest that has come."""
    due = [each for each in rule.targets if each <= year]
    if not due:
        return rule.rule
    target = Bound(
        f"{rule.clause} {due[-1]}", read_row_formula(str(rule.targets[due[-1]]), title=rule.rule.id)
    )
    return replace(rule.rule, at_least=(target,))


def _parts(
    share: Share,
    places: Given,
    numbers: Mapping[str, float | None],
    counted: Sequence[Found],
) -> list[Floats]:
    """Give of each place its weight as met, unknown, exempt, and in all."""
    n = places.rows
    known = {name: np.full(n, np.nan if v is None else v) for name, v in numbers.items()}
    inputs = {**places.values, **known}
    holds = evaluate(share.holds.tree, inputs, n) if share.holds else _passed(places, counted)
    of = evaluate(share.of.tree, inputs, n) if share.of else np.ones(n)
    apart = evaluate(share.exempt.tree, inputs, n) if share.exempt else np.zeros(n)
    weight = np.ones(n) if share.weight == "one" else inputs[share.weight]
    is_apart = (apart == 1) & (of != 0)
    is_in = (of != 0) & ~is_apart
    met = is_in & (of == 1) & (holds == 1)
    open_ = is_in & (np.isnan(holds) | np.isnan(of))
    return [np.where(mark, weight, 0.0) for mark in (met, open_, is_apart, is_in)]


def _passed(places: Given, counted: Sequence[Found]) -> Floats:
    """Tell of each place whether a rule of several is passed; unknown where none says so."""
    found = np.full(places.rows, np.nan)
    for verdict, value in ((BORDERLINE, 0.0), (FAIL, 0.0), (PASS, 1.0)):
        for each in counted:
            found[np.searchsorted(places.place, each.place[each.verdict == verdict])] = value
    return found


def _inside(
    con: Connection, unit: str, level: str, places: Given, given: Given
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.array(con.execute(_CHAIN, {"unit": unit, "level": level}).fetchall(), dtype=np.int64)
    pairs = rows.reshape(-1, 2)
    part = np.searchsorted(places.place, pairs[:, 0])
    return part, np.searchsorted(given.place, pairs[:, 1])


def _sums(inside: tuple[NDArray[np.int64], NDArray[np.int64]], part: Floats, rows: int) -> Floats:
    at, area = inside
    return np.bincount(area, weights=part[at], minlength=rows).astype(np.float64)
