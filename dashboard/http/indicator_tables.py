"""Answer the page of indicators: a table of units by indicators, and the same as a file."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, request

from dashboard.http import guard
from dashboard.http.sheets import FORMATS, sent
from dashboard.snapshots import Snapshots
from dashboard.state import LANGUAGES, LONGEST_ID, BadRequestError, read_language
from dashboard.words import word, word_or
from geo.errors import StoreError
from geo.store import values
from geo.store.guarding import harmless
from geo.store.indicator_table import OUTCOMES, Asked, table
from geo.store.indicators import indicators
from geo.store.opened import OpenRelease
from geo.store.units import kinds

PARAMETERS: Final = frozenset({"i", "by", "u", "a", "o", "f", "q", "limit", "offset"})
MOST_COLUMNS: Final = 24
MOST_ROWS: Final = 500
_HEADS: Final = (
    *("unit", "id", "parent", "indicator", "period", "value", "measure", "target"),
    *("outcome", "change", "before"),
)


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register `/download/indicators.csv` and `.xlsx`: the rows of the page, all of them."""

    @server.get("/download/indicators.<kind>")
    def file(kind: str) -> Response:
        if kind not in FORMATS:
            return guard.refusal(404, f"there is no {kind[:10]!r}; expected csv or xlsx")
        words = request.args
        lang = words.get("lang")
        if lang not in (None, "", *LANGUAGES):
            raise BadRequestError(f"lang is {lang[:20]!r}; expected one of {', '.join(LANGUAGES)}")
        release = snapshots.for_month(words.get("d"), guard.newest_seen())
        if release is None:
            raise StoreError(snapshots.degraded or "nothing is published. Run: python -m etl build")
        asked = read(release, {key: words[key] for key in words if key not in ("d", "lang")})
        spoken = read_language(lang)
        rows = [heads(spoken), *cells(release, asked, spoken)]
        title = word(spoken, "std_file", area=release.facts.area_by_code[asked.area].name)
        name = f"{title}_{release.facts.as_of.replace('-', '')}"
        return sent(kind, name, word(spoken, "std_tab_ind"), rows)


def read(release: OpenRelease, words: Mapping[str, str]) -> Asked:
    """Read what a table is to show.

    Raises
    ------
    BadRequestError
        A parameter is not known, or names an indicator, a unit, an area, an order or an outcome
        that is not there.
    """
    _expect(sorted(set(words) - PARAMETERS), "parameter", sorted(PARAMETERS))
    with release.cursor() as con:
        known = [one["id"] for one in indicators(con)]
    columns = tuple(dict.fromkeys(one for one in words.get("i", "").split(",") if one))
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise BadRequestError(f"i names {len(columns)} indicators; expected 1 to {MOST_COLUMNS}")
    _expect([one for one in columns if one not in known], "indicator", known)
    by = words.get("by") or columns[0]
    _expect([by] if by not in columns else [], "indicator of this table", columns)
    unit = words.get("u") or "grid"
    units = [one for one in values.UNITS if one == "grid" or release.facts.level(one)]
    units += kinds(release)
    _expect([unit] if unit not in units else [], "unit", units)
    area = words.get("a") or release.facts.areas[0].code
    if area not in release.facts.area_by_code:
        raise BadRequestError(f"there is no area {area[:40]!r} in this release")
    order, outcome, name = (words.get(key, "") for key in ("o", "f", "q"))
    orders = ("name", *columns)
    _expect([order] if order.removeprefix("-") not in ("", *orders) else [], "order", orders)
    _expect([outcome] if outcome not in ("", *OUTCOMES) else [], "outcome", OUTCOMES)
    if len(name) > LONGEST_ID:
        raise BadRequestError(f"q has {len(name)} characters; expected at most {LONGEST_ID}")
    return Asked(unit, area, columns, by, order, outcome, name)


def read_page(words: Mapping[str, str]) -> tuple[int, int]:
    """Give limit and offset.

    Raises
    ------
    BadRequestError
        One is no whole number in its range.
    """
    found = []
    for name, default, highest in (("limit", 50, MOST_ROWS), ("offset", 0, 10**9)):
        text = words.get(name) or str(default)
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= highest):
            raise BadRequestError(f"{name} is {text[:20]!r}; expected 0 to {highest}")
        found.append(int(text))
    return found[0], found[1]


def heads(lang: str) -> list[object]:
    """Give the titles of the columns of `cells`."""
    return [word(lang, f"std_file_{name}") for name in _HEADS]


def cells(release: OpenRelease, asked: Asked, lang: str) -> list[list[object]]:
    """Give a row for every unit and indicator of a table, in its order.

    Values and changes are plain numbers, shares fractions 0..1, not rounded; what is not known or
    withheld is None and the outcome says which.
    """
    found = table(release, asked, limit=10**9, offset=0)
    return [
        [
            harmless(row["name"]),
            harmless(row["id"]),
            harmless(row["parent"]),
            one["zh"] if lang == "zh" else one["en"],
            one["period"],
            cell["value"],
            word(lang, "std_file_share") if one["is_share"] else one["unit"],
            one["target"],
            word_or(lang, f"std_is_{cell['outcome']}", cell["outcome"]),
            cell["change"],
            one["before"],
        ]
        for row in found["rows"]
        for one, cell in zip(found["columns"], row["cells"], strict=True)
    ]


def _expect(unknown: list[str], what: str, known: Any) -> None:  # noqa: ANN401 - any list of names
    if unknown:
        listed = ", ".join(known) or "none: there is none"
        raise BadRequestError(f"{unknown[0][:40]!r} is no {what}; expected one of {listed}")
