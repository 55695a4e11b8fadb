"""Gather what rules need to know of every place of a level: ledgers, the map, reach, indicators."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.readers.dates import day_text
from etl.readers.numbers import MEASURES, read_number
from etl.readers.raw import objects
from etl.shapes import GridShapes
from etl.staging import etl_sql
from etl.standards.columns import DAYS, FLAGS, NUMBERS, WORDS, code_of, flag_of
from etl.standards.components import CLASSES, components, read_rooms
from etl.standards.siting import station_from_people
from etl.synonyms import fold, synonyms
from geo.formula_values import Values, is_missing
from geo.rules import Rule
from geo.store.connect import Connection
from geo.store.queries import fetch_columns

REACH: Final = ("near", "within15", "count", "floor_m2")
"""Prefixes of a category's code: share of people within its own radius and within 15 minutes, open
facilities in the area, and the largest floor area of one."""
_FROM_MAP: Final = ("households", "people", "elderly", "area_km2", "urban_rural", "grid_workers")
_BESIDE: Final = ("zone", "function")
"""Classes of components that are no rooms, and are listed only where somebody thought of them."""
_MONTHS: Final = 12
_LAST_DAY: Final = 31
_SMALLEST_M2: Final = 1.0
"""A smaller gap or overlap is rounding of coordinates (`etl.thresholds.OVERLAP_M2`)."""
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Given:
    """What is known of the places of a level.

    Attributes
    ----------
    place
        Shape (n,): grid_idx, area_idx, facility_idx or unit_idx.
    values
        Name to float64 with NaN, or objects with None.
    origin
        Name to ledger, map or reach; where a column has two, shape (n,).
    """

    place: NDArray[np.int64]
    name: Values
    values: dict[str, Values]
    origin: dict[str, str | NDArray[Any]] = field(default_factory=dict[str, Any])

    @property
    def rows(self) -> int:
        """Give the number of places."""
        return len(self.place)

    def add(self, name: str, values: Values, origin: str | NDArray[Any]) -> None:
        """Keep a column under its name."""
        self.values[name] = values
        self.origin[name] = origin


def given_at(con: Connection, shapes: GridShapes, level: str, *, has_network: bool) -> Given:
    """Gather every input of a level; places that a ledger is silent about are there too."""
    if level == "community":
        given = _communities(con)
        _topology(con, shapes, given)
        distance_m = station_from_people(con, shapes, given.place)
        given.add("station_from_people_m", distance_m, "map")
    elif level == "facility":
        given = _plain(con, "facility", "facility_idx", "map")
        _attributes(given, "facilities")
    elif level == "estate":
        given = _plain(con, "unit", "unit_idx", "ledger")
        _attributes(given, "communities")
    elif level == "grid":
        given = _plain(con, "grid", "grid_idx", "map")
        _managed(given)
        for name, column in (("duty", "duty"), ("party_org", "party_org"), ("parent", "parent_id")):
            given.add(f"has_{name}", _has(given.values[column]), "map")
    else:
        given = _plain(con, "area", "area_idx", "map", {"level": level})
        _sums(con, given, level)
    if level in ("community", "street", "district", "city"):
        _reach(con, given, level, has_network=has_network)
    _indicators(con, given, level)
    return given


def plain_values(column: NDArray[Any]) -> Values:
    """Give a fetched column as numbers with NaN, or as objects with None."""
    mask = np.ma.getmaskarray(column)
    data = np.ma.getdata(column)
    if data.dtype.kind == "O" and not _is_numeric(data, mask):
        found = data.copy()
        found[mask] = None
        return objects([None if isinstance(cell, float) else cell for cell in found])
    numbers = np.full(len(data), np.nan)
    numbers[~mask] = data[~mask].astype(np.float64)
    return numbers


def _is_numeric(data: NDArray[Any], mask: NDArray[np.bool_]) -> bool:
    known = data[~mask]
    return len(known) > 0 and all(isinstance(cell, bool | np.bool_ | int | float) for cell in known)


def _plain(
    con: Connection,
    query: str,
    key: str,
    origin: str,
    parameters: Mapping[str, object] | None = None,
) -> Given:
    rows = fetch_columns(con, etl_sql(f"standards/{query}_inputs"), parameters)
    place = np.asarray(np.ma.getdata(rows.pop(key)), dtype=np.int64)
    name = plain_values(rows.pop("name"))
    given = Given(place, name, {})
    for column, values in rows.items():
        given.add(column, plain_values(values), origin)
    return given


def _communities(con: Connection) -> Given:
    given = _plain(con, "community", "area_idx", "ledger")
    for name in _FROM_MAP:
        own, drawn = given.values[name], given.values.pop(f"map_{name}")
        is_own = ~is_missing(own)
        if own.dtype != drawn.dtype:  # a column without any value has no kind of its own
            own = np.full(given.rows, None if drawn.dtype == object else np.nan, dtype=drawn.dtype)
        given.add(name, np.where(is_own, own, drawn), np.where(is_own, "ledger", "map"))
    _stages(con, given)
    accepted = given.values["acceptance_date"]
    given.add("handover_due", objects([_month_later(day) for day in accepted]), "ledger")
    year, built = given.values["centre_year"], given.values["centre_built"]
    given.add("centre_built", np.where(np.isnan(built) & ~np.isnan(year), 1.0, built), "ledger")
    _rooms(con, given)
    return given


def _stages(con: Connection, given: Given) -> None:
    """Take the stage of a community's estates where all that say one agree, else its own."""
    rows = con.execute(
        "select community_idx, attributes from unit where kind = 'estate' "
        "and community_idx is not null order by unit_idx"
    ).fetchall()
    said: dict[int, set[str]] = {}
    for area, attributes in rows:
        word = _recognised(json.loads(attributes), "communities").get("stage")
        if word is not None and (stage := code_of("stage", str(word))) is not None:
            said.setdefault(int(area), set()).add(stage)
    stages, origin = given.values["stage"].copy(), np.full(given.rows, "ledger", dtype=object)
    for k, area in enumerate(given.place.tolist()):
        if len(found := said.get(area, set())) == 1:
            stages[k], origin[k] = min(found), "estate"
    given.add("stage", stages, origin)


