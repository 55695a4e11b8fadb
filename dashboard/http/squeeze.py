"""Compress texts on their way out; scripts and styles once, answers each time."""

import gzip
from typing import Final

from flask import Flask, Response, request

from dashboard.http.data import Shelf

TEXTS: Final = ("text/", "application/json", "application/javascript")
FIXED: Final = ("/_dash-component-suites/", "/assets/")
VENDOR: Final = "/assets/vendor/"
SMALLEST: Final = 1024
SHELF_BYTES: Final = 32 * 1024 * 1024


def register(server: Flask) -> None:
    """Compress what a browser accepts compressed; let it keep scripts that bear their time."""
    shelf = Shelf(SHELF_BYTES)

    @server.after_request
    def keep(response: Response) -> Response:
        is_ours = response.status_code == 200 and request.path.startswith("/assets/")
        if is_ours and ("m" in request.args or request.path.startswith(VENDOR)):
            response.headers["Cache-Control"] = "private, max-age=604800"
        return response

    @server.after_request
    def squeeze(response: Response) -> Response:
        if not _is_worth_it(response):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < SMALLEST:
            return response
        if request.path.startswith(FIXED):
            key = f"{request.full_path} {response.headers.get('ETag', '')} {len(body)}"
            squeezed = shelf.get(key, lambda: body).gzipped
        else:
            squeezed = gzip.compress(body, 5, mtime=0)
        response.set_data(squeezed)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
        return response


def _is_worth_it(response: Response) -> bool:
    return (
        response.status_code == 200
        and "Content-Encoding" not in response.headers
        and "gzip" in request.accept_encodings
        and (response.mimetype or "").startswith(TEXTS)
    )
