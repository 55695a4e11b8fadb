"""Send a list of the page of gaps as a file: the rows the page shows, in its order."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from flask import Flask, Response, request

from dashboard.http import api, guard
from dashboard.http.sheets import FORMATS, sent
from dashboard.snapshots import Snapshots
from dashboard.state import LANGUAGES, LONGEST_ID, BadRequestError, read_language
from dashboard.words import word
from geo.causes import FAR_CAUSES, SHORT_CAUSES
from geo.store.asking import Question
from geo.store.completeness import dependence, paper
from geo.store.guarding import harmless
from geo.store.opened import OpenRelease
from geo.store.underserved_lists import lists
from geo.store.values import names

PARAMETERS: Final = frozenset(
    {"a", "c", "m", "t", "b", "v", "n", "h", "d", "lang", "list", "f", "o", "q"}
)
_CAUSES: Final = {"far": FAR_CAUSES, "short": SHORT_CAUSES}
_FARTHEST: Final = float("inf")
_START: Final = ("id", "name", "street", "whole")
_END: Final = ("cause", "advice", "grade")
_HEADS: Final = {
    "far": (*_START, "part", "gap", "share", "walk_m", "line_m", "minutes", "lack", *_END),
    "short": (*_START, "access", "wanted", "floor_m2", "floor_m2_min", *_END),
    "foot": ("id", "name", "whole", "on_paper", "on_foot", "lost"),
    "sole": ("facility", "facility_name", "street", "sole", "served", "ratio"),
}
_TITLES: Final = {
    "far": "gaps_tab_far",
    "short": "gaps_tab_short",
    "foot": "paper_tab",
    "sole": "sole_tab",
}

Row = dict[str, Any]


def _less(row: Row, wanted: str, has: str) -> float:
    return -_FARTHEST if row[has] is None else row[wanted] - row[has]


_ORDERS: Final[dict[str, dict[str, Callable[[Row], float]]]] = {
    "far": {
        "gap": lambda row: row["gap"],
        "elderly": lambda row: row["elderly"] or 0,
        "children": lambda row: row["children"] or 0,
        "over": lambda row: _FARTHEST if row["dm"] is None else row["dm"],
        "lack": lambda row: len(row["missing"]),
    },
    "short": {
        "whole": lambda row: row["whole"],
        "ratio": lambda row: _less(row, "wanted", "access"),
        "floor": lambda row: _less(row, "floor_min_dm2", "floor_dm2"),
    },
}


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register `/download/underserved.csv` and `.xlsx`."""

    @server.get("/download/underserved.<kind>")
    def underserved_file(kind: str) -> Response:
        if kind not in FORMATS:
            return guard.refusal(404, f"there is no {kind[:10]!r}; expected csv or xlsx")
        release, question, minute = api.asked(snapshots, PARAMETERS)
        words = request.args
        lang = _one_of(words, "lang", LANGUAGES)
        which = _one_of(words, "list", tuple(_HEADS))
        spoken = read_language(lang)
        heads = [word(spoken, f"gaps_file_{name}") for name in _HEADS[which]]
        if which in _CAUSES:
            found = lists(release, question, minute)
            rows = shown(found, which, words)
            cells = [_cells(found, which, row, question, spoken) for row in rows]
        else:
            made = _paper_cells if which == "foot" else _sole_cells
            cells = made(release, question)
        title = word(
            *(spoken, "gaps_file"),
            list=word(spoken, _TITLES[which]),
            area=question.area.name,
        )
        name = f"{title}_{_category(question, spoken)}_{release.facts.as_of.replace('-', '')}"
        return sent(kind, name, word(spoken, _TITLES[which]), [heads, *cells])


def shown(found: Row, which: str, words: Mapping[str, str]) -> list[Row]:
    """Give the rows of a list that filter and search leave, in the order asked for.

    Parameters
    ----------
    found
        As `geo.store.underserved_lists.lists` gives it.
    which
        `far` or `short`.
    words
        `f` a cause of the list, `q` a part of a name or an id, `o` an order; each may be left out.

    Raises
    ------
    BadRequestError
        There is no such cause or order, or the search is too long.
    """
    cause = _one_of(words, "f", ("", *_CAUSES[which]))
    order = _one_of(words, "o", ("", *_ORDERS[which])) or next(iter(_ORDERS[which]))
    search = words.get("q", "").strip().lower()
    if len(search) > LONGEST_ID:
        raise BadRequestError(f"q has {len(search)} characters; expected at most {LONGEST_ID}")
    rows = [
        row
        for row in _rows(found, which)
        if cause in ("", row["cause"])
        and any(search in row[name].lower() for name in ("place", "street", "id"))
    ]
    key = _ORDERS[which][order]
    return sorted(rows, key=lambda row: (-key(row), row["i"]))


