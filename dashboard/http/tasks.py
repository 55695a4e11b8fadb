"""Answer for tasks, take changes of who does one and by when, and send the list as a file."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from dashboard.http import guard, permits, sheets
from dashboard.snapshots import Snapshots
from dashboard.state import LANGUAGES, BadRequestError, read_language
from dashboard.words_task_file import COLUMNS, title, words_of_cell
from geo.errors import StoreError
from geo.store import tasks
from geo.store.guarding import harmless
from geo.store.opened import OpenRelease
from geo.store.task_edits import FIELDS, edits_of, latest_edits, record_edit
from geo.store.tasks import TaskFilters

_FILTERS: Final = frozenset({"state", "owner", "source", "kind", "a", "u", "s", "d"})
PARAMETERS: Final = _FILTERS | {"page", "size"}
NOBODY: Final = "-"
"""As `owner`: the tasks that nobody answers for."""
_SIZE: Final = 100
_LONGEST_OWNER: Final = 60
_REASON: Final = (2, 200)
_YEARS: Final = (2000, 2100)
_TELEPHONE: Final = re.compile(r"\d{7,}")
_MOST_PAGES: Final = 10**6


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register the addresses of tasks."""

    @server.get("/api/v1/tasks")
    def task_list() -> ResponseReturnValue:
        release = _open(snapshots)
        filters = read_filters(release, request.args, PARAMETERS)
        number = _whole("page", 1, 1, _MOST_PAGES)
        size = _whole("size", _SIZE, 1, tasks.MOST_ROWS)
        edits = latest_edits(snapshots.store)
        with release.cursor() as con:
            page = tasks.page(con, release.id, edits, filters, number=number, size=size)
        return jsonify({**page, "is_audit_whole": edits.is_whole})

    @server.get("/api/v1/tasks/<task_id>")
    def task_asked(task_id: str) -> ResponseReturnValue:
        found = _task(snapshots, _open(snapshots), task_id)
        return _none(task_id) if found is None else jsonify(found)

    @server.post("/tasks/<task_id>")
    def task_changed(task_id: str) -> ResponseReturnValue:
        if not permits.is_same_origin():
            return guard.refusal(403, "this request does not come from a page of this server")
        if not permits.may_operate():
            return guard.refusal(403, "only the operator's own machine may do this")
        release = _open(snapshots)
        found = _task(snapshots, release, task_id)
        if found is None:
            return _none(task_id)
        if found["state"] == "closed":
            return guard.refusal(409, f"task {task_id} is closed; there is nothing left to change")
        _write(snapshots.store, found, request.get_json(silent=True))
        return jsonify(_task(snapshots, release, task_id))

    _register_files(server, snapshots)


def _register_files(server: Flask, snapshots: Snapshots) -> None:
    @server.get("/download/tasks.<kind>")
    def task_file(kind: str) -> ResponseReturnValue:
        if kind not in sheets.FORMATS:
            return guard.refusal(404, f"there is no tasks.{kind[:20]}; expected csv or xlsx")
        release = _open(snapshots)
        filters = read_filters(release, request.args, _FILTERS | {"lang"})
        lang = request.args.get("lang")
        if lang not in (None, "", *LANGUAGES):
            raise BadRequestError(f"lang is {lang[:20]!r}; expected one of {', '.join(LANGUAGES)}")
        spoken = read_language(lang)
        with release.cursor() as con:
            rows, _ = tasks.tasks(con, release.id, latest_edits(snapshots.store), filters)
        cells = [[_cell(row, name, spoken) for name in COLUMNS] for row in rows]
        name = f"{release.facts.city}_{title(spoken)}_{release.facts.as_of.replace('-', '')}"
        heads: list[list[object]] = [[words_of_cell("column", each, spoken) for each in COLUMNS]]
        return sheets.sent(kind, name, title(spoken), [*heads, *cells])


def read_filters(
    release: OpenRelease, words: Mapping[str, str], known: frozenset[str]
) -> TaskFilters:
    """Read which tasks are asked for.

    Raises
    ------
    BadRequestError
        A parameter is not known, or names a state, a kind or an area that there is not.
    """
    _refuse(sorted(set(words) - known), "parameter", sorted(known))
    states = tuple(state for state in words.get("state", "").split(",") if state)
    _refuse([state for state in states if state not in tasks.STATES], "state", tasks.STATES)
    kind, area, owner = words.get("kind") or None, words.get("a") or None, words.get("owner")
    _refuse([kind] if kind and kind not in tasks.KINDS else [], "kind", tasks.KINDS)
    if area is not None and area not in release.facts.area_by_code:
        raise BadRequestError(f"there is no area {area[:40]!r} in this release")
    # The city has all of them, also those whose place is gone.
    is_city = area == release.facts.areas[0].code
    return TaskFilters(
        states=states,
        owner={"": None, NOBODY: ""}.get(owner, owner) if owner is not None else None,
        kind=kind,
        source=words.get("source") or None,
        area=None if is_city else area,
        unit=words.get("u") or None,
        place=words.get("s") or None,
    )


