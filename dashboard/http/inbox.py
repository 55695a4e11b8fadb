"""Take files and orders from the operator's page, and tell it how things stand.

Files go to disk as they come; what they hold is read by the worker only.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Flask, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from dashboard.http import permits
from dashboard.http.guard import refusal
from dashboard.inbox_state import choices, issues, state
from dashboard.state import BadRequestError
from dashboard.toml_text import edited, read_edits
from dashboard.words_operate import WORDS
from geo.errors import InputDataError, LivingCircleError
from geo.store import inbox, inbox_files, jobs, publications
from geo.store import release as releases
from geo.store.inbox_files import SourceSet

_OF_A_SET: Final = ("propose", "check", "build", "demo")
_OF_THE_STORE: Final = ("publish", "rollback", "template", "compare")
_SETTINGS_REQUEST: Final = 2 * inbox_files.LARGEST_SETTINGS
_MOST_WAITING: Final = 8


def register(server: Flask, store: Path) -> None:
    """Register the addresses under `/inbox`."""
    pages = Blueprint("inbox", __name__, url_prefix="/inbox")
    _guard(pages)
    _register_reading(pages, store)
    _register_files(pages, store)
    _register_orders(pages, store)
    server.register_blueprint(pages)


def _guard(pages: Blueprint) -> None:
    @pages.before_request
    def permit() -> Response | None:
        if request.method not in ("GET", "HEAD"):
            if not permits.is_same_origin():
                return refusal(403, "this request does not come from a page of this server")
            if not permits.may_operate():
                return refusal(403, "only the operator's own machine may do this")
        return None

    @pages.errorhandler(LivingCircleError)
    def failed(error: LivingCircleError) -> Response:
        return refusal(400 if isinstance(error, InputDataError) else 409, str(error))

    @pages.after_request
    def fresh(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _register_reading(pages: Blueprint, store: Path) -> None:
    @pages.get("/words")
    def words() -> ResponseReturnValue:
        return jsonify(words=WORDS, choices=choices(), issues=issues())

    @pages.get("/state")
    def now() -> ResponseReturnValue:
        wanted = request.args.get("set", "")
        return jsonify(state(store, wanted, may_operate=permits.may_operate()))

    @pages.get("/<set_id>/report.json")
    def report(set_id: str) -> ResponseReturnValue:
        return _file(inbox.report_path(store, _set(store, set_id)), "application/json", "")

    @pages.get("/<set_id>/report.xlsx")
    def book(set_id: str) -> ResponseReturnValue:
        one = _set(store, set_id)
        name = f"问题清单_{(one.month or set_id).replace('-', '')}.xlsx"
        return _file(
            inbox.report_book(store, one),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            name,
        )

    @pages.get("/<set_id>/city.toml")
    def settings(set_id: str) -> ResponseReturnValue:
        text = inbox_files.settings_text(_set(store, set_id)) or ""
        return Response(text, mimetype="text/plain")

    @pages.get("/template.zip")
    def template() -> ResponseReturnValue:
        return _file(inbox.template_path(store), "application/zip", "空台账.zip")


def _register_files(pages: Blueprint, store: Path) -> None:
    @pages.post("/new")
    def new() -> ResponseReturnValue:
        base = _body().get("base")
        known = inbox.find(store, base) if isinstance(base, str) else None
        return jsonify(set=inbox.create(store, known).set_id)

    @pages.post("/<set_id>/<path:name>")
    def upload(set_id: str, name: str) -> ResponseReturnValue:
        request.max_content_length = inbox_files.LARGEST_FILE
        one = _own(store, set_id)
        place = inbox_files.receive(one, name, request.stream, request.content_length)
        return jsonify(path=place)

    @pages.post("/<set_id>/remove")
    def remove(set_id: str) -> ResponseReturnValue:
        inbox_files.remove(_own(store, set_id), _text(_body(), "file"))
        return jsonify(ok=True)

    @pages.post("/<set_id>/discard")
    def discard(set_id: str) -> ResponseReturnValue:
        one = _own(store, set_id)
        _refuse_busy(store)
        inbox.discard(store, one)
        return jsonify(ok=True)

    @pages.post("/<set_id>/settings")
    def change(set_id: str) -> ResponseReturnValue:
        request.max_content_length = _SETTINGS_REQUEST
        one, body = _own(store, set_id), _body()
        if "edits" in body:
            text = edited(inbox_files.settings_text(one) or "", read_edits(body["edits"]))
        else:
            text = _text(body, "text")
        inbox_files.write_settings(one, text)
        return jsonify(text=text)


def _register_orders(pages: Blueprint, store: Path) -> None:
    @pages.post("/<set_id>/job")
    def of_a_set(set_id: str) -> ResponseReturnValue:
        one, body = _set(store, set_id), _body()
        params: dict[str, Any] = {"set": one.set_id}
        if body.get("kind") == "demo":
            inbox.require_own(store, one)
            params["grids"] = body.get("grids")
        return _submitted(store, _kind(body, _OF_A_SET), params)

    @pages.post("/job")
    def of_the_store() -> ResponseReturnValue:
        body = _body()
        kind = _kind(body, _OF_THE_STORE)
        params: dict[str, Any] = {}
        if kind != "template":
            release = releases.find(store, _text(body, "release"))
            params = {"release": release.release, "reason": str(body.get("reason") or "")[:500]}
            # The way back is open without a word: what one returns to was published before.
            if kind == "publish":
                publications.require_reason(release, params["reason"])
        return _submitted(store, kind, params)

    @pages.post("/job/<int:job_id>/cancel")
    def cancel(job_id: int) -> ResponseReturnValue:
        return jsonify(state=jobs.cancel(store, job_id).state)


def _submitted(store: Path, kind: str, params: Mapping[str, Any]) -> Response:
    waiting = [job for job in jobs.latest(store) if not job.is_over]
    if len(waiting) >= _MOST_WAITING:
        raise InputDataError(
            f"{len(waiting)} jobs wait already; expected fewer than {_MOST_WAITING}. Wait, or "
            "cancel some."
        )
    return jsonify(job=jobs.submit(store, kind, params))


def _refuse_busy(store: Path) -> None:
    if any(not job.is_over for job in jobs.latest(store)):
        raise InputDataError("a job is still under way. Wait until it ends, or cancel it.")


def _set(store: Path, set_id: str) -> SourceSet:
    """Find a set for someone who may see drafts: they hold rows as bureaus sent them."""
    if not permits.may_operate():
        raise InputDataError("only the operator's own machine may see files that were sent in.")
    return inbox.find(store, set_id)


def _own(store: Path, set_id: str) -> SourceSet:
    """Find a set whose files may be changed now: not while a job reads them."""
    one = _set(store, set_id)
    inbox.require_own(store, one)
    running = [job for job in jobs.latest(store) if job.state == "running"]
    if any(job.params.get("set") == set_id for job in running):
        raise InputDataError("a job is reading this set. Wait until it ends, or cancel it.")
    return one


def _kind(body: Mapping[str, Any], known: tuple[str, ...]) -> str:
    kind = body.get("kind")
    if kind not in known:
        raise BadRequestError(f"kind is {str(kind)[:20]!r}; expected one of {', '.join(known)}")
    return str(kind)


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        raise BadRequestError("the body is not a JSON object")
    return body


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise BadRequestError(f"{key} is missing; expected a text")
    return value


def _file(path: Path, kind: str, name: str) -> Response:
    if not path.is_file():
        raise InputDataError(f"{path.name} is not there yet. Check the files first.")
    response = send_file(path, mimetype=kind, conditional=False, etag=False, max_age=0)
    response.headers["Cache-Control"] = "no-store"
    if name:
        plain = f"{path.stem}{path.suffix}".encode("ascii", "replace").decode()
        response.headers["Content-Disposition"] = (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        )
    return response
