"""Make the tables that are exported out of a release: exact integers in, units people use out."""

from collections.abc import Callable
from typing import Any, Final

from numpy.typing import NDArray

from etl.table import Columns, Filters, Table, count, divided, ints, known, plain, run_of, speed_of
from etl.tables_gaps import capacity, underserved
from etl.tables_tasks import tasks
from geo.store.connect import Connection
from geo.store.indicators import indicator_rows
from geo.store.queries import fetch_columns, sql
from geo.store.standards import verdict_rows
from geo.walk import CLASSES, MODE_CODE, class_of, share_code


def coverage(con: Connection, filters: Filters) -> Table:
    """List how much of each grid every category covers, one row per grid x category x mode."""
    rows = _coverage_rows(con, filters)
    metres = speed_of(con, filters.speed)[1].limit_dm(filters.minutes) / 10
    n = len(rows["grid_id"])
    part, whole = ints(rows["people_covered_milli"]), ints(rows["people_milli"])
    columns: Columns = {
        "grid_id": plain(rows["grid_id"]),
        "category": plain(rows["category"]),
        "mode": plain(rows["mode"]),
        "minutes": [filters.minutes] * n,
        "metres": [metres] * n,
        "people": count(rows["people_milli"]),
        "people_covered": known(rows["people_covered_milli"], whole),
        "households": count(rows["households_milli"]),
        "households_covered": known(
            rows["households_covered_milli"], ints(rows["households_milli"])
        ),
        "area_m2": divided(rows["area_dm2"], 100),
        "area_covered_m2": divided(rows["area_covered_dm2"], 100),
        "nearest_m": divided(rows["nearest_dm"], 10),
        "nearest_facility_id": plain(rows["nearest_facility_id"]),
        "class": [CLASSES[i] for i in class_of(share_code(part, whole))],
        "reliability": plain(rows["reliability"]),
        "area_reliability": ["A" if mode == "line" else "B" for mode in rows["mode"]],
    }
    return Table(
        "coverage", columns, ("grid_id", "nearest_facility_id"), _COVERAGE_NOTES, "grid_id"
    )


def issues(con: Connection, filters: Filters) -> Table:
    """List every fault found in the data; filters do not apply."""
    del filters
    rows = fetch_columns(con, sql("export_issues"))
    columns = {name: plain(values) for name, values in rows.items()}
    text = ("source", "feature_id", "message", "action")
    notes = {
        "effect_grids": "grids whose verdict depends on it; empty: cannot be told",
        "affected": "rows or things that this line stands for",
        "lon": "WGS 84 degrees; empty: it has no place",
    }
    return Table("issues", columns, text, notes)


def reach(con: Connection, filters: Filters) -> Table:
    """List the distances of every demand point to its nearest facility of every category."""
    low, high = run_of(con, filters.area)
    rows = fetch_columns(
        con,
        sql("export_reach"),
        {
            "own": filters.scope == "own",
            "category": filters.category,
            "opening": filters.opening,
            "lo": low,
            "hi": high,
        },
    )
    columns: Columns = {
        "demand_id": plain(rows["demand_id"]),
        "grid_id": plain(rows["grid_id"]),
        "category": plain(rows["category"]),
        "line_m": divided(rows["line_dm"], 10),
        "walk_m": divided(rows["walk_dm"], 10),
        "facility_id": plain(rows["facility_id"]),
    }
    points = list(zip(plain(rows["lon"]), plain(rows["lat"]), strict=True))
    notes = {
        "line_m": "straight, metres",
        "walk_m": "on foot, metres; empty: not reached",
        "facility_id": "the nearest on foot, or straight where none is reached on foot",
    }
    return Table("reach", columns, ("grid_id", "facility_id"), notes, points=points)


def indicators(con: Connection, filters: Filters) -> Table:
    """List what was worked out of the ledgers, one row a place x indicator x period."""
    rows = indicator_rows(con, area=filters.area)
    wanted = ("unit_kind", "unit_id", "indicator", "period", "value", "numerator", "denominator")
    names = (*wanted, "target", "verdict", "unit_name", "is_withheld")
    columns = {name: plain(rows[name]) for name in names}
    notes = {
        "unit_kind": "grid, community, street, district, city or facility",
        "period": "month or year; empty where the ledger has none",
        "value": "a fraction where there is a denominator; empty: nothing known",
        "target": "of the latest year not after the period",
        "verdict": "pass, fail or not_assessable; empty where there is no target",
        "is_withheld": "a small count, or one from which a small count would follow",
    }
    return Table("indicators", columns, ("unit_id", "unit_name"), notes)


def standards(con: Connection, filters: Filters) -> Table:
    """List what the packs of rules say, one row a place x rule that applies to it."""
    rows = verdict_rows(con, area=filters.area)
    columns = {name: plain(rows[name]) for name in rows if not name.endswith("_idx")}
    notes = {
        "community": "code of the community; empty above it",
        "verdict": "pass, fail, borderline or not_assessable",
        "threshold": "of the clause that binds",
        "gap": "what is missing or too much; empty where nothing is",
        "formula": "how the value is worked out",
        "reason": "why it is borderline or not assessable; reference: shown, never judged",
        "missing": "inputs that are not known, or listed components that are not there",
        "numerator": "of a share: what meets it for certain",
        "unknown": "of a share: what nobody can tell",
        "exempt": "of a share: counted apart",
        "denominator": "of a share: of how much",
    }
    text = ("community", "unit_id", "unit_name", "missing")
    return Table("standards", columns, text, notes)


TABLES: Final[dict[str, Callable[[Connection, Filters], Table]]] = {
    "coverage": coverage,
    "underserved": underserved,
    "capacity": capacity,
    "issues": issues,
    "reach": reach,
    "indicators": indicators,
    "tasks": tasks,
    "standards": standards,
}


def _coverage_rows(con: Connection, filters: Filters) -> dict[str, NDArray[Any]]:
    low, high = run_of(con, filters.area)
    return fetch_columns(
        con,
        sql("export_coverage"),
        {
            "speed": speed_of(con, filters.speed)[0],
            "minutes": filters.minutes,
            "category": filters.category,
            "opening": filters.opening,
            "mode": None if filters.mode is None else MODE_CODE[filters.mode],
            "lo": low,
            "hi": high,
            "own": filters.scope == "own",
        },
    )


_COVERAGE_NOTES: Final = {
    "minutes": "minutes of walking that were asked for",
    "metres": "minutes x speed: the limit, in metres",
    "people": "residents of the grid; empty: not known",
    "people_covered": "residents within the limit of an open facility",
    "area_covered_m2": "exact straight; on foot an estimate from a lattice (area_reliability B)",
    "nearest_m": "metres within which half of the residents have a facility; empty: not reached",
    "class": "full | near >= 90 % | partial >= 50 % | low | none | no_people | no_data",
    "reliability": "A measured; B spread inside the grid or streets missing; C doubtful or unknown",
}
