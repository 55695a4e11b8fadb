"""Prove catchments against the reach of one facility at a time and against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.catchment import Catchments, line_catchments, walk_catchments
from geo.reach import line_reach, walk_reach
from geo.walk import OK
from tests.geo.networks import random_town, snap_anywhere

SEEDS = st.integers(0, 2**32 - 1)
SNAP_M = 120.0


def snapped(town):
    return (
        snap_anywhere(town.graph, town.points, SNAP_M),
        snap_anywhere(town.graph, town.entrances, SNAP_M),
    )


def pairs_of(catchments: Catchments) -> dict[tuple[int, int], int]:
    found = {
        (int(facility), int(point)): int(distance)
        for facility, point, distance in zip(
            catchments.facility, catchments.point, catchments.distance_dm, strict=True
        )
    }
    assert len(found) == len(catchments.point)
    return found


@given(seed=SEEDS, limit_dm=st.sampled_from([0, 900, 6_000, 12_000]))
@settings(deadline=None, max_examples=60)
def test_catchments_hold_whom_each_facility_alone_would_reach(seed, limit_dm):
    town = random_town(seed)
    at, to = snapped(town)
    names, facility = np.unique(town.facility, return_inverse=True)
    walk = walk_catchments(
        *(town.graph, at, town.points, to, town.entrances, facility.astype(np.int32), len(names)),
        limit_dm,
        workers=2,
    )
    line = line_catchments(
        town.points, town.entrances, facility.astype(np.int32), len(names), limit_dm
    )
    expected_walk, expected_line = {}, {}
    for j in range(len(names)):
        own = facility == j
        zeros = np.zeros(int(own.sum()), dtype=np.int32)
        line_dm, _ = line_reach(town.points, town.entrances[own], zeros)
        reach = walk_reach(
            *(town.graph, at, town.points, to.take(own), town.entrances[own], zeros),
            limit_dm=limit_dm,
            line_dm=line_dm,
        )
        for i in np.flatnonzero(reach.code == OK):
            expected_walk[j, int(i)] = int(reach.distance_dm[i])
        for i in np.flatnonzero(line_dm <= limit_dm):
            expected_line[j, int(i)] = int(line_dm[i])
    assert pairs_of(walk) == expected_walk
    assert pairs_of(line) == expected_line


def test_a_shorter_limit_gives_a_part():
    town = random_town(7)
    at, to = snapped(town)
    facility = np.arange(len(town.entrances), dtype=np.int32)
    whole = walk_catchments(
        *(town.graph, at, town.points, to, town.entrances, facility, len(facility)), 12_000
    )
    near = walk_catchments(
        *(town.graph, at, town.points, to, town.entrances, facility, len(facility)), 5_000
    )
    part = whole.within(5_000)
    assert pairs_of(part) == pairs_of(near)
    assert part.start.tolist() == near.start.tolist()


@pytest.mark.parametrize("facilities", [0, 3])
def test_nobody_is_within_reach_of_nothing(facilities):
    town = random_town(3)
    at, _ = snapped(town)
    nothing = np.empty((0, 2))
    none = at.take(np.zeros(len(town.points), dtype=bool))
    owner = np.empty(0, dtype=np.int32)
    for found in (
        line_catchments(town.points, nothing, owner, facilities, 9_000),
        walk_catchments(town.graph, at, town.points, none, nothing, owner, facilities, 9_000),
    ):
        assert found.start.tolist() == [0] * (facilities + 1)
        assert found.within(10).point.size == 0
