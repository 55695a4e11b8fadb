"""Make the web application over a store: Dash, its callbacks, and the addresses beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from dash import Dash
from flask import Flask, has_request_context, request

from dashboard import shell
from dashboard.features.change import callbacks as change
from dashboard.features.coverage import callbacks as coverage
from dashboard.features.quality import callbacks as quality
from dashboard.features.scope import callbacks as scope
from dashboard.features.scope import ids
from dashboard.http import (
    api,
    data,
    downloads,
    gap_files,
    guard,
    health,
    inbox,
    indicator_tables,
    pages,
    permits,
    squeeze,
    standards,
)
from dashboard.http.tasks import register as register_tasks
from dashboard.snapshots import Snapshots
from dashboard.state import Asked, read_language, read_query
from dashboard.words import word
from geo.store.task_edits import latest_edits

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ICON = "favicon.svg"
LARGEST_REQUEST_BYTES = 256 * 1024


class Page(Dash):
    """Dash with a first paint of its own: language and page stand in the HTML that is sent."""

    def interpolate_index(self, *args: str, **parts: str) -> str:
        """Fill the index with the language and page of the request."""
        lang = read_language(request.args.get("lang"))
        icon = ASSETS / ICON
        parts["favicon"] = (
            f'<link rel="icon" href="{self.get_asset_url(ICON)}?m={icon.stat().st_mtime}">'
        )
        head = {
            "{%lang%}": "zh-CN" if lang == "zh" else "en",
            "{%page%}": pages.page_of(request.path) or "other",
            "{%description%}": word(lang, "product"),
        }
        html = super().interpolate_index(*args, **parts)
        for mark, value in head.items():
            html = html.replace(mark, value)
        return html


INDEX = """<!DOCTYPE html>
<html lang="{%lang%}" data-page="{%page%}">
<head>
{%metas%}
<meta name="description" content="{%description%}">
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>"""


def create_app(snapshots: Snapshots, *, prefix: str = "/", listens_on: str | None = None) -> Dash:
    """Make the application over what is published now and later.

    Parameters
    ----------
    snapshots
        The releases it serves.
    prefix
        The path it is published under, stripped by the proxy before requests arrive.
    listens_on
        The address the server listens on; where it is not known, nobody may operate.
    """
    server = Flask("dashboard", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    server.config[permits.LISTENS_ON] = listens_on
    app = Page(
        __name__,
        # The signature of Dash names bool and callables only; a Flask is what its text asks for.
        server=cast("Any", server),
        title=word("zh", "product"),
        update_title="",
        assets_folder=str(ASSETS),
        index_string=INDEX,
        serve_locally=True,
        requests_pathname_prefix=prefix,
        routes_pathname_prefix="/",
        enable_mcp=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )

    def read(query: object) -> Asked | None:
        return read_query(snapshots, query, newest_seen=guard.newest_seen())

    app.layout = lambda: shell.layout(
        snapshots.current(guard.newest_seen()), _language_of_page(), prefix
    )
    scope.register(app, read)
    coverage.register(
        app,
        read,
        coverage.Stores(
            query=ids.QUERY,
            picked=ids.PICKED,
            click=ids.CLICK,
            action=ids.ACTION,
            asked=ids.ASKED,
            place=ids.PLACE,
            grids=ids.GRIDS,
        ),
        edits=lambda: latest_edits(snapshots.store),
    )
    change.register(app, read, snapshots.store)
    quality.register(app, read, ids.QUERY, snapshots.store)
    _register_addresses(server, snapshots, prefix)
    squeeze.register(server)
    guard.register(app, server, snapshots)
    _prewarm(app, server)
    return app


def _register_addresses(server: Flask, snapshots: Snapshots, prefix: str) -> None:
    """Register what is answered beside Dash's own addresses."""
    health.register(server, snapshots)
    data.register(server, snapshots)
    api.register(server, snapshots)
    downloads.register(server, snapshots)
    gap_files.register(server, snapshots)
    indicator_tables.register(server, snapshots)
    register_tasks(server, snapshots)
    standards.register(server, snapshots)
    inbox.register(server, snapshots.store)
    pages.register(
        server,
        prefix,
        lambda: snapshots.current(guard.newest_seen()) is not None,
        lambda: snapshots.degraded,
    )


def _language_of_page() -> str:
    """Give the language of the page that asks for its layout: the address is in the referrer."""
    if not has_request_context():
        return read_language(None)
    _, _, query = (request.referrer or "").partition("?")
    asked: Mapping[str, str] = dict(
        pair.split("=", 1) for pair in query.split("#", 1)[0].split("&") if "=" in pair
    )
    return read_language(asked.get("lang"))


def _prewarm(app: Dash, server: Flask) -> None:
    """Fill Dash's registry of scripts before requests race for it (plotly/dash issue 3971).

    Remove when the fix has been released and the test of a fresh worker passes without it.
    """
    with server.test_request_context("/"):
        app._setup_server()
        app.index()
