"""The demo city in every format, encoding and coordinate system gives what its clean form gives."""

import csv
import io
import json
import shutil
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
import xlsxwriter
from numpy.typing import NDArray

from etl.demo import write_demo
from etl.layers import METRES_PER_DEGREE, Layer
from etl.readers.layer import read_layer
from etl.settings import FacilitySource, Source, load_city
from geo.datum import wgs84_to_bd09, wgs84_to_bd09mc, wgs84_to_gcj02

GRIDS_N = 300
NEAR_M = 0.01
HEADERS = {
    "id": "编码",
    "name": "名称",
    "community": "社区",
    "street": "街道",
    "people": "人口",
    "households": "户数",
}
AMOUNTS = ("people", "households")
Move = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Write = Callable[["Truth", Path], Path]


class Truth:
    """Rows as they are: texts by canonical name, and shapes in WGS 84."""

    def __init__(self, texts: dict[str, list[str]], shapes: Sequence[shapely.Geometry]) -> None:
        self.texts = texts
        self.shapes = np.asarray(shapes, dtype=object)

    def moved(self, move: Move) -> "Truth":
        shapes = shapely.transform(self.shapes, move)
        return Truth(self.texts, shapes)

    def rows(self) -> list[list[str]]:
        """The header, then the rows."""
        columns = [self.texts[name] for name in HEADERS]
        return [[*HEADERS.values()], *([*row] for row in zip(*columns, strict=True))]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, grids=GRIDS_N)
    return folder


@pytest.fixture(scope="module")
def grids(demo: Path) -> Truth:
    return _truth(read_layer(load_city(demo / "city.toml").grids, "grids"))


@pytest.fixture(scope="module")
def shops(demo: Path) -> Truth:
    layer = read_layer(load_city(demo / "city.toml").facilities[0], "facilities")
    texts = {name: ["" for _ in layer.row] for name in HEADERS}
    texts["id"] = [f"F{at}" for at in range(len(layer.row))]
    texts["name"] = [str(cell) for cell in layer.columns["name"]]
    return Truth(texts, shapely.centroid(layer.geometry))


def _truth(layer: Layer) -> Truth:
    texts = {name: [str(cell or "") for cell in layer.columns[name]] for name in HEADERS}
    return Truth(texts, layer.geometry)


def _vector(**options: object) -> Write:
    def write(truth: Truth, path: Path) -> Path:
        fields = [np.array(truth.texts[name], dtype=object) for name in HEADERS]
        kind = "Point" if truth.shapes[0].geom_type == "Point" else "MultiPolygon"
        shapes = truth.shapes
        if kind == "MultiPolygon":
            shapes = np.array([shapely.multipolygons(shapely.get_parts(s)) for s in shapes], object)
        given = {"crs": "EPSG:4326", **options}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            pyogrio.raw.write(
                path,
                shapely.to_wkb(shapes),
                fields,
                [*HEADERS.values()],
                geometry_type=kind,
                **given,
            )
        return path

    return write


def _shapefile(encoding: str, cpg: str | None) -> Write:
    write = _vector(encoding=encoding)

    def run(truth: Truth, path: Path) -> Path:
        write(truth, path)
        stated = path.with_suffix(".cpg")
        stated.unlink(missing_ok=True)
        if cpg is not None:
            stated.write_text(cpg)
        return path

    return run


def _geojson(encoding: str) -> Write:
    def run(truth: Truth, path: Path) -> Path:
        rows = truth.rows()
        features = [
            {
                "type": "Feature",
                "properties": dict(zip(rows[0], row, strict=True)),
                "geometry": shapely.geometry.mapping(shape),
            }
            for row, shape in zip(rows[1:], truth.shapes, strict=True)
        ]
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        path.write_bytes(text.encode(encoding))
        return path

    return run


