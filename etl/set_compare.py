"""Cut a comparison of two releases down to what the operator looks at before publishing."""

from collections import Counter
from typing import Any, Final

from etl.compare.report import STEP_WORDS, Report

_CATEGORIES: Final = 12
_EXAMPLES: Final = 3


def summary(report: Report) -> dict[str, Any]:
    """Give the months, what differs and the categories that moved most.

    Returns
    -------
    `{old, new, whole, steps: [{name, zh, en}], city: [{category, mode, before, after, total,
    amount, steps}], moved, differences: [{kind, what, count, first}]}`: shares in thousandths,
    steps in tenths of a percentage point in the order of `steps`, amounts in people.
    """
    head = report.head
    moved = [row for row in report.city if row["total"]["shown"] or _steps(row)]
    moved.sort(key=lambda row: -abs(row["total"]["amount_shown"] or 0))
    steps = [name for name in STEP_WORDS if any(_named(row, name) for row in moved)]
    return {
        "old": {"release": head["old_release"], "month": head["old_month"]},
        "new": {"release": head["new_release"], "month": head["new_month"]},
        "whole": head["whole"],
        "steps": [
            {"name": name, "zh": STEP_WORDS[name][0], "en": STEP_WORDS[name][1]} for name in steps
        ],
        "city": [_city(row, steps) for row in moved[:_CATEGORIES]],
        "moved": len(moved),
        "differences": _differences(report.differences),
    }


def _steps(row: dict[str, Any]) -> bool:
    return any(step["shown"] or step["amount_shown"] for step in row["steps"])


def _named(row: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = (step for step in row["steps"] if step["name"] == name)
    return next((step for step in found if step["shown"] or step["amount_shown"]), None)


def _city(row: dict[str, Any], steps: list[str]) -> dict[str, Any]:
    parts = {step["name"]: step for step in row["steps"]}
    return {
        "category": row["category"],
        "mode": row["mode"],
        "before": row["before"]["permille"],
        "after": row["after"]["permille"],
        "total": row["total"]["shown"],
        "amount": row["total"]["amount_shown"],
        "steps": [parts[name]["shown"] if name in parts else None for name in steps],
        "amounts": [parts[name]["amount_shown"] if name in parts else None for name in steps],
    }


def _differences(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts = Counter(row["kind"] for row in rows)
    return [
        {
            "kind": kind,
            "count": number,
            "first": [
                {key: row.get(key) for key in ("id", "name", "category", "metres", "detail")}
                for row in rows
                if row["kind"] == kind
            ][:_EXAMPLES],
        }
        for kind, number in counts.most_common()
    ]