def _month_later(day: object) -> str | None:
    """Give the same day of the next month, or its last one."""
    if not isinstance(day, str):
        return None
    start = date.fromisoformat(day)
    year, month = start.year + start.month // _MONTHS, start.month % _MONTHS + 1
    for last in range(min(start.day, _LAST_DAY), 0, -1):
        try:
            return date(year, month, last).isoformat()
        except ValueError:
            continue
    return None


def _rooms(con: Connection, given: Given) -> None:
    """Tell of each component whether a community lists it; without a list nobody knows."""
    rows = con.execute(
        "select area_idx, component from community_component where component is not null "
        "order by area_idx, kind, ordinal"
    ).fetchall()
    at = {int(place): k for k, place in enumerate(given.place)}
    listed = {code: np.zeros(given.rows) for code in components()}
    for area, code in rows:
        listed[code][at[area]] = 1.0
    _listed(given, listed)
    counted = con.execute(etl_sql("standards/room_counts")).fetchall()
    for column, name in enumerate(("functions", "separate_rooms", "rooms_m2"), start=1):
        values = np.full(given.rows, np.nan)
        for row in counted:
            values[at[row[0]]] = np.nan if row[column] is None else row[column]
        given.add(name, values, "ledger")


def _listed(given: Given, listed: dict[str, NDArray[np.float64]]) -> None:
    unknown = {
        kind: np.array([cell is None for cell in given.values[kind]])
        if given.values[kind].dtype == object
        else np.ones(given.rows, dtype=bool)
        for kind in ("rooms", "equipment")
    }
    classes = {kind: np.zeros(given.rows) for kind in CLASSES}
    for code, component in components().items():
        classes[component.kind] += listed[code]
    silent = {
        kind: unknown["equipment" if kind == "equipment" else "rooms"]
        # a list of rooms that names no zone or function at all says nothing about them
        | ((number == 0) & (kind in _BESIDE))
        for kind, number in classes.items()
    }
    for code, component in components().items():
        known = np.where(silent[component.kind], np.nan, listed[code])
        given.add(f"room_{code}", known, "ledger")
    for kind, number in classes.items():
        given.add(f"class_{kind}", np.where(silent[kind], np.nan, number), "ledger")


def _topology(con: Connection, shapes: GridShapes, given: Given) -> None:
    """Measure how far the grids of each community overlap, and the holes between them."""
    rows = fetch_columns(con, "select community_idx from grid order by grid_idx")["community_idx"]
    community = np.ma.filled(np.ma.asarray(rows), -1)
    order = np.argsort(community, kind="stable")
    parts = shapes.metric[order]
    starts = np.searchsorted(community[order], [*given.place.tolist(), 2**31])
    overlap, gap = np.zeros(given.rows), np.zeros(given.rows)
    for k in range(given.rows):
        own = parts[starts[k] : starts[k + 1]]
        whole = shapely.union_all(own)
        holes = shapely.area(shapely.polygons(_rings(whole))).sum() - whole.area
        overlap[k], gap[k] = shapely.area(own).sum() - whole.area, holes
    for name, measured in (("overlap_m2", overlap), ("gap_m2", gap)):
        given.add(name, np.where(measured < _SMALLEST_M2, 0.0, measured), "map")


def _rings(whole: BaseGeometry) -> NDArray[Any]:
    return shapely.get_exterior_ring(shapely.get_parts(whole))


def _has(column: Values) -> NDArray[np.float64]:
    """Tell where a cell is filled in; unknown everywhere where no grid has any."""
    missing = is_missing(column)
    return np.full(len(column), np.nan) if missing.all() else (~missing).astype(np.float64)


