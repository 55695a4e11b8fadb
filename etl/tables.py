"""Make the tables that are exported out of a release: exact integers in, units people use out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import SettingsError
from geo.store.connect import Connection
from geo.store.indicators import indicator_rows
from geo.store.queries import fetch_columns, sql
from geo.walk import (
    CLASSES,
    MODE_CODE,
    OFF_NETWORK,
    TARGET_SHARE,
    Speed,
    class_of,
    share_code,
)

Columns = dict[str, list[Any]]
BARRIER_DETOUR: Final = 1.6
"""A walk this many times the straight line goes round something: river, railway, wall."""
SUGGESTIONS: Final = {
    "doubtful": "verify_data",
    "no_facility": "new_site",
    "barrier": "open_passage",
    "distant": "nearby_site",
}


@dataclass(frozen=True)
class Filters:
    """What part of a release to export; None is all. Scope "own" leaves the neighbours out.

    With an `opening`, evening or weekend, only facilities known to be open then count, and only the
    categories of which any hours are known are there, as <code>@<opening>. `lang` is that of the words in the workbook of issues; every other export holds codes.
    """

    category: str | None = None
    mode: str | None = None
    area: str | None = None
    minutes: int = 15
    speed: str | None = None
    scope: str = "all"
    lang: str = "zh"
    opening: str | None = None


@dataclass(frozen=True)
class Table:
    """Rows to export, column by column.

    Attributes
    ----------
    name
        What it is, as asked for on the command line.
    columns
        Name to values in order; None is empty. Ints, floats and text as they are written.
    text
        The columns that hold text from a source, which a spreadsheet might take for a formula.
    notes
        Column to its meaning, unit included.
    place
        The column by which a row finds its outline, or None.
    points
        Places of the rows themselves, lon/lat, or None.
    """

    name: str
    columns: Columns
    text: tuple[str, ...]
    notes: Mapping[str, str]
    place: str | None = None
    points: list[tuple[float, float]] | None = None

    @property
    def rows(self) -> int:
        """Give the number of rows."""
        return len(next(iter(self.columns.values())))


def coverage(con: Connection, filters: Filters) -> Table:
    """List how much of each grid every category covers, one row per grid x category x mode."""
    rows = _coverage_rows(con, filters)
    metres = _speed(con, filters.speed)[1].limit_dm(filters.minutes) / 10
    n = len(rows["grid_id"])
    part, whole = _ints(rows["people_covered_milli"]), _ints(rows["people_milli"])
    columns: Columns = {
        "grid_id": _plain(rows["grid_id"]),
        "category": _plain(rows["category"]),
        "mode": _plain(rows["mode"]),
        "minutes": [filters.minutes] * n,
        "metres": [metres] * n,
        "people": _count(rows["people_milli"]),
        "people_covered": _known(rows["people_covered_milli"], whole),
        "households": _count(rows["households_milli"]),
        "households_covered": _known(
            rows["households_covered_milli"], _ints(rows["households_milli"])
        ),
        "area_m2": _divided(rows["area_dm2"], 100),
        "area_covered_m2": _divided(rows["area_covered_dm2"], 100),
        "nearest_m": _divided(rows["nearest_dm"], 10),
        "nearest_facility_id": _plain(rows["nearest_facility_id"]),
        "class": [CLASSES[i] for i in class_of(share_code(part, whole))],
        "reliability": _plain(rows["reliability"]),
        "area_reliability": ["A" if mode == "line" else "B" for mode in rows["mode"]],
    }
    return Table(
        "coverage", columns, ("grid_id", "nearest_facility_id"), _COVERAGE_NOTES, "grid_id"
    )


def underserved(con: Connection, filters: Filters) -> Table:
    """List the grids below the target, with how far they are and the reason why."""
    rows = _coverage_rows(con, filters)
    limit_dm = _speed(con, filters.speed)[1].limit_dm(filters.minutes)
    part, whole = _ints(rows["people_covered_milli"]), _ints(rows["people_milli"])
    below = part * TARGET_SHARE.denominator < whole * TARGET_SHARE.numerator
    kept = np.flatnonzero((whole > 0) & below)
    line, nearest = rows["line_dm"][kept], rows["nearest_dm"][kept]
    detour = _detours(line, nearest, rows["mode"][kept])
    way = zip(
        _plain(rows["reliability"][kept]),
        _plain(line),
        _plain(nearest),
        detour,
        _plain(rows["code"][kept]),
        strict=True,
    )
    causes = [_cause(*facts, limit_dm=limit_dm) for facts in way]
    columns: Columns = {
        "grid_id": _plain(rows["grid_id"][kept]),
        "category": _plain(rows["category"][kept]),
        "mode": _plain(rows["mode"][kept]),
        "minutes": [filters.minutes] * len(kept),
        "people": _count(rows["people_milli"][kept]),
        "people_uncovered": _count((whole - part)[kept]),
        "nearest_m": _divided(nearest, 10),
        "line_m": _divided(line, 10),
        "detour": detour,
        "list": ["far"] * len(kept),
        "cause": causes,
        "suggestion": [SUGGESTIONS[cause] for cause in causes],
        "reliability": _plain(rows["reliability"][kept]),
    }
    return Table("underserved", columns, ("grid_id",), _UNDERSERVED_NOTES, "grid_id")


def issues(con: Connection, filters: Filters) -> Table:
    """List every fault found in the data; filters do not apply."""
    del filters
    rows = fetch_columns(con, sql("export_issues"))
    columns = {name: _plain(values) for name, values in rows.items()}
    text = ("source", "feature_id", "message", "action")
    notes = {
        "effect_grids": "grids whose verdict depends on it; empty: cannot be told",
        "affected": "rows or things that this line stands for",
        "lon": "WGS 84 degrees; empty: it has no place",
    }
    return Table("issues", columns, text, notes)


def reach(con: Connection, filters: Filters) -> Table:
    """List the distances of every demand point to its nearest facility of every category."""
    low, high = _run(con, filters.area)
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
        "demand_id": _plain(rows["demand_id"]),
        "grid_id": _plain(rows["grid_id"]),
        "category": _plain(rows["category"]),
        "line_m": _divided(rows["line_dm"], 10),
        "walk_m": _divided(rows["walk_dm"], 10),
        "facility_id": _plain(rows["facility_id"]),
    }
    points = list(zip(_plain(rows["lon"]), _plain(rows["lat"]), strict=True))
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
    columns = {name: _plain(rows[name]) for name in names}
    notes = {
        "unit_kind": "grid, community, street, district, city or facility",
        "period": "month or year; empty where the ledger has none",
        "value": "a fraction where there is a denominator; empty: nothing known",
        "target": "of the latest year not after the period",
        "verdict": "pass, fail or not_assessable; empty where there is no target",
        "is_withheld": "a small count, or one from which a small count would follow",
    }
    return Table("indicators", columns, ("unit_id", "unit_name"), notes)


TABLES: Final[dict[str, Callable[[Connection, Filters], Table]]] = {
    "coverage": coverage,
    "underserved": underserved,
    "issues": issues,
    "reach": reach,
    "indicators": indicators,
}


def check_filters(con: Connection, filters: Filters) -> None:
    """Refuse a category, opening, mode, speed or area that the release does not have."""
    codes = [
        row[0]
        for row in con.execute(
            "select code from category where base_idx is null order by category_idx"
        ).fetchall()
    ]
    if filters.category is not None and filters.category not in codes:
        raise SettingsError(
            f"--category {filters.category} is not a category of this release; it has "
            f"{', '.join(codes)}."
        )
    _check_opening(con, filters)
    _speed(con, filters.speed)
    _run(con, filters.area)


def _check_opening(con: Connection, filters: Filters) -> None:
    if filters.opening is None:
        return
    known = [
        row[0]
        for row in con.execute(
            "select base.code from category inner join category as base "
            "on base.category_idx = category.base_idx where category.opening = $opening "
            "order by base.category_idx",
            {"opening": filters.opening},
        ).fetchall()
    ]
    if not known or filters.category not in (None, *known):
        raise SettingsError(
            f"--opening {filters.opening} needs hours of facilities; this release knows them of "
            f"{', '.join(known) or 'no category'}. Fill in the column of hours, or leave it out."
        )


def _coverage_rows(con: Connection, filters: Filters) -> dict[str, NDArray[Any]]:
    low, high = _run(con, filters.area)
    return fetch_columns(
        con,
        sql("export_coverage"),
        {
            "speed": _speed(con, filters.speed)[0],
            "minutes": filters.minutes,
            "category": filters.category,
            "opening": filters.opening,
            "mode": None if filters.mode is None else MODE_CODE[filters.mode],
            "lo": low,
            "hi": high,
            "own": filters.scope == "own",
        },
    )


def _speed(con: Connection, name: str | None) -> tuple[int, Speed]:
    from fractions import Fraction

    rows = con.execute(
        "select speed_idx, name, numerator, denominator from speed order by speed_idx"
    ).fetchall()
    for idx, title, numerator, denominator in rows:
        if name is None or name == title:
            return idx, Speed(title, Fraction(numerator, denominator))
    raise SettingsError(
        f"--speed {name} is not a speed of this release; it has "
        f"{', '.join(row[1] for row in rows)}."
    )


def _run(con: Connection, area: str | None) -> tuple[int, int]:
    if area is None:
        return 0, 2**31 - 1
    row = con.execute(
        "select grid_lo, grid_hi from area where code = $code", {"code": area}
    ).fetchone()
    if row is None:
        raise SettingsError(
            f"--area {area} is not an area of this release; expected the code of a district, "
            "street or community. The coverage page shows it in its address."
        )
    return int(row[0]), int(row[1])


def _cause(
    reliability: str,
    line_dm: int | None,
    nearest_dm: int | None,
    detour: float | None,
    code: int,
    *,
    limit_dm: int,
) -> str:
    """Give the one reason, first match wins (UX 1.5)."""
    if reliability == "C":
        return "doubtful"
    if line_dm is None or line_dm > limit_dm:
        return "no_facility"
    if nearest_dm is None:
        # off every street is a gap in the data; no way through is the strongest barrier there is
        return "doubtful" if code == OFF_NETWORK else "barrier"
    return "barrier" if detour is not None and detour >= BARRIER_DETOUR else "distant"


def _detours(line: NDArray[Any], nearest: NDArray[Any], mode: NDArray[Any]) -> list[float | None]:
    return [
        None if way != "walk" or not straight or walked is None else walked / straight
        for straight, walked, way in zip(_plain(line), _plain(nearest), mode, strict=True)
    ]


def _plain(values: NDArray[Any]) -> list[Any]:
    """Turn a column into Python values, None where masked."""
    return np.ma.asarray(values).tolist()


def _ints(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.ma.filled(np.ma.asarray(values), -1).astype(np.int64)


def _count(values: NDArray[Any]) -> list[int | float | None]:
    """Give thousandths as counts: whole where they are whole."""
    return [
        None if milli is None else milli // 1000 if milli % 1000 == 0 else milli / 1000
        for milli in _plain(values)
    ]


def _known(values: NDArray[Any], whole: NDArray[np.int64]) -> list[int | float | None]:
    return _count(np.ma.masked_where(whole < 0, values))


def _divided(values: NDArray[Any], by: int) -> list[float | None]:
    return [None if value is None else value / by for value in _plain(values)]


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
_UNDERSERVED_NOTES: Final = {
    "people_uncovered": "residents beyond the limit",
    "nearest_m": "metres in this mode; empty: not reached",
    "line_m": "straight metres",
    "detour": "walk / straight line; empty: in a straight line, or not reached",
    "list": "far: below 90 % covered",
    "cause": "doubtful | no_facility within the straight limit | barrier: detour >= 1.6 | distant",
    "suggestion": "verify_data | new_site | open_passage | nearby_site",
}
