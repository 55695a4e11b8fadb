"""Load the text that was read into raw tables, and run the staging SQL over it.

Raw tables live in the temporary part of the build file; nothing of them reaches the release.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.grid_codes import code_columns, named_places
from etl.hierarchy import has_worker, type_faults
from etl.layers import CityLayers, Fault, Layer, Rejected, as_headed, entrances_of, row_json
from etl.openings import opening_columns
from etl.thresholds import PILED_NAMES
from geo.openings import Openings
from geo.store.connect import Connection
from geo.store.queries import read_sql
from geo.store.write import register

_SQL: Final = Path(__file__).parent / "sql"
AMOUNTS: Final = ("people", "households", "elderly", "children")
_GRID_TEXT: Final = (
    *("id", "name", "district", "district_code", "street", "street_code"),
    *("community", "community_code", *AMOUNTS),
    *("committee", "grid_type", "level", "parent", "party_org", "workers", "duty"),
)
_FACILITY_TEXT: Final = (
    *("id", "name", "category", "status", "capacity", "floor_area_m2"),
    *("open_to_public", "tenure"),
)
# Telephone numbers and names of persons are not among them: they never enter a release.
_ATTRIBUTES: Final = (
    *("land_area_m2", "rooms", "opened", "closed", "hours", "open_to_public", "tenure", "address"),
    *("enrolled", "support_capacity", "extra_person_months", "staff_total", "staff_service"),
    *("staff_social_work", "independent", "inspections", "evaluation", "purchased_yuan"),
    *("green_m2", "paved_m2", "books"),
)


def etl_sql(name: str) -> str:
    """Give the text of `etl/sql/<name>.sql`, for example `staging/stg_grid`."""
    return read_sql(_SQL / f"{name}.sql")


def run(con: Connection, name: str, parameters: Mapping[str, object] | None = None) -> None:
    """Run one SQL file of the build."""
    con.execute(etl_sql(name), dict(parameters) if parameters else None)


def load_raw(con: Connection, layers: CityLayers, openings: Openings) -> None:
    """Create the raw tables: grids, buildings, facilities and their entrances, as text."""
    names = named_places(layers.names)
    grids = _raw_layer(layers.grids, _GRID_TEXT) | code_columns(layers.grids, names)
    grids["has_worker"] = has_worker(layers.grids)
    _store(con, "raw_grids", grids)
    buildings = layers.buildings
    raw = _raw_layer(buildings, AMOUNTS) if buildings else _no_rows(AMOUNTS)
    raw |= dict(zip(("lon", "lat"), _points(buildings), strict=True))
    _store(con, "raw_buildings", raw)
    entrances = _raw_entrances(layers.facilities)
    is_first = entrances["step"] == 0
    first = {name: entrances[name][is_first] for name in ("lon", "lat")}
    facilities = _raw_facilities(layers.facilities) | opening_columns(layers.facilities, openings)
    _store(con, "raw_facilities", facilities | first)
    _store(con, "raw_entrances", entrances)
    run(con, "staging/macros")


def stage_grids(con: Connection, city: str) -> None:
    """Type the grids, name the areas above them, and number both."""
    run(con, "staging/stg_grid")
    run(con, "staging/stg_place")
    run(con, "staging/stg_area", {"city": city})


def stage_buildings(con: Connection, grid_of_building: NDArray[np.int32]) -> None:
    """Type the buildings; -1 is a building in no grid."""
    inside = np.flatnonzero(grid_of_building >= 0)
    place = {"pos": inside, "grid_idx": grid_of_building[inside]}
    _store(con, "building_place", place, {"pos": "bigint", "grid_idx": "integer"})
    run(con, "staging/stg_building")
    run(con, "marts/building_sum")


def stage_facilities(con: Connection) -> None:
    """Type the facilities and find which rows are entrances of one facility."""
    run(con, "staging/status_words")
    run(con, "staging/sharing_words")
    run(con, "staging/stg_facility")
    run(con, "marts/facility_key")


def faults(con: Connection, layers: CityLayers) -> list[Fault]:
    """List what staging found wrong, in the order of the files."""
    found = said(con, "staging/fault_grid", {"source": layers.grids.source})
    found += said(con, "staging/fault_code", {"source": layers.grids.source})
    found += said(con, "staging/fault_level", {"source": layers.grids.source})
    types = con.execute(etl_sql("staging/grid_types")).fetchall()
    found += type_faults(layers.grids, types)
    if layers.buildings is not None:
        found += said(con, "staging/fault_building", {"source": layers.buildings.source})
    found += said(con, "staging/fault_facility", {"piled_names": PILED_NAMES})
    names = {"grids": layers.grids.source}
    if layers.buildings is not None:
        names["demand"] = layers.buildings.source
    for fault in said(con, "staging/fault_number"):
        source = names.get(fault.source, fault.source)
        found.append(
            Fault(
                *(fault.code, fault.severity, source, fault.row, fault.feature_id),
                *(fault.message, fault.action),
            )
        )
    return found


def kept_aside(con: Connection, layers: CityLayers) -> dict[int, list[Rejected]]:
    """List, for each layer by its `id()`, the rows that staging keeps aside, as they were read."""
    found: dict[int, list[Rejected]] = {}
    for table, parts in (
        ("stg_grid", [layers.grids]),
        ("stg_building", [layers.buildings] if layers.buildings else []),
        ("stg_facility", layers.facilities),
    ):
        starts = np.cumsum([0, *(len(part.row) for part in parts)])
        rows = con.execute(
            f"select pos, reject_reason from {table} where reject_reason is not null order by pos"  # noqa: S608 - one of three names above
        ).fetchall()
        for pos, reason in rows:
            number = int(np.searchsorted(starts, pos, side="right")) - 1
            part, at = parts[number], int(pos - starts[number])
            content = row_json(as_headed(part), at)
            row = Rejected(part.source, int(part.row[at]), reason, content)
            found.setdefault(id(part), []).append(row)
    return found


def changed_rows(con: Connection, layers: CityLayers) -> dict[int, set[int]]:
    """Give, for each layer by its `id()`, the rows in which staging changed something it loaded."""
    parts: list[tuple[str, list[Layer]]] = [
        ("stg_grid", [layers.grids]),
        ("stg_building", [layers.buildings] if layers.buildings else []),
        ("stg_facility", layers.facilities),
    ]
    changed: dict[int, set[int]] = {}
    for table, members in parts:
        query = (
            f"select pos from {table} where reject_reason is null "  # noqa: S608 - one of three names above
            "and has_text_number order by pos"
        )
        positions = np.array([row[0] for row in con.execute(query).fetchall()], dtype=np.int64)
        start = 0
        for part in members:
            stop = start + len(part.row)
            own = positions[(positions >= start) & (positions < stop)] - start
            changed[id(part)] = {int(row) for row in part.row[own]}
            start = stop
    return changed


def said(con: Connection, name: str, parameters: Mapping[str, object] | None = None) -> list[Fault]:
    """Run a query whose columns are those of a fault, up to the action or up to all its rows."""
    asked = dict(parameters) if parameters else None
    rows = con.execute(etl_sql(name), asked).fetchall()
    return [Fault(*row[:8], rows=tuple(row[8] or ()) if len(row) > 8 else ()) for row in rows]


def _store(
    con: Connection,
    table: str,
    columns: Mapping[str, NDArray[Any]],
    types: Mapping[str, str] | None = None,
) -> None:
    """Copy arrays into a temporary table; object columns are text."""
    chosen = types or {
        name: "text" if values.dtype.kind == "O" else "" for name, values in columns.items()
    }
    picked = ", ".join(
        f"{name}::{chosen[name]} as {name}" if chosen[name] else name for name in columns
    )
    register(con, "incoming_raw", columns)
    try:
        con.execute(f"create or replace temp table {table} as select {picked} from incoming_raw")  # noqa: S608 - names are constants of this module
    finally:
        con.unregister("incoming_raw")


def _raw_layer(layer: Layer, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    n = len(layer.row)
    empty = np.full(n, None, dtype=object)
    columns: dict[str, NDArray[Any]] = {"pos": np.arange(n), "row": layer.row}
    return columns | {name: layer.columns.get(name, empty) for name in names}


def _no_rows(names: Sequence[str]) -> dict[str, NDArray[Any]]:
    none = np.empty(0, dtype=np.int64)
    return {"pos": none, "row": none} | {name: np.empty(0, dtype=object) for name in names}


def _points(layer: Layer | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give one place of each feature: a point itself, else a point inside."""
    if layer is None or len(layer.row) == 0:
        return np.empty(0), np.empty(0)
    places = shapely.point_on_surface(layer.geometry)
    return shapely.get_x(places), shapely.get_y(places)


