"""Find the place that each row of a ledger speaks of: by code, by name, or by where it happened."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from etl.layers import Objects
from etl.names import name_norm
from etl.readers.raw import objects
from etl.shapes import GridShapes, containing_grid
from etl.staging import run
from etl.synonyms import fold
from geo.store.connect import Connection
from geo.store.queries import fetch_columns

UNKNOWN: Final = "PLACE_UNKNOWN"
AMBIGUOUS: Final = "PLACE_AMBIG"
NO_PLACE: Final = "PLACE_NONE"
WITHIN: Final = ("community", "street", "district")
"""Columns of a ledger that tell places of one name apart, the smallest area first."""
_NONE: Final = -1
_PLACES: Final = (
    "select place_idx, code, name, community_idx, street_idx, district_idx from place_register "
    "where unit = $unit order by place_idx"
)
_AREAS: Final = "select area_idx, code, name from area order by area_idx"
_SHAPES: Final = (
    "select unit_idx, st_aswkb(geom)::blob as wkb from unit "
    "where kind = $unit and geom is not null order by unit_idx"
)

Above = Mapping[int, frozenset[str]]
"""Place to the codes and the folded names of the area of one level that holds it."""


def _no_areas() -> dict[str, Above]:
    return {}


@dataclass(frozen=True)
class Register:
    """The places of one kind: exact codes, exact names and folded names to positions.

    `above` tells, by the level of an area, which one holds each place.
    """

    codes: dict[str, int]
    names: dict[str, list[int]]
    folded: dict[str, list[int]]
    above: Mapping[str, Above] = field(default_factory=_no_areas)

    def find(self, key: str, within: Mapping[str, str] | None = None) -> tuple[int, str | None]:
        """Give the position of a place, or -1 and why: unknown, or several bear the name.

        Parameters
        ----------
        within
            Level to the code or name of the area that holds the place; it is asked only where
            several places bear the name.
        """
        if key in self.codes:
            return self.codes[key], None
        for table, form in ((self.names, key), (self.folded, folded_name(key))):
            if found := table.get(form):
                inside = found if len(found) == 1 else self._inside(found, within or {})
                return (inside[0], None) if len(inside) == 1 else (_NONE, AMBIGUOUS)
        return _NONE, UNKNOWN

    def _inside(self, found: list[int], within: Mapping[str, str]) -> list[int]:
        forms = {level: {name, folded_name(name)} for level, name in within.items() if name}
        return [
            place
            for place in found
            if all(
                form & self.above.get(level, {}).get(place, frozenset())
                for level, form in forms.items()
            )
        ]


def folded_name(name: str) -> str:
    """Give the form in which names of places are compared."""
    return fold(name_norm(name))


def register_of(con: Connection, unit: str) -> Register:
    """List the places of a kind that the release has.

    `unit` is grid, facility, a kind of further places, or a level of areas: city, district, street
    or community.
    """
    run(con, "marts/place_register")
    rows = con.execute(_PLACES, {"unit": unit}).fetchall()
    names: dict[str, list[int]] = defaultdict(list)
    folded: dict[str, list[int]] = defaultdict(list)
    for idx, _, name, *_ in rows:
        names[name].append(idx)
        folded[folded_name(name)].append(idx)
    forms = {
        idx: frozenset({code, name, folded_name(name)})
        for idx, code, name in con.execute(_AREAS).fetchall()
    }
    above = {
        level: {row[0]: forms[row[at]] for row in rows if row[at] is not None}
        for at, level in enumerate(WITHIN, start=3)
    }
    return Register({code: idx for idx, code, *_ in rows}, dict(names), dict(folded), above)


def places_by_key(
    register: Register, keys: Objects, within: Mapping[str, Objects] | None = None
) -> tuple[NDArray[np.int64], Objects]:
    """Find the place of each row.

    Parameters
    ----------
    keys
        Shape (n,), text or None.
    within
        Level to the cells, shape (n,), of the column that says which area holds the place.

    Returns
    -------
    Positions, -1 for none; and the reason where there is none.
    """
    stated = {level: cells for level, cells in (within or {}).items() if level in WITHIN}
    code, every = pd.factorize(keys, use_na_sentinel=True)
    found = [register.find(str(key)) for key in every]
    at = np.array([place for place, _ in found] + [_NONE], dtype=np.int64)[code]
    why = objects([reason for _, reason in found] + [NO_PLACE])[code]
    if stated:
        for row in np.flatnonzero(why == AMBIGUOUS):
            parents = {level: cells[row] for level, cells in stated.items() if cells[row]}
            at[row], why[row] = register.find(str(keys[row]), parents)
    return at, why


def places_by_point(
    con: Connection, shapes: GridShapes, unit: str, lonlat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], Objects]:
    """Take the place that holds each point; a point in none has no place.

    Parameters
    ----------
    unit
        The kind of place. Of areas it is the one of the grid that holds the point; of further
        places the polygon itself, the first where several overlap.
    lonlat
        Shape (n, 2), WGS 84 degrees, longitude first.
    """
    grid = containing_grid(shapes.lonlat, lonlat).astype(np.int64)
    at = _finder(con, unit)(grid, lonlat)
    reasons: Sequence[str | None] = [UNKNOWN if place < 0 else None for place in at.tolist()]
    return at, objects(list(reasons))


_Finder = Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.int64]]


def _finder(con: Connection, unit: str) -> _Finder:
    if unit == "grid":
        return lambda grid, _: grid
    if unit in WITHIN:
        found = fetch_columns(con, f"select {unit}_idx as area_idx from grid order by grid_idx")  # noqa: S608 - one of three names above
        area = np.ma.filled(np.ma.asarray(found["area_idx"]), _NONE).astype(np.int64)
        return lambda grid, _: np.where(grid >= 0, area[grid], _NONE)
    rows = con.execute(_SHAPES, {"unit": unit}).fetchall()
    polygons = shapely.from_wkb(objects([bytes(wkb) for _, wkb in rows]))
    numbers = np.array([*(idx for idx, _ in rows), _NONE], dtype=np.int64)
    return lambda _, lonlat: numbers[containing_grid(polygons, lonlat)]
