"""Put the features together into the one layout that serves every page."""

from dash import html
from dash.development.base_component import Component

from dashboard.features.change import layout as change
from dashboard.features.coverage import layout as coverage
from dashboard.features.overview import layout as overview
from dashboard.features.quality import layout as quality
from dashboard.features.scope import ids
from dashboard.features.scope import layout as scope
from dashboard.features.work import layout as work
from dashboard.said import attributes, text
from geo.store.opened import OpenRelease


def layout(release: OpenRelease | None, lang: str, prefix: str) -> Component:
    """Give the layout of every page; nothing without a release, when no page is served by Dash."""
    if release is None:
        return html.Div()
    west, south, east, north = release.facts.bounds
    centre = ((west + east) / 2, (south + north) / 2)
    frame = html.Div(
        [
            scope.topbar(lang),
            scope.rail(lang, prefix),
            scope.scope(lang),
            html.Main(
                [
                    *overview.head(),
                    *work.layout(lang),
                    coverage.layers(lang),
                    overview.map_card(lang, centre),
                    *overview.cards(lang),
                    coverage.detail(lang),
                    coverage.drawer(lang),
                    quality.layout(prefix),
                ],
                id="main",
                className="page",
                **attributes({"data-release": release.id}),
            ),
        ],
        className="shell",
    )
    notices = html.Div(id=ids.NOTICES, className="notices", role="status")
    # What takes no place on the page stays out of the shell: its children are cells of a grid.
    return html.Div([*scope.stores(), *change.stores(), _skip_links(lang), frame, notices])


def _skip_links(lang: str) -> Component:
    targets = (("skip_answer", "sentence"), ("skip_map", "map"), ("skip_list", "ranking"))
    return html.Div(
        [html.A(text(lang, key), href=f"#{target}", className="skip") for key, target in targets],
        className="skip-links",
    )
