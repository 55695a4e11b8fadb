"""What a build promises: cities with parts missing, numbers that add up, the old release kept."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import checks
from etl.build import BuildOptions, Built, build_city
from geo.errors import InputDataError, LivingCircleError, SettingsError, StoreError
from geo.reach import line_reach
from geo.store import release as releases
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
# What the steps themselves hold, beside the rules that are asked of the finished tables.
ALONGSIDE = ("adding_never_lowers", "capacity_conserved")


def test_a_plain_city_keeps_every_invariant(build: Build, ask: Ask) -> None:
    assert build().is_published
    results = ask("select name, ok, detail from check_result")
    assert {name for name, _, _ in results} == {*checks.RULES, *ALONGSIDE}
    assert [row for row in results if not row[1]] == []


def test_areas_own_runs_of_grids_in_order(build: Build, ask: Ask) -> None:
    build()
    rows = ask("select level, code, grid_lo, grid_hi, people_milli from area order by area_idx")
    assert rows[0] == ("city", "小城", 0, 9, 4_500_000)
    assert rows[1] == ("street", "街0", 0, 3, 600_000)
    assert ("community", "街0/社00", 0, 1, 100_000) in rows
    assert ("community", "街2/社21", 7, 9, 1_700_000) in rows


def test_only_open_facilities_count(build: Build, ask: Ask) -> None:
    build()
    assert ask(
        "select code, facilities, facilities_other from category "
        "where facilities + facilities_other > 0 and code <> 'all' order by code"
    ) == [("EDU_PRIMARY", 1, 0), ("MED_STATION", 1, 1)]
    near = ask(
        "select distinct facility_id from nearest join facility on "
        "facility_idx = nearest_facility_idx order by 1"
    )
    assert near == [("F1",), ("S1",)]


def test_a_walk_along_the_streets_is_as_long_as_it_is(build: Build, ask: Ask) -> None:
    build()
    # from the middle of G22 (1000, 1000) to F1 (200, 200): 800 m west and 800 m south
    ((line_dm, walk_dm),) = ask(
        "select line_dm, walk_dm from reach join category using (category_idx) "
        "join demand using (demand_idx) join grid using (grid_idx) "
        "where category.code = 'MED_STATION' and grid_id = 'G22'"
    )
    assert line_dm == 11_313  # 800 * sqrt 2 = 1131.37 m, rounded down
    assert 16_000 <= walk_dm <= 16_002  # each of four segments may round up by 1 cm


def test_without_a_network_there_are_straight_lines_only(build: Build, ask: Ask) -> None:
    build(SmallCity(has_network=False))
    assert ask("select has_network from release") == [(False,)]
    assert ask("select distinct mode from profile") == [(0,)]
    assert ask("select distinct walk_code, walk_dm from reach") == [(255, None)]
    assert ask("select count(*) from node") == [(0,)]


def test_without_people_area_is_still_covered(build: Build, ask: Ask) -> None:
    build(SmallCity(has_people=False))
    assert ask("select has_people from release") == [(False,)]
    assert ask("select people_milli from area where area_idx = 0") == [(None,)]
    ((people, area),) = ask("select sum(people), sum(area) from area_profile where area_idx = 0")
    assert people == 0
    assert area > 0
    assert ask("select distinct reliability from grid") == [("C",)]


def test_without_a_hierarchy_the_city_is_the_only_area(build: Build, ask: Ask) -> None:
    build(SmallCity(has_hierarchy=False))
    assert ask("select level, grid_hi from area") == [("city", 9)]
    assert ask("select count(community_idx), count(street_idx) from grid") == [(0, 0)]


def test_without_facilities_nothing_is_covered(build: Build, ask: Ask) -> None:
    build(SmallCity(facilities=()))
    assert ask("select count(*) from profile") == [(0,)]
    assert ask("select count(*) from category where code = 'all'") == [(0,)]
    assert ask("select sum(people_milli) from demand") == [(4_500_000,)]


def test_a_closed_category_covers_nobody_and_says_so(build: Build, ask: Ask) -> None:
    build(SmallCity(facilities=(("F2", "二号站", "MED_STATION", 0.0, 0.0, "closed"),)))
    assert ask("select distinct code, nearest_dm from nearest") == [(255, None)]
    assert ask("select count(*) from profile") == [(0,)]


def test_unknown_people_are_not_nobody(build: Build, ask: Ask) -> None:
    build(SmallCity(people=("0", "", *SmallCity.people[2:])))
    assert ask("select grid_id, people_milli, reliability from grid limit 2") == [
        ("G00", 0, "B"),
        ("G01", None, "C"),
    ]


def test_buildings_carry_the_grid_s_own_number(build: Build, ask: Ask) -> None:
    city = SmallCity(buildings=((100.0, 100.0, "1"), (300.0, 300.0, "2"), (5000.0, 0.0, "9")))
    built = build(city)
    assert ask("select people_milli from demand where grid_idx = 0 order by lon") == [
        (33_333,),
        (66_667,),
    ]
    assert ask("select sum(people_milli) from demand") == [(4_500_000,)]
    assert [f.row for f in built.faults if f.code == "XY_RANGE"] == [4]
    assert ask("select source, row, reason from rejected") == [("buildings.csv", 4, "XY_RANGE")]
    # a grid with buildings is A unless they disagree with it; the others are spread: B
    assert ask("select grid_id, reliability from grid limit 2") == [("G00", "C"), ("G01", "B")]


def test_rows_of_one_id_are_entrances_and_others_are_kept_aside(build: Build, ask: Ask) -> None:
    built = build(
        SmallCity(
            facilities=(
                ("P1", "公园", "GRN_PARK", 100.0, 100.0, "open"),
                ("P1", "公园", "GRN_PARK", 900.0, 900.0, "open"),
                ("P1", "别的公园", "GRN_PARK", 500.0, 500.0, "open"),
                ("P1", "小学", "EDU_PRIMARY", 500.0, 500.0, "开放"),
            )
        )
    )
    assert ask("select facility_id from facility order by 1") == [
        ("EDU_PRIMARY:P1",),
        ("GRN_PARK:P1",),
    ]
    assert ask("select count(*) from entrance") == [(3,)]
    assert [(f.code, f.row) for f in built.faults if f.code == "CODE_DUP"] == [("CODE_DUP", 4)]
    assert ask("select reason, row from rejected") == [("CODE_DUP", 4)]
    assert ask(
        "select rows_in, rows_loaded, rows_fixed, rows_quarantined from source "
        "where kind = 'facilities'"
    ) == [(4, 3, 0, 1)]


def test_duplicate_and_missing_grid_codes_are_kept_aside(build: Build, ask: Ask) -> None:
    ids = ["G00", "G00", "", *(f"G{i}" for i in range(3, 9))]
    built = build(SmallCity(grid_ids=ids))
    assert [(f.code, f.row) for f in built.faults if f.code in ("CODE_DUP", "GRID_NOCODE")] == [
        ("CODE_DUP", 2),
        ("GRID_NOCODE", 3),
    ]
    assert ask("select count(*) from grid") == [(7,)]
    assert ask("select row, reason from rejected order by row") == [
        (2, "CODE_DUP"),
        (3, "GRID_NOCODE"),
    ]


def test_text_in_a_number_is_unknown_and_reported(build: Build, ask: Ask) -> None:
    built = build(SmallCity(people=("上百", "1,200", "３００", *SmallCity.people[3:])))
    assert ask("select people_milli from grid limit 3") == [(None,), (1_200_000,), (300_000,)]
    (fault,) = [f for f in built.faults if f.code == "NUM_TEXT"]
    assert (fault.source, fault.row) == ("grids.geojson", 1)
    assert "上百" in fault.message
    assert ask("select rows_loaded, rows_fixed from source where kind = 'grids'") == [(6, 3)]


def test_a_facility_far_away_is_kept_and_warned_of(build: Build, ask: Ask) -> None:
    far = ("F9", "远站", "MED_STATION", 40_000.0, 0.0, "open")
    built = build(SmallCity(facilities=(*SmallCity.facilities, far)))
    assert [f.feature_id for f in built.faults if f.code == "XY_FAR"] == ["F9"]
    assert ask("select grid_idx from facility where facility_id = 'F9'") == [(None,)]


def test_a_network_of_another_place_blocks(build: Build, tmp_path: Path) -> None:
    build()
    before = releases.current(tmp_path / "store")
    toml = SmallCity().write(tmp_path / "other")
    streets = tmp_path / "other" / "streets.geojson"
    streets.write_text(streets.read_text(encoding="utf-8").replace("[117.", "[118."), "utf-8")
    with pytest.raises(LivingCircleError, match=r"network|street"):
        build_city(toml, tmp_path / "store", BuildOptions())
    assert releases.current(tmp_path / "store") == before


@pytest.mark.parametrize(
    ("break_it", "error", "says"),
    [
        (lambda f: (f / "facilities.csv").write_bytes(b"\x00\x01\x02"), InputDataError, "facil"),
        (lambda f: (f / "facilities.csv").unlink(), LivingCircleError, "facilities.csv"),
        (lambda f: (f / "grids.geojson").write_text("{}", "utf-8"), InputDataError, "grids"),
        (
            lambda f: (f / "city.toml").write_text(
                (f / "city.toml").read_text("utf-8").replace("people =", "peple ="), "utf-8"
            ),
            SettingsError,
            "people",
        ),
    ],
    ids=["unreadable", "missing", "empty", "typo"],
)
def test_bad_input_is_one_message_and_the_published_release_stays(
    build: Build,
    tmp_path: Path,
    break_it: Callable[[Path], object],
    error: type[Exception],
    says: str,
) -> None:
    build()
    store = tmp_path / "store"
    before = releases.current(store)
    toml = SmallCity().write(tmp_path / "broken")
    break_it(toml.parent)
    with pytest.raises(error, match=says):
        build_city(toml, store, BuildOptions())
    assert releases.current(store) == before
    assert releases.serving(store) == (before, False)
    assert not list((store / "data").glob(".build-*"))


def test_a_broken_invariant_blocks(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "RULES", {"none_without_facility": "no category"})
    monkeypatch.setattr(checks, "etl_sql", lambda name: "select 'one', 'two'")
    with pytest.raises(StoreError, match=r"none_without_facility.*one, two"):
        build()


def test_a_measure_that_worsens_with_more_facilities_is_caught(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a nearest-facility search that is wrong: it looks at the last door only
    monkeypatch.setattr(
        checks, "line_reach", lambda xy, doors, facility: line_reach(xy, doors[-1:], facility[-1:])
    )
    two = (*SmallCity.facilities, ("F3", "三号站", "MED_STATION", 1000.0, 1000.0, "open"))
    with pytest.raises(StoreError, match=r"adding_never_lowers.*distances"):
        build(SmallCity(facilities=two, has_network=False))


def test_strict_refuses_warnings_but_keeps_the_release(build: Build, tmp_path: Path) -> None:
    city = SmallCity(people=("x", *SmallCity.people[1:]))
    built = build(city, strict=True)
    assert not built.is_published
    assert releases.current(tmp_path / "store") is None
    published = releases.publish(tmp_path / "store")
    assert published.release == built.release.release
    assert published.warnings == 1


def test_history_is_carried_forward_and_the_same_month_replaced(build: Build, ask: Ask) -> None:
    build(SmallCity(as_of="2026-09"))
    build(SmallCity(as_of="2026-10", people=("110", *SmallCity.people[1:])))
    build(SmallCity(as_of="2026-10", people=("120", *SmallCity.people[1:])))
    totals = ask(
        "select month, people_milli from history_total where area_code = '小城' order by month"
    )
    assert totals == [("2026-09", 4_500_000), ("2026-10", 4_520_000)]
    ((now, kept),) = ask(
        "select (select sum(people) from area_profile where area_idx = 0 and speed_idx = 0), "
        "(select sum(people) from history where area_code = '小城' and month = '2026-10')"
    )
    assert now == kept


def test_a_damaged_past_does_not_keep_a_new_month_out(build: Build, tmp_path: Path) -> None:
    built = build(SmallCity(as_of="2026-09"))
    path = releases.release_path(tmp_path / "store", built.release)
    path.write_bytes(path.read_bytes()[:-1])
    again = build(SmallCity(as_of="2026-10"))
    assert again.is_published
    warned = [fault.code for fault in again.faults if fault.severity == "warning"]
    assert warned == ["HISTORY_LOST", "COMPARE_MISSING"]


def test_a_full_disk_is_one_message_and_leaves_nothing(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build()

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("etl.build.content_with_tasks", full)
    with pytest.raises(StoreError, match=r"disk of .* is full"):
        build(SmallCity(as_of="2026-11"))
    store = tmp_path / "store"
    assert releases.serving(store) == (built.release, False)
    assert not list((store / "data").glob(".build-*"))


def test_a_build_killed_in_the_middle_leaves_the_old_release(build: Build, tmp_path: Path) -> None:
    built = build()
    store = tmp_path / "store"
    toml = SmallCity(as_of="2026-11").write(tmp_path / "next")
    driver = (
        "import os, signal, sys; from pathlib import Path; import etl.build as b;"
        "b.content_with_tasks = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
        "b.build_city(Path(sys.argv[1]), Path(sys.argv[2]), b.BuildOptions())"
    )
    died = subprocess.run([sys.executable, "-c", driver, str(toml), str(store)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert list((store / "data").glob(".build-*"))
    assert releases.serving(store) == (built.release, False)
    assert build(SmallCity(as_of="2026-12")).is_published
    assert not list((store / "data").glob(".build-*"))


def test_all_is_as_far_as_the_farthest_mandatory_category(build: Build, ask: Ask) -> None:
    build(
        SmallCity(
            facilities=(
                ("S1", "小学", "EDU_PRIMARY", 200.0, 200.0, "open"),
                ("K1", "幼儿园", "EDU_KINDER", 1000.0, 200.0, "open"),
                ("M1", "卫生站", "MED_STATION", 600.0, 600.0, "open"),
            )
        )
    )
    rows = ask(
        "select mode, grid_idx, max(nearest_dm) filter (where category.code <> 'all'), "
        "max(nearest_dm) filter (where category.code = 'all') from nearest "
        "join category using (category_idx) where is_mandatory or category.code = 'all' "
        "group by all"
    )
    assert len(rows) == 18
    assert all(farthest == together for _, _, farthest, together in rows)


def test_two_speeds_share_one_distance(build: Build, ask: Ask) -> None:
    build(SmallCity(speeds='standard = "1000/15"\nelderly = 50.0'))
    assert ask("select name, numerator, denominator from speed") == [
        ("standard", 200, 3),
        ("elderly", 50, 1),
    ]
    ((fast, slow),) = ask(
        "select sum(people) filter (where speed_idx = 0), sum(people) filter (where speed_idx = 1) "
        "from area_profile where area_idx = 0 and minute <= 12"
    )
    assert fast > slow > 0
