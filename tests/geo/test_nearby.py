"""Prove the lists of next facilities against one reach a facility and against brute force."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.nearby import NEXT, next_facilities
from geo.network import build_graph
from geo.reach import line_reach, walk_reach
from geo.walk import MODE_CODE, OK
from tests.geo.networks import random_town, snap_anywhere

SEEDS = st.integers(0, 2**32 - 1)
LIMIT_DM, SNAP_M = 9_000, 120.0


def town_lists(seed, entrances=30, facilities=18, categories=3, workers=1):
    town = random_town(seed, points=12, entrances=entrances, facilities=facilities)
    category = (np.arange(facilities) % categories).astype(np.int16)
    near = next_facilities(
        town.points,
        town.entrances,
        town.facility,
        category[town.facility],
        graph=town.graph,
        origin_snap=snap_anywhere(town.graph, town.points, SNAP_M),
        entrance_snap=snap_anywhere(town.graph, town.entrances, SNAP_M),
        limit_dm=LIMIT_DM,
        workers=workers,
    )
    return town, category, near


def one_by_one(town):
    """Line and walk in dm of each point to each facility, by a reach for that facility alone."""
    at = snap_anywhere(town.graph, town.points, SNAP_M)
    line, walk = {}, {}
    for facility in np.unique(town.facility):
        mine = town.facility == facility
        doors, name = town.entrances[mine], town.facility[mine]
        to = snap_anywhere(town.graph, doors, SNAP_M)
        line_dm, _ = line_reach(town.points, doors, name)
        found = walk_reach(
            town.graph, at, town.points, to, doors, name, limit_dm=LIMIT_DM, line_dm=line_dm
        )
        for k in range(len(town.points)):
            line[k, int(facility)] = int(line_dm[k])
            if found.code[k] == OK:
                walk[k, int(facility)] = int(found.distance_dm[k])
    return {"line": line, "walk": walk}


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_lists_equal_one_reach_a_facility(seed):
    town, category, near = town_lists(seed)
    alone = one_by_one(town)
    for mode, code in MODE_CODE.items():
        for k in range(len(town.points)):
            for group in range(3):
                mine = (near.mode == code) & (near.origin == k) & (near.category == group)
                expected = sorted(
                    dm
                    for (origin, facility), dm in alone[mode].items()
                    if origin == k and category[facility] == group
                )[:NEXT]
                assert near.distance_dm[mine].tolist() == expected
                assert near.rank[mine].tolist() == list(range(1, len(expected) + 1))
                listed = near.facility[mine].tolist()
                assert len(set(listed)) == len(listed)
                assert [alone[mode][k, facility] for facility in listed] == expected


def test_rows_come_in_the_order_of_the_table_and_threads_do_not_matter():
    _, _, near = town_lists(4)
    _, _, other = town_lists(4, workers=2)
    keys = np.stack([near.category, near.mode, near.origin, near.rank])
    assert np.array_equal(np.lexsort(keys[::-1]), np.arange(keys.shape[1]))
    assert len(near.rank) > 100
    for name in ("category", "mode", "origin", "rank", "facility", "distance_dm"):
        assert np.array_equal(getattr(near, name), getattr(other, name))


def star_of_doors():
    """Four streets of 100 m from one middle with a door at each end, and a fifth by the middle."""
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0], [-100.0, 0.0], [0.0, -100.0]])
    graph = build_graph(xy, np.zeros(4, dtype=int), np.arange(1, 5))
    doors = np.vstack([xy[1:], [[50.0, 50.0]], [[0.0, 0.9]], [[-100.0, 0.0]]])
    return graph, xy[:1], doors


def star_lists(limit_dm):
    graph, origin, doors = star_of_doors()
    return next_facilities(
        origin,
        doors,
        np.array([6, 5, 4, 3, 2, 1, 1], dtype=np.int32),
        np.zeros(7, dtype=np.int16),
        graph=graph,
        origin_snap=snap_anywhere(graph, origin, 20.0),
        entrance_snap=snap_anywhere(graph, doors, 60.0),
        limit_dm=limit_dm,
    )


def test_equal_distances_rank_by_facility_and_the_sixth_is_left_out():
    near = star_lists(5_000)
    line, walk = near.mode == 0, near.mode == 1
    assert near.facility[line].tolist() == [1, 2, 3, 4, 5]
    assert near.distance_dm[line].tolist() == [0, 707, 1_000, 1_000, 1_000]
    assert near.facility[walk].tolist() == [1, 2, 3, 4, 5]
    assert near.distance_dm[walk].tolist() == [0, 1_000, 1_000, 1_000, 1_000]


def test_a_walk_at_the_limit_is_listed_and_a_longer_one_is_not():
    assert (star_lists(1_000).mode == 1).sum() == 5
    near = star_lists(999)
    assert near.facility[near.mode == 1].tolist() == [1]
    assert (near.mode == 0).sum() == 5


def test_room_is_made_for_a_square_where_twenty_thousand_streets_meet():
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    rim = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 500
    graph = build_graph(
        np.vstack([[[0.0, 0.0]], rim]), np.zeros(20_000, dtype=int), np.arange(1, 20_001)
    )
    doors = rim[:3]
    near = next_facilities(
        np.array([[0.0, 0.0]]),
        doors,
        np.arange(3, dtype=np.int32),
        np.zeros(3, dtype=np.int16),
        graph=graph,
        origin_snap=snap_anywhere(graph, np.array([[0.0, 0.0]]), 10.0),
        entrance_snap=snap_anywhere(graph, doors, 10.0),
        limit_dm=9_000,
    )
    assert near.distance_dm[near.mode == 1].tolist() == [5_000, 5_000, 5_000]


def test_without_network_only_lines_are_listed_and_without_doors_nothing():
    _, origin, doors = star_of_doors()
    near = next_facilities(
        origin, doors, np.arange(7, dtype=np.int32), np.zeros(7, dtype=np.int16), limit_dm=5_000
    )
    assert set(near.mode.tolist()) == {0}
    none = np.empty(0, dtype=np.int32)
    empty = next_facilities(origin, np.empty((0, 2)), none, none.astype(np.int16), limit_dm=5_000)
    assert empty.rank.size == 0
    nowhere = next_facilities(
        np.empty((0, 2)), doors, np.arange(7, dtype=np.int32), np.zeros(7, np.int16), limit_dm=5_000
    )
    assert nowhere.rank.size == 0


def test_an_entrance_in_two_categories_is_listed_in_both_as_if_each_were_alone():
    graph, origin, doors = star_of_doors()
    facility = np.array([6, 5, 4, 3, 2, 1, 1], dtype=np.int32)
    late = np.array([0, 3, 4])

    def listed(rows, category):
        near = next_facilities(
            origin,
            doors[rows],
            facility[rows],
            category,
            graph=graph,
            origin_snap=snap_anywhere(graph, origin, 20.0),
            entrance_snap=snap_anywhere(graph, doors[rows], 60.0),
            limit_dm=5_000,
        )
        return np.stack([near.category, near.mode, near.rank, near.facility, near.distance_dm])

    rows = np.concatenate([np.arange(7), late])
    both = listed(rows, np.repeat([0, 1], [7, 3]).astype(np.int16))
    apart = [
        listed(np.arange(7), np.zeros(7, dtype=np.int16)),
        listed(late, np.ones(3, dtype=np.int16)),
    ]
    assert both.tolist() == np.concatenate(apart, axis=1).tolist()
    assert (both[0] == 1).sum() == 6
