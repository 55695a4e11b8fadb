"""The drawn walk is the walk that is counted: same start, same door, same length."""

import random

import numpy as np
import pytest

from etl.build import BuildOptions, build_city
from geo.crs import to_metric
from geo.store import release as releases
from geo.store import routes
from geo.store.asking import resolve
from geo.store.connect import open_release
from geo.store.opened import OpenRelease
from geo.store.places import place
from tests.bench.lattice_city import LatticeCity, write_lattice_city
from tests.dashboard import small_release
from tests.etl.cities import CRS, SmallCity

CITY = LatticeCity(
    side=6, grid_m=400.0, street_m=80.0, spacing_m=100.0, categories=2, facilities=8, per_district=3
)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("routes")
    store = folder / "store"
    build_city(write_lattice_city(folder / "city", CITY), store, BuildOptions(workers=1))
    opened = OpenRelease(
        "1-0", open_release(releases.release_path(store, releases.find(store, None)))
    )
    yield opened
    opened.close()


def rows_of(release, query, **values):
    with release.cursor() as cursor:
        found = cursor.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def drawn_m(crs, lines):
    """Length of each line; projected together, because a projection is slow to set up."""
    xy = to_metric(crs, np.concatenate([np.array(line) for line in lines]))
    ends = np.cumsum([len(line) for line in lines])[:-1]
    return [float(np.hypot(*np.diff(part, axis=0).T).sum()) for part in np.split(xy, ends)]


REACHED = """
select r.*, d.lon, d.lat, s.edge_idx, s.from_u_cm, s.from_v_cm, s.leg_cm
from {table} as r
join demand as d using (demand_idx)
join snap as s on s.kind = 'demand' and s.idx = r.demand_idx
where r.walk_dm > 0 order by r.category_idx, r.demand_idx
"""
DOORS = """
select e.lon, e.lat, s.edge_idx, s.from_u_cm, s.from_v_cm, s.leg_cm
from entrance as e join snap as s on s.kind = 'entrance' and s.idx = e.entrance_idx
where e.facility_idx = $facility order by e.entrance_idx
"""


@pytest.mark.parametrize("table", ["reach", "reach_own"])
def test_the_walk_of_a_point_is_as_long_as_the_release_says(release, table):
    rows = rows_of(release, REACHED.format(table=table))
    some = random.Random(7).sample(rows, 100)
    assert len({row["category_idx"] for row in some}) == CITY.categories
    for row in some:
        doors = rows_of(release, DOORS, facility=row["walk_facility_idx"])
        found = routes.walked(release, row, doors, row["walk_dm"] / 10)
        assert found is not None
        assert max(-(-found.length_cm // 10), row["line_dm"]) == row["walk_dm"]


@pytest.mark.parametrize("neighbours", ["all", "own"])
def test_every_grid_gets_the_walk_that_its_card_shows(release, neighbours):
    (crs,) = (row["metric_crs"] for row in rows_of(release, "select metric_crs from release"))
    lines, expected_m = [], []
    for category in (one for one in release.facts.categories if one.is_present):
        question, _ = resolve(release, {"c": category.code, "t": "walk", "n": neighbours})
        for row in rows_of(release, "select grid_idx, grid_id from grid"):
            card = place(release, question, row["grid_id"])
            found = routes.route(release, question, row["grid_idx"])
            assert (found["route"] is None) == (card["walk_dm"] is None)
            assert found["route_reason"] == (None if found["route"] else "unreached")
            if found["route"] is not None:
                lines.append(found["route"])
                expected_m.append(card["walk_dm"] / 10)
    assert len(lines) > release.facts.grids
    assert drawn_m(crs, lines) == pytest.approx(expected_m, abs=1.5)


def test_a_grid_reached_by_its_neighbours_walks_to_its_own_district_when_asked(release):
    changed = rows_of(
        release,
        "select o.grid_idx, c.code from nearest_own as o "
        "join nearest as n using (category_idx, mode, grid_idx) "
        "join category as c using (category_idx) "
        "where o.mode = 1 and o.nearest_dm > n.nearest_dm",
    )
    assert changed
    for row in changed:
        lines = [
            routes.route(release, resolve(release, {"c": row["code"], "n": n})[0], row["grid_idx"])
            for n in ("all", "own")
        ]
        assert lines[0]["route"] != lines[1]["route"]


def test_streets_are_added_until_the_walk_is_as_long_as_said(release, monkeypatch):
    question, _ = resolve(release, {"t": "walk"})
    grids = range(release.facts.grids)
    expected = [routes.route(release, question, grid)["route"] for grid in grids]
    monkeypatch.setattr(routes, "_SPARE", 0.3)
    tries = []
    search = routes.walked

    def counted(*asked):
        tries.append(asked)
        return search(*asked)

    monkeypatch.setattr(routes, "walked", counted)
    fresh = OpenRelease("1-1", release._con)
    assert [routes.route(fresh, question, grid)["route"] for grid in grids] == expected
    assert len(tries) > sum(line is not None for line in expected)


def test_only_a_walk_that_exists_is_drawn(release):
    straight, _ = resolve(release, {"t": "line"})
    assert routes.route(release, straight, 0) == {"route": None, "route_reason": "line"}
    bare = small_release.build()
    question, _ = resolve(bare, {"t": "walk", "c": "ELD_CARE"})
    reasons = [routes.route(bare, question, grid)["route_reason"] for grid in range(5)]
    assert reasons == ["unknown"] * 4 + ["unreached"]
    bare.close()


def test_a_long_line_is_thinned_between_its_ends():
    line = np.column_stack([np.arange(1001.0), np.zeros(1001)])
    kept = routes._thinned(line)
    assert len(kept) == routes.MOST_VERTICES
    assert kept[[0, -1], 0].tolist() == [0.0, 1000.0]
    assert np.diff(kept[:, 0]).max() <= 3
    assert np.array_equal(routes._thinned(line[:9]), line[:9])


def test_who_lives_at_the_door_walks_nowhere_and_round_the_corner_along_the_street(tmp_path):
    build_city(SmallCity().write(tmp_path / "city"), tmp_path / "store", BuildOptions(workers=1))
    served, _ = releases.serving(tmp_path / "store")
    opened = OpenRelease("1-0", open_release(releases.release_path(tmp_path / "store", served)))
    question, _ = resolve(opened, {"c": "MED_STATION", "t": "walk"})
    names = [row["grid_id"] for row in rows_of(opened, "from grid order by grid_idx")]
    lines = {
        name: routes.route(opened, question, number)["route"] for number, name in enumerate(names)
    }
    lengths = dict(zip(lines, drawn_m(CRS, list(lines.values())), strict=True))
    opened.close()
    # Grids 400 m apart, a street along every middle line, the only station at the first centre.
    for row in range(3):
        for column in range(3):
            assert lengths[f"G{row}{column}"] == pytest.approx(400.0 * (row + column), abs=0.5)
