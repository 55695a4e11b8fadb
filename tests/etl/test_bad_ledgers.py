"""What is wrong in a ledger is said by its row, and nothing is guessed."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from etl.build import BuildOptions, Built, build_city
from etl.layers import Fault
from geo.store.connect import Connection
from tests.etl.cities import SmallCity
from tests.etl.conftest import opened

IDENTITY = "99010119000101019X"
"""A right check digit, and a place that no code names."""
CHECKS = [
    "网格,日期,得分,期限,备注",
    "G00,2026-10-05,90,,",
    "G77,2026-10-05,90,,",
    ",2026-10-05,90,,",
    "G01,2026-11-05,90,,",
    "G01,2026-10-06,60,2026-10-01,",
    "G01,十月,90,,",
    "G01,2026-10-07,20xx,,",
    "G01,2026-10-08,优,,",
    "G01,2026-10-09,80余,,",
    f"G01,2026-10-10,90,,{IDENTITY}",
    "G01,2026-10-11,90,,请拨 13900000000",
    "G01,2026年13月,90,,",
]
PERIODS = [
    "网格,月份,户数,准确",
    "G00,2026-10,10,9",
    "G01,2026年10月,10,8",
    "G02,十月,10,7",
    "G10,10月,10,6",
    "G11,2026-10,10,12",
    "G00,2026-10,10,9",
]
CASES = [
    "工单,网格,受理,答复",
    "A1,G00,2026-10-01,2026-10-02",
    "A2,G00,2026-10-01,",
    "A1,G00,2026-10-01,2026-10-02",
    "A1,G00,2026-10-09,",
]
SITES = ["机构,人数", "一号站,4", "二号站,5", "三号站,6"]
TOML = """
[[ledgers]]
name = "检查"
path = "检查.csv"
key = "网格"
date = "日期"
due = "期限"
[[ledgers]]
name = "月报"
path = "月报.csv"
key = "网格"
grain = "unit+period"
date = "月份"
[[ledgers]]
name = "案件"
path = "案件.csv"
key = "网格"
date = "受理"
id = "工单"
[[ledgers]]
name = "机构"
path = "机构.csv"
unit = "facility"
key = "机构"
grain = "unit"
[[ledgers]]
name = "合并"
path = "合并.xlsx"
key = "网格"
grain = "event"
[[indicators]]
id = "score"
title = { zh = "得分", en = "Score" }
from = "检查"
formula = "mean(得分)"
[[indicators]]
id = "right"
title = { zh = "准确率", en = "Right" }
from = "月报"
formula = "sum(准确)/sum(户数)"
unit = "%"
target = { 2026 = 0.9 }
[[indicators]]
id = "answered"
title = { zh = "答复率", en = "Answered" }
from = "案件"
formula = "count(答复 is not null)/count()"
unit = "%"
[[indicators]]
id = "served"
title = { zh = "服务人数", en = "Served" }
from = "机构"
formula = "sum(人数)"
[[indicators]]
id = "trees"
title = { zh = "树", en = "Trees" }
from = "合并"
formula = "sum(棵数)"
"""


def _write(folder: Path, name: str, lines: Sequence[str]) -> None:
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def _write_merged(path: Path) -> None:
    """Write a sheet in which a place and a number each stand once for two rows."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for row, cells in enumerate(
        [["网格", "街道", "棵数"], ["", "", 3], ["", "", 4], ["G22", "", ""]]
    ):
        page.write_row(row, 0, cells)
    page.merge_range(1, 0, 2, 0, "G00")
    page.merge_range(1, 1, 3, 1, "街0")
    page.write_row(4, 0, ["G01", "", ""])
    page.write_row(5, 0, ["G02", "", ""])
    page.merge_range(4, 2, 5, 2, 8)
    book.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Connection]:
    folder = tmp_path_factory.mktemp("bad")
    city = folder / "city"
    twice = ("一号站", "一号站", "二号站")
    facilities = [
        (id_, name, code, x, y, state)
        for (id_, _, code, x, y, state), name in zip(SmallCity.facilities, twice, strict=True)
    ]
    toml = SmallCity(facilities=facilities, extra=TOML).write(city)
    for name, lines in (("检查", CHECKS), ("月报", PERIODS), ("案件", CASES), ("机构", SITES)):
        _write(city, f"{name}.csv", lines)
    _write_merged(city / "合并.xlsx")
    done = build_city(toml, folder / "store", BuildOptions())
    return done, opened(folder / "store")


def _said(built: tuple[Built, Connection], source: str) -> dict[str, tuple[int, ...]]:
    faults = [fault for fault in built[0].faults if fault.source == source]
    found = {fault.code: fault.rows for fault in faults}
    assert len(found) == len(faults), "a code is said once a file"
    return found


def _fault(built: tuple[Built, Connection], source: str, code: str) -> Fault:
    (fault,) = [one for one in built[0].faults if (one.source, one.code) == (source, code)]
    return fault


