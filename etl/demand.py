"""Decide where inside a grid its people are: in buildings, on a lattice, or at one point."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Fault, Layer
from etl.settings import Demand
from etl.shapes import GridShapes
from etl.spread import Points, centres, lattice_points, scale_to_grid
from etl.staging import AMOUNTS
from geo import crs as projections
from geo.errors import InputDataError
from geo.profile import share_by_largest_remainder
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append

UNKNOWN: Final = -1
MOST_POINTS: Final = 20_000_000
"""Points of the lattice of a city: 50,000 km2 at 50 m."""
_APART: Final = 0.2
"""Buildings and grid further apart than this share make the grid doubtful (reliability C)."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class DemandPoints:
    """The places where people are counted, ordered by grid.

    Attributes
    ----------
    grid
        Shape (n,), int32, never falling; every grid has at least one point.
    xy_m, lonlat
        Shape (n, 2).
    amounts_milli
        Shape (n, 4), in the order people, households, elderly, children; -1 where unknown.
    is_apportioned
        Shape (grids,), True where no building says who lives where.
    is_apart
        Shape (grids,), True where the buildings' sum is far from the grid's own number.
    """

    grid: NDArray[np.int32]
    xy_m: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    amounts_milli: Ints
    is_apportioned: NDArray[np.bool_]
    is_apart: NDArray[np.bool_]

    @cached_property
    def known_milli(self) -> Ints:
        """Give the amounts with 0 for what is unknown: what sums are made of."""
        return np.maximum(self.amounts_milli, 0)


def grid_totals(con: Connection) -> Ints:
    """Give what each grid holds, shape (grids, 4), thousandths, -1 where unknown."""
    columns = fetch_columns(
        con,
        "select people_milli, households_milli, elderly_milli, children_milli "
        "from grid order by grid_idx",
    )
    return np.column_stack([_filled(columns[f"{name}_milli"]) for name in AMOUNTS])


def demand_points(
    con: Connection, demand: Demand, shapes: GridShapes, grids: Layer, order: Ints
) -> DemandPoints:
    """Place the people of every grid by the method that city.toml names.

    Parameters
    ----------
    grids
        The grid file, for its own centre points.
    order
        Shape (grids,), the row of `grids` behind each grid.
    """
    totals = grid_totals(con)
    if demand.method == "buildings":
        return _in_buildings(con, demand, shapes, totals)
    if demand.method == "centre":
        grid, xy_m = centres(shapes.metric, _own_centres(shapes, grids, order))
    else:
        grid, xy_m = _on_lattice(con, shapes, np.arange(len(shapes.metric)), demand.spacing_m)
    equal = np.ones(len(grid), dtype=np.int64)
    shared = [share_by_largest_remainder(total, equal, grid) for total in totals.T]
    n = len(shapes.metric)
    return _points(shapes, grid, xy_m, shared, np.ones(n, dtype=bool), np.zeros(n, dtype=bool))


def store_demand(con: Connection, points: DemandPoints) -> None:
    """Write the demand points."""
    amounts = {
        f"{name}_milli": np.ma.masked_less(points.amounts_milli[:, i], 0)
        for i, name in enumerate(AMOUNTS)
    }
    append(
        con,
        "demand",
        {
            "demand_idx": np.arange(len(points.grid)),
            "grid_idx": points.grid,
            "lon": points.lonlat[:, 0],
            "lat": points.lonlat[:, 1],
            **amounts,
        },
    )


def apart_faults(con: Connection, points: DemandPoints, source: str) -> list[Fault]:
    """List the grids whose buildings hold far more or fewer people than the grid says."""
    doubtful = np.flatnonzero(points.is_apart)
    ids = con.execute("select grid_id from grid order by grid_idx").fetchall()
    return [
        Fault(
            "SUM_MISMATCH",
            "warning",
            source,
            None,
            str(ids[i][0]),
            "The buildings of this grid hold over 20 % more or fewer people than the grid.",
            "The grid's number counts, spread like the buildings'. Check both files.",
        )
        for i in doubtful
    ]


