"""Turn what a rule says of many places into rows of the release."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.standards.inputs import Given
from etl.standards.packs import PackRule
from geo.formula_values import Floats
from geo.rules import BORDERLINE, FAIL, NOT_APPLICABLE, NOT_ASSESSABLE, Judged, judge

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """The verdicts of one rule, shape (k,) each, of the places that it applies to.

    Attributes
    ----------
    verdict, reason
        Positions in `geo.rules.VERDICTS` and `REASONS`.
    clause, missing
        Positions in `clauses` and `patterns`: texts repeat, and there are many rows.
    """

    rule_idx: int
    place: Codes
    verdict: Codes
    reason: Codes
    value: Floats
    threshold: Floats
    gap: Floats
    clause: Codes
    clauses: tuple[str, ...]
    missing: Codes
    patterns: tuple[str, ...]
    numerator: Floats
    unknown: Floats
    exempt: Floats
    denominator: Floats


def plain(idx: int, rule: PackRule, given: Given, numbers: Mapping[str, float | None]) -> Found:
    """Judge every place of the level; facilities of other categories are left out."""
    judged = judge(rule.rule, given.values, numbers, given.rows)
    applies = judged.verdict != NOT_APPLICABLE
    if rule.category is not None:
        applies &= given.values["category"] == rule.category
    nothing = np.full(given.rows, np.nan)
    missing = _missing(rule, given, judged)
    return found_rows(idx, rule, given, judged, applies, missing, [nothing] * 4)


def found_rows(
    idx: int,
    rule: PackRule,
    given: Given,
    judged: Judged,
    applies: NDArray[np.bool_],
    missing: tuple[Codes, tuple[str, ...]],
    counts: list[Floats],
) -> Found:
    """Give the rows of a rule; `counts` are numerator, unknown, exempt and denominator."""
    bounds = rule.rule.bounds
    return Found(
        rule_idx=idx,
        place=given.place[applies],
        verdict=judged.verdict[applies].astype(np.int64),
        reason=judged.reason[applies].astype(np.int64),
        value=judged.value[applies],
        threshold=judged.threshold[applies],
        gap=judged.gap[applies],
        clause=np.where(judged.bound < 0, len(bounds), judged.bound)[applies],
        clauses=(*(bound.clause or rule.clause for bound in bounds), rule.clause),
        missing=missing[0][applies],
        patterns=missing[1],
        numerator=counts[0][applies],
        unknown=counts[1][applies],
        exempt=counts[2][applies],
        denominator=counts[3][applies],
    )


def _missing(rule: PackRule, given: Given, judged: Judged) -> tuple[Codes, tuple[str, ...]]:
    """Name what is not known where nothing can be said, and what is not there where it fails."""
    at = np.zeros(given.rows, dtype=np.int64)
    patterns = [""]
    unknown = judged.verdict == NOT_ASSESSABLE
    _name(at, patterns, unknown, judged.missing[unknown], rule.rule.columns)
    if rule.components:
        short = (judged.verdict == FAIL) | (judged.verdict == BORDERLINE)
        absent = np.array([given.values[f"room_{code}"] == 0 for code in rule.components]).T
        _name(at, patterns, short, absent[short], rule.components)
    return at, tuple(patterns)


def _name(
    at: Codes,
    patterns: list[str],
    rows: NDArray[np.bool_],
    marks: NDArray[np.bool_],
    names: tuple[str, ...],
) -> None:
    """Give rows the number of their pattern of marks; write each pattern once."""
    if not len(marks):
        return
    bits = np.packbits(marks, axis=1)
    packed = np.ascontiguousarray(bits).view(np.dtype((np.void, bits.shape[1]))).reshape(-1)
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    at[rows] = len(patterns) + inverse.reshape(-1)
    for row in first:
        marked = zip(names, marks[row], strict=True)
        patterns.append(",".join(name for name, mark in marked if mark))
