"""Sheets as offices make them: titles, groups over names, merged cells, units, several sheets."""

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from etl.layers import Layer
from etl.readers.headings import find_head
from etl.readers.layer import read_layer
from etl.settings import FacilitySource, Source
from geo.errors import InputDataError

Cells = list[list[object]]
SQUARE = "POLYGON((117 39,117.1 39,117.1 39.1,117 39))"
TWO_ROWS: Cells = [
    ["序号", "名称", "位置", "", "规模", "", "备注"],
    ["", "", "经度", "纬度", "床位", "建筑面积", ""],
    [1, "甲小学", 117.1, 39.1, 120, 3000, ""],
    [2, "乙小学", 117.2, 39.2, 80, 2000, "新"],
]


def facilities(path: Path, **more: object) -> Layer:
    settings = {"category": "EDU_PRIMARY"} | more
    source = FacilitySource("[[facilities]] number 1", path.name, path, **settings)  # type: ignore[arg-type]
    return read_layer(source, "facilities")


def grids(path: Path, **more: object) -> Layer:
    settings = {"wkt": "边界"} | more
    return read_layer(Source("[grids]", path.name, path, **settings), "grids")  # type: ignore[arg-type]


def book(
    path: Path, sheets: dict[str, Cells], merged: Sequence[tuple[int, int, int, int]] = ()
) -> Path:
    with xlsxwriter.Workbook(str(path)) as out:
        for name, rows in sheets.items():
            page = out.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
            for area in merged:
                page.merge_range(*area, rows[area[0]][area[1]])
    return path


def csv(path: Path, rows: Cells) -> Path:
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def expect_two_rows(layer: Layer, row: int) -> None:
    assert layer.columns["name"].tolist() == ["甲小学", "乙小学"]
    assert layer.columns["capacity"].tolist() == ["120", "80"]
    assert layer.columns["floor_area_m2"].tolist() == ["3000", "2000"]
    assert layer.columns["备注"].tolist() == [None, "新"]
    assert [point.x for point in layer.geometry] == [117.1, 117.2]
    assert layer.row.tolist() == [row, row + 1]
    assert layer.rejected == []


def test_a_header_of_two_rows_is_read_with_and_without_merged_cells(tmp_path: Path) -> None:
    areas = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 1, 6)]
    expect_two_rows(facilities(book(tmp_path / "a.xlsx", {"表": TWO_ROWS}, areas)), 3)
    expect_two_rows(facilities(book(tmp_path / "b.xlsx", {"表": TWO_ROWS})), 3)
    expect_two_rows(facilities(csv(tmp_path / "c.csv", TWO_ROWS)), 3)


def test_a_title_above_two_rows_of_header_changes_nothing(tmp_path: Path) -> None:
    rows: Cells = [["甲市设施一览表", "", "", "", "", "", ""], [], *TWO_ROWS]
    areas = [(0, 0, 0, 6), (2, 2, 2, 3), (2, 4, 2, 5)]
    layer = facilities(book(tmp_path / "a.xlsx", {"表": rows}, areas))
    expect_two_rows(layer, 5)
    assert "header is rows 3-4" in str(layer.note)


def test_parts_of_the_same_name_are_told_apart_by_their_group(tmp_path: Path) -> None:
    rows: Cells = [
        ["网格编码", "户籍", "", "常住", "", "60岁以上", "", "边界"],
        ["", "户数", "人口", "户数", "人口", "人数", "占比", ""],
        ["G1", 1, 2, 3, 4, 5, 6, SQUARE],
    ]
    for path in (
        book(tmp_path / "g.xlsx", {"表": rows}, [(0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 0, 6)]),
        book(tmp_path / "h.xlsx", {"表": rows}),
    ):
        columns = grids(path).columns
        assert columns["people"].tolist() == ["4"]
        assert columns["households"].tolist() == ["3"]
        assert columns["people_registered"].tolist() == ["2"]
        assert columns["households_registered"].tolist() == ["1"]
        assert columns["elderly"].tolist() == ["5"]


def test_the_first_part_of_a_group_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    rows: Cells = [
        ["网格编码", "边界", "常住人口", "", ""],
        ["", "", "男", "女", "合计"],
        ["G1", SQUARE, 40, 60, 100],
    ]
    for path in (
        book(tmp_path / "a.xlsx", {"表": rows}, [(0, 2, 0, 4)]),
        book(tmp_path / "b.xlsx", {"表": rows}),
    ):
        layer = grids(path)
        assert layer.columns["people"].tolist() == ["100"]
        assert layer.columns["常住人口男"].tolist() == ["40"]


