"""Lay out the header, the rail, the scope bar and the stores."""

from collections.abc import Mapping
from typing import Any, cast

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.features.scope import ids
from dashboard.said import attributes, labelled, text
from dashboard.words import WORDS, word
from geo.openings import ANY, OPENINGS

SLIDER_MINUTES = (5, 30)
BOX_MINUTES = (1, 60)
MARKS = (5, 10, 15, 20, 30)


def stores() -> list[Component]:
    """Give what the callbacks pass to each other, all of it in memory and for this page only."""
    empty = (
        ids.STATE,
        ids.QUERY,
        ids.PICKED,
        ids.CLICK,
        ids.ACTION,
        ids.ASKED,
        ids.VIEW,
        ids.PLACE,
        ids.GRIDS,
        ids.DRAWN,
        ids.OFFERED,
    )
    return [
        dcc.Location(id=ids.URL, refresh=False),
        *(dcc.Store(id=name) for name in empty),
        dcc.Store(id=ids.WORDS, data=WORDS),
    ]


def topbar(lang: str) -> Component:
    """Give the header: product, sample badge, data month, language, print."""
    return html.Header(
        [
            html.Span(text(lang, "product"), className="product"),
            html.Span(text(lang, "synthetic"), id=ids.SYNTHETIC, className="badge", hidden=True),
            html.Div(id=ids.HEADER_DATA, className="header-data"),
            html.Div(
                dcc.RadioItems(
                    id=ids.LANG,
                    options=[{"label": "中", "value": "zh"}, {"label": "EN", "value": "en"}],
                    value=lang,
                    className="segmented",
                ),
                role="group",
                **labelled(lang, "language"),
            ),
            html.Button(text(lang, "print"), id=ids.PRINT, type="button", className="plain"),
        ],
        className="topbar",
    )


def rail(lang: str, prefix: str) -> Component:
    """Give the links to the pages that exist."""
    pages = (
        *(("overview", ""), ("coverage", "coverage"), ("gaps", "gaps")),
        *(("standards", "standards"), ("data", "data")),
    )
    return html.Nav(
        [
            html.A(
                [html.Span(className=f"icon icon-{page}"), text(lang, f"nav_{page}")],
                href=prefix + path,
                className="rail-link",
                **attributes({"data-page": page}),
            )
            for page, path in pages
        ],
        className="rail",
        **labelled(lang, "nav"),
    )


def scope(lang: str) -> Component:
    """Give the bar that reads as a sentence: see this area, this category, in so many minutes."""
    return html.Div(
        [
            html.Span(text(lang, "scope_see"), className="scope-word"),
            _named(lang, "scope_area", _dropdown(lang, ids.AREA)),
            _named(lang, "scope_category", _dropdown(lang, ids.CATEGORY)),
            html.Span(text(lang, "scope_in"), className="scope-word"),
            _named(lang, "scope_minutes", _slider(), _box()),
            html.Span(text(lang, "minutes"), className="scope-word"),
            _named(lang, "scope_mode", _segmented(ids.MODE, mode_options(lang, ("walk", "line")))),
            html.Span(text(lang, "scope_covered"), className="scope-word"),
            _named(
                lang,
                "scope_basis",
                _segmented(ids.BASIS, basis_options(lang, ("people", "households", "area"))),
            ),
            _named(lang, "scope_opening", _segmented(ids.OPENING, opening_options(lang))),
            html.Div(
                [
                    _named(lang, "scope_speed", _dropdown(lang, ids.SPEED)),
                    html.Button(
                        "ⓘ",
                        id=ids.ABOUT,
                        type="button",
                        className="info",
                        **{**labelled(lang, "about"), "aria-expanded": "false"},
                    ),
                    html.Div(
                        text(lang, "about_text"),
                        id=ids.ABOUT_TEXT,
                        className="popover",
                        hidden=True,
                    ),
                ],
                className="scope-end",
            ),
        ],
        className="scope",
        role="group",
        **labelled(lang, "scope"),
    )


def mode_options(lang: str, known: tuple[str, ...] | list[str]) -> list[dict[str, object]]:
    """Give the ways of going; one that the release cannot answer is shown and disabled."""
    return _options(lang, "mode", ("walk", "line"), known)


def basis_options(lang: str, known: tuple[str, ...] | list[str]) -> list[dict[str, object]]:
    """Give what can be counted; what nobody knows in this city is shown and disabled."""
    return _options(lang, "basis", ("people", "households", "area"), known)


def opening_options(
    lang: str, hours: Mapping[str, str] | None = None, *, is_all: bool = False
) -> list[dict[str, object]]:
    """Give the hours to choose from; those of which nothing is known are disabled and say why.

    Parameters
    ----------
    hours
        What each known opening asks for, as `19:00-21:00`.
    is_all
        Whether all services together are chosen, which have no hours.
    """
    known = hours or {}
    reason = word(lang, "opening_not_all" if is_all else "opening_none")
    return [
        {"label": text(lang, f"opening_{ANY}"), "value": ANY},
        *(
            {
                "label": text(lang, f"opening_{name}"),
                "value": name,
                "disabled": name not in known,
                "title": word(lang, f"opening_why_{name}", hours=known[name])
                if name in known
                else reason,
            }
            for name in OPENINGS
        ),
    ]


def _options(
    lang: str, kind: str, values: tuple[str, ...], known: tuple[str, ...] | list[str]
) -> list[dict[str, object]]:
    return [
        {"label": text(lang, f"{kind}_{value}"), "value": value, "disabled": value not in known}
        for value in values
    ]


def _named(lang: str, key: str, *controls: Component) -> Component:
    return html.Div(
        list(controls),
        className=f"control control-{key.removeprefix('scope_')}",
        role="group",
        **labelled(lang, key),
    )


def dropdown_words(lang: str) -> dict[str, str]:
    """Give the words inside a dropdown."""
    keys = ("search", "clear_search", "no_options_found")
    return {key: word(lang, f"dropdown_{key}") for key in keys}


def _dropdown(lang: str, name: str) -> Component:
    return dcc.Dropdown(
        id=name,
        options=[],
        clearable=False,
        className="dropdown",
        labels=cast("Any", dropdown_words(lang)),
    )


def _segmented(name: str, options: list[dict[str, object]]) -> Component:
    return dcc.RadioItems(id=name, options=options, className="segmented")


def _slider() -> Component:
    low, high = SLIDER_MINUTES
    return dcc.Slider(
        id=ids.MINUTES,
        min=low,
        max=high,
        step=1,
        value=15,
        marks={minute: str(minute) for minute in MARKS},
        updatemode="drag",
        allow_direct_input=False,
    )


def _box() -> Component:
    low, high = BOX_MINUTES
    return dcc.Input(
        id=ids.MINUTES_BOX,
        type="number",
        min=low,
        max=high,
        step=1,
        value=15,
        debounce=0.3,
        className="minutes-box",
    )
