"""Say static text so that the page can say it again in the other language."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.words import word


def text(lang: str, key: str) -> Component:
    """Give a piece of static text that the page rewrites when the language changes."""
    return html.Span(word(lang, key), **attributes({"data-t": key}))


def labelled(lang: str, key: str) -> dict[str, Any]:
    """Give the attributes of something whose name is not visible."""
    return {"data-t-label": key, "aria-label": word(lang, key)}


def attributes(values: dict[str, str]) -> dict[str, Any]:
    """Pass on `data-*` and `aria-*`, which the signatures of Dash's components do not name."""
    return dict(values)
