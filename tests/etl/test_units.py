"""Further places: where they belong, what the grids name, what a ledger kept by them comes to."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.http.api_units import units_asked
from dashboard.state import BadRequestError
from etl.build import BuildOptions, Built, build_city, check_city
from etl.tables import Filters, indicators
from geo.errors import LivingCircleError
from geo.store import indicator_map, tiles, values
from geo.store.asking import resolve
from geo.store.indicator_table import Asked, table
from geo.store.indicators import indicator_records
from geo.store.opened import OpenRelease
from geo.store.places import place
from geo.store.views import view
from tests.dashboard.mvt import layers as mvt_layers
from tests.etl.cities import SmallCity
from tests.etl.conftest import opened
from tests.etl.units_city import patched, write_units_city

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Ask, Path]:
    """A small city with estates, points, a register and ledgers kept by them."""
    folder = tmp_path_factory.mktemp("units")
    toml = write_units_city(folder / "city")
    built = build_city(toml, folder / "store", BuildOptions())

    def ask(query: str, **parameters: object) -> list[tuple[Any, ...]]:
        con = opened(folder / "store")
        try:
            return con.execute(query, parameters or None).fetchall()
        finally:
            con.close()

    return built, ask, folder / "store"


PLACED = (
    "select unit.unit_id, community.name, street.name, grid.grid_id from unit "
    "left join area as community on community.area_idx = unit.community_idx "
    "left join area as street on street.area_idx = unit.street_idx "
    "left join grid on grid.grid_idx = unit.grid_idx where kind = $kind order by unit_idx"
)


def test_an_estate_belongs_to_the_street_with_most_of_its_ground(
    city: tuple[Built, Ask, Path],
) -> None:
    placed = {row[0]: row[1:] for row in city[1](PLACED, kind="estate")}
    assert placed == {
        "E1": ("社00", "街0", "G00"),
        "E2": ("社10", "街1", None),
        "E3": (None, None, None),
        "E4": (None, "街1", None),
        "E5": (None, None, None),
        "E7": ("社20", "街2", None),
        "E8": ("社01", "街0", "G01"),
        "E9": ("社21", "街2", "G21"),
    }
    shares = dict(city[1]("select unit_id, street_share from unit where kind = 'estate'"))
    assert shares["E2"] == pytest.approx(80 / 130, abs=1e-6)
    assert shares["E7"] == pytest.approx(1)
    tied = city[1]("select unit_id from unit where is_tied")
    assert tied == [("E3",)]
    areas = dict(city[1]("select unit_id, area_dm2 from unit where kind = 'estate'"))
    assert areas["E1"] == pytest.approx(10_000 * 100, rel=1e-6)


def test_what_is_wrong_with_a_place_is_said_by_its_row(city: tuple[Built, Ask, Path]) -> None:
    said = [
        (fault.code, fault.row, fault.feature_id)
        for fault in city[0].faults
        if fault.source == "小区.geojson"
    ]
    assert sorted(said) == [
        ("CODE_DUP", 6, None),
        ("UNIT_OUTSIDE", 5, "E5"),
        ("UNIT_STREET", 2, "E2"),
        ("UNIT_TIE", 3, "E3"),
    ]
    message = next(fault.message for fault in city[0].faults if fault.code == "UNIT_STREET")
    assert "listed under 街0 but has 61.5% of its ground in 街1" in message
    tie = next(fault.message for fault in city[0].faults if fault.code == "UNIT_TIE")
    assert "街0 and 街1" in tie
    assert city[1]("select row, reason from rejected where source = '小区.geojson'") == [
        (6, "CODE_DUP")
    ]


def test_columns_of_an_estate_are_kept_but_those_of_persons(city: tuple[Built, Ask, Path]) -> None:
    ((attributes,),) = city[1]("select attributes from unit where unit_id = 'E1'")
    assert json.loads(attributes) == {"物业管理": "否"}


def test_points_and_registers_find_their_place(city: tuple[Built, Ask, Path]) -> None:
    ask = city[1]
    assert ask(PLACED, kind="party_grid") == [
        ("P1", "社01", "街0", "G01"),
        ("P2", None, None, None),
    ]
    assert ask(PLACED, kind="school_zone") == [("街1/东区", None, "街1", None)]
    assert ask("select kind, zh, en from unit_kind where kind = 'school_zone'") == [
        ("school_zone", "学区", "School zone")
    ]
    said = {(fault.code, fault.source, fault.row) for fault in city[0].faults}
    assert {
        ("UNIT_OUTSIDE", "党建.csv", 3),
        ("UNIT_NOID", "学区.csv", 3),
        ("UNIT_UNPLACED", "居委会.csv", 5),
        ("NUM_TEXT", "居委会.csv", 4),
    } <= said


def test_committees_of_one_name_are_told_apart_by_their_community(
    city: tuple[Built, Ask, Path],
) -> None:
    ask = city[1]
    rows = ask(
        "select unit_id, households_milli, geom is not null from unit "
        "where kind = 'committee' order by unit_idx"
    )
    assert rows == [
        ("街0/社00/第一居委会", 120_000, True),
        ("街0/社01/第一居委会", 300_000, True),
        ("街0/社01/第二居委会", None, True),
        ("第三居委会", None, False),
    ]
    joined = ask(
        "select grid_id, unit_id from grid inner join unit on unit_idx = committee_idx "
        "order by grid.grid_idx"
    )
    assert joined == [
        ("G00", "街0/社00/第一居委会"),
        ("G01", "街0/社01/第一居委会"),
        ("G02", "街0/社01/第二居委会"),
    ]
    lost = next(fault for fault in city[0].faults if fault.code == "UNIT_COMMITTEE")
    assert lost.rows == (9,)
    assert "第九居委会" in lost.message


def _values(ask: Ask, indicator: str) -> dict[tuple[str, str], object]:
    rows = ask(
        "select value.level, coalesce(grid.grid_id, area.name, unit.unit_id), numerator, "
        "denominator from indicator_value as value join indicator using (indicator_idx) "
        "left join grid on value.level = 'grid' and grid.grid_idx = place_idx "
        "left join area on value.level = area.level and area.area_idx = place_idx "
        "left join unit on value.level = unit.kind and unit.unit_idx = place_idx "
        "where id = $id",
        id=indicator,
    )
    return {(level, place): tuple(parts) for level, place, *parts in rows}


def test_a_ledger_kept_by_estates_adds_up_to_where_they_are_known(
    city: tuple[Built, Ask, Path],
) -> None:
    assert _values(city[1], "satisfied") == {
        ("estate", "E2"): (8, 10),
        ("estate", "E3"): (1, 10),
        ("estate", "E9"): (3, 4),
        ("community", "社10"): (8, 10),
        ("community", "社21"): (3, 4),
        ("street", "街1"): (8, 10),
        ("street", "街2"): (3, 4),
        # the estate that two streets share equally is the city's alone
        ("city", "小城"): (12, 24),
    }
    ambiguous = next(fault for fault in city[0].faults if fault.code == "PLACE_AMBIG")
    assert (ambiguous.source, ambiguous.rows) == ("满意度.csv", (5,))


def test_points_of_a_ledger_count_in_the_estate_around_them(city: tuple[Built, Ask, Path]) -> None:
    values = _values(city[1], "cases")
    estates = {place: parts for (level, place), parts in values.items() if level == "estate"}
    assert estates == {"E1": (1, None), "E2": (1, None)}
    assert [f.rows for f in city[0].faults if (f.code, f.source) == ("PLACE_UNKNOWN", "案件.csv")]


def test_a_ledger_kept_by_grids_adds_up_to_committees_too(city: tuple[Built, Ask, Path]) -> None:
    values = _values(city[1], "visits")
    committees = {place: parts for (level, place), parts in values.items() if level == "committee"}
    assert committees == {
        "街0/社00/第一居委会": (3, None),
        "街0/社01/第一居委会": (5, None),
        "街0/社01/第二居委会": (1, None),
    }
    # with a floor there is no second way up by which a withheld grid could be had
    assert not [key for key in _values(city[1], "visits_few") if key[0] == "committee"]


def test_files_of_places_are_the_source_of_indicators_too(city: tuple[Built, Ask, Path]) -> None:
    managed = _values(city[1], "managed")
    assert managed["estate", "E2"] == (1, 1)
    assert managed["street", "街1"] == (1, 2)
    # the row that was set aside because of its code is no estate
    assert managed["city", "小城"] == (2, 8)
    charged = _values(city[1], "named_and_charged")
    assert charged["grid", "G00"] == (1, 1)
    assert charged["community", "社01"] == (0, 2)
    assert charged["committee", "街0/社00/第一居委会"] == (1, 1)
    assert charged["city", "小城"] == (1, 9)


COLUMNS: dict[str, dict[str, str]] = {
    "居委会": {"G00": "一委", "G01": "一委", "G02": "二委", "G10": "一委"},
    "网格员": {"G00": "张三", "G01": "空缺"},
    "职责": {"G00": "巡查"},
    "网格员数": {"G00": "2", "G01": "两"},
    "网格级别": {"G00": "一级", "G01": "2", "G02": "特级"},
    "上级网格": {"G01": "G00", "G02": "G99", "G10": "G11", "G11": "G10", "G20": "街0/社00/一委"},
    "网格党组织": {"G00": "第一支部"},
    "网格类型": dict.fromkeys(("G00", "G01"), "社区网格"),
}


def test_grids_bring_committees_workers_and_their_hierarchy(tmp_path: Path) -> None:
    toml = patched(SmallCity().write(tmp_path / "city"), COLUMNS)
    built = build_city(toml, tmp_path / "store", BuildOptions())
    con = opened(tmp_path / "store")
    try:
        committees = con.execute(
            "select unit_id, people_milli, round(area_dm2 / 1e6), geom is not null "
            "from unit order by unit_idx"
        ).fetchall()
        grids = con.execute(
            "select grid_id, level, parent_id, party_org, workers, has_worker, duty, grid_type "
            "from grid order by grid_idx limit 3"
        ).fetchall()
    finally:
        con.close()
    # one community may have several committees, and one name two communities
    assert committees == [
        ("街0/社00/一委", 100_000, 16, True),
        ("街0/社01/一委", 200_000, 16, True),
        ("街0/社01/二委", 300_000, 16, True),
        ("街1/社10/一委", 400_000, 16, True),
    ]
    assert grids == [
        ("G00", 1, None, "第一支部", 2, True, "巡查", "社区网格"),
        ("G01", 2, "G00", None, None, False, None, "社区网格"),
        ("G02", None, "G99", None, None, False, None, None),
    ]
    said = {fault.code: fault.rows or (fault.row,) for fault in built.faults}
    assert said["GRID_LEVEL"] == (3,)
    assert said["GRID_PARENT"] == (3,)
    assert said["GRID_CYCLE"] == (4, 5)
    assert said["NUM_TEXT"] == (2,)
    release = built.release.file
    assert "张三".encode() not in (tmp_path / "store" / "data" / release).read_bytes()


def test_grids_of_two_types_are_refused_and_one_type_is_taken_by_where(tmp_path: Path) -> None:
    types = {"G00": "社区网格", "G01": "社区网格", "G02": "管理单元"}
    toml = patched(SmallCity().write(tmp_path / "city"), {"网格类型": types})
    checked = check_city(toml)
    (mixed,) = [fault for fault in checked.faults if fault.code == "GRID_TYPE_MIX"]
    assert mixed.severity == "blocking"
    assert "社区网格 (2), 管理单元 (1)" in mixed.message
    text = toml.read_text(encoding="utf-8")
    one = text.replace('id = "网格编码"', 'id = "网格编码"\nwhere = "网格类型 = \'社区网格\'"', 1)
    others = (
        '[[units]]\nkind = "management_cell"\npath = "grids.geojson"\nid = "网格编码"\n'
        "where = \"网格类型 = '管理单元'\"\n"
    )
    toml.write_text(one + others, encoding="utf-8")
    again = check_city(toml)
    assert not [fault for fault in again.faults if fault.severity == "blocking"]
    assert [len(part.row) for part in again.layers.units] == [1]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('kind = "street"\npath = "x.csv"', "which the grids or the facilities make already"),
        ('kind = "Estate"\npath = "x.csv"', "small letters"),
        ('path = "x.csv"', "`kind` is missing"),
        ('kind = "estate"\npath = "x.csv"\nnmae = "名"', "expected `name`"),
        ('kind = "a"\npath = "x.csv"\ntitle = { zh = "甲" }', "lacks a language"),
        ('kind = "estate"\npath = "x.csv"', "x.csv"),
    ],
)
def test_a_slip_in_the_settings_is_one_message(tmp_path: Path, block: str, said: str) -> None:
    toml = SmallCity(extra=f"[[units]]\n{block}\n").write(tmp_path / "city")
    with pytest.raises(LivingCircleError) as refusal:
        check_city(toml)
    assert said in str(refusal.value)


@pytest.fixture(scope="module")
def shown(city: tuple[Built, Ask, Path]) -> Iterator[OpenRelease]:
    """The release of the same city, as the pages read it."""
    release = OpenRelease(city[0].release.release, opened(city[2]))
    yield release
    release.close()


def test_estates_are_a_layer_of_the_map(shown: OpenRelease) -> None:
    names = values.names(shown, "estate")
    assert names["ids"] == ["E1", "E8", "E2", "E4", "E7", "E9", "E3", "E5"]
    assert names["names"][:2] == ["甲苑", "同名苑"]
    layers = tiles.layers(shown)
    assert "unit-estate" in layers
    assert "unit-committee" in layers
    # points have no outline to draw
    assert "unit-party_grid" not in layers
    zoom = 14
    x, y = tiles.to_mercator(names["lon"][1], names["lat"][1])
    size = 2 * np.pi * 6_378_137.0 / 2**zoom
    column, row = int((x + np.pi * 6_378_137.0) // size), int((np.pi * 6_378_137.0 - y) // size)
    packed = tiles.tile(shown, "unit-estate", zoom, column, row)
    found = {feature["i"] for feature in mvt_layers(packed)["units"]}
    assert 1 in found
    assert found <= set(range(8))


def test_an_indicator_kept_by_estates_colours_estates(shown: OpenRelease) -> None:
    layer = indicator_map.layer(shown, "satisfied", "estate")
    assert layer["values"] == [None, None, 0.8, None, None, 0.75, 0.1, None]
    assert layer["missing"] == 5
    (listed,) = [
        one for one in view(shown, resolve(shown, {})[0])["indicators"] if one["id"] == "satisfied"
    ]
    assert listed["unit_kind"] == "estate"
    assert listed["levels"] == ["city", "street", "community", "estate"]


def test_the_view_counts_the_further_places_of_an_area(shown: OpenRelease) -> None:
    def counts(area: str) -> dict[str, tuple[str, int, int]]:
        found = view(shown, resolve(shown, {"a": area})[0])["kinds"]
        return {kind["kind"]: (kind["zh"], kind["n"], kind["drawn"]) for kind in found}

    whole = counts("小城")
    assert whole["estate"] == ("小区", 8, 8)
    assert whole["party_grid"] == ("党建网格", 2, 0)
    assert whole["school_zone"] == ("学区", 1, 0)
    assert counts("街0")["estate"] == ("小区", 2, 8)


def test_values_of_further_places_are_asked_for_by_area(shown: OpenRelease) -> None:
    with shown.cursor() as con:
        rows = indicator_records(con, indicator="satisfied", area="街1")
        export = indicators(con, Filters(area="街1")).columns
    named = [(row["unit_kind"], row["unit_id"], row["value"]) for row in rows]
    assert named == [
        ("street", "街1", 0.8),
        ("community", "街1/社10", 0.8),
        ("estate", "E2", 0.8),
    ]
    kept = zip(export["unit_kind"], export["unit_id"], export["indicator"], strict=True)
    assert ("estate", "E2", "satisfied") in list(kept)


def test_the_table_of_indicators_lists_estates_with_their_area(shown: OpenRelease) -> None:
    asked = Asked("estate", "小城", ("satisfied",), "satisfied", "-satisfied", "", "")
    rows = table(shown, asked, limit=3, offset=0)["rows"]
    assert [(row["id"], row["parent"], row["cells"][0]["value"]) for row in rows] == [
        ("E2", "社10", 0.8),
        ("E9", "社21", 0.75),
        ("E3", "", 0.1),
    ]
    inside = table(shown, replace(asked, area="街0"), limit=9, offset=0)["rows"]
    assert sorted(row["id"] for row in inside) == ["E1", "E8"]


def test_the_card_of_a_grid_says_who_answers_for_it(shown: OpenRelease) -> None:
    question = resolve(shown, {})[0]
    known = place(shown, question, "G00")
    assert known is not None
    charge = known["charge"]
    assert (charge["committee"], charge["has_worker"], charge["duty"]) == (
        *("第一居委会", True, "巡查"),
    )
    assert (charge["level"], charge["parent"], charge["workers"]) == (None, None, None)
    assert [(unit["name"], unit["attributes"]) for unit in charge["units"]] == [
        ("甲苑", {"物业管理": "否"})
    ]
    vacant = place(shown, question, "G01")
    assert vacant is not None
    assert vacant["charge"]["has_worker"] is False
    assert "张三" not in json.dumps(known, ensure_ascii=False)


def test_programs_get_the_places_of_a_kind_with_their_columns(shown: OpenRelease) -> None:
    found = units_asked(shown, {"u": "estate", "a": "街1"})
    assert [unit["id"] for unit in found["units"]] == ["E2", "E4"]
    first = found["units"][0]
    assert (first["street"], first["community"], first["is_tied"]) == ("街1", "街1/社10", False)
    assert first["area_m2"] == pytest.approx(100 * 130, rel=1e-6)
    # what is withheld where it is small is in no attribute either
    assert first["attributes"] == {"物业管理": "是"}
    page = units_asked(shown, {"u": "estate", "limit": "2", "offset": "6"})
    assert [unit["id"] for unit in page["units"]] == ["E3", "E5"]
    kinds = {kind["kind"]: kind["n"] for kind in units_asked(shown, {})["kinds"]}
    assert kinds == {"estate": 8, "party_grid": 2, "committee": 4, "school_zone": 1}
    for words in ({"u": "villa"}, {"u": "estate", "limit": "1001"}, {"a": "无"}, {"x": "1"}):
        with pytest.raises(BadRequestError):
            units_asked(shown, words)
