"""Packs of rules: strict to read, chosen by name and month, judged without a pass by absence."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.build import Built
from etl.export import export
from etl.settings import load_city
from etl.standards.choose import chosen_packs
from etl.standards.packs import read_pack, shipped
from etl.table import Filters
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


def _settings(folder: Path, standards: str, extra: str = "", as_of: str = "2026-10") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "city.toml"
    path.write_text(
        f'[city]\nname = "城"\nas_of = "{as_of}"\nstandards = [{standards}]\n'
        f'[grids]\npath = "g.shp"\n{extra}',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("standards", "extra", "said"),
    [
        ('"kayli"', "", "kayli is no pack of rules; expected `kaili`"),
        ('"kaili"', "[standards.kaily]\na = 1\n", "kaily is no pack of rules"),
        ('"kaili"', "[standards.kaili]\nlease_lest = 3\n", "expected `lease_least`"),
        ('"kaili"', '[standards.kaili]\nlease_least = "3"\n', "`lease_least` is '3'"),
        ('"kaili"', "[[standards]]\na = 1\n", "stands in double brackets"),
    ],
)
def test_a_slip_in_the_choice_of_packs_is_one_message(
    tmp_path: Path, standards: str, extra: str, said: str
) -> None:
    settings = load_city(_settings(tmp_path, standards, extra))
    with pytest.raises(SettingsError) as refusal:
        chosen_packs(settings)
    assert said in str(refusal.value)


PACK = """
code = "own"
title = { zh = "本市", en = "Own" }
document = "本市办法"
version = "1"
effective_from = "2020-01"
[params.least]
title = { zh = "下限", en = "Least" }
value = 5
[[rules]]
id = "X1"
title = { zh = "不少于", en = "At least" }
clause = "一"
value = "staff"
at_least = "least"
"""


def test_a_city_brings_a_pack_of_its_own_and_its_versions_follow_the_month(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PACK, encoding="utf-8")
    later = PACK.replace('version = "1"', 'version = "2"').replace("2020-01", "2026-01")
    (tmp_path / "later.toml").write_text(later, encoding="utf-8")
    extra = '[standards]\nfiles = ["own.toml", "later.toml"]\n[standards.own]\nleast = 7\n'
    for as_of, version in (("2025-12", "1"), ("2026-01", "2"), ("2019-12", "2")):
        chosen = chosen_packs(load_city(_settings(tmp_path, '"own"', extra, as_of)))
        ((_, pack),) = chosen.applied
        assert (pack.version, pack.params["least"].value) == (version, 7)
        assert pack.params["least"].is_own
        assert bool(chosen.faults) == (as_of == "2019-12")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("clause =", "claus ="), "expected `clause`"),
        (('"staff"', '"staff +"'), "in the formula staff +"),
        (('"staff"', '"sum(staff)"'), "`sum` adds rows up"),
        (('at_least = "least"', ""), "nothing is demanded"),
        (('at_least = "least"', 'at_least = "1"\nlevel = "block"'), "`level` is block"),
        (('en = "Least" }\nvalue = 5', 'en = "Least" }'), "a number and a mask"),
        (('value = "staff"', 'components = ["office"]'), "`components` names office"),
        (('id = "X1"', 'id = "x1"'), "`id` is x1"),
        (("[params.least]", "[params.least"), "is not valid TOML"),
    ],
)
def test_a_pack_is_read_as_strictly_as_city_toml(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    path = tmp_path / "own.toml"
    assert change[0] in PACK
    path.write_text(PACK.replace(*change), encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        read_pack(path)
    assert said in str(refusal.value)


LEDGER = [
    "社区代码,社区名称,街道,户数,社区服务站面积,功能室,建设阶段,停车设施,其他",
    ",社00,街0,2000,6*0,党支部、居委会/图书室（60㎡）、茶室,已建成,有,备注",
    ",社01,街0,2500,约600,,在建中,看情况,",
    ",社99,街0,1000,500,,,,",
    ",,街0,1000,500,,,,",
    ",社00,街0,2100,,,,,",
]


def test_a_ledger_of_communities_is_read_merged_and_reported(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "社区.csv").write_text("\n".join([*LEDGER, ""]), encoding="utf-8")
    more = "社区,常住人口,建设阶段\n社00,5500,老城区\n社01,6000,\n"
    (tmp_path / "city" / "人口.csv").write_text(more, encoding="utf-8")
    built = build(
        SmallCity(
            standards=["kaili"],
            extra='[[communities]]\npath = "社区.csv"\n[[communities]]\npath = "人口.csv"\n',
        )
    )
    said = {(fault.source, fault.code): fault.rows for fault in built.faults}
    assert said["社区.csv", "NUM_MASK"] == (2,)
    assert said["社区.csv", "PLACE_UNKNOWN"] == (4,)
    assert said["社区.csv", "PLACE_NONE"] == (5,)
    assert said["社区.csv", "COMMUNITY_CONFLICT"] == (6,)
    assert said["人口.csv", "COMMUNITY_CONFLICT"] == (2,)
    assert said["社区.csv", "ROOM_UNKNOWN"] == (2,)
    assert any(fault.code == "LEDGER_WORD" and fault.rows == (3,) for fault in built.faults)
    assert ask(
        "select area.name, households, people, station_m2, stage, parking, attributes "
        "from community join area using (area_idx) order by name"
    ) == [
        ("社00", None, 5500, None, None, True, '{"其他": "备注"}'),
        ("社01", 2500, 6000, 600, None, None, "{}"),
    ]
    assert ask(
        "select component, written, shared_group, area_m2 from community_component order by ordinal"
    ) == [
        ("party_branch", "党支部", 0, None),
        ("residents_committee", "居委会", 1, 60),
        ("reading_room", "图书室", 1, 60),
        (None, "茶室", 2, None),
    ]
    assert ask(
        "select rows_in, rows_loaded + rows_fixed, rows_quarantined from source "
        "where path = '社区.csv'"
    ) == [(5, 3, 2)]


def test_a_masked_threshold_is_judged_once_the_city_gives_it(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "社区.csv").write_text(
        "社区,户数,工作经费\n社00,2000,50000\n", encoding="utf-8"
    )
    query = (
        "select verdict.verdict, reason, missing, gap from verdict join rule using (rule_idx) "
        "join area on area_idx = place_idx where rule.rule = 'M08' and area.name = '社00'"
    )
    ledger = '[[communities]]\npath = "社区.csv"\n'
    build(SmallCity(standards=["tengzhou"], extra=ledger))
    assert ask(query) == [("not_assessable", "threshold_missing", "fund_per_1000_households", None)]
    own = "[standards.tengzhou]\nfund_per_1000_households = 30000\n"
    build(SmallCity(standards=["tengzhou"], extra=ledger + own))
    assert ask(query) == [("fail", "", "", 10_000)]


def test_the_export_has_the_columns_that_people_script_against(
    build: Build, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "社区.csv").write_text(
        "社区,户数,常住人口,城乡分类,社区服务站面积\n社00,2200,5500,城市,700\n", encoding="utf-8"
    )
    build(SmallCity(standards=["kaili"], extra='[[communities]]\npath = "社区.csv"\n'))
    out = tmp_path / "standards.csv"
    export(tmp_path / "store", "standards", "csv", out, Filters())
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:10] == [
        *("community", "pack", "rule", "verdict", "value", "threshold", "gap", "unit", "clause"),
        "formula",
    ]
    (row,) = [row for row in rows if row["rule"] == "A02" and row["unit_name"] == "社00"]
    assert [row[name] for name in ("verdict", "value", "threshold", "gap", "clause")] == [
        *("fail", "700.0", "800.0", "100.0", "不少于 800 平方米"),
    ]


def test_a_city_without_packs_has_no_verdicts(build: Build, ask: Ask) -> None:
    build()
    assert ask("select count(*) from verdict") == [(0,)]
    assert ask("select bool_or(is_applied) from rule_pack") == [(False,)]


def test_small_communities_may_join_the_neighbour_that_comes_nearest_to_the_size(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    lines = [
        "社区,户数,常住人口,城乡分类,社区服务站面积,暂不整合",
        "社00,1000,3000,城市,500,否",
        "社01,1800,4000,城市,700,否",
        "社10,2100,4000,城市,900,否",
        "社11,500,1000,农村,900,否",
        "社20,900,2000,城市,900,是",
    ]
    (tmp_path / "city" / "社区.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    ledger = '[[communities]]\npath = "社区.csv"\n'
    build(SmallCity(standards=["tengzhou", "kaili"], extra=ledger))
    rows = ask(
        "select area.name, rank, other.name, merge_suggestion.households, apart "
        "from merge_suggestion join area using (area_idx) "
        "join area as other on other.code = partners order by area.name, rank"
    )
    # 社11 stands at a corner of 社00 and is no neighbour; 社20 is exempt; 社21 has no households
    assert rows == [
        ("社00", 1, "社10", 3100, 100),
        ("社00", 2, "社01", 2800, 200),
        ("社01", 1, "社00", 2800, 200),
        ("社01", 2, "社11", 2300, 700),
        ("社10", 1, "社00", 3100, 100),
        ("社10", 2, "社11", 2600, 400),
    ]
    costs = ask(
        "select gap_cost.source, gap_m2, yuan, year from gap_cost join rule using (rule_idx) "
        "where rule.rule = 'A01' order by 1"
    )
    assert costs == [("qiaodong", 100, 58_000, None), ("xishan", 100, 85_700, 2007)]


def test_the_stage_is_that_of_the_estates_and_a_silent_list_says_nothing(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    ledger = [
        "社区,建设阶段,社区居委会办公和服务用房面积,功能室",
        "社00,已建成,350,警务室",
        "社01,已建成,350,办公区、服务区",
        "社10,已建成,350,",
    ]
    estates = [
        "小区编码,小区名称,社区,建设阶段",
        "E1,甲苑,社00,规划",
        "E2,乙苑,社01,在建",
        "E3,丙苑,社01,规划",
    ]
    for name, lines in (("社区.csv", ledger), ("小区.csv", estates)):
        (tmp_path / "city" / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    build(
        SmallCity(
            standards=["tengzhou"],
            extra='[[communities]]\npath = "社区.csv"\n'
            '[[units]]\nkind = "estate"\npath = "小区.csv"\n',
        )
    )
    rows = ask(
        "select area.name, rule.rule, verdict.verdict, missing from verdict "
        "join rule using (rule_idx) join area on area_idx = place_idx "
        "where rule.rule in ('A07', 'A09', 'R08') and rule.level = 'community' "
        "and area.name in ('社00', '社01', '社10') order by 1, 2"
    )
    zones = "room_office_zone,room_service_zone,room_activity_zone"
    assert rows == [
        ("社00", "A09", "fail", ""),  # its one estate is planned
        ("社00", "R08", "not_assessable", zones),
        ("社01", "A07", "pass", ""),  # its estates differ: the community's own stage
        ("社01", "R08", "fail", "activity_zone"),
        ("社10", "A07", "pass", ""),
        ("社10", "R08", "not_assessable", zones),
    ]
    assert ask(
        "select area.name, word, origin from verdict_input join area on area_idx = place_idx "
        "where verdict_input.name = 'stage' and area.name in ('社00', '社01') order by 1"
    ) == [("社00", "planned", "estate"), ("社01", "built", "ledger")]


def test_a_share_counts_verdicts_with_what_nobody_can_tell(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    """Of six communities four comply, one does not, one is unknown; by households otherwise."""
    (tmp_path / "city").mkdir()
    lines = ["社区,户数,常住人口,城乡分类,社区服务站面积"]
    lines += [f"社{k},1000,3000,城市,650" for k in ("00", "01", "10", "11")]
    lines += ["社20,4000,12000,城市,900", "社21,2000,3000,城市,"]
    (tmp_path / "city" / "社区.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    build(SmallCity(standards=["kaili"], extra='[[communities]]\npath = "社区.csv"\n'))
    rows = ask(
        "select rule.rule, verdict.verdict, round(value, 6), numerator, unknown, denominator "
        "from verdict join rule using (rule_idx) where rule.rule in ('T02', 'T02hh') order by 1"
    )
    assert rows == [
        ("T02", "fail", round(4 / 6, 6), 4, 1, 6),
        ("T02hh", "fail", 0.4, 4_000, 2_000, 10_000),
    ]
    assert ask(
        "select area.level, area.name, passed, failed, not_assessable, not_applicable, gap "
        "from verdict_count join rule using (rule_idx) join area using (area_idx) "
        "where rule.rule = 'A01' and area.level in ('city', 'street') order by area_idx"
    ) == [
        ("city", "小城", 4, 0, 1, 1, None),
        ("street", "街0", 2, 0, 0, 0, None),
        ("street", "街1", 2, 0, 0, 0, None),
        ("street", "街2", 0, 0, 1, 1, None),
    ]


def test_functions_that_share_a_room_do_not_count_its_area_twice(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "city").mkdir()
    lines = [
        "社区,社区服务站面积,功能室",
        "社00,100,圖書室/文化室（60㎡）、會議室（30㎡）",
        "社01,100,图书室（60㎡）、文化室（60㎡）",
    ]
    (tmp_path / "city" / "社区.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    build(SmallCity(standards=["xining"], extra='[[communities]]\npath = "社区.csv"\n'))
    rows = ask(
        "select area.name, rule.rule, verdict.verdict, value, gap from verdict "
        "join rule using (rule_idx) join area on area_idx = place_idx "
        "where rule.rule in ('A16', 'A16m') and area.name in ('社00', '社01') order by 1, 2"
    )
    assert rows == [
        ("社00", "A16", "not_assessable", 1.5, None),
        ("社00", "A16m", "pass", 90, None),
        ("社01", "A16", "not_assessable", 1, None),
        ("社01", "A16m", "fail", 120, 20),
    ]
