"""Answer the page of standards about rules: the matrix, one cell, the map, and files of both."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Flask, Response, request

from dashboard.http import guard
from dashboard.http.sheets import FORMATS, sent
from dashboard.snapshots import Snapshots
from dashboard.state import LANGUAGES, LONGEST_ID, BadRequestError, read_language
from dashboard.words import word, word_or
from geo.errors import StoreError
from geo.store.guarding import harmless
from geo.store.opened import OpenRelease
from geo.store.standards import verdict_rows
from geo.store.standards_cell import cell, remedies
from geo.store.standards_sheet import STATES, applied_packs, columns, levels_of
from geo.store.standards_table import Asked, layer, matrix

NAMES: Final = ("standards", "verdict", "verdicts", "remedies")
PARAMETERS: Final = frozenset({"p", "a", "u", "by", "f", "q", "o", "limit", "offset"})
ORDERS: Final = ("name", "gap")
MOST_PACKS: Final = 2
MOST_ROWS: Final = 500
_LONG: Final = (
    *("community", "pack", "rule", "unit_kind", "unit_id", "unit_name", "verdict", "value"),
    *("threshold", "gap", "unit", "clause", "formula", "reason", "missing", "severity"),
    *("confidence", "numerator", "unknown", "exempt", "denominator"),
)
_NUMBERS: Final = ("value", "threshold", "gap", "numerator", "unknown", "exempt", "denominator")


def answer(
    release: OpenRelease, name: str, words: Mapping[str, str]
) -> tuple[str, Callable[[], Any]]:
    """Give the rest of the address of an answer, and what makes it.

    Parameters
    ----------
    name
        One of `NAMES`: `standards` takes `PARAMETERS`; `verdict` a pack `p`, level `u`, rule `r`
        and place `s`; `verdicts` and `remedies` a pack, level and column `r`, and an area `a`.

    Raises
    ------
    BadRequestError
        A parameter is not known, or names what is not there.
    """
    if not applied_packs(release):
        return "none", lambda: {"packs": [], "columns": [], "rows": []}
    if name == "standards":
        asked, (limit, offset) = read(release, words), _page(words)
        return f"{asked}/{limit}/{offset}", lambda: matrix(
            release, asked, limit=limit, offset=offset
        )
    _expect(sorted(set(words) - {"p", "u", "r", "s", "a"}), "parameter", ["p", "u", "r", "s", "a"])
    (pack,) = _packs(release, words.get("p", ""), most=1)
    level = _level(release, (pack,), words.get("u", ""))
    rule, area = words.get("r", ""), _area(release, words)
    if name == "verdict":
        return _cell(release, level, pack, rule, words.get("s", ""))
    keys = [one.key for one in columns(release, pack, level)]
    _expect([rule] if rule not in keys else [], "column of this pack", keys)
    address = f"{level}/{pack}/{rule}/{area}"
    if name == "verdicts":
        return address, lambda: layer(release, level, pack, rule, area)
    return address, lambda: remedies(release, level, area, pack, rule)


def _cell(
    release: OpenRelease, level: str, pack: str, rule: str, place: str
) -> tuple[str, Callable[[], Any]]:
    known = [one["rule"] for column in columns(release, pack, level) for one in column.rules]
    _expect([rule] if rule not in known else [], "rule of this pack", known)
    found = cell(release, level, pack, rule, place[:LONGEST_ID])
    if found is None:
        raise BadRequestError(f"there is no {level} {place[:40]!r} in this release")
    return f"{level}/{pack}/{rule}/{place}", lambda: found


def read(release: OpenRelease, words: Mapping[str, str]) -> Asked:
    """Read what a matrix is to show; packs, level and area are the first ones where left out.

    A level or a column that these packs have not gives way to their first: another pack was chosen.

    Raises
    ------
    BadRequestError
        A parameter is not known, or names what is not there.
    """
    _expect(sorted(set(words) - PARAMETERS), "parameter", sorted(PARAMETERS))
    chosen = _packs(release, words.get("p", ""), most=MOST_PACKS)
    levels = [one for pack in chosen for one in levels_of(release, pack)]
    level = words["u"] if words.get("u") in levels else levels[0]
    state, order, name = words.get("f", ""), words.get("o", ""), words.get("q", "")
    _expect([state] if state not in ("", *STATES) else [], "state", STATES)
    _expect([order] if order not in ("", *ORDERS) else [], "order", ORDERS)
    if len(name) > LONGEST_ID:
        raise BadRequestError(f"q has {len(name)} characters; expected at most {LONGEST_ID}")
    return Asked(chosen, level, _area(release, words), words.get("by", ""), state, name, order)


def _packs(release: OpenRelease, text: str, *, most: int) -> tuple[str, ...]:
    known = [one["pack"] for one in applied_packs(release)]
    chosen = tuple(dict.fromkeys(one for one in text.split(",") if one)) or tuple(known[:1])
    if not 1 <= len(chosen) <= most:
        raise BadRequestError(f"p names {len(chosen)} packs; expected 1 to {most}")
    _expect([one for one in chosen if one not in known], "pack that applies here", known)
    return chosen


def _level(release: OpenRelease, chosen: tuple[str, ...], text: str) -> str:
    known = [level for pack in chosen for level in levels_of(release, pack)]
    level = text or known[0]
    _expect([level] if level not in known else [], "level of these packs", known)
    return level


def _area(release: OpenRelease, words: Mapping[str, str]) -> str:
    area = words.get("a") or release.facts.areas[0].code
    if area not in release.facts.area_by_code:
        raise BadRequestError(f"there is no area {area[:40]!r} in this release")
    return area


def _page(words: Mapping[str, str]) -> tuple[int, int]:
    found = []
    for name, default, highest in (("limit", 50, MOST_ROWS), ("offset", 0, 10**9)):
        text = words.get(name) or str(default)
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= highest):
            raise BadRequestError(f"{name} is {text[:20]!r}; expected 0 to {highest}")
        found.append(int(text))
    return found[0], found[1]


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register `/download/standards.csv|xlsx`, the matrix, and `/download/verdicts.csv|xlsx`."""

    @server.get("/download/standards.<kind>")
    def matrix_file(kind: str) -> Response:
        return _file(snapshots, kind, "rules_file_matrix", matrix_rows)

    @server.get("/download/verdicts.<kind>")
    def verdicts_file(kind: str) -> Response:
        return _file(snapshots, kind, "rules_file_long", verdict_lines)


