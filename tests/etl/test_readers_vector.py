"""Vector files: shapefiles as they really come, GeoPackage, GeoJSON, zips, and broken outlines."""

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from etl.layers import Layer, entrances_of
from etl.readers.layer import read_layer
from etl.settings import Source
from geo.errors import InputDataError

SQUARES = [shapely.box(117 + at / 100, 39, 117 + (at + 1) / 100, 39.01) for at in range(3)]
BOW_TIE = shapely.Polygon([(117, 39), (117.01, 39.01), (117.01, 39), (117, 39.01)])


def frame(**more: object) -> gpd.GeoDataFrame:
    columns = {"网格编码": ["001", "002", "003"], "网格名称": ["甲", "乙", "丙"], **more}
    return gpd.GeoDataFrame(columns, geometry=SQUARES, crs="EPSG:4326")


def grids(path: Path, **more: object) -> Layer:
    settings = {"columns": {"id": "网格编码"}} | more
    return read_layer(Source("[grids]", path.name, path, **settings), "grids")  # type: ignore[arg-type]


def shapefile(folder: Path, encoding: str, *, without: tuple[str, ...] = (".cpg",)) -> Path:
    file = folder / "网格.shp"
    data = frame(常住人口=[10, 0, None])
    if encoding == "utf-8":
        # ten bytes of a header are three characters: this is what other programs leave of them
        data = data.rename(columns=lambda name: name if name == "geometry" else name[:3])
    data.to_file(file, encoding=encoding)
    for ending in without:
        file.with_suffix(ending).unlink(missing_ok=True)
    return file


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_shapefile_without_cpg_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    layer = grids(shapefile(tmp_path, encoding))
    assert layer.encoding == encoding
    assert layer.columns["name"].tolist() == ["甲", "乙", "丙"]
    assert layer.columns["id"].tolist() == ["001", "002", "003"]
    assert layer.columns["people"].tolist() == ["10", "0", None]
    assert layer.row.tolist() == [1, 2, 3]


def test_a_cpg_that_lies_is_outvoted_and_noted(tmp_path: Path) -> None:
    file = shapefile(tmp_path, "gbk")
    file.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    layer = grids(file)
    assert layer.columns["name"].tolist() == ["甲", "乙", "丙"]
    assert ".cpg says utf-8" in str(layer.note)


def test_a_declared_encoding_is_used_as_it_is(tmp_path: Path) -> None:
    assert grids(shapefile(tmp_path, "gbk"), encoding="gbk").columns["name"][0] == "甲"


def test_missing_parts_of_a_shapefile_are_named(tmp_path: Path) -> None:
    file = shapefile(tmp_path, "gbk", without=(".prj",))
    assert ".prj is missing" in str(grids(file).note)
    file.with_suffix(".dbf").unlink()
    with pytest.raises(InputDataError, match=r"\.dbf is missing"):
        grids(file)
    file.with_suffix(".shx").unlink()
    with pytest.raises(InputDataError, match=r"index \.shx is missing.*Copy all parts"):
        grids(file)


def test_the_hash_of_a_shapefile_covers_all_its_parts(tmp_path: Path) -> None:
    file = shapefile(tmp_path, "gbk")
    before = grids(file)
    dbf = file.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"001", b"009"))
    after = grids(file)
    assert after.columns["id"][0] == "009"
    assert after.sha256 != before.sha256
    assert before.bytes == sum(file.with_suffix(e).stat().st_size for e in (".shp", ".shx")) + sum(
        file.with_suffix(e).stat().st_size for e in (".dbf", ".prj")
    )


def test_a_zip_made_on_a_chinese_windows_is_read(tmp_path: Path) -> None:
    inner = shapefile(tmp_path, "gbk")
    archive = tmp_path / "网格.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part in sorted(tmp_path.glob("网格.*")):
            if part.suffix != ".zip":
                packed.writestr(part.name.encode("gbk").decode("cp437"), part.read_bytes())
    # zipfile marks such names as UTF-8; Windows does not, so the mark is taken off
    archive.write_bytes(_without_utf8_flag(archive.read_bytes(), inner.stem))
    assert grids(archive).columns["name"].tolist() == ["甲", "乙", "丙"]


def _without_utf8_flag(data: bytes, stem: str) -> bytes:
    data = data.replace(stem.encode("gbk").decode("cp437").encode(), stem.encode("gbk"))
    raw = bytearray(data)
    for mark, flag_at, length_at in ((b"PK\x03\x04", 6, 26), (b"PK\x01\x02", 8, 28)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + flag_at + 1] &= 0xF7
            length = len(stem.encode("gbk")) + 4
            raw[at + length_at : at + length_at + 2] = length.to_bytes(2, "little")
            at = raw.find(mark, at + 4)
    return _with_directory_offset(raw)


