"""Vector files, topologies and street networks: cut, lying, endless, pointing elsewhere."""

import gzip
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from tests.etl.broken import (
    GRIDS,
    STREETS,
    Harmless,
    Make,
    Refused,
    Reported,
    edited,
    holding,
    instead,
)
from tests.etl.broken.tables import BOMB
from tests.etl.cities import lonlat

XML = b'<?xml version="1.0" encoding="UTF-8"?>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY k SYSTEM "file:///etc/hostname">]>'
KML = (
    b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&k;</name>'
    b"<Point><coordinates>117,39</coordinates></Point></Placemark></Document></kml>"
)
GML = (
    b'<FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><a>'
    b"<name>&k;</name></a></gml:featureMember></FeatureCollection>"
)
OSM = b'<osm version="0.6"><way id="1"><nd ref="1"/><tag k="highway" v="&k;"/></way></osm>'
VRT = (
    b'<OGRVRTDataSource><OGRVRTLayer name="grids"><SrcDataSource>grids.geojson</SrcDataSource>'
    b"</OGRVRTLayer></OGRVRTDataSource>"
)
DEEP = 50_000


def vector(path: Path, shapes: Sequence[shapely.Geometry], **options: object) -> None:
    """Write a layer of shapes with an id each."""
    ids = np.array([f"G{at}" for at in range(len(shapes))], dtype=object)
    wkb = np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object)
    pyogrio.raw.write(
        path,
        wkb,
        [ids],
        ["id"],
        geometry_type=shapes[0].geom_type,
        crs="EPSG:4326",
        **options,
    )


def as_grids(name: str, write: Callable[[Path], object]) -> Make:
    """Put another file in the place of the grids, with nothing but an id."""

    def run(folder: Path) -> None:
        instead(GRIDS, name, write)(folder)
        toml = folder / "city.toml"
        lines = (
            toml.read_text(encoding="utf-8").replace('id = "网格编码"', 'id = "id"').splitlines()
        )
        kept = (line for line in lines if not line.startswith(("people", "street =", "community")))
        toml.write_text("\n".join(kept), encoding="utf-8")

    return run


def _streets(name: str, content: bytes) -> Make:
    return instead(STREETS, name, holding(content))


def _cut(name: str, write: Callable[[Path], object], keep: float = 0.5) -> Make:
    def run(path: Path) -> None:
        write(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])

    return as_grids(name, run)


def _square(side_m: float = 400.0) -> shapely.Geometry:
    ring = [[0.0, 0.0], [side_m, 0.0], [side_m, side_m], [0.0, side_m], [0.0, 0.0]]
    return shapely.Polygon(lonlat(ring))


def _squares(path: Path) -> None:
    vector(path, [_square()] * 60)


def _round(path: Path) -> None:
    """One outline of a million and some vertices."""
    turn = np.linspace(0, 2 * np.pi, 1_000_001)
    vector(path, [shapely.Polygon(np.column_stack([117 + np.cos(turn), 39 + np.sin(turn)]))])


def _view(path: Path) -> None:
    vector(path, [_square()], layer="rows")
    with sqlite3.connect(path) as con:
        con.execute(
            "create view grids as with recursive n (i) as (select 1 union all select i + 1 from n) "
            "select i as fid, geom, id from n, rows"
        )
        con.execute("update gpkg_contents set table_name = 'grids', identifier = 'grids'")
        con.execute("update gpkg_geometry_columns set table_name = 'grids'")
    con.close()


def _two_layers(path: Path) -> None:
    vector(path, [_square()], layer="a")
    vector(path, [_square()], layer="b", append=True)


def _no_index(path: Path) -> None:
    vector(path, [_square()])
    path.with_suffix(".shx").unlink()


def _lying_table(path: Path) -> None:
    """The attribute table claims four thousand million records."""
    vector(path, [_square()])
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[4:8] = b"\xff\xff\xff\xff"
    table.write_bytes(bytes(content))


