"""Read the months before this one: what a share was, and whether it may be compared."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.store.asking import Question
from geo.store.numbers import cumulative
from geo.store.opened import OpenRelease, records

NEAR, FULL, NO_PEOPLE, NO_DATA = 3, 4, 5, 6


def history_of(
    release: OpenRelease,
    question: Question,
    numerators: NDArray[np.int64],
    class_units: NDArray[np.int64],
) -> list[dict[str, Any]]:
    """Give the months of the question's area, oldest first and this one last.

    Only the default speed, neighbours counted, is carried from month to month; for any other
    question this month stands alone. `method` tells what a month's numbers rest on: where it
    changes, a line between the months means nothing.

    Parameters
    ----------
    numerators
        This month's totals by minute, shape (61,).
    class_units
        This month's grids by minute and class, shape (61, 7).
    """
    facts, area = release.facts, question.area
    with_people = int(class_units[0].sum() - class_units[0, NO_PEOPLE] - class_units[0, NO_DATA])
    now = {
        "month": facts.as_of,
        "denominator": area.totals[question.basis],
        "numerators": numerators.tolist(),
        "method": None,
        "on_target": {
            str(minute): [int(class_units[minute, NEAR] + class_units[minute, FULL]), with_people]
            for minute in (5, 10, 15, 20, 30)
        },
    }
    if not question.is_carried or question.category is None:
        return [now]
    months = _months(release, question, [area.code])
    targets = _targets(release, question) if question.basis == "people" else {}
    past = [
        {
            "month": month,
            **found[area.code],
            "on_target": targets.get(month, {}),
        }
        for month, found in sorted(months.items())
        if month < facts.as_of and area.code in found
    ]
    mine = months.get(facts.as_of, {}).get(area.code)
    now["method"] = mine["method"] if mine else None
    return [*past, now]


def previous_of(
    release: OpenRelease, question: Question, codes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Give last month's totals of some areas; areas without a month before are left out."""
    if not question.is_carried or question.category is None:
        return {}
    months = _months(release, question, codes)
    earlier = [month for month in months if month < release.facts.as_of]
    return months[max(earlier)] if earlier else {}


def _months(
    release: OpenRelease, question: Question, codes: Sequence[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Month -> area code -> denominator, numerators by minute, method."""
    asked: dict[str, object] = {"areas": list(codes)}
    with release.cursor() as cursor:
        totals = records(cursor, "view_history_totals", question.basis, **asked)
        parts = records(
            cursor,
            "view_history",
            question.basis,
            **asked,
            category=question.category.code if question.category else "",
            mode=question.mode_code,
        )
    keys = [(row["month"], row["area_code"]) for row in totals]
    number = {key: at for at, key in enumerate(keys)}
    known = [row for row in parts if (row["month"], row["area_code"]) in number]
    sums = cumulative(
        np.array([number[(row["month"], row["area_code"])] for row in known], dtype=np.int64),
        np.array([row["minute"] for row in known], dtype=np.int64),
        np.array([row["amount"] for row in known], dtype=np.int64),
        range(len(keys)),
    )
    months: dict[str, dict[str, dict[str, Any]]] = {}
    for at, row in enumerate(totals):
        months.setdefault(row["month"], {})[row["area_code"]] = {
            "denominator": row["amount"],
            "numerators": sums[at].tolist(),
            "method": row["method"],
        }
    return months


def _targets(release: OpenRelease, question: Question) -> dict[str, dict[str, list[int]]]:
    with release.cursor() as cursor:
        rows = records(
            cursor,
            "view_history_targets",
            area=question.area.code,
            category=question.category.code if question.category else "",
            mode=question.mode_code,
        )
    months: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        found = months.setdefault(row["month"], {})
        found[str(row["minute"])] = [row["on_target"], row["with_people"]]
    return months
