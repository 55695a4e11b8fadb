"""Hold what was read from the files of one city: the contract between the readers and the build.

Everything is WGS 84, longitude first, and every cell is text or None: text becomes a number in
staging, where a cell that is not one can be reported with its row.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.masking import masked_cell

Severity = Literal["blocking", "warning", "note"]
Say = Callable[[str], None]
"""Told, in one line, what is being read now."""

Objects = NDArray[np.object_]

OUTLINE_STEP_M: Final = 50.0
"""How far apart the entrances of a facility drawn as an area stand along its outline."""
METRES_PER_DEGREE: Final = 111_320.0
"""Length of a degree of latitude; good to 0.6 %, for spacing and messages, never for a result."""


@dataclass(frozen=True)
class Fault:
    """Something found in the data: what, where, and what a person can do about it.

    Attributes
    ----------
    row
        The first row concerned, as a person counts it; None where no row is.
    affected
        How many rows or things this one entry stands for, at least 1.
    rows
        All rows of the source that it stands for, where it sums up several; else empty.
    grid_ids
        The grids concerned where neither `row` nor `feature_id` says so.
    lonlat
        Where it is on the map, WGS 84; None where its row or feature tells or nothing does.
    """

    code: str
    severity: Severity
    source: str
    row: int | None
    feature_id: str | None
    message: str
    action: str
    affected: int = 1
    rows: tuple[int, ...] = ()
    grid_ids: tuple[str, ...] = ()
    lonlat: tuple[float, float] | None = None


@dataclass(frozen=True)
class Rejected:
    """A row kept out of the release: `reason` is a fault code, `content` the row as JSON."""

    source: str
    row: int
    reason: str
    content: str


def _no_rows() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Layer:
    """The usable rows of one source. `rows_in` = `len(row)` + `len(rejected)`.

    Attributes
    ----------
    kind
        grids, demand, facilities, network, basemap or names.
    source
        The path as city.toml writes it.
    sha256, bytes
        Of the file; of all its parts together for a shapefile.
    rows_in
        Rows offered. Blank lines are not among them, nor rows that `where` sets aside, which `note`
        counts.
    crs, encoding
        What the file was read as.
    columns
        Canonical name, or the file's own header, to an object array (n,) of str or None.
    row
        Shape (n,): the row as a person counts it. A table's header is row 1 (or wherever it stands
        in a sheet), a vector file's first feature is row 1.
    geometry
        Shape (n,) of shapely geometries, WGS 84 lon/lat, never None or empty.
    fixed
        Row numbers of loaded rows in which something was changed; ascending, unique.
    headers
        Canonical name to the header it was found under.
    """

    kind: str
    source: str
    sha256: str
    bytes: int
    rows_in: int
    crs: str
    encoding: str
    note: str | None
    columns: dict[str, Objects]
    row: NDArray[np.int64]
    geometry: Objects
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    faults: list[Fault] = field(default_factory=list[Fault])
    fixed: NDArray[np.int64] = field(default_factory=_no_rows)
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Streets:
    """The walkable streets: each undirected segment between two consecutive vertices once.

    Attributes
    ----------
    kind
        Shape (m,) str: the `highway` value, or 'line'.
    rows_in
        Walkable ways (features) read; `note` counts the ways that nobody may walk.
    node_key
        Shape (n,) int64, ascending: OSM node id, or the position for a line layer.
    lon, lat
        Shape (n,) float64, WGS 84 degrees.
    u, v
        Shape (m,) int32 positions in the node arrays, u < v, ordered by (u, v).
    name
        Shape (m,) str or None.
    is_stairs, is_gate
        Shape (m,) bool; a gate is a segment that ends at a gate.
    """

    source: str
    sha256: str
    bytes: int
    rows_in: int
    crs: str
    encoding: str
    note: str | None
    node_key: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    name: Objects
    kind: Objects
    is_stairs: NDArray[np.bool_]
    is_gate: NDArray[np.bool_]
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    faults: list[Fault] = field(default_factory=list[Fault])


@dataclass(frozen=True)
class CityLayers:
    """Everything read for one city; lists hold one layer a block, in the order written."""

    grids: Layer
    buildings: Layer | None
    facilities: list[Layer]
    streets: Streets | None
    basemap: dict[str, Layer]
    faults: list[Fault] = field(default_factory=list[Fault])
    """Faults of city.toml itself; those of a file are in its layer."""
    ledgers: list[Layer] = field(default_factory=list[Layer])
    communities: list[Layer] = field(default_factory=list[Layer])
    """Ledgers of communities, for the standards."""
    names: Layer | None = None
    """Names of places by their codes; its rows have no place of their own."""
    units: list[Layer] = field(default_factory=list[Layer])
    """Further places; a row of a plain register has no geometry."""

    def all_faults(self) -> list[Fault]:
        """List the faults of city.toml and of every file, in the order of reading."""
        found = list(self.faults)
        for part in self.parts():
            found.extend(part.faults)
        return found

    def parts(self) -> list["Layer | Streets"]:
        """List every file that was read, in the order of reading."""
        optional: list[Layer | Streets | None] = [self.grids, self.buildings, *self.facilities]
        optional += [self.streets, *self.basemap.values(), self.names, *self.units]
        optional += [*self.communities, *self.ledgers]
        return [part for part in optional if part is not None]


def entrances_of(geometry: BaseGeometry) -> NDArray[np.float64]:
    """Give the places where a facility can be entered, as lon/lat.

    A point is its own entrance, several points are several. An area or a line has none of its own,
    so it is entered anywhere along its outline: at its vertices and between them every 50 m.

    Parameters
    ----------
    geometry
        WGS 84 lon/lat, not empty.

    Returns
    -------
    Shape (k, 2), k >= 1, distinct, ordered by longitude, then latitude.
    """
    if geometry.geom_type in ("Point", "MultiPoint"):
        return np.unique(shapely.get_coordinates(geometry), axis=0)
    # a degree of longitude is never longer than one of latitude, so 50 m holds in every direction
    dense = shapely.segmentize(geometry, OUTLINE_STEP_M / METRES_PER_DEGREE)
    return np.unique(shapely.get_coordinates(dense), axis=0)


def as_headed(layer: Layer) -> dict[str, Objects]:
    """Give the columns under the headers of the file; one made while reading has none."""
    return {
        layer.headers.get(name, name): cells
        for name, cells in layer.columns.items()
        if not name.startswith("=")
    }


def row_json(columns: Mapping[str, Any], position: int) -> str:
    """Write one row as JSON in the order of its columns, to be shown; personal data is masked."""
    return json.dumps(
        {key: masked_cell(key, values[position]) for key, values in columns.items()},
        ensure_ascii=False,
    )