def _features(*geometries: object) -> bytes:
    features = [
        {"type": "Feature", "properties": {"id": f"G{at}"}, "geometry": geometry}
        for at, geometry in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _outline(*rings: list[list[float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def _good() -> dict[str, object]:
    return json.loads(shapely.to_geojson(_square()))


def _country(folder: Path) -> None:
    outline = _outline([[100, 30], [120, 30], [120, 45], [100, 30]])
    as_grids(GRIDS, holding(_features(_good(), outline)))(folder)
    edited("city.toml", lambda text: text.replace(b'"centre"', b'"lattice"'))(folder)


def _knotted() -> dict[str, object]:
    places = np.random.default_rng(1).random((500, 2)) * 0.01 + (117.0, 39.74)
    return _outline([*places.tolist(), places[0].tolist()])


WKT = "grids.csv"


def _wkt(text: str) -> Make:
    def run(folder: Path) -> None:
        rows = f'id,outline\nG1,"{shapely.to_wkt(_square())}"\nG2,"{text}"\n'
        as_grids(WKT, holding(rows.encode()))(folder)
        edited(
            "city.toml", lambda toml: toml.replace(b'"grids.csv"', b'"grids.csv"\nwkt = "outline"')
        )(folder)

    return run


UNREAD = ("cannot be read", "a complete file", "export it again")
DEFECTS: list[Refused | Reported | Harmless] = [
    Refused("a cut GeoJSON", edited(GRIDS, lambda content: content[:700]), GRIDS, UNREAD),
    Refused(
        "a web page that is called .geojson",
        as_grids(GRIDS, holding(b"<!DOCTYPE html><title>404</title>")),
        GRIDS,
        UNREAD,
    ),
    Refused(
        "GeoJSON without features",
        as_grids(GRIDS, holding(b'{"type": "FeatureCollection", "features": []}')),
        GRIDS,
        ("has no rows",),
    ),
    Refused("GeoJSON of nothing", as_grids(GRIDS, holding(b"{}")), GRIDS, UNREAD),
    Refused(
        "lists in lists in lists",
        as_grids(
            GRIDS,
            holding(_features(_good()).replace(b'"G0"', b"[" * DEEP + b"]" * DEEP)),
        ),
        GRIDS,
        (*UNREAD, "nested"),
    ),
    Refused(
        "a list of other files that is called .geojson",
        as_grids("more.geojson", holding(VRT)),
        "more.geojson",
        ("the address of other data", "expected GeoJSON"),
    ),
    Refused(
        "a list of other files that is called .kml",
        as_grids("more.kml", holding(XML + VRT)),
        "more.kml",
        ("the address of other data", "expected KML"),
    ),
    Refused(
        "the address of a web service that is called .gml",
        as_grids("more.gml", holding(b"<OGRWFSDataSource><URL>http://a</URL></OGRWFSDataSource>")),
        "more.gml",
        ("the address of other data", "expected GML"),
    ),
    Refused(
        "a command that is called .json",
        as_grids("more.json", holding(b'{"type": "gdal_streamed_alg", "command_line": "gdal"}')),
        "more.json",
        ("the address of other data",),
    ),
    Refused(
        "entities without end in KML",
        as_grids("more.kml", holding(XML + BOMB + KML)),
        "more.kml",
        ("cannot be read", "DTD", "export it again"),
    ),
    Refused(
        "fifty thousand folders in one another",
        as_grids(
            "more.kml",
            holding(b"<kml>" + b"<Folder><name>a</name>" * DEEP + b"</Folder>" * DEEP + b"</kml>"),
        ),
        "more.kml",
        ("cannot be read", "more than 100 deep"),
    ),
    Refused(
        "an entity of KML that names a file",
        as_grids("more.kml", holding(XML + OUTSIDE + KML)),
        "more.kml",
        ("cannot be read", "DTD", "export it again"),
    ),
    Refused(
        "entities without end in GML",
        as_grids("more.gml", holding(XML + BOMB + GML)),
        "more.gml",
        ("Export it again",),
    ),
    Refused(
        "entities without end in OpenStreetMap XML",
        _streets("city.osm", XML + BOMB + OSM),
        "city.osm",
        ("XML entities are not supported",),
    ),
    Refused(
        "an entity of OpenStreetMap XML that names a file",
        _streets("city.osm", XML + OUTSIDE + OSM),
        "city.osm",
        ("XML entities are not supported",),
    ),
    Refused("a cut GeoPackage", _cut("more.gpkg", _squares), "more.gpkg", ("again",)),
    Refused("a cut FlatGeobuf", _cut("more.fgb", _squares), "more.fgb", ("again",)),
    Refused("a cut shapefile", _cut("more.shp", _squares, 0.02), "more.shp", ("again",)),
    Refused(
        "a shapefile without its index",
        as_grids("more.shp", _no_index),
        "more.shp",
        (".shx is missing",),
    ),
    Refused(
        "noise that is called .gpkg",
        as_grids("more.gpkg", holding(bytes(range(256)) * 9)),
        "more.gpkg",
        UNREAD,
    ),
    Refused(
        "noise that is called .tab",
        as_grids("more.tab", holding(bytes(range(256)) * 9)),
        "more.tab",
        UNREAD,
    ),
    Refused(
        "a layer that is an endless query",
        as_grids("more.gpkg", _view),
        "more.gpkg",
        ("holds a query in place of rows (first: grids)", "stored tables"),
    ),
    Refused(
        "a GeoPackage of two layers",
        as_grids("more.gpkg", _two_layers),
        "more.gpkg",
        ("2 layers", "a, b", 'layer = "..."'),
    ),
    Refused(
        "a grid as large as a country",
        _country,
        "G1",
        ("room for", "at most 20,000,000 (LIMIT)", "Correct the outline"),
    ),
    Refused(
        "an outline of a million vertices",
        as_grids("more.gpkg", _round),
        "more.gpkg",
        ("an outline of 1,000,001 vertices (row 1)", "(LIMIT)", "Simplify it"),
    ),
    Refused(
        "cut OpenStreetMap XML", _streets("city.osm", OSM[:60]), "city.osm", ("cannot be read",)
    ),
    Refused(
        "OpenStreetMap XML without ways",
        _streets("city.osm", b'<osm version="0.6"></osm>'),
        "city.osm",
        ("has 0 ways", "Check the extract"),
    ),
    Refused(
        "noise that is called .osm.pbf",
        _streets("city.osm.pbf", bytes(range(256)) * 40),
        "city.osm.pbf",
        ("cannot be read", "an OpenStreetMap file"),
    ),
    Refused(
        "a .osm.pbf that claims a block of two gigabytes",
        _streets("city.osm.pbf", b"\x7f\xff\xff\xff" + bytes(64)),
        "city.osm.pbf",
        ("cannot be read", "an OpenStreetMap file"),
    ),
    Refused(
        "noise in gzip that is called .osm.gz",
        _streets("city.osm.gz", gzip.compress(bytes(range(256)))),
        "city.osm.gz",
        ("cannot be read", "an OpenStreetMap file"),
    ),
    Refused(
        "a city.toml of lists in lists in lists",
        edited("city.toml", lambda text: text + b"x = " + b"[" * DEEP + b"]" * DEEP),
        "city.toml",
        ("is not valid TOML",),
    ),
    Reported(
        "an outline of two corners",
        as_grids(GRIDS, holding(_features(_good(), _outline([[117, 39.7], [117, 39.8]])))),
        GRIDS,
        "GEOM_EMPTY",
        2,
    ),
    Reported(
        "a feature without a place",
        as_grids(GRIDS, holding(_features(_good(), None))),
        GRIDS,
        "GEOM_EMPTY",
        2,
    ),
    Reported(
        "a point among the grids",
        as_grids(GRIDS, holding(_features(_good(), {"type": "Point", "coordinates": [117, 39.7]}))),
        GRIDS,
        "GEOM_TYPE",
        2,
    ),
    Reported(
        "an outline that crosses itself 28,000 times",
        as_grids(GRIDS, holding(_features(_good(), _knotted()))),
        GRIDS,
        "GEOM_INVALID",
        2,
    ),
    Harmless(
        "a table that claims four thousand million records",
        as_grids("more.shp", _lying_table),
        "more.shp",
        1,
    ),
    Reported(
        "collections in collections as WKT",
        _wkt("GEOMETRYCOLLECTION(" * 200_000 + "POINT(1 2)" + ")" * 200_000),
        WKT,
        "GEOM_INVALID",
        3,
    ),
    Reported("WKT that is none", _wkt("POLYGON ((1 2, 3"), WKT, "GEOM_INVALID", 3),
]
