"""Know which addresses are pages; everything else, and a store without data, gets a calm page."""

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, render_template_string, request

from dashboard.state import read_language
from dashboard.words import word

PAGES: Final = {
    "/": "overview",
    "/coverage": "coverage",
    "/gaps": "gaps",
    "/standards": "standards",
    "/data": "data",
}
LATER: Final = ("/plan", "/report")
SERVED_BY_DASH: Final = (
    "/_dash-layout",
    "/_dash-dependencies",
    "/_dash-update-component",
    "/_reload-hash",
    "/_favicon.ico",
)
FOLDERS: Final = (
    "/assets/",
    "/_dash-component-suites/",
    "/tiles/",
    "/values/",
    "/download/",
    "/tasks/",
    "/inbox/",
    "/api/v1/",
)
OTHER: Final = ("/healthz", "/readyz")
COMMANDS: Final = (
    "python -m etl demo --out data/demo",
    "python -m etl build data/demo/city.toml --store data/store",
)

_PAGE: Final = """<!DOCTYPE html>
<html lang="{{ lang }}" data-page="{{ kind }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{{ prefix }}assets/style.css"></head>
<body><div class="shell shell-empty">
<main id="main" class="page page-empty" data-page="{{ kind }}" data-ready="1"
 data-lang="{{ code }}">
<h1>{{ title }}</h1><p>{{ text }}</p>{% if details %}<pre>{{ details }}</pre>{% endif %}
<p><a href="{{ prefix }}">{{ link }}</a></p></main>
</div></body></html>"""

_SCRIPTS: Final = (
    "dom.js",
    "operate.js",
    "operate_basics.js",
    "operate_files.js",
    "operate_fields.js",
    "operate_issues.js",
    "operate_compare.js",
    "operate_publish.js",
)
_LOAD: Final = """<!DOCTYPE html>
<html lang="{{ lang }}" data-page="empty">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<link rel="icon" href="data:,">{% for sheet in sheets %}
<link rel="stylesheet" href="{{ prefix }}assets/{{ sheet }}">{% endfor %}</head>
<body><div class="shell shell-empty">
<main id="main" class="page page-load" data-page="empty" data-ready="1" data-lang="{{ code }}">
<h1>{{ title }}</h1>
<div id="operate" class="operate" data-alone data-prefix="{{ prefix }}"></div>
<details><summary>{{ text }}</summary><pre>{{ details }}</pre>
<p><a href="{{ prefix }}">{{ link }}</a></p></details></main>
</div>{% for script in scripts %}
<script src="{{ prefix }}assets/{{ script }}"></script>{% endfor %}</body></html>"""


def page_of(path: str) -> str | None:
    """Give the page at a path, None where there is none."""
    return PAGES.get(path.rstrip("/") or "/")


def register(
    server: Flask, prefix: str, has_data: Callable[[], bool], fault: Callable[[], str | None]
) -> None:
    """Answer before Dash, which would send its index for every path.

    Parameters
    ----------
    has_data
        Tells whether a release is open; without one pages say how to make it.
    fault
        Gives why the published release is not open, None where nothing is published.
    """

    @server.before_request
    def answer() -> Response | None:
        path = request.path
        if page_of(path) is not None:
            if has_data():
                return None
            reason = fault()
            if reason is not None:
                return _calm(prefix, "unreadable", 503, reason)
            return _first_run(prefix)
        is_served = path in SERVED_BY_DASH or path in OTHER or path.startswith(FOLDERS)
        return None if is_served else _missing(prefix)

    @server.errorhandler(404)
    def not_found(_error: Exception) -> Response:
        return _missing(prefix)


def _first_run(prefix: str) -> Response:
    """Give the page of a store without a release: files can be sent in here."""
    lang = read_language(request.args.get("lang"))
    body = render_template_string(
        _LOAD,
        lang="zh-CN" if lang == "zh" else "en",
        code=lang,
        title=word(lang, "empty_title"),
        text=word(lang, "empty_text"),
        details="\n".join(COMMANDS),
        link=word(lang, "load_again"),
        prefix=prefix,
        sheets=("tokens.css", "style.css", "quality.css", "operate.css", "operate_tables.css"),
        scripts=_SCRIPTS,
    )
    return Response(body, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _missing(prefix: str) -> Response:
    return _calm(prefix, "later" if request.path.rstrip("/") in LATER else "missing", 404)


def _calm(prefix: str, kind: str, status: int, details: str = "") -> Response:
    lang = read_language(request.args.get("lang"))
    body = render_template_string(
        _PAGE,
        lang="zh-CN" if lang == "zh" else "en",
        code=lang,
        kind=kind,
        title=word(lang, f"{kind}_title"),
        text=word(lang, f"{kind}_text"),
        details=details,
        link=word(lang, "load_again" if kind in ("empty", "unreadable") else "to_overview"),
        prefix=prefix,
    )
    return Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})
