"""Packs of rules: strict to read, chosen by name and month, judged without a pass by absence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.build import Built
from etl.settings import load_city
from etl.standards.choose import chosen_packs
from etl.standards.packs import read_pack, shipped
from geo.errors import SettingsError
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
CODES = [
    *("bianminquan", "gb50180", "guangzhou_rehab", "huanjing", "jiangyan", "kaili", "qiaodong"),
    *("safety", "tengzhou", "wanzheng", "wenming", "xining", "xinxing_grid", "xishan"),
]


def test_the_shipped_packs_are_those_of_the_documents() -> None:
    assert [pack.code for pack in shipped()] == CODES


def test_every_shipped_rule_names_inputs_that_its_level_has(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    estates = '[[units]]\nkind = "estate"\npath = "小区.csv"\n'
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "小区.csv").write_text(
        "小区编码,小区名称,社区,物业管理,验收日期,移交日期\nE1,甲苑,社00,否,2026-01-31,2026-03-01\n",
        encoding="utf-8",
    )
    build(SmallCity(standards=CODES, extra=estates))
    assert ask("select count(*) from rule_pack where is_applied") == [(len(CODES),)]
    # nobody passes by absence: without a ledger no rule on ledgers is passed
    assert (
        ask(
            "select distinct rule from verdict join rule using (rule_idx) "
            "where verdict.verdict = 'pass' and inputs like '%station_m2%'"
        )
        == []
    )
    # a month after 31 January is the last day of February
    assert ask(
        "select verdict.verdict from verdict join rule using (rule_idx) where rule.rule = 'H13e'"
    ) == [("fail",)]
