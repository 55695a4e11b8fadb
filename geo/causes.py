"""Say why a grid is out of reach: one cause each, the first rule that holds, by its evidence.

The evidence is that of the people who are not covered: of all of them the one at the lower weighted
median of the walk, so that a place stands behind every number and its walk can be drawn.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.walk import OFF_NETWORK, UNREACHED_DM

FAR_CAUSES: Final = ("doubtful", "no_facility", "barrier", "distant")
"""Causes of being out of reach, in the order in which they are tried."""
SHORT_CAUSES: Final = ("capacity", "area")
"""Causes of not being enough, in the order in which they are tried."""
DETOUR_TENTHS: Final = 16
"""A walk of 1.6 times the straight line or more goes round something: river, railway, wall."""
SUGGESTIONS: Final = {
    "doubtful": "verify_data",
    "no_facility": "new_site",
    "barrier": "open_passage",
    "distant": "nearby_site",
    "capacity": "more_capacity",
    "area": "more_floor",
}


def far_causes(
    line_dm: NDArray[np.int64],
    walk_dm: NDArray[np.int64],
    walk_code: NDArray[np.uint8],
    is_doubtful: NDArray[np.bool_],
    limit_dm: int,
) -> NDArray[np.int8]:
    """Give the cause of each place that is beyond the limit, as a position in `FAR_CAUSES`.

    Doubtful data first; then no facility within the limit in a straight line; then a walk that is
    1.6 times the straight line or longer, or no way through at all; else it is merely too far. A
    place off every street is a gap in the data.

    Parameters
    ----------
    line_dm, walk_dm
        Shape (n,); `UNREACHED_DM` where there is none. In a city without streets give the walk as
        the line, and code 0.
    walk_code
        Shape (n,), as `geo.reach` gives it.
    is_doubtful
        Shape (n,): something is known to be wrong that could turn the verdict.
    """
    is_walked = walk_dm != UNREACHED_DM
    is_detour = is_walked & (walk_dm * 10 >= line_dm * DETOUR_TENTHS)
    return np.select(
        [
            is_doubtful,
            line_dm > limit_dm,
            ~is_walked & (walk_code == OFF_NETWORK),
            ~is_walked | is_detour,
        ],
        [0, 1, 0, 2],
        default=3,
    ).astype(np.int8)


def median_rows(
    group: NDArray[np.int64], value: NDArray[np.int64], weight: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give for each group, ascending, the row at the lower weighted median of its values.

    Half of the weight lies at or before it. Of equal values the first row comes first; in a group
    without any weight every row weighs the same.

    Parameters
    ----------
    group, value, weight
        Shape (n,); `weight` >= 0.
    """
    order = np.lexsort((np.arange(len(group)), value, group))
    ordered = group[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(order) else order
    of_row = np.searchsorted(first, np.arange(len(order)), side="right") - 1
    total = np.add.reduceat(weight[order], first) if len(first) else weight[:0]
    each = np.where(total[of_row] > 0, weight[order], 1)
    before = np.cumsum(each)
    whole = np.add.reduceat(each, first) if len(first) else each[:0]
    base = before[first] - each[first] if len(first) else before[:0]
    is_half = 2 * (before - base[of_row]) >= whole[of_row]
    # The first row of each group by which half is reached.
    rank = np.flatnonzero(is_half)
    _, at = np.unique(of_row[rank], return_index=True)
    return order[rank[at]]