def _raw_facilities(blocks: Sequence[Layer]) -> dict[str, NDArray[Any]]:
    parts = [_raw_layer(block, _FACILITY_TEXT) for block in blocks]
    if not parts:
        parts = [_no_rows(_FACILITY_TEXT)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    n = len(columns["row"])
    sizes = np.array([len(block.row) for block in blocks], dtype=np.int64)
    columns["pos"] = np.arange(n)
    columns["block"] = np.repeat(np.arange(len(sizes)), sizes)
    columns["source"] = _objects([block.source for block in blocks for _ in range(len(block.row))])
    columns["attributes"] = _objects(
        [_attributes(block, i) for block in blocks for i in range(len(block.row))]
    )
    return columns


def _attributes(block: Layer, position: int) -> str:
    known = {
        name: block.columns[name][position]
        for name in _ATTRIBUTES
        if name in block.columns and block.columns[name][position] is not None
    }
    return json.dumps(known, ensure_ascii=False)


def _raw_entrances(blocks: Sequence[Layer]) -> dict[str, NDArray[Any]]:
    shapes = _objects([shape for block in blocks for shape in block.geometry])
    sizes, lonlat = _doors(shapes)
    starts = np.cumsum(sizes) - sizes
    return {
        "pos": np.repeat(np.arange(len(shapes)), sizes),
        "step": np.arange(len(lonlat)) - np.repeat(starts, sizes),
        "lon": lonlat[:, 0],
        "lat": lonlat[:, 1],
    }


def _doors(shapes: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give how many entrances each facility has, and all of them; most facilities are points."""
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        return np.ones(len(shapes), dtype=np.int64), shapely.get_coordinates(shapes)
    places = [entrances_of(shape) for shape in shapes]
    return np.array([len(place) for place in places]), np.concatenate(places)


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
