"""Positions in every usual form, and what cannot be one."""

import math
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from etl.layers import Layer
from etl.readers.layer import read_layer
from etl.readers.positions import coordinate, pair
from etl.settings import FacilitySource, Source
from geo.errors import InputDataError

EAST = 116 + 23 / 60 + 17.5 / 3600


def facilities(folder: Path, lines: list[str], **more: object) -> Layer:
    file = folder / "f.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = {"category": "EDU_PRIMARY"} | more
    source = FacilitySource("[[facilities]]", file.name, file, **settings)  # type: ignore[arg-type]
    return read_layer(source, "facilities")


@pytest.mark.parametrize(
    "text",
    [
        "116°23′17.5″",
        "116°23'17.5\"",
        "116º23’17.5”",
        "116° 23′ 17.5″ E",
        "E116°23′17.5″",
        "东经116度23分17.5秒",
        "东经：116°23′17.5″",
        "116 23 17.5",
        "116:23:17.5",
        "116-23-17.5",
        "116d23m17.5",
        "116°23'17.5''",
        "１１６°２３′１７．５″",
    ],
)
def test_degrees_minutes_and_seconds_are_read_in_every_usual_form(text: str) -> None:
    assert coordinate(text) == pytest.approx(EAST, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("116.5", 116.5),
        ("116.5°", 116.5),
        ("116.5E", 116.5),
        ("东经116.5", 116.5),
        ("116。5", 116.5),
        ("116°30.5′", 116 + 30.5 / 60),
        ("116°30′", 116.5),
        ("S 33°30′", -33.5),
        ("33°30′S", -33.5),
        ("西经46度30分", -46.5),
        ("-46°30′", -46.5),
        ("-0°30′", -0.5),
    ],
)
def test_other_forms_of_one_coordinate(text: str, value: float) -> None:
    assert coordinate(text) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["一百", "116°75′", "116°20′75″", "甲", "116,5", "", "12 34 56 78"]
)
def test_what_is_no_coordinate_is_not_made_one(text: str) -> None:
    assert coordinate(text) != coordinate(text)


@given(
    st.integers(0, 179),
    st.integers(0, 59),
    st.integers(0, 5999),
    st.sampled_from(["{}°{}′{}″", "{} {} {}", "{}:{}:{}", "{}度{}分{}秒", "E{}°{}'{}\""]),
)
def test_written_and_read_degrees_agree(
    degrees: int, minutes: int, hundredths: int, form: str
) -> None:
    text = form.format(degrees, minutes, hundredths / 100)
    expected = degrees + minutes / 60 + hundredths / 360_000
    assert coordinate(text) == pytest.approx(expected, abs=1e-9)


@given(st.text(max_size=100))
def test_any_text_is_a_pair_or_two_times_nothing(text: str) -> None:
    first, second = pair(text)
    assert math.isfinite(first) == math.isfinite(second)


@pytest.mark.parametrize(
    "cell",
    [
        "117.1,39.2",
        "117.1，39.2",
        "117.1;39.2",
        "117.1；39.2",
        "117.1 39.2",
        "117.1、39.2",
        "[117.1, 39.2]",
        "（117.1，39.2）",
        "POINT(117.1 39.2)",
        "117.1,39.2,0",
        "117°6′,39°12′",
        "39°12′N, 117°6′E",
        "北纬39.2，东经117.1",
        "东经117.1 北纬39.2",
    ],
)
def test_both_coordinates_in_one_cell_are_found(tmp_path: Path, cell: str) -> None:
    layer = facilities(tmp_path, ["名称|location", f"甲|{cell}", "乙|[]", "丙|某路"])
    assert shapely.get_coordinates(layer.geometry)[0] == pytest.approx([117.1, 39.2])
    reasons = {entry.row: entry.reason for entry in layer.rejected}
    assert reasons == {3: "GEOM_EMPTY", 4: "NUM_TEXT"}
    assert "lonlat" not in layer.columns


