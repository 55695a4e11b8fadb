"""Give what a page shows of one area, all minutes at once; the contract is docs/contracts.md 4."""

from typing import Any

import numpy as np

from geo.store import numbers
from geo.store.asking import Dropped, Question, ordered_categories
from geo.store.history import history_of, previous_of
from geo.store.indicators import indicators
from geo.store.opened import Area, Category, OpenRelease, columns, records
from geo.store.units import kinds_in
from geo.walk import BASES, MODES

_INDICATOR_KEYS = (
    *("id", "zh", "en", "unit", "is_share", "better", "facet", "floor", "levels", "unit_kind"),
)
MOST_CHILDREN = 500
"""Rows of a ranking; an area of more grids shows those with the most uncovered at 15 minutes."""
RANKED_AT = 15


def view(
    release: OpenRelease, question: Question, dropped: tuple[Dropped, ...] = ()
) -> dict[str, Any]:
    """Give the view of a question as JSON values, remembered by release and question.

    Amounts are integers in thousandths (`milli`) or square decimetres (`dm2`); None is not known.
    What was asked for and does not exist is listed in `notices`, together with what the release
    itself lacks.
    """
    answer = release.remember(("view", question.key), lambda: _compute(release, question))
    notices = [_dropped(question, one) for one in dropped]
    return {**answer, "notices": notices + answer["notices"]}


def _dropped(question: Question, one: Dropped) -> dict[str, Any]:
    if one.key == "h" and question.category is not None:
        # not a dead link: another category of the same page may know its hours
        return {"key": "no_hours", "params": {"category": _names(question.category)}}
    return {"key": "dropped", "params": {"key": one.key, "value": one.value}}


def _names(category: Category) -> dict[str, str]:
    return {"zh": category.zh, "en": category.en}


def _compute(release: OpenRelease, question: Question) -> dict[str, Any]:
    facts, area = release.facts, question.area
    whole = area.totals[question.basis]
    numerators = numbers.area_numerators(release, question, [area.idx])[0]
    units, amounts = numbers.grid_classes(release, question, area.grid_lo, area.grid_hi)
    missing = int(units[0, -1])
    grids = area.grid_hi - area.grid_lo
    return {
        "release": release.id,
        "month": facts.as_of,
        "city": facts.city,
        "is_synthetic": facts.is_synthetic,
        "has_network": facts.has_network,
        "has_people": facts.has_people,
        "map_approval": facts.map_approval,
        "security": facts.security,
        "attribution": facts.attribution,
        "issues": dict(facts.issues),
        "modes": [mode for mode in MODES if mode in facts.modes],
        "bases": list(facts.bases),
        "mode": question.mode,
        "basis": question.basis,
        "unit": "dm2" if question.basis == "area" else "milli",
        "target": facts.target_share,
        "neighbours": question.neighbours,
        "has_districts": len(facts.level("district")) > 1,
        "speed": _speed(release, question),
        "limits_dm": question.speed.limits_dm().tolist(),
        "category": _category(question),
        "opening": question.opening,
        "openings": _openings(release, question),
        "area": _area(release, area),
        "denominator": whole,
        "numerators": numerators.tolist(),
        "standard": numbers.standard_numerator(release, question),
        "missing": {"grids": missing, "share": missing / grids if grids else 0.0},
        "missing_mandatory": [
            category.code
            for category in facts.categories
            if category.is_mandatory and category.facilities == 0
        ],
        "classes": {"units": units.tolist(), "amount": amounts.tolist()},
        "units": _units(release, area),
        "kinds": kinds_in(release, area),
        **_children(release, question),
        "categories": _categories(release, question),
        "indicators": indicators_of(release),
        "history": history_of(release, question, numerators, units),
        "notices": _notices(release, question),
    }


def indicators_of(release: OpenRelease) -> list[dict[str, Any]]:
    """List the indicators that the map can show."""
    with release.cursor() as cursor:
        return [{key: one[key] for key in _INDICATOR_KEYS} for one in indicators(cursor)]


def _speed(release: OpenRelease, question: Question) -> dict[str, Any]:
    return {
        "name": question.speed.name,
        "label_m_per_min": float(question.speed.metres_per_minute),
        "list": [
            {"name": speed.name, "m_per_min": float(speed.metres_per_minute)}
            for speed in release.facts.speeds
        ],
    }


def _openings(release: OpenRelease, question: Question) -> dict[str, Any]:
    """Give what is known of the hours of the category, by opening; empty where nothing is."""
    facts = release.facts
    return {
        name: {
            "hours": facts.opening_hours(name),
            "facilities": one.facilities,
            "unknown": one.facilities_unknown,
        }
        for name, one in facts.openings_of(question.category).items()
    }


