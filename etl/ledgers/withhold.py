"""Withhold small counts, and as many more as it takes that none can be had by subtraction.

A parent is the sum of its children, so one withheld number in such a family is the difference of
the others. Each family therefore withholds none, or at least two: complementary suppression of
cells in a hierarchical table (Hundepool and others, Statistical Disclosure Control, 2012, ch. 4).
"""

import numpy as np
from numpy.typing import NDArray

NO_PARENT = -1


def withheld(
    counts: NDArray[np.float64], parent: NDArray[np.int64], floor: float
) -> NDArray[np.bool_]:
    """Mark the cells that must not be shown.

    Parameters
    ----------
    counts
        Shape (n,): what a cell counts, NaN where nothing is known, which counts for nothing.
    parent
        Shape (n,): position of the cell that a cell is part of, `NO_PARENT` at the top. The
        children of a cell add up to it.
    floor
        Counts under it are withheld.

    Returns
    -------
    Shape (n,). In every family, a cell with its children, none is marked or at least two are; a
    cell is added by taking the smallest child that is still shown, else the parent.
    """
    is_known = ~np.isnan(counts)
    marked = is_known & (counts < floor)
    size = np.where(is_known, counts, 0.0)
    children = [np.flatnonzero(is_known & (parent == cell)) for cell in np.unique(parent)]
    families = [
        (cell, own)
        for cell, own in zip(np.unique(parent).tolist(), children, strict=True)
        if cell != NO_PARENT and len(own)
    ]
    is_settled = False
    while not is_settled:
        is_settled = True
        for cell, own in families:
            hidden = int(marked[own].sum()) + int(marked[cell])
            if hidden != 1:
                continue
            is_settled = False
            shown = own[~marked[own]]
            chosen = shown[np.argmin(size[shown])] if len(shown) else cell
            marked[chosen] = True
    return marked