def _in_buildings(
    con: Connection, demand: Demand, shapes: GridShapes, totals: Ints
) -> DemandPoints:
    rows = fetch_columns(
        con,
        "select grid_idx, lon, lat, people_milli, households_milli, elderly_milli, children_milli "
        "from stg_building where reject_reason is null order by grid_idx, lon, lat, people_milli",
    )
    grid = np.asarray(rows["grid_idx"], dtype=np.int32)
    xy_m = shapes.to_metric(np.column_stack([rows["lon"], rows["lat"]]))
    amounts = np.column_stack([_filled(rows[f"{name}_milli"]) for name in AMOUNTS])
    n = len(totals)
    bare = np.flatnonzero(np.bincount(grid, minlength=n) == 0)
    extra_grid, extra_xy = _on_lattice(con, shapes, bare, demand.spacing_m)
    unknown = np.full((len(extra_grid), amounts.shape[1]), UNKNOWN, dtype=np.int64)
    grid = np.concatenate([grid, bare[extra_grid].astype(np.int32)])
    order = np.argsort(grid, kind="stable")
    grid, xy_m = grid[order], np.concatenate([xy_m, extra_xy])[order]
    amounts = np.concatenate([amounts, unknown])[order]
    weights = _weights(amounts)
    shared = [scale_to_grid(weights[:, i], grid, totals[:, i]) for i in range(len(AMOUNTS))]
    is_bare = np.isin(np.arange(n), bare)
    return _points(shapes, grid, xy_m, shared, is_bare, _apart(amounts[:, 0], grid, totals[:, 0]))


def _on_lattice(con: Connection, shapes: GridShapes, of: Ints, spacing_m: float) -> Points:
    """Lay the lattice over some of the grids, unless it would fill the memory."""
    area_m2 = shapely.area(shapes.metric[of])
    number = float(area_m2.sum()) / spacing_m**2
    if number > MOST_POINTS:
        ids = fetch_columns(con, "select grid_id from grid order by grid_idx")["grid_id"]
        at = int(np.argmax(area_m2))
        raise InputDataError(
            f"the grids have room for {number:,.0f} points at {spacing_m:g} m (the largest grid: "
            f"{ids[of[at]]}, {area_m2[at] / 1e6:,.1f} km2); expected at most {MOST_POINTS:,} "
            "(LIMIT). Correct the outline of that grid, or set a larger `spacing_m` in [demand]."
        )
    return lattice_points(shapes.metric[of], spacing_m)


def _weights(amounts: Ints) -> Ints:
    """Let a column that no building knows follow the buildings' people."""
    weights = amounts.copy()
    for i in range(1, weights.shape[1]):
        if (weights[:, i] < 0).all():
            weights[:, i] = weights[:, 0]
    return weights


def _apart(people: Ints, grid: NDArray[np.int32], total: Ints) -> NDArray[np.bool_]:
    held = np.bincount(grid, weights=np.maximum(people, 0), minlength=len(total))
    known = np.bincount(grid, weights=people >= 0, minlength=len(total)) > 0
    return known & (total >= 0) & (np.abs(held - total) > _APART * np.maximum(total, 1))


def _own_centres(shapes: GridShapes, grids: Layer, order: Ints) -> NDArray[np.float64] | None:
    """Give the centre points that the grid file itself names, in metres; NaN where it has none."""
    if "lon" not in grids.columns or "lat" not in grids.columns:
        return None
    lonlat = np.column_stack([_degrees(grids.columns[name][order]) for name in ("lon", "lat")])
    given = np.isfinite(lonlat).all(axis=1)
    xy_m = np.full_like(lonlat, np.nan)
    xy_m[given] = shapes.to_metric(lonlat[given])
    return xy_m


def _degrees(cells: NDArray[np.object_]) -> NDArray[np.float64]:
    degrees = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            degrees[i] = float(cell) if cell else np.nan
        except ValueError:
            continue
    return degrees


def _points(
    shapes: GridShapes,
    grid: NDArray[np.int32],
    xy_m: NDArray[np.float64],
    shared: list[Ints],
    is_apportioned: NDArray[np.bool_],
    is_apart: NDArray[np.bool_],
) -> DemandPoints:
    lonlat = projections.to_lonlat(shapes.crs, xy_m)
    amounts = np.column_stack(shared)
    # measured from what is stored, so that whoever reads the release finds the same distances
    stored_m = shapes.to_metric(lonlat)
    return DemandPoints(grid, stored_m, lonlat, amounts, is_apportioned, is_apart)


def _filled(values: NDArray[Any]) -> Ints:
    return np.ma.filled(np.ma.asarray(values), UNKNOWN).astype(np.int64)