def _topojson(truth: Truth, path: Path) -> Path:
    """Write every ring as an arc of its own: valid, if without what the format is for."""
    arcs: list[list[list[float]]] = []
    members = []
    rows = truth.rows()
    for row, shape in zip(rows[1:], truth.shapes, strict=True):
        parts = []
        for part in shapely.get_parts(shape):
            rings = [part.exterior, *part.interiors]
            parts.append([[len(arcs) + at] for at in range(len(rings))])
            arcs += [shapely.get_coordinates(ring).tolist() for ring in rings]
        properties = dict(zip(rows[0], row, strict=True))
        members.append({"type": "MultiPolygon", "arcs": parts, "properties": properties})
    objects = {"grids": {"type": "GeometryCollection", "geometries": members}}
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}))
    return path


def _kml(truth: Truth, path: Path) -> Path:
    rows = truth.rows()
    marks = []
    for row, shape in zip(rows[1:], truth.shapes, strict=True):
        cells = "".join(
            f'<Data name="{header}"><value>{cell}</value></Data>'
            for header, cell in zip(rows[0], row, strict=True)
        )
        figures = "".join(map(_kml_polygon, shapely.get_parts(shape)))
        marks.append(
            f"<Placemark><ExtendedData>{cells}</ExtendedData>"
            f"<MultiGeometry>{figures}</MultiGeometry></Placemark>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    path.write_text(f"{head}<Document>{''.join(marks)}</Document></kml>", encoding="utf-8")
    return path


def _kml_polygon(part: shapely.Polygon) -> str:
    def ring(line: shapely.Geometry, side: str) -> str:
        text = " ".join(f"{x!r},{y!r},0" for x, y in shapely.get_coordinates(line).tolist())
        inside = f"<LinearRing><coordinates>{text}</coordinates></LinearRing>"
        return f"<{side}BoundaryIs>{inside}</{side}BoundaryIs>"

    holes = "".join(ring(line, "inner") for line in part.interiors)
    return f"<Polygon>{ring(part.exterior, 'outer')}{holes}</Polygon>"


def _zipped(write: Write, name: str) -> Write:
    """Pack what another format wrote, its names in GBK without saying so, as Windows does."""

    def run(truth: Truth, path: Path) -> Path:
        folder = path.parent / "inside"
        folder.mkdir()
        main = write(truth, folder / name)
        parts = sorted(main.rglob("*")) if main.is_dir() else sorted(folder.iterdir())
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                archive.write(part, str(part.relative_to(folder)).encode("gbk").decode("cp437"))
        shutil.rmtree(folder)
        return path

    return run


def _located(truth: Truth) -> list[list[str]]:
    """Rows with a place at their end: lon and lat for points, else WKT."""
    header, *rows = truth.rows()
    if truth.shapes[0].geom_type == "Point":
        places = [[repr(x), repr(y)] for x, y in shapely.get_coordinates(truth.shapes).tolist()]
        return [[*header, "经度", "纬度"], *(a + b for a, b in zip(rows, places, strict=True))]
    outlines = shapely.to_wkt(truth.shapes, rounding_precision=-1)
    return [[*header, "outline"], *([*row, w] for row, w in zip(rows, outlines, strict=True))]


def _csv(encoding: str, delimiter: str = ",") -> Write:
    def run(truth: Truth, path: Path) -> Path:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter).writerows(_located(truth))
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return run


def _xlsx(truth: Truth, path: Path) -> Path:
    """A workbook as people make them: a title, the header, texts and numbers, a total."""
    header, *rows = _located(truth)
    numeric = [at for at, name in enumerate(header) if name in ("人口", "户数", "经度", "纬度")]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("明细")
        sheet.write_string(0, 0, "云泽市明细表")
        sheet.write_row(1, 0, header)
        for at, row in enumerate(rows, start=2):
            for column, cell in enumerate(row):
                if column in numeric and cell:
                    sheet.write_number(at, column, float(cell))
                else:
                    sheet.write_string(at, column, cell)
        sheet.write_string(len(rows) + 2, 0, "合计")
    return path


