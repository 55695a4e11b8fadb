"""Find the place that each row of a ledger speaks of: by code, by name, or by where it happened."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.layers import Objects
from etl.names import name_norm
from etl.readers.raw import objects
from etl.synonyms import fold
from geo.store.connect import Connection

UNKNOWN: Final = "PLACE_UNKNOWN"
AMBIGUOUS: Final = "PLACE_AMBIG"
NO_PLACE: Final = "PLACE_NONE"
_NONE: Final = -1
_QUERIES: Final = {
    "grid": "select grid_idx, grid_id, name from grid order by grid_idx",
    "facility": "select facility_idx, facility_id, name from facility order by facility_idx",
}
_AREAS: Final = "select area_idx, code, name from area where level = $level order by area_idx"


@dataclass(frozen=True)
class Register:
    """The places of one kind: exact codes, exact names and folded names to positions."""

    codes: dict[str, int]
    names: dict[str, list[int]]
    folded: dict[str, list[int]]

    def find(self, key: str) -> tuple[int, str | None]:
        """Give the position of a place, or -1 and why: unknown, or several bear the name."""
        if key in self.codes:
            return self.codes[key], None
        for table, form in ((self.names, key), (self.folded, fold(name_norm(key)))):
            if found := table.get(form):
                return (found[0], None) if len(found) == 1 else (_NONE, AMBIGUOUS)
        return _NONE, UNKNOWN


def register_of(con: Connection, unit: str) -> Register:
    """List the places of a kind that the release has.

    `unit` is grid, facility, or a level of areas: city, district, street or community.
    """
    if unit in _QUERIES:
        rows = con.execute(_QUERIES[unit]).fetchall()
    else:
        rows = con.execute(_AREAS, {"level": unit}).fetchall()
    names: dict[str, list[int]] = defaultdict(list)
    folded: dict[str, list[int]] = defaultdict(list)
    for idx, _, name in rows:
        names[name].append(idx)
        folded[fold(name_norm(name))].append(idx)
    return Register({code: idx for idx, code, _ in rows}, dict(names), dict(folded))


def places_by_key(register: Register, keys: Objects) -> tuple[NDArray[np.int64], Objects]:
    """Find the place of each row.

    Parameters
    ----------
    keys
        Shape (n,), text or None.

    Returns
    -------
    Positions, -1 for none; and the reason where there is none.
    """
    code, every = pd.factorize(keys, use_na_sentinel=True)
    found = [register.find(str(key)) for key in every]
    at = np.array([place for place, _ in found] + [_NONE], dtype=np.int64)
    why = objects([reason for _, reason in found] + [NO_PLACE])
    return at[code], why[code]


def places_by_point(grid_of_point: NDArray[np.int32]) -> tuple[NDArray[np.int64], Objects]:
    """Take the grid that holds each point; a point in no grid, -1, has no place."""
    at = grid_of_point.astype(np.int64)
    reasons: Sequence[str | None] = [UNKNOWN if place < 0 else None for place in at.tolist()]
    return at, objects(list(reasons))
