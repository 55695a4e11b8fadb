"""Both lists of underserved grids: by hand in the micro city, by a plain recount in the demo."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from etl.demo import write_demo
from geo.store.connect import open_release
from geo.store.release import release_path
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def microcity(real_data, tmp_path_factory):
    store = tmp_path_factory.mktemp("microcity")
    source = real_data / "microcity" / "city.toml"
    subprocess.run(
        [sys.executable, "-m", "etl", "build", str(source), "--store", str(store)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return create_app(Snapshots(store)).server.test_client()


def far_of(client, query):
    got = client.get(f"/api/v1/underserved?{query}")
    assert got.status_code == 200, got.json
    return got.json, {row["grid_id"]: row for row in got.json["far"]["rows"]}


def test_the_micro_city_has_the_causes_of_its_description(microcity):
    got, far = far_of(microcity, "c=MED_STATION&m=15&t=walk")
    assert {name: row["cause"] for name, row in far.items()} == {
        "G3": "barrier",
        "G7": "no_facility",
    }
    assert far["G3"]["detour"] == pytest.approx(3.0, abs=0.01)
    assert (far["G3"]["line_m"], far["G7"]["walk_m"]) == (pytest.approx(400.0, abs=0.2), None)
    assert (got["gap"], got["gap_listed"], got["gap_on_target"]) == (1800.0, 1800.0, 0.0)
    _, far = far_of(microcity, "c=EDU_PRIMARY&m=15&t=walk")
    assert {name: row["cause"] for name, row in far.items()} == {
        "G1": "distant",
        "G7": "no_facility",
    }
    assert far["G1"]["detour"] == pytest.approx(1.34, abs=0.005)
    assert far["G1"]["missing"] == ["EDU_PRIMARY"]


def test_in_a_straight_line_nothing_stands_in_the_way(microcity):
    _, far = far_of(microcity, "c=MED_STATION&m=15&t=line")
    assert {name: (row["cause"], row["walk_m"], row["detour"]) for name, row in far.items()} == {
        "G7": ("no_facility", None, None)
    }


def test_more_minutes_take_the_barrier_away(microcity):
    got, far = far_of(microcity, "c=MED_STATION&m=19&t=walk")
    assert list(far) == ["G7"]
    assert got["far"]["causes"] == {"doubtful": 0, "no_facility": 1, "barrier": 0, "distant": 0}
    assert microcity.get("/api/v1/underserved?m=0").status_code == 400
    assert microcity.get("/api/v1/underserved?list=far").status_code == 400


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder / "city", grids=300)
    built = build_city(folder / "city" / "city.toml", folder / "store", BuildOptions(workers=2))
    con = open_release(release_path(folder / "store", built.release))
    yield create_app(Snapshots(folder / "store")).server.test_client(), con
    con.close()


def test_what_is_listed_and_what_is_not_adds_up_to_the_headline(demo):
    client, _ = demo
    for query in ("c=ELD_DAYCARE", "c=MED_STATION&t=line", "c=EDU_PRIMARY&m=10&b=elderly", "c=all"):
        got, far = far_of(client, f"{query}&limit=1000")
        headline = client.get(f"/api/v1/summary?{query}").json
        gap = headline["denominator"] - headline["numerator"]
        assert got["gap"] == pytest.approx(gap)
        assert got["gap_listed"] + got["gap_on_target"] == pytest.approx(got["gap"])
        assert sum(row["gap"] for row in far.values()) == pytest.approx(got["gap_listed"])
        assert sum(got["far"]["causes"].values()) == got["far"]["grids"] == len(far)
        gaps = [row["gap"] for row in got["far"]["rows"]]
        assert gaps == sorted(gaps, reverse=True)


def test_causes_equal_a_plain_recount_of_the_people_beyond(demo):
    client, con = demo
    _, far = far_of(client, "c=MED_STATION&m=15&t=walk&limit=1000")
    assert far
    limit_dm = 10_000
    rows = con.execute(
        "select g.grid_id, d.people_milli, r.line_dm, r.walk_dm, r.walk_code, g.reliability "
        "from reach as r join demand as d using (demand_idx) join grid as g using (grid_idx) "
        "join category as c on c.category_idx = r.category_idx and c.code = 'MED_STATION' "
        "order by d.demand_idx"
    ).fetchall()
    doubtful = {
        row[0]
        for row in con.execute(
            "select g.grid_id from doubtful as d join grid as g using (grid_idx) join category "
            "as c on c.category_idx = d.category_idx and c.code = 'MED_STATION' "
            "where d.line_dm <= ?",
            [limit_dm],
        ).fetchall()
    }
    found = set()
    for grid, row in far.items():
        beyond = [one for one in rows if one[0] == grid and (one[3] is None or one[3] > limit_dm)]
        beyond.sort(key=lambda one: one[3] if one[3] is not None else 10**12)
        total, passed = sum(one[1] or 0 for one in beyond), 0
        for one in beyond:
            passed += one[1] or 0
            if 2 * passed >= total:
                break
        _, _, line, walk, code, reliability = one
        if reliability == "C" or grid in doubtful:
            cause = "doubtful"
        elif line > limit_dm:
            cause = "no_facility"
        elif walk is None:
            cause = "doubtful" if code == 253 else "barrier"
        else:
            cause = "barrier" if walk / line >= 1.6 else "distant"
        assert row["cause"] == cause, grid
        assert row["line_m"] == line / 10
        found.add(cause)
    assert len(found) >= 2


def test_the_page_reads_the_same_lists(demo):
    client, _ = demo
    release = client.get("/api/v1/release").json["release"]
    got = client.get(f"/values/{release}/underserved?c=MED_STATION&m=15&t=walk").json
    _, far = far_of(client, "c=MED_STATION&m=15&t=walk&limit=1000")
    names = got["causes"]["far"]
    assert {
        grid: (names[cause], gap / 1000)
        for grid, cause, gap in zip(
            got["far"]["id"], got["far"]["cause"], got["far"]["gap"], strict=True
        )
    } == {grid: (row["cause"], row["gap"]) for grid, row in far.items()}
    assert len({len(column) for column in got["far"].values() if column is not None}) == 1
    assert client.get(f"/values/{release}/underserved?c=NOPE").status_code == 400


def test_not_enough_is_below_half_of_the_mean_or_below_the_floor(demo):
    client, con = demo
    seen = set()
    for category in ("ELD_DAYCARE", "EDU_KINDER", "MED_STATION", "EDU_PRIMARY"):
        got = client.get(f"/api/v1/underserved?c={category}&t=walk&limit=1000").json
        _, far = far_of(client, f"c={category}&t=walk&limit=1000")
        rows = got["short"]["rows"]
        assert not {row["grid_id"] for row in rows} & set(far)
        access = con.execute(
            "select g.people_milli, k.access from capacity as k join grid as g using (grid_idx) "
            "join category as c on c.category_idx = k.category_idx where c.code = ? "
            "and k.mode = 1 and k.method = '2sfca' and k.access is not null",
            [category],
        ).fetchall()
        people = sum(one for one, _ in access)
        mean = sum(one * has for one, has in access) / people if people else None
        for row in rows:
            seen.add(row["cause"])
            if row["cause"] == "capacity":
                assert mean is not None
                assert row["wanted"] == pytest.approx(mean / 2)
                assert row["access"] < row["wanted"]
            else:
                assert row["floor_m2"] < row["floor_m2_min"]
    assert seen


def values_of(client, name, query):
    release = client.get("/api/v1/release").json["release"]
    got = client.get(f"/values/{release}/{name}?{query}")
    assert got.status_code == 200, got.json
    return got.json


def test_a_third_without_any_supply_is_a_gini_of_a_third(microcity):
    got = values_of(microcity, "fairness", "c=MED_STATION&m=15&t=walk")
    # 3,600 of 5,400 people have the same access and 1,800 have none.
    assert got["access"]["people"]["gini"] == pytest.approx(1 / 3)
    assert got["access"]["people"]["held"][-1] == 1.0
    assert got["cohorts"]["people"]["numerator"] == 3_600_000
    assert got["cohorts"]["children"] is None
    assert got["streets"] == {"best": None, "worst": None}


def test_minutes_that_most_need_are_those_of_the_profile(demo):
    client, _ = demo
    got = values_of(client, "fairness", "c=MED_STATION&m=15&t=walk")
    for name, cohort in got["cohorts"].items():
        speed = cohort["speed"]
        assert speed == (name if name == "elderly" else "standard")
        for percent, minute in cohort["minutes"].items():
            query = f"c=MED_STATION&t=walk&b={name}&v={speed}"
            if minute is None:
                value = client.get(f"/api/v1/summary?{query}&m=60").json["value"]
                assert value * 100 < int(percent)
                continue
            value = client.get(f"/api/v1/summary?{query}&m={minute}").json["value"]
            assert value * 100 >= int(percent)
            if minute > 1:
                before = client.get(f"/api/v1/summary?{query}&m={minute - 1}").json["value"]
                assert before * 100 < int(percent)
    best, worst = got["streets"]["best"], got["streets"]["worst"]
    for street in (best, worst):
        value = client.get(f"/api/v1/summary?c=MED_STATION&t=walk&m=15&a={street['code']}").json
        assert value["value"] == street["numerator"] / street["denominator"]
    assert best["numerator"] * worst["denominator"] >= worst["numerator"] * best["denominator"]


def test_paper_against_feet_is_both_coverages_within_the_radius(microcity, real_data):
    path = real_data / "microcity" / "expected" / "coverage.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["minutes"] == "15" and row["people"]]
    for category, radius in (("EDU_PRIMARY", 500), ("MED_STATION", 300)):
        got = values_of(microcity, "paper", f"c={category}&t=walk")
        assert got["radius_m"] == radius
        for mode in ("line", "walk"):
            within = [
                float(row["people"])
                for row in rows
                if (row["category"], row["mode"]) == (category, mode)
                and row["nearest_m"]
                and float(row["nearest_m"]) <= radius
            ]
            assert got[mode] == sum(within) * 1000
    assert values_of(microcity, "paper", "c=all")["reason"] == "radius"


def test_completeness_counts_what_is_met_level_by_level(demo):
    client, _ = demo
    got = values_of(client, "completeness", "m=15&t=walk&c=MED_STATION")
    codes = [row["code"] for row in got["categories"]]
    assert codes
    total = dict.fromkeys(got["i"], 0)
    for code in codes:
        grids = client.get(f"/api/v1/grids?c={code}&m=15&t=walk&limit=1000").json["grids"]
        for i in total:
            total[i] += grids[i]["class"] in ("near", "full")
    assert dict(zip(got["i"], got["met"], strict=True)) == total
    assert sum(level["asked"] for level in got["levels"].values()) <= len(codes)


def test_those_who_depend_on_one_facility_lose_it_when_it_closes(demo):
    client, con = demo
    rows = values_of(client, "dependence", "c=MED_STATION&t=walk")
    assert [row["sole_milli"] for row in rows] == sorted(
        (row["sole_milli"] for row in rows), reverse=True
    )
    # Whoever reaches exactly one facility depends on it, so the sums agree with the points.
    ((reached,),) = con.execute(
        "select sum(d.people_milli) from reach as r join demand as d using (demand_idx) join "
        "category as c on c.category_idx = r.category_idx and c.code = 'MED_STATION' "
        "where r.walk_dm <= 10000"
    ).fetchall()
    assert sum(row["sole_milli"] for row in rows) <= reached
    assert max(row["served_milli"] for row in rows) <= reached
    assert sum(row["served_milli"] for row in rows) >= reached
