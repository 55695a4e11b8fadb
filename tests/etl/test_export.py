"""Exports: the contract's columns, the same bytes every time, nothing that runs as a formula."""

import csv
import io
import json
import zipfile
from pathlib import Path

import duckdb
import pytest

from etl.build import BuildOptions, build_city
from etl.export import FORMATS, export
from etl.table import Filters
from etl.tables import TABLES
from geo.errors import SettingsError, StoreError
from tests.etl.cities import SmallCity

FIRST_COLUMNS = {
    "coverage": "grid_id,category,mode,minutes,metres,people,people_covered,households,"
    "households_covered,area_m2,area_covered_m2,nearest_m,nearest_facility_id,class,reliability",
    "underserved": "grid_id,category,mode,minutes,people,people_uncovered,nearest_m,line_m,"
    "detour,list,cause,suggestion,reliability",
    "capacity": "grid_id,category,method,mode,minutes,people,access",
    "issues": "code,severity,source,row,feature_id,message,action,effect_grids",
    "reach": "demand_id,grid_id,category,line_m,walk_m,facility_id",
    "indicators": "unit_kind,unit_id,indicator,period,value,numerator,denominator,target,verdict",
    "standards": "community,pack,rule,verdict,value,threshold,gap,unit,clause,formula",
    "tasks": "task,unit_kind,unit_id,source,owner,due,state,opened_release,closed_release",
}
HOSTILE = '=cmd|"/c calc"!A1'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    city = SmallCity(
        people=("12.5", "", *SmallCity.people[2:]),
        grid_ids=[HOSTILE, *(f"G{i}" for i in range(1, 9))],
    )
    build_city(city.write(folder / "city"), folder / "store", BuildOptions())
    return folder / "store"


def _csv(store: Path, tmp_path: Path, what: str, filters: Filters) -> list[dict[str, str]]:
    out = tmp_path / f"{what}.csv"
    count = export(store, what, "csv", out, filters)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count
    return rows


@pytest.mark.parametrize("what", sorted(TABLES))
def test_the_first_columns_are_those_of_the_contract(
    store: Path, tmp_path: Path, what: str
) -> None:
    out = tmp_path / "out.csv"
    export(store, what, "csv", out, Filters())
    raw = out.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    header = raw.decode("utf-8-sig").splitlines()[0]
    assert (header + ",").startswith(FIRST_COLUMNS[what] + ",")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", sorted(TABLES))
def test_the_same_release_gives_the_same_bytes(
    store: Path, tmp_path: Path, what: str, form: str
) -> None:
    first, second = tmp_path / f"one.{form}", tmp_path / f"two.{form}"
    export(store, what, form, first, Filters())
    export(store, what, form, second, Filters())
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 0
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [first.name, f"{first.name}.meta.json", second.name, f"{second.name}.meta.json"]
    )


def test_missing_is_empty_and_fractions_stay(store: Path, tmp_path: Path) -> None:
    rows = _csv(store, tmp_path, "coverage", Filters(category="MED_STATION", mode="line"))
    by_id = {row["grid_id"]: row for row in rows}
    assert by_id["'" + HOSTILE]["people"] == "12.5"
    unknown = by_id["G1"]
    assert (unknown["people"], unknown["people_covered"], unknown["class"]) == ("", "", "no_data")
    assert by_id["G2"]["households"] == ""
    assert by_id["G2"]["metres"] == "1000.0"


def test_filters_choose_rows(store: Path, tmp_path: Path) -> None:
    every = _csv(store, tmp_path, "coverage", Filters())
    assert {row["mode"] for row in every} == {"line", "walk"}
    assert {row["category"] for row in every} == {"EDU_PRIMARY", "MED_STATION", "all"}
    street = _csv(store, tmp_path, "coverage", Filters(area="街2", mode="walk", category="all"))
    assert [row["grid_id"] for row in street] == ["G6", "G7", "G8"]


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        (Filters(category="MED"), "MED is not a category"),
        (Filters(area="nowhere"), "nowhere is not an area"),
        (Filters(speed="run"), "run is not a speed"),
    ],
)
def test_a_filter_that_names_nothing_is_refused(
    store: Path, tmp_path: Path, filters: Filters, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        export(store, "coverage", "csv", tmp_path / "out.csv", filters)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_one_message(store: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        export(store, "coverage", "csv", tmp_path / "no" / "out.csv", Filters())


def test_geojson_carries_the_outline_and_the_basis(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    export(store, "coverage", "geojson", out, Filters(category="all", mode="walk"))
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["meta"]["as_of"] == "2026-10"
    assert len(content["features"]) == 9
    first = content["features"][0]
    assert first["geometry"]["type"] == "Polygon"
    west, south = first["geometry"]["coordinates"][0][0]
    assert 116 < west < 118
    assert 39 < south < 40
    assert first["properties"]["grid_id"] == HOSTILE  # GeoJSON is no spreadsheet


def test_xlsx_holds_text_as_text_and_a_sheet_of_the_basis(store: Path, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    out = tmp_path / "out.xlsx"
    export(store, "coverage", "xlsx", out, Filters(category="all", mode="walk"))
    book = CalamineWorkbook.from_path(str(out))
    assert book.sheet_names == ["数据", "口径"]
    rows = book.get_sheet_by_name("数据").to_python()
    assert [rows[1][0], rows[1][5]] == ["'" + HOSTILE, 12.5]
    basis = book.get_sheet_by_name("口径").to_python()
    assert ["as_of", "", "2026-10"] in basis
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_parquet_has_types_and_the_basis_as_metadata(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    export(store, "coverage", "parquet", out, Filters(category="all", mode="walk"))
    with duckdb.connect() as con:
        rows = con.execute(
            "select people, class from read_parquet($file) where grid_id in ('G1', 'G2') "
            "order by grid_id",
            {"file": str(out)},
        ).fetchall()
        ((meta,),) = con.execute(
            "select decode(value) from parquet_kv_metadata($file) where decode(key) = 'meta'",
            {"file": str(out)},
        ).fetchall()
    assert rows[0] == (None, "no_data")
    assert rows[1][0] == 300
    assert json.loads(meta)["city"] == "小城"


def test_the_note_beside_a_file_names_the_release(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    export(store, "coverage", "csv", out, Filters(minutes=10))
    note = json.loads((tmp_path / "out.csv.meta.json").read_text(encoding="utf-8"))
    assert note["release"].startswith("1-")
    assert note["filters"]["minutes"] == 10
    assert note["file"] == "out.csv"
