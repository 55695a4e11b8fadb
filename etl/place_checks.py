"""Look at where facilities stand: how exactly, twice, in which area, near which street.

Nothing is changed: a facility counts where its file puts it.
"""

import re
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.area_checks import area_faults
from etl.compute import Ground
from etl.layers import CityLayers, Fault, Layer
from etl.names import name_norm
from etl.readers.systems import BD09, CGCS2000, GCJ02, WGS84
from etl.section import count
from etl.shapes import GridShapes
from etl.thresholds import COARSE_DECIMALS, OFF_STREET_M, SAME_NAME_M, SAME_PLACE_M
from geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from geo.network import Snap
from geo.store.connect import Connection
from geo.store.queries import fetch_columns

Floats = NDArray[np.float64]
_BRANCH: Final = re.compile(
    r"(\((?!\d+\))[^)]*\)|\[(?!\d+\])[^\]]*\]|[东西南北正侧后]门|(?:总|分|旗舰|直营)?店|分[部院校馆])$"
)
_WRITTEN_DEG: Final = 2e-7
"""A shift that was undone is good to 2 cm: this near to a round number, one was written."""


def place_faults(
    con: Connection,
    layers: CityLayers,
    shapes: GridShapes,
    order: NDArray[np.int64],
    ground: Ground,
    workers: int,
) -> list[Fault]:
    """List what is odd about the places of facilities, in the order of the files.

    Parameters
    ----------
    order
        Shape (grids,), the row of the grid layer behind each grid.
    """
    found: list[Fault] = []
    for layer in layers.facilities:
        found += _coarse(layer)
        found += area_faults(layer, layers.grids, shapes, order)
    found += _twins(con, shapes)
    return found + _off_streets(con, layers, shapes, ground, workers)


def is_coarse(written: Floats) -> NDArray[np.bool_]:
    """Tell which lon/lat pairs, shape (n, 2), were both written with fewer than four decimals."""
    step = 10.0 ** (COARSE_DECIMALS - 1)
    away = np.abs(written * step - np.round(written * step)) / step
    return np.asarray((away < _WRITTEN_DEG).all(axis=1))


def _coarse(layer: Layer) -> list[Fault]:
    is_point = shapely.get_type_id(layer.geometry) == shapely.GeometryType.POINT
    back = {GCJ02: wgs84_to_gcj02, BD09: wgs84_to_bd09}
    if not is_point.any() or layer.crs not in (WGS84, CGCS2000, *back):
        return []
    lonlat = shapely.get_coordinates(layer.geometry[is_point])
    written = back[layer.crs](lonlat) if layer.crs in back else lonlat
    rows = tuple(layer.row[is_point][is_coarse(written)].tolist())
    if not rows:
        return []
    return [
        Fault(
            *("XY_PREC", "warning", layer.source, rows[0], None),
            f"{count(len(rows), 'place')} with fewer than {COARSE_DECIMALS} decimals, which is "
            f"11 m or worse; the first is row {rows[0]:,}.",
            "Used as they are. Export them with all their decimals.",
            affected=len(rows),
            rows=rows,
        )
    ]


def folded_name(name: str) -> str:
    """Give a name without what tells a branch or a gate from the whole.

    Examples
    --------
    >>> folded_name("云泽社区卫生站（东门）"), folded_name("惠民超市 分店")
    ('云泽社区卫生站', '惠民超市')
    """
    text = name_norm(name)
    while (shorter := _BRANCH.sub("", text)) not in (text, ""):
        text = shorter
    return text


def _twins(con: Connection, shapes: GridShapes) -> list[Fault]:
    """List close pairs of one category and of one name but for a branch or a gate."""
    rows = fetch_columns(
        con,
        "select facility_id, facility.category_idx as category, name, source, row, lon, lat, zh "
        "from facility inner join category on category.category_idx = facility.category_idx "
        "where name <> zh order by facility_idx",
    )
    keys = _keys(rows)
    xy_m = shapes.to_metric(np.column_stack([rows["lon"], rows["lat"]]))
    places = np.asarray(shapely.points(xy_m), dtype=object)
    repeated = np.flatnonzero(np.bincount(keys, minlength=1)[keys] > 1)
    near = shapely.STRtree(places[repeated]).query(
        places[repeated], predicate="dwithin", distance=SAME_NAME_M
    )
    one, other = repeated[near[0]], repeated[near[1]]
    kept = (one < other) & (keys[one] == keys[other])
    pairs = sorted(zip(one[kept].tolist(), other[kept].tolist(), strict=True))
    apart = shapely.distance(places[[p for p, _ in pairs]], places[[p for _, p in pairs]])
    return [_twin(rows, *pair, float(metres)) for pair, metres in zip(pairs, apart, strict=True)]


