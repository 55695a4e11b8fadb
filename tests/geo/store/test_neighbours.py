"""With only the own district's facilities: the place card, the list, the map's minutes by value."""

import numpy as np
import pytest

from etl.build import BuildOptions, build_city
from geo.crs import to_metric
from geo.store import release as releases
from geo.store import values
from geo.store.asking import resolve
from geo.store.connect import open_release
from geo.store.opened import OpenRelease
from geo.store.places import grid_rows, place
from tests.bench.lattice_city import LatticeCity, write_lattice_city

CITY = LatticeCity(
    side=6, grid_m=400.0, street_m=80.0, spacing_m=100.0, categories=1, facilities=8, per_district=3
)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours")
    store = folder / "store"
    build_city(write_lattice_city(folder / "city", CITY), store, BuildOptions(workers=1))
    served, _ = releases.serving(store)
    opened = OpenRelease("1-0", open_release(releases.release_path(store, served)))
    yield opened
    opened.close()


def rows_of(release, query):
    with release.cursor() as cursor:
        return cursor.execute(query).fetchall()


@pytest.fixture(scope="module")
def medians(release):
    """Straight dm and facility of every grid, all and own, from places and people alone."""
    doors = rows_of(release, "select facility_id, district_idx, lon, lat from facility order by 1")
    points = rows_of(
        release,
        "select d.grid_idx, g.district_idx, d.people_milli, d.lon, d.lat from demand as d "
        "join grid as g using (grid_idx) order by d.demand_idx",
    )
    ((crs,),) = rows_of(release, "select metric_crs from release")
    places = to_metric(crs, np.array([row[-2:] for row in [*points, *doors]]))
    apart = np.hypot(
        *(places[: len(points), None] - places[None, len(points) :]).transpose(2, 0, 1)
    )
    district = np.array([row[1] for row in points])
    is_own = district[:, None] == np.array([row[1] for row in doors])
    grid, weight = (np.array([row[k] for row in points]) for k in (0, 2))
    answers = {}
    for name, metres in (("all", apart), ("own", np.where(is_own, apart, np.inf))):
        nearest = metres.min(axis=1)
        for number in range(CITY.side**2):
            mine = np.flatnonzero(grid == number)
            ordered = mine[np.argsort(nearest[mine], kind="stable")]
            middle = np.searchsorted(2 * np.cumsum(weight[ordered]), weight[ordered].sum())
            point = ordered[middle]
            answers[name, number] = (nearest[point], doors[int(metres[point].argmin())][0])
    return answers


def asked(release, neighbours, **more):
    return resolve(release, {"t": "line", "n": neighbours, **more})[0]


@pytest.mark.parametrize("neighbours", ["all", "own"])
def test_card_list_and_minutes_give_the_same_nearest_facility(release, medians, neighbours):
    question = asked(release, neighbours)
    listed, _ = grid_rows(release, question, 15, worst_first=False)
    octets = values.minute_bytes(release, question)
    code = question.category.code
    for number, row in enumerate(listed):
        metres, facility = medians[neighbours, number]
        card = place(release, question, row["id"])
        (strip,) = (one for one in card["minutes"] if one["code"] == code)
        if not np.isfinite(metres):
            assert card["nearest"] is None
            assert (card["line_dm"], row["dm"], strip["dm"]) == (None, None, None)
            continue
        assert card["line_dm"] == row["dm"] == strip["dm"] == pytest.approx(metres * 10, abs=1.01)
        assert card["nearest"]["id"] == row["nearest_facility_id"] == facility
        limits = question.speed.limits_dm()
        assert octets[number] == int(np.searchsorted(limits, row["dm"]))


def test_the_next_facilities_of_a_card_are_those_that_count(release):
    district = dict(rows_of(release, "select facility_id, district_idx from facility"))
    ranks = {"all": 0, "own": 0}
    for grid_id, own in rows_of(release, "select grid_id, district_idx from grid"):
        for neighbours in ranks:
            near = place(release, asked(release, neighbours), grid_id)["near"]
            ranks[neighbours] += len(near)
            assert [one["dm"] for one in near] == sorted(one["dm"] for one in near)
            assert neighbours == "all" or {district[one["id"]] for one in near} <= {own}
    assert 0 < ranks["own"] < ranks["all"]


def test_leaving_the_neighbours_out_changes_some_answers(medians):
    grids = range(CITY.side**2)
    changed = [grid for grid in grids if medians["all", grid] != medians["own", grid]]
    assert 0 < len(changed) < len(grids)


@pytest.mark.parametrize("mode", ["line", "walk"])
def test_a_grid_on_target_only_with_a_neighbour_says_so(release, mode):
    found = set()
    for (grid_id,) in rows_of(release, "select grid_id from grid order by grid_idx"):
        every = place(release, asked(release, "all", t=mode), grid_id)
        own = place(release, asked(release, "own", t=mode), grid_id)
        target = 9 * every["denominator"]
        flips = every["numerators"][15] * 10 >= target > own["numerators"][15] * 10
        assert (every["flips"], own["flips"]) == (flips, flips)
        found.add(flips)
        area = place(release, asked(release, "all", t=mode, b="area"), grid_id)
        assert area["flips"] is False
    assert found == {True, False}
