"""Make the geometry of a source: from the file itself, from H3 cells, from WKT or from lon/lat.

A row without a usable place gets a reason instead of a geometry; none is dropped here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

import h3
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.layers import METRES_PER_DEGREE, Fault, Objects
from etl.readers.georef import Georef, are_degrees, decide, to_wgs84
from etl.readers.limits import Repairs, check_vertices, is_deep
from etl.readers.positions import names_latitude_first, numbers, pairs, points, shape_text
from etl.readers.raw import RawTable, objects
from etl.readers.systems import DEGREES
from etl.settings import Source
from geo.errors import InputDataError

_NOTHING: Final = shapely.Polygon()
# h3 itself overflows on a longer text and on a sign
_H3: Final = re.compile(r"[0-9a-fA-F]{15,16}")
_AREAL_IDS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Places:
    """Shape (n,) each: a WGS 84 geometry or None, and why it is None (a fault code)."""

    geometry: Objects
    reason: Objects
    georef: Georef
    faults: list[Fault]
    is_fixed: NDArray[np.bool_]


def places(source: Source, raw: RawTable, found: Mapping[str, str], *, areas_only: bool) -> Places:
    """Give every row its place.

    Parameters
    ----------
    found
        Canonical name to header; `h3`, `wkt`, `lonlat`, `lon` and `lat` are used here, in this
        order, where the file has no geometry of its own. `lon` and `lat` may be one column.
    areas_only
        Grids: only polygons will do, and an H3 cell is its hexagon. Else a cell is its centre.

    Raises
    ------
    InputDataError
        There is nothing to take a place from, or the coordinate system is missing or contradicts
        itself.
    """
    geometry, reason = _geometries(source, raw, found, areas_only=areas_only)
    there = ~shapely.is_missing(geometry)
    coordinates = shapely.get_coordinates(geometry[there])
    georef = decide(
        source, raw.crs, coordinates, is_default=raw.is_default_crs, is_fixed="h3" in found
    )
    moved = to_wgs84(georef.crs, coordinates)
    if moved is not coordinates:
        geometry[there] = shapely.set_coordinates(geometry[there].copy(), moved)
    _refuse_unusable(geometry, reason, areas_only=areas_only)
    faults, is_fixed = _repaired(source, raw, found.get("id"), geometry, reason)
    return Places(geometry, reason, georef, faults, is_fixed)


def own_centres(georef: Georef, lon: Objects, lat: Objects) -> tuple[Objects, Objects]:
    """Bring the centre points that grids name to WGS 84, as text; None where there is no pair.

    Where the outlines are in metres and the centres in degrees, the centres are WGS 84 already.
    """
    xy = np.column_stack([numbers(lon), numbers(lat)])
    known = np.isfinite(xy).all(axis=1)
    if known.any() and (georef.crs in DEGREES or not are_degrees(xy[known])):
        xy[known] = to_wgs84(georef.crs, xy[known])
    texts = [repr(float(value)) if np.isfinite(value) else None for value in xy.T.ravel()]
    return objects(texts[: len(xy)]), objects(texts[len(xy) :])


def _geometries(
    source: Source, raw: RawTable, found: Mapping[str, str], *, areas_only: bool
) -> tuple[Objects, Objects]:
    if raw.geometry is not None:
        return raw.geometry.copy(), objects([None] * len(raw.row))
    if "h3" in found:
        make = _hexagon if areas_only else _cell_centre
        shapes = [make(cell) for cell in raw.columns[found["h3"]]]
        return _explained(shapes, raw.columns[found["h3"]], "H3_INVALID")
    if "wkt" in found:
        cells = raw.columns[found["wkt"]]
        plain = objects([None if is_deep(cell) else shape_text(cell) for cell in cells])
        shapes = shapely.force_2d(shapely.from_wkt(plain, on_invalid="ignore"))
        check_vertices(source, shapely.get_num_coordinates(shapes), raw.row)
        return _explained(list(shapes), cells, "GEOM_INVALID")
    joint = _joint(found)
    if joint and not areas_only:
        cells = raw.columns[found[joint]]
        xy, is_lat_first = pairs(cells, is_lat_first=names_latitude_first(found[joint]))
        if is_lat_first:
            raw.notes.append(f"{found[joint]} holds the latitude first.")
        return points(xy, cells)
    if areas_only or not {"lon", "lat"} <= found.keys():
        expected = "h3 = or wkt =" if areas_only else "lon = and lat =, h3 = or wkt ="
        raise InputDataError(
            f"{source.title} {source.shown} is a table without a place for its rows; expected "
            f"{expected} naming a column. It has: {', '.join(raw.headers)}."
        )
    lon, lat = raw.columns[found["lon"]], raw.columns[found["lat"]]
    return points(np.column_stack([numbers(lon), numbers(lat)]), lon, lat)


def _joint(found: Mapping[str, str]) -> str | None:
    """Give the name of the column that holds both coordinates."""
    if "lon" in found and found["lon"] == found.get("lat"):
        return "lon"
    return next((name for name in ("lonlat", "latlon") if name in found), None)


def _explained(
    shapes: list[BaseGeometry | None], cells: Objects, code: str
) -> tuple[Objects, Objects]:
    reasons = [
        None if shape is not None else "GEOM_EMPTY" if cell is None else code
        for shape, cell in zip(shapes, cells, strict=True)
    ]
    return objects(shapes), objects(reasons)


def is_h3_cell(cell: str | None) -> TypeGuard[str]:
    """Tell whether a text is the id of an H3 cell: 15 or 16 hexadecimal digits, and a cell."""
    return cell is not None and bool(_H3.fullmatch(cell)) and h3.is_valid_cell(cell)


def _hexagon(cell: str | None) -> BaseGeometry | None:
    if not is_h3_cell(cell):
        return None
    return shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])


def _cell_centre(cell: str | None) -> BaseGeometry | None:
    if not is_h3_cell(cell):
        return None
    lat, lon = h3.cell_to_latlng(cell)
    return shapely.Point(lon, lat)


def _refuse_unusable(geometry: Objects, reason: Objects, *, areas_only: bool) -> None:
    """Take out, with a reason, what is empty, off the globe, or of the wrong kind."""
    bounds = shapely.bounds(geometry)
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    # NaN compares as False: what became infinite on the way is off the globe
    on_globe = (bounds[:, :2] >= (-180, -90)).all(axis=1) & (bounds[:, 2:] <= (180, 90)).all(axis=1)
    is_area = np.isin(shapely.get_type_id(geometry), _AREAL_IDS)
    faults = {
        "GEOM_EMPTY": empty,
        "XY_RANGE": ~empty & ~on_globe,
        "XY_ZERO": (bounds == 0).all(axis=1),
        "GEOM_TYPE": ~empty & ~is_area & areas_only,
    }
    for code, found in faults.items():
        geometry[found] = None
        for at in np.flatnonzero(found):
            reason[at] = reason[at] or code


def _repaired(
    source: Source, raw: RawTable, id_header: str | None, geometry: Objects, reason: Objects
) -> tuple[list[Fault], NDArray[np.bool_]]:
    """Repair areas that cross themselves, in place, and say by how much each changed."""
    is_area = np.isin(shapely.get_type_id(geometry), _AREAL_IDS)
    is_bad = is_area & ~shapely.is_valid(geometry)
    faults: list[Fault] = []
    repairs = Repairs()
    for at in np.flatnonzero(is_bad):
        before = geometry[at]
        after = _areal_parts(shapely.make_valid(before)) if repairs.allows(before) else _NOTHING
        name = None if id_header is None else raw.columns[id_header][at]
        if after.is_empty:
            geometry[at], reason[at], is_bad[at] = None, "GEOM_INVALID", False
        else:
            geometry[at] = after
            faults.append(_invalid(source, int(raw.row[at]), name, before, after))
    return faults, is_bad


def _areal_parts(shape: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type.endswith("Polygon")]
    return shape if shape.geom_type.endswith("Polygon") else shapely.union_all(parts)


def _invalid(
    source: Source, row: int, name: str | None, before: BaseGeometry, after: BaseGeometry
) -> Fault:
    change = _area_m2(after) - _area_m2(before)
    where = shapely.is_valid_reason(before).split("[", maxsplit=1)[0].strip().lower()
    return Fault(
        code="GRID_INVALID",
        severity="warning",
        source=source.shown,
        row=row,
        feature_id=name,
        message=f"The outline is not valid ({where}).",
        action=f"Repaired; its area changed by {change:+,.1f} m2, to {_area_m2(after):,.1f} m2.",
    )


def _area_m2(shape: BaseGeometry) -> float:
    """Give an area good enough to tell a sliver from a block; results are computed elsewhere."""
    south, north = shape.bounds[1], shape.bounds[3]
    east_west = np.cos(np.radians((south + north) / 2))
    return float(shape.area * METRES_PER_DEGREE**2 * east_west)
