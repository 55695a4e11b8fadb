"""Send what a table shows as a file that a spreadsheet opens, complete and by the same numbers."""

import csv
import io
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, request

from dashboard.http import api
from dashboard.snapshots import Snapshots
from dashboard.state import LANGUAGES, BadRequestError, read_language
from dashboard.words import word
from geo.store.asking import Question, default_basis
from geo.store.guarding import cell, harmless
from geo.store.opened import OpenRelease
from geo.store.places import grid_rows
from geo.walk import CLASSES

PARAMETERS: Final = frozenset({"a", "c", "m", "t", "b", "v", "n", "h", "d", "lang"})
TEXT: Final = ("id", "name", "community", "street", "district")
_BOM: Final = "\ufeff"
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f]+')
_PARTS: Final = {"area": 100}
"""Square decimetres in a square metre; everything else is thousandths."""


def register(server: Flask, snapshots: Snapshots) -> None:
    """Register the addresses under `/download`."""

    @server.get("/download/grids.csv")
    def grids_file() -> Response:
        release, question, minute = api.asked(snapshots, PARAMETERS)
        lang = request.args.get("lang")
        if lang not in (None, "", *LANGUAGES):
            raise BadRequestError(f"lang is {lang[:20]!r}; expected one of {', '.join(LANGUAGES)}")
        if question.category is None:
            raise BadRequestError("this release has no facility category; expected one to count")
        spoken = read_language(lang)
        body = _BOM + csv_text(
            [headers(question, spoken), *grid_cells(release, question, minute, spoken)]
        )
        response = Response(body, mimetype="text/csv", headers={"Cache-Control": "no-store"})
        name = quote(file_name(release, question, minute, spoken), safe="")
        response.headers["Content-Disposition"] = (
            f"attachment; filename=\"grids.csv\"; filename*=UTF-8''{name}"
        )
        return response


def csv_text(rows: list[list[object]]) -> str:
    """Give rows as CSV; None is empty, numbers are plain."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def headers(question: Question, lang: str) -> list[object]:
    """Give the titles of the columns of `grid_cells`, units named where they are not obvious."""
    basis = question.basis
    counted = word(lang, f"csv_basis_{basis}")
    unit = word(lang, "csv_m2") if basis == "area" else ""
    return [
        *(word(lang, f"csv_{name}") for name in TEXT),
        word(lang, "column_class"),
        counted + unit,
        word(lang, "csv_covered", basis=counted) + unit + _opening(question, lang),
        word(lang, f"gap_{basis}") + unit,
        *(word(lang, key) for key in ("share_word", "csv_nearest_m", "column_nearest")),
        word(lang, "column_reliability"),
    ]


def _opening(question: Question, lang: str) -> str:
    """Say of which hours a number is, and whether it is a lower bound."""
    opened = question.opened
    if opened is None:
        return ""
    said = word(lang, f"csv_{question.opening}")
    unknown = opened.facilities_unknown
    return said + (word(lang, "csv_at_least", n=unknown) if unknown else "")


def grid_cells(
    release: OpenRelease, question: Question, minute: int, lang: str
) -> Iterator[list[object]]:
    """Give a row for every grid of the area, in the order of the release.

    Text is guarded against being run as a formula. Amounts are people, households or square metres,
    shares fractions 0..1, not rounded; None is what is not known, or has nothing to divide by.
    """
    rows, _ = grid_rows(
        release, question, minute, limit=release.facts.grids, offset=0, worst_first=False
    )
    words = [word(lang, f"class_{name}") for name in CLASSES]
    parts = _PARTS.get(question.basis, 1000)
    for row in rows:
        whole, part = row["denominator"], row["numerator"]
        yield [
            *(harmless(row[name]) for name in TEXT),
            words[api.class_of_code(row["share_code"])],
            _amount(whole, parts),
            _amount(part, parts),
            _amount(None if whole is None else whole - part, parts),
            part / whole if whole else None,
            _amount(row["dm"], 10),
            _minutes(row["dm"], question),
            row["reliability"],
        ]


def file_name(release: OpenRelease, question: Question, minute: int, lang: str) -> str:
    """Name the file after what is in it; what is usual is left out."""
    category = question.category
    title = "" if category is None else category.zh if lang == "zh" else category.en
    basis = question.basis
    pieces = [
        question.area.name,
        title,
        word(lang, "csv_limit", m=minute, mode=word(lang, f"go_{question.mode}")),
        "" if question.speed_idx == 0 else question.speed.name,
        word(lang, "csv_coverage"),
        "" if basis == default_basis(release.facts) else word(lang, f"csv_basis_{basis}"),
        word(lang, "csv_own") if question.is_own else "",
        word(lang, f"opening_{question.opening}") if question.opened else "",
        release.facts.as_of.replace("-", ""),
    ]
    clean = [_NOT_IN_NAMES.sub("-", piece).strip("-.") for piece in pieces]
    return "_".join(piece for piece in clean if piece) + ".csv"


def _amount(value: int | None, parts: int) -> int | float | None:
    """Give so many parts as a whole number where it is one."""
    if value is None:
        return None
    return value // parts if value % parts == 0 else value / parts


def _minutes(distance_dm: Any, question: Question) -> float | None:  # noqa: ANN401 - a cell of a row
    if distance_dm is None:
        return None
    return float(Fraction(distance_dm, 10) / question.speed.metres_per_minute)