def _one_of(words: Mapping[str, str], key: str, known: tuple[str, ...]) -> str:
    text = words.get(key) or known[0]
    if text not in known:
        listed = ", ".join(one for one in known if one)
        raise BadRequestError(f"{key} is {text[:40]!r}; expected one of {listed}")
    return text


def _rows(found: Row, which: str) -> list[Row]:
    """Turn the columns of a list into rows with names in place of numbers."""
    columns = found[which]
    rows = []
    for k in range(len(columns["i"])):
        row = {
            name: values[k] if isinstance(values, list) else values
            for name, values in columns.items()
        }
        community = found["areas"].get(row["community"], "")
        name = row["name"] or row["id"]
        row["place"] = name if name.startswith(community) else f"{community} {name}"
        row["street"] = found["areas"].get(row["street"], "")
        row["cause"] = found["causes"][which][row["cause"]]
        rows.append(row)
    return rows


def _cells(found: Row, which: str, row: Row, question: Question, lang: str) -> list[object]:
    """Give the cells under `_HEADS`: persons or square metres, metres, minutes, not rounded."""
    parts = 100 if question.basis == "area" else 1000
    start = [harmless(row[name]) for name in ("id", "place", "street")]
    end = [
        word(lang, f"cause_{row['cause']}"),
        word(lang, f"advice_{row['cause']}"),
        row["reliability"],
    ]
    whole = _scaled(row["whole"], parts)
    if which == "short":
        supply = [_scaled(row[name], 1 / 1000) for name in ("access", "wanted")]
        is_area = row["cause"] == SHORT_CAUSES[1]
        floors = [row["floor_dm2"], row["floor_min_dm2"] if is_area else None]
        return [*start, whole, *supply, *(_scaled(one, 100) for one in floors), *end]
    speed = question.speed.metres_per_minute
    minutes = None if row["dm"] is None else float(Fraction(row["dm"], 10) / speed)
    lack = [found["categories"][idx]["zh" if lang == "zh" else "en"] for idx in row["missing"]]
    return [
        *(*start, whole, _scaled(row["part"], parts), _scaled(row["gap"], parts)),
        row["part"] / row["whole"],
        None if question.mode == "line" else _scaled(row["dm"], 10),
        _scaled(row["line_dm"], 10),
        minutes,
        harmless(word(lang, "q_and").join(lack)),
        *end,
    ]


def _paper_cells(release: OpenRelease, question: Question) -> list[list[object]]:
    """Give the grids that a circle covers and a walk does not, most people first."""
    rows = paper(release, question)["rows"]
    if rows is None:
        return []
    parts = 100 if question.basis == "area" else 1000
    known = names(release, "grid")
    return [
        [
            harmless(known["ids"][grid]),
            harmless(known["names"][grid]),
            *(_scaled(one, parts) for one in (whole, line, walk, line - walk)),
        ]
        for grid, whole, line, walk in zip(
            *(rows[name] for name in ("i", "whole", "line", "walk")), strict=True
        )
    ]


def _sole_cells(release: OpenRelease, question: Question) -> list[list[object]]:
    """Give the facilities, those on whom most people depend alone first."""
    return [
        [
            *(harmless(row[name]) for name in ("id", "name", "street")),
            *(_scaled(row[name], 1000) for name in ("sole_milli", "served_milli")),
            _scaled(row["ratio"], 1 / 1000),
        ]
        for row in dependence(release, question)
    ]


def _scaled(value: float | None, parts: float) -> float | None:
    """Give a stored whole number in its unit, whole where it is; None stays None."""
    if value is None:
        return None
    scaled = value / parts
    return int(scaled) if scaled.is_integer() else scaled


def _category(question: Question, lang: str) -> str:
    category = question.category
    return "" if category is None else category.zh if lang == "zh" else category.en
