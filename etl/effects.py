"""Tell how many grid verdicts depend on each fault, and where each fault is on the map.

A verdict is whether a grid meets the target (90 % of its people) in a category, within the
category's own radius, or 15 minutes where it has none, on foot at the default speed, straight where
the city has no streets. The rule for each kind of fault stands in `docs/numbers.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import CityLayers, Fault, Streets
from etl.shapes import GridShapes
from etl.staging import etl_sql, run
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import register
from geo.walk import TARGET_SHARE, Speed

MINUTES: Final = 15
"""The verdict of a category without a radius of its own."""
WHOLE_CITY: Final = ("CRS_SCALE",)
"""Faults of city.toml itself that touch every grid."""
HOURS: Final = ("HOURS_TEXT", "HOURS_NODAYS")
"""Faults of opening hours: a verdict is about any hour, so no grid's depends on them."""
SAMPLES: Final = 3
"""So many rows of a fault are shown, and placed on the map."""
_CITY: Final = "(every grid)"
_TABLES: Final = ("fault_row", "fault_grid", "fault_source", "fault_kind", "uncounted_grid")

LonLat = tuple[float, float]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Effects:
    """What depends on the faults, by their position in the list.

    Attributes
    ----------
    grids
        Positions of the grids whose verdict depends on a fault; a fault of which this cannot be
        told has no entry.
    at_row
        Place of a row among the first that a fault names, WGS 84.
    at_grid
        Place of the first grid that a fault names.
    """

    grids: Mapping[int, Ints] = field(default_factory=dict[int, Ints])
    at_row: Mapping[tuple[int, int], LonLat] = field(default_factory=dict[tuple[int, int], LonLat])
    at_grid: Mapping[int, LonLat] = field(default_factory=dict[int, LonLat])

    def count(self, faults: Sequence[int]) -> int | None:
        """Count the grids that depend on any of several faults; None where it cannot be told."""
        known = [self.grids[fault] for fault in faults if fault in self.grids]
        return len(np.unique(np.concatenate(known))) if known else None


def locate(con: Connection, layers: CityLayers, faults: Sequence[Fault]) -> Effects:
    """Find where the faults are, before anything is known of what depends on them."""
    try:
        _register(con, layers, faults)
        return Effects({}, *_places(con))
    finally:
        _unregister(con)


def measure(
    con: Connection, layers: CityLayers, shapes: GridShapes, speed: Speed, faults: Sequence[Fault]
) -> Effects:
    """Find where the faults are and which grids depend on them; the table reach must be full.

    A counted facility: the grids of which it serves a demand point. One that is not counted: the
    grids that fall short in its category and lie within its limit. A grid or building: that grid. A
    whole file: what its rows serve, every grid for the grids and the streets. A file that feeds no
    verdict, such as a base map: none.
    """
    try:
        _register(con, layers, faults)
        limit_dm = speed.limit_dm(MINUTES)
        asked = {"is_walk": layers.streets is not None, "default_dm": limit_dm}
        run(con, "effects/served", asked)
        run(con, "effects/uncounted")
        _register_uncounted(con, shapes, asked)
        run(con, "effects/linked")
        nothing = np.empty(0, dtype=np.int64)
        of_hours = {at: nothing for at, one in enumerate(faults) if one.code in HOURS}
        return Effects(_linked(con) | of_hours, *_places(con))
    finally:
        _unregister(con)


def _register(con: Connection, layers: CityLayers, faults: Sequence[Fault]) -> None:
    """Give the faults to the database: rows, grids and whole files that they name."""
    rows = [
        (at, one.source, row, step)
        for at, one in enumerate(faults)
        for step, row in enumerate(_rows(one))
    ]
    grids = [(at, code) for at, one in enumerate(faults) for code in _grid_ids(one)]
    wholes = [(at, source) for at, one in enumerate(faults) if (source := _whole(one))]
    kinds = sorted({(part.source, _kind(part)) for part in layers.parts()} | {(_CITY, "grids")})
    columns = [("fault", int), ("source", str), ("row", int), ("step", int)]
    _table(con, "fault_row", columns, rows)
    _table(con, "fault_grid", [("fault", int), ("grid_id", str)], grids)
    _table(con, "fault_source", [("fault", int), ("source", str)], wholes)
    _table(con, "fault_kind", [("source", str), ("kind", str)], kinds)


