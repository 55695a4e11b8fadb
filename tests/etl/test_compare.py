"""Why a number changed: tiny cities in which one thing changes, with the effect known by hand.

The city has 3 x 3 grids of 400 m, 100..900 people in the middle of each (G00, G01, ... G22), a
street along every middle line and one clinic in the middle of G00. On foot 5 minutes are 333 m: a
clinic in the middle of a grid reaches the people of that grid; 10 minutes reach those beside it.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from geo.store import release as releases
from geo.store.connect import open_release
from tests.etl.cities import lonlat
from tests.etl.two_months import BASE, CLINIC, FAR, NEW, Month, Store, built_twice, october

Two = Callable[..., Store]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    """Build two months into one store."""
    return lambda *months: built_twice(tmp_path, *months)


def test_nothing_changes_in_the_same_files(two: Two) -> None:
    store = two(october())
    assert store.moved() == {}
    assert store.rows("select count(*) from change") == [(0,)]
    assert store.kinds() == []
    assert store.rows("select name from step where did_change") == []
    why = store.why()
    assert (why["old"]["month"], why["new"]["month"]) == ("2026-09", "2026-10")
    assert why["total"]["shown"] == why["total"]["amount_shown"] == 0
    # 100 people of G00 and 300 of G02 of 4,500
    assert (why["before"]["numerator"], why["before"]["denominator"]) == (400_000, 4_500_000)


def test_a_clinic_that_closes_loses_its_grid(two: Two) -> None:
    store = two(october(FAR))
    assert store.moved() == {"closed": -100}
    assert store.kinds() == [("closed", "F1")]
    assert store.rows("select name from step where did_change") == [("closed",)]
    (told,) = store.why()["differences"]
    assert (told["name"], told["before"], told["after"]) == ("一号站", "MED_STATION open", None)


def test_a_facility_tells_whom_it_served(two: Two) -> None:
    school = ("S1", "小学", "EDU_PRIMARY", 200.0, 200.0, "open")
    store = two(october(school), BASE.but(facilities=(CLINIC, school)))
    # within 15 minutes, 1,000 m: its own grid, two at 400 m, three at 800 m
    served = (100 + (200 + 400) + (300 + 500 + 700)) * 1000
    assert store.rows("select id, served_milli from difference") == [("F1", served)]


def test_a_status_with_a_date_is_a_closing_and_without_one_a_correction(two: Two) -> None:
    shut = (*CLINIC[:5], "closed")
    store = two(Month(october(shut, FAR), {"F1": ("", "2026-10-08")}))
    assert store.moved() == {"closed": -100}
    assert store.rows("select kind, dated from difference") == [("closed", "2026-10-08")]


def test_a_status_without_a_date_is_a_correction(two: Two) -> None:
    store = two(october((*CLINIC[:5], "closed"), FAR))
    assert store.moved() == {"corrections": -100}
    assert store.rows("select kind, before, after, detail from difference") == [
        ("corrected", "MED_STATION open", "MED_STATION closed", "status")
    ]


@pytest.mark.parametrize(
    ("opened", "step"),
    [
        ("2026-10-03", "opened"),
        ("2026年10月", "opened"),
        ("", "opened_undated"),
        ("2026", "opened_undated"),
        ("2025-10-03", "opened_undated"),
        ("2026-09-30", "opened_undated"),
    ],
)
def test_a_new_clinic_reaches_its_grid(two: Two, opened: str, step: str) -> None:
    store = two(Month(october(CLINIC, FAR, NEW), {"N1": (opened, "")}))
    assert store.moved() == {step: 900}
    assert store.kinds() == [(step, "N1")]
    why = store.why()
    # 400 of 4,500 are 8.9 percent, 1,300 are 28.9: twenty points
    assert (why["before"]["permille"], why["after"]["permille"]) == (89, 289)
    assert [one["shown"] for one in why["steps"] if one["shown"]] == [200]


def test_a_plan_that_opens_with_a_date_is_an_opening(two: Two) -> None:
    planned = (*NEW[:5], "planned")
    old = BASE.but(facilities=(CLINIC, FAR, planned))
    store = two(Month(october(CLINIC, FAR, NEW), {"N1": ("2026-10-20", "")}), old)
    assert store.moved() == {"opened": 900}


def test_a_corrected_place_moves_the_reach(two: Two) -> None:
    store = two(october((*CLINIC[:3], 600.0, 200.0, "open"), FAR))
    assert store.moved() == {"corrections": 200 - 100}
    assert store.kinds() == [("corrected", "F1"), ("moved", "F1")]
    ((metres, detail),) = store.rows("select metres, detail from difference where kind = 'moved'")
    assert metres == pytest.approx(400, abs=0.01)
    assert detail == "moved"


def test_another_category_is_a_correction_in_both(two: Two) -> None:
    store = two(october(("F1", "一号站", "MED_CENTRE", 200.0, 200.0, "open"), FAR))
    assert store.moved() == {"corrections": -100}
    assert store.moved(c="MED_CENTRE") == {"corrections": 100}


def test_a_street_shortens_walks_and_no_lines(two: Two) -> None:
    def without_the_southern_street(folder: Path) -> None:
        path = folder / "streets.geojson"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["features"] = [
            one for one in content["features"] if one["properties"]["name"] != "路0"
        ]
        path.write_text(json.dumps(content), encoding="utf-8")

    old = Month(BASE.but(facilities=(CLINIC,)), edit=without_the_southern_street)
    store = two(october(CLINIC), old)
    # 10 minutes are 666 m: G01, 400 m east, was 1,200 m away without the street between
    assert store.moved(10) == {"streets": 200}
    assert store.moved(10, t="line") == {}


def test_the_streets_bring_the_walk(two: Two) -> None:
    store = two(october(), BASE.but(has_network=False))
    why = store.why()
    assert store.moved() == {"streets": 400}
    assert (why["before"]["numerator"], why["before"]["permille"]) == (None, None)
    assert (why["after"]["permille"], why["total"]["points"], why["total"]["shown"]) == (
        89,
        None,
        None,
    )
    assert store.moved(t="line") == {}


def test_more_people_in_a_grid(two: Two) -> None:
    people = ("150", *BASE.people[1:])
    store = two(october(people=people))
    why = store.why()
    assert store.moved() == {"people": 50}
    assert [(one["name"], one["denominator"]) for one in why["steps"] if one["denominator"]] == [
        ("people", 50_000)
    ]
    assert store.kinds() == [("grid_people", "G00")]
    assert store.rows("select before, after from difference") == [("100000", "150000")]


def test_a_few_more_people_are_no_difference(two: Two) -> None:
    store = two(october(people=("110", *BASE.people[1:])))
    assert store.moved() == {"people": 10}
    assert store.kinds() == []


def halved(folder: Path) -> None:
    """Split G00 into a western half of 40 and an eastern half of 60 people."""
    path = folder / "grids.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    whole = content["features"].pop(0)
    for name, people, west in (("G00a", "40", 0.0), ("G00b", "60", 200.0)):
        ring = [[west, 0], [west + 200, 0], [west + 200, 400], [west, 400], [west, 0]]
        properties = {**whole["properties"], "网格编码": name, "常住人口": people}
        geometry = {"type": "Polygon", "coordinates": [lonlat(ring)]}
        content["features"].append(
            {"type": "Feature", "properties": properties, "geometry": geometry}
        )
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def test_a_split_grid(two: Two) -> None:
    store = two(Month(october(), edit=halved))
    # the people stood at the clinic; now they stand 100 m west and east of it, two minutes
    assert store.moved(1) == {"grids": -100}
    assert store.moved(2) == {}
    assert store.kinds() == [("grid_split", "G00")]
    assert store.rows("select detail, before from difference") == [("G00a,G00b", "100000")]


def test_a_merged_grid(two: Two) -> None:
    store = two(october(), Month(BASE, edit=halved))
    assert store.moved(1) == {"grids": 100}
    assert store.kinds() == [("grid_merged", "G00")]


def test_a_faster_walk_is_a_rule(two: Two) -> None:
    store = two(october(speeds='standard = "100"'))
    # 5 minutes become 500 m: beside G00 lie G01 and G10, beside G02 lies G12
    assert store.moved() == {"rules": 200 + 400 + 600}
    assert store.rows("select name from step where did_change") == [("rules",)]


def test_all_at_once_telescopes(two: Two) -> None:
    shut = ("F2", "二号站", "MED_STATION", 600.0, 1000.0, "open")
    old = BASE.but(
        facilities=(CLINIC, FAR, shut, ("S1", "小学", "EDU_PRIMARY", 200.0, 200.0, "open"))
    )
    moved = (*CLINIC[:3], 600.0, 200.0, "open")
    late = ("N2", "晚站", "MED_STATION", 600.0, 600.0, "open")
    new = october(
        *(moved, FAR, NEW, late, ("S1", "小学", "EDU_PRIMARY", 200.0, 600.0, "open")),
        people=("150", "200", "300", "400", "500", "600", "700", "800", "1000"),
        speeds='standard = "1000/15"\nbrisk = 90.0',
    )
    store = two(Month(new, {"N1": ("2026-10-03", "")}, halved), old)
    # of the split G00 the eastern 60 stand 300 m from the corrected place, the western 40 too far
    assert store.moved() == {
        "corrections": 200 - 40,
        "closed": -800,
        "opened": 900,
        "opened_undated": 500,
        "people": 100,
    }
    for code in ("MED_STATION", "EDU_PRIMARY", "all"):
        for mode in ("walk", "line"):
            for basis in ("people", "area"):
                for minute in (0, 1, 5, 10, 15, 60):
                    why = store.why(minute, c=code, t=mode, b=basis)
                    steps = why["steps"]
                    ends = why["after"]["numerator"] - why["before"]["numerator"]
                    assert sum(one["numerator"] for one in steps) == ends
                    assert sum(one["shown"] for one in steps) == why["total"]["shown"]
                    assert (
                        why["after"]["permille"] - why["before"]["permille"]
                        == why["total"]["shown"]
                    )
                    assert sum(one["amount_shown"] for one in steps) == why["total"]["amount_shown"]


def test_the_ends_are_the_releases_own_numbers(two: Two) -> None:
    store = two(Month(october(CLINIC, FAR, NEW, people=("7", *BASE.people[1:])), edit=halved))
    old, new = (open_release(releases.release_path(store.path, one.release)) for one in store.built)
    query = (
        "select area.code, minute, sum(people)::bigint from area_profile "
        "join area using (area_idx) join category using (category_idx) "
        "where category.code = 'MED_STATION' and mode = 1 "
        "group by all order by all"
    )
    before, after = (
        {(code, minute): people for code, minute, people in con.execute(query).fetchall()}
        for con in (old, new)
    )
    for con in (old, new):
        con.close()
    steps = store.rows(
        "select area_code, minute, sum(people)::bigint from change "
        "where category = 'MED_STATION' and mode = 1 group by all"
    )
    moved = {(code, minute): people for code, minute, people in steps}
    for key in before.keys() | after.keys() | moved.keys():
        assert before.get(key, 0) + moved.get(key, 0) == after.get(key, 0), key


def test_the_first_facilities_of_a_city(two: Two) -> None:
    store = two(october(CLINIC), BASE.but(facilities=()))
    assert store.moved() == {"opened_undated": 100}
    assert store.kinds() == [("opened_undated", "F1")]


def test_a_city_that_knows_no_people_still_has_areas(two: Two) -> None:
    store = two(Month(october(FAR, has_people=False), edit=halved), BASE.but(has_people=False))
    why = store.why()
    assert (why["before"]["numerator"], why["before"]["denominator"]) == (None, None)
    assert (why["total"]["shown"], why["total"]["points"]) == (None, None)
    # straight, the circle of 333 m around the clinic is lost, as far as it lies in the city
    circle = shapely.Point(200, 200).buffer(333.3, quad_segs=4096)
    lost_m2 = shapely.area(shapely.intersection(circle, shapely.box(0, 0, 1200, 1200)))
    steps = {one["name"]: one["numerator"] for one in store.why(b="area", t="line")["steps"]}
    assert steps["closed"] / 100 == pytest.approx(-lost_m2, abs=1)
    # each of the grids is measured to 0.01 square metres, so cutting one in two may move that
    assert abs(steps["grids"]) <= 3
    assert sum(steps.values()) == steps["closed"] + steps["grids"]
