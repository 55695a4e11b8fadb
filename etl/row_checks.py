"""Look once more at rows that were loaded: what is odd about them, though nothing of it is refused.

Runs when grids, people, facilities and streets are laid, before any distance.
"""

import numpy as np
from numpy.typing import NDArray

from etl import thresholds
from etl.compute import Ground
from etl.grid_checks import grid_faults
from etl.layers import CityLayers, Fault
from etl.month_checks import year_faults
from etl.place_checks import place_faults
from etl.shapes import GridShapes
from etl.staging import said
from geo.store.connect import Connection


def odd_faults(
    con: Connection,
    layers: CityLayers,
    shapes: GridShapes,
    order: NDArray[np.int64],
    ground: Ground,
    *,
    as_of: str,
    workers: int,
) -> list[Fault]:
    """List what is odd, in the order of the files: grids, their people, facilities, streets.

    Parameters
    ----------
    order
        Shape (grids,), the row of the grid layer behind each grid.
    as_of
        The data month of city.toml.
    """
    source = layers.grids.source
    people = {
        "source": source,
        "persons_low": thresholds.PERSONS_LOW,
        "persons_high": thresholds.PERSONS_HIGH,
        "density_high": thresholds.DENSITY_HIGH,
        "households_low": thresholds.HOUSEHOLDS_LOW,
        "households_high": thresholds.HOUSEHOLDS_HIGH,
        "advised_low": thresholds.ADVISED_LOW,
        "advised_high": thresholds.ADVISED_HIGH,
    }
    return [
        *said(con, "staging/fault_orphan", {"source": source}),
        *grid_faults(con, shapes, source),
        *said(con, "staging/fault_people", people),
        *said(con, "staging/fault_area", {"largest_m2": thresholds.FLOOR_AREA_HIGH_M2}),
        *place_faults(con, layers, shapes, order, ground, workers),
        *year_faults(layers, as_of),
    ]