def _task(snapshots: Snapshots, release: OpenRelease, task_id: str) -> dict[str, Any] | None:
    """Give a task with its changes and whether the visitor may make more; None: there is none."""
    with release.cursor() as con:
        found = tasks.task(con, release.id, task_id, latest_edits(snapshots.store))
    if found is None:
        return None
    keys = ("at", "field", "before", "after", "who", "reason")
    changes = [asdict(edit) for edit in edits_of(snapshots.store, task_id)]
    return {
        **found,
        "release": release.id,
        "edits": [{key: change[key] for key in keys} for change in changes],
        "may_edit": found["state"] != "closed" and permits.may_operate(),
    }


def _write(store: Path, found: Mapping[str, Any], body: object) -> None:
    if not isinstance(body, dict):
        raise BadRequestError("the body is not a JSON object")
    field, reason = body.get("field"), body.get("reason")
    if field not in FIELDS:
        raise BadRequestError(f"field is {str(field)[:20]!r}; expected one of {', '.join(FIELDS)}")
    after = read_owner(body.get("value")) if field == "owner" else read_due(body.get("value"))
    low, high = _REASON
    said = reason.strip() if isinstance(reason, str) else ""
    if not low <= len(said) <= high:
        raise BadRequestError(f"reason has {len(said)} characters; expected {low} to {high}")
    if after == found[field]:
        raise BadRequestError(f"{field} is {after!r} already; expected another value")
    change = {"task_id": found["task"], "field": field, "before": found[field], "after": after}
    record_edit(store, {**change, "reopened": found["reopened"]}, said)


def read_owner(value: object) -> str | None:
    """Read an office or a role; None is nobody.

    Raises
    ------
    BadRequestError
        It is no text, is too long, or holds a number as long as a telephone's.
    """
    if value is None:
        return None
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST_OWNER or not text.isprintable():
        raise BadRequestError(
            f"value is {str(value)[:20]!r}; expected an office or a role of 1 to {_LONGEST_OWNER} "
            "characters, or null"
        )
    if _TELEPHONE.search(text):
        raise BadRequestError(
            "value holds a long number; expected an office or a role, no telephone and no identity"
        )
    return text


def read_due(value: object) -> str | None:
    """Read a day, YYYY-MM-DD; None is no day.

    Raises
    ------
    BadRequestError
        It is no day of the years that a task can be due in.
    """
    if value is None:
        return None
    low, high = _YEARS
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value or not low <= day.year < high:
        raise BadRequestError(
            f"value is {str(value)[:20]!r}; expected a day of {low} to {high - 1}, YYYY-MM-DD, "
            "or null"
        )
    return day.isoformat()


def _cell(row: Mapping[str, Any], name: str, lang: str) -> object:
    value = row[lang if name == "zh" else name]
    if name in ("state", "kind", "unit_kind"):
        return words_of_cell(name, value, lang)
    if isinstance(value, bool):
        return words_of_cell("is", str(value), lang)
    return harmless(value)


def _open(snapshots: Snapshots) -> OpenRelease:
    release = snapshots.for_month(request.args.get("d"), guard.newest_seen())
    if release is None:
        raise StoreError(snapshots.degraded or "nothing is published. Run: python -m etl build")
    return release


def _none(task_id: str) -> Response:
    return guard.refusal(404, f"there is no task {task_id[:40]!r} in this release")


def _whole(name: str, default: int, low: int, high: int) -> int:
    text = request.args.get(name, "")
    if text == "":
        return default
    is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(high))
    if not is_whole or not low <= int(text) <= high:
        raise BadRequestError(f"{name} is {text[:20]!r}; expected {low} to {high}")
    return int(text)


def _refuse(unknown: list[str], what: str, known: Any) -> None:  # noqa: ANN401 - any list of names
    if unknown:
        raise BadRequestError(f"{unknown[0][:40]!r} is no {what}; expected {', '.join(known)}")
