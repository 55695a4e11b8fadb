"""Lay the two lists of underserved grids out column by column, as the page reads them."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.causes import FAR_CAUSES, SHORT_CAUSES
from geo.store.asking import Question
from geo.store.opened import OpenRelease, columns
from geo.store.underserved import (
    evidence,
    missing,
    reached_or_none,
    shares,
    short,
    summary,
)

COHORTS: Final = ("elderly", "children")

Lists = dict[str, Any]


def lists(release: OpenRelease, question: Question, minute: int) -> Lists:
    """Give both lists of an area, one array a column, rows by grid.

    Returns
    -------
    `summary` as `geo.store.underserved.summary`; `causes` of each list, the meaning of its column
    `cause`; `far` and `short` with `i` (grid_idx) and what the columns of the page need, amounts
    in the unit of the summary, distances in dm, None where there is none; `areas` the names of
    streets and communities by index, `categories` those that `missing` names.
    """
    far = _far(release, question, minute)
    few = _short(release, question, minute)
    used = {idx for part in (far, few) for name in ("street", "community") for idx in part[name]}
    names = release.facts.areas
    return {
        "release": release.id,
        "summary": summary(release, question, minute),
        "causes": {"far": list(FAR_CAUSES), "short": list(SHORT_CAUSES)},
        "areas": {idx: names[idx].name for idx in sorted(used) if idx >= 0},
        "categories": {
            one.idx: {"code": one.code, "zh": one.zh, "en": one.en}
            for one in release.facts.categories
            if one.is_mandatory
        },
        "far": far,
        "short": few,
    }


def _far(release: OpenRelease, question: Question, minute: int) -> Lists:
    area, why = shares(release, question, minute), evidence(release, question, minute)
    at = why.grid - area.lo
    lacking = missing(release, question, minute)
    is_line = question.mode == "line"
    return {
        **_places(release, question, why.grid),
        "whole": area.whole[at].tolist(),
        "part": area.part[at].tolist(),
        "gap": area.gap[at].tolist(),
        **_cohorts(release, question, minute, at),
        "dm": reached_or_none(why.line_dm if is_line else why.walk_dm),
        "line_dm": reached_or_none(why.line_dm),
        "facility": (why.line_facility if is_line else why.walk_facility).tolist(),
        "cause": why.cause.tolist(),
        "doubt": [why.doubts.get(grid) for grid in why.grid.tolist()],
        "missing": [lacking.get(grid, []) for grid in why.grid.tolist()],
    }


def _short(release: OpenRelease, question: Question, minute: int) -> Lists:
    area, few = shares(release, question, minute), short(release, question, minute)
    by_capacity = few.cause == 0
    return {
        **_places(release, question, few.grid),
        "whole": area.whole[few.grid - area.lo].tolist(),
        "access": _where(few.access, by_capacity),
        "wanted": _where(few.wanted, by_capacity),
        "floor_dm2": _where(few.floor_dm2, ~by_capacity),
        "floor_min_dm2": None if few.floor_min_dm2 < 0 else few.floor_min_dm2,
        "cause": few.cause.tolist(),
    }


def _cohorts(
    release: OpenRelease, question: Question, minute: int, at: NDArray[np.int64]
) -> dict[str, list[int] | None]:
    """Give how many of each cohort are not reached; None where the city does not know them."""
    found: dict[str, list[int] | None] = {}
    for name in COHORTS:
        is_known = release.facts.areas[0].totals[name] is not None
        asked = replace(question, basis=name)
        found[name] = shares(release, asked, minute).gap[at].tolist() if is_known else None
    return found


def grid_names(release: OpenRelease, question: Question) -> dict[int, str]:
    """Give the ids of the grids of the question's area by their index."""
    with release.cursor() as cursor:
        rows = columns(
            *(cursor, "underserved_places"), lo=question.area.grid_lo, hi=question.area.grid_hi
        )
    return dict(zip(rows["grid_idx"].tolist(), rows["grid_id"].tolist(), strict=True))


def _places(release: OpenRelease, question: Question, grids: NDArray[np.int64]) -> Lists:
    """Say where each grid lies and how far its own numbers can be trusted."""
    lo, hi = question.area.grid_lo, question.area.grid_hi
    with release.cursor() as cursor:
        rows = columns(cursor, "underserved_places", lo=lo, hi=hi)
    at = grids - lo
    return {
        "i": grids.tolist(),
        "id": rows["grid_id"][at].tolist(),
        "name": rows["name"][at].tolist(),
        "street": rows["street_idx"][at].tolist(),
        "community": rows["community_idx"][at].tolist(),
        "reliability": rows["reliability"][at].tolist(),
    }


def _where(values: NDArray[Any], keep: NDArray[np.bool_]) -> list[Any]:
    return [
        value if is_kept else None
        for value, is_kept in zip(values.tolist(), keep.tolist(), strict=True)
    ]