def _managed(given: Given) -> None:
    """Tell whether a grid has an estate with property management, where its estates say so."""
    found = np.full(given.rows, np.nan)
    for k, texts in enumerate(given.values.pop("attributes")):
        for text in () if texts is None else texts:
            flag = _recognised(json.loads(text), "communities").get("property_managed")
            if flag is not None:
                found[k] = np.nanmax([found[k], float(flag_of(str(flag)) or 0)])
    given.add("property_managed", found, "ledger")


def _attributes(given: Given, role: str) -> None:
    """Read the further columns of facilities and estates by their usual headers."""
    rows = [_recognised(json.loads(text), role) for text in given.values.pop("attributes")]
    for name in sorted(synonyms(role).keys() - given.values.keys()):
        cells = [row.get(name) for row in rows]
        given.add(name, _typed(name, cells), "ledger")
    lists = [row.get("rooms") for row in rows]
    rooms = [None if cell is None else {r.code for r in read_rooms(str(cell))} for cell in lists]
    for code in components():
        has = [np.nan if each is None else float(code in each) for each in rooms]
        given.add(f"room_{code}", np.array(has, dtype=np.float64), "ledger")
    if "acceptance_date" in given.values:
        accepted = given.values["acceptance_date"]
        given.add("handover_due", objects([_month_later(day) for day in accepted]), "ledger")


def _recognised(row: Mapping[str, Any], role: str) -> dict[str, Any]:
    """Give the columns of a row by canonical name."""
    found: dict[str, Any] = {}
    for header, cell in row.items():
        name = _canonical(role, header)
        if name is not None and cell is not None:
            found.setdefault(name, cell)
    return found


@cache
def _canonical(role: str, header: str) -> str | None:
    """Give the canonical name of a header; the name itself is one too."""
    if header in synonyms(role):
        return header
    folded = fold(header)
    return next((name for name, known in synonyms(role).items() if folded in known), None)


def _typed(name: str, cells: list[Any]) -> Values:
    texts = [None if cell is None else str(cell) for cell in cells]
    if name in FLAGS or name in _MORE_FLAGS:
        flags = [None if text is None else flag_of(text) for text in texts]
        return np.array([np.nan if flag is None else float(flag) for flag in flags])
    if name in NUMBERS or name in MEASURES:
        return np.array([np.nan if text is None else _amount(name, text) for text in texts])
    if name in DAYS:
        return objects([None if text is None else day_text(text) for text in texts])
    if name in WORDS:
        return objects([None if text is None else code_of(name, text) for text in texts])
    return objects(texts)


_MORE_FLAGS: Final = ("independent", "open_to_public")


def _amount(name: str, text: str) -> float:
    number = read_number(text, MEASURES[name])
    is_number = number.text is not None and number.flag != "NUM_TEXT"
    return float(number.text) if is_number and number.text is not None else np.nan


def _sums(con: Connection, given: Given, level: str) -> None:
    """Add up what the ledgers say of communities; unknown where one of them is silent."""
    rows = fetch_columns(con, etl_sql("standards/community_sums"), {"level": level})
    for name in rows:
        given.add(f"sum_{name}", plain_values(rows[name]), "ledger")


def _reach(con: Connection, given: Given, level: str, *, has_network: bool) -> None:
    parameters = {"level": level, "mode": int(has_network)}
    rows = fetch_columns(con, etl_sql("standards/area_reach"), parameters)
    columns = {name: plain_values(values) for name, values in rows.items()}
    codes = columns.pop("code")
    people = columns["people_milli"]
    people = np.where(people == 0, np.nan, people)
    shares = {
        "near": columns["near_milli"] / people,
        "within15": columns["within_milli"] / people,
        "count": columns["count_open"],
        "floor_m2": columns["floor_area_dm2"] / 100.0,
    }
    for code in dict.fromkeys(codes.tolist()):
        at = codes == code
        for name, values in shares.items():
            given.add(f"{name}_{code}", values[at], "map" if name in ("count",) else "reach")


def _indicators(con: Connection, given: Given, level: str) -> None:
    rows = fetch_columns(con, etl_sql("standards/indicator_inputs"), {"level": level})
    ids, place = plain_values(rows["id"]), plain_values(rows["place_idx"])
    values = plain_values(rows["value"])
    for id_ in dict.fromkeys(ids.tolist()):
        column = np.full(given.rows, np.nan)
        own = ids == id_
        at = np.searchsorted(given.place, place[own])
        column[at] = values[own]
        given.add(f"indicator_{id_}", column, "ledger")
    surveyed = given.values.get("indicator_satisfaction")
    if surveyed is not None and "satisfaction" in given.values:
        said = given.values["satisfaction"]
        given.add("satisfaction", np.where(np.isnan(said), surveyed, said), "ledger")


def unknown_names(rule: Rule, given: Given, numbers: Mapping[str, object]) -> list[str]:
    """List the inputs of a rule that the level has not, indicators of absent ledgers aside."""
    return [
        name
        for name in rule.columns
        if name not in given.values and name not in numbers and not name.startswith("indicator_")
    ]
