"""Answer what paper says against what feet say, how complete a circle is, and who hangs on whom."""

from typing import Any, Final

import numpy as np

from geo.store.asking import Question
from geo.store.opened import OpenRelease, columns, records
from geo.store.underserved import missing, shares

LEVELS: Final = ("5", "10", "15")

Row = dict[str, Any]


def paper(release: OpenRelease, question: Question) -> Row:
    """Compare coverage within the category's own radius in a straight line and on foot.

    Returns
    -------
    `radius_m`; `line`, `walk`, `whole` of the area in milli (area: dm2), and `rows`, columns by
    grid: `i whole line walk`, only grids where the two differ, most people first. Empty with a
    `reason`: `radius` (the category has none), `network` (the city has no streets).
    """
    category = question.category
    reason = (
        "radius"
        if category is None or category.radius_m is None
        else None
        if release.facts.has_network
        else "network"
    )
    if reason is not None or category is None:
        return {"radius_m": None, "rows": None, "reason": reason}
    with release.cursor() as cursor:
        rows = columns(
            *(cursor, "paper", question.basis),
            category=category.idx,
            lo=question.area.grid_lo,
            hi=question.area.grid_hi,
        )
    apart = rows["line"].astype(np.int64) - rows["walk"].astype(np.int64)
    kept = np.flatnonzero(apart > 0)
    kept = kept[np.lexsort((rows["grid_idx"][kept], -apart[kept]))]
    return {
        "radius_m": category.radius_m,
        **{name: int(rows[name].sum()) for name in ("whole", "line", "walk")},
        "rows": {
            "i": rows["grid_idx"][kept].tolist(),
            **{name: rows[name][kept].tolist() for name in ("whole", "line", "walk")},
        },
        "reason": None,
    }


def completeness(release: OpenRelease, question: Question, minute: int) -> Row:
    """Count the mandatory categories that each grid meets by a minute, level by level.

    A facility of a higher level does not stand for one of a lower level, so levels are counted
    apart and never added to one grade.

    Returns
    -------
    `categories`: those asked for; `i`, `met` by grid with people; `levels`: for 5, 10 and 15 the
    number asked for, and `met` by grid.
    """
    with release.cursor() as cursor:
        asked = records(cursor, "complete_categories")
    area = shares(release, question, minute)
    lacking = missing(release, question, minute)
    grids = (np.flatnonzero(area.whole > 0) + area.lo).tolist()
    level_of = {row["category_idx"]: row["level"] for row in asked}
    levels: dict[str, Row] = {}
    for level in LEVELS:
        wanted = sum(row["level"] == level for row in asked)
        lacks = [sum(level_of[idx] == level for idx in lacking.get(grid, [])) for grid in grids]
        levels[level] = {"asked": wanted, "met": [wanted - few for few in lacks]}
    return {
        "categories": asked,
        "i": grids,
        "met": [len(asked) - len(lacking.get(grid, [])) for grid in grids],
        "levels": levels,
    }


def dependence(release: OpenRelease, question: Question) -> list[Row]:
    """List the open facilities of a category, those on whom most people depend alone first.

    People within 15 minutes at the default speed, neighbours counted: `served_milli` can reach it,
    `sole_milli` can reach no other. `ratio` is capacity per person in reach, None where unknown.
    """
    with release.cursor() as cursor:
        return records(
            *(cursor, "dependence"),
            category=-1 if question.category is None else question.category.idx,
            mode=question.mode_code,
            lo=question.area.grid_lo,
            hi=question.area.grid_hi,
            is_city=question.area.idx == 0,
        )
