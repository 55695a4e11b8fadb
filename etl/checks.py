"""Check what must hold of every release; what does not hold blocks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.compute import Ground, Sites
from etl.staging import etl_sql
from geo.circles import Rings, covered_area_m2, whole_dm2
from geo.reach import line_reach, walk_reach
from geo.store.connect import Connection
from geo.store.write import append

# Name of a file in etl/sql/checks, and what it holds to be true. The file's query returns no rows.
RULES: Final[dict[str, str]] = {
    "keys_unique": "Every key is unique and without gaps.",
    "references_resolve": "Every reference leads to a row.",
    "areas_nest": "Every area owns one run of grids, inside its parent's.",
    "rows_balance": "Rows read = loaded + changed + kept aside.",
    "grids_sum": "The amounts of grids sum to those of every area.",
    "demand_sums": "The amounts of demand points sum to those of their grid.",
    "network_lengths": "Every street is at least as long as nothing and joins two nodes.",
    "walk_not_shorter": "No walk is shorter than the straight line.",
    "reach_complete": "Every demand point has one answer for every category with an open facility.",
    "none_without_facility": "A category without an open facility covers nobody.",
    "growth_only": "A longer limit never covers less.",
    "within_whole": "No grid has more covered than it holds.",
    "line_covers_walk": "What is covered on foot is covered in a straight line.",
    "areas_sum": "What grids cover sums to what their areas cover.",
    "standard_within": "Within the own radius lies no more than the grid holds.",
    "near_ordered": "The next facilities are in order and no walk is shorter than the line.",
    "openings_within": "What is open at an hour is never nearer than what is open at any.",
    "history_agrees": "This month in the history is this release.",
}

_SAMPLE: Final = 2_000


@dataclass(frozen=True)
class Checked:
    """An invariant and whether it holds; `detail` names the first rows that break it."""

    name: str
    ok: bool
    detail: str


def check_all(con: Connection, measured: Sequence[Checked] = ()) -> list[Checked]:
    """Check every rule and write the results, those that were `measured` by geometry first."""
    results = [*measured, *(_check(con, name, text) for name, text in RULES.items())]
    append(
        con,
        "check_result",
        {
            "check_idx": np.arange(len(results)),
            "name": np.array([result.name for result in results], dtype=object),
            "ok": np.array([result.ok for result in results]),
            "detail": np.array([result.detail for result in results], dtype=object),
        },
    )
    return results


def _check(con: Connection, name: str, text: str) -> Checked:
    broken = con.execute(etl_sql(f"checks/{name}")).fetchmany(3)
    if not broken:
        return Checked(name, True, text)
    first = "; ".join(", ".join(str(value) for value in row) for row in broken)
    return Checked(name, False, f"{text} Broken by: {first}")


def adding_never_lowers(ground: Ground, sites: Sequence[Sites]) -> Checked:
    """Take every second door of the largest category away: nothing may come nearer by that.

    Measured on a sample of the city, because it costs a search of its own.
    """
    name, text = "adding_never_lowers", "Adding a facility never lowers what is covered."
    if not sites:
        return Checked(name, True, f"{text} There is none yet.")
    every = max(sites, key=lambda site: len(site.facility))
    points = slice(0, len(ground.demand.grid), 1 + len(ground.demand.grid) // _SAMPLE)
    few = np.arange(0, len(every.facility), 2)
    with_all = _distances(ground, every, points, np.arange(len(every.facility)))
    with_few = _distances(ground, every, points, few)
    nearer = sum(int((a > b).sum()) for a, b in zip(with_all, with_few, strict=True))
    rings = Rings.of(ground.shapes.metric[:: 1 + ground.grids // _SAMPLE])
    radii_m = ground.radii_dm / 10.0
    whole = whole_dm2(covered_area_m2(rings, every.xy_m, radii_m))
    part = whole_dm2(covered_area_m2(rings, every.xy_m[few], radii_m))
    larger = int((part > whole).sum())
    if nearer or larger:
        return Checked(name, False, f"{text} Broken by: {nearer} distances, {larger} areas")
    return Checked(name, True, text)


def _distances(
    ground: Ground, sites: Sites, points: slice, doors: NDArray[np.int64]
) -> list[NDArray[np.int32]]:
    """Give the straight distances, and those on foot in a city with streets."""
    xy_m, door_xy, facility = ground.xy_m[points], sites.xy_m[doors], sites.facility[doors]
    line_dm, _ = line_reach(xy_m, door_xy, facility)
    if ground.network is None or ground.snaps is None or sites.snaps is None:
        return [line_dm]
    walked = walk_reach(
        ground.network.graph,
        ground.snaps.take(points),
        xy_m,
        sites.snaps.take(doors),
        door_xy,
        facility,
        limit_dm=ground.search_limit_dm(sites.radius_dm),
        line_dm=line_dm,
    )
    return [line_dm, walked.distance_dm]
