"""How many grid verdicts depend on a fault, counted by hand on nine square grids of 400 m."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from etl.__main__ import main
from etl.build import BuildOptions, Built, build_city
from etl.export import export
from etl.table import Filters
from geo.store.opened import OpenRelease
from geo.store.quality import quality
from tests.etl.cities import SmallCity
from tests.etl.conftest import opened

Build = Callable[..., Built]
Ask = Callable[..., list[tuple[Any, ...]]]

# The clinic (MED_STATION, radius 300 m) in the middle of grid 00; its people stand in the middle of
# each grid, 400 m apart, so only grid 00 is within 300 m of it.
CLINIC = ("F1", "一号站", "MED_STATION", 200.0, 200.0, "open")


def _effects(built: Built) -> dict[str, int | None]:
    return {group.code: group.effect_grids for group in built.groups}


@pytest.fixture
def city() -> SmallCity:
    """Nine grids, one person a household would be odd: no households at all."""
    return SmallCity(facilities=(CLINIC,))


def test_an_open_facility_has_the_grids_that_it_alone_serves(build: Build, city: SmallCity) -> None:
    unnamed = city.but(facilities=(("F1", "", *CLINIC[2:]), ("F2", "二", *CLINIC[2:5], "closed")))
    assert _effects(build(unnamed))["FAC_NONAME"] == 1


def test_a_closed_facility_has_the_short_grids_within_its_radius(
    build: Build, city: SmallCity
) -> None:
    # 300 m around the middle of grid 22 reach its own grid and its two neighbours, not the corner
    # 11, which is 200 m x sqrt(2) = 283 m away: four grids; all fall short of a clinic but grid 00
    far = ("F2", "二号站", "MED_STATION", 1000.0, 1000.0, "closed")
    assert _effects(build(city.but(facilities=(CLINIC, far))))["STATUS_CLOSED"] == 4
    # beside the open clinic grid 00 is not short, so only the other three depend on it
    near = ("F2", "二号站", "MED_STATION", 200.0, 200.0, "closed")
    assert _effects(build(city.but(facilities=(CLINIC, near))))["STATUS_CLOSED"] == 3


def test_a_rejected_facility_counts_like_a_closed_one(build: Build, city: SmallCity) -> None:
    twin = ("F1", "别名", "MED_STATION", 1000.0, 1000.0, "open")
    built = build(city.but(facilities=(CLINIC, twin)))
    assert _effects(built)["CODE_DUP"] == 4
    (fault,) = [one for one in built.faults if one.code == "CODE_DUP"]
    assert fault.lonlat is not None


def test_a_grid_row_has_its_grid_and_the_city_file_what_it_touches(
    build: Build, city: SmallCity, ask: Ask
) -> None:
    people = ("many", *city.people[1:])
    effects = _effects(build(city.but(people=people)))
    assert effects["NUM_TEXT"] == 1
    ((effect, lon),) = ask("select effect_grids, lon from issue where code = 'NUM_TEXT'")
    assert (effect, lon is not None) == (1, True)


def test_what_cannot_be_told_is_null_and_stands_last(build: Build, city: SmallCity) -> None:
    unknown = ("F9", "驿站", "没有这一类", 600.0, 600.0, "open")
    closed = ("F2", "二号站", "MED_STATION", 1000.0, 1000.0, "closed")
    built = build(city.but(facilities=(CLINIC, closed, unknown)))
    assert _effects(built)["CAT_UNKNOWN"] is None
    codes = [group.code for group in built.groups]
    assert codes.index("STATUS_CLOSED") < codes.index("CAT_UNKNOWN")


def test_the_release_the_export_and_the_page_say_the_same(
    build: Build, city: SmallCity, tmp_path: Path
) -> None:
    closed = ("F2", "二号站", "MED_STATION", 1000.0, 1000.0, "closed")
    built = build(city.but(facilities=(CLINIC, closed)))
    con = opened(tmp_path / "store")
    page = quality(OpenRelease(built.release.release, con))["groups"]
    con.close()
    said = [(g.severity, g.code, g.count, g.share, g.effect_grids) for g in built.groups]
    assert said == [
        (g["severity"], g["code"], g["count"], g["share"], g["effect_grids"]) for g in page
    ]
    out = tmp_path / "issues.xlsx"
    export(tmp_path / "store", "issues", "xlsx", out, Filters(lang="en"))
    book = CalamineWorkbook.from_path(out)
    assert book.sheet_names == ["汇总", "明细", "口径"]
    rows = book.get_sheet_by_name("汇总").to_python()[1:]
    assert [(row[0], row[1], row[4]) for row in rows] == [s[:3] for s in said]
    export(tmp_path / "store", "issues", "xlsx", tmp_path / "again.xlsx", Filters(lang="en"))
    assert (tmp_path / "again.xlsx").read_bytes() == out.read_bytes()


def test_check_writes_a_workbook_with_the_cells_of_every_row_and_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facilities = (CLINIC, ("F1", "=1+1", "MED_STATION", 600.0, 600.0, "open"))
    toml = SmallCity(facilities=facilities).write(tmp_path / "city")
    out, record = tmp_path / "r.xlsx", tmp_path / "r.json"
    assert main(["check", str(toml), "--xlsx", str(out), "--json", str(record)]) == 0
    head, *rows = CalamineWorkbook.from_path(out).get_sheet_by_name("明细").to_python()
    aside = [dict(zip(head, row, strict=False)) for row in rows if row[2] == "隔离"]
    (row,) = aside
    assert (row["文件"], row["行"], row["代码"]) == ("facilities.csv", 3, "CODE_DUP")
    assert (row["编号"], row["名称"]) == ("F1", "'=1+1")
    groups = json.loads(record.read_text(encoding="utf-8"))["groups"]
    printed = capsys.readouterr().out
    for group in groups:
        assert f"{group['severity']} {group['code']} {group['source']}: {group['count']}" in printed


def test_rows_in_are_loaded_fixed_and_set_aside(tmp_path: Path) -> None:
    facilities = (CLINIC, ("F1", "别名", *CLINIC[2:]), ("F3", "三", "没有", 1.0, 1.0, "open"))
    toml = SmallCity(facilities=facilities).write(tmp_path / "city")
    build_city(toml, tmp_path / "store", BuildOptions(workers=1))
    con = opened(tmp_path / "store")
    rows = con.execute(
        "select rows_in, rows_loaded, rows_fixed, rows_quarantined from source "
        "where kind = 'facilities'"
    ).fetchall()
    con.close()
    assert rows == [(3, 1, 0, 2)]
