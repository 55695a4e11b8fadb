"""Measure how far the station of a community stands from the middle of its people."""

import numpy as np
from numpy.typing import NDArray

from etl.shapes import GridShapes
from etl.staging import etl_sql
from geo.store.connect import Connection
from geo.store.queries import fetch_columns


def station_from_people(
    con: Connection, shapes: GridShapes, place: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give the straight distance from the nearest open station to where people live on average.

    The middle is that of the points of demand, weighted by people; within a community the mean of
    degrees is the mean of places to well below a metre.

    Parameters
    ----------
    place
        Shape (n,): area_idx of communities, ascending.

    Returns
    -------
    Shape (n,), whole metres, rounded; NaN where a community has no open station or nobody lives.
    """
    rows = fetch_columns(con, etl_sql("standards/station_places"))
    found = np.full(len(place), np.inf)
    if len(rows["area_idx"]):
        middle, station = (
            shapes.to_metric(np.column_stack([rows[f"{prefix}lon"], rows[f"{prefix}lat"]]))
            for prefix in ("", "station_")
        )
        at = np.searchsorted(place, np.asarray(rows["area_idx"], dtype=np.int64))
        np.minimum.at(found, at, np.hypot(*(middle - station).T))
    return np.where(np.isfinite(found), np.round(found), np.nan)
