"""Tables: CSV in any encoding and delimiter, sheets with titles and totals, Parquet."""

import datetime
import json
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from etl.layers import Layer
from etl.readers.layer import read_layer
from etl.settings import FacilitySource, Source
from geo.errors import InputDataError, SourceMissingError

HEADER = "编号,名称,类别,经度,纬度"
ROWS = ["F1,甲小学,EDU_PRIMARY,117.1,39.1", "F2,乙小学,EDU_PRIMARY,117.2,39.2"]


def facilities(path: Path, **more: object) -> Layer:
    settings = {"category_column": "类别", "columns": {}} | more
    source = FacilitySource("[[facilities]] number 1", path.name, path, **settings)  # type: ignore[arg-type]
    return read_layer(source, "facilities")


def csv_file(folder: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    file = folder / "设施.csv"
    file.write_bytes("\r\n".join(lines).encode(encoding))
    return file


def sheet(folder: Path, rows: list[list[object]], name: str = "设施.xlsx") -> Path:
    file = folder / name
    with xlsxwriter.Workbook(str(file)) as book:
        page = book.add_worksheet("表")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    layer = facilities(csv_file(tmp_path, [HEADER, *ROWS], encoding))
    assert layer.columns["name"].tolist() == ["甲小学", "乙小学"]
    assert layer.columns["category"].tolist() == ["EDU_PRIMARY", "EDU_PRIMARY"]
    assert [(point.x, point.y) for point in layer.geometry] == [(117.1, 39.1), (117.2, 39.2)]
    assert layer.row.tolist() == [2, 3]
    assert layer.rows_in == 2


def test_big5_is_not_taken_for_gbk(tmp_path: Path) -> None:
    lines = ["編號,名稱,類別,經度,緯度", "F1,信義區國民小學,EDU_PRIMARY,121.5,25.0"]
    columns = {"id": "編號", "name": "名稱", "lon": "經度", "lat": "緯度"}
    layer = facilities(csv_file(tmp_path, lines, "cp950"), columns=columns, category_column="類別")
    assert layer.columns["name"].tolist() == ["信義區國民小學"]
    assert layer.encoding == "cp950"


@pytest.mark.parametrize("mark", ["\t", ";", "，", "|"])
def test_other_delimiters_are_found(tmp_path: Path, mark: str) -> None:
    lines = [line.replace(",", mark) for line in [HEADER, *ROWS]]
    assert facilities(csv_file(tmp_path, lines)).columns["id"].tolist() == ["F1", "F2"]


def test_a_quoted_line_break_does_not_shift_the_rows_that_follow(tmp_path: Path) -> None:
    lines = [HEADER, 'F1,"甲\n小学\u2028",EDU_PRIMARY,117.1,39.1', ROWS[1]]
    layer = facilities(csv_file(tmp_path, lines))
    assert layer.row.tolist() == [2, 3]
    assert layer.columns["id"].tolist() == ["F1", "F2"]


def test_rows_without_a_usable_place_are_kept_aside_with_the_reason(tmp_path: Path) -> None:
    bad = [
        "F3,丙,EDU_PRIMARY,,39.1",
        "F4,丁,EDU_PRIMARY,0,0",
        "F5,戊,EDU_PRIMARY,一百,39.1",
        "F6,己,EDU_PRIMARY,1170,39.1",
        "F7,庚,游泳池馆,117.1,39.1",
        "F8,辛,EDU_PRIMARY,117.1,39.1,多,余",
    ]
    layer = facilities(csv_file(tmp_path, [HEADER, *ROWS, *bad]))
    assert {entry.row: entry.reason for entry in layer.rejected} == {
        4: "GEOM_EMPTY",
        5: "XY_ZERO",
        6: "NUM_TEXT",
        7: "XY_RANGE",
        8: "CAT_UNKNOWN",
        9: "ROW_SHAPE",
    }
    assert layer.rows_in == 8 == len(layer.row) + len(layer.rejected)
    content = json.loads(next(e.content for e in layer.rejected if e.row == 7))
    assert content["编号"] == "F6"
    unknown = next(fault for fault in layer.faults if fault.code == "CAT_UNKNOWN")
    assert unknown.row == 8
    assert "1 row" in unknown.message
    assert "游泳池馆 1" in unknown.message


def test_degrees_minutes_and_seconds_are_coordinates(tmp_path: Path) -> None:
    lines = [HEADER, "F1,甲,EDU_PRIMARY,116°30′00″,39°15′", ROWS[1]]
    layer = facilities(csv_file(tmp_path, lines))
    assert (layer.geometry[0].x, layer.geometry[0].y) == (116.5, 39.25)


def test_categories_come_from_the_map_the_code_or_the_catalogue_name(tmp_path: Path) -> None:
    lines = [HEADER, "F1,a,完小,117.1,39.1", "F2,b,小学,117.1,39.1", "F3,c,EDU_PRIMARY,117,39"]
    layer = facilities(csv_file(tmp_path, lines), category_map={"完小": "EDU_PRIMARY"})
    assert layer.columns["category"].tolist() == ["EDU_PRIMARY"] * 3


def test_a_filter_counts_what_it_sets_aside_and_rejects_nothing(tmp_path: Path) -> None:
    layer = facilities(csv_file(tmp_path, [HEADER, *ROWS]), where="编号 = 'F2'")
    assert layer.columns["id"].tolist() == ["F2"]
    assert (layer.rows_in, layer.rejected) == (1, [])
    assert "1 row of 2 set aside" in str(layer.note)


def test_a_sheet_with_title_and_total_gives_its_rows_and_lists_the_total(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["甲市公共服务设施一览表"],
        [],
        ["序号", "名称", "类别", "经度", "纬度", "床位", "启用日期"],
        [1, "甲小学", "小学", 117.1, 39.1, 120, "2020-01-01"],
        [2.0, "乙小学", "小学", 117.2, 39.2, 3.5, "2021"],
        ["合 计", "", "", "", "", 123.5],
    ]
    layer = facilities(sheet(tmp_path, rows), category_column=None)
    assert layer.row.tolist() == [4, 5]
    assert layer.columns["id"].tolist() == ["1", "2"]
    assert layer.columns["capacity"].tolist() == ["120", "3.5"]
    assert [(entry.row, entry.reason) for entry in layer.rejected] == [(6, "TOTAL_ROW")]
    assert layer.rows_in == 3
    assert "header is row 3" in str(layer.note)


def test_a_total_of_one_street_is_a_total_and_a_name_that_ends_alike_in_mid_row_is_not(
    tmp_path: Path,
) -> None:
    rows: list[list[object]] = [
        ["街道", "名称", "类别", "经度", "纬度"],
        ["东街道", "总计路小学", "小学", 117.1, 39.1],
        ["东街道小计", "", "", "", ""],
    ]
    layer = facilities(sheet(tmp_path, rows), category_column=None)
    assert layer.columns["name"].tolist() == ["总计路小学"]
    assert [entry.row for entry in layer.rejected] == [3]


def test_dates_in_a_sheet_become_iso_text(tmp_path: Path) -> None:
    file = tmp_path / "d.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["名称", "类别", "经度", "纬度", "启用日期"])
        page.write_row(1, 0, ["甲", "小学", 117.1, 39.1])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_datetime(1, 4, datetime.datetime(2020, 3, 1), day)
    assert facilities(file, category_column=None).columns["opened"].tolist() == ["2020-03-01"]


def test_the_visible_sheet_with_the_columns_is_read_and_a_named_one_wins(tmp_path: Path) -> None:
    file = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        for name, value in (("说明", None), ("旧", "旧小学"), ("新", "新小学")):
            page = book.add_worksheet(name)
            page.write(0, 0, "填表说明")
            if value:
                page.write_row(0, 0, ["名称", "类别", "经度", "纬度"])
                page.write_row(1, 0, [value, "小学", 117.1, 39.1])
        book.get_worksheet_by_name("旧").hide()
    assert facilities(file, category_column=None).columns["name"].tolist() == ["新小学"]
    assert facilities(file, category_column=None, layer="旧").columns["name"][0] == "旧小学"
    with pytest.raises(InputDataError, match="no sheet `新的`; expected `新`, or one of"):
        facilities(file, layer="新的")


def test_codes_that_a_spreadsheet_rounded_are_refused(tmp_path: Path) -> None:
    lines = [HEADER, ROWS[0], "5.22601E+11,乙,EDU_PRIMARY,117.2,39.2"]
    with pytest.raises(InputDataError, match=r"1 code of 2 in 编号 .*row 3.*CODE_SCI"):
        facilities(csv_file(tmp_path, lines))
    rows: list[list[object]] = [
        ["编号", "名称", "类别", "经度", "纬度"],
        [52260100100201001.0, "甲", "小学", 117.1, 39.1],
    ]
    with pytest.raises(InputDataError, match="CODE_SCI"):
        facilities(sheet(tmp_path, rows), category_column=None)


def test_leading_zeros_and_long_codes_survive(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["编号", "名称", "类别", "经度", "纬度"],
        ["007", "甲", "小学", 117.1, 39.1],
        [522601001002, "乙", "小学", 117.1, 39.1],
    ]
    layer = facilities(sheet(tmp_path, rows), category_column=None)
    assert layer.columns["id"].tolist() == ["007", "522601001002"]


def test_a_missing_column_names_the_nearest_header_and_lists_all(tmp_path: Path) -> None:
    file = csv_file(tmp_path, [HEADER, *ROWS])
    with pytest.raises(InputDataError, match=r"lacks 1 declared column.*`名称`, or .*编号, 名称"):
        facilities(file, columns={"name": "名称x"})


def test_a_declared_header_matches_whatever_its_width_case_and_unit(tmp_path: Path) -> None:
    lines = ["编号,名称,类别,LON（度）,Lat,容量(人)", "F1,甲,EDU_PRIMARY,117.1,39.1,30"]
    layer = facilities(csv_file(tmp_path, lines), columns={"lon": "lon", "capacity": "容量"})
    assert layer.columns["capacity"].tolist() == ["30"]


def test_registered_people_are_not_taken_for_residents(tmp_path: Path) -> None:
    file = tmp_path / "g.csv"
    square = "POLYGON((117 39,117.1 39,117.1 39.1,117 39))"
    file.write_text(f"网格编码\t户籍人口\t边界\nG1\t100\t{square}\n", encoding="utf-8")
    layer = read_layer(Source("[grids]", file.name, file, wkt="边界"), "grids")
    assert "people" not in layer.columns
    assert layer.columns["people_registered"].tolist() == ["100"]
    assert layer.geometry[0].geom_type == "Polygon"


def test_unreadable_missing_and_empty_files_are_one_message_each(tmp_path: Path) -> None:
    (tmp_path / "fake.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(InputDataError, match="not a readable workbook"):
        facilities(tmp_path / "fake.xlsx")
    (tmp_path / "sheet.csv").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(InputDataError, match=r"not text.*ending \.xlsx"):
        facilities(tmp_path / "sheet.csv")
    with pytest.raises(InputDataError, match="has no rows"):
        facilities(csv_file(tmp_path, [HEADER]))
    with pytest.raises(SourceMissingError, match=r"does not exist.*设施\.csv` is there"):
        facilities(tmp_path / "设拖.csv")
    with pytest.raises(SourceMissingError, match="is a folder"):
        facilities(tmp_path)
    (tmp_path / "zero.csv").touch()
    with pytest.raises(InputDataError, match="0 bytes"):
        facilities(tmp_path / "zero.csv")
    (tmp_path / "a.docx").write_text("x", encoding="utf-8")
    with pytest.raises(InputDataError, match=r"ends in \.docx"):
        facilities(tmp_path / "a.docx")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 broken")
    with pytest.raises(InputDataError, match="not readable Parquet"):
        facilities(tmp_path / "broken.parquet")


def test_parquet_reads_as_the_same_text(tmp_path: Path) -> None:
    file = tmp_path / "f.parquet"
    with duckdb.connect() as con:
        con.execute(
            "copy (select 1::double as id, '甲' as name, '小学' as type, 117.1 as lon, "
            f"39.1::float as lat, null::integer as capacity) to '{file}' (format parquet)"
        )
    layer = facilities(file, category_column="type")
    assert layer.columns["id"].tolist() == ["1"]
    assert layer.columns["capacity"].tolist() == [None]
    assert layer.geometry[0].x == 117.1


def test_h3_cells_are_hexagons_for_grids_and_centres_for_facilities(tmp_path: Path) -> None:
    file = tmp_path / "h.csv"
    file.write_text("cell,people\n89a901291abffff,5\nnonsense,6\n,7\n", encoding="utf-8")
    grids = read_layer(Source("[grids]", file.name, file, {"id": "cell"}, h3="cell"), "grids")
    assert [len(shape.exterior.coords) for shape in grids.geometry] == [7]
    assert [entry.reason for entry in grids.rejected] == ["H3_INVALID", "GEOM_EMPTY"]
    points = facilities(file, h3="cell", category_column=None, category="EDU_PRIMARY")
    assert grids.geometry[0].centroid.distance(points.geometry[0]) < 1e-5


def test_a_table_without_places_or_categories_is_told_what_to_declare(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text("名称,类别\n甲,小学\n", encoding="utf-8")
    with pytest.raises(InputDataError, match=r"without a place.*lon = and lat ="):
        facilities(file)
    with pytest.raises(InputDataError, match="no column that reads as `id`"):
        read_layer(Source("[grids]", file.name, file), "grids")
    file.write_text("名称,lon,lat\n甲,117,39\n", encoding="utf-8")
    with pytest.raises(InputDataError, match="does not say what its facilities are"):
        facilities(file, category_column=None)