def _file(
    snapshots: Snapshots,
    kind: str,
    title: str,
    rows: Callable[[OpenRelease, Asked, str], list[list[object]]],
) -> Response:
    if kind not in FORMATS:
        return guard.refusal(404, f"there is no {kind[:10]!r}; expected csv or xlsx")
    words = request.args
    lang = words.get("lang")
    if lang not in (None, "", *LANGUAGES):
        raise BadRequestError(f"lang is {lang[:20]!r}; expected one of {', '.join(LANGUAGES)}")
    release = snapshots.for_month(words.get("d"), guard.newest_seen())
    if release is None:
        raise StoreError(snapshots.degraded or "nothing is published. Run: python -m etl build")
    if not applied_packs(release):
        raise BadRequestError("no pack of rules applies to this city; name one in [city] standards")
    asked = read(release, {key: words[key] for key in words if key not in ("d", "lang")})
    spoken = read_language(lang)
    named = word(spoken, title, area=release.facts.area_by_code[asked.area].name)
    name = f"{named}_{'_'.join(asked.packs)}_{release.facts.as_of.replace('-', '')}"
    return sent(kind, name, word(spoken, "rules_tab"), rows(release, asked, spoken))


def matrix_rows(release: OpenRelease, asked: Asked, lang: str) -> list[list[object]]:
    """Give the matrix as rows of a file: of each column the verdict in words, value and gap."""
    found = matrix(release, asked, limit=10**9, offset=0)
    heads: list[object] = [word(lang, f"std_file_{name}") for name in ("unit", "id", "parent")]
    for one in found["columns"]:
        name = f"{one['pack']}:{one['key']}"
        parts = ("rules_file_verdict", "rules_file_value", "rules_file_threshold", "rules_file_gap")
        heads += [f"{name} {word(lang, part)}" for part in parts]
    rows = [heads]
    for row in found["rows"]:
        line: list[object] = [harmless(row[name]) for name in ("name", "id", "parent")]
        for one in row["cells"]:
            state = "none" if one is None else one["state"]
            numbers = [None if one is None else one[name] for name in ("value", "threshold", "gap")]
            line += [word(lang, f"rules_is_{state}"), *numbers]
        rows.append(line)
    return rows


def verdict_lines(release: OpenRelease, asked: Asked, lang: str) -> list[list[object]]:
    """Give every verdict of the packs in the area, whatever its level, with what it rests on."""
    rows: list[list[object]] = [[word(lang, f"rules_file_{name}") for name in _LONG]]
    for pack in asked.packs:
        with release.cursor() as con:
            found = verdict_rows(con, pack=pack, area=asked.area)
        lists = {name: found[name].tolist() for name in _LONG}
        for at in range(len(lists["rule"])):
            line = {name: lists[name][at] for name in _LONG}
            line["verdict"] = word(lang, f"rules_is_{line['verdict']}")
            line["reason"] = word_or(lang, f"rules_why_{line['reason']}", line["reason"] or "")
            rows.append([_sheet_cell(name, line[name]) for name in _LONG])
    return rows


def _sheet_cell(name: str, value: object) -> object:
    return value if name in _NUMBERS or value is None else harmless(str(value))


def _expect(unknown: list[str], what: str, known: Any) -> None:  # noqa: ANN401 - any list of names
    if unknown:
        listed = ", ".join(known) or "none: there is none"
        raise BadRequestError(f"{unknown[0][:40]!r} is no {what}; expected one of {listed}")
