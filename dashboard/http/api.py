"""Answer programs: read-only JSON, the same numbers by the same functions as the pages."""

from typing import Any, Final

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from dashboard.http import guard
from dashboard.http.api_calendar import calendar_asked
from dashboard.http.api_gaps import underserved_asked
from dashboard.http.api_indicators import indicators_asked
from dashboard.http.api_standards import standards_asked
from dashboard.http.api_units import units_asked
from dashboard.http.openapi import document
from dashboard.snapshots import Snapshots
from dashboard.state import BadRequestError, read_minute
from geo.errors import StoreError
from geo.store import numbers
from geo.store.asking import Question, ordered_categories, resolve
from geo.store.changes import change
from geo.store.opened import OpenRelease
from geo.store.places import grid_rows, place
from geo.store.quality import facilities
from geo.store.task_edits import latest_edits
from geo.walk import CLASSES, class_of, share_code

DIVISOR: Final = {"area": 100.0}
"""Square decimetres to square metres; everything else is thousandths."""
MOST_ROWS: Final = 1000
PARAMETERS: Final = frozenset({"a", "c", "m", "t", "b", "v", "n", "h", "d", "limit", "offset"})


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register everything under `/api/v1`."""
    _register_lists(server, snapshots)

    @server.get("/api/v1/summary")
    def summary_of() -> ResponseReturnValue:
        release, question, minute = asked(snapshots)
        return jsonify(summary(release, question, minute))

    @server.get("/api/v1/change")
    def change_of() -> ResponseReturnValue:
        release, question, minute = asked(snapshots)
        return jsonify(change(snapshots.store, release, question, minute))

    @server.get("/api/v1/underserved")
    def underserved_of() -> ResponseReturnValue:
        release, question, minute = asked(snapshots)
        limit, offset = _number("limit", 100, MOST_ROWS), _number("offset", 0, 10**9)
        return jsonify(underserved_asked(release, question, minute, limit=limit, offset=offset))

    @server.get("/api/v1/grids")
    def grids() -> ResponseReturnValue:
        release, question, minute = asked(snapshots)
        return jsonify(_grids(release, question, minute))

    @server.get("/api/v1/grids/<path:grid_id>")
    def grid(grid_id: str) -> ResponseReturnValue:
        release, question, minute = asked(snapshots)
        found = place(release, question, grid_id)
        if found is None:
            return guard.refusal(404, f"there is no grid {grid_id[:60]!r} in this release")
        return jsonify(_grid(release, question, minute, found))

    @server.get("/api/v1/facilities")
    def facilities_of() -> ResponseReturnValue:
        release, question, _ = asked(snapshots)
        return jsonify(_facilities(release, question))


def _register_lists(server: Flask, snapshots: Snapshots) -> None:
    """Register what says what there is."""

    @server.get("/api/v1/openapi.json")
    def openapi() -> ResponseReturnValue:
        return jsonify(document())

    @server.get("/api/v1/release")
    def release_facts() -> ResponseReturnValue:
        return jsonify(_release_facts(_open(snapshots)))

    @server.get("/api/v1/categories")
    def categories() -> ResponseReturnValue:
        return jsonify(_categories(_open(snapshots)))

    @server.get("/api/v1/indicators")
    def indicators_of() -> ResponseReturnValue:
        return jsonify(indicators_asked(_open(snapshots), request.args))

    @server.get("/api/v1/standards")
    def standards_of() -> ResponseReturnValue:
        limit, offset = _number("limit", 100, MOST_ROWS), _number("offset", 0, 10**9)
        return jsonify(standards_asked(_open(snapshots), request.args, limit=limit, offset=offset))

    @server.get("/api/v1/units")
    def units_of() -> ResponseReturnValue:
        return jsonify(units_asked(_open(snapshots), request.args))

    @server.get("/api/v1/calendar")
    def calendar_of() -> ResponseReturnValue:
        return jsonify(
            calendar_asked(_open(snapshots), request.args, latest_edits(snapshots.store))
        )


def summary(release: OpenRelease, question: Question, minute: int) -> dict[str, Any]:
    """Give the share of an area that is reached, as a fraction that is not rounded.

    None where there is nothing to divide by: the amount is unknown, nobody lives there, or the
    release has no category. Numerator and denominator are persons, households or square metres.
    """
    whole = question.area.totals[question.basis]
    part = int(numbers.area_numerators(release, question, [question.area.idx])[0, minute])
    is_assessable = bool(whole) and question.category is not None
    return {
        "value": part / whole if is_assessable and whole else None,
        "numerator": _amount(question.basis, part) if is_assessable else None,
        "denominator": _amount(question.basis, whole),
        "unit": "share",
        "area": question.area.code,
        "category": question.category.code if question.category else None,
        "minutes": minute,
        "mode": question.mode,
        "neighbours": question.neighbours,
        **_opening(question),
        "basis": question.basis,
        "speed": question.speed.name,
        "metres": question.speed.limit_dm(minute) / 10,
        "as_of": release.facts.as_of,
        "release": release.id,
    }


def _opening(question: Question) -> dict[str, Any]:
    """Say at which hours, and of how many open facilities it is not known whether they count then.

    Where that is not 0, what is covered is a lower bound.
    """
    opened = question.opened
    return {
        "hours": question.opening,
        "hours_unknown": None if opened is None else opened.facilities_unknown,
    }


def _open(snapshots: Snapshots) -> OpenRelease:
    release = snapshots.for_month(request.args.get("d"), guard.newest_seen())
    if release is None:
        raise StoreError(snapshots.degraded or "nothing is published. Run: python -m etl build")
    return release


def asked(
    snapshots: Snapshots, parameters: frozenset[str] = PARAMETERS
) -> tuple[OpenRelease, Question, int]:
    """Read the question of this request: release, question and minute.

    Raises
    ------
    BadRequestError
        A parameter is none of `parameters`, or has a value that does not exist.
    StoreError
        Nothing is published.
    """
    unknown = sorted(set(request.args) - parameters)
    if unknown:
        raise BadRequestError(
            f"{unknown[0][:40]!r} is no parameter; expected some of {', '.join(sorted(parameters))}"
        )
    release = _open(snapshots)
    question, dropped = resolve(release, request.args.to_dict())
    if dropped:
        first = dropped[0]
        raise BadRequestError(f"{first.key} is {first.value!r}; expected one of {first.expected}")
    return release, question, read_minute(request.args.get("m"))


def _number(name: str, default: int, highest: int) -> int:
    text = request.args.get(name, "")
    if text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= highest):
        raise BadRequestError(f"{name} is {text[:20]!r}; expected 0 to {highest}")
    return int(text)


def _amount(basis: str, value: int | None) -> float | None:
    return None if value is None else value / DIVISOR.get(basis, 1000.0)


def _metres(distance_dm: int | None) -> float | None:
    return None if distance_dm is None else distance_dm / 10


def _release_facts(release: OpenRelease) -> dict[str, Any]:
    facts = release.facts
    return {
        "release": release.id,
        "city": facts.city,
        "as_of": facts.as_of,
        "is_synthetic": facts.is_synthetic,
        "has_network": facts.has_network,
        "modes": list(facts.modes),
        "bases": list(facts.bases),
        "speeds": [
            {"name": speed.name, "m_per_min": float(speed.metres_per_minute)}
            for speed in facts.speeds
        ],
        "target_share": facts.target_share,
        "standards": [pack for pack in facts.standards.split(",") if pack],
        "grids": facts.grids,
        "issues": dict(facts.issues),
        "bounds": list(facts.bounds),
        "attribution": facts.attribution,
    }


def _categories(release: OpenRelease) -> list[dict[str, Any]]:
    return [
        {
            "code": category.code,
            "zh": category.zh,
            "en": category.en,
            "level": category.level,
            "radius_m": category.radius_m,
            "facilities": category.facilities,
            "hours": {
                name: {"facilities": one.facilities, "hours_unknown": one.facilities_unknown}
                for name, one in release.facts.openings_of(category).items()
            },
        }
        for category in ordered_categories(release)
    ]


def _grids(release: OpenRelease, question: Question, minute: int) -> dict[str, Any]:
    limit, offset = _number("limit", 100, MOST_ROWS), _number("offset", 0, 10**9)
    rows, total = grid_rows(
        release, question, minute, limit=limit, offset=offset, worst_first=False
    )
    return {
        "total": total,
        "limit": limit,
        "offset": offset,
        "minutes": minute,
        "mode": question.mode,
        **_opening(question),
        "basis": question.basis,
        "release": release.id,
        "grids": [
            {
                "id": row["id"],
                "name": row["name"],
                "numerator": _amount(question.basis, row["numerator"]),
                "denominator": _amount(question.basis, row["denominator"]),
                "class": CLASSES[int(class_of_code(row["share_code"]))],
                "nearest_m": _metres(row["dm"]),
                "nearest_facility_id": row["nearest_facility_id"],
                "reliability": row["reliability"],
            }
            for row in rows
        ],
    }


def class_of_code(code: int) -> int:
    """Give the position in `geo.walk.CLASSES` of one share code."""
    import numpy as np

    return int(class_of(np.array([code], dtype=np.uint8))[0])


def _grid(
    release: OpenRelease, question: Question, minute: int, found: dict[str, Any]
) -> dict[str, Any]:
    import numpy as np

    whole, part = found["denominator"], found["numerators"][minute]
    code = share_code(
        np.array([part], dtype=np.int64), np.array([-1 if whole is None else whole], dtype=np.int64)
    )
    return {
        "id": found["grid_id"],
        "name": found["name"],
        "path": found["path"],
        "lon": found["lon"],
        "lat": found["lat"],
        "value": part / whole if whole else None,
        "numerator": _amount(question.basis, part) if whole is not None else None,
        "denominator": _amount(question.basis, whole),
        "class": CLASSES[int(class_of(code)[0])],
        "line_m": _metres(found["line_dm"]),
        "walk_m": _metres(found["walk_dm"]),
        "detour": found["detour"],
        "nearest": found["nearest"],
        "reliability": found["reliability"],
        "minutes": minute,
        "mode": question.mode,
        **_opening(question),
        "basis": question.basis,
        "release": release.id,
    }


def _facilities(release: OpenRelease, question: Question) -> dict[str, Any]:
    limit, offset = _number("limit", 100, MOST_ROWS), _number("offset", 0, 10**9)
    category, opened = question.category, question.opened
    idx = category.idx if category else -1
    rows = facilities(release, idx, limit=limit, offset=offset, opening=question.opening)
    every = category.facilities + category.facilities_other if category else 0
    return {
        "category": category.code if category else None,
        **_opening(question),
        "total": opened.facilities if opened else every,
        "limit": limit,
        "offset": offset,
        "release": release.id,
        "facilities": [
            {
                "id": row["id"],
                "name": row["name"],
                "status": row["status"],
                "capacity": _amount("people", row["capacity_milli"]),
                "floor_area_m2": _amount("area", row["floor_area_dm2"]),
                "grid_id": row["grid_id"],
                "lon": row["lon"],
                "lat": row["lat"],
                "hours": row["hours"],
                "is_open_evening": row["is_open_evening"],
                "is_open_weekend": row["is_open_weekend"],
                "counts": row["is_open"],
                "uncounted": row["uncounted"],
            }
            for row in rows
        ],
    }
