"""Know which addresses are pages; everything else is a 404 with a calm page."""

from typing import Final

from flask import Flask, Response, render_template_string, request

from dashboard.state import read_language
from dashboard.words import word

PAGES: Final = {"/": "overview", "/coverage": "coverage", "/data": "data"}
LATER: Final = ("/gaps", "/plan", "/standards", "/report")
SERVED_BY_DASH: Final = (
    "/_dash-layout",
    "/_dash-dependencies",
    "/_dash-update-component",
    "/_reload-hash",
    "/_favicon.ico",
)
FOLDERS: Final = ("/assets/", "/_dash-component-suites/", "/tiles/", "/values/", "/api/v1/")
OTHER: Final = ("/healthz", "/readyz")

_PAGE: Final = """<!DOCTYPE html>
<html lang="{{ lang }}" data-page="missing">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title><link rel="stylesheet" href="{{ prefix }}assets/style.css"></head>
<body><div class="shell shell-empty">
<main id="main" class="page page-empty" data-page="missing" data-ready="1"
 data-lang="{{ code }}">
<h1>{{ title }}</h1><p>{{ text }}</p><p><a href="{{ prefix }}">{{ link }}</a></p></main>
</div></body></html>"""


def page_of(path: str) -> str | None:
    """Give the page at a path, None where there is none."""
    return PAGES.get(path.rstrip("/") or "/")


def register(server: Flask, prefix: str) -> None:
    """Answer unknown paths before Dash, which would send its index for every one of them."""

    @server.before_request
    def refuse() -> tuple[str, int] | None:
        path = request.path
        is_known = (
            page_of(path) is not None
            or path in SERVED_BY_DASH
            or path in OTHER
            or path.startswith(FOLDERS)
        )
        return None if is_known else (missing(prefix, path), 404)

    @server.errorhandler(404)
    def not_found(_error: Exception) -> Response:
        if request.path.startswith(("/api/", "/tiles/", "/values/")):
            return Response('{"error": "not found"}', 404, mimetype="application/json")
        return Response(missing(prefix, request.path), 404, mimetype="text/html")


def missing(prefix: str, path: str) -> str:
    """Give the page of an address that has none."""
    lang = read_language(request.args.get("lang"))
    kind = "later" if path.rstrip("/") in LATER else "missing"
    return render_template_string(
        _PAGE,
        lang="zh-CN" if lang == "zh" else "en",
        code=lang,
        title=word(lang, f"{kind}_title"),
        text=word(lang, f"{kind}_text"),
        link=word(lang, "to_overview"),
        prefix=prefix,
    )
