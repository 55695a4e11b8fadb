"""Encodings and containers as they arrive: every trap on a small table, each with its evidence."""

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.layers import Fault, Layer
from etl.readers.encoding import choose
from etl.readers.layer import read_layer
from etl.settings import FacilitySource, Source
from geo.errors import InputDataError

NAMES = {"simplified": ["东风社区", "西岸社区"], "traditional": ["東風社區", "西岸社區"]}
HEADERS = {
    "simplified": ["网格编码", "社区名称", "常住人口"],
    "traditional": ["網格編碼", "社區名稱", "常住人口"],
}
SQUARES = [shapely.box(117 + at / 100, 39, 117 + (at + 1) / 100, 39.01) for at in range(2)]


def grids(path: Path, **more: object) -> Layer:
    source = Source("[grids]", path.name, path, **more)  # type: ignore[arg-type]
    return read_layer(source, "grids")


def places(path: Path, **more: object) -> Layer:
    settings = {"category": "EDU_PRIMARY"} | more
    source = FacilitySource("[[facilities]]", path.name, path, **settings)  # type: ignore[arg-type]
    return read_layer(source, "facilities")


def frame(script: str = "simplified") -> gpd.GeoDataFrame:
    columns = dict(
        zip(
            HEADERS[script],
            [["G1", "G2"], NAMES[script], np.array([120, 80], dtype=np.int32)],
            strict=True,
        )
    )
    return gpd.GeoDataFrame(columns, geometry=SQUARES, crs="EPSG:4326")


def shapefile(folder: Path, encoding: str, script: str, cpg: str | None) -> Path:
    file = folder / "grids.shp"
    frame(script).to_file(file, encoding=encoding)
    file.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        file.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return file


def guesses(layer: Layer) -> list[Fault]:
    return [fault for fault in layer.faults if fault.code == "ENC_GUESS"]


@pytest.mark.parametrize("cpg", [None, "UTF-8", "ISO-8859-1", "GB2312", "936", "no such thing"])
@pytest.mark.parametrize(
    ("encoding", "script"),
    [("gbk", "simplified"), ("gb18030", "simplified"), ("cp950", "traditional")],
)
def test_a_shapefile_is_read_whatever_its_cpg_says(
    tmp_path: Path, encoding: str, script: str, cpg: str | None
) -> None:
    layer = grids(shapefile(tmp_path, encoding, script, cpg))
    assert layer.columns["community"].tolist() == NAMES[script]
    assert layer.columns["people"].tolist() == ["120", "80"]
    (fault,) = guesses(layer)
    assert "does not decode" in fault.message
    assert "common characters" in fault.message
    assert fault.message in str(layer.note)
    is_right = cpg in (None, "no such thing") or (cpg in ("GB2312", "936") and encoding != "cp950")
    assert fault.severity == ("note" if is_right else "warning")


def test_the_scores_of_every_candidate_are_told(tmp_path: Path) -> None:
    (fault,) = guesses(grids(shapefile(tmp_path, "gbk", "simplified", None)))
    assert fault.message.startswith("chosen gbk (headers known 3, common characters 100.0%)")
    assert "utf-8 does not decode" in fault.message
    assert "cp950 does not decode" in fault.message
    assert "gb18030 (headers known 3" in fault.message


def test_a_declared_encoding_that_does_not_fit_is_one_message(tmp_path: Path) -> None:
    file = shapefile(tmp_path, "gbk", "simplified", None)
    with pytest.raises(InputDataError, match=r"is not text in utf-8.*Correct `encoding`"):
        grids(file, encoding="utf-8")
    with pytest.raises(InputDataError, match=r"is not text in nonsense.*Correct `encoding`"):
        grids(file, encoding="nonsense")


def test_headers_that_became_one_when_they_were_cut_stay_two(tmp_path: Path) -> None:
    data = gpd.GeoDataFrame(
        {"网格编码": ["G1"], "常住人口数甲": [1], "常住人口数乙": [2]},
        geometry=SQUARES[:1],
        crs="EPSG:4326",
    )
    file = tmp_path / "grids.shp"
    data.rename(columns={"常住人口数甲": "甲", "常住人口数乙": "乙"}).to_file(file, encoding="gbk")
    dbf = file.with_suffix(".dbf").read_bytes()
    cut = "常住人口数".encode("gbk") + b"\x00"
    for name in ("甲", "乙"):
        dbf = dbf.replace(name.encode("gbk").ljust(11, b"\x00"), cut)
    file.with_suffix(".dbf").write_bytes(dbf)
    file.with_suffix(".cpg").unlink(missing_ok=True)
    layer = grids(file)
    assert layer.columns["people"].tolist() == ["1"]
    assert [cells[0] for name, cells in layer.columns.items() if name != "id"] == ["1", "2"]


