"""All mandatory categories together: nobody has all of them where one is shut; each own radius."""

from collections.abc import Callable

import pytest

from etl.build import Built
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
SCHOOL = ("S1", "小学", "EDU_PRIMARY", 600.0, 600.0, "open")
KINDER = ("K1", "幼儿园", "EDU_KINDER", 600.0, 600.0, "open")
STATION = ("A1", "服务中心", "ADM_STREET", 200.0, 600.0, "open")
WASTE = ("R1", "回收站", "ENV_RECYCLE", 5000.0, 600.0, "open")
SHUT = ("M1", "药店", "MED_PHARM", 600.0, 600.0, "closed")


def test_nobody_has_everything_where_one_required_service_is_shut(build: Build, ask: Ask) -> None:
    build(SmallCity(facilities=(SCHOOL, SHUT)))
    assert ask("select facilities, facilities_other from category where code = 'all'") == [(1, 1)]
    assert ask(
        "select distinct nearest.code, nearest_dm, nearest_facility_idx from nearest "
        "join category using (category_idx) where category.code = 'all'"
    ) == [(255, None, None)]
    for table in ("profile", "area_profile", "profile_standard", "area_standard"):
        assert ask(
            f"select count(*) from {table} join category using (category_idx) where code = 'all'"
        ) == [(0,)], table
    ((school,),) = ask(
        "select sum(people) from area_profile join category using (category_idx) "
        "where code = 'EDU_PRIMARY' and area_idx = 0 and mode = 0"
    )
    assert school == 4_500_000


def test_a_city_whose_only_required_service_is_shut_still_knows_of_all(
    build: Build, ask: Ask
) -> None:
    build(SmallCity(facilities=(SHUT,)))
    assert ask("select facilities, facilities_other from category where code = 'all'") == [(0, 1)]
    assert ask("select count(*), min(code) from nearest where nearest_dm is null") == [(36, 255)]


def test_the_standard_of_all_is_each_within_its_own_radius(build: Build, ask: Ask) -> None:
    build(SmallCity(facilities=(SCHOOL, KINDER, STATION, WASTE)))
    assert ask("select code, radius_m from category where is_mandatory and facilities > 0") == [
        ("EDU_PRIMARY", 500),
        ("EDU_KINDER", 300),
        ("ADM_STREET", 1000),
        ("ENV_RECYCLE", None),
    ]
    # centres stand 400 m apart: only G11 is within 300 m of the kindergarten, and it is within the
    # others' radii too; the far recycling point has none
    rows = ask(
        "select mode, grid_id, people from profile_standard join category using (category_idx) "
        "join grid using (grid_idx) where code = 'all' and people > 0 order by mode"
    )
    assert rows == [(0, "G11", 500_000), (1, "G11", 500_000)]
    assert ask(
        "select mode, people from area_standard join category using (category_idx) "
        "where code = 'all' and area_idx = 0 order by mode"
    ) == [(0, 500_000), (1, 500_000)]


def test_the_area_within_every_own_radius_is_that_within_the_smallest_of_one_place(
    build: Build, ask: Ask
) -> None:
    build(SmallCity(facilities=(SCHOOL, KINDER)))
    ((together, smallest, whole),) = ask(
        "select sum(s.area) filter (where category.code = 'all'), "
        "sum(s.area) filter (where category.code = 'EDU_KINDER'), "
        "any_value(area.area_dm2) "
        "from area_standard as s join category using (category_idx) "
        "join area using (area_idx) where area_idx = 0 and mode = 0"
    )
    # both stand in one place; the lattice of 16 points or more a grid limits the exact area
    assert together <= smallest
    assert together == pytest.approx(smallest, abs=whole * 0.02)
