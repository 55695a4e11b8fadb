"""A proposed city.toml: right about the files it is shown, and readable by the program itself."""

import tomllib
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.demo import write_demo
from etl.init import propose_city_toml
from etl.init_ledgers import ledger_of
from etl.ledgers.packs import Template, templates
from etl.readers import read_city
from etl.settings import load_city
from etl.units.declared import declared_units
from tests.etl.units_city import write_units_city


def test_the_proposal_for_microcity_reads_the_same_city(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "microcity"
    names = ("facilities.csv", "grids.geojson", "streets.geojson", "water.geojson")
    text = propose_city_toml([folder / name for name in names], base=tmp_path)
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")
    proposed = read_city(load_city(tmp_path / "city.toml"))
    written = read_city(load_city(folder / "city.toml"))
    assert proposed.grids.columns["people"].tolist() == written.grids.columns["people"].tolist()
    assert proposed.facilities[0].columns["category"].tolist() == [
        "MED_STATION",
        "MED_STATION",
        "EDU_PRIMARY",
    ]
    assert proposed.streets is not None
    assert written.streets is not None
    assert proposed.streets.u.tolist() == written.streets.u.tolist()
    assert list(proposed.basemap) == ["water"]


def test_h3_cells_are_grids_and_an_extract_is_the_network(real_data: Path) -> None:
    folder = real_data / "poa"
    names = ("poa_hexgrid.csv", "poa_osm.pbf")
    proposal = tomllib.loads(propose_city_toml([folder / name for name in names], base=folder))
    assert proposal["grids"]["h3"] == "id"
    assert proposal["grids"]["people"] == "population"
    assert proposal["network"]["path"] == "poa_osm.pbf"


def test_words_that_no_catalogue_knows_are_listed_with_their_counts(tmp_path: Path) -> None:
    file = tmp_path / "设施.csv"
    file.write_text(
        "名称,类别,经度,纬度\na,小学,117,39\nb,棋牌室,117,39\nc,棋牌室,117,39\n", encoding="utf-8"
    )
    text = propose_city_toml([file], base=tmp_path)
    assert "棋牌室 2" in text
    assert "小学 1" not in text
    assert "[grids] is missing" in text
    assert tomllib.loads(text)["facilities"][0]["category_column"] == "类别"


def test_buildings_are_told_by_their_people_and_what_cannot_be_read_is_listed(
    tmp_path: Path,
) -> None:
    buildings = tmp_path / "b.csv"
    buildings.write_text("楼栋号,经度,纬度,常住人口\n1,117,39,30\n", encoding="utf-8")
    ledger = tmp_path / "台账.csv"
    ledger.write_text("物资,数量\n甲,3000\n", encoding="utf-8")
    missing = tmp_path / "none.shp"
    text = propose_city_toml([buildings, ledger, missing], base=tmp_path)
    proposal = tomllib.loads(text)
    assert proposal["demand"]["method"] == "buildings"
    assert proposal["demand"]["people"] == "常住人口"
    assert "# 台账.csv: a table without coordinates" in text
    assert "# none.shp:" in text
    assert "does not exist" in text


def test_the_program_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "b.csv"
    file.write_text("经度,纬度\n117,39\n", encoding="utf-8")
    propose_city_toml([file], base=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["b.csv"]


def test_the_coordinate_system_is_proposed_only_where_it_is_certain(tmp_path: Path) -> None:
    write_demo(tmp_path, grids=300)
    names = ("网格.shp", "设施.xlsx", "便民商业.csv")
    text = propose_city_toml([tmp_path / name for name in names], base=tmp_path)
    services, shops = tomllib.loads(text)["facilities"]
    assert services["crs"] == "auto"
    assert shops["crs"] == "GCJ-02"
    lines = [line for line in text.splitlines() if line.startswith("crs")]
    assert "# WGS84 " in lines[1]
    assert "; the file does not say" in lines[1]
    assert lines[2].startswith('crs = "GCJ-02"  # WGS84 ')


def test_a_long_number_is_no_h3_cell(tmp_path: Path) -> None:
    file = tmp_path / "b.csv"
    file.write_text("案件号,经度,纬度\n5226010010010010010,117,39\n", encoding="utf-8")
    assert "h3 =" not in propose_city_toml([file], base=tmp_path)


def test_tables_without_places_become_ledgers_by_what_they_are_keyed_by(tmp_path: Path) -> None:
    tables = {
        "检查.csv": "网格编码,检查日期,得分\n1,2026-10-02,5\n",
        "社区台账.csv": "社区名称,户数,社区服务站面积\n甲,3000,400\n",
        "走访.csv": "社区,月份,次数\n甲,2026-10,3\n",
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="gbk")
    proposal = propose_city_toml([tmp_path / name for name in tables], base=tmp_path)
    found = tomllib.loads(proposal)
    assert found["communities"] == [{"path": "社区台账.csv"}]
    checks, visits = found["ledgers"]
    assert (checks["unit"], checks["key"], checks["grain"]) == ("grid", "网格编码", "event")
    assert (visits["unit"], visits["key"], visits["grain"]) == ("community", "社区", "unit+period")
    assert "csv in gbk" in proposal


@pytest.mark.parametrize("template", templates().values(), ids=templates())
def test_a_table_with_the_columns_of_a_template_is_proposed_as_one(template: Template) -> None:
    section, why, lines = ledger_of('一"月', [f"{header}（填报）" for header in template.columns])
    assert section == "ledgers"
    assert template.zh in why
    assert tomllib.loads("\n".join(lines)) == {"name": '一"月', "pack": template.id}


def test_a_few_columns_of_a_template_are_not_enough() -> None:
    _, _, lines = ledger_of("检查", ["网格编码", "检查日期", "项目", "得分"])
    assert "pack" not in tomllib.loads("\n".join(lines))


def test_paths_are_relative_to_the_file_that_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "b.csv").write_text(
        "楼栋号,经度,纬度,人口\n1,117,39,3\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["init", "city/b.csv", "--out", "city/city.toml"]) == 0
    proposal = tomllib.loads((tmp_path / "city" / "city.toml").read_text(encoding="utf-8"))
    assert proposal["demand"]["path"] == "b.csv"


def test_a_column_of_both_coordinates_and_people_of_no_basis_are_proposed_as_they_are(
    tmp_path: Path,
) -> None:
    points = tmp_path / "f.csv"
    points.write_text("名称|类别|坐标\n甲|小学|117.1,39.1\n", encoding="utf-8")
    areas = tmp_path / "网格.csv"
    square = "POLYGON((117 39,117.1 39,117.1 39.1,117 39))"
    areas.write_text(f"网格编码|人口|边界\nG1|5|{square}\n", encoding="utf-8")
    text = propose_city_toml([points, areas], base=tmp_path)
    assert 'lon = "坐标"\nlat = "坐标"' in text
    assert '# people = "人口"' in text
    city = tmp_path / "city.toml"
    city.write_text(text, encoding="utf-8")
    layers = read_city(load_city(city))
    assert layers.facilities[0].geometry[0].x == 117.1
    assert [fault.code for fault in layers.grids.faults] == ["POP_BASIS"]


def test_areas_that_are_estates_are_proposed_as_units_and_read_back(tmp_path: Path) -> None:
    write_units_city(tmp_path)
    files = [tmp_path / name for name in ("小区.geojson", "grids.geojson", "facilities.csv")]
    text = propose_city_toml(files, base=tmp_path)
    (block,) = tomllib.loads(text)["units"]
    assert (block["kind"], block["path"]) == ("estate", "小区.geojson")
    assert (block["id"], block["name"], block["street"]) == ("编码", "小区", "街道")
    assert "# kept as they are: 定, 物业管理, 电话" in text
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")
    (source,) = declared_units(load_city(tmp_path / "city.toml"))
    assert source.zh == "小区"
