"""Carry the people of the old grids into the new ones, and say which grids changed and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.compare.side import UNKNOWN, Ints, Side
from geo.profile import share_by_largest_remainder

PEOPLE_SHARE: Final = 0.2
"""A grid whose people changed by more than this share of the larger number is listed."""
_INSIDE: Final = 0.9
"""One grid is part of another when this share of its area lies in it."""
_TOUCHED: Final = 0.05
"""Two grids have to do with each other when this share of the smaller one is common to both."""
_RESHAPED: Final = 0.01
"""An outline counts as another one when this share of the larger area is not common to both."""


@dataclass(frozen=True)
class GridChange:
    """One grid that is not what it was.

    `kind` is grid_added, grid_removed, grid_split, grid_merged, grid_reshaped or grid_people. A
    split names the old grid and its parts, a merger the new grid and its parts. `before` and
    `after` are people (milli), -1 where unknown or where the grid is not there. `at` is the
    position of the grid in the new release, -1 where it is not there.
    """

    kind: str
    grid_id: str
    name: str
    lonlat: tuple[float, float]
    before: int
    after: int
    parts: tuple[str, ...]
    at: int


def carried_amounts(old: Side, new: Side) -> tuple[Ints, Ints]:
    """Give the old amounts at the new demand points: what is there before the people change.

    A grid that is in both months keeps its old total. It is spread by largest remainder: a point
    that stood there already weighs what it held, a new one what it holds now. A grid that is new
    brings its own people.

    Returns
    -------
    points, grids
        Shapes (n, 4) and (grids, 4), thousandths, -1 where unknown.
    """
    before = np.array([old.place_of.get(one, -1) for one in new.grid_ids], dtype=np.int64)
    is_kept = before >= 0
    totals = np.where(is_kept[:, None], old.amounts[before], new.amounts)
    weights = _weights(old, new)
    grid = new.demand.grid
    shared = np.column_stack(
        [
            share_by_largest_remainder(totals[:, basis], weights[:, basis], grid)
            for basis in range(totals.shape[1])
        ]
    )
    return np.where(is_kept[grid][:, None], shared, new.demand.amounts_milli), totals


def _weights(old: Side, new: Side) -> Ints:
    """Give the old amount of each point that stood in its grid already, else the new one."""
    held = {key: at for at, key in enumerate(_point_keys(old))}
    weights = np.maximum(new.demand.amounts_milli, 0)
    for at, key in enumerate(_point_keys(new)):
        if key in held:
            weights[at] = np.maximum(old.demand.amounts_milli[held[key]], 0)
    return weights


def _point_keys(side: Side) -> list[tuple[str, float, float, int]]:
    """Name every demand point by grid, place, and its number among those of one place."""
    seen: dict[tuple[str, float, float], int] = {}
    keys: list[tuple[str, float, float, int]] = []
    lonlat = side.demand.lonlat.tolist()
    for grid, (lon, lat) in zip(side.demand.grid.tolist(), lonlat, strict=True):
        place = (side.grid_ids[grid], lon, lat)
        number = seen.get(place, 0)
        seen[place] = number + 1
        keys.append((*place, number))
    return keys


def grid_changes(old: Side, new: Side) -> list[GridChange]:
    """List the grids that were added, removed, split, merged, reshaped or changed their people."""
    before, after = old.place_of, new.place_of
    both = [(before[one], at) for one, at in after.items() if one in before]
    reshaped = [pair for pair in both if _is_reshaped(old, new, *pair)]
    gone = sorted(set(range(len(before))) - {pair[0] for pair in both})
    come = sorted(set(range(len(after))) - {pair[1] for pair in both})
    touched_old = sorted([*gone, *(pair[0] for pair in reshaped)])
    touched_new = sorted([*come, *(pair[1] for pair in reshaped)])
    splits = _families((old, touched_old), (new, touched_new))
    mergers = _families((new, touched_new), (old, touched_old))
    found = [_of(old, new, "grid_split", old.grid_ids[one], parts) for one, parts in splits]
    found += [_of(old, new, "grid_merged", new.grid_ids[one], parts) for one, parts in mergers]
    told = {one.grid_id for one in found} | {part for one in found for part in one.parts}
    for kind, ids in (
        ("grid_added", [new.grid_ids[at] for at in come]),
        ("grid_removed", [old.grid_ids[at] for at in gone]),
        ("grid_reshaped", [new.grid_ids[at] for _, at in reshaped]),
    ):
        found += [_of(old, new, kind, one, ()) for one in ids if one not in told]
    found += [
        _of(old, new, "grid_people", new.grid_ids[at], ())
        for was, at in both
        if _is_other(int(old.amounts[was, 0]), int(new.amounts[at, 0]))
    ]
    return found


def _is_reshaped(old: Side, new: Side, was: int, at: int) -> bool:
    one, other = old.shapes.metric[was], new.shapes.metric[at]
    if shapely.equals_exact(one, other, tolerance=0.0):
        return False
    larger = max(shapely.area(one), shapely.area(other))
    return shapely.area(shapely.symmetric_difference(one, other)) > _RESHAPED * larger


def _families(
    whole: tuple[Side, Sequence[int]], part: tuple[Side, Sequence[int]]
) -> list[tuple[int, tuple[str, ...]]]:
    """Find the grids that are made of two or more of the other month, and name those."""
    (side, wholes), (other, parts) = whole, part
    if not wholes or not parts:
        return []
    outlines: NDArray[np.object_] = other.shapes.metric[np.array(parts)]
    tree = shapely.STRtree(outlines)
    found: list[tuple[int, tuple[str, ...]]] = []
    for one in wholes:
        outline = side.shapes.metric[one]
        near = np.sort(tree.query(outline, predicate="intersects"))
        common = shapely.area(shapely.intersection(outlines[near], outline))
        own = shapely.area(outlines[near])
        inside = near[(common > _INSIDE * own) & (common > _TOUCHED * shapely.area(outline))]
        if len(inside) > 1:
            found.append((one, tuple(other.grid_ids[parts[k]] for k in inside.tolist())))
    return found


def _is_other(before: int, after: int) -> bool:
    """Tell whether known people changed by more than the share that is worth a line."""
    if before < 0 or after < 0:
        return before != after
    return abs(after - before) > PEOPLE_SHARE * max(before, after)


def _of(old: Side, new: Side, kind: str, grid_id: str, parts: tuple[str, ...]) -> GridChange:
    was, at = old.place_of.get(grid_id, -1), new.place_of.get(grid_id, -1)
    side, place = (new, at) if at >= 0 else (old, was)
    lon, lat = side.shapes.inside[place]
    return GridChange(
        kind,
        grid_id,
        side.grid_names[place],
        (float(lon), float(lat)),
        UNKNOWN if was < 0 else int(old.amounts[was, 0]),
        UNKNOWN if at < 0 else int(new.amounts[at, 0]),
        parts,
        at,
    )
