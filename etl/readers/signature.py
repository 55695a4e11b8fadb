"""Make sure that a file holds what its name says, before a library guesses by itself.

GDAL opens a file by its content. Some contents are instructions instead of data: they name other
files or addresses to be read in their place. Those are never handed on.
"""

import re
from pathlib import Path
from typing import Final

from etl.settings import Source
from geo.errors import InputDataError

_HEAD: Final = 64 << 10
_INSTRUCTIONS: Final = (b"<ogrvrtdatasource", b"<ogrwfsdatasource", b"wfs_capabilities")
_COMMANDS: Final = b"gdal_streamed_alg"
_BINARY: Final = {
    ".gpkg": b"SQLite format 3\x00",
    ".fgb": b"fgb\x03",
    ".shp": b"\x00\x00\x27\x0a",
}
_TEXT: Final = {
    ".kml": re.compile(rb"<(\w+:)?kml[\s>]"),
    ".gml": re.compile(rb"opengis\.net/gml"),
    ".tab": re.compile(rb"!table", re.IGNORECASE),
    ".geojson": re.compile(rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*[\[{]"),
    ".json": re.compile(rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*[\[{]"),
    ".topojson": re.compile(rb"\A(\xef\xbb\xbf)?\s*{"),
}
_NAMES: Final = {
    ".gpkg": "a GeoPackage",
    ".fgb": "FlatGeobuf",
    ".shp": "a shapefile",
    ".kml": "KML",
    ".gml": "GML",
    ".tab": "a MapInfo table",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON or topojson",
    ".topojson": "topojson",
}


def check_signature(source: Source, path: Path) -> None:
    """Refuse a file whose first bytes are not those of the format that its name states.

    Raises
    ------
    InputDataError
        The content is of another kind, or tells the reader to fetch something else.
    """
    ending = path.suffix.lower()
    if ending not in _NAMES or path.is_dir():
        return
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    # UTF-16 writes plain letters with a NUL each
    plain = head.replace(b"\x00", b"").lower()
    if any(sign in plain for sign in _INSTRUCTIONS) or _COMMANDS in plain:
        raise InputDataError(
            f"{source.title} {source.shown} holds no data but the address of other data; expected "
            f"{_NAMES[ending]}. Give the file that it points to."
        )
    is_it = (
        head.startswith(_BINARY[ending])
        if ending in _BINARY
        else _TEXT[ending].search(plain) is not None
    )
    if not is_it:
        raise InputDataError(
            f"{source.title} {source.shown} cannot be read (it does not begin as {_NAMES[ending]} "
            "does); expected a complete file. Open it in the program that made it and export it "
            "again."
        )
