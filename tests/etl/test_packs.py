"""Packs: ledgers and indicators that come with the program, fitted to the file at hand."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from etl.build import Built, check_city
from etl.ledgers.declared import declared
from etl.ledgers.duties import duties
from etl.ledgers.packs import packs, shipped, templates
from etl.settings import load_city
from geo.errors import SettingsError
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
WASTE = '[[ledgers]]\npack = "waste"\npath = "分类.csv"\n'
ROWS = [
    "网格,日期,抽查户数,参与户,分类准确户数,桶点数",
    "G00,2026-10-05,10,9,8,4",
    "G01,2026-10-06,20,20,10,6",
]


def _write(folder: Path, name: str, lines: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def _city_values(ask: Ask) -> dict[str, tuple[float, float | None]]:
    rows = ask(
        "select id, value.numerator, value.denominator from indicator_value as value "
        "join indicator using (indicator_idx) where level = 'city'"
    )
    return {key: (top, bottom) for key, top, bottom in rows}


def test_a_ledger_of_a_pack_needs_its_path_and_nothing_else(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    _write(tmp_path / "city", "分类.csv", ROWS)
    built = build(SmallCity(extra=WASTE + 'columns = { "准确户数" = "分类准确户数" }\n'))
    assert _city_values(ask) == {"waste_participation": (29, 30), "waste_accuracy": (18, 30)}
    assert ask("select name, unit, grain from ledger") == [("生活垃圾分类台账", "grid", "event")]
    notes = [fault for fault in built.faults if fault.code == "PACK_COLUMN"]
    assert [(fault.source, fault.severity) for fault in notes] == [("分类.csv", "note")]
    assert "4 indicators" in notes[0].message
    for lacking in ("知晓人数", "满溢桶点数", "waste_awareness", "waste_overflow"):
        assert lacking in notes[0].message


def test_what_the_city_says_itself_goes_before_the_pack(tmp_path: Path) -> None:
    extra = (
        'columns = { "准确户数" = "分类准确户数" }\nname = "分类"\n'
        'unit = "community"\nkey = "社区"\n'
        '[[indicators]]\nid = "waste_accuracy"\ntitle = { zh = "准", en = "Right" }\n'
        'from = "分类"\nformula = "mean(得分)"\n'
        '[[indicators]]\npack = "waste_participation"\ntarget = { 2026 = 0.95 }\n'
    )
    toml = SmallCity(extra=WASTE + extra).write(tmp_path)
    (ledger,), indicators = declared(load_city(toml))
    assert (ledger.name, ledger.unit, ledger.columns["key"]) == ("分类", "community", "社区")
    found = {each.id: each for each in indicators}
    assert len(found) == len(indicators)
    assert found["waste_accuracy"].formula.written == "mean(得分)"
    assert not found["waste_accuracy"].is_shipped
    assert found["waste_participation"].targets == {2026: 0.95}
    assert found["waste_participation"].ledger == "分类"
    assert found["waste_awareness"].is_shipped


def test_two_ledgers_of_one_template_are_told_apart(tmp_path: Path) -> None:
    second = WASTE.replace("分类.csv", "东.csv") + 'name = "东区"\n'
    toml = SmallCity(extra=WASTE + second).write(tmp_path)
    _, indicators = declared(load_city(toml))
    found = {each.id: each for each in indicators}
    assert len(found) == len(indicators)
    assert found["waste_accuracy"].ledger == "生活垃圾分类台账"
    assert found["waste_accuracy__2"].ledger == "东区"
    assert found["waste_accuracy__2"].zh == "垃圾分类准确率（东区）"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('pack = "waste"', 'pack = "waist"'), "expected `waste`"),
        (("", 'columns = { "准户数" = "x" }\n'), "expected `准确户数`"),
        (("", '[[indicators]]\npack = "waste_acuracy"\n'), "expected `waste_accuracy`"),
        (('pack = "waste"\n', 'columns = { "a" = "b" }\n'), "`columns` stands without `pack`"),
    ],
)
def test_a_slip_is_one_message(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    _write(tmp_path, "分类.csv", ROWS)
    written = WASTE.replace(*change) if change[0] else WASTE + change[1]
    toml = SmallCity(extra=written).write(tmp_path)
    with pytest.raises(SettingsError) as refusal:
        check_city(toml)
    assert said in str(refusal.value)
    assert "[[ledgers]] number 1" in str(refusal.value) or "[[indicators]]" in str(refusal.value)


def test_every_pack_reads_as_strictly_as_a_city(tmp_path: Path) -> None:
    blocks = ['[[units]]\nkind = "estate"\npath = "小区.geojson"\n']
    blocks += [f'[[ledgers]]\npack = "{key}"\npath = "{key}.csv"\n' for key in templates()]
    taken = [
        str(section.values["id"])
        for section, _ in shipped("indicators")
        if section.values["from"] not in templates()
    ]
    blocks += [f'[[indicators]]\npack = "{key}"\n' for key in taken]
    alone = [
        str(section.values["id"])
        for section, _ in shipped("duties")
        if not {"shown_by", "due_of"} & section.values.keys()
    ]
    blocks += [f'[[duties]]\npack = "{key}"\n' for key in alone]
    settings = load_city(SmallCity(extra="".join(blocks)).write(tmp_path))
    ledgers, indicators = declared(settings)
    assert [each.template.id for each in ledgers if each.template] == list(templates())
    assert len(indicators) == sum(len(pack.indicators) for pack in packs()) > 150
    for each in indicators:
        ledger = next((one for one in ledgers if one.name == each.ledger), None)
        assert each.group, each.id
        assert each.source, each.id
        if ledger is None:
            assert each.id in taken
            continue
        assert ledger.template is not None
        lacking = [name for name in each.formula.columns if name not in ledger.template.columns]
        assert not lacking, f"{each.id} names {lacking}"
    found = duties(settings)
    assert sorted(each.id for each in found) == sorted(
        str(block["id"]) for pack in packs() for block in pack.duties
    )
    assert {each.id for each in found if each.ledger is None} == set(alone)


def test_days_written_in_two_ways_compare_as_days(build: Build, ask: Ask, tmp_path: Path) -> None:
    rows = ["网格,期限,办结", "G00,2026-10-09,2026/10/8", "G00,2026年10月12日,2026-10-9"]
    _write(tmp_path / "city", "案.csv", [*rows, "G01,20261005,2026-10-11", "G01,20261005,"])
    ledger = (
        '[[ledgers]]\nname = "案"\npath = "案.csv"\nkey = "网格"\ngrain = "unit"\n'
        'due = "期限"\nclosed = "办结"\n[[indicators]]\nid = "in_time"\n'
        'title = { zh = "按期", en = "In time" }\nfrom = "案"\ntarget = 1.0\n'
        'formula = "count(办结 is not null and 办结 <= 期限)/count(期限 is not null)"\n'
    )
    build(SmallCity(extra=ledger))
    assert _city_values(ask) == {"in_time": (2, 4)}
    # a target without a year holds in every year
    assert ask("select year, target from indicator_target") == [(0, 1.0)]


PLACES = {"grid": "G00", "community": "社00", "street": "街0", "facility": "F1"}
LIKE = {"estate": "community", "district": "street"}
"""The small city has neither estates nor districts: their ledgers are kept by others there."""
# numerator and denominator by hand, from the examples that the columns of the templates give
BY_HAND = {
    "five_star": (865, 1718),
    "staff_need_met": (10, 10),
    "staff_gap": (0, None),
    "rehab_use": (132, 200),
    "rehab_base": (40_000, None),
    "rehab_performance": (12_800, None),
    "rehab_staff": (1, 1),
    "rehab_city_share": (480_000, None),
    "rehab_setup": (500_000, None),
    "rehab_supervision_money": (19_200, None),
    "staff_subsidy": (125_000, 1_034_000),
    "staff_cost_mismatch": (17_000, None),
    "work_fund": (60_000, 2.85),
    "allowance_city": (18_000, None),
    "running_fund": (70_000, 78_000),
    "class_fund": (50_000, None),
    "admin_tasks": (108, 120),
    "build_reward": (100_000, None),
    "service_centre_cost": (1_200_000, 1_400),
    "project_cost": (1_400_000, 5_400),
    "plaza_mismatch": (0, None),
    "organisations_registered": (2, 0.78),
    "permits_issued": (305, 310),
    "inspection_village_roadside": (92, 1),
    "inspection_village_rivers": (0, 0),
    "inspection_village": (92, 1),
    "mended_in_time": (1, 1),
    "hard_to_place_working": (30, 36),
    "office_small": (1, None),
    "service_centre_rural": (1, 1),
    "station_share_households": (2850, 2850),
}


def test_every_template_is_worked_out_from_its_own_examples(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    blocks: list[str] = []
    for template in templates().values():
        unit = LIKE.get(template.unit, template.unit)
        cells = {column.header: column.example for column in template.columns.values()}
        if "key" in template.roles:
            cells[template.roles["key"]] = PLACES[unit]
        _write(tmp_path / "city", f"{template.id}.csv", [",".join(cells), ",".join(cells.values())])
        blocks.append(
            f'[[ledgers]]\npack = "{template.id}"\npath = "{template.id}.csv"\nunit = "{unit}"\n'
        )
    built = build(SmallCity(extra="".join(blocks)))
    strange = {fault.code for fault in built.faults if fault.source.endswith(".csv")}
    assert not strange & {"PACK_COLUMN", "PLACE_UNKNOWN", "PLACE_NONE", "DATE_TEXT"}
    found = _city_values(ask)
    floors = dict(ask("select id, floor from indicator"))
    expected = {
        section.values["id"]
        for section, _ in shipped("indicators")
        if section.values["from"] in templates()
    }
    assert found.keys() == expected
    unknown = [key for key, (top, _) in found.items() if top is None and not floors[key]]
    assert not unknown
    assert {key: found[key] for key in BY_HAND} == BY_HAND
