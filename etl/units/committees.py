"""Make residents' committees of what the grids name, or join the grids to those of a register."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Fault
from etl.ledgers.places import folded_name
from etl.readers.raw import objects
from etl.section import count
from etl.shapes import GridShapes, Shapes
from etl.units.declared import COMMITTEE
from etl.units.named import Areas
from etl.units.place import NONE, UnitPlaces, nowhere, place_shapes
from etl.units.rows import UNKNOWN_AMOUNT
from etl.units.units import Units
from geo.store.connect import Connection

Ints = NDArray[np.int64]
_NAMED = (
    "select stg_place.grid_idx, stg_grid.committee, stg_grid.row from stg_place "
    "inner join stg_grid on stg_grid.pos = stg_place.pos "
    "where stg_grid.committee is not null order by stg_place.grid_idx"
)


@dataclass(frozen=True)
class Named:
    """The committee that a grid names."""

    grid: int
    name: str
    row: int


def named_by_grids(con: Connection) -> list[Named]:
    """List the grids that name a committee, in order; the grids must be staged."""
    return [Named(*row) for row in con.execute(_NAMED).fetchall()]


def committees_of_grids(
    con: Connection, shapes: GridShapes, areas: Areas, named: list[Named]
) -> tuple[Units, dict[int, int]]:
    """Make a committee of the grids that name it inside one community.

    One community may have several (一社多居). The same name in two communities is two committees.
    Without a code, the id is the code of the community and the name.

    Returns
    -------
    The committees with the ground and the people of their grids, and grid to position in them.
    """
    held = areas.of_grid
    members: dict[tuple[int, str], list[int]] = defaultdict(list)
    for one in named:
        members[_smallest(held.community, held.street, held.district, one.grid), one.name].append(
            one.grid
        )
    keys, grids = list(members), list(members.values())
    places = nowhere(len(keys))
    for at, own in enumerate(grids):
        places.community[at], places.street[at] = held.community[own[0]], held.street[own[0]]
        places.district[at] = held.district[own[0]]
        places.grid[at] = own[0] if len(own) == 1 else NONE
        places.street_share[at] = 1.0 if places.street[at] != NONE else np.nan
    people, households = _amounts(con, grids)
    units = Units(
        kind=COMMITTEE,
        ids=objects([f"{areas.codes[area]}/{name}" if area >= 0 else name for area, name in keys]),
        names=objects([name for _, name in keys]),
        places=places,
        geometry=objects([_ground(shapes.lonlat, own) for own in grids]),
        people_milli=people,
        households_milli=households,
        attributes=objects(["{}"] * len(keys)),
    )
    return units, {grid: at for at, own in enumerate(grids) for grid in own}


def join_committees(
    con: Connection,
    shapes: GridShapes,
    areas: Areas,
    source: str,
    units: Units,
    named: list[Named],
) -> tuple[Units, dict[int, int], list[Fault]]:
    """Join the grids to the committees of a register: by code, else by name in the same community.

    A committee without an outline takes the ground of its grids, one without a place theirs, one
    without people theirs.

    Parameters
    ----------
    source
        The file of the grids, for the faults.
    """
    found: dict[int, int] = {}
    lost: dict[str, list[int]] = defaultdict(list)
    forms: dict[str, list[int]] = defaultdict(list)
    for at, (code, name) in enumerate(zip(units.ids, units.names, strict=True)):
        for form in {str(code), folded_name(str(name))}:
            forms[form].append(at)
    for one in named:
        candidates = forms.get(one.name) or forms.get(folded_name(one.name)) or []
        own = _nearest(candidates, units.places, areas, one.grid)
        if len(own) == 1:
            found[one.grid] = own[0]
        else:
            lost[one.name].append(one.row)
    return _filled(con, shapes, areas, units, found), found, _faults(source, lost)


def _nearest(candidates: list[int], places: UnitPlaces, areas: Areas, grid: int) -> list[int]:
    """Keep the committees of the grid's community, else of its street, else all."""
    held = areas.of_grid
    for of_unit, of_grid in (
        (places.community, held.community[grid]),
        (places.street, held.street[grid]),
    ):
        own = [at for at in candidates if of_grid != NONE and of_unit[at] == of_grid]
        if own:
            return own
    return candidates


def _filled(
    con: Connection, shapes: GridShapes, areas: Areas, units: Units, found: dict[int, int]
) -> Units:
    members: dict[int, list[int]] = defaultdict(list)
    for grid, at in found.items():
        members[at].append(grid)
    if not members:
        return units
    order = sorted(members)
    at = np.array(order)
    people, households = _amounts(con, [members[one] for one in order])
    geometry, places = units.geometry.copy(), units.places
    bare = at[[shape is None for shape in geometry[at]]]
    for one in bare:
        geometry[one] = _ground(shapes.lonlat, members[int(one)])
    lost = bare[~places.is_placed[bare]]
    taken = place_shapes(shapes, areas.of_grid, geometry[lost])
    for name in ("grid", "community", "street", "district", "street_share", "is_tied"):
        getattr(places, name)[lost] = getattr(taken, name)
    return replace(
        units,
        geometry=geometry,
        people_milli=_unless_known(units.people_milli, at, people),
        households_milli=_unless_known(units.households_milli, at, households),
    )


def _unless_known(own: Ints, at: Ints, others: Ints) -> Ints:
    filled = own.copy()
    filled[at] = np.where(own[at] == UNKNOWN_AMOUNT, others, own[at])
    return filled


def _amounts(con: Connection, grids: list[list[int]]) -> tuple[Ints, Ints]:
    """Add up people and households of groups of grids that know them, -1 where none does."""
    rows = con.execute(
        "select people_milli, households_milli from grid order by grid_idx"
    ).fetchall()
    sums = [[[rows[grid][at] for grid in own] for own in grids] for at in (0, 1)]
    known = [[[one for one in own if one is not None] for own in part] for part in sums]
    people, households = (
        np.array([sum(own) if own else UNKNOWN_AMOUNT for own in part], dtype=np.int64)
        for part in known
    )
    return people, households


def _ground(polygons: Shapes, grids: list[int]) -> shapely.Geometry:
    return shapely.normalize(shapely.union_all(polygons[grids]))


def _smallest(community: Ints, street: Ints, district: Ints, grid: int) -> int:
    return next((int(x[grid]) for x in (community, street, district) if x[grid] != NONE), NONE)


def _faults(source: str, lost: dict[str, list[int]]) -> list[Fault]:
    return [
        Fault(
            *("UNIT_COMMITTEE", "warning", source, rows[0], None),
            f"{count(len(rows), 'grid')} of the committee {name}, which the [[units]] of that kind "
            f"have not, or have several times; the first is row {rows[0]}.",
            "The grids stand in their community without a committee. Correct the name or the list.",
            affected=len(rows),
            rows=tuple(rows),
        )
        for name, rows in lost.items()
    ]
