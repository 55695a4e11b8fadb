"""Prove reach against networkx on streets split at every door, and the city made by hand."""

import csv
import json

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import to_metric
from geo.network import build_graph
from geo.reach import line_reach, walk_reach
from geo.search import Workspace
from geo.walk import BEYOND, NO_DATA, NO_PATH, OFF_NETWORK, OK, SAME_PLACE_M, UNREACHED_DM
from tests.geo.networks import random_town, snap_anywhere, split_graph

SEEDS = st.integers(0, 2**32 - 1)
LIMIT_DM, SNAP_M = 12_000, 120.0
NO_LIMIT_DM = 10_000_000


def reach_of(town, limit_dm=LIMIT_DM, snap_m=SNAP_M, keep=None):
    """Reach of a town, of some of its entrances only where `keep` says so."""
    keep = slice(None) if keep is None else keep
    doors, facility = town.entrances[keep], town.facility[keep]
    at = snap_anywhere(town.graph, town.points, snap_m)
    to = snap_anywhere(town.graph, doors, snap_m)
    line_dm, line_facility = line_reach(town.points, doors, facility)
    walk = walk_reach(
        town.graph, at, town.points, to, doors, facility, limit_dm=limit_dm, line_dm=line_dm
    )
    return line_dm, line_facility, walk


def walks_by_networkx(town):
    """Float metres from every point to every entrance, infinity where there is no way."""
    places = np.vstack([town.points, town.entrances])
    streets = split_graph(town.graph, places, SNAP_M)
    table = np.full((len(town.points), len(town.entrances)), np.inf)
    for k in range(len(town.points)):
        if ("at", k) not in streets:
            continue
        ways = networkx.single_source_dijkstra_path_length(streets, ("at", k))
        for e in range(len(town.entrances)):
            table[k, e] = ways.get(("at", len(town.points) + e), np.inf)
    apart = np.hypot(*(town.points[:, None] - town.entrances[None]).transpose(2, 0, 1))
    return np.where(np.isfinite(table) & (apart <= SAME_PLACE_M), 0.0, table)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_walks_equal_networkx_on_streets_split_at_every_door(seed):
    town = random_town(seed)
    table = walks_by_networkx(town)
    _, _, walk = reach_of(town, limit_dm=NO_LIMIT_DM)
    nearest = table.min(axis=1)
    is_near = np.isfinite(nearest)
    assert np.array_equal(walk.code == OK, is_near)
    # Each edge, offset and leg is rounded up by less than 1 cm; the sum is rounded up to 1 dm.
    roundings_dm = 0.1 * (town.graph.edges + 4) + 1
    assert np.all(walk.distance_dm[is_near] >= nearest[is_near] * 10 - 1e-3)
    assert np.all(walk.distance_dm[is_near] <= nearest[is_near] * 10 + roundings_dm)
    for k in np.flatnonzero(is_near):
        own = table[k, town.facility == walk.facility[k]].min()
        assert own <= nearest[k] + roundings_dm / 10


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_codes_say_why_a_point_is_not_reached(seed):
    town = random_town(seed)
    table = walks_by_networkx(town)
    _, _, walk = reach_of(town)
    nearest_dm = table.min(axis=1) * 10
    at, to = (snap_anywhere(town.graph, xy, SNAP_M) for xy in (town.points, town.entrances))
    for k, code in enumerate(walk.code):
        if not at.is_on[k] or not to.is_on.any():
            assert code == OFF_NETWORK
        elif not np.isfinite(nearest_dm[k]):
            assert code == NO_PATH
        elif abs(nearest_dm[k] - LIMIT_DM) > 10:
            assert code == (OK if nearest_dm[k] < LIMIT_DM else BEYOND)
        assert (walk.distance_dm[k] == UNREACHED_DM) == (code != OK)
        assert (walk.facility[k] == -1) == (code != OK)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_a_walk_is_never_shorter_than_the_line(seed):
    line_dm, _, walk = reach_of(random_town(seed))
    assert np.all(walk.distance_dm >= line_dm)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_another_entrance_never_lengthens(seed):
    town = random_town(seed)
    line_all, _, walk_all = reach_of(town)
    line_some, _, walk_some = reach_of(town, keep=slice(0, 5))
    assert np.all(line_all <= line_some)
    assert np.all(walk_all.distance_dm <= walk_some.distance_dm)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_the_order_of_entrances_is_irrelevant(seed):
    town = random_town(seed)
    order = np.random.default_rng(seed).permutation(len(town.entrances))
    for one, other in zip(_flat(reach_of(town)), _flat(reach_of(town, keep=order)), strict=True):
        assert np.array_equal(one, other)