def _rows(fault: Fault) -> Sequence[int]:
    return fault.rows or ([] if fault.row is None else [fault.row])


def _grid_ids(fault: Fault) -> Sequence[str]:
    """Name the grids of a fault; a feature without a row is a grid."""
    if fault.grid_ids or fault.row is not None or fault.rows:
        return fault.grid_ids
    return [] if fault.feature_id is None else [fault.feature_id]


def _whole(fault: Fault) -> str | None:
    """Name the file that a fault concerns as a whole."""
    if fault.code in WHOLE_CITY:
        return _CITY
    is_part = fault.row is not None or fault.rows or fault.grid_ids or fault.feature_id is not None
    return None if is_part else fault.source


def _kind(part: object) -> str:
    return "network" if isinstance(part, Streets) else str(getattr(part, "kind", ""))


def _register_uncounted(con: Connection, shapes: GridShapes, asked: Mapping[str, Any]) -> None:
    """List, for every facility that covers nobody, the grids short of its category in its reach."""
    target = {
        "target_numerator": TARGET_SHARE.numerator,
        "target_denominator": TARGET_SHARE.denominator,
    }
    short = fetch_columns(con, etl_sql("effects/short"), {**asked, **target})
    sites = fetch_columns(con, "select * from effect_uncounted order by pos")
    radii = dict(con.execute("select category_idx, radius_m from category").fetchall())
    pairs: list[tuple[int, int]] = []
    xy_m = shapes.to_metric(np.column_stack([sites["lon"], sites["lat"]]))
    for category in np.unique(np.asarray(sites["category_idx"])).tolist():
        grids = np.asarray(short["grid_idx"])[np.asarray(short["category_idx"]) == category]
        own = np.flatnonzero(np.asarray(sites["category_idx"]) == category)
        radius_m = radii[category] or asked["default_dm"] / 10
        tree = shapely.STRtree(shapes.metric[grids])
        near = tree.query(shapely.points(xy_m[own]), predicate="dwithin", distance=float(radius_m))
        pos = np.asarray(sites["pos"])[own[near[0]]]
        pairs += list(zip(pos.tolist(), grids[near[1]].tolist(), strict=True))
    _table(con, "uncounted_grid", [("pos", int), ("grid_idx", int)], pairs)


def _linked(con: Connection) -> dict[int, Ints]:
    found = fetch_columns(con, "select fault, grid_idx from effect_linked order by fault")
    fault = np.asarray(found["fault"])
    grid = np.ma.filled(np.ma.asarray(found["grid_idx"]), -1)
    starts = np.flatnonzero(np.r_[True, fault[1:] != fault[:-1]]) if len(fault) else []
    parts = np.split(grid, starts[1:]) if len(fault) else []
    return {
        int(fault[start]): part[part >= 0].astype(np.int64)
        for start, part in zip(starts, parts, strict=True)
    }


def _places(
    con: Connection,
) -> tuple[dict[tuple[int, int], LonLat], dict[int, LonLat]]:
    rows = con.execute(etl_sql("effects/where_rows"), {"wanted": SAMPLES}).fetchall()
    grids = con.execute(etl_sql("effects/where_grids")).fetchall()
    return (
        {(fault, row): (lon, lat) for fault, row, lon, lat in rows},
        {fault: (lon, lat) for fault, lon, lat in grids},
    )


def _table(
    con: Connection, name: str, columns: list[tuple[str, type]], rows: Sequence[Sequence[Any]]
) -> None:
    """Make rows readable as a view of the given name."""
    arrays: dict[str, NDArray[Any]] = {}
    for at, (title, kind) in enumerate(columns):
        values = np.empty(len(rows), dtype=np.int64 if kind is int else object)
        values[:] = [row[at] for row in rows]
        arrays[title] = values
    register(con, f"{name}_rows", arrays)
    picked = ", ".join(f"{title}::{_TYPES[kind]} as {title}" for title, kind in columns)
    con.execute(f"create or replace temp table {name} as select {picked} from {name}_rows")  # noqa: S608 - names of this module
    con.unregister(f"{name}_rows")


_TYPES: Final[dict[type, str]] = {int: "bigint", str: "text"}


def _unregister(con: Connection) -> None:
    for name in (*_TABLES, "effect_served", "effect_uncounted", "effect_linked"):
        con.execute(f"drop table if exists {name}")
