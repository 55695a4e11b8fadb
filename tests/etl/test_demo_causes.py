"""The demo city plants one grid for each cause, at any size and seed, and the lists find it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from etl.build import BuildOptions, build_city
from etl.demo.causes import CLEARED_M, plant_causes, with_causes
from etl.demo.city import City, make_city
from etl.demo.months import THIS_MONTH, Month
from geo.causes import FAR_CAUSES, SHORT_CAUSES
from geo.store.asking import resolve
from geo.store.connect import open_release
from geo.store.fixes import crossed
from geo.store.opened import OpenRelease
from geo.store.release import release_path
from geo.store.underserved import far_rows, short_rows
from geo.store.underserved_lists import grid_names
from tests.etl.demo_files import GRIDS

EVERY = [*FAR_CAUSES, *SHORT_CAUSES]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def release(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRelease]:
    store = tmp_path_factory.mktemp("causes")
    built = build_city(demo_folder / "city.toml", store, BuildOptions(workers=2))
    con = open_release(release_path(store, built.release))
    yield OpenRelease("1-0", con)
    con.close()


@pytest.fixture(scope="module")
def listed(release: OpenRelease) -> Callable[[str, str], list[Row]]:
    """Give the rows of both lists of a category for one grid, at 15 minutes on foot."""

    def run(category: str, grid_id: str) -> list[Row]:
        question, dropped = resolve(release, {"c": category, "t": "walk"})
        assert not dropped
        names = grid_names(release, question)
        rows = [*far_rows(release, question, 15), *short_rows(release, question, 15)]
        return [row for row in rows if names[row["i"]] == grid_id]

    return run


@pytest.mark.parametrize(("grids", "seed"), [(GRIDS, 1), (GRIDS, 2), (420, 7)])
def test_every_cause_is_planted_once_in_a_grid_and_a_category_of_its_own(
    grids: int, seed: int
) -> None:
    planted = plant_causes(make_city(grids, seed, lambda _share, _message: None))
    assert sorted(one.cause for one in planted) == sorted(EVERY)
    assert len({one.grid for one in planted}) == len({one.category for one in planted}) == 6


def test_nothing_else_of_the_category_stands_around_a_planted_grid(demo_plan: City) -> None:
    planted = plant_causes(demo_plan)
    before = Month(
        THIS_MONTH, demo_plan.population.counts, demo_plan.buildings, demo_plan.facilities
    )
    after = with_causes(demo_plan, before, planted)
    for one in planted:
        shape = demo_plan.blocks.shapes[one.grid]
        near = [
            each
            for each in after.facilities
            if each.kind.code == one.category
            and shape.distance(shapely.Point(each.x_m, each.y_m)) <= CLEARED_M
        ]
        assert near == ([] if one.facility is None else [one.facility])


@pytest.mark.parametrize("cause", EVERY)
def test_a_planted_grid_is_listed_under_its_cause_with_its_evidence(
    demo_plan: City, listed: Callable[[str, str], list[Row]], cause: str
) -> None:
    (one,) = [each for each in plant_causes(demo_plan) if each.cause == cause]
    (row,) = listed(one.category, demo_plan.areas.code[one.grid])
    assert row["cause"] == cause
    if cause == "doubtful":
        assert one.facility is not None
        assert row["doubt"]["facility_id"] == one.facility.id
    elif cause == "no_facility":
        assert row["line_dm"] > 10_000
    elif cause == "barrier":
        assert row["line_dm"] <= 10_000 < row["walk_dm"]
        assert row["detour"] >= 1.6
    elif cause == "distant":
        assert row["line_dm"] <= 10_000 < row["walk_dm"]
        assert 1 <= row["detour"] < 1.6
    elif cause == "capacity":
        assert 0 < row["access"] < row["wanted"]
    else:
        assert (row["floor_dm2"], row["floor_min_dm2"]) == (18_000, 35_000)


def test_ways_out_of_a_walled_estate_name_its_wall(release: OpenRelease) -> None:
    with release.cursor() as cursor:
        rows = cursor.execute(
            "select name, st_x(st_centroid(st_envelope(geom))), "
            "st_y(st_centroid(st_envelope(geom))) from basemap where layer = 'barriers' "
            "order by basemap_idx"
        ).fetchall()
    assert rows
    for name, lon, lat in rows[:5]:
        ways = [(0.005, 0.0), (-0.005, 0.0), (0.0, 0.005), (0.0, -0.005)]
        wall = {"layer": "barriers", "name": name}
        named = [wall in crossed(release, [lon, lat], [lon + x, lat + y]) for x, y in ways]
        # At most one of the four goes out by a gate.
        assert sum(named) >= 3, name


@pytest.mark.parametrize(
    ("row", "rule", "verdict"),
    [
        (1, "H13", "fail"),
        (2, "H13", "pass"),
        (3, "R11", "fail"),
        (4, "R12", "fail"),
        (5, "H15b", "fail"),
    ],
)
def test_what_is_planted_in_the_ledger_of_communities_is_judged(
    release: OpenRelease, demo_plan: City, row: int, rule: str, verdict: str
) -> None:
    with release.cursor() as cursor:
        found = cursor.execute(
            "select verdict.verdict from verdict join rule using (rule_idx) "
            "join area on area.area_idx = place_idx "
            "where rule.rule = $rule and rule.level = 'community' and area.name = $name",
            {"rule": rule, "name": demo_plan.areas.community_name[row]},
        ).fetchall()
    assert found == [(verdict,)]


def test_a_grid_without_a_worker_is_known_to_be_unstaffed(release: OpenRelease) -> None:
    with release.cursor() as cursor:
        ((verdict, numerator, unknown),) = cursor.execute(
            "select verdict.verdict, numerator, unknown from verdict join rule using (rule_idx) "
            "where rule.rule = 'G06'"
        ).fetchall()
        ((staffed,),) = cursor.execute("select count(*) from grid where has_worker").fetchall()
    assert (verdict, numerator, unknown) == ("fail", staffed, 0)