def test_three_rows_of_header_are_read(tmp_path: Path) -> None:
    rows: Cells = [
        ["网格编码", "边界", "人口情况", "", "", ""],
        ["", "", "常住", "", "户籍", ""],
        ["", "", "人口", "户数", "人口", "户数"],
        ["G1", SQUARE, 1, 2, 3, 4],
    ]
    areas = [(0, 2, 0, 5), (1, 2, 1, 3), (1, 4, 1, 5)]
    columns = grids(book(tmp_path / "a.xlsx", {"表": rows}, areas)).columns
    assert (columns["people"][0], columns["households"][0]) == ("1", "2")
    assert (columns["people_registered"][0], columns["households_registered"][0]) == ("3", "4")


def test_a_row_of_units_converts_its_columns(tmp_path: Path) -> None:
    rows: Cells = [
        ["名称", "经度", "纬度", "占地面积", "床位"],
        ["单位", "", "", "亩", "（张）"],
        ["甲", 117, 39, 3, 20],
    ]
    layer = facilities(book(tmp_path / "a.xlsx", {"表": rows}))
    assert layer.columns["land_area_m2"].tolist() == ["2000"]
    assert layer.columns["capacity"].tolist() == ["20"]
    assert layer.row.tolist() == [3]
    assert layer.rejected == []


def test_a_unit_above_the_header_is_that_of_the_columns_it_fits(tmp_path: Path) -> None:
    rows: Cells = [
        ["甲市各网格人口统计表", "", "", "单位：万人、亩"],
        ["网格编码", "常住人口", "户数", "边界"],
        ["G1", 1.5, 30, SQUARE],
    ]
    layer = grids(book(tmp_path / "a.xlsx", {"表": rows}))
    assert layer.columns["people"].tolist() == ["15000"]
    assert layer.columns["households"].tolist() == ["30"]
    assert [fault.code for fault in layer.faults] == ["NUM_UNIT"]


def test_merged_labels_are_repeated_and_merged_numbers_are_not(tmp_path: Path) -> None:
    rows: Cells = [
        ["街道", "类别", "名称", "经度", "纬度", "床位"],
        ["东街道", "小学", "甲", 117.1, 39.1, 90],
        ["", "", "乙", 117.1, 39.1, ""],
        ["", "小学", "丙", 117.1, 39.1, 7],
        ["西街道", "小学", "丁", 117.1, 39.1, ""],
    ]
    areas = [(1, 0, 3, 0), (1, 1, 2, 1), (1, 5, 2, 5)]
    layer = facilities(book(tmp_path / "a.xlsx", {"表": rows}, areas), category=None)
    assert layer.columns["街道"].tolist() == ["东街道", "东街道", "东街道", "西街道"]
    assert layer.columns["category"].tolist() == ["EDU_PRIMARY"] * 4
    assert layer.columns["capacity"].tolist() == ["90", None, "7", None]
    assert "1 merged area of 街道 repeated" in str(layer.note)
    assert "1 merged area of 床位 not repeated" in str(layer.note)


@pytest.mark.parametrize("word", ["合计", "小计", "总计", " 合 计 ", "东街道小计"])
def test_a_total_is_set_aside_also_where_every_cell_is_filled(tmp_path: Path, word: str) -> None:
    rows: Cells = [["网格编码", "常住人口", "边界"], ["G1", 5, SQUARE], [word, 5, SQUARE]]
    if word == "东街道小计":
        rows[2][2] = ""
    layer = grids(book(tmp_path / "a.xlsx", {"表": rows}))
    assert layer.columns["id"].tolist() == ["G1"]
    assert [(entry.row, entry.reason) for entry in layer.rejected] == [(3, "TOTAL_ROW")]