def _keys(rows: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Give each facility the number of its category and folded name."""
    numbers: dict[tuple[int, str], int] = {}
    named = zip(rows["category"].tolist(), rows["name"].tolist(), strict=True)
    keys = [numbers.setdefault((idx, folded_name(name)), len(numbers)) for idx, name in named]
    return np.array(keys, dtype=np.int64)


def _twin(rows: dict[str, NDArray[Any]], one: int, other: int, metres: float) -> Fault:
    first, later = ({name: values[at] for name, values in rows.items()} for at in (one, other))
    if (later["source"], later["row"]) < (first["source"], first["row"]):
        first, later = later, first
    return Fault(
        "DUP_FAC",
        "warning" if metres < SAME_PLACE_M else "note",
        str(later["source"]),
        int(later["row"]),
        str(later["facility_id"]),
        f"{later['name']} stands {metres:,.0f} m from {first['name']} of the same category "
        f"({first['source']}, row {int(first['row']):,}).",
        "Both count; nothing is merged. If they are one, take one row out.",
    )


def _off_streets(
    con: Connection, layers: CityLayers, shapes: GridShapes, ground: Ground, workers: int
) -> list[Fault]:
    """Count the facilities and the homes that stand far from every street."""
    if ground.network is None or ground.snaps is None or layers.streets is None:
        return []
    doors = fetch_columns(
        con,
        "select facility.source, facility.row, entrance.lon, entrance.lat from entrance "
        "inner join facility on facility.facility_idx = entrance.facility_idx "
        "order by facility.source, facility.row",
    )
    xy_m = shapes.to_metric(np.column_stack([doors["lon"], doors["lat"]]))
    legs = _legs_m(ground.network.snapped(xy_m, workers))
    nearest: dict[tuple[str, int], float] = {}
    for source, row, leg in zip(doors["source"], doors["row"].tolist(), legs.tolist(), strict=True):
        nearest[source, row] = min(leg, nearest.get((source, row), np.inf))
    found = [
        _off_rows(layer.source, nearest, ground.network.snap_limit_m)
        for layer in {layer.source: layer for layer in layers.facilities}.values()
    ]
    homes = _off_homes(con, ground, layers.streets.source)
    return [fault for fault in [*found, homes] if fault is not None]


def _legs_m(snaps: Snap) -> Floats:
    """Give how far each place is from the nearest street; infinite beyond the limit."""
    return np.where(snaps.is_on, snaps.leg_cm / 100, np.inf)


def _off_rows(source: str, nearest: dict[tuple[str, int], float], limit_m: float) -> Fault | None:
    far = {row: leg for (file, row), leg in nearest.items() if file == source}
    rows = tuple(row for row, leg in far.items() if leg > OFF_STREET_M)
    lost = sum(far[row] == np.inf for row in rows)
    if not rows:
        return None
    no_walk = f"; {lost:,} of them beyond {limit_m:g} m, where no walk starts" if lost else ""
    return Fault(
        *("NET_FAR", "warning" if lost else "note", source, rows[0], None),
        f"{count(len(rows), 'place')} more than {OFF_STREET_M:g} m from every street{no_walk}.",
        "The way to the street counts as a straight line. Check the streets or the places.",
        affected=len(rows),
        rows=rows,
    )


def _off_homes(con: Connection, ground: Ground, source: str) -> Fault | None:
    if ground.snaps is None:
        return None
    demand = ground.demand
    is_far = _legs_m(ground.snaps.take(ground.people)) > OFF_STREET_M
    if not is_far.any():
        return None
    ids = fetch_columns(con, "select grid_id from grid order by grid_idx")["grid_id"]
    grids = tuple(str(ids[at]) for at in np.unique(demand.grid[is_far]))
    people = int(demand.known_milli[is_far, 0].sum()) // 1000
    return Fault(
        *("NET_FAR", "note", source, None, None),
        f"{count(int(is_far.sum()), 'demand point')} with {people:,} people in "
        f"{count(len(grids), 'grid')}, more than {OFF_STREET_M:g} m from every street.",
        "The way to the street counts as a straight line. Check the streets there.",
        affected=int(is_far.sum()),
        grid_ids=grids,
    )
