"""Refuse what is malformed or comes from elsewhere, and tell browsers what our pages may do."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

from dash import Dash
from flask import Flask, Response, has_request_context, request
from werkzeug.exceptions import HTTPException

from dashboard.snapshots import Snapshots, number_of
from dashboard.state import BadRequestError
from geo.errors import LivingCircleError

CALLBACKS: Final = "/_dash-update-component"
SEEN_COOKIE: Final = "circle_seen"
"""Carries the number of the newest release this browser was shown; nothing else."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def policy(hashes: list[str]) -> str:
    """Give the content security policy; only the inline scripts that Dash itself writes may run.

    Styles need 'unsafe-inline': dcc, Leaflet and plotly add style elements.
    """
    script = " ".join(["'self'", *hashes])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {script}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
            "object-src 'none'",
        )
    )


def newest_seen() -> int:
    """Give the number of the newest release the client of this request was shown, 0 when none."""
    if not has_request_context():
        return 0
    text = request.cookies.get(SEEN_COOKIE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def refusal(status: int, reason: str) -> Response:
    """Give a refusal with its reason as JSON."""
    body = json.dumps({"error": reason}, ensure_ascii=False)
    return Response(body, status, mimetype="application/json")


def register(app: Dash, server: Flask, snapshots: Snapshots) -> None:
    """Check requests, give errors their reason, set headers; call after all callbacks exist."""
    content_policy = policy(list(app.csp_hashes()))

    @server.before_request
    def check() -> Response | None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and _is_foreign():
            return refusal(403, "this request comes from another site")
        if request.path == CALLBACKS and request.method == "POST":
            return _check_callback(app)
        return None

    @server.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_policy)
        current = snapshots.current()
        if current is not None and newest_seen() != number_of(current.id):
            response.set_cookie(
                SEEN_COOKIE, str(number_of(current.id)), samesite="Strict", httponly=True
            )
        return response

    @server.errorhandler(BadRequestError)
    def bad_request(error: BadRequestError) -> Response:
        return refusal(400, str(error))

    @server.errorhandler(LivingCircleError)
    def failed(error: LivingCircleError) -> Response:
        server.logger.warning("%s %s: %s", request.method, request.path, error)
        return refusal(503, str(error))

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return refusal(error.code or 500, error.description or error.name)


def _is_foreign() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    # Names only: a proxy may drop the port of Host, and browsers say themselves when it differs.
    origin = request.headers.get("Origin")
    here = urlsplit(f"//{request.host}").hostname
    return origin is not None and urlsplit(origin).hostname != here


def _check_callback(app: Dash) -> Response | None:
    """Refuse a callback body that no page of ours would send; Dash itself would answer 500."""
    if not request.is_json:
        return refusal(415, "expected application/json")
    try:
        body = request.get_json()
    except RecursionError:
        return refusal(400, "the body is nested too deeply")
    reason = _fault(app, body)
    return refusal(400, reason) if reason else None


def _fault(app: Dash, body: object) -> str | None:
    if not isinstance(body, dict):
        return "the body is not an object"
    output = body.get("output")
    if not isinstance(output, str) or output not in app.callback_map:
        return "output names no callback of this application"
    known = app.callback_map[output]
    for key in ("inputs", "state"):
        if not _matches(body.get(key, []), known[key]):
            return f"{key} are not those of the callback"
    if not _fits(body.get("outputs"), output):
        return "outputs are not those of the callback"
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(each, str) for each in changed):
        return "changedPropIds is not a list of texts"
    return None


def _fits(sent: object, output: str) -> bool:
    """Tell whether the outputs that are listed are those the callback's name is made of."""
    if sent is None:
        return True
    names = _names(sent if isinstance(sent, list) else [sent])
    if not names:
        return False
    return output == (f"..{'...'.join(names)}.." if isinstance(sent, list) else names[0])


def _matches(sent: object, known: list[dict[str, Any]]) -> bool:
    if not isinstance(sent, list) or len(sent) != len(known):
        return False
    names = _names(sent)
    return names == [f"{each['id']}.{each['property']}" for each in known]


def _names(sent: list[object]) -> list[str] | None:
    names = []
    for each in sent:
        if not isinstance(each, dict):
            return None
        name, prop = each.get("id"), each.get("property")
        if not isinstance(name, str) or not isinstance(prop, str):
            return None
        names.append(f"{name}.{prop}")
    return names