def test_sheets_with_one_header_are_one_table_and_every_row_keeps_a_number(tmp_path: Path) -> None:
    head = ["名称", "经度", "纬度"]
    sheets: dict[str, Cells] = {
        "说明": [["本表由各街道填报"]],
        "东街道": [["东街道"], head, ["甲", 117.1, 39.1], ["合计", "", ""]],
        "西街道": [["名 称", "纬度", "经度"], ["乙", 39.2, 117.2], ["丙", 39.3, "无"]],
    }
    layer = facilities(book(tmp_path / "a.xlsx", sheets))
    assert layer.columns["name"].tolist() == ["甲", "乙"]
    assert [point.x for point in layer.geometry] == [117.1, 117.2]
    assert layer.row.tolist() == [3, 1002]
    assert {entry.row: entry.reason for entry in layer.rejected} == {
        4: "TOTAL_ROW",
        1003: "GEOM_EMPTY",
    }
    assert layer.rows_in == 4
    assert "Sheet 东街道, 西街道." in str(layer.note)
    assert "Row 1001 and on are the rows of sheet 西街道" in str(layer.note)
    (fault,) = [fault for fault in layer.faults if fault.code == "SHEETS_JOINED"]
    assert (fault.severity, fault.affected) == ("note", 3)
    assert "东街道, 西街道" in fault.message


@pytest.mark.parametrize(
    "names", [["1月", "2月"], ["2026-01", "2026-02"], ["第一季度", "第二季度"]]
)
def test_sheets_of_months_are_joined_with_a_warning(tmp_path: Path, names: list[str]) -> None:
    sheets: dict[str, Cells] = {
        name: [["名称", "经度", "纬度"], [f"甲{at}", 117, 39]] for at, name in enumerate(names)
    }
    layer = facilities(book(tmp_path / "a.xlsx", sheets))
    (fault,) = layer.faults
    assert (fault.code, fault.severity) == ("SHEETS_JOINED", "warning")
    assert f'layer = "{names[-1]}"' in fault.action
    assert len(layer.row) == 2


def test_hidden_sheets_are_left_out_and_named(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(file)) as out:
        for name in ("现状", "旧表"):
            page = out.add_worksheet(name)
            page.write_row(0, 0, ["名称", "经度", "纬度"])
            page.write_row(1, 0, [name, 117, 39])
        out.get_worksheet_by_name("旧表").hide()
    layer = facilities(file)
    assert layer.columns["name"].tolist() == ["现状"]
    assert "Hidden and not read: 旧表." in str(layer.note)


def test_a_sheet_that_is_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match="no rows"):
        facilities(book(tmp_path / "a.xlsx", {"表": []}))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (43891, "2020-03-01"),
        ("43891", "2020-03-01"),
        ("2020/3/1", "2020-03-01"),
        ("2020年3月1日", "2020-03-01"),
        ("2020.03", "2020-03"),
        ("2020年3月", "2020-03"),
        ("202003", "2020-03"),
        ("20200301", "2020-03-01"),
        ("2020年", "2020"),
        (2019, "2019"),
        ("上世纪", "上世纪"),
        ("2020-13-45", "2020-13-45"),
        (datetime.date(2020, 3, 1), "2020-03-01"),
    ],
)
def test_a_day_is_one_text_however_it_is_written(tmp_path: Path, cell: object, text: str) -> None:
    file = tmp_path / "d.xlsx"
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as out:
        page = out.add_worksheet()
        page.write_row(0, 0, ["名称", "经度", "纬度", "启用日期"])
        page.write_row(1, 0, ["甲", 117, 39, cell])
    assert facilities(file).columns["opened"].tolist() == [text]


LABELS = st.text(st.sampled_from("甲乙丙丁戊己庚辛"), min_size=1, max_size=4)


@given(
    st.permutations(["编号", "名称", "经度", "纬度", "床位"]),
    st.lists(LABELS, max_size=3),
    st.integers(0, 5),
)
def test_the_header_is_found_wherever_it_stands(
    header: list[str], titles: list[str], blank: int
) -> None:
    above: list[list[str | None]] = [[title, *[None] * 4] for title in titles]
    rows = [*[[None] * 5] * blank, *above, header, ["1", "甲", "117", "39", "5"]]
    head = find_head(rows, ["编号", "名称", "经度", "纬度", "床位"])
    assert list(head.names) == header
    assert head.body == blank + len(titles) + 1


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=6), max_size=8))
def test_any_rows_have_a_head_inside_them(rows: list[list[str | None]]) -> None:
    head = find_head(rows, ["名称", "经度"])
    assert 0 <= head.at < head.body
    assert head.body <= max(1, len(rows))
    assert len(head.names) <= max(map(len, rows), default=0)