def test_a_column_may_be_declared_to_hold_both(tmp_path: Path) -> None:
    lines = ["名称|我的位置", "甲|117.1,39.2"]
    layer = facilities(tmp_path, lines, columns={"lon": "我的位置", "lat": "我的位置"})
    assert (layer.geometry[0].x, layer.geometry[0].y) == (117.1, 39.2)
    with pytest.raises(InputDataError, match="without a place"):
        facilities(tmp_path, lines)


def test_a_number_beyond_90_is_no_latitude_whatever_stands_first(tmp_path: Path) -> None:
    layer = facilities(tmp_path, ["名称|坐标", "甲|39.2,117.1", "乙|39.3,117.2"])
    assert [point.x for point in layer.geometry] == [117.1, 117.2]
    assert "latitude first" in str(layer.note)
    west = facilities(tmp_path, ["名称|纬度,经度", "甲|39.2,80.1"])
    assert (west.geometry[0].x, west.geometry[0].y) == (80.1, 39.2)


def test_an_address_called_location_is_no_place_beside_longitude_and_latitude(
    tmp_path: Path,
) -> None:
    layer = facilities(tmp_path, ["名称|location|lon|lat", "甲|某路1号|117.1|39.2"])
    assert layer.columns["location"].tolist() == ["某路1号"]
    with pytest.raises(InputDataError, match="without a place"):
        facilities(tmp_path, ["名称|location", "甲|某路1号"])


SQUARE = "POLYGON((117 39,117.1 39,117.1 39.1,117 39))"


@pytest.mark.parametrize(
    "cell",
    [SQUARE, f"SRID=4326;{SQUARE}", shapely.to_wkb(shapely.from_wkt(SQUARE), hex=True)],
)
def test_outlines_in_a_table_are_found_without_being_named(tmp_path: Path, cell: str) -> None:
    file = tmp_path / "g.csv"
    file.write_text(f"网格编码|什么\nG1|{cell}\n", encoding="utf-8")
    layer = read_layer(Source("[grids]", file.name, file), "grids")
    assert layer.geometry[0].equals(shapely.from_wkt(SQUARE))
    assert "什么" not in layer.columns


def _basis(layer: Layer) -> list[tuple[str, str]]:
    return [(fault.code, fault.severity) for fault in layer.faults if "_BASIS" in fault.code]


@pytest.mark.parametrize(
    ("header", "declared", "expected"),
    [
        ("常住人口", {}, []),
        ("人口", {}, [("POP_BASIS", "warning")]),
        ("人口", {"people": "人口"}, []),
        ("户籍人口", {}, [("POP_BASIS", "warning")]),
        ("户籍人口", {"people": "户籍人口"}, [("POP_BASIS", "note")]),
        ("户数", {}, []),
    ],
)
def test_people_of_no_stated_basis_are_told(
    tmp_path: Path, header: str, declared: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    file = tmp_path / "g.csv"
    file.write_text(f"网格编码|{header}|边界\nG1|5|{SQUARE}\n", encoding="utf-8")
    layer = read_layer(Source("[grids]", file.name, file, declared), "grids")
    assert _basis(layer) == expected
    assert ("people" in layer.columns) == (header in ("常住人口", "人口") or bool(declared))


@pytest.mark.parametrize(
    ("header", "declared", "expected", "canonical"),
    [
        ("建筑面积", {}, [], "floor_area_m2"),
        ("占地面积", {}, [], "land_area_m2"),
        ("面积", {}, [("AREA_BASIS", "warning")], "面积"),
        ("面积", {"floor_area_m2": "面积"}, [], "floor_area_m2"),
        ("占地面积", {"floor_area_m2": "占地面积"}, [("AREA_BASIS", "warning")], "floor_area_m2"),
    ],
)
def test_areas_of_no_stated_basis_are_told(
    tmp_path: Path,
    header: str,
    declared: dict[str, str],
    expected: list[tuple[str, str]],
    canonical: str,
) -> None:
    lines = [f"名称|经度|纬度|{header}", "甲|117|39|500"]
    layer = facilities(tmp_path, lines, columns=declared)
    assert _basis(layer) == expected
    assert layer.columns[canonical].tolist() == ["500"]
