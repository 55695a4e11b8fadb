"""Turn one source into a layer: columns named, filter applied, places found, rejects kept."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from etl.layers import Fault, Layer, Objects, Rejected, row_json
from etl.readers.amounts import Amounts, amounts
from etl.readers.basis import basis
from etl.readers.categories import categories
from etl.readers.codes import whole_codes
from etl.readers.columns import require, resolve, wanted
from etl.readers.dates import day_text
from etl.readers.excel import read_excel
from etl.readers.files import OpenedFile, opened
from etl.readers.georef import NOWHERE
from etl.readers.kml import read_kml
from etl.readers.limits import check_table
from etl.readers.name_notes import name_notes
from etl.readers.osm_places import read_places
from etl.readers.places import Places, own_centres, places
from etl.readers.raw import RawTable, objects
from etl.readers.table import read_csv, read_parquet
from etl.readers.topojson import read_topojson
from etl.readers.vector import read_geojson, read_shapefile, read_vector
from etl.section import count
from etl.settings import FacilitySource, Source
from etl.where import rows_where
from geo.errors import InputDataError

_ROLES: Final = {
    "grids": "grids",
    "demand": "buildings",
    "facilities": "facilities",
    "network": "network",
    "basemap": "basemap",
    "units": "units",
}
_DAYS: Final = {"opened", "closed"}
_PLACE_COLUMNS: Final = {"h3", "wkt", "lon", "lat", "lonlat", "latlon"}
_REASONS: Final = {
    "GEOM_EMPTY": "without a place",
    "GEOM_INVALID": "with an outline that cannot be repaired",
    "GEOM_TYPE": "without an area",
    "H3_INVALID": "with an H3 cell that does not exist",
    "NUM_TEXT": "with text where a coordinate belongs",
    "XY_ZERO": "at 0, 0",
    "XY_RANGE": "off the globe",
    "ROW_SHAPE": "with more cells than the header",
    "TOTAL_ROW": "with a total",
}


@dataclass(frozen=True)
class _Found:
    """A file read and its columns recognised."""

    file: OpenedFile
    raw: RawTable
    columns: dict[str, str]


def read_layer(source: Source, kind: str) -> Layer:
    """Read one source.

    Parameters
    ----------
    kind
        grids, demand, facilities, network, basemap or units; grids must be areas and need an id.
        Units may be a plain register: a row without a place has no geometry.

    Raises
    ------
    SourceMissingError, SettingsError, InputDataError
        The file, its columns or its coordinates cannot be used as a whole; one message.
    """
    found = _read(source, kind)
    raw, notes = filtered(source, found.raw)
    located = _located(source, kind, raw, found.columns)
    faults = [*raw.faults, *located.georef.faults, *located.faults]
    reason = located.reason.copy()
    is_point = kind != "grids" and raw.geometry is None
    numbers = amounts(source, raw, found.columns)
    faults += [*numbers.faults, *basis(source, _ROLES[kind], raw, found.columns)]
    columns = _canonical(raw, found.columns, numbers, is_point=is_point)
    faults += name_notes(source, columns, raw.row)
    if isinstance(source, FacilitySource):
        found_kinds = categories(source, columns, raw.row)
        columns["category"] = found_kinds.codes
        faults += found_kinds.faults
        for at in np.flatnonzero([code is None for code in found_kinds.codes]):
            reason[at] = reason[at] or found_kinds.reason[at]
    if kind == "grids" and {"lon", "lat"} <= columns.keys():
        columns["lon"], columns["lat"] = own_centres(located.georef, columns["lon"], columns["lat"])
    rejected = [*raw.rejected, *rejected_rows(source, raw, reason)]
    keep = np.array([code is None for code in reason], dtype=bool)
    return Layer(
        kind=kind,
        source=source.shown,
        sha256=found.file.sha256,
        bytes=found.file.bytes,
        rows_in=int(keep.sum()) + len(rejected),
        crs=located.georef.label,
        encoding=raw.encoding,
        note=" ".join([*raw.notes, *notes, *located.georef.notes]) or None,
        columns={name: cells[keep] for name, cells in columns.items()},
        row=raw.row[keep],
        geometry=located.geometry[keep],
        rejected=rejected,
        faults=faults + summaries(source, rejected),
        fixed=raw.row[keep & (located.is_fixed | numbers.is_changed)],
        headers=found.columns,
    )


def _located(source: Source, kind: str, raw: RawTable, columns: dict[str, str]) -> Places:
    """Find the places; those of units may be left out, and a cell of theirs is its hexagon."""
    if kind != "units":
        return places(source, raw, columns, areas_only=kind == "grids")
    if raw.geometry is None and not _PLACE_COLUMNS & columns.keys():
        nothing = objects([None] * len(raw.row))
        return Places(nothing, nothing.copy(), NOWHERE, [], np.zeros(len(raw.row), dtype=bool))
    found = places(source, raw, columns, areas_only="h3" in columns)
    reason = objects([None if code == "GEOM_EMPTY" else code for code in found.reason])
    return replace(found, reason=reason)


def read_raw(source: Source, file: OpenedFile, role: str) -> RawTable:
    """Read a file by its kind, before anything is known about its columns."""
    by_name = {
        "shapefile": read_shapefile,
        "geojson": read_geojson,
        "vector": read_vector,
        "csv": read_csv,
        "excel": read_excel,
    }
    if file.kind in by_name:
        return by_name[file.kind](source, file, wanted(source, role))
    if file.kind in ("osm_pbf", "osm_xml") and isinstance(source, FacilitySource):
        return read_places(source, file)
    plain = {"topojson": read_topojson, "parquet": read_parquet, "kml": read_kml}
    if file.kind not in plain:
        raise InputDataError(
            f"{source.title} {source.shown} is an OpenStreetMap file; expected a table or a vector "
            "layer. Use it as [network]."
        )
    return plain[file.kind](source, file)


def _read(source: Source, kind: str) -> _Found:
    role = _ROLES[kind]
    with opened(source) as file:
        raw = read_raw(source, file, role)
        check_table(source, raw)
    if not len(raw.row):
        raise InputDataError(
            f"{source.title} {source.shown} has no rows; expected at least one. "
            "Export it again, or take the section out of city.toml."
        )
    unwanted = () if raw.geometry is None or kind == "grids" else ("lon", "lat")
    columns = resolve(source, role, raw, unwanted)
    if kind == "grids":
        require(source, columns, raw, "id")
    return _Found(file, whole_codes(source, raw, columns, kind), columns)


def filtered(source: Source, raw: RawTable) -> tuple[RawTable, list[str]]:
    """Keep the rows for which `where` holds, and say how many were set aside."""
    if source.where is None:
        return raw, []
    keep = rows_where(source.where, raw.columns, title=source.title)
    kept = replace(
        raw,
        columns={name: cells[keep] for name, cells in raw.columns.items()},
        row=raw.row[keep],
        geometry=None if raw.geometry is None else raw.geometry[keep],
    )
    aside = int((~keep).sum())
    return kept, [f"{count(aside, 'row')} of {len(keep):,} set aside by where = {source.where}."]


def _canonical(
    raw: RawTable, found: dict[str, str], numbers: Amounts, *, is_point: bool
) -> dict[str, Objects]:
    """Name columns canonically; the others keep their header unless a canonical name needs it."""
    # what became the geometry, in whatever system it was, is not carried on as text
    spent = {"wkt", "lon", "lat", "lonlat", "latlon"} if is_point else {"wkt"}
    columns = {name: raw.columns[header] for name, header in found.items() if name not in spent}
    columns |= numbers.columns
    for name in _DAYS & columns.keys():
        cells = columns[name]
        columns[name] = objects([None if cell is None else day_text(cell) for cell in cells])
    columns.pop("h3", None)
    # a column in which a number was read is kept beside it as it was written
    used = {header for name, header in found.items() if name != "h3"} - numbers.written.keys()
    for header, cells in raw.columns.items():
        if header not in used:
            columns[header if header not in columns else f"{header} (file)"] = cells
    return columns


def rejected_rows(source: Source, raw: RawTable, reason: Objects) -> list[Rejected]:
    """List the rows that have a reason to stay out, shape (n,), None for those that have not."""
    return [
        Rejected(source.shown, int(raw.row[at]), str(reason[at]), row_json(raw.columns, int(at)))
        for at in np.flatnonzero([code is not None for code in reason])
    ]


def summaries(source: Source, rejected: list[Rejected]) -> list[Fault]:
    """Say once for each reason how many rows it kept out, and which was the first."""
    faults: list[Fault] = []
    for code, what in _REASONS.items():
        rows = [entry.row for entry in rejected if entry.reason == code]
        if rows:
            faults.append(
                Fault(
                    code=code,
                    severity="note" if code == "TOTAL_ROW" else "warning",
                    source=source.shown,
                    row=rows[0],
                    feature_id=None,
                    message=f"{count(len(rows), 'row')} {what}, the first is row {rows[0]}.",
                    action="Set aside; see the list of rejected rows.",
                    affected=len(rows),
                    rows=tuple(rows),
                )
            )
    return faults
