"""Suggest which small communities could join which neighbours, and what closing gaps would cost."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.readers.raw import objects
from etl.shapes import GridShapes
from etl.standards.choose import Chosen
from etl.standards.inputs import Given
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append

PACK: Final = "tengzhou"
SIZE: Final = "households_each"
_SUGGESTED: Final = 3
_REACH_M: Final = 1.0
_BORDER_M: Final = 5.0
"""Communities that only meet at a corner are no neighbours."""


def store_merges(
    con: Connection, shapes: GridShapes, chosen: Chosen, given: Mapping[str, Given]
) -> None:
    """Fill the table merge_suggestion where the pack that asks for a size applies.

    For every urban community below the size that is not exempt: the three neighbours with a common
    border whose households together with its own come nearest to the size. Ties go by order.
    """
    size = next((pack.params[SIZE].value for _, pack in chosen.applied if pack.code == PACK), None)
    communities = given.get("community")
    if size is None or communities is None:
        return
    rows = suggested(
        neighbours(con, shapes, communities.place),
        communities.values["households"],
        _is_asked(communities),
        _is_free(communities),
        size,
    )
    codes = dict(con.execute("select area_idx, code from area order by area_idx").fetchall())
    place = communities.place
    append(
        con,
        "merge_suggestion",
        {
            "area_idx": np.array([place[k] for k, _, _, _ in rows], dtype=np.int64),
            "rank": np.array([rank for _, rank, _, _ in rows], dtype=np.int64),
            "partners": objects([codes[int(place[other])] for _, _, other, _ in rows]),
            "households": np.array([total for _, _, _, total in rows], dtype=np.float64),
            "apart": np.array([abs(total - size) for _, _, _, total in rows], dtype=np.float64),
        },
    )


def _is_asked(given: Given) -> NDArray[np.bool_]:
    urban = np.array([word == "urban" for word in given.values["urban_rural"]], dtype=bool)
    return urban & _is_free(given)


def _is_free(given: Given) -> NDArray[np.bool_]:
    return given.values["merge_exempt"] != 1


def suggested(
    beside: Mapping[int, set[int]],
    households: NDArray[np.float64],
    is_asked: NDArray[np.bool_],
    is_free: NDArray[np.bool_],
    size: float,
) -> list[tuple[int, int, int, float]]:
    """Rank the neighbours of every small community.

    Parameters
    ----------
    beside
        Position of a community to those of its neighbours.
    households
        Shape (n,), NaN where not known: such a community is neither asked nor suggested.

    Returns
    -------
    Community, rank from 1, neighbour, households together; at most three a community.
    """
    found: list[tuple[int, int, int, float]] = []
    for k in np.flatnonzero(is_asked & (households < size)).tolist():
        others = [o for o in beside.get(k, set()) if is_free[o] and not np.isnan(households[o])]
        ranked = sorted(others, key=lambda o: (abs(households[k] + households[o] - size), o))
        found += [
            (k, rank, other, float(households[k] + households[other]))
            for rank, other in enumerate(ranked[:_SUGGESTED], start=1)
        ]
    return found


def neighbours(
    con: Connection, shapes: GridShapes, place: NDArray[np.int64]
) -> dict[int, set[int]]:
    """Find the communities that share a border, by the grids along it."""
    column = fetch_columns(con, "select community_idx from grid order by grid_idx")["community_idx"]
    of_grid = np.ma.filled(np.ma.asarray(column), -1)
    left, right = shapely.STRtree(shapes.metric).query(
        shapes.metric, predicate="dwithin", distance=_REACH_M
    )
    one, other = of_grid[left], of_grid[right]
    apart = (one >= 0) & (other >= 0) & (one < other)
    left, right, one, other = left[apart], right[apart], one[apart], other[apart]
    strip = shapely.intersection(
        shapely.buffer(shapes.metric[left], _REACH_M), shapes.metric[right]
    )
    is_border = shapely.area(strip) >= _BORDER_M * _REACH_M
    found: dict[int, set[int]] = defaultdict(set)
    for a, b in zip(one[is_border].tolist(), other[is_border].tolist(), strict=True):
        first, second = (int(np.searchsorted(place, each)) for each in (a, b))
        found[first].add(second)
        found[second].add(first)
    return dict(found)
