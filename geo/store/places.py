"""Answer for one grid, and list the grids that are served worst."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from geo.store import numbers
from geo.store.asking import Question
from geo.store.indicator_map import of_place
from geo.store.opened import OpenRelease, columns, records
from geo.store.tiles import to_mercator
from geo.store.units import charge_of
from geo.walk import BEYOND, MODES, NO_DATA, OK, share_code

MOST_GRIDS = 200
NEAR, FULL, NO_PEOPLE, UNKNOWN_CLASS = 3, 4, 5, 6


def grid_at(release: OpenRelease, lon: float, lat: float) -> str | None:
    """Give the id of the grid that holds a point (WGS 84); None outside all of them."""
    x, y = to_mercator(lon, lat)
    with release.cursor() as cursor:
        found = records(cursor, "view_grid_at", lon=lon, lat=lat, x=x, y=y)
    return found[0]["grid_id"] if found else None


def place(release: OpenRelease, question: Question, grid_id: str) -> dict[str, Any] | None:
    """Give all that is known of a grid under a question; None where no grid bears the id."""
    found = place_head(release, question, grid_id)
    if found is None:
        return None
    at = found["i"]
    areas = [release.facts.area_by_code[area["code"]].idx for area in found["path"]]
    return {
        **found,
        **_nearest(release, question, at),
        "flips": _flips(release, question, at),
        "near": _near(release, question, at),
        "minutes": _minutes(release, question, at),
        "parents": _parents(release, question, [0, *areas]),
        "indicators": of_place(release, at),
        "charge": charge_of(release, at),
    }


def place_head(release: OpenRelease, question: Question, grid_id: str) -> dict[str, Any] | None:
    """Give what a grid is and what of it is reached by minutes 0..60; None where there is none."""
    with release.cursor() as cursor:
        found = records(cursor, "view_grid", question.basis, grid_id=grid_id)
    if not found:
        return None
    grid = found[0]
    at = grid["grid_idx"]
    units = numbers.grid_units(release, question, at, at + 1)
    totals = numbers.cumulative(units.unit, units.minute, units.amount, [0])[0]
    areas = [
        release.facts.areas[grid[key]]
        for key in ("district_idx", "street_idx", "community_idx")
        if grid[key] is not None
    ]
    return {
        "release": release.id,
        "grid_id": grid["grid_id"],
        "i": at,
        "name": grid["name"],
        "path": [{"code": area.code, "name": area.name, "level": area.level} for area in areas],
        "lon": grid["lon"],
        "lat": grid["lat"],
        "people": grid["people_milli"],
        "households": grid["households_milli"],
        "reliability": grid["reliability"],
        "denominator": grid["amount"],
        "numerators": totals.tolist(),
        "ring": [json.loads(grid["ring"])],
    }


def _nearest(release: OpenRelease, question: Question, grid: int) -> dict[str, Any]:
    with release.cursor() as cursor:
        rows = records(
            cursor,
            "view_nearest",
            category=question.category_idx,
            grid=grid,
            own=question.is_own,
        )
    by_mode = {MODES[row["mode"]]: row for row in rows}
    mine = by_mode.get(question.mode)
    line = by_mode["line"]["nearest_dm"] if "line" in by_mode else None
    walk = by_mode["walk"]["nearest_dm"] if "walk" in by_mode else None
    nearest = None
    if mine is not None and mine["facility_id"] is not None:
        nearest = {
            "id": mine["facility_id"],
            "name": mine["facility_name"],
            "hours": mine["facility_hours"],
            "lon": mine["lon"],
            "lat": mine["lat"],
        }
    return {
        "code": mine["code"] if mine else NO_DATA,
        "line_dm": line,
        "walk_dm": walk,
        "detour": walk / line if walk is not None and line else None,
        "nearest": nearest,
    }


def _near(release: OpenRelease, question: Question, grid: int) -> list[dict[str, Any]]:
    with release.cursor() as cursor:
        return records(
            cursor,
            "view_near",
            category=question.category_idx,
            mode=question.mode_code,
            grid=grid,
            own=question.is_own,
        )


def _flips(release: OpenRelease, question: Question, grid: int) -> bool:
    """Tell whether the grid meets the target at 15 minutes only with a neighbour's facility.

    Known for people at the default speed; of other bases and speeds nothing is said.
    """
    if question.basis != "people" or question.speed_idx != 0:
        return False
    with release.cursor() as cursor:
        found = records(
            cursor,
            "view_flip",
            category=question.category_idx,
            mode=question.mode_code,
            grid=grid,
        )
    return bool(found)


def _minutes(release: OpenRelease, question: Question, grid: int) -> list[dict[str, Any]]:
    """Give how far each category is, beside the minute by which half the city is there."""
    facts = release.facts
    with release.cursor() as cursor:
        rows = records(
            cursor,
            "view_grid_nearest",
            mode=question.mode_code,
            grid=grid,
            own=question.is_own,
        )
    found = {row["category_idx"]: row for row in rows}
    half = city_minutes(release, question)
    limits = question.speed.limits_dm()
    listed = []
    for category in facts.categories:
        if not category.is_present:
            continue
        row = found.get(category.idx, {"nearest_dm": None, "code": NO_DATA})
        minute = half[category.idx]
        listed.append(
            {
                "code": category.code,
                "zh": category.zh,
                "en": category.en,
                "dm": row["nearest_dm"],
                "codeval": row["code"],
                "city_minute": minute,
                "city_dm": None if minute is None else int(limits[minute]),
            }
        )
    return listed


def city_minutes(release: OpenRelease, question: Question) -> dict[int, int | None]:
    """Give, by category index, the first minute by which half of the city is reached."""
    city = release.facts.areas[0]
    whole = city.totals[question.basis]

    def compute() -> dict[int, int | None]:
        asked = replace(question, area=city, category=None)
        totals = numbers.category_numerators(release, asked)
        half: dict[int, int | None] = {}
        for category, row in zip(release.facts.categories, totals, strict=True):
            reached = np.flatnonzero(row * 2 >= whole) if whole else np.empty(0, dtype=np.int64)
            half[category.idx] = int(reached[0]) if len(reached) else None
        return half

    key = (
        *("city minutes", question.mode, question.basis),
        *(question.speed_idx, question.neighbours),
    )
    return release.remember(key, compute)


def _parents(release: OpenRelease, question: Question, areas: list[int]) -> list[dict[str, Any]]:
    facts = release.facts
    totals = numbers.area_numerators(release, question, areas)
    rows = []
    for number, idx in enumerate(areas):
        area = facts.areas[idx]
        units, _ = numbers.grid_classes(release, question, area.grid_lo, area.grid_hi)
        with_people = int(units[0].sum() - units[0, NO_PEOPLE] - units[0, UNKNOWN_CLASS])
        rows.append(
            {
                "code": area.code,
                "name": area.name,
                "level": area.level,
                "denominator": area.totals[question.basis],
                "numerators": totals[number].tolist(),
                "on_target": (units[:, NEAR] + units[:, FULL]).tolist(),
                "with_people": with_people,
            }
        )
    return rows


def grid_rows(
    release: OpenRelease,
    question: Question,
    minute: int,
    *,
    limit: int = MOST_GRIDS,
    offset: int = 0,
    worst_first: bool = True,
) -> tuple[list[dict[str, Any]], int]:
    """Give grids of the question's area at one minute, and how many there are in all.

    Parameters
    ----------
    minute
        0..60.
    worst_first
        By what is not reached, most first, and then only grids where anything is missing; else all
        by grid.
    """
    with release.cursor() as cursor:
        found = columns(
            cursor,
            "view_grid_parts",
            question.basis,
            speed=question.speed_idx,
            category=question.category_idx,
            mode=question.mode_code,
            minute=minute,
            lo=question.area.grid_lo,
            hi=question.area.grid_hi,
            own=question.is_own,
            by_gap=worst_first,
            wanted=limit,
            skipped=offset,
        )
    codes = share_code(found["part"].astype(np.int64), found["whole"].astype(np.int64))
    known = _described(release, question, found["grid_idx"].tolist())
    rows = []
    for at, code in zip(range(len(codes)), codes.tolist(), strict=True):
        whole = int(found["whole"][at])
        rows.append(
            {
                **known[int(found["grid_idx"][at])],
                "denominator": whole if whole >= 0 else None,
                "numerator": int(found["part"][at]) if whole >= 0 else None,
                "share_code": code,
            }
        )
    everything = question.area.grid_hi - question.area.grid_lo
    with_gap = int(found["all"][0]) if len(found["all"]) else 0
    return rows, with_gap if worst_first else everything


def _described(
    release: OpenRelease, question: Question, grids: list[int]
) -> dict[int, dict[str, Any]]:
    with release.cursor() as cursor:
        rows = records(
            cursor,
            "view_grid_rows",
            grids=grids,
            category=question.category_idx,
            mode=question.mode_code,
            own=question.is_own,
        )
    for row in rows:
        if row["code"] is None:
            row["code"] = NO_DATA
        elif row["code"] == OK and row["dm"] is None:
            row["code"] = BEYOND
    return {row["i"]: row for row in rows}