def _with_directory_offset(raw: bytearray) -> bytes:
    """Correct the places that moved when the names became shorter."""
    locals_at = [at for at in range(len(raw)) if raw[at : at + 4] == b"PK\x03\x04"]
    centrals = [at for at in range(len(raw)) if raw[at : at + 4] == b"PK\x01\x02"]
    for local, central in zip(locals_at, centrals, strict=True):
        raw[central + 42 : central + 46] = local.to_bytes(4, "little")
    end = raw.rfind(b"PK\x05\x06")
    raw[end + 12 : end + 16] = (end - centrals[0]).to_bytes(4, "little")
    raw[end + 16 : end + 20] = centrals[0].to_bytes(4, "little")
    return bytes(raw)


def test_a_zip_must_hold_one_layer_or_say_which(tmp_path: Path) -> None:
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.geojson", frame().to_json())
        packed.writestr("sub/b.geojson", frame().to_json())
        packed.writestr("read me.docx", b"")
    with pytest.raises(InputDataError, match=r"2 layers \(a\.geojson, b\.geojson\)"):
        grids(archive)
    assert len(grids(archive, layer="b").row) == 3
    (tmp_path / "broken.zip").write_bytes(b"PK not a zip")
    with pytest.raises(InputDataError, match="cannot be unpacked"):
        grids(tmp_path / "broken.zip")


def test_a_geopackage_reads_its_layer_and_asks_which_of_several(tmp_path: Path) -> None:
    file = tmp_path / "g.gpkg"
    frame().to_file(file, layer="grids")
    assert grids(file).columns["id"].tolist() == ["001", "002", "003"]
    frame().to_file(file, layer="other")
    with pytest.raises(InputDataError, match="2 layers; expected one of grids, other"):
        grids(file)
    assert len(grids(file, layer="other").row) == 3
    (tmp_path / "bad.gpkg").write_bytes(b"no database")
    with pytest.raises(InputDataError, match="cannot be read"):
        grids(tmp_path / "bad.gpkg")


def test_geojson_in_gbk_is_decoded_and_empty_geojson_is_told(tmp_path: Path) -> None:
    file = tmp_path / "g.geojson"
    file.write_bytes(json.dumps(json.loads(frame().to_json()), ensure_ascii=False).encode("gbk"))
    assert grids(file).columns["name"].tolist() == ["甲", "乙", "丙"]
    file.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    with pytest.raises(InputDataError, match="no rows"):
        grids(file)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(InputDataError, match="cannot be read"):
        grids(file)


def test_a_grid_that_crosses_itself_is_repaired_and_says_so(tmp_path: Path) -> None:
    data = frame()
    data.loc[1, "geometry"] = BOW_TIE
    file = tmp_path / "g.geojson"
    data.to_file(file)
    layer = grids(file)
    assert all(shape.is_valid for shape in layer.geometry)
    # a bow tie over a square: half of it is inside
    assert layer.geometry[1].area == pytest.approx(0.5 * 0.01 * 0.01)
    (fault,) = [fault for fault in layer.faults if fault.code == "GRID_INVALID"]
    assert (fault.row, fault.feature_id, fault.severity) == (2, "002", "warning")
    assert "self-intersection" in fault.message
    assert "area changed" in fault.action
    assert layer.fixed.tolist() == [2]


def test_grids_that_are_no_areas_or_not_there_are_set_aside(tmp_path: Path) -> None:
    data = frame()
    data.loc[0, "geometry"] = shapely.Point(117, 39)
    data.loc[2, "geometry"] = None
    file = tmp_path / "g.geojson"
    data.to_file(file)
    layer = grids(file)
    assert {entry.row: entry.reason for entry in layer.rejected} == {
        1: "GEOM_TYPE",
        3: "GEOM_EMPTY",
    }
    assert layer.rows_in == 3


def test_a_facility_drawn_as_an_area_is_entered_along_its_outline() -> None:
    entrances = entrances_of(SQUARES[0])
    steps = shapely.length(shapely.LineString([(117, 39), (117.01, 39)])) / (50 / 111_320)
    assert len(entrances) >= 4 * steps
    assert shapely.distance(SQUARES[0].exterior, shapely.points(entrances)).max() < 1e-12
    assert entrances_of(shapely.Point(1, 2)).tolist() == [[1, 2]]
    several = shapely.MultiPoint([(3, 4), (1, 2), (3, 4)])
    assert entrances_of(several).tolist() == [[1, 2], [3, 4]]
