"""Make the exports of what is missing: grids out of reach or short of supply, and capacity."""

from collections.abc import Iterator
from typing import Any, Final

from etl.table import Columns, Filters, Table, count, plain, run_of, speed_of
from geo.errors import SettingsError
from geo.store.asking import Question, resolve
from geo.store.connect import Connection
from geo.store.opened import ALL, OpenRelease
from geo.store.queries import fetch_columns, sql
from geo.store.underserved import CAPACITY_MINUTES, far_rows, short_rows
from geo.walk import MODE_CODE

Row = dict[str, Any]


def underserved(con: Connection, filters: Filters) -> Table:
    """List both lists of every category and mode, one row a grid in each, by their keys."""
    release = OpenRelease("export", con)
    names = fetch_columns(
        con, "select grid_idx, grid_id, people_milli, reliability from grid order by grid_idx"
    )
    ids, reliability = plain(names["grid_id"]), plain(names["reliability"])
    people = count(names["people_milli"])
    rows: list[Row] = []
    for question in _questions(release, filters):
        category = question.counting.code if question.counting else ""
        for which, found in (
            ("far", far_rows(release, question, filters.minutes)),
            ("short", short_rows(release, question, filters.minutes)),
        ):
            rows += [
                {
                    **row,
                    "grid_id": ids[row["i"]],
                    "category": category,
                    "mode": question.mode,
                    "list": which,
                    "people": people[row["i"]],
                    "reliability": reliability[row["i"]],
                }
                for row in found
            ]
    rows.sort(key=lambda row: (row["grid_id"], row["category"], row["mode"], row["list"]))
    columns: Columns = {
        "grid_id": [row["grid_id"] for row in rows],
        "category": [row["category"] for row in rows],
        "mode": [row["mode"] for row in rows],
        "minutes": [filters.minutes] * len(rows),
        "people": [row["people"] for row in rows],
        "people_uncovered": _people(row.get("gap") for row in rows),
        "nearest_m": _metres(row.get("dm") for row in rows),
        "line_m": _metres(row.get("line_dm") for row in rows),
        "detour": [row.get("detour") for row in rows],
        **{name: [row[name] for row in rows] for name in ("list", "cause", "suggestion")},
        "reliability": [row["reliability"] for row in rows],
        "access": [row.get("access") for row in rows],
        "access_wanted": [row.get("wanted") for row in rows],
        "floor_m2": _square_metres(row.get("floor_dm2") for row in rows),
        "floor_m2_min": _square_metres(row.get("floor_min_dm2") for row in rows),
    }
    return Table("underserved", columns, ("grid_id",), _UNDERSERVED_NOTES, "grid_id")


def _questions(release: OpenRelease, filters: Filters) -> Iterator[Question]:
    facts = release.facts
    for category in facts.categories:
        is_there = category.is_present or category.code == ALL
        is_wanted = filters.category in (None, category.code)
        if filters.opening is not None and filters.opening not in facts.openings_of(category):
            is_there = False
        if not (is_there and is_wanted):
            continue
        for mode in facts.modes:
            if filters.mode in (None, mode):
                asked = {
                    "c": category.code,
                    "t": mode,
                    "v": filters.speed,
                    "n": filters.scope,
                    "a": filters.area,
                    "w": filters.opening,
                    "b": "people",
                }
                yield resolve(release, asked)[0]


def capacity(con: Connection, filters: Filters) -> Table:
    """List how much capacity a person of each grid finds, a row a grid x category x method x mode.

    Raises
    ------
    SettingsError
        Other minutes, another speed, an opening or the own district alone are asked for: capacity
        is worked out at the build, for one catchment.
    """
    default = speed_of(con, None)[1].name
    if (
        filters.minutes != CAPACITY_MINUTES
        or filters.speed not in (None, default)
        or filters.opening is not None
        or filters.scope != "all"
    ):
        raise SettingsError(
            f"capacity is worked out for {CAPACITY_MINUTES} minutes at the speed {default}, all "
            "neighbours and any hour; expected no other. Leave --minutes, --speed, --scope and "
            "--opening out."
        )
    low, high = run_of(con, filters.area)
    rows = fetch_columns(
        con,
        sql("export_capacity"),
        {
            "category": filters.category,
            "mode": None if filters.mode is None else MODE_CODE[filters.mode],
            "lo": low,
            "hi": high,
        },
    )
    columns: Columns = {
        "grid_id": plain(rows["grid_id"]),
        "category": plain(rows["category"]),
        "method": plain(rows["method"]),
        "mode": plain(rows["mode"]),
        "minutes": [CAPACITY_MINUTES] * len(rows["grid_id"]),
        "people": count(rows["people_milli"]),
        "access": plain(rows["access"]),
    }
    return Table("capacity", columns, ("grid_id",), _CAPACITY_NOTES, "grid_id")


def _people(values: Iterator[int | None]) -> list[int | float | None]:
    return [
        None if milli is None else milli // 1000 if milli % 1000 == 0 else milli / 1000
        for milli in values
    ]


def _metres(values: Iterator[int | None]) -> list[float | None]:
    return [None if value is None else value / 10 for value in values]


def _square_metres(values: Iterator[int | None]) -> list[float | None]:
    return [None if value is None else value / 100 for value in values]


_UNDERSERVED_NOTES: Final = {
    "people_uncovered": "residents beyond the limit; empty in the list short",
    "nearest_m": "metres in this mode, of those beyond the limit, median; empty: not reached",
    "line_m": "straight metres of the same place",
    "detour": "walk / straight line; empty: in a straight line, or not reached",
    "list": "far: below 90 % covered; short: covered, but too little of it",
    "cause": "far: doubtful | no_facility within the straight limit | barrier: detour >= 1.6 | "
    "distant; short: capacity | area",
    "suggestion": "verify_data | new_site | open_passage | nearby_site | more_capacity | "
    "more_floor",
    "access": "units of capacity per person in reach (2sfca, 15 minutes)",
    "access_wanted": "the city's norm, or half of the city's mean where it has set none",
}
_CAPACITY_NOTES: Final = {
    "method": "2sfca | e2sfca_gauss | e2sfca_step: units of capacity per person in reach; "
    "assignment: share of what the grid needs that finds room, nearest first; ratio: units of "
    "capacity that stand in the grid's street per person of the street",
    "people": "residents of the grid; empty: not known",
    "access": "0: none in reach; empty: not known",
}
