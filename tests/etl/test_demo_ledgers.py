"""The ledgers and estates of the demo city, and every planted fault found in its row."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from etl.build import Checked, check_city
from etl.demo.city import City, in_metres, on_globe
from etl.demo.inspections import IDENTITY
from etl.layers import CityLayers
from geo.datum import gcj02_to_wgs84
from tests.etl.demo_files import sheet_rows

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def checked(demo_folder: Path) -> Checked:
    return check_city(demo_folder / "city.toml")


def test_every_code_that_the_document_names_is_found_and_none_of_them_blocks(
    checked: Checked,
) -> None:
    document = (ROOT / "docs" / "demo.md").read_text("utf-8")
    planted = document.split("## Faults planted in it")[1].split("\n## ")[0]
    named = set(re.findall(r"`([A-Z]{2,}_[A-Z_]+|PII)`", planted))
    found = checked.groups
    assert len(named) > 35
    # only a build knows the month before; tests of months look for that one
    assert named - {group.code for group in found} == {"POP_JUMP"}
    assert [group.code for group in found if group.severity == "blocking"] == []


PLANTED = (
    ("环境卫生检查.csv", "PLACE_UNKNOWN", "网格编码", "990199999999001"),
    ("环境卫生检查.csv", "PLACE_NONE", "网格编码", ""),
    ("环境卫生检查.csv", "DATE_TEXT", "检查日期", "十月"),
    ("环境卫生检查.csv", "DATE_FUTURE", "检查日期", "2026-12-05"),
    ("环境卫生检查.csv", "DATE_ORDER", "整改期限", "2026-10-02"),
    ("环境卫生检查.csv", "NUM_MASK", "得分", "8*"),
    ("环境卫生检查.csv", "NUM_TEXT", "得分", "较好"),
    ("环境卫生检查.csv", "PII", "备注", "王某来电 13900000000"),
    ("环境卫生检查.csv", "PII", "备注", f"证件 {IDENTITY}"),
    ("垃圾分类.xlsx", "DATE_TEXT", "月份", "十月"),
    ("垃圾分类.xlsx", "NUM_MASK", "参与户数", "1*8"),
    ("五类活动.tsv", "NUM_MASK", "次数", "20xx"),
    ("五类活动.tsv", "NUM_UNIT", "次数", "200余"),
    ("五类活动.tsv", "PLACE_UNKNOWN", "网格编码", "9901019999"),
    ("案件.csv", "PLACE_UNKNOWN", "工单号", "20261090001"),
    ("案件.csv", "DATE_ORDER", "工单号", "20261090002"),
    ("案件.csv", "DATE_FUTURE", "工单号", "20261090003"),
    ("案件.csv", "PII", "工单号", "20261090004"),
    ("满意度调查.xlsx", "PLACE_UNKNOWN", "社区名称", "望云台社区"),
    ("小区台账.xlsx", "PLACE_UNKNOWN", "小区名称", "望江小区"),
    ("小区台账.xlsx", "PLACE_AMBIG", "所属社区", ""),
    ("人员.xlsx", "PII", "身份证号", IDENTITY),
    ("经费.xlsx", "NUM_UNIT", "支出（万元）", "约60"),
    ("荣誉.csv", "DATE_TEXT", "授予年份", "20xx"),
)


def _numbered(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a ledger by itself, in the encoding it is known to have; rows as a person counts."""
    if path.suffix == ".xlsx":
        rows = [[str(cell) for cell in row] for row in sheet_rows(path)]
        head = next(at for at, row in enumerate(rows) if row[1])
        return [
            (at, dict(zip(rows[head], row, strict=True)))
            for at, row in enumerate(rows[head + 1 :], start=head + 2)
        ]
    encoding = "gbk" if path.name in ("环境卫生检查.csv", "荣誉.csv") else "utf-8-sig"
    delimiter = "\t" if path.suffix == ".tsv" else ","
    text = path.read_bytes().decode(encoding)
    return list(enumerate(csv.DictReader(text.splitlines(), delimiter=delimiter), start=2))


@pytest.mark.parametrize(("file", "code", "column", "cell"), PLANTED)
def test_a_fault_of_a_ledger_is_found_in_its_row_and_no_other(
    demo_folder: Path, checked: Checked, file: str, code: str, column: str, cell: str
) -> None:
    (planted,) = [row for row, cells in _numbered(demo_folder / file) if cells[column] == cell]
    (fault,) = [one for one in checked.faults if (one.source, one.code) == (file, code)]
    assert planted in fault.rows
    twice = [one for one in PLANTED if one[:2] == (file, code)]
    is_staff = file == "人员.xlsx"
    assert is_staff or len(fault.rows) == len(twice)


def test_rows_over_100_percent_and_cases_entered_twice_are_found(
    demo_folder: Path, checked: Checked
) -> None:
    said = {(fault.source, fault.code): fault.rows for fault in checked.faults}
    over = [
        row
        for row, cells in _numbered(demo_folder / "垃圾分类.xlsx")
        if cells["网格编码"] and float(cells["准确户数"]) > float(cells["检查户数"])
    ]
    assert said["垃圾分类.xlsx", "RATE_OVER"] == tuple(over)
    cases = _numbered(demo_folder / "案件.csv")
    numbers = [cells["工单号"] for _, cells in cases]
    again = [row for at, (row, _) in enumerate(cases) if numbers[at] in numbers[:at]]
    assert said["案件.csv", "ROW_TWICE"] == tuple(again)
    assert (len(over), len(again)) == (1, 1)


