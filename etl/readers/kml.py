"""Read KML: every placemark of every folder, with the columns that its extended data name.

GDAL spoils Chinese names of extended data and gives each folder as a layer of its own; people
draw one layer and sort it into folders.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from shapely.geometry.base import BaseGeometry

from etl.readers.encoding import choose, marked
from etl.readers.files import OpenedFile
from etl.readers.raw import RawTable, cell_text, objects
from etl.settings import Source
from geo.errors import InputDataError
from geo.spelling import nearest

_DECLARED: Final = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_ENCODING: Final = re.compile(rb"\A\s*<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_DEEPEST: Final = 100
"""Folders in folders; every placemark keeps the names of all around it."""
_GROUPS: Final = ("Folder", "Document")
_OWN: Final = ("name", "description", "address")


def read_kml(source: Source, file: OpenedFile) -> RawTable:
    """Read a KML file; `layer` names one of its folders, else all are read.

    Columns are `name`, `description`, `address`, `folder` (the innermost) and every name in
    ExtendedData. Rows are placemarks in the order of the file, from 1. Heights are left out.

    Raises
    ------
    InputDataError
        It is no KML, or has no such folder.
    """
    try:
        root = fromstring(_text(file.path.read_bytes()), forbid_dtd=True)
        marks = list(_placemarks(root))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputDataError(
            f"{source.title} {source.shown} cannot be read ({error}); expected KML. "
            "Open it in the program that made it and export it again."
        ) from error
    if source.layer is not None:
        folders = list(dict.fromkeys(name for path, _ in marks for name in path))
        if source.layer not in folders:
            raise InputDataError(
                f"{source.title} {source.shown} has no folder `{source.layer}`; expected "
                f"{nearest(source.layer, folders)}one of {', '.join(folders) or 'none'}. "
                "Correct `layer`."
            )
        marks = [mark for mark in marks if source.layer in mark[0]]
    rows = [_cells(path, mark) for path, mark in marks]
    headers = dict.fromkeys(header for row in rows for header in row)
    return RawTable(
        columns={header: objects([row.get(header) for row in rows]) for header in headers},
        row=np.arange(1, len(rows) + 1, dtype=np.int64),
        geometry=objects([_geometry(mark) for _, mark in marks]),
        crs="OGC:CRS84",
        is_default_crs=True,
    )


def _text(data: bytes) -> str:
    """Decode by what the file declares; the parser itself knows no GBK."""
    stated = _ENCODING.match(data)
    encoding = marked(data) or (stated[1].decode("ascii") if stated else "utf-8")
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        choice = choose([data])
        text = data.decode(choice.encoding, errors="replace")
    return _DECLARED.sub("", text)


def _placemarks(root: Element) -> Iterator[tuple[tuple[str, ...], Element]]:
    """Give every placemark with the names of the folders around it, the outermost first."""
    waiting: list[tuple[tuple[str, ...], Element]] = [((), root)]
    while waiting:
        path, element = waiting.pop()
        if len(path) > _DEEPEST:
            raise ValueError(f"folders lie in folders more than {_DEEPEST} deep")
        if _tag(element) == "Placemark":
            yield path, element
            continue
        name = next((cell_text(part.text) for part in element if _tag(part) == "name"), None)
        inner = (*path, name) if name and _tag(element) in _GROUPS else path
        waiting += [(inner, part) for part in reversed(element)]


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _cells(path: tuple[str, ...], mark: Element) -> dict[str, str | None]:
    cells: dict[str, str | None] = {}
    for part in mark.iter():
        tag, name = _tag(part), part.get("name")
        if tag == "Data" and name:
            value = next((each for each in part if _tag(each) == "value"), None)
            cells[name] = None if value is None else cell_text(value.text)
        elif tag == "SimpleData" and name:
            cells[name] = cell_text(part.text)
    own = {_tag(part): cell_text(part.text) for part in mark if _tag(part) in _OWN}
    if path:
        own["folder"] = path[-1]
    return cells | {name: value for name, value in own.items() if name not in cells}


def _geometry(mark: Element) -> BaseGeometry | None:
    """Give the one shape of a placemark; several are put together."""
    shapes = [shape for shape in map(_shape, _figures(mark)) if shape is not None]
    if len(shapes) < 2:
        return shapes[0] if shapes else None
    areas = [shape for shape in shapes if isinstance(shape, shapely.Polygon)]
    if len(areas) == len(shapes):
        return shapely.MultiPolygon(areas)
    places = [shape for shape in shapes if isinstance(shape, shapely.Point)]
    if len(places) == len(shapes):
        return shapely.MultiPoint(places)
    return shapely.GeometryCollection(shapes)


def _figures(mark: Element) -> list[Element]:
    found = [part for part in mark.iter() if _tag(part) in ("Point", "LineString", "Polygon")]
    return found or [part for part in mark.iter() if _tag(part) == "LinearRing"]


def _shape(figure: Element) -> BaseGeometry | None:
    lines = [_lonlat(part.text) for part in figure.iter() if _tag(part) == "coordinates"]
    if not lines or not len(lines[0]):
        return None
    if _tag(figure) == "Point":
        return shapely.Point(lines[0][0])
    try:
        if _tag(figure) == "LineString":
            return shapely.LineString(lines[0])
        holes = [line for line in lines[1:] if len(line) > 3]
        return shapely.Polygon(lines[0], holes)
    except (ValueError, shapely.errors.GEOSException):
        return None


def _lonlat(text: str | None) -> list[tuple[float, float]]:
    """Read `lon,lat,height` groups; one that is no place ends the reading of the line."""
    places: list[tuple[float, float]] = []
    for group in (text or "").split():
        parts = group.split(",")
        try:
            places.append((float(parts[0]), float(parts[1])))
        except (ValueError, IndexError):
            return []
    return places