def _category(question: Question) -> dict[str, Any] | None:
    category, counting = question.category, question.counting
    if category is None or counting is None:
        return None
    return {
        "code": category.code,
        "zh": category.zh,
        "en": category.en,
        "glyph": category.glyph,
        "group": category.group,
        "radius_m": category.radius_m,
        "facilities": counting.facilities,
        "facilities_other": counting.facilities_other,
    }


def _named(area: Area) -> dict[str, Any]:
    return {"code": area.code, "name": area.name, "level": area.level}


def _area(release: OpenRelease, area: Area) -> dict[str, Any]:
    facts = release.facts
    below = facts.children.get(area.idx, ())
    beside = facts.children.get(area.parent, ()) if area.parent is not None else (area,)
    with release.cursor() as cursor:
        extent = records(cursor, "view_extent", area=area.idx)[0]
    return {
        **_named(area),
        "path": [_named(one) for one in facts.path(area)],
        "children_level": below[0].level if below else "grid",
        "bounds": [extent[side] for side in ("west", "south", "east", "north")],
        "grids": area.grid_hi - area.grid_lo,
        "grid_lo": area.grid_lo,
        "grid_hi": area.grid_hi,
        "siblings": [{"code": one.code, "name": one.name} for one in beside],
    }


def _units(release: OpenRelease, area: Area) -> dict[str, int]:
    """Count what lies in an area, level by level; levels the city has not are left out."""
    facts = release.facts
    found = {"grid": area.grid_hi - area.grid_lo}
    for level in ("community", "street", "district"):
        inside = facts.level(level)
        if inside:
            found[level] = sum(
                area.grid_lo <= one.grid_lo and one.grid_hi <= area.grid_hi for one in inside
            )
    return found


def _children(release: OpenRelease, question: Question) -> dict[str, Any]:
    below = release.facts.children.get(question.area.idx, ())
    if not below:
        return _grid_children(release, question)
    totals = numbers.area_numerators(release, question, [area.idx for area in below])
    before = previous_of(release, question, [area.code for area in below])
    rows = [
        {
            **_named(area),
            "lon": area.lon,
            "lat": area.lat,
            "grids": area.grid_hi - area.grid_lo,
            "grid_lo": area.grid_lo,
            "grid_hi": area.grid_hi,
            "denominator": area.totals[question.basis],
            "numerators": totals[number].tolist(),
            "previous": before.get(area.code),
        }
        for number, area in enumerate(below)
    ]
    return {"children": rows, "children_all": len(rows)}


def _grid_children(release: OpenRelease, question: Question) -> dict[str, Any]:
    lo, hi = question.area.grid_lo, question.area.grid_hi
    units = numbers.grid_units(release, question, lo, hi)
    reached = np.zeros(hi - lo, dtype=np.int64)
    early = units.minute <= RANKED_AT
    np.add.at(reached, units.unit[early], units.amount[early])
    gap = np.where(units.whole < 0, -1, units.whole - reached)
    shown = np.sort(np.argsort(-gap, kind="stable")[:MOST_CHILDREN])
    totals = numbers.cumulative(units.unit, units.minute, units.amount, shown.tolist())
    with release.cursor() as cursor:
        names = columns(cursor, "view_grid_names", question.basis, lo=lo, hi=hi)
    rows = [
        {
            "code": str(names["grid_id"][at]),
            "name": str(names["name"][at]),
            "level": "grid",
            "lon": float(names["lon"][at]),
            "lat": float(names["lat"][at]),
            "grids": 1,
            "grid_lo": lo + at,
            "grid_hi": lo + at + 1,
            "denominator": int(units.whole[at]) if units.whole[at] >= 0 else None,
            "numerators": totals[number].tolist(),
            "previous": None,
        }
        for number, at in enumerate(shown.tolist())
    ]
    return {"children": rows, "children_all": hi - lo}


def _categories(release: OpenRelease, question: Question) -> list[dict[str, Any]]:
    totals = numbers.category_numerators(release, question)
    position = {category.idx: at for at, category in enumerate(release.facts.categories)}
    return [
        {
            "code": category.code,
            "zh": category.zh,
            "en": category.en,
            "glyph": category.glyph,
            "group": category.group,
            "facilities": category.facilities,
            "denominator": question.area.totals[question.basis],
            "numerators": totals[position[category.idx]].tolist(),
        }
        for category in ordered_categories(release)
        if category.is_present or category == question.category
    ]


def _notices(release: OpenRelease, question: Question) -> list[dict[str, Any]]:
    facts, found = release.facts, []
    if not facts.has_network:
        found.append({"key": "no_network", "params": {}})
    unknown = {"people", question.basis} - set(facts.bases)
    found += [{"key": f"no_{basis}", "params": {}} for basis in BASES if basis in unknown]
    if not any(category.is_present for category in facts.categories):
        found.append({"key": "no_categories", "params": {}})
        return found
    asked = () if question.category is None else facts.members(question.category)
    found += [
        {"key": "no_facility", "params": {"category": _names(category)}}
        for category in asked
        if category.facilities == 0
    ]
    return found