def _aside(built: tuple[Built, Connection], source: str) -> list[tuple[int, str]]:
    query = "select row, reason from rejected where source = $source order by row"
    return built[1].execute(query, {"source": source}).fetchall()


def _city(built: tuple[Built, Connection], indicator: str) -> list[tuple[object, ...]]:
    query = (
        "select period, numerator, denominator, n_rows from indicator_value "
        "join indicator using (indicator_idx) where id = $id and level = 'city' order by period"
    )
    return built[1].execute(query, {"id": indicator}).fetchall()


def test_places_days_and_numbers_of_an_event_ledger(built: tuple[Built, Connection]) -> None:
    assert _said(built, "检查.csv") == {
        "PLACE_UNKNOWN": (3,),
        "PLACE_NONE": (4,),
        "DATE_FUTURE": (5,),
        "DATE_ORDER": (6,),
        "DATE_TEXT": (7, 13),
        "NUM_MASK": (8,),
        "NUM_TEXT": (9,),
        "NUM_UNIT": (10,),
        "PII": (11, 12),
    }
    assert _aside(built, "检查.csv") == [
        *((3, "PLACE_UNKNOWN"), (4, "PLACE_NONE"), (7, "DATE_TEXT"), (13, "DATE_TEXT")),
    ]
    # 90 60 80 90 90 of October: the masked number and the word are in no part, and no zero
    assert _city(built, "score") == [("2026-10", 410, 5, 7), ("2026-11", 90, 1, 1)]
    assert '"20xx" -> empty' in _fault(built, "检查.csv", "NUM_MASK").message
    assert '"80余" -> 80' in _fault(built, "检查.csv", "NUM_UNIT").message


def test_a_month_in_three_spellings_reads_twice_and_is_set_aside_once_without_a_year(
    built: tuple[Built, Connection],
) -> None:
    assert _said(built, "月报.csv") == {"DATE_TEXT": (4, 5), "RATE_OVER": (6,), "ROW_TWICE": (7,)}
    assert _aside(built, "月报.csv") == [(4, "DATE_TEXT"), (5, "DATE_TEXT")]
    assert _city(built, "right") == [("2026-10", 38, 40, 4)]


def test_a_rate_over_100_is_kept_as_written_and_named(built: tuple[Built, Connection]) -> None:
    query = (
        "select numerator, denominator from indicator_value join indicator using (indicator_idx) "
        "join grid on grid_idx = place_idx where id = 'right' "
        "and indicator_value.level = 'grid' and grid_id = 'G11'"
    )
    assert built[1].execute(query).fetchall() == [(12, 10)]
    assert "sum(准确)/sum(户数)" in _fault(built, "月报.csv", "RATE_OVER").message


def test_a_case_entered_twice_is_named_and_a_later_entry_of_it_is_not(
    built: tuple[Built, Connection],
) -> None:
    assert _said(built, "案件.csv") == {"ROW_TWICE": (4,)}
    assert _city(built, "answered") == [("2026-10", 2, 4, 4)]


def test_a_name_that_two_places_bear_is_not_given_to_either(
    built: tuple[Built, Connection],
) -> None:
    assert _said(built, "机构.csv") == {"PLACE_AMBIG": (2,), "PLACE_UNKNOWN": (4,)}
    assert _aside(built, "机构.csv") == [(2, "PLACE_AMBIG"), (4, "PLACE_UNKNOWN")]
    assert _city(built, "served") == [(None, 5, None, 1)]


def test_of_merged_cells_only_the_first_row_has_the_place_and_the_number(
    built: tuple[Built, Connection],
) -> None:
    faults = [one for one in built[0].faults if one.source == "合并.xlsx"]
    assert [(one.code, one.rows) for one in sorted(faults, key=lambda one: one.message)] == [
        *(("CELL_MERGED", (6,)), ("CELL_MERGED", (3,)), ("PLACE_NONE", (3,))),
    ]
    assert {"棵数", "网格"} == {
        word for word in ("棵数", "网格", "街道") for one in faults if word in one.message
    }
    assert _aside(built, "合并.xlsx") == [(3, "PLACE_NONE")]
    # 3 of the first row of G00 and 8 of the first of the two that share it; 4 has no place
    assert _city(built, "trees") == [(None, 11, None, 4)]
    query = "select note from source where path = '合并.xlsx'"
    ((note,),) = built[1].execute(query).fetchall()
    assert "1 merged area of 网格 not repeated" in note
    assert "1 merged area of 棵数 not repeated" in note


def test_personal_data_of_a_ledger_is_nowhere_in_the_release(
    built: tuple[Built, Connection],
) -> None:
    con = built[1]
    tables = con.execute("select table_name from duckdb_tables()").fetchall()
    assert len(tables) > 10
    for (table,) in tables:
        held = con.execute(
            f"select count(*) from {table} t where t::text like $it", {"it": f"%{IDENTITY}%"}
        )
        assert held.fetchall() == [(0,)], table
        held = con.execute(f"select count(*) from {table} t where t::text like '%13900000000%'")
        assert held.fetchall() == [(0,)], table
