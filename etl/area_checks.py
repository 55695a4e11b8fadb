"""Compare the area that a facility's row names with the one whose grid the facility stands in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Fault, Layer, Objects
from etl.readers.belonging import plain_name, stated
from etl.shapes import GridShapes, containing_grid
from etl.thresholds import ADMIN_EDGE_M

_LEVELS: Final = ("community", "street", "district")


@dataclass(frozen=True)
class _Stands:
    """Where the facilities of a file stand: in metres, and the grid of each (-1: none)."""

    layer: Layer
    shapes: GridShapes
    places: NDArray[np.object_]
    grid: NDArray[np.int32]


def area_faults(
    layer: Layer, grids: Layer, shapes: GridShapes, order: NDArray[np.int64]
) -> list[Fault]:
    """List the facilities that name another area than the one they stand in, and how far it is.

    Only names that the grids have are compared; each facility at the finest level that disagrees.
    One within 20 m of the area it names is left alone: it may be across the street.

    Parameters
    ----------
    order
        Shape (grids,), the row of `grids` behind each grid.
    """
    if not len(layer.row):
        return []
    lonlat = shapely.get_coordinates(shapely.point_on_surface(layer.geometry))
    places = np.asarray(shapely.points(shapes.to_metric(lonlat)), dtype=object)
    stands = _Stands(layer, shapes, places, containing_grid(shapes.lonlat, lonlat))
    faults: dict[int, Fault] = {}
    for level in _LEVELS:
        named = stated(layer, level)
        if named is not None and level in grids.columns:
            for at, fault in _elsewhere(stands, level, named, grids.columns[level][order]):
                faults.setdefault(at, fault)
    return [faults[at] for at in sorted(faults)]


def _elsewhere(
    stands: _Stands, level: str, named: Objects, of_grid: Objects
) -> Iterator[tuple[int, Fault]]:
    """Find the rows whose area is another one, by position."""
    owner = np.array([plain_name(name) for name in of_grid], dtype=object)
    members = {name: np.flatnonzero(owner == name) for name in set(owner) - {""}}
    wanted = np.array([plain_name(name) for name in named], dtype=object)
    here = np.where(stands.grid >= 0, owner[stands.grid], "")
    for name in sorted(set(wanted) & set(members)):
        rows = np.flatnonzero((wanted == name) & (here != name))
        if not len(rows):
            continue
        tree = shapely.STRtree(stands.shapes.metric[members[name]])
        nearest = tree.query_nearest(stands.places[rows], return_distance=True, all_matches=False)
        for at, metres in zip(rows.tolist(), nearest[1].tolist(), strict=True):
            if metres > ADMIN_EDGE_M:
                inside = str(of_grid[stands.grid[at]] or "") if stands.grid[at] >= 0 else ""
                yield at, _fault(stands, at, level, str(named[at]), inside, metres)


def _fault(stands: _Stands, at: int, level: str, named: str, here: str, metres: float) -> Fault:
    code = stands.layer.columns.get("id")
    where = f"stands in {here}" if here else f"stands in no {level}"
    return Fault(
        *("ADMIN_MISMATCH", "warning", stands.layer.source, int(stands.layer.row[at])),
        None if code is None else code[at],
        f"It names the {level} {named} and {where}, {metres:,.0f} m from {named}.",
        "It counts where its coordinates are. Check the coordinates or the area it names.",
    )
