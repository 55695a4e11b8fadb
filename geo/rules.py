"""Judge places by rules: pass, fail, borderline or not assessable, never a pass by absence.

Pure: a rule, its parameters and the inputs of many places go in, arrays come out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.formula import Formula
from geo.formula_values import ROUNDING, Floats, Inputs, evaluate, is_missing

NOT_APPLICABLE, PASS, FAIL, BORDERLINE, NOT_ASSESSABLE = range(5)
VERDICTS: Final = ("", "pass", "fail", "borderline", "not_assessable")
SEVERITIES: Final = ("must", "advice", "reference")
_MET, _TOLERATED, _DIFFER, _INPUT, _THRESHOLD, _EXEMPT, _REFERENCE = range(7)
REASONS: Final = (
    *("", "within_tolerance", "sources_differ", "input_missing", "threshold_missing"),
    *("exempt", "reference"),
)


@dataclass(frozen=True)
class Bound:
    """One clause of a demand: a number that the value must reach, or must not pass."""

    clause: str
    formula: Formula


@dataclass(frozen=True)
class Milder:
    """A second reading of the same text, where it leaves open which demand holds.

    When `when` holds, a value that fails the stricter reading and meets this one is borderline.
    """

    when: Formula
    at_least: Formula


@dataclass(frozen=True)
class Rule:
    """A demand that can be worked out for one place from its inputs.

    Attributes
    ----------
    applies
        Condition; None is everywhere. Where it is unknown nothing can be said.
    at_least, at_most
        Every one must be met: of several `at_least` the greatest binds, of `at_most` the least. A
        rule without either is a reference: its value is shown and never judged.
    tolerance
        Share of the bound by which a value may miss it and be borderline, for words like 左右.
    exempt
        Condition under which a place is counted apart: neither passed nor failed.
    """

    pack: str
    id: str
    value: Formula
    at_least: tuple[Bound, ...] = ()
    at_most: tuple[Bound, ...] = ()
    applies: Formula | None = None
    tolerance: float = 0.0
    milder: Milder | None = None
    exempt: Formula | None = None

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """Give every clause, those that ask for enough first."""
        return (*self.at_least, *self.at_most)

    @property
    def columns(self) -> tuple[str, ...]:
        """List the inputs and parameters that the rule names, in order."""
        formulas = [self.applies, self.value, *(bound.formula for bound in self.bounds)]
        if self.milder is not None:
            formulas += [self.milder.when, self.milder.at_least]
        names = [name for each in formulas if each is not None for name in each.columns]
        return tuple(dict.fromkeys([*names, *(self.exempt.columns if self.exempt else ())]))


@dataclass(frozen=True)
class Judged:
    """What a rule says of every place; shape (rows,) each.

    Attributes
    ----------
    verdict
        Position in `VERDICTS`.
    value, threshold, gap
        NaN where there is none; `gap` > 0 is what is missing, or what is too much.
    bound
        Position in `Rule.bounds` of the clause that binds, -1 where none is known.
    reason
        Position in `REASONS`.
    missing
        Shape (rows, inputs): the inputs of `Rule.columns` that are not known.
    """

    verdict: NDArray[np.uint8]
    value: Floats
    threshold: Floats
    gap: Floats
    bound: NDArray[np.int64]
    reason: NDArray[np.uint8]
    missing: NDArray[np.bool_]


def judge(rule: Rule, inputs: Inputs, parameters: Mapping[str, float | None], rows: int) -> Judged:
    """Judge every place by one rule.

    Parameters
    ----------
    inputs
        Name to values, shape (rows,).
    parameters
        Name to number; None is one that the document's copy masks: what needs it cannot be judged.
    """
    known = {name: np.full(rows, _nan(number)) for name, number in parameters.items()}
    given = {**inputs, **known}
    value = evaluate(rule.value.tree, given, rows)
    bounds = [evaluate(bound.formula.tree, given, rows) for bound in rule.bounds]
    threshold, binds, gap = _binding(rule, value, bounds, rows)
    is_unknown = np.isnan(value) | np.any(np.isnan(np.array(bounds)), axis=0)
    is_missed = gap > 0
    reason = np.full(rows, _MET, dtype=np.uint8)
    verdict = np.where(is_missed, FAIL, np.where(is_unknown, NOT_ASSESSABLE, PASS))
    for code, eased in _eased(rule, value, threshold, gap, given):
        now = (verdict == FAIL) & eased
        verdict[now], reason[now] = BORDERLINE, code
    applies = np.ones(rows) if rule.applies is None else evaluate(rule.applies.tree, given, rows)
    verdict[np.isnan(applies)] = NOT_ASSESSABLE
    reason[verdict == NOT_ASSESSABLE] = _why_not(rule, parameters)
    if not bounds:  # nothing is demanded: the value is shown, and nobody passes by it
        reason[verdict == PASS] = _REFERENCE
        verdict[verdict == PASS] = NOT_ASSESSABLE
    if rule.exempt is not None:
        apart = evaluate(rule.exempt.tree, given, rows) == 1
        verdict[apart], reason[apart] = NOT_ASSESSABLE, _EXEMPT
    verdict[applies == 0] = NOT_APPLICABLE
    shown = (verdict == FAIL) | (verdict == BORDERLINE)
    missing = np.array([_missing(name, given, rows) for name in rule.columns], dtype=bool)
    return Judged(
        verdict.astype(np.uint8),
        value,
        threshold,
        np.where(shown, gap, np.nan),
        binds,
        reason,
        missing.reshape(len(rule.columns), rows).T,
    )


def _nan(number: float | None) -> float:
    return np.nan if number is None else number


def _why_not(rule: Rule, parameters: Mapping[str, float | None]) -> int:
    masked = {name for name, number in parameters.items() if number is None}
    return _THRESHOLD if masked & set(rule.columns) else _INPUT


def _missing(name: str, given: Inputs, rows: int) -> NDArray[np.bool_]:
    return is_missing(given[name]) if name in given else np.ones(rows, dtype=bool)


def _binding(
    rule: Rule, value: Floats, bounds: list[Floats], rows: int
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Find the clause that is missed by most; where all are met, the one that is nearest to it."""
    threshold, gap = np.full(rows, np.nan), np.full(rows, -np.inf)
    binds = np.full(rows, -1, dtype=np.int64)
    for at, bound in enumerate(bounds):
        short = bound - value if at < len(rule.at_least) else value - bound
        short = np.where(np.abs(short) <= ROUNDING * np.maximum(1.0, np.abs(bound)), 0.0, short)
        # where the value is unknown the strictest demand is still worth showing
        demand = bound if at < len(rule.at_least) else -bound
        rank = np.where(np.isnan(value), demand, short)
        is_nearer = ~np.isnan(rank) & (rank > gap)
        threshold = np.where(is_nearer, bound, threshold)
        binds = np.where(is_nearer, at, binds)
        gap = np.where(is_nearer, rank, gap)
    return threshold, binds, np.where(np.isnan(value) | (binds < 0), np.nan, np.maximum(gap, 0.0))


def _eased(
    rule: Rule, value: Floats, threshold: Floats, gap: Floats, given: Inputs
) -> list[tuple[int, NDArray[np.bool_]]]:
    """List what makes a miss borderline, and where."""
    found: list[tuple[int, NDArray[np.bool_]]] = []
    rows = len(value)
    if rule.tolerance:
        slack = rule.tolerance * np.abs(threshold)
        found.append((_TOLERATED, gap <= slack * (1 + ROUNDING)))
    if rule.milder is not None:
        is_open = evaluate(rule.milder.when.tree, given, rows) == 1
        enough = evaluate(rule.milder.at_least.tree, given, rows)
        found.append((_DIFFER, is_open & (value >= enough * (1 - ROUNDING))))
    return found
