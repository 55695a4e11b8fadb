"""Decode topojson: shared arcs, quantised or not, into plain geometries.

The format is https://github.com/topojson/topojson-specification; it carries no coordinate system,
and its coordinates are longitude and latitude unless someone projected them.
"""

import json
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.readers.files import OpenedFile
from etl.readers.limits import check_vertices
from etl.readers.raw import RawTable, cell_text, objects
from etl.settings import Source
from geo.errors import InputDataError
from geo.spelling import nearest

Arc = NDArray[np.float64]
_RING_POINTS: Final = 4
_FAULTS: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
    shapely.errors.ShapelyError,
)


def read_topojson(source: Source, file: OpenedFile) -> RawTable:
    """Read one object of a topology; without `layer` it must be the only one.

    Raises
    ------
    InputDataError
        It is not a topology, the object is not there, or an arc is missing.
    """
    try:
        topology = json.loads(file.path.read_bytes())
        members = _members(source, topology)
        arcs = _arcs(topology)
        _check_size(source, members, arcs)
        geometry = objects([_geometry(each, arcs, topology) for each in members])
    except _FAULTS as error:
        if isinstance(error, InputDataError):
            raise
        raise InputDataError(
            f"{source.title} {source.shown} is not a readable topology ({error!r}); expected "
            'topojson with "objects" and "arcs". Export it again, or give GeoJSON.'
        ) from error
    properties = [each.get("properties") or {} for each in members]
    headers = dict.fromkeys(key for each in properties for key in each)
    if any("id" in each for each in members) and "id" not in headers:
        headers = {"id": None, **headers}
        properties = [{"id": m.get("id"), **p} for m, p in zip(members, properties, strict=True)]
    return RawTable(
        columns={key: objects([cell_text(p.get(key)) for p in properties]) for key in headers},
        row=np.arange(1, len(members) + 1, dtype=np.int64),
        geometry=geometry,
    )


def _members(source: Source, topology: dict[str, Any]) -> list[dict[str, Any]]:
    named: dict[str, Any] = topology["objects"]
    name = source.layer or (next(iter(named)) if len(named) == 1 else "")
    if name not in named:
        what = f"no object `{name}`" if name else f"{len(named)} objects"
        raise InputDataError(
            f"{source.title} {source.shown} has {what}; expected {nearest(name, named)}one of "
            f'{", ".join(named)}. Name it: layer = "...".'
        )
    chosen = named[name]
    return chosen["geometries"] if chosen["type"] == "GeometryCollection" else [chosen]


def _arcs(topology: dict[str, Any]) -> list[Arc]:
    """Give every arc as absolute coordinates, shape (k, 2)."""
    transform = topology.get("transform")
    arcs = [np.asarray([point[:2] for point in arc], dtype=np.float64) for arc in topology["arcs"]]
    if transform is None:
        return arcs
    return [_scaled(np.cumsum(arc, axis=0), transform) for arc in arcs]


def _check_size(source: Source, members: list[dict[str, Any]], arcs: list[Arc]) -> None:
    """Count vertices before any outline is made: a thousand outlines may share one long arc."""
    length = np.array([len(arc) for arc in arcs], dtype=np.int64)
    used = [_numbers(each.get("arcs", [])) for each in members]
    vertices = np.array([length[np.where(at < 0, ~at, at)].sum() for at in used], dtype=np.int64)
    check_vertices(source, vertices, np.arange(1, len(members) + 1, dtype=np.int64))


def _numbers(tree: Any) -> NDArray[np.int64]:  # noqa: ANN401 - lists within lists
    """Give the arc numbers of a geometry, however deep its lists are."""
    flat, waiting = [], [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        else:
            flat.append(part)
    return np.array(flat, dtype=np.int64)


def _scaled(position: Arc, transform: dict[str, list[float]]) -> Arc:
    return position * np.asarray(transform["scale"]) + np.asarray(transform["translate"])


def _line(indexes: list[int], arcs: list[Arc]) -> Arc:
    """Join arcs end to end; ~i is arc i backwards, and the shared point is written once."""
    pieces = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indexes]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def _polygon(rings: list[list[int]], arcs: list[Arc]) -> shapely.Polygon | None:
    lines = [_line(ring, arcs) for ring in rings]
    # quantising can crush a ring to a line; such a ring has no area to lose
    kept = [line for line in lines if len(line) >= _RING_POINTS]
    if not kept or len(lines[0]) < _RING_POINTS:
        return None
    return shapely.Polygon(kept[0], kept[1:])


def _geometry(
    member: dict[str, Any], arcs: list[Arc], topology: dict[str, Any]
) -> BaseGeometry | None:
    kind = member.get("type")
    if kind == "Polygon":
        return _polygon(member["arcs"], arcs)
    if kind == "MultiPolygon":
        parts = [_polygon(rings, arcs) for rings in member["arcs"]]
        return shapely.MultiPolygon([part for part in parts if part is not None])
    if kind == "LineString":
        return shapely.LineString(_line(member["arcs"], arcs))
    if kind == "MultiLineString":
        return shapely.MultiLineString([_line(line, arcs) for line in member["arcs"]])
    if kind in ("Point", "MultiPoint"):
        return _points(member, topology)
    return None


def _points(member: dict[str, Any], topology: dict[str, Any]) -> BaseGeometry:
    places = np.atleast_2d(np.asarray(member["coordinates"], dtype=np.float64))[:, :2]
    if "transform" in topology:
        places = _scaled(places, topology["transform"])
    return shapely.Point(places[0]) if member["type"] == "Point" else shapely.MultiPoint(places)
