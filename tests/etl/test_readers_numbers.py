"""Numbers as people write them: read exactly, or left alone and said so; never guessed."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.layers import Layer
from etl.readers.layer import read_layer
from etl.readers.numbers import MEASURES, SHARE, header_measure, is_unit, read_number
from etl.settings import FacilitySource, Source

PEOPLE, AREA = MEASURES["people"], MEASURES["land_area_m2"]
SQUARE = "POLYGON((117 39,117.1 39,117.1 39.1,117 39))"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1538", "1538"),
        ("1,538", "1538"),
        ("1，538", "1538"),
        ("12,345,678.5", "12345678.5"),
        ("1 538", "1538"),
        ("１５３８", "1538"),
        ("约300", "300"),
        ("300余", "300"),
        ("300余人", "300"),
        ("300人左右", "300"),
        ("近 3.1 万人", "31000"),
        ("3.1万", "31000"),
        ("2万余", "20000"),
        ("1.2亿", "120000000"),
        ("83。5", "83.5"),
        ("83．5", "83.5"),
        ("120 人", "120"),
        ("+5", "5"),
    ],
)
def test_a_count_is_read_as_it_is_meant(cell: str, text: str) -> None:
    assert read_number(cell, PEOPLE).text == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("120㎡", "120"),
        ("120 m²", "120"),
        ("120平方米", "120"),
        ("3公顷", "30000"),
        ("0.2平方公里", "200000"),
        ("0.2 km2", "200000"),
        ("1.5万㎡", "15000"),
        ("3亩", "2000"),
        ("2ha", "20000"),
    ],
)
def test_an_area_is_read_in_square_metres(cell: str, text: str) -> None:
    number = read_number(cell, AREA)
    assert (number.text, number.flag) == (text, "NUM_UNIT")


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "—", "——", "/", "\\", "无", "暂无", "[]", "N/A", "null", "…", "　"]
)
def test_a_mark_of_nothing_is_empty_and_not_zero(cell: str) -> None:
    number = read_number(cell, PEOPLE)
    assert (number.text, number.flag) == (None, None)


@pytest.mark.parametrize(
    "cell", ["20xx", "20XX", "*00", "1**", "＊＊", "6*0", "3？5", "####", "x人"]
)
def test_a_masked_number_is_empty_and_flagged(cell: str) -> None:
    number = read_number(cell, PEOPLE)
    assert (number.text, number.flag) == (None, "NUM_MASK")


@pytest.mark.parametrize(
    "cell",
    [
        "many",
        "三百",
        "1,53",
        "1.2.3",
        "3 5",
        "200-250",
        "3万5",
        "12%",
        "120户",
        "5亩",
        "300以上",
        "万",
    ],
)
def test_what_is_no_count_of_people_stays_as_it_is_written(cell: str) -> None:
    number = read_number(cell, PEOPLE)
    assert (number.text, number.flag) == (cell, "NUM_TEXT")


def test_a_percentage_is_a_fraction() -> None:
    assert [read_number(cell, SHARE).text for cell in ("12%", "12％", "3‰", "0.5")] == [
        *("0.12", "0.12", "0.003", "0.5")
    ]


@pytest.mark.parametrize(
    ("name", "unit", "cell", "text"),
    [
        ("people", "万人", "3.1", "31000"),
        ("households", "百户", "2", "200"),
        ("land_area_m2", "亩", "3", "2000"),
        ("floor_area_m2", "万平方米", "1.5", "15000"),
        ("land_area_m2", "亩", "3公顷", "30000"),
        ("people", "个", "7", "7"),
        ("people", "张", "7", "7"),
    ],
)
def test_the_unit_of_a_header_is_that_of_bare_numbers(
    name: str, unit: str, cell: str, text: str
) -> None:
    assert read_number(cell, header_measure(name, unit)).text == text


def test_units_are_known_from_other_words() -> None:
    assert all(map(is_unit, ["亩", "（万人）", "㎡", "万平方米", "户", "[公顷]"]))
    assert not any(map(is_unit, ["", "名称", "12", "甲", "小学"]))


@given(st.integers(0, 10**11), st.sampled_from(["{}", "{:,}", " {} ", "约{}", "{:,}余", "{}人"]))
def test_a_whole_number_is_the_same_however_it_is_written(value: int, form: str) -> None:
    assert read_number(form.format(value), PEOPLE).text == str(value)
    wide = form.format(value).translate({ord("0") + at: 0xFF10 + at for at in range(10)})
    assert read_number(wide, PEOPLE).text == str(value)


@given(st.decimals(0, 10**6, places=3), st.sampled_from(["万", "千", "百", ""]))
def test_a_scale_multiplies_exactly(value: object, scale: str) -> None:
    size = {"万": 10_000, "千": 1_000, "百": 100, "": 1}[scale]
    read = read_number(f"{value}{scale}", PEOPLE).text
    assert read is not None
    assert Fraction(read) == Fraction(str(value)) * size


@given(st.text(max_size=60))
@example("1e99999999")
@example("9" * 60)
@example("1" * 39 + "亿")
def test_any_text_is_a_number_or_empty_or_left_alone(cell: str) -> None:
    for measure in (PEOPLE, AREA, SHARE, header_measure("land_area_m2", "亩")):
        number = read_number(cell, measure)
        if number.flag == "NUM_TEXT":
            assert number.text == cell
        elif number.text is not None:
            assert Fraction(number.text) is not None
            assert any(letter.isdecimal() for letter in cell)
        if number.flag == "NUM_MASK":
            assert number.text is None


def grids(folder: Path, lines: list[str], **more: object) -> Layer:
    file = folder / "g.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = {"wkt": "边界"} | more
    return read_layer(Source("[grids]", file.name, file, **settings), "grids")  # type: ignore[arg-type]


def test_numbers_of_a_file_are_read_counted_and_kept_as_written(tmp_path: Path) -> None:
    rows = ["约1,200", "300", "20xx", "many", "—", "3.1万"]
    lines = ["网格编码|常住人口|边界", *(f"G{at}|{cell}|{SQUARE}" for at, cell in enumerate(rows))]
    layer = grids(tmp_path, lines)
    assert layer.columns["people"].tolist() == ["1200", "300", None, "many", None, "31000"]
    assert layer.columns["常住人口"].tolist() == rows
    assert layer.fixed.tolist() == [2, 4, 7]
    told = {fault.code: fault for fault in layer.faults}
    assert (told["NUM_MASK"].severity, told["NUM_MASK"].rows) == ("warning", (4,))
    assert (told["NUM_UNIT"].severity, told["NUM_UNIT"].rows) == ("note", (2, 7))
    assert 'row 2 "约1,200" -> 1200' in told["NUM_UNIT"].message
    assert '"20xx" -> empty' in told["NUM_MASK"].message


def test_a_unit_in_a_header_converts_its_column_and_is_said_once(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("名称;经度;纬度;占地面积（亩）\n甲;117;39;3\n乙;117;39;6\n", encoding="utf-8")
    source = FacilitySource("[[facilities]]", file.name, file, category="EDU_PRIMARY")
    layer = read_layer(source, "facilities")
    assert layer.columns["land_area_m2"].tolist() == ["2000", "4000"]
    (fault,) = layer.faults
    assert (fault.code, fault.affected, fault.rows) == ("NUM_UNIT", 2, (2, 3))
    assert "666.67" in fault.action


def test_plain_numbers_are_neither_changed_nor_reported(tmp_path: Path) -> None:
    lines = ["网格编码|常住人口|边界", f"G1|0|{SQUARE}", f"G2|12.50|{SQUARE}", f"G3||{SQUARE}"]
    layer = grids(tmp_path, lines)
    assert layer.columns["people"].tolist() == ["0", "12.50", None]
    assert (layer.faults, layer.fixed.tolist()) == ([], [])
    assert "常住人口" not in layer.columns
