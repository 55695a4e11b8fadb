"""Answer why one grid is underserved: the evidence, what stands in the way, what would help."""

from typing import Any

import numpy as np

from geo.causes import FAR_CAUSES, SUGGESTIONS
from geo.store.asking import Question
from geo.store.fixes import crossed
from geo.store.opened import OpenRelease, records
from geo.store.places import place_head
from geo.store.routes import route
from geo.store.underserved import evidence, reached_or_none, short_row

Row = dict[str, Any]


def why(release: OpenRelease, question: Question, minute: int, grid_id: str) -> Row | None:
    """Give the card of a grid; None where no grid bears the id.

    Returns
    -------
    `grid`: id, name, path, people; `numerator`, `denominator` in the unit of the basis; `far`: None
    where the grid is on target, else `cause`, `suggestion`, `lon`, `lat` of the place that shows
    it, `demand` (its demand_idx, None for all categories together), `line_dm`, `walk_dm`, `detour`,
    `doubt`, `crossed` (what a straight line to the nearest facility crosses); `short`: None or the
    row of the second list; `near`: the next facilities with what is known of each; `route`,
    `route_reason` as `geo.store.routes.route`.
    """
    found = place_head(release, question, grid_id)
    if found is None:
        return None
    grid = int(found["i"])
    near = _near(release, question, grid)
    names = ("grid_id", "name", "path", "lon", "lat", "people", "reliability", "ring")
    return {
        "release": release.id,
        "minutes": minute,
        "limit_dm": question.speed.limit_dm(minute),
        "grid": {name: found[name] for name in names},
        "numerator": found["numerators"][minute],
        "denominator": found["denominator"],
        "far": _far(release, question, minute, grid, near),
        "short": short_row(release, question, minute, grid),
        "near": near,
        **route(release, question, grid),
    }


def _far(
    release: OpenRelease, question: Question, minute: int, grid: int, near: list[Row]
) -> Row | None:
    shown = evidence(release, question, minute)
    at = int(np.searchsorted(shown.grid, grid))
    if at >= len(shown.grid) or shown.grid[at] != grid:
        return None
    demand = int(shown.demand[at])
    line = reached_or_none(shown.line_dm[at : at + 1])[0]
    walk = reached_or_none(shown.walk_dm[at : at + 1])[0]
    is_line = question.mode == "line"
    cause = FAR_CAUSES[int(shown.cause[at])]
    where = _demand(release, demand)
    ahead = [one for one in near if one["line_dm"] is not None]
    over: list[Row] = []
    if where is not None and ahead and not is_line:
        nearest = min(ahead, key=lambda one: one["line_dm"])
        over = crossed(release, [*where], [nearest["lon"], nearest["lat"]])
    return {
        "cause": cause,
        "suggestion": SUGGESTIONS[cause],
        "demand": None if demand < 0 else demand,
        "lon": None if where is None else where[0],
        "lat": None if where is None else where[1],
        "line_dm": line,
        "walk_dm": None if is_line else walk,
        "detour": None if is_line or not line or walk is None else walk / line,
        "doubt": shown.doubts.get(grid),
        "crossed": over,
    }


def demand_place(release: OpenRelease, demand: int) -> tuple[int, float, float] | None:
    """Give a demand point as `geo.store.fixes` asks for it; None where there is none."""
    found = _demand(release, demand)
    return None if found is None else (demand, *found)


def _demand(release: OpenRelease, demand: int) -> tuple[float, float] | None:
    with release.cursor() as cursor:
        rows = cursor.execute(
            "select lon, lat from demand where demand_idx = $demand", {"demand": demand}
        ).fetchall()
    return rows[0] if rows else None


def _near(release: OpenRelease, question: Question, grid: int) -> list[Row]:
    with release.cursor() as cursor:
        return records(
            cursor,
            "why_near",
            category=question.category_idx,
            mode=question.mode_code,
            grid=grid,
            own=question.is_own,
        )
