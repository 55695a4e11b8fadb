"""Rows that were loaded and are odd all the same: each planted alone in a city of nine grids."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.build import BuildOptions, build_city, check_city
from etl.layers import Fault
from etl.place_checks import folded_name, is_coarse
from tests.etl.cities import SIDE_M, SmallCity, lonlat

Plant = Callable[[list[dict[str, Any]]], None]
CLINIC = ("F1", "一号站", "MED_STATION", 200.0, 200.0, "open")
ONE = BuildOptions(workers=1)


def _found(toml: Path, code: str) -> list[Fault]:
    return [fault for fault in check_city(toml).faults if fault.code == code]


@pytest.fixture
def planted(tmp_path: Path) -> Callable[..., Path]:
    """Write a small city, change the features of its grids or its facility rows."""

    def write(plant: Plant | None = None, city: SmallCity | None = None) -> Path:
        toml = (city or SmallCity(facilities=(CLINIC,))).write(tmp_path / "city")
        path = tmp_path / "city" / "grids.geojson"
        collection = json.loads(path.read_text(encoding="utf-8"))
        if plant is not None:
            plant(collection["features"])
        path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
        return toml

    return write


def _square(x: float, y: float, width: float, height: float = SIDE_M) -> list[list[float]]:
    ring = [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]
    return lonlat(ring)


def _columns(toml: Path, name: str, values: list[str]) -> None:
    """Add a column to the facility file."""
    path = toml.parent / "facilities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        added = zip(rows, [name, *values], strict=True)
        writer.writerows([*row, value] for row, value in added)


# The grids together


def test_a_clean_city_has_no_odd_rows(planted: Callable[..., Path]) -> None:
    odd = {"GRID_GAP", "GRID_OVER", "GRID_SLIVER", "GRID_MULTI", "GRID_OUTSIDE", "GRID_ORPHAN"}
    odd |= {"POP_ODD", "HH_ODD", "XY_PREC", "DUP_FAC", "ADMIN_MISMATCH", "AREA_ODD", "NET_FAR"}
    odd |= {"YEAR_STALE", "PII", "SUM_MISMATCH"}
    assert {fault.code for fault in check_city(planted()).faults} & odd == set()


def test_an_overlap_is_said_in_m2_and_share_and_changes_nothing(
    planted: Callable[..., Path],
) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        # the first grid reaches 5 m into the second: 5 x 400 m
        features[0]["geometry"]["coordinates"] = [_square(0, 0, SIDE_M + 5)]

    (fault,) = _found(planted(plant), "GRID_OVER")
    assert (fault.feature_id, fault.row, fault.grid_ids) == ("G01", 2, ("G00", "G01"))
    area = float(re.search(r"by ([\d,.]+) m2", fault.message)[1].replace(",", ""))
    assert area == pytest.approx(2000, rel=1e-3)
    assert "1.2% of the smaller" in fault.message or "1.3% of the smaller" in fault.message


@pytest.mark.parametrize(
    ("width", "code", "area"), [(SIDE_M - 5, "GRID_GAP", 2000), (SIDE_M - 1, "GRID_SLIVER", 400)]
)
def test_a_gap_inside_a_community_is_said_with_its_size(
    planted: Callable[..., Path], width: float, code: str, area: float
) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        features[4]["geometry"]["coordinates"] = [_square(SIDE_M, SIDE_M, width)]

    (fault,) = _found(planted(plant), code)
    measured = float(re.search(r"of ([\d,.]+) m2", fault.message)[1].replace(",", ""))
    assert measured == pytest.approx(area, rel=2e-2)
    assert set(fault.grid_ids) >= {"G11", "G12"}
    lon, lat = fault.lonlat or (0, 0)
    west, south = lonlat([[SIDE_M + width, SIDE_M]])[0]
    assert 0 <= lon - west < 1e-4
    assert 0 <= lat - south < 5e-3


def test_a_slit_that_opens_to_the_outside_is_a_sliver_too(planted: Callable[..., Path]) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        for feature in features:
            feature["properties"]["社区"] = "社00"
        # G00 keeps a metre from G01 along the whole edge; the slit opens to the south
        features[0]["geometry"]["coordinates"] = [_square(0, 0, SIDE_M - 1)]

    (fault,) = _found(planted(plant), "GRID_SLIVER")
    assert {"G00", "G01"} <= set(fault.grid_ids)


def test_parts_and_grids_away_from_their_community_are_listed(
    planted: Callable[..., Path],
) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        far = _square(0, 2000, 100, 100)
        square = features[0]["geometry"]["coordinates"]
        features[0]["geometry"] = {"type": "MultiPolygon", "coordinates": [square, [far]]}
        # G20 says that it belongs to the street and community of G01 and G02
        features[6]["properties"] |= {"街道": "街0", "社区": "社01"}

    toml = planted(plant)
    (multi,) = _found(toml, "GRID_MULTI")
    assert (multi.feature_id, "2 parts" in multi.message) == ("G00", True)
    (apart,) = _found(toml, "GRID_OUTSIDE")
    assert apart.feature_id == "G20"
    assert "400 m from the other grids" in apart.message


def test_a_grid_without_the_area_that_others_name_is_an_orphan(
    planted: Callable[..., Path],
) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        features[3]["properties"]["社区"] = None
        features[5]["properties"]["社区"] = " "

    (fault,) = _found(planted(plant), "GRID_ORPHAN")
    assert (fault.affected, fault.rows) == (2, (4, 6))
    assert "no community" in fault.message


# People and households


@pytest.mark.parametrize(
    ("people", "households", "code", "says"),
    [
        ("90", "100", "POP_ODD", "More households (100) than people (90)"),
        ("0", "100", "POP_ODD", "No people, but 100 households"),
        ("110", "100", "POP_ODD", "1.1 people a household"),
        ("700", "100", "POP_ODD", "7.0 people a household"),
        ("16100", "5000", "POP_ODD", "per km2"),
        ("90", "29", "HH_ODD", "29 households; expected 30 to 1500"),
        ("4800", "1501", "HH_ODD", "1501 households"),
    ],
)
def test_odd_numbers_of_a_grid_are_listed_with_its_row(
    planted: Callable[..., Path], people: str, households: str, code: str, says: str
) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        for feature in features:
            feature["properties"] |= {"常住人口": "660", "户数": "220"}
        features[4]["properties"] |= {"常住人口": people, "户数": households}

    faults = [one for one in _found(planted(plant), code) if one.severity == "warning"]
    assert [one.row for one in faults if says in one.message] == [5]


def test_the_advised_number_of_households_is_one_hint_for_all(
    planted: Callable[..., Path],
) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        for at, feature in enumerate(features):
            feature["properties"] |= {"常住人口": "600", "户数": str(199 + at % 2)}

    (fault,) = _found(planted(plant), "HH_ODD")
    assert (fault.severity, fault.affected, fault.rows) == ("note", 5, (1, 3, 5, 7, 9))


def test_more_old_and_young_than_people_is_a_mismatch(planted: Callable[..., Path]) -> None:
    def plant(features: list[dict[str, Any]]) -> None:
        features[1]["properties"] |= {"老年人口": "150", "儿童人口": "51"}

    (fault,) = _found(planted(plant), "SUM_MISMATCH")
    assert (fault.row, "201 people" in fault.message) == (2, True)


# Facilities


def test_places_with_fewer_than_four_decimals_are_counted(planted: Callable[..., Path]) -> None:
    toml = planted(city=SmallCity(facilities=(CLINIC, CLINIC, CLINIC)))
    path = toml.parent / "facilities.csv"
    head, *rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    lon, lat = float(rows[0][3]), float(rows[0][4])
    for at, digits in enumerate((3, 4, 2)):
        rows[at][0] = f"F{at}"
        rows[at][3:5] = [f"{lon:.{digits}f}1" if digits == 4 else f"{lon:.{digits}f}", f"{lat:.3f}"]
    text = "\n".join(",".join(row) for row in [head, *rows])
    path.write_text(text, encoding="utf-8")
    (fault,) = _found(toml, "XY_PREC")
    assert fault.rows == (2, 4)


@given(st.integers(73_000, 135_000), st.integers(18_000, 53_000), st.integers(1, 9))
def test_a_fourth_decimal_in_one_of_the_two_is_enough(lon: int, lat: int, more: int) -> None:
    coarse = np.array([[lon / 1000, lat / 1000]])
    assert is_coarse(coarse).all()
    assert not is_coarse(coarse + np.array([[more / 1e4, 0]])).any()
    assert not is_coarse(coarse + np.array([[0, more / 1e4]])).any()


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("云泽卫生站", "云泽卫生站（东门）", True),
        ("惠民超市", "惠民超市 分店", True),
        ("惠民超市（解放路店）", "惠民超市", True),
        ("投放点（1）", "投放点（2）", False),
        ("东门小学", "西门小学", False),
        ("东门", "西门", False),
    ],
)
def test_a_branch_or_gate_does_not_make_another_name(one: str, other: str, are_one: bool) -> None:
    assert (folded_name(one) == folded_name(other)) is are_one


def test_one_name_close_together_is_a_candidate_and_very_close_a_warning(
    planted: Callable[..., Path],
) -> None:
    sites = [
        CLINIC,
        ("F2", "一号站（东门）", "MED_STATION", 285.0, 200.0, "open"),
        ("F3", "一号站", "MED_STATION", 200.0, 215.0, "open"),
        ("F4", "一号站", "EDU_PRIMARY", 200.0, 200.0, "open"),
        ("F5", "一号站", "MED_STATION", 600.0, 600.0, "open"),
    ]
    faults = _found(planted(city=SmallCity(facilities=sites)), "DUP_FAC")
    said = {(fault.row, fault.severity, fault.message.split(" m ")[0][-2:]) for fault in faults}
    # sqrt(85^2 + 15^2) = 86.3
    assert said == {(3, "note", "85"), (4, "warning", "15"), (4, "note", "86")}


def test_a_facility_in_another_community_than_it_names_is_said_with_the_distance(
    planted: Callable[..., Path],
) -> None:
    sites = [
        CLINIC,
        ("F2", "二号站", "MED_STATION", 200.0, 1000.0, "open"),
        ("F3", "三号站", "MED_STATION", 200.0, 410.0, "open"),
        ("F4", "四号站", "MED_STATION", 200.0, 3000.0, "open"),
    ]
    toml = planted(city=SmallCity(facilities=sites))
    # 社00 is grid 00; the second stands 600 m north of it, the third 10 m, the fourth in no grid
    _columns(toml, "所属社区", ["社00社区", "社00", "社00", "社00"])
    faults = _found(toml, "ADMIN_MISMATCH")
    assert [fault.row for fault in faults] == [3, 5]
    assert "stands in 社20, 600 m from 社00" in faults[0].message
    assert "stands in no community, 2,600 m from" in faults[1].message


def test_a_floor_area_of_nothing_or_of_a_campus_is_listed(planted: Callable[..., Path]) -> None:
    toml = planted(city=SmallCity(facilities=[(f"F{i}", f"{i}站", *CLINIC[2:]) for i in range(4)]))
    _columns(toml, "建筑面积", ["0", "20000", "20001", ""])
    assert [fault.row for fault in _found(toml, "AREA_ODD")] == [2, 4]


def test_places_far_from_every_street_are_counted(planted: Callable[..., Path]) -> None:
    # streets run along the middle of every grid; a corner is 200 m from them, the limit
    sites = [CLINIC, ("F2", "二号站", "MED_STATION", 260.0, 270.0, "open")]
    (fault,) = [
        one
        for one in _found(planted(city=SmallCity(facilities=sites)), "NET_FAR")
        if one.source == "facilities.csv"
    ]
    assert (fault.rows, fault.severity) == ((3,), "note")


# Months


def test_a_file_of_another_period_is_stale(planted: Callable[..., Path]) -> None:
    sites = [(f"F{i}", f"{i}站", *CLINIC[2:]) for i in range(5)]
    toml = planted(city=SmallCity(facilities=sites))
    _columns(toml, "数据年月", ["2026年10月", "2026-09", "2025", "2026", ""])
    (fault,) = _found(toml, "YEAR_STALE")
    assert fault.rows == (3, 4)


def test_a_jump_of_people_and_missing_months_are_said_against_the_published_month(
    tmp_path: Path,
) -> None:
    city = SmallCity(facilities=(CLINIC,), has_network=False)
    before = city.but(as_of="2026-07").write(tmp_path / "before")
    build_city(before, tmp_path / "store", ONE)
    # 100 -> 121 is 21 % more, 200 -> 240 exactly 20 %, 300 -> 239 is 20.3 % less
    people = ("121", "240", "239", *city.people[3:])
    now = city.but(people=people).write(tmp_path / "now")
    built = build_city(now, tmp_path / "store", ONE)
    jumps = [fault for fault in built.faults if fault.code == "POP_JUMP"]
    assert [fault.feature_id for fault in jumps] == ["G00", "G02"]
    assert "People 100 in 2026-07, now 121 (+21.0 %)" in jumps[0].message
    (missing,) = [fault for fault in built.faults if fault.code == "MONTH_MISSING"]
    assert missing.affected == 2
    assert "2026-08 to 2026-09" in missing.message
