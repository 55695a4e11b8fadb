"""Ledgers: any table keyed by a place, its rows placed, indicators worked out level by level."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.build import Built, check_city
from etl.ledgers.dates import read_day, read_period
from geo.errors import LivingCircleError, SettingsError, SourceMissingError
from tests.etl.cities import SmallCity, lonlat
from tests.etl.conftest import Ask

Build = Callable[..., Built]

CHECKS = [
    "网格,日期,项目,检查户数,准确户数,责任单位,期限,闭环",
    "G00,2026-10-05,垃圾分类,10,9,物业,2026-10-12,2026-10-11",
    "G00,2026年9月5日,垃圾分类,10,5,物业,,",
    "G01,2026/10/6,垃圾分类,20,20,居委会,,",
    "G01,20261007,垃圾分类,30,,居委会,,",
    "g12,2026-10-08,垃圾分类,40,10,居委会,2026-10-01,",
    "G99,2026-10-08,垃圾分类,40,40,居委会,,",
    ",2026-10-08,垃圾分类,40,40,居委会,,",
    "G02,十月,垃圾分类,40,40,居委会,,",
    "G02,2026-11-03,垃圾分类,5,5,居委会,,",
]
TOML = """
[[ledgers]]
name = "检查"
path = "检查.csv"
unit = "grid"
key = "网格"
date = "日期"
item = "项目"
owner = "责任单位"
due = "期限"
closed = "闭环"
[[indicators]]
id = "waste_accuracy"
title = { zh = "垃圾分类准确率", en = "Waste sorted correctly" }
from = "检查"
formula = "sum(准确户数)/sum(检查户数)"
unit = "%"
target = { 2025 = 0.8, 2026 = 0.9 }
group = "社区环境"
"""


def _write(folder: Path, name: str, lines: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.fixture
def checks(tmp_path: Path) -> SmallCity:
    _write(tmp_path / "city", "检查.csv", CHECKS)
    return SmallCity(extra=TOML)


def _values(
    ask: Ask, indicator: str = "waste_accuracy"
) -> dict[tuple[str, str, str | None], object]:
    """Give (numerator, denominator, rows) by level, code of the place and period."""
    rows = ask(
        "select value.level, coalesce(grid.grid_id, area.code), period, numerator, denominator, "
        "n_rows from indicator_value as value join indicator using (indicator_idx) "
        "left join grid on value.level = 'grid' and grid.grid_idx = place_idx "
        "left join area on value.level = area.level and area.area_idx = place_idx where id = $id",
        id=indicator,
    )
    return {(level, code, period): tuple(rest) for level, code, period, *rest in rows}


def test_parents_are_worked_out_of_rows_not_of_rates(
    build: Build, ask: Ask, checks: SmallCity
) -> None:
    build(checks)
    found = _values(ask)
    assert found["grid", "G00", "2026-10"] == (9, 10, 1)
    assert found["grid", "G00", "2026-09"] == (5, 10, 1)
    # the row without a count of good ones is in neither part, and is still a row
    assert found["grid", "G01", "2026-10"] == (20, 20, 2)
    # 29 of 30 and 10 of 40 rows known: not the mean of 0.967 and 0.25
    (city,) = [parts for key, parts in found.items() if key[0] == "city" and key[2] == "2026-10"]
    assert city == (39, 70, 4)
    assert ("grid", "G99", "2026-10") not in found
    streets = {key[1]: parts for key, parts in found.items() if key[0] == "street"}
    assert len(streets) == 2


def test_rows_without_place_or_date_are_set_aside_and_said(
    build: Build, ask: Ask, checks: SmallCity
) -> None:
    built = build(checks)
    said = {fault.code: fault for fault in built.faults if fault.source == "检查.csv"}
    assert {code: fault.rows for code, fault in said.items()} == {
        "PLACE_UNKNOWN": (7,),
        "PLACE_NONE": (8,),
        "DATE_TEXT": (9,),
        "DATE_FUTURE": (10,),
        "DATE_ORDER": (6,),
    }
    assert ask("select row, reason from rejected where source = '检查.csv' order by row") == [
        (7, "PLACE_UNKNOWN"),
        (8, "PLACE_NONE"),
        (9, "DATE_TEXT"),
    ]
    assert ask(
        "select rows_in, rows_loaded + rows_fixed, rows_quarantined from source "
        "where path = '检查.csv'"
    ) == [(9, 6, 3)]
    assert ask(
        "select row, period, date_on, due_on, closed_on, owner from ledger_row order by row limit 2"
    ) == [
        (2, "2026-10", "2026-10-05", "2026-10-12", "2026-10-11", "物业"),
        (3, "2026-09", "2026-09-05", None, None, "物业"),
    ]


def test_events_with_coordinates_count_in_the_grid_that_holds_them(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    inside, outside = lonlat([[600.0, 200.0], [9_000.0, 200.0]])
    _write(
        tmp_path / "city",
        "案件.csv",
        ["经度,纬度,日期", *(f"{x},{y},2026-10-01" for x, y in (inside, inside, outside))],
    )
    toml = (
        '[[ledgers]]\nname = "案件"\npath = "案件.csv"\nlon = "经度"\nlat = "纬度"\n'
        'date = "日期"\ncrs = "WGS84"\n[[indicators]]\nid = "cases"\n'
        'title = { zh = "案件数", en = "Cases" }\nfrom = "案件"\nformula = "count()"\n'
        'better = "low"\n'
    )
    built = build(SmallCity(extra=toml))
    found = _values(ask, "cases")
    assert found["grid", "G01", "2026-10"] == (2, None, 2)
    assert [parts for key, parts in found.items() if key[0] == "grid"] == [(2, None, 2)]
    assert [fault.rows for fault in built.faults if fault.code == "PLACE_UNKNOWN"] == [(4,)]


def test_a_table_that_nobody_foresaw_is_eight_lines_of_settings(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    _write(tmp_path / "city", "树.csv", ["街道,古树", "街道0,3", "街道1,4"])
    names = [name for (name,) in _streets(build, ask)]
    _write(tmp_path / "city", "树.csv", ["街道,古树", f"{names[0]},3", f"{names[1]},4"])
    eight_lines = (
        '[[ledgers]]\nname = "古树"\npath = "树.csv"\nunit = "street"\nkey = "街道"\n'
        'grain = "unit"\n[[indicators]]\nid = "old_trees"\nfrom = "古树"\n'
        'title = { zh = "古树", en = "Old trees" }\nformula = "sum(古树)"\n'
    )
    build(SmallCity(extra=eight_lines))
    found = _values(ask, "old_trees")
    levels = sorted((key[0], parts) for key, parts in found.items())
    assert ("city", (7, None, 2)) in levels
    assert [parts for level, parts in levels if level == "street"] == [(3, None, 1), (4, None, 1)]
    assert not [level for level, _ in levels if level in ("grid", "community")]
    assert {key[2] for key in found} == {None}


def _streets(build: Build, ask: Ask) -> list[tuple[str, ...]]:
    build()
    return ask("select name from area where level = 'street' order by area_idx")


def test_one_name_for_two_places_is_not_guessed(build: Build, ask: Ask, tmp_path: Path) -> None:
    _write(tmp_path / "city", "检查.csv", [CHECKS[0], *CHECKS[1:2]])
    build(SmallCity(extra=TOML))
    (name,) = ask("select name from grid where grid_id = 'G00'")[0]
    assert name
    from etl.ledgers.places import AMBIGUOUS, Register

    register = Register({"A1": 0}, {"和平": [1, 2], "东": [3]}, {"和平": [1, 2], "东": [3]})
    assert register.find("A1") == (0, None)
    assert register.find("东（社区）") == (3, None)
    assert register.find("和平") == (-1, AMBIGUOUS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('unit = "grid"', 'unit = "gird"'), "expected `grid`"),
        (('from = "检查"', 'from = "检察"'), "expected a ledger's name (检查"),
        (('key = "网格"\n', ""), "no place is named"),
        (("sum(准确户数)", "sum(准确户)"), "expected `准确户数`"),
        (('key = "网格"', 'key = "格网"'), "expected one of its headers: 网格"),
        (("2026 = 0.9", '2026 = "0.9"'), "2026 = '0.9'"),
        (('unit = "%"', 'untis = "%"'), "expected `unit`"),
    ],
)
def test_a_slip_in_the_settings_is_one_message(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    _write(tmp_path / "city", "检查.csv", CHECKS)
    assert change[0] in TOML
    toml = SmallCity(extra=TOML.replace(*change)).write(tmp_path / "city")
    with pytest.raises(LivingCircleError) as refusal:
        check_city(toml)
    assert said in str(refusal.value)


def test_two_ledgers_of_one_name_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "city", "检查.csv", CHECKS)
    ledger = TOML[: TOML.index("[[indicators]]")]
    toml = SmallCity(extra=ledger + ledger).write(tmp_path / "city")
    with pytest.raises(SettingsError, match="have the name 检查"):
        check_city(toml)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_the_same_however_it_is_written(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f" {day.isoformat()} 09:30:00",
    ):
        assert read_day(text) == day
        assert read_period(text) == f"{day:%Y-%m}"


@pytest.mark.parametrize("text", ["", "十月", "10月", "2026-13", "2026-02-30", "昨天", "20xx"])
def test_what_is_no_day_and_no_month_is_not_guessed(text: str) -> None:
    assert read_day(text) is None
    assert read_period(text) is None


def test_small_counts_are_withheld_and_cannot_be_had_by_subtraction(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    counts = {"G00": 3, "G01": 30, "G02": 40, "G10": 50, "G11": 60, "G20": 70}
    lines = ["网格,人数", *(f"{grid},{count}" for grid, count in counts.items())]
    _write(tmp_path / "city", "重点.csv", lines)
    toml = (
        '[[ledgers]]\nname = "重点"\npath = "重点.csv"\nkey = "网格"\ngrain = "unit"\n'
        '[[indicators]]\nid = "special"\ntitle = { zh = "重点人群", en = "Special group" }\n'
        'from = "重点"\nformula = "sum(人数)"\nfloor = 5\n'
    )
    build(SmallCity(extra=toml))
    found = _values(ask, "special")
    shown = {key[:2]: parts for key, parts in found.items()}
    # the first grid is a community of its own: both are small. Their neighbour would give the
    # community away, and of the neighbour's two grids the smaller would give the neighbour away
    assert shown["grid", "G00"] == (None, None, None)
    assert shown["grid", "G01"] == (None, None, None)
    assert shown["grid", "G02"] == (40, None, 1)
    ((streets,),) = ask(
        "select list(numerator order by place_idx) from indicator_value where level = 'street'"
    )
    assert streets == [73, 110, 70]
    hidden = ask(
        "select level, place_idx from indicator_value where is_withheld order by level, place_idx"
    )
    assert [level for level, _ in hidden] == ["community", "community", "grid", "grid"]
    assert ask("select floor from indicator") == [(5,)]


def test_numbers_of_a_ledger_are_read_as_everywhere(build: Build, ask: Ask, tmp_path: Path) -> None:
    cells = {"G00": "1,200", "G01": "约300", "G02": "0.5万", "G10": "—", "G11": "20xx"}
    lines = ["网格\t人数", *(f"{grid}\t{cell}" for grid, cell in cells.items())]
    _write(tmp_path / "city", "数.tsv", lines)
    toml = (
        '[[ledgers]]\nname = "数"\npath = "数.tsv"\nkey = "网格"\ngrain = "unit"\n'
        '[[indicators]]\nid = "number"\ntitle = { zh = "数", en = "Number" }\n'
        'from = "数"\nformula = "sum(人数)"\n'
    )
    build(SmallCity(extra=toml))
    found = {key[1]: parts for key, parts in _values(ask, "number").items() if key[0] == "grid"}
    assert found == {
        "G00": (1200, None, 1),
        "G01": (300, None, 1),
        "G02": (5000, None, 1),
        "G10": (None, None, 1),
        "G11": (None, None, 1),
    }


def test_a_floor_needs_a_formula_that_adds_up(tmp_path: Path) -> None:
    _write(tmp_path / "city", "检查.csv", CHECKS)
    slip = TOML.replace("sum(准确户数)/sum(检查户数)", "max(检查户数)") + "floor = 5\n"
    toml = SmallCity(extra=slip).write(tmp_path / "city")
    with pytest.raises(SettingsError, match="does not add up"):
        check_city(toml)


def test_a_missing_ledger_is_listed_with_every_other_missing_file(tmp_path: Path) -> None:
    toml = SmallCity(extra=TOML).write(tmp_path / "city")
    (tmp_path / "city" / "streets.geojson").unlink()
    with pytest.raises(SourceMissingError) as refusal:
        check_city(toml)
    said = str(refusal.value)
    assert said.startswith("2 inputs cannot be used")
    assert "streets.geojson" in said
    assert "检查.csv does not exist" in said
