"""List the next few facilities of each category around a place, in a straight line and on foot."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.around import Doors, Places, Runs, doors_around
from geo.cells import starts_of
from geo.network import Graph, Snap
from geo.rounding import NOISE
from geo.sites import index_sites, next_sites
from geo.walk import MODE_CODE, SAME_PLACE_M

NEXT: Final = 5
"""How many facilities of a category are listed; table `near` holds ranks 1..5."""

_STRETCH: Final = 1 << 14


@dataclass(frozen=True)
class Near:
    """Rows of table `near`, ordered by category, mode, origin, rank; every array has shape (n,).

    `category` int16, `mode` uint8 (0 line, 1 walk), `origin` int32 position of the place asked
    about, `rank` uint8 from 1, `facility` int32, `distance_dm` int32.
    """

    category: NDArray[np.int16]
    mode: NDArray[np.uint8]
    origin: NDArray[np.int32]
    rank: NDArray[np.uint8]
    facility: NDArray[np.int32]
    distance_dm: NDArray[np.int32]


def next_facilities(
    origins_xy: NDArray[np.float64],
    entrances_xy: NDArray[np.float64],
    facility_of_entrance: NDArray[np.int32],
    category_of_entrance: NDArray[np.int16],
    *,
    graph: Graph | None = None,
    origin_snap: Snap | None = None,
    entrance_snap: Snap | None = None,
    limit_dm: int,
    workers: int = 1,
) -> Near:
    """List up to five different facilities of each category around each place, nearest first.

    Straight distances are rounded down and know no limit; walks are rounded up and end at the
    limit, equal included. A facility counts by its nearest entrance. Of facilities at the same
    distance the lowest index comes first: distances are compared as computed in a straight line,
    in whole centimetres on foot. A place and an entrance within `SAME_PLACE_M` are at distance 0,
    on foot if both are on the network.

    Parameters
    ----------
    origins_xy
        Shape (n, 2), projected metres; n may be 0.
    entrances_xy, facility_of_entrance
        Shapes (m, 2), projected metres, and (m,), index of the facility; give only those that
        count, as open ones do; m may be 0.
    category_of_entrance
        Shape (m,), index of the category, >= 0. An entrance that counts in several categories, as
        one that is open in the evening does, is given once for each: one search serves them all.
    graph, origin_snap, entrance_snap
        The network and where places and entrances touch it; without them there is no walk.
    limit_dm
        The longest walk that is listed.
    workers
        Threads to share the places among; the result does not depend on it.
    """
    facility = np.asarray(facility_of_entrance, dtype=np.int32)
    category = np.asarray(category_of_entrance, dtype=np.int16)
    origins = np.ascontiguousarray(origins_xy, dtype=np.float64).reshape(-1, 2)
    entrances = np.ascontiguousarray(entrances_xy, dtype=np.float64).reshape(-1, 2)
    parts = [_NO_ROWS, *_by_line(origins, entrances, facility, category)]
    if graph is not None and origin_snap is not None and entrance_snap is not None:
        on = entrance_snap.is_on
        at = entrance_snap.take(on)
        doors = Doors(at.edge, at.from_u_cm, at.from_v_cm, at.leg_cm, facility[on], category[on])
        places = Places(
            origin_snap.edge, origin_snap.from_u_cm, origin_snap.from_v_cm, origin_snap.leg_cm
        )
        same = _same_places(origins, entrances[on])
        parts += _on_foot(graph, places, doors, same, limit_dm, workers)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[3], columns[2], columns[1], columns[0]))
    return Near(*(column[order] for column in columns))


_Rows = tuple[
    NDArray[np.int16],
    NDArray[np.uint8],
    NDArray[np.int32],
    NDArray[np.uint8],
    NDArray[np.int32],
    NDArray[np.int32],
]
_NO_ROWS: Final[_Rows] = (
    np.empty(0, dtype=np.int16),
    np.empty(0, dtype=np.uint8),
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.uint8),
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.int32),
)


def _rows(
    facility: NDArray[np.int32], distance_dm: NDArray[np.float64], mode: str, first: int
) -> _Rows:
    """Turn lists (places, categories, NEXT) into the rows that hold a facility."""
    origin, category, rank = np.nonzero(facility >= 0)
    return (
        category.astype(np.int16),
        np.full(origin.size, MODE_CODE[mode], dtype=np.uint8),
        (origin + first).astype(np.int32),
        (rank + 1).astype(np.uint8),
        facility[origin, category, rank],
        distance_dm[origin, category, rank].astype(np.int32),
    )


def _by_line(
    origins: NDArray[np.float64],
    entrances: NDArray[np.float64],
    facility: NDArray[np.int32],
    category: NDArray[np.int16],
) -> list[_Rows]:
    """Give the rows of the straight line, one part a category."""
    parts = []
    for code in np.unique(category) if len(origins) else ():
        mine = category == code
        sites = index_sites(entrances[mine], facility[mine], origins)
        distance_m, name = next_sites(sites, origins, SAME_PLACE_M, NEXT)
        distance_dm = np.floor(distance_m * 10.0 + NOISE)
        rows = _rows(name[:, None, :], distance_dm[:, None, :], "line", 0)
        parts.append((np.full_like(rows[0], code), *rows[1:]))
    return parts


def _same_places(origins: NDArray[np.float64], entrances: NDArray[np.float64]) -> Runs:
    """List for each place the doors that are the same place."""
    from scipy.spatial import KDTree

    if not len(origins) or not len(entrances):
        return Runs(np.zeros(len(origins) + 1, dtype=np.int64), np.empty(0, dtype=np.int32))
    pairs = KDTree(origins).sparse_distance_matrix(
        KDTree(entrances), SAME_PLACE_M, output_type="ndarray"
    )
    order = np.lexsort((pairs["j"], pairs["i"]))
    start = starts_of(np.bincount(pairs["i"], minlength=len(origins)))
    return Runs(start, pairs["j"][order].astype(np.int32))


def _on_foot(
    graph: Graph, places: Places, doors: Doors, same: Runs, limit_dm: int, workers: int
) -> list[_Rows]:
    """Give the rows of walks, one part a stretch of places so that the lists stay small."""
    parts = []
    for low in range(0, len(places.edge), _STRETCH):
        mine = Places(*(column[low : low + _STRETCH] for column in places))
        near = Runs(same.start[low : low + _STRETCH + 1], same.item)
        walk_cm, facility = doors_around(
            graph, mine, doors, near, 10 * limit_dm, count=NEXT, workers=workers
        )
        parts.append(_rows(facility, np.ceil(walk_cm / 10.0), "walk", low))
    return parts
