"""Read the walkable ways of an OpenStreetMap file: PBF through DuckDB, the rest through osmium.

Both give the same ways in the same order, because both ask `is_walkable` and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from etl.layers import Objects
from etl.readers.files import OpenedFile
from etl.readers.limits import ROWS, refusal
from etl.readers.raw import objects
from etl.readers.walkable import GATES, TAG_KEYS, is_walkable
from etl.settings import Source
from geo.errors import InputDataError
from geo.store.connect import Connection, open_scratch

OSM_MEMORY: Final = "3GB"
"""What DuckDB may take to read a .osm.pbf; the streets themselves come on top."""
_MISSING_AT_MOST: Final = 0.02
"""Share of nodes a clipped extract may lack before the file is read a second way."""
_SQL: Final = Path(__file__).resolve().parent.parent / "sql" / "readers"


@dataclass(frozen=True)
class OsmWays:
    """The walkable ways of a file.

    Attributes
    ----------
    highways
        How many ways have a highway tag, walkable or not.
    kind, name
        Shape (w,): the `highway` value and the name or None, in order of way id.
    ref, length
        Node ids of all ways one after the other, shape (r,), and how many each way has, shape (w,).
    node_id, lon, lat, is_gate
        Shape (n,), ascending ids; a node outside the extract is not among them.
    """

    highways: int
    kind: Objects
    name: Objects
    ref: NDArray[np.int64]
    length: NDArray[np.int64]
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    is_gate: NDArray[np.bool_]


def read_pbf(source: Source, file: OpenedFile) -> OsmWays:
    """Read a .osm.pbf file.

    DuckDB is ten times faster but knows only packed ("dense") nodes, which some programs do not
    write, and only zlib blocks. Where it finds no way or misses nodes, osmium reads the file.
    """
    try:
        ways = _read_by_duckdb(source, file)
    except duckdb.Error:
        return read_osmium(source, file)
    missing = len(ways.ref) - int(np.isin(ways.ref, ways.node_id).sum())
    is_whole = len(ways.ref) > 0 and missing <= _MISSING_AT_MOST * len(ways.ref)
    return ways if is_whole else read_osmium(source, file)


def _check_ways(source: Source, number: int) -> None:
    if number > ROWS:
        raise refusal(
            source,
            f"has {number:,} ways or more with a highway tag",
            f"{ROWS:,}",
            "Cut the extract to the city and its surroundings.",
        )


def _read_by_duckdb(source: Source, file: OpenedFile) -> OsmWays:
    path = {"path": str(file.path)}
    with open_scratch() as con:
        con.execute("set memory_limit = $1", [OSM_MEMORY])
        ways = con.execute(_query("osm_ways"), path).fetchmany(ROWS + 1)
        _check_ways(source, len(ways))
        kept = [way for way in ways if is_walkable(*way[1:6])]
        _register(con, "walkable", np.array([way[0] for way in kept], dtype=np.int64))
        refs = con.execute(_query("osm_refs"), path).fetchnumpy()
        ref = np.asarray(refs["ref"], dtype=np.int64)
        _register(con, "used", np.unique(ref))
        nodes = con.execute(_query("osm_nodes"), path).fetchnumpy()
    _, length = np.unique(np.asarray(refs["id"], dtype=np.int64), return_counts=True)
    return OsmWays(
        highways=len(ways),
        kind=objects([way[1] for way in kept]),
        name=objects([way[6] for way in kept]),
        ref=ref,
        length=length.astype(np.int64),
        node_id=np.asarray(nodes["id"], dtype=np.int64),
        lon=np.asarray(nodes["lon"], dtype=np.float64),
        lat=np.asarray(nodes["lat"], dtype=np.float64),
        is_gate=_are_gates(np.ma.filled(nodes["barrier"], None).tolist()),
    )


def read_osmium(source: Source, file: OpenedFile) -> OsmWays:
    """Read any OpenStreetMap file: once for the ways, once for their nodes."""
    # imported here: it costs half a second that most cities do not need
    from osmium import FileProcessor, osm
    from osmium import filter as osm_filter

    highways = 0
    kept: list[tuple[int, str, str | None, list[int]]] = []
    ways: Any = FileProcessor(str(file.path), osm.WAY)
    places: Any = FileProcessor(str(file.path), osm.NODE)
    try:
        for way in ways.with_filter(osm_filter.KeyFilter("highway")):
            refs = [node.ref for node in way.nodes]
            if way.deleted or len(refs) < 2:
                continue
            highways += 1
            _check_ways(source, highways)
            if is_walkable(*(way.tags.get(key) for key in TAG_KEYS)):
                kept.append((way.id, way.tags["highway"], way.tags.get("name"), refs))
        kept.sort(key=lambda way: way[0])
        used = {ref for way in kept for ref in way[3]}
        nodes = sorted(
            (node.id, node.location.lon, node.location.lat, node.tags.get("barrier"))
            for node in places
            if node.id in used and node.location.valid()
        )
    except RuntimeError as error:
        raise unreadable(source, error) from error
    return OsmWays(
        highways=highways,
        kind=objects([way[1] for way in kept]),
        name=objects([way[2] for way in kept]),
        ref=np.array([ref for way in kept for ref in way[3]], dtype=np.int64),
        length=np.array([len(way[3]) for way in kept], dtype=np.int64),
        node_id=np.array([node[0] for node in nodes], dtype=np.int64),
        lon=np.array([node[1] for node in nodes], dtype=np.float64),
        lat=np.array([node[2] for node in nodes], dtype=np.float64),
        is_gate=_are_gates(node[3] for node in nodes),
    )


def _query(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _register(con: Connection, name: str, ids: NDArray[np.int64]) -> None:
    con.register(name, {"id": ids})


def _are_gates(barriers: Iterable[Any]) -> NDArray[np.bool_]:
    return np.array([barrier in GATES for barrier in barriers], dtype=bool)


def unreadable(source: Source, error: Exception) -> InputDataError:
    return InputDataError(
        f"{source.title} {source.shown} cannot be read ({str(error).splitlines()[0]}); expected "
        "an OpenStreetMap file (.osm.pbf, .osm, .osm.gz). Download or export it again."
    )