def _flat(reach):
    line_dm, line_facility, walk = reach
    return line_dm, line_facility, walk.distance_dm, walk.facility, walk.code


@given(seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_the_line_equals_measuring_every_entrance(seed):
    town = random_town(seed)
    line_dm, facility, _ = reach_of(town)
    apart = np.hypot(*(town.points[:, None] - town.entrances[None]).transpose(2, 0, 1))
    nearest = np.where(apart <= SAME_PLACE_M, 0.0, apart)
    assert np.array_equal(line_dm, np.floor(nearest.min(axis=1) * 10 + 1e-4))
    ties = np.where(nearest == nearest.min(axis=1, keepdims=True), town.facility, 99)
    assert np.array_equal(facility, ties.min(axis=1))


def test_four_corners_at_one_distance_go_to_the_lowest_facility():
    corners = np.array([[30.0, 40.0], [-30.0, 40.0], [40.0, -30.0], [-40.0, -30.0]])
    points = np.vstack([[[0.0, 0.0]], corners * 9, [[1e6, 1e6]]])
    line_dm, facility = line_reach(points, corners, np.array([7, 3, 9, 5], dtype=np.int32))
    assert (line_dm[0], facility[0]) == (500, 3)
    assert facility[1:5].tolist() == [7, 3, 9, 5]


def test_a_stray_entrance_and_a_crowd_do_not_change_the_nearest():
    rng = np.random.default_rng(2)
    doors = np.vstack([rng.normal(0, 5.0, (3_000, 2)), [[9e6, 9e6]], [[4_000.0, 0.0]]])
    points = rng.uniform(-5_000, 5_000, (300, 2))
    line_dm, facility = line_reach(points, doors, np.arange(len(doors), dtype=np.int32))
    apart = np.hypot(*(points[:, None] - doors[None]).transpose(2, 0, 1))
    assert np.array_equal(facility, apart.argmin(axis=1))
    assert np.array_equal(line_dm, np.floor(apart.min(axis=1) * 10))


def test_without_entrances_nothing_is_reached_and_the_code_says_no_data():
    town = random_town(1)
    line_dm, line_facility, walk = reach_of(town, keep=slice(0, 0))
    assert np.all(line_dm == UNREACHED_DM)
    assert np.all(line_facility == -1)
    assert np.all(walk.code == NO_DATA)
    assert np.all(walk.distance_dm == UNREACHED_DM)


def test_without_points_there_is_no_answer():
    town = random_town(1)
    nobody = type(town)(town.graph, np.empty((0, 2)), town.entrances, town.facility)
    line_dm, _, walk = reach_of(nobody)
    assert line_dm.size == walk.code.size == 0


def street(length_m=1_000.0):
    """One straight street along x, and a second one far from it."""
    xy = np.array([[0.0, 0.0], [length_m, 0.0], [0.0, 9_000.0], [10.0, 9_000.0]])
    return build_graph(xy, np.array([0, 2]), np.array([1, 3]))


def walk_on_street(points, doors, facility, limit_dm=LIMIT_DM, graph=None):
    graph = street() if graph is None else graph
    points, doors = np.array(points, dtype=float), np.array(doors, dtype=float).reshape(-1, 2)
    name = np.array(facility, dtype=np.int32)
    line_dm, _ = line_reach(points, doors, name)
    at, to = snap_anywhere(graph, points, 200.0), snap_anywhere(graph, doors, 200.0)
    return walk_reach(graph, at, points, to, doors, name, limit_dm=limit_dm, line_dm=line_dm)


def test_two_doors_on_one_street_are_walked_along_it():
    walk = walk_on_street([[200.0, 30.0], [900.0, -20.0]], [[500.0, 10.0], [600.0, 10.0]], [4, 1])
    assert walk.distance_dm.tolist() == [300 * 10 + 400, 300 * 10 + 300]
    assert walk.facility.tolist() == [4, 1]


def test_the_limit_itself_is_reached_and_one_more_is_not():
    points, door = [[0.0, 0.0], [0.0, 0.1]], [[1_000.0, 0.0]]
    assert walk_on_street(points, door, [0], limit_dm=10_000).code.tolist() == [OK, BEYOND]
    assert walk_on_street(points, door, [0], limit_dm=10_001).code.tolist() == [OK, OK]


def test_each_reason_has_its_code():
    points = [[0.0, 0.0], [5.0, 9_000.0], [0.0, 500.0]]
    near, apart, off = walk_on_street(points, [[100.0, 0.0]], [0]).code.tolist()
    assert (near, apart, off) == (OK, NO_PATH, OFF_NETWORK)
    assert set(walk_on_street(points, [[100.0, 600.0]], [0]).code.tolist()) == {OFF_NETWORK}


def test_the_same_place_is_at_zero_only_on_the_network():
    doors = [[500.0, 150.0], [500.0, 149.5], [500.0, 800.0]]
    walk = walk_on_street([[500.0, 150.0], [500.0, 800.0]], doors, [8, 2, 5])
    assert walk.code.tolist() == [OK, OFF_NETWORK]
    assert (walk.distance_dm[0], walk.facility[0]) == (0, 2)


def test_a_city_without_streets_is_off_the_network_everywhere():
    none = np.empty(0, dtype=np.int32)
    empty = build_graph(np.empty((0, 2)), none, none)
    walk = walk_on_street([[0.0, 0.0]], [[100.0, 0.0]], [0], graph=empty)
    assert walk.code.tolist() == [OFF_NETWORK]


def test_equal_walks_go_to_the_lowest_facility():
    walk = walk_on_street([[500.0, 0.0]], [[600.0, 0.0], [400.0, 0.0]], [6, 2])
    assert (walk.distance_dm[0], walk.facility[0]) == (1_000, 2)


def test_one_workspace_serves_category_after_category():
    memory = Workspace()
    town = random_town(11)
    at, to = (snap_anywhere(town.graph, xy, SNAP_M) for xy in (town.points, town.entrances))
    for first in range(4):
        keep = slice(first, first + 4)
        line_dm, _, expected = reach_of(town, keep=keep)
        found = walk_reach(
            town.graph,
            at,
            town.points,
            to.take(keep),
            town.entrances[keep],
            town.facility[keep],
            limit_dm=LIMIT_DM,
            line_dm=line_dm,
            workspace=memory,
        )
        assert np.array_equal(found.distance_dm, expected.distance_dm)
        assert np.array_equal(found.facility, expected.facility)


@pytest.fixture(scope="module")
def micro_reach(real_data):
    """Line, walk and code of every grid centre and category of the city made by hand."""
    folder = real_data / "microcity"
    streets = json.loads((folder / "streets.geojson").read_text("utf-8"))["features"]
    lines = [feature["geometry"]["coordinates"] for feature in streets]
    lonlat, ends = np.unique(np.array(lines).reshape(-1, 2), axis=0, return_inverse=True)
    ends = ends.reshape(-1, 2)
    crs = "EPSG:32650"
    graph = build_graph(to_metric(crs, lonlat), ends[:, 0], ends[:, 1])
    grids = json.loads((folder / "grids.geojson").read_text("utf-8"))["features"]
    ids = [grid["properties"]["网格编码"] for grid in grids]
    centre = [[grid["properties"][key] for key in ("经度", "纬度")] for grid in grids]
    points = to_metric(crs, np.array(centre))
    answers = {}
    with (folder / "facilities.csv").open(encoding="utf-8-sig", newline="") as file:
        facilities = [row for row in csv.DictReader(file) if row["状态"] == "open"]
    for category in {row["类别"] for row in facilities}:
        mine = [row for row in facilities if row["类别"] == category]
        doors = to_metric(crs, np.array([[float(r["经度"]), float(r["纬度"])] for r in mine]))
        name = np.arange(len(mine), dtype=np.int32)
        line_dm, _ = line_reach(points, doors, name)
        at, to = snap_anywhere(graph, points, 200.0), snap_anywhere(graph, doors, 200.0)
        walk = walk_reach(graph, at, points, to, doors, name, limit_dm=40_000, line_dm=line_dm)
        for k, grid in enumerate(ids):
            answers[grid, category, "line"] = (line_dm[k] / 10, OK)
            answers[grid, category, "walk"] = (walk.distance_dm[k] / 10, walk.code[k])
    return folder, answers


def test_the_city_made_by_hand_comes_out(micro_reach):
    folder, answers = micro_reach
    with (folder / "expected" / "coverage.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["minutes"] == "15"]
    assert len(rows) == 28
    for row in rows:
        metres, code = answers[row["grid_id"], row["category"], row["mode"]]
        if row["nearest_m"]:
            assert code == OK
            assert metres == pytest.approx(float(row["nearest_m"]), abs=0.2)
        else:
            assert (row["grid_id"], code) == ("G7", OFF_NETWORK)


def test_the_river_triples_the_way_of_the_third_grid(micro_reach):
    _, answers = micro_reach
    line, _ = answers["G3", "MED_STATION", "line"]
    walk, _ = answers["G3", "MED_STATION", "walk"]
    assert walk / line == pytest.approx(3.0, abs=0.001)
