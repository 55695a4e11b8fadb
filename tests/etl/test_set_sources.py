"""The report on a source set lists every file of it, ledgers and further places too."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.words_operate import WORDS
from etl.ledgers.declared import LEDGER_COLUMNS
from etl.progress import Progress
from etl.set_check import check_set
from etl.set_sources import section_of, sources_of
from etl.settings import load_city
from geo.store import inbox
from tests.conftest import ROOT
from tests.etl.cities import SmallCity

EXTRA = """
[[units]]
kind = "estate"
path = "小区.csv"
[[communities]]
path = "社区.csv"
[[ledgers]]
name = "走访"
path = "走访.csv"
key = "网格"
date = "日期"
[[ledgers]]
pack = "inspection"
path = "检查.csv"
columns = { "得分" = "总评分" }
[[indicators]]
id = "visits"
title = { zh = "走访", en = "Visits" }
from = "走访"
formula = "count()"
[[duties]]
id = "visit"
title = { zh = "走访", en = "Visit" }
every = "month"
shown_by = "走访"
"""
FILES = {
    "小区.csv": "小区编码,小区名称,社区,楼栋数\nE1,甲苑,社00,3\n",
    "社区.csv": "社区,服务站面积,备注\n社00,300,无\n",
    "走访.csv": "网格,日期,走访人\nG00,2026-10-02,甲\n",
    "检查.csv": "网格编码,检查日期,检查项目,总评分\nG00,2026-10-03,楼道,88\n",
}


@pytest.fixture
def sent(tmp_path: Path) -> inbox.SourceSet:
    """Give a set of the inbox with ledgers, units and a table of communities."""
    one = inbox.create(tmp_path)
    SmallCity(extra=EXTRA).write(one.folder)
    for name, text in FILES.items():
        (one.folder / name).write_text(text, encoding="utf-8")
    return one


def _told(store: Path, one: inbox.SourceSet) -> dict[str, dict[str, Any]]:
    told = check_set(store, one, "check", Progress())
    return {row["path"]: row for row in told["sources"]} | {"": told}


def _columns(source: dict[str, Any]) -> dict[str, tuple[str | None, bool]]:
    return {each["name"]: (each["header"], each["declared"]) for each in source["columns"]}


def test_every_file_is_listed_with_its_section_and_its_columns(
    tmp_path: Path, sent: inbox.SourceSet
) -> None:
    told = _told(tmp_path, sent)
    assert told[""]["error"] is None
    places = {name: (told[name]["section"], told[name]["number"]) for name in FILES}
    assert places == {
        "小区.csv": ("units", 0),
        "社区.csv": ("communities", 0),
        "走访.csv": ("ledgers", 0),
        "检查.csv": ("ledgers", 1),
    }
    assert _columns(told["小区.csv"])["name"] == ("小区名称", False)
    assert told["小区.csv"]["others"] == ["楼栋数"]
    assert _columns(told["社区.csv"])["station_m2"] == ("服务站面积", False)
    assert told["社区.csv"]["others"] == ["备注"]
    visits = _columns(told["走访.csv"])
    assert (visits["key"], visits["due"]) == (("网格", True), (None, False))
    assert told["走访.csv"]["others"] == ["走访人"]


def test_columns_of_a_template_are_listed_and_can_be_mapped(
    tmp_path: Path, sent: inbox.SourceSet
) -> None:
    source = _told(tmp_path, sent)["检查.csv"]
    found = {each["name"]: each for each in source["columns"]}
    assert found["key"]["header"] == "网格编码"
    assert found["value"]["header"] == "总评分"
    mapped = {name: each["header"] for name, each in found.items() if each.get("key") == "columns"}
    assert mapped == {"责任单位": None, "整改期限": None, "闭环日期": None}
    assert not {"owner", "due", "closed"} & found.keys()
    assert source["others"] == []


def test_a_ledger_that_cannot_be_read_hides_nothing_of_the_others(
    tmp_path: Path, sent: inbox.SourceSet
) -> None:
    (sent.folder / "走访.csv").write_text("格,日期\nG00,2026-10-02\n", encoding="utf-8")
    (sent.folder / "小区.csv").write_text("小区编码,社区\nE1,社99\n", encoding="utf-8")
    told = _told(tmp_path, sent)
    assert "走访.csv" in told[""]["error"]["message"]
    assert {"小区.csv", "社区.csv", "检查.csv"} <= set(told)
    assert "走访.csv" not in told
    assert (told["检查.csv"]["section"], told["检查.csv"]["number"]) == ("ledgers", 1)
    # what only the whole city shows: a place that nobody knows
    codes = {group["code"] for group in told[""]["groups"] if group["source"] == "小区.csv"}
    assert codes


def test_a_section_that_cannot_be_understood_is_left_out(sent: inbox.SourceSet) -> None:
    settings = load_city(sent.city_toml)
    broken = replace(settings, tables={**settings.tables, "ledgers": [{"pat": "a.csv"}]})
    found = {section_of(broken, source) for source in sources_of(broken)}
    assert {("units", 0), ("communities", 0), ("grids", 0), ("network", 0)} <= found
    assert not any(section == "ledgers" for section, _ in found)


def test_every_column_that_may_be_listed_has_words_in_both_languages() -> None:
    text = (ROOT / "data" / "catalogue" / "synonyms.toml").read_text(encoding="utf-8")
    roles = tomllib.loads(text)
    names = {name for role in roles.values() for name in role} | set(LEDGER_COLUMNS)
    names -= {"kind"}  # of a base map, which lists no columns
    assert [name for name in sorted(names) if f"field {name}" not in WORDS["zh"]] == []
    assert WORDS["zh"].keys() == WORDS["en"].keys()
