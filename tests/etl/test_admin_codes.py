"""Hold what is read from official codes: their parts, the levels above a grid, lost digits."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.admin_codes import LENGTHS, PROVINCES, AdminCode, area_code, parse, urban_rural, why_not
from etl.build import Built
from etl.grid_codes import code_columns, named_places
from etl.layers import Layer
from etl.readers.layer import read_layer
from etl.readers.names import read_names
from etl.settings import FacilitySource, Source, load_city
from geo.errors import InputDataError
from tests.etl.cities import SmallCity

Ask = Callable[..., list[tuple[Any, ...]]]
Build = Callable[..., Built]

DIGITS = st.text("0123456789", min_size=3, max_size=3)
COUNTIES = st.builds(
    lambda province, rest: province + rest,
    st.sampled_from(sorted(PROVINCES)),
    st.text("0123456789", min_size=4, max_size=4),
)
PLACES = st.tuples(COUNTIES, DIGITS, DIGITS.filter(lambda part: part != "000")).map("".join)
CLASSES = st.sampled_from(["111", "112", "121", "122", "123", "210", "220"])


# One code


def test_there_are_34_provinces() -> None:
    assert len(PROVINCES) == 34


@given(place=PLACES, tail=DIGITS, attribute=st.sampled_from(["00", "11"]), last=CLASSES)
def test_every_kind_gives_back_the_place_it_was_made_of(
    place: str, tail: str, attribute: str, last: str
) -> None:
    made = {
        "community": place,
        "old_unit_grid": place + tail[:2],
        "unit_grid": place + tail,
        "classified": place + attribute + last,
        "community_grid": "010203" + place + tail[:2],
    }
    for kind, code in made.items():
        known = parse(code)
        assert known is not None, code
        assert (known.kind, known.county, known.street, known.community) == (
            kind,
            place[:6],
            place[:9],
            place,
        )
        assert known.province == place[:2]
        assert area_code(code) == place
        assert why_not(code) is None
    assert {len(code) for code in made.values()} == set(LENGTHS)


@given(place=PLACES, last=CLASSES)
def test_the_class_tells_town_from_country(place: str, last: str) -> None:
    known = parse(f"{place}00{last}")
    assert known is not None
    assert known.urban_rural == ("urban" if last[0] == "1" else "rural")
    assert known.class_code == last


def test_the_name_of_a_village_says_nothing_about_town_or_country() -> None:
    # villagers' committees are numbered from 200: one of them may lie in the town
    village_in_town, committee_in_country = parse("52260110020011111"), parse("52260110000111220")
    assert village_in_town is not None
    assert committee_in_country is not None
    assert (village_in_town.urban_rural, committee_in_country.urban_rural) == ("urban", "rural")
    assert urban_rural("999") is None


def test_the_code_of_a_community_with_its_grid_says_who_manages_it() -> None:
    merged, whole = parse("01020352260100160101"), parse("01020352260100100300")
    assert merged is not None
    assert whole is not None
    assert (merged.kind, merged.managed) == ("community_grid", "010203")
    assert (whole.kind, whole.serial) == ("community_grid", "00")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("52260100100A", "something else than digits"),
        ("５２２６０１００１００１", "something else than digits"),
        ("5226010010030", "13 digits; expected one of 12, 14, 15, 17, 20"),
        ("992601001003", "no province has the number 99"),
        ("522601001000", "names no community"),
        ("52260100100311999", "999 is no class"),
        ("01020399260100100300", "no province has the number 99"),
    ],
)
def test_a_code_of_no_rule_is_none_and_says_why(code: str, reason: str) -> None:
    assert parse(code) is None
    assert reason in str(why_not(code))


@given(st.text(max_size=24))
def test_any_text_is_a_code_or_has_a_reason(text: str) -> None:
    known, reason = parse(text), why_not(text)
    assert (known is None) == (reason is not None)
    assert area_code(text) is None or str(area_code(text)).isdigit()


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("522601", "522601"),
        ("522601000000", "522601"),
        ("522601001000", "522601001"),
        ("522601001", "522601001"),
        (" 522601001003 ", "522601001003"),
        ("52260100100311111", "522601001003"),
        ("5226", None),
        ("992601", None),
        ("凯里市", None),
        (None, None),
    ],
)
def test_the_code_of_an_area_has_no_zeros_behind_it(code: str | None, place: str | None) -> None:
    assert area_code(code) == place


# The levels above the grids


def codes_of(at: int) -> str:
    """Give grid `at` of nine: two counties, streets of one name in both, communities of three."""
    county, street = (("522601", "001"), ("522601", "002"), ("522622", "001"))[at // 3]
    return f"{county}{street}{'001' if at % 3 < 2 else '200'}{at + 1:03}"


CODES = [codes_of(at) for at in range(9)]


def coded(**changes: Any) -> SmallCity:
    """Give a small city whose grids have official codes and name nothing above them."""
    given: dict[str, Any] = {"has_hierarchy": False, "grid_ids": CODES}
    return SmallCity().but(**(given | changes))


def areas(ask: Ask, level: str) -> dict[str, tuple[str, int]]:
    """Give name and number of grids of each area of a level, by code."""
    found = ask(
        "select code, name, grid_hi - grid_lo from area where level = $level order by code",
        level=level,
    )
    return {code: (name, grids) for code, name, grids in found}


def test_districts_streets_and_communities_are_built_from_codes(build: Build, ask: Ask) -> None:
    built = build(coded())
    assert areas(ask, "district") == {"522601": ("522601", 6), "522622": ("522622", 3)}
    assert set(areas(ask, "street")) == {"522601001", "522601002", "522622001"}
    assert len(areas(ask, "community")) == 6
    parent = ask(
        "select below.code, above.code from area as below join area as above "
        "on above.area_idx = below.parent_idx where below.level in ('street', 'community')"
    )
    assert parent
    assert all(below.startswith(above) for below, above in parent)
    assert not [fault for fault in built.faults if fault.code.startswith("CODE_")]


def test_a_table_of_names_calls_them(tmp_path: Path, build: Build, ask: Ask) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    with (folder / "names.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows(
            [
                ["代码", "名称"],
                ["522601000000", "甲市"],
                ["522622", "乙县"],
                ["522601001000", "城关街道"],
                ["522622001000", "城关街道"],
                ["522601001001", "一社区"],
                ["522601001001", "别的名字"],
                ["无", "总计不算"],
            ]
        )
    built = build(coded(extra='[names]\npath = "names.csv"'))
    assert areas(ask, "district") == {"522601": ("甲市", 6), "522622": ("乙县", 3)}
    streets = areas(ask, "street")
    assert streets["522601001"] == streets["522622001"] == ("城关街道", 3)
    assert streets["522601002"] == ("522601002", 3)
    assert areas(ask, "community")["522601001001"] == ("一社区", 2)
    found = {fault.code: fault.rows for fault in built.faults if fault.source == "names.csv"}
    assert found == {"CODE_DUP": (7,), "CODE_SHAPE": (8,)}
    assert ask(
        "select rows_in, rows_loaded, rows_quarantined from source where kind = 'names'"
    ) == [(7, 5, 2)]


def test_a_table_of_names_calls_areas_whose_codes_the_file_states(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text("区划代码,名称\n522601001000,城关街道\n", encoding="utf-8")
    named = named_places(read_names(Source("[names]", "n.csv", file)))
    toml = with_columns(coded(), {"街道编码": [f"{code[:9]}000" for code in CODES]}).write(tmp_path)
    grids = read_layer(load_city(toml).grids, "grids")
    found = code_columns(grids, named)
    assert found["named_street"].tolist() == ["城关街道"] * 3 + [None] * 6
    assert set(found["derived_street_code"]) == {None}
    assert found["derived_district_code"].tolist() == ["522601"] * 6 + ["522622"] * 3


def test_what_the_file_names_is_never_replaced(build: Build, ask: Ask) -> None:
    build(coded(has_hierarchy=True))
    # the file has columns of streets and communities, but none of districts
    assert set(areas(ask, "district")) == {"522601", "522622"}
    assert {name for name, _ in areas(ask, "street").values()} == {"街0", "街1", "街2"}


def test_own_numbers_make_no_levels(build: Build, ask: Ask) -> None:
    build(coded(grid_ids=[f"G{at}" for at in range(9)]))
    assert ask("select distinct level from area") == [("city",)]


def test_codes_of_another_country_are_own_numbers(tmp_path: Path) -> None:
    lines = ["id,wkt"]
    for at, code in enumerate(CODES):
        west = -122.0 + at / 100
        ring = ", ".join(f"{west + x} {37 + y}" for x, y in [(0, 0), (0.01, 0), (0, 0.01), (0, 0)])
        lines.append(f'{code},"POLYGON(({ring}))"')
    file = tmp_path / "g.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    grids = read_layer(Source("[grids]", "g.csv", file, crs="WGS84"), "grids")
    assert set(code_columns(grids, {})["code_community"]) == {None}


def test_a_code_that_is_none_and_one_of_another_county_are_listed(build: Build, ask: Ask) -> None:
    wrong = [*CODES]
    wrong[8] = "522622001200"[:-1]  # eleven digits
    districts = {grid: "甲区" if at < 8 else "乙区" for at, grid in enumerate(wrong)}
    city = coded(grid_ids=wrong)
    built = build(with_columns(city, {"区县": [districts[grid] for grid in wrong]}))
    told = {(fault.code, fault.feature_id) for fault in built.faults if fault.code[:5] == "CODE_"}
    # six grids of the district begin with 522601, two with 522622
    assert told == {
        ("CODE_SHAPE", wrong[8]),
        ("CODE_PREFIX", wrong[6]),
        ("CODE_PREFIX", wrong[7]),
    }
    assert {name for name, _ in areas(ask, "district").values()} == {"甲区", "乙区"}


def test_a_stated_code_that_is_not_the_grids_own_is_listed(build: Build) -> None:
    stated = [code[:12] for code in CODES]
    stated[0] = "522601009009"
    built = build(with_columns(coded(), {"社区编码": stated}))
    (fault,) = [fault for fault in built.faults if fault.code == "CODE_PREFIX"]
    assert fault.feature_id == CODES[0]
    assert "522601009009" in fault.message


def test_town_and_country_come_from_the_class_or_the_column(build: Build, ask: Ask) -> None:
    classes = ["111", "112", "121", "122", "123", "210", "220", "220", "111"]
    stated = [f"{code[:12]}00{last}" for code, last in zip(CODES, classes, strict=True)]
    stated[6] = stated[6][:12]
    build(with_columns(coded(), {"社区编码": stated, "城乡分类": [*[None] * 7, "城镇", "220"]}))
    found = dict(ask("select grid_id, urban_rural from grid"))
    assert [found[code] for code in CODES] == [
        *["urban"] * 5,
        "rural",
        None,
        "urban",
        "rural",
    ]


class with_columns:  # noqa: N801 - reads as a verb where it is used
    """Write a small city with further columns in its grid file."""

    def __init__(self, city: SmallCity, columns: dict[str, list[Any]]) -> None:
        self._city, self._columns = city, columns

    def write(self, folder: Path) -> Path:
        """Write the files and give the path of city.toml."""
        toml = self._city.write(folder)
        file = folder / "grids.geojson"
        content = json.loads(file.read_text("utf-8"))
        for at, feature in enumerate(content["features"]):
            feature["properties"] |= {name: cells[at] for name, cells in self._columns.items()}
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return toml


# Codes that a spreadsheet spoiled


def table(tmp_path: Path, ids: list[str]) -> Layer:
    """Read a grid file that has these codes."""
    file = tmp_path / "g.csv"
    rows = [
        f'{code},"POLYGON((108 26.{at:03}, 108.01 26.{at:03}, 108 26.{at + 1:03}, 108 26.{at:03}))"'
        for at, code in enumerate(ids)
    ]
    file.write_text("\n".join(["网格编码,wkt", *rows]), encoding="utf-8")
    source = Source("[grids]", "g.csv", file, crs="WGS84", columns={"id": "网格编码"}, wkt="wkt")
    return read_layer(source, "grids")


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        (["522601001001", "5.22601E+11"], "1 code of 2 in 网格编码 that a spreadsheet rounded"),
        (["5.22601E+11"] * 3, "row 2, 5.22601E+11"),
        (["5E+11", "522601001001"], "row 2, 5E+11"),
        (["5.22601001001001e+16"], "a spreadsheet rounded"),
        ([f"5226010010010{at}00" for at in range(10, 14)], "zeros a spreadsheet writes"),
        ([f"0102035226010{at}00000" for at in range(10, 14)], "beyond 15 digits"),
        (["522601000000.0"] * 4, "that repeat and end in zeros"),
        (["522601000000"] * 3 + ["522622000000"] * 2, "as rounding leaves them"),
    ],
)
def test_codes_that_lost_digits_are_refused_with_the_way_out(
    tmp_path: Path, ids: list[str], says: str
) -> None:
    with pytest.raises(InputDataError) as caught:
        table(tmp_path, ids)
    message = str(caught.value)
    assert [
        part for part in (says, "CODE_SCI", "Make the column text") if part not in message
    ] == []


def test_a_fraction_of_zero_is_taken_off_where_no_digit_is_lost(tmp_path: Path) -> None:
    layer = table(tmp_path, ["522601001001.0", "522601001002.00", "522601001003"])
    assert layer.columns["id"].tolist() == ["522601001001", "522601001002", "522601001003"]
    assert "Took the .0 off 2 codes in 网格编码." in str(layer.note)


def test_codes_that_end_in_zeros_by_rule_are_kept(tmp_path: Path) -> None:
    whole = [f"0102035226010010{at}00" for at in range(10, 14)]
    assert table(tmp_path, whole).columns["id"].tolist() == whole
    counties = ["522601000000", "522622000000", "522623000000"]
    assert table(tmp_path, counties).columns["id"].tolist() == counties


@given(place=PLACES, last=CLASSES)
def test_a_parsed_code_is_text_and_loses_nothing(place: str, last: str) -> None:
    code = f"{place}11{last}"
    assert parse(code) == AdminCode("classified", place[:6], place[:9], place, "", "", last)


def test_names_without_a_table_are_none() -> None:
    assert named_places(None) == {}


def test_a_table_of_names_needs_both_columns(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text("代码,面积\n522601,3\n", encoding="utf-8")
    with pytest.raises(InputDataError, match=r"no column that reads as `name`"):
        read_names(FacilitySource("[names]", "n.csv", file))
