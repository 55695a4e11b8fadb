"""Turn what a rule says of many places into rows of the release."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.readers.raw import objects
from etl.standards.inputs import Given
from etl.standards.packs import PackRule
from geo.formula_values import Floats
from geo.rules import (
    BORDERLINE,
    FAIL,
    NOT_APPLICABLE,
    NOT_ASSESSABLE,
    REASONS,
    VERDICTS,
    Judged,
    judge,
)

_WORDS = objects(list(VERDICTS))
_REASONS = objects(list(REASONS))


@dataclass(frozen=True)
class Found:
    """The verdicts of one rule, shape (k,) each, of the places that it applies to."""

    rule_idx: int
    place: NDArray[np.int64]
    verdict: NDArray[Any]
    value: Floats
    threshold: Floats
    gap: Floats
    clause: NDArray[Any]
    reason: NDArray[Any]
    missing: NDArray[Any]
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
    missing: NDArray[Any],
    counts: list[Floats],
) -> Found:
    """Give the rows of a rule; `counts` are numerator, unknown, exempt and denominator."""
    clauses = objects([*(bound.clause or rule.clause for bound in rule.rule.bounds), rule.clause])
    return Found(
        idx,
        given.place[applies],
        _WORDS[judged.verdict][applies],
        judged.value[applies],
        judged.threshold[applies],
        judged.gap[applies],
        clauses[judged.bound][applies],
        _REASONS[judged.reason][applies],
        missing[applies],
        *(count[applies] for count in counts),
    )


def _missing(rule: PackRule, given: Given, judged: Judged) -> NDArray[Any]:
    """Name what is not known where nothing can be said, and what is not there where it fails."""
    text = objects([""] * given.rows)
    names = list(rule.rule.columns)
    unknown = judged.verdict == NOT_ASSESSABLE
    text[unknown] = _joined(judged.missing[unknown], names)
    if rule.components:
        short = (judged.verdict == FAIL) | (judged.verdict == BORDERLINE)
        absent = np.array([given.values[f"room_{code}"] == 0 for code in rule.components]).T
        text[short] = _joined(absent[short], list(rule.components))
    return text


def _joined(marks: NDArray[np.bool_], names: list[str]) -> NDArray[Any]:
    """Name the marked columns of each row; each pattern is written once."""
    if not len(marks):
        return objects([])
    patterns, at = np.unique(marks, axis=0, return_inverse=True)
    words = [
        ",".join(name for name, mark in zip(names, pattern, strict=True) if mark)
        for pattern in patterns
    ]
    return objects(words)[at.reshape(-1)]