def _parquet(truth: Truth, path: Path) -> Path:
    plain = _csv("utf-8")(truth, path.with_suffix(".csv"))
    duckdb.execute(
        f"copy (from read_csv('{plain}', header = true, all_varchar = true, "
        f"max_line_size = 10000000)) to '{path}' (format parquet)"
    )
    plain.unlink()
    return path


def _same(layer: Layer, truth: Truth) -> None:
    """Every text as it was, every shape within a centimetre, whatever the order of the rows."""
    assert layer.rejected == [] or {each.reason for each in layer.rejected} == {"TOTAL_ROW"}
    order = np.argsort(np.asarray(layer.columns["id"], dtype=str), kind="stable")
    wanted = np.argsort(np.asarray(truth.texts["id"], dtype=str), kind="stable")
    for name in HEADERS:
        found = [str(cell or "") for cell in layer.columns[name][order]]
        assert found == [truth.texts[name][at] for at in wanted], name
    apart = shapely.hausdorff_distance(layer.geometry[order], truth.shapes[wanted])
    assert float(apart.max()) * METRES_PER_DEGREE < NEAR_M


def _source(path: Path, kind: type[Source] = Source, **options: str) -> Source:
    return kind("[it]", path.name, path, HEADERS, **options)


VECTORS: dict[str, tuple[str, Write]] = {
    "GeoPackage": ("a.gpkg", _vector()),
    "FlatGeobuf": ("a.fgb", _vector()),
    "FileGDB": ("网格.gdb", _vector(driver="OpenFileGDB", layer="网格")),
    "FileGDB, zipped": ("a.zip", _zipped(_vector(driver="OpenFileGDB", layer="网格"), "网格.gdb")),
    "GeoJSON": ("a.geojson", _geojson("utf-8")),
    "GeoJSON with a mark": ("a.geojson", _geojson("utf-8-sig")),
    "GeoJSON in GBK": ("a.json", _geojson("gbk")),
    "topojson": ("a.topojson", _topojson),
    "KML": ("a.kml", _kml),
    "shapefile in UTF-8": ("网格.shp", _shapefile("UTF-8", "UTF-8")),
    "shapefile in GBK without .cpg": ("网格.shp", _shapefile("GBK", None)),
    "shapefile in GB18030 without .cpg": ("网格.shp", _shapefile("GB18030", None)),
    "shapefile in GBK, .cpg says UTF-8": ("网格.shp", _shapefile("GBK", "UTF-8")),
    "shapefile in UTF-8, .cpg says GBK": ("网格.shp", _shapefile("UTF-8", "936")),
    "shapefile in GBK, zipped": ("a.zip", _zipped(_shapefile("GBK", None), "网格.shp")),
}
TABLES: dict[str, tuple[str, Write]] = {
    "CSV in UTF-8": ("a.csv", _csv("utf-8")),
    "CSV in UTF-8 with a mark": ("a.csv", _csv("utf-8-sig")),
    "CSV in GBK": ("a.csv", _csv("gbk")),
    "CSV in GB18030": ("a.csv", _csv("gb18030")),
    "CSV in UTF-16": ("a.csv", _csv("utf-16")),
    "tabs": ("a.tsv", _csv("utf-8", "\t")),
    "semicolons in GBK": ("a.txt", _csv("gbk", ";")),
    "full-width commas": ("a.csv", _csv("utf-8", "，")),
    "bars": ("a.txt", _csv("utf-8", "|")),
    "workbook": ("a.xlsx", _xlsx),
    "Parquet": ("a.parquet", _parquet),
    "CSV, zipped": ("a.zip", _zipped(_csv("gbk"), "数据.csv")),
}


@pytest.mark.parametrize("form", VECTORS)
def test_a_vector_format_gives_the_same_grids(grids: Truth, tmp_path: Path, form: str) -> None:
    name, write = VECTORS[form]
    _same(read_layer(_source(write(grids, tmp_path / name)), "grids"), grids)


