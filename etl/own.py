"""Compute what changes when only the facilities of one's own district count.

Neighbours count by default. What is stored is the difference: the points whose answer is another
one, and the increments that must be added to a profile (they may be negative), so that every sum
over profiles stays a sum.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from etl.compute import Ground, Reach, Sites, exact_areas
from etl.profiles import Columns, Profiled, profile_columns
from geo.profile import Increments
from geo.reach import line_reach, walk_reach
from geo.search import Workspace
from geo.store.connect import Connection
from geo.store.write import append
from geo.walk import BASES, OK, UNREACHED_DM

Distances = NDArray[np.int32]


def own_reach(ground: Ground, sites: Sites, reach: Reach, workspace: Workspace | None) -> Reach:
    """Measure one category again, each point by the facilities of its own district.

    Only the points whose nearest facility lies in another district, or in none, are searched again;
    the others keep their answer. A grid that belongs to no district keeps it too.

    Parameters
    ----------
    ground
        With `district_of_grid`; see there.
    sites, reach
        One category, and what `reach_of` gave for it.
    """
    district = ground.district_of_point
    door_district = sites.district
    of_facility = np.full(int(sites.facility.max()) + 1, -1, dtype=np.int32)
    of_facility[sites.facility] = door_district
    own = replace(
        reach,
        line_dm=reach.line_dm.copy(),
        line_facility=reach.line_facility.copy(),
        walk_dm=None if reach.walk_dm is None else reach.walk_dm.copy(),
        walk_facility=None if reach.walk_facility is None else reach.walk_facility.copy(),
        walk_code=reach.walk_code.copy(),
        straight_dm2=reach.straight_dm2.copy(),
        own_dm2=None if reach.own_dm2 is None else reach.own_dm2.copy(),
    )
    foreign_line = of_facility[reach.line_facility] != district
    foreign_walk = np.zeros(len(district), dtype=bool)
    if reach.walk_facility is not None:
        foreign_walk = (reach.walk_code == OK) & (of_facility[reach.walk_facility] != district)
    for one, points in ground.points_by_district.items():
        mine = sites.take(np.flatnonzero(door_district == one))
        _line_again(ground, mine, own, points[foreign_line[points]])
        _walk_again(ground, mine, own, points[foreign_walk[points]], workspace)
        _areas_again(ground, mine, own, one)
    return own


def _line_again(ground: Ground, sites: Sites, own: Reach, at: NDArray[np.intp]) -> None:
    own.line_dm[at], own.line_facility[at] = line_reach(ground.xy_m[at], sites.xy_m, sites.facility)


def _walk_again(
    ground: Ground,
    sites: Sites,
    own: Reach,
    at: NDArray[np.intp],
    workspace: Workspace | None,
) -> None:
    network, snaps = ground.network, ground.snaps
    if own.walk_dm is None or own.walk_facility is None or network is None or snaps is None:
        return
    if len(at) == 0 or sites.snaps is None:
        return
    walked = walk_reach(
        network.graph,
        snaps.take(at),
        ground.xy_m[at],
        sites.snaps,
        sites.xy_m,
        sites.facility,
        limit_dm=ground.search_limit_dm(sites.radius_dm),
        line_dm=own.line_dm[at],
        workspace=workspace,
    )
    own.walk_dm[at], own.walk_facility[at] = walked.distance_dm, walked.facility
    own.walk_code[at] = walked.code


def _areas_again(ground: Ground, sites: Sites, own: Reach, district: int) -> None:
    grids = np.flatnonzero(ground.district_of_grid == district)
    straight, within = exact_areas(ground, sites, grids)
    # fewer circles never cover more, whatever the last digit of a sum over other cells says
    own.straight_dm2[grids] = np.minimum(straight, own.straight_dm2[grids])
    if within is not None and own.own_dm2 is not None:
        own.own_dm2[grids] = np.minimum(within, own.own_dm2[grids])


@dataclass(frozen=True)
class OwnRows:
    """The rows that say how nearest and profiles of one category change without the neighbours."""

    nearest: list[Columns]
    profile: list[Columns]


def own_rows(category_idx: int, with_neighbours: Profiled, without: Profiled) -> OwnRows:
    """Compare the two answers of one category, in every mode that is known."""
    nearest = [
        _other_nearest(columns, without.nearest[mode])
        for mode, columns in with_neighbours.nearest.items()
    ]
    profile = [
        profile_columns(
            category_idx,
            mode,
            [_difference(*pair) for pair in zip(rows, without.rows[mode], strict=True)],
        )
        for mode, rows in with_neighbours.rows.items()
    ]
    return OwnRows(nearest, profile)


def store_own_profiles(con: Connection, rows: OwnRows) -> None:
    """Write how nearest and profiles of one category change."""
    for columns in rows.nearest:
        append(con, "nearest_own", columns)
    for columns in rows.profile:
        append(con, "profile_own", columns)


def _difference(first: Increments, second: Increments) -> Increments:
    """Give second minus first, one row a grid and minute in which they differ, in that order."""
    key = np.concatenate([first.grid, second.grid]).astype(np.int64) * 256
    key += np.concatenate([first.minute, second.minute])
    if len(key) == 0:
        return first
    # both runs are in order already, which a stable sort is quick with
    order = np.argsort(key, kind="stable")
    key = key[order]
    start = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    sums = [
        np.add.reduceat(
            np.concatenate([-getattr(first, basis), getattr(second, basis)])[order], start
        )
        for basis in BASES
    ]
    differs = np.any(np.stack(sums) != 0, axis=0)
    places = key[start][differs]
    grid, minute = (places // 256).astype(np.int32), (places % 256).astype(np.uint8)
    return Increments(grid, minute, *(total[differs] for total in sums))


def _other_nearest(held: Columns, found: Columns) -> Columns:
    differs = np.zeros(len(held["grid_idx"]), dtype=bool)
    for name in ("nearest_dm", "nearest_facility_idx"):
        differs |= np.ma.filled(held[name], -1) != np.ma.filled(found[name], -1)
    return {name: column[differs] for name, column in found.items()}


def store_own_points(con: Connection, ground: Ground, reach: Reach, own: Reach) -> None:
    """Write the demand points whose answer is another one."""
    people = ground.people
    differs = own.line_facility[people] != reach.line_facility[people]
    if reach.walk_facility is not None and own.walk_facility is not None:
        differs |= own.walk_facility[people] != reach.walk_facility[people]
    at = np.flatnonzero(differs)
    nobody = np.ma.array(np.zeros(len(at), dtype=np.int32), mask=True)
    walk_dm, walk_facility = nobody, nobody
    if own.walk_dm is not None and own.walk_facility is not None:
        off = own.walk_dm[at] == UNREACHED_DM
        walk_dm = np.ma.array(own.walk_dm[at], mask=off)
        walk_facility = np.ma.array(own.walk_facility[at], mask=off)
    off = own.line_dm[at] == UNREACHED_DM
    append(
        con,
        "reach_own",
        {
            "category_idx": np.full(len(at), reach.category_idx, dtype=np.int16),
            "demand_idx": at.astype(np.int32),
            "line_dm": np.ma.array(own.line_dm[at], mask=off),
            "line_facility_idx": np.ma.array(own.line_facility[at], mask=off),
            "walk_dm": walk_dm,
            "walk_facility_idx": walk_facility,
            "walk_code": own.walk_code[at],
        },
    )