def test_the_estates_that_a_person_must_look_at_are_named(checked: Checked) -> None:
    said = {
        fault.code: fault.feature_id for fault in checked.faults if fault.source == "小区.geojson"
    }
    assert said == {"UNIT_STREET": "XQ0001", "UNIT_TIE": "XQ0059"}


def test_no_personal_data_of_a_ledger_is_left_after_reading(checked: Checked) -> None:
    held = [
        cell
        for part in checked.layers.ledgers
        for cells in part.columns.values()
        for cell in cells
        if cell and (IDENTITY in cell or "13900000000" in cell)
    ]
    assert held == []
    assert not any(IDENTITY in row.content for row in checked.rejected)


def _rows(folder: Path, name: str, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader((folder / name).read_bytes().decode(encoding).splitlines()))


def test_ledgers_speak_of_places_of_the_city(demo_folder: Path, demo_layers: CityLayers) -> None:
    columns = demo_layers.grids.columns
    communities = set(columns["community_code"])
    now, before = demo_folder, demo_folder / "previous"
    checks = _rows(before, "环境卫生检查.csv", "gbk")
    assert {row["网格编码"] for row in checks} <= set(columns["id"])
    assert len({row["项目"] for row in checks}) == 15
    assert {bool(row["整改期限"]) for row in checks} == {True, False}
    visits = _rows(now, "走访.csv") + _rows(before, "走访.csv")
    assert {row["社区代码"] for row in visits} <= communities
    assert {row["月份"] for row in visits} == {"2026-10", "2026-09"}
    staff = sheet_rows(demo_folder / "人员.xlsx")
    assert {str(row[0]) for row in staff[2:]} == communities
    hauls = _rows(now, "清运台账.csv", "gb18030")
    assert {row["社区代码"] for row in hauls} == communities
    events = [line.split("\t") for line in _lines(before / "五类活动.tsv")][1:]
    assert {code for code, *_ in events} <= set(columns["id"])
    assert len({kind for _, _, kind, _ in events}) == 5


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_what_failed_is_mended_or_not_and_one_item_fails_again(demo_folder: Path) -> None:
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for place in (demo_folder / "previous", demo_folder):
        for row in _rows(place, "环境卫生检查.csv", "gbk"):
            if row["得分"].isdecimal() and row["检查日期"][:8] in ("2026-09-", "2026-10-"):
                key = row["网格编码"], row["项目"]
                found.setdefault(key, []).append((row["检查日期"], int(row["得分"]) >= 90))
    runs = ["".join("+" if passed else "-" for _, passed in sorted(one)) for one in found.values()]
    assert runs.count("-+-") == 1
    assert min(runs.count(run) for run in ("-", "-+", "--", "+")) > 3
    said = [row for row in _rows(demo_folder, "环境卫生检查.csv", "gbk") if row["闭环日期"]]
    assert said
    assert all(int(row["得分"]) < 90 for row in said)


def test_cases_lie_in_the_city_once_their_shift_is_undone(
    demo_folder: Path, demo_layers: CityLayers
) -> None:
    cases = _rows(demo_folder / "previous", "案件.csv")
    shown = np.array([[float(row["经度"]), float(row["纬度"])] for row in cases])
    places = gcj02_to_wgs84(shown)
    whole = shapely.union_all(demo_layers.grids.geometry)
    assert shapely.contains_xy(whole, places[:, 0], places[:, 1]).all()
    later = _rows(demo_folder, "案件.csv")
    open_then = {row["工单号"] for row in cases if not row["办结日期"]}
    closed_now = {row["工单号"] for row in later if row["办结日期"]}
    assert open_then & closed_now
    assert open_then - closed_now
    assert {row["工单号"] for row in cases} < {row["工单号"] for row in later}
    assert any(row["办结日期"] > row["办结期限"] for row in later)
    assert all(row["办结日期"] <= "2026-10-31" for row in later)


def test_estates_stand_in_a_street_or_across_two_and_one_half_and_half(
    demo_folder: Path, demo_plan: City
) -> None:
    content = json.loads((demo_folder / "小区.geojson").read_text("utf-8"))
    named = [feature["properties"] for feature in content["features"]]
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in content["features"]])
    shapes = shapely.transform(shapes, in_metres)
    grids = shapely.transform(on_globe(demo_plan.blocks.shapes), in_metres)
    shares: list[dict[str, float]] = []
    for shape in shapes:
        area = dict.fromkeys(demo_plan.areas.street_name, 0.0)
        for street, piece in zip(
            demo_plan.areas.street.tolist(), shapely.intersection(grids, shape), strict=True
        ):
            area[demo_plan.areas.street_name[street]] += piece.area
        shares.append({name: size for name, size in area.items() if size > 1})
    across = [k for k, one in enumerate(shares) if len(one) == 2]
    assert across == [0, 1, 2, len(shapes) - 1]
    first, second = shares[-1].values()
    assert abs(first - second) < 0.05
    for k in across[:3]:
        larger = max(shares[k], key=lambda name: shares[k][name])
        assert (named[k]["街道"] == larger) is (k > 0)
    twins = [name for name, n in Counter(one["小区名称"] for one in named).items() if n > 1]
    (twin,) = twins
    assert len({one["社区"] for one in named if one["小区名称"] == twin}) == 2
