"""Empty ledgers: headers that the program finds by itself; nothing is written over."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from etl.__main__ import main
from etl.ledgers.declared import declared
from etl.ledgers.reading import read_ledger
from etl.progress import Progress
from etl.readers import read_city
from etl.set_jobs import run
from etl.settings import load_city
from etl.synonyms import match
from etl.template import LEDGERS, pack_ledgers, write_template
from geo.errors import SettingsError
from geo.store import inbox, jobs
from tests.etl.cities import lonlat

ROLES = {"网格属性.xlsx": "grids", "楼栋.xlsx": "buildings", "设施.xlsx": "facilities"}


def test_the_command_writes_ledgers_with_headers_and_a_sheet_that_explains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "--out", str(tmp_path / "out")]) == 0
    assert "设施.xlsx" in capsys.readouterr().out
    for ledger in (*LEDGERS, *pack_ledgers().values()):
        book = CalamineWorkbook.from_path(str(tmp_path / "out" / ledger.file))
        headers = [column.header for column in ledger.columns]
        assert book.get_sheet_by_index(0).to_python() == [headers]
        notes = book.get_sheet_by_name("说明").to_python()
        assert notes[2] == ["列", "含义", "单位", "示例", "必填"]
        assert [row[0] for row in notes[3:]] == headers


@pytest.mark.parametrize("ledger", [one for one in LEDGERS if one.file in ROLES])
def test_every_header_is_recognised_without_being_declared(ledger: object) -> None:
    role = ROLES[ledger.file]  # pyright: ignore[reportAttributeAccessIssue]
    columns = ledger.columns  # pyright: ignore[reportAttributeAccessIssue]
    found = match(role, [column.header for column in columns], set())
    needed = {column.header for column in columns if column.is_required}
    assert needed <= set(found.values())


def test_what_is_filled_in_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    write_template(folder)
    (west, south), (east, north) = lonlat([[0, 0], [400, 400]])
    ring = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    (folder / "网格.csv").write_text(f'网格编码,常住人口,wkt\nG1,90,"{ring}"\n', encoding="utf-8")
    _fill(
        folder / "楼栋.xlsx",
        "楼栋.xlsx",
        {"经度": west + 0.001, "纬度": south + 0.001, "常住人口": 90},
    )
    _fill(
        folder / "设施.xlsx",
        "设施.xlsx",
        {
            "编号": "S1",
            "名称": "站",
            "类别": "社区卫生服务站",
            "经度": west + 0.001,
            "纬度": south + 0.001,
        },
    )
    toml = (folder / "city.toml").read_text(encoding="utf-8")
    before, after = toml.split("[grids]")[0], toml.split("[demand]")[1]
    grids = '[grids]\npath = "网格.csv"\nid = "网格编码"\npeople = "常住人口"\nwkt = "wkt"\n'
    (folder / "city.toml").write_text(f"{before}{grids}[demand]{after}", encoding="utf-8")
    city = read_city(load_city(folder / "city.toml"))
    assert city.facilities[0].columns["category"].tolist() == ["MED_STATION"]
    assert city.grids.columns["people"].tolist() == ["90"]
    assert city.buildings is not None
    assert city.buildings.columns["people"].tolist() == ["90"]


def _fill(path: Path, file: str, row: dict[str, object]) -> None:
    ledgers = (*LEDGERS, *pack_ledgers().values())
    headers = [
        column.header for ledger in ledgers if ledger.file == file for column in ledger.columns
    ]
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, header in enumerate(headers):
        sheet.write(0, at, header)
        if header in row:
            sheet.write(1, at, row[header])
    book.close()


def test_a_ledger_of_a_pack_is_read_once_its_lines_are_unmarked(tmp_path: Path) -> None:
    write_template(tmp_path)
    toml = (tmp_path / "city.toml").read_text(encoding="utf-8")
    waste = pack_ledgers()["waste"]
    lines = [f'pack = "waste"\npath = "{waste.file}"\n']
    assert all(f"# {line}" in toml for line in lines[0].splitlines())
    (tmp_path / "city.toml").write_text(f"{toml}\n[[ledgers]]\n{lines[0]}", encoding="utf-8")
    row = {"网格编码": "G1", "检查日期": "2026-10-01", "检查户数": 10, "准确户数": 9}
    _fill(tmp_path / waste.file, waste.file, row)
    ((source,), indicators) = declared(load_city(tmp_path / "city.toml"))
    layer = read_ledger(source)
    assert layer.columns["=key"].tolist() == ["G1"]
    assert layer.columns["准确户数"].tolist() == ["9"]
    assert "waste_accuracy" in {each.id for each in indicators}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "设施.xlsx").write_bytes(b"mine")
    with pytest.raises(SettingsError, match="nothing was written over"):
        write_template(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["设施.xlsx"]


def test_the_page_offers_them_as_one_file(tmp_path: Path) -> None:
    number = jobs.submit(tmp_path, "template", {})
    run(tmp_path, jobs.find(tmp_path, number), Progress())
    with zipfile.ZipFile(inbox.template_path(tmp_path)) as archive:
        assert sorted(archive.namelist()) == sorted(
            [*(one.file for one in (*LEDGERS, *pack_ledgers().values())), "city.toml"]
        )
