"""Answer how evenly a service is spread: minutes that most need, access, best and worst street."""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from geo.equity import gini, lorenz, palma
from geo.store import numbers
from geo.store.asking import Question
from geo.store.opened import Area, OpenRelease, columns
from geo.walk import MAX_MINUTES

COHORTS: Final = ("people", "elderly", "children")
PERCENTS: Final = (50, 80, 90)
_CURVE: Final = 21

Row = dict[str, Any]


def fairness(release: OpenRelease, question: Question, minute: int) -> Row:
    """Give how evenly the area of a question is served.

    Returns
    -------
    `cohorts`: for people, elderly and children, None where the city does not know them: the speed
    it walks at (its own where the city names one), `minutes` {50, 80, 90: first whole minute by
    which so many percent are there, None beyond 60}, `numerator`, `denominator` (milli) at the
    minute. `streets`: `best`, `worst` (None where there is but one with people), each with code,
    name, numerator, denominator. `access`: None where no capacity is known, else by cohort `gini`,
    `palma` (None where undefined) and the Lorenz curve at every twentieth of the people.
    """
    return {
        "release": release.id,
        "minutes": minute,
        "cohorts": {name: _cohort(release, question, name, minute) for name in COHORTS},
        "streets": _extremes(release, question, minute),
        "access": _access(release, question),
    }


def _cohort(release: OpenRelease, question: Question, name: str, minute: int) -> Row | None:
    whole = question.area.totals[name]
    if not whole:
        return None
    own = next(
        (k for k, speed in enumerate(release.facts.speeds) if speed.name == name),
        question.speed_idx,
    )
    asked = replace(question, basis=name, speed_idx=own, speed=release.facts.speeds[own])
    reached = numbers.area_numerators(release, asked, [question.area.idx])[0]
    by = {
        percent: next(
            (t for t in range(MAX_MINUTES + 1) if int(reached[t]) * 100 >= whole * percent), None
        )
        for percent in PERCENTS
    }
    return {
        "speed": asked.speed.name,
        "minutes": by,
        "numerator": int(reached[minute]),
        "denominator": whole,
    }


def _extremes(release: OpenRelease, question: Question, minute: int) -> Row:
    """Give the best and the worst street of the area by what is reached; ties by code."""
    streets = [area for area in release.facts.level("street") if _is_in(area, question.area)]
    known = [area for area in streets if area.totals[question.basis]]
    if len(known) < 2:
        return {"best": None, "worst": None}
    parts = numbers.area_numerators(release, question, [area.idx for area in known])[:, minute]
    rows = [
        {
            "code": area.code,
            "name": area.name,
            "numerator": int(part),
            "denominator": area.totals[question.basis],
        }
        for area, part in zip(known, parts, strict=True)
    ]
    rows.sort(key=lambda row: (row["numerator"] / row["denominator"], row["code"]))
    return {"best": rows[-1], "worst": rows[0]}


def _is_in(area: Area, other: Area) -> bool:
    return other.grid_lo <= area.grid_lo and area.grid_hi <= other.grid_hi


def _access(release: OpenRelease, question: Question) -> dict[str, Row] | None:
    with release.cursor() as cursor:
        rows = columns(
            *(cursor, "equity_access"),
            category=-1 if question.category is None else question.category.idx,
            mode=question.mode_code,
            lo=question.area.grid_lo,
            hi=question.area.grid_hi,
        )
    if not len(rows["access"]):
        return None
    access = rows["access"].astype(np.float64)
    found: dict[str, Row] = {}
    for name in COHORTS:
        people = np.maximum(rows[name], 0).astype(np.float64)
        curve = lorenz(access, people)
        if curve is not None:
            even = np.linspace(0.0, 1.0, _CURVE)
            found[name] = {
                "gini": gini(access, people),
                "palma": palma(access, people),
                "people": even.tolist(),
                "held": np.interp(even, curve.people, curve.held).tolist(),
            }
    return found or None