def test_a_shapefile_in_big5_gives_the_same_grids(grids: Truth, tmp_path: Path) -> None:
    names = [f"網格第{at}號" for at in range(len(grids.shapes))]
    places = {"community": ["樂園社區"] * len(names), "street": ["東門街道"] * len(names)}
    traditional = Truth({**grids.texts, "name": names, **places}, grids.shapes)
    path = tmp_path / "a.shp"
    # the headers in simplified characters are not in Big5
    headers = dict(
        zip(HEADERS, ("id", "name", "village", "street", "people", "homes"), strict=True)
    )
    fields = [np.array(traditional.texts[each], dtype=object) for each in HEADERS]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(traditional.shapes),
        fields,
        [*headers.values()],
        geometry_type="Polygon",
        crs="EPSG:4326",
        encoding="BIG5",
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    _same(read_layer(replace(_source(path), columns=headers), "grids"), traditional)


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize("what", ["grids", "shops"])
def test_a_table_gives_the_same_rows(
    request: pytest.FixtureRequest, tmp_path: Path, form: str, what: str
) -> None:
    truth: Truth = request.getfixturevalue(what)
    name, write = TABLES[form]
    path = write(truth, tmp_path / name)
    if what == "grids":
        _same(read_layer(_source(path, wkt="outline"), "grids"), truth)
        return
    columns = {**HEADERS, "lon": "经度", "lat": "纬度"}
    source = replace(_source(path, FacilitySource, category="EDU_PRIMARY"), columns=columns)
    _same(read_layer(source, "facilities"), truth)


def _to(crs: str) -> Move:
    change = pyproj.Transformer.from_crs("EPSG:4490", crs, always_xy=True)
    return lambda places: np.column_stack(change.transform(places[:, 0], places[:, 1]))


def _systems(lon: float) -> dict[str, tuple[str, Move]]:
    three, six = round(lon / 3), int(lon // 6) + 1
    return {
        "WGS84": ("WGS84", lambda places: places),
        "CGCS2000 in degrees": ("EPSG:4490", lambda places: places),
        "GCJ-02": ("GCJ-02", wgs84_to_gcj02),
        "BD-09": ("BD-09", wgs84_to_bd09),
        "BD-09MC": ("BD-09MC", wgs84_to_bd09mc),
        "3-degree zone with prefix": (
            f"EPSG:{4513 + three - 25}",
            _to(f"EPSG:{4513 + three - 25}"),
        ),
        "3-degree zone": (f"EPSG:{4534 + three - 25}", _to(f"EPSG:{4534 + three - 25}")),
        "6-degree zone with prefix": (f"EPSG:{4491 + six - 13}", _to(f"EPSG:{4491 + six - 13}")),
        "6-degree zone": (f"EPSG:{4502 + six - 13}", _to(f"EPSG:{4502 + six - 13}")),
        "zone by its name": (f"CGCS2000 3度带 {three}带", _to(f"EPSG:{4513 + three - 25}")),
    }


@pytest.mark.parametrize("system", _systems(117.0))
@pytest.mark.parametrize("what", ["grids", "shops"])
def test_a_coordinate_system_gives_the_same_places(
    request: pytest.FixtureRequest, tmp_path: Path, system: str, what: str
) -> None:
    truth: Truth = request.getfixturevalue(what)
    lon = float(shapely.get_coordinates(truth.shapes)[:, 0].mean())
    crs, move = _systems(lon)[system]
    if what == "grids":
        path = _vector(crs=None)(truth.moved(move), tmp_path / "a.gpkg")
        _same(read_layer(_source(path, crs=crs), "grids"), truth)
        return
    path = _csv("gbk")(truth.moved(move), tmp_path / "a.csv")
    columns = {**HEADERS, "lon": "经度", "lat": "纬度"}
    source = replace(
        _source(path, FacilitySource, category="EDU_PRIMARY", crs=crs), columns=columns
    )
    _same(read_layer(source, "facilities"), truth)
