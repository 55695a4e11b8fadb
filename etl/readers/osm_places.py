"""Read the tagged places of an OpenStreetMap file as rows: nodes as points, areas as outlines.

Which tags are wanted is known to the rules of the categories, so a new rule needs no change here.
Ways and relations are assembled here and not by osmium, which refuses a file that is not sorted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from etl.readers.category_rules import by_tags, osm_keys
from etl.readers.files import OpenedFile
from etl.readers.osm import unreadable
from etl.readers.raw import RawTable, cell_text, objects
from etl.section import count
from etl.settings import FacilitySource

_NAMES: Final = ("name:zh", "name")
_EXTRA: Final = {"opening_hours": "hours"}
_AREAL: Final = ("multipolygon", "boundary")


@dataclass(frozen=True)
class _Place:
    """A tagged object: its kind (0 node, 1 way, 2 relation), its number, and how it is drawn.

    A node has one position; a way its nodes; a relation the ways of its outline and of its holes.
    """

    kind: int
    number: int
    tags: Mapping[str, str]
    outline: tuple[int, ...] = ()
    holes: tuple[int, ...] = ()


Position = tuple[float, float]


def read_places(source: FacilitySource, file: OpenedFile) -> RawTable:
    """Read every place whose tags some category asks for.

    Where the block has a `where` or a `category` of its own, every place that bears one of the keys
    is read, whatever its value.

    Nodes are points. Closed ways and multipolygons are areas; an open way is no place. An area that
    cannot be drawn, because the extract cut it, is left out and counted in a note.

    Returns
    -------
    Columns `id` (n1, w2 or r3: kind and number), `name`, one a key, and a geometry in WGS 84, in
    the order of nodes, ways, relations and their numbers. The row is the position in this order.

    Raises
    ------
    InputDataError
        The file is no OpenStreetMap file.
    """
    try:
        return _read(str(file.path), is_all=bool(source.where or source.category))
    except RuntimeError as error:
        raise unreadable(source, error) from error


def _read(path: str, *, is_all: bool) -> RawTable:
    keys = sorted(osm_keys())
    tagged, points = _tagged(path, keys)
    places = [place for place in tagged if is_all or _is_asked_for(place.tags)]
    members = {way for place in places if place.kind == 2 for way in place.outline + place.holes}
    ways = _ways(path, members)
    ways |= {place.number: place.outline for place in places if place.kind == 1}
    points |= _points(path, {node for nodes in ways.values() for node in nodes} - points.keys())
    drawn = [(place, _shape(place, ways, points)) for place in places]
    kept = [(place, shape) for place, shape in drawn if shape is not None]
    cut = len(drawn) - len(kept)
    notes = [f"Left out: {count(len(tagged) - len(places), 'tagged place')} of no category."]
    notes += [f"Left out: {count(cut, 'place')} that the extract cut."] if cut else []
    kept.sort(key=lambda each: (each[0].kind, each[0].number))
    return _table([place for place, _ in kept], [shape for _, shape in kept], keys, notes)


def _tagged(path: str, keys: list[str]) -> tuple[list[_Place], dict[int, Position]]:
    # imported here: it costs half a second that most cities do not need
    from osmium import FileProcessor
    from osmium import filter as osm_filter

    places: list[_Place] = []
    points: dict[int, Position] = {}
    found: Any = FileProcessor(path).with_filter(osm_filter.KeyFilter(*keys))
    for each in found:
        tags = dict(each.tags)
        if each.is_node() and each.location.valid():
            points[each.id] = (each.location.lon, each.location.lat)
            places.append(_Place(0, each.id, tags))
        elif each.is_way():
            nodes = tuple(node.ref for node in each.nodes)
            if len(nodes) > 3 and nodes[0] == nodes[-1]:
                places.append(_Place(1, each.id, tags, nodes))
        elif each.is_relation() and tags.get("type") in _AREAL:
            members = [(member.ref, member.role) for member in each.members if member.type == "w"]
            outline = tuple(ref for ref, role in members if role != "inner")
            holes = tuple(ref for ref, role in members if role == "inner")
            places.append(_Place(2, each.id, tags, outline, holes))
    return places, points


def _ways(path: str, wanted: set[int]) -> dict[int, tuple[int, ...]]:
    from osmium import osm

    found = _some(path, osm.WAY, wanted)
    return {each.id: tuple(node.ref for node in each.nodes) for each in found}


def _points(path: str, wanted: set[int]) -> dict[int, Position]:
    from osmium import osm

    return {
        each.id: (each.location.lon, each.location.lat)
        for each in _some(path, osm.NODE, wanted)
        if each.location.valid()
    }


def _some(path: str, kind: object, wanted: set[int]) -> Iterable[Any]:
    from osmium import FileProcessor
    from osmium import filter as osm_filter

    if not wanted:
        return ()
    open_file: Any = FileProcessor
    return open_file(path, kind).with_filter(osm_filter.IdFilter(wanted))


def _shape(
    place: _Place, ways: Mapping[int, tuple[int, ...]], points: Mapping[int, Position]
) -> BaseGeometry | None:
    """Draw a place; None where a part of it is not in the file."""
    if place.kind == 0:
        return shapely.Point(points[place.number])
    if place.kind == 1:
        ring = _line(place.number, ways, points)
        return None if ring is None else shapely.Polygon(ring)
    outline = _area(place.outline, ways, points)
    if outline is None:
        return None
    holes = _area(place.holes, ways, points)
    drawn = outline if holes is None else outline.difference(holes)
    return None if drawn.is_empty else drawn


def _area(
    members: tuple[int, ...], ways: Mapping[int, tuple[int, ...]], points: Mapping[int, Position]
) -> BaseGeometry | None:
    """Close the rings that some ways form together; None where one is missing or none closes."""
    lines = [_line(way, ways, points) for way in members]
    if not lines or any(line is None for line in lines):
        return None
    closed = shapely.polygonize([line for line in lines if line is not None])
    return None if closed.is_empty else shapely.union_all(closed)


def _line(
    way: int, ways: Mapping[int, tuple[int, ...]], points: Mapping[int, Position]
) -> shapely.LineString | None:
    nodes = ways.get(way, ())
    places = [points[node] for node in nodes if node in points]
    if len(places) < 2 or len(places) < len(nodes):
        return None
    return shapely.LineString(places)


def _table(
    places: list[_Place], shapes: list[BaseGeometry], keys: list[str], notes: list[str]
) -> RawTable:
    columns = {
        "id": objects([f"{'nwr'[place.kind]}{place.number}" for place in places]),
        "name": objects([_name(place.tags) for place in places]),
    }
    for key, column in [*((key, key) for key in keys), *_EXTRA.items()]:
        columns[column] = objects([cell_text(place.tags.get(key)) for place in places])
    return RawTable(
        columns=columns,
        row=np.arange(1, len(places) + 1, dtype=np.int64),
        geometry=objects(shapes),
        crs="EPSG:4326",
        is_default_crs=True,
        notes=notes,
    )


def _is_asked_for(tags: Mapping[str, str]) -> bool:
    return by_tags(frozenset(f"{key}={value}" for key, value in tags.items()), None).is_known


def _name(tags: Mapping[str, str]) -> str | None:
    return next((text for key in _NAMES if (text := cell_text(tags.get(key)))), None)