CSV = (
    "名称{0}经度{0}纬度{0}地址\n"
    "东风小学{0}117.1{0}39.1{0}东风路，1号\n"
    "西岸小学{0}117.2{0}39.2{0}西岸路\n"
)


@pytest.mark.parametrize("mark", ["\t", "；", ";", "|", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_table_reads_the_same_in_every_encoding_and_with_every_mark(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes(CSV.format(mark).encode(encoding))
    layer = places(file)
    assert layer.columns["name"].tolist() == ["东风小学", "西岸小学"]
    assert layer.columns["address"].tolist() == ["东风路，1号", "西岸路"]
    assert [point.x for point in layer.geometry] == [117.1, 117.2]
    assert len(guesses(layer)) == (encoding in ("gbk", "gb18030"))


def test_a_line_in_another_encoding_does_not_take_the_file_with_it(tmp_path: Path) -> None:
    lines = CSV.format(",").splitlines()
    more = [f"第{at}小学,117.{at},39.1,东风路" for at in range(10, 60)]
    data = "\n".join([*lines, *more]).encode() + "\n坏小学,117.3,39.3,x".encode("gbk")
    file = tmp_path / "f.csv"
    file.write_bytes(data)
    layer = places(file)
    assert layer.columns["name"][0] == "东风小学"
    assert [fault.severity for fault in guesses(layer)] == ["warning", "warning"]
    assert guesses(layer)[1].rows == (54,)
    assert "guess" in guesses(layer)[0].message


def test_utf8_cut_in_the_middle_of_a_letter_is_still_utf8(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes(CSV.format(",").strip().encode()[:-1])
    layer = places(file)
    assert layer.columns["name"].tolist() == ["东风小学", "西岸小学"]


COMMON = "东风西岸社区街道小学医院站中心南北幼儿园公园路号"
PLACE = st.tuples(
    st.text(st.sampled_from(COMMON), min_size=2, max_size=8),
    st.integers(73_000, 135_000),
    st.integers(18_000, 53_000),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places_in=st.lists(PLACE, min_size=1, max_size=12),
    mark=st.sampled_from("\t,;|，；"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"]),
    above=st.integers(0, 2),
    order=st.permutations(["名称", "经度", "纬度"]),
)
def test_what_is_written_is_read_in_any_layout(
    tmp_path: Path,
    places_in: list[tuple[str, int, int]],
    mark: str,
    encoding: str,
    above: int,
    order: list[str],
) -> None:
    rows = [
        {"名称": name, "经度": f"{lon / 1000}", "纬度": f"{lat / 1000}"}
        for name, lon, lat in places_in
    ]
    lines = [mark.join(order), *(mark.join(row[header] for header in order) for row in rows)]
    file = tmp_path / "f.csv"
    file.write_bytes("\n".join([*["设施一览表", ""][:above], *lines]).encode(encoding))
    layer = places(file, crs="WGS84")
    assert layer.columns["name"].tolist() == [name for name, _, _ in places_in]
    read = [(point.x, point.y) for point in layer.geometry]
    assert read == [(lon / 1000, lat / 1000) for _, lon, lat in places_in]


def test_an_export_of_a_map_service_is_read(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text(
        "id,name,type,typecode,address,location,tel\n"
        'B1,东风小学,科教文化服务;学校;小学,141203,[],"117.1,39.1",[]\n',
        encoding="utf-8",
    )
    layer = places(file, category=None)
    assert layer.columns["category"].tolist() == ["EDU_PRIMARY"]
    assert layer.columns["address"].tolist() == [None]
    assert layer.geometry[0].x == 117.1


def test_plain_text_was_never_a_choice(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("name,lon,lat\nA,117,39\n", encoding="ascii")
    assert guesses(places(file)) == []
    assert choose([b"abc"]).scores == ()


def test_geojson_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    file = tmp_path / "g.geojson"
    text = json.dumps(json.loads(frame().to_json()), ensure_ascii=False)
    file.write_bytes(text.encode("gbk"))
    layer = grids(file)
    assert layer.columns["community"].tolist() == NAMES["simplified"]
    (fault,) = guesses(layer)
    assert "The format says utf-8. chosen gbk" in fault.message
    file.write_bytes(text.encode("utf-16"))
    assert grids(file).columns["community"].tolist() == NAMES["simplified"]


def test_a_file_geodatabase_is_read_as_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "网格.gdb"
    frame().to_file(folder, layer="grids", driver="OpenFileGDB")
    assert grids(folder).columns["community"].tolist() == NAMES["simplified"]
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part in sorted(folder.iterdir()):
            packed.write(part, f"数据/网格.gdb/{part.name}")
        packed.writestr("说明.txt", "读我")
    assert grids(archive).columns["people"].tolist() == ["120", "80"]


def test_of_several_layers_the_one_that_fits_is_read(tmp_path: Path) -> None:
    file = tmp_path / "g.gpkg"
    other = gpd.GeoDataFrame({"road": ["x"]}, geometry=SQUARES[:1], crs="EPSG:4326")
    other.to_file(file, layer="roads")
    frame().to_file(file, layer="网格")
    layer = grids(file)
    assert layer.columns["id"].tolist() == ["G1", "G2"]
    assert "Layer 网格; its columns fit best. Not read: roads." in str(layer.note)
    with pytest.raises(InputDataError, match="no column that reads as `id`"):
        grids(file, layer="roads")
    frame().to_file(file, layer="另一个")
    with pytest.raises(InputDataError, match=r"3 layers; expected one of.*另一个"):
        grids(file)


RING = "117,39,0 117.1,39,0 117.1,39.1,0 117,39,0"
AREA = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
    f"{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)
DATA = '<ExtendedData><Data name="网格编码"><value>{}</value></Data></ExtendedData>'
SIMPLE = (
    '<ExtendedData><SchemaData><SimpleData name="网格编码">{}</SimpleData></SchemaData>'
    "</ExtendedData>"
)


def kml(folder: Path, body: str, encoding: str = "UTF-8") -> Path:
    file = folder / "a.kml"
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_kml_gives_its_extended_data_and_folders(tmp_path: Path, encoding: str) -> None:
    body = (
        f"<Folder><name>东街</name><Placemark><name>甲</name>{DATA.format('G1')}{AREA}</Placemark>"
        f"</Folder><Folder><name>西街</name><Placemark>{SIMPLE.format('G2')}<MultiGeometry>{AREA}"
        f"{AREA.replace('117', '118')}</MultiGeometry></Placemark></Folder>"
    )
    file = kml(tmp_path, body, encoding)
    layer = grids(file)
    assert layer.columns["id"].tolist() == ["G1", "G2"]
    assert layer.columns["name"].tolist() == ["甲", None]
    assert layer.columns["folder"].tolist() == ["东街", "西街"]
    assert [shape.geom_type for shape in layer.geometry] == ["Polygon", "MultiPolygon"]
    assert grids(file, layer="西街").columns["id"].tolist() == ["G2"]
    with pytest.raises(InputDataError, match=r"no folder `南街`; expected .*东街, 西街"):
        grids(file, layer="南街")


def test_kml_points_are_facilities_also_packed(tmp_path: Path) -> None:
    point = "<Point><coordinates>117.1,39.2,50</coordinates></Point>"
    bad = "<Placemark><name>乙</name><Point><coordinates>无</coordinates></Point></Placemark>"
    file = kml(tmp_path, f"<Placemark><name>甲</name>{point}</Placemark>{bad}")
    layer = places(file)
    assert (layer.geometry[0].x, layer.geometry[0].y) == (117.1, 39.2)
    assert [(entry.row, entry.reason) for entry in layer.rejected] == [(2, "GEOM_EMPTY")]
    packed = tmp_path / "a.kmz"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(file, "doc.kml")
        archive.writestr("files/icon.png", b"")
    assert places(packed).columns["name"].tolist() == ["甲"]


@pytest.mark.parametrize(
    "text",
    [
        '<kml><!DOCTYPE a [<!ENTITY b "c">]></kml>',
        '<!DOCTYPE a [<!ENTITY b "c">]><kml><Document>&b;</Document></kml>',
        "<kml><Document>",
    ],
)
def test_kml_that_is_broken_or_defines_entities_is_one_message(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.kml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputDataError, match=r"cannot be read .*expected KML"):
        places(file)
