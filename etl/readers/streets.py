"""Make a street network of ways: from OpenStreetMap or from any layer of lines."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Objects, Streets
from etl.readers.files import opened
from etl.readers.layer import read_layer
from etl.readers.osm import OsmWays, read_osmium, read_pbf
from etl.readers.raw import objects
from etl.section import count
from etl.settings import Source
from geo.errors import InputDataError

_DECIMALS: Final = 7
"""OpenStreetMap stores 1e-7 degrees, about a centimetre; every reader is rounded to it."""
_LINE_DECIMALS: Final = 9
"""A tenth of a millimetre: vertices that a projection moved apart by rounding are one."""


@dataclass(frozen=True)
class _Head:
    source: str
    sha256: str
    bytes: int
    rows_in: int
    crs: str
    encoding: str
    note: str | None


@dataclass(frozen=True)
class _Segments:
    """Shape (s,) each: positions of the two nodes, and the way each segment belongs to."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    way: NDArray[np.int64]


def read_streets(source: Source) -> Streets:
    """Read the walkable streets of a city.

    Raises
    ------
    SourceMissingError, InputDataError
        The file cannot be read, or nothing in it can be walked.
    """
    with opened(source) as file:
        if file.kind in ("osm_pbf", "osm_xml"):
            read = read_pbf if file.kind == "osm_pbf" else read_osmium
            return _from_osm(source, read(source, file), file.sha256, file.bytes)
    return _from_lines(source)


def _from_osm(source: Source, ways: OsmWays, sha256: str, size: int) -> Streets:
    if not len(ways.kind) or not len(ways.node_id):
        raise InputDataError(
            f"{source.title} {source.shown} has {count(ways.highways, 'way')} with a highway tag "
            "and none that people may walk between known nodes; expected streets. "
            "Check the extract."
        )
    position = np.searchsorted(ways.node_id, ways.ref)
    position[position == len(ways.node_id)] = 0
    is_known = np.isin(ways.ref, ways.node_id)
    segments = _consecutive(np.where(is_known, position, -1), ways.length)
    cut = int((~is_known).sum())
    closed = ways.highways - len(ways.kind)
    note = f"{count(closed, 'way')} of {ways.highways:,} with a highway tag cannot be walked."
    if cut:
        note += f" {count(cut, 'reference')} to a node outside the extract."
    head = _Head(source.shown, sha256, size, len(ways.kind), "WGS84", "utf-8", note)
    lonlat = np.round(np.column_stack([ways.lon, ways.lat]), _DECIMALS)
    return _streets(head, ways.node_id, lonlat, segments, ways.name, ways.kind, ways.is_gate)


def _from_lines(source: Source) -> Streets:
    layer = read_layer(source, "network")
    lines, owner = shapely.get_parts(layer.geometry, return_index=True)
    is_line = np.isin(shapely.get_type_id(lines), (1, 2))
    lines, owner = lines[is_line], owner[is_line]
    if not len(lines):
        raise InputDataError(
            f"{source.title} {source.shown} has {count(len(layer.row), 'feature')} and no line; "
            "expected street centre lines. Give a line layer or an OpenStreetMap file."
        )
    lonlat = np.round(shapely.get_coordinates(lines), _LINE_DECIMALS)
    # vertices at one place are one junction; a stable key needs an order of its own: by place
    places, position = np.unique(lonlat, axis=0, return_inverse=True)
    segments = _consecutive(position.ravel(), shapely.get_num_coordinates(lines).astype(np.int64))
    segments = _Segments(segments.start, segments.end, owner[segments.way])
    names = layer.columns.get("name", objects([None] * len(layer.row)))
    note = "Lines that cross without a common vertex are not joined."
    head = _Head(
        layer.source,
        layer.sha256,
        layer.bytes,
        layer.rows_in,
        layer.crs,
        layer.encoding,
        " ".join(filter(None, [layer.note, note])),
    )
    kinds = objects(["line"] * len(layer.row))
    keys = np.arange(len(places), dtype=np.int64)
    streets = _streets(head, keys, places, segments, names, kinds, np.zeros(len(keys), dtype=bool))
    streets.rejected.extend(layer.rejected)
    streets.faults.extend(layer.faults)
    return streets


def _consecutive(position: NDArray[np.int64], lengths: NDArray[np.int64]) -> _Segments:
    """Pair each vertex with the next of its own way; a vertex of position -1 breaks the way."""
    way = np.repeat(np.arange(len(lengths)), lengths)
    start, end = position[:-1], position[1:]
    together = (way[:-1] == way[1:]) & (start >= 0) & (end >= 0) & (start != end)
    return _Segments(start[together], end[together], way[:-1][together])


def _streets(
    head: _Head,
    key: NDArray[np.int64],
    lonlat: NDArray[np.float64],
    segments: _Segments,
    names: Objects,
    kinds: Objects,
    is_gate: NDArray[np.bool_],
) -> Streets:
    """Keep each segment once, from the lower to the higher node, and only the nodes in use."""
    low = np.minimum(segments.start, segments.end)
    high = np.maximum(segments.start, segments.end)
    order = np.lexsort((segments.way, high, low))
    low, high, way = low[order], high[order], segments.way[order]
    is_first = np.ones(len(low), dtype=bool)
    is_first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    low, high, way = low[is_first], high[is_first], way[is_first]
    used = np.unique(np.concatenate([low, high]))
    kind = kinds[way]
    return Streets(
        source=head.source,
        sha256=head.sha256,
        bytes=head.bytes,
        rows_in=head.rows_in,
        crs=head.crs,
        encoding=head.encoding,
        note=head.note,
        node_key=key[used],
        lon=lonlat[used, 0],
        lat=lonlat[used, 1],
        u=np.searchsorted(used, low).astype(np.int32),
        v=np.searchsorted(used, high).astype(np.int32),
        name=names[way],
        kind=kind,
        is_stairs=kind == "steps",
        is_gate=is_gate[low] | is_gate[high],
    )
