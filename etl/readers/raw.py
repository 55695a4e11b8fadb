"""Hold a file as it was read, before anything is known about its columns."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Objects, Rejected
from etl.readers.encoding import decoded

LARGEST_EXACT = 2**53
"""Whole numbers beyond this lose digits in a spreadsheet or a GDAL real."""


@dataclass(frozen=True)
class RawTable:
    """Columns by their own header, every cell str or None; geometry in the file's own coordinates.

    Attributes
    ----------
    crs
        What the file says its coordinates are; None where it says nothing.
    is_default_crs
        The format says so, not the file: GeoJSON is WGS 84 by definition.
    row
        Shape (n,), as a person counts.
    geometry
        Shape (n,) of shapely or None; None for a table.
    name_bytes
        How many bytes of a header the format keeps; None where it keeps all.
    units
        Header to the unit that a row of units gives its column.
    """

    columns: dict[str, Objects]
    row: NDArray[np.int64]
    geometry: Objects | None = None
    crs: str | None = None
    is_default_crs: bool = False
    encoding: str = "utf-8"
    name_bytes: int | None = None
    units: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    faults: list[Fault] = field(default_factory=list[Fault])

    @property
    def headers(self) -> list[str]:
        """List the headers in the order of the file."""
        return list(self.columns)

    def cut(self, header: str) -> str:
        """Give a header as the format keeps it: a shapefile cuts UTF-8 Chinese to three letters."""
        kept = header.encode(self.encoding, errors="replace")[: self.name_bytes]
        return decoded(kept, self.encoding)


def objects(values: Sequence[object]) -> Objects:
    """Make an object array of any values, sequences and geometries included."""
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def cell_text(value: object) -> str | None:
    """Write a cell as canonical text: 12.0 becomes "12", blanks become None."""
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value).removesuffix("T00:00:00.000")
    text = str(value).strip()
    return text or None


def number_text(value: float) -> str | None:
    """Write a number without a needless fraction; what is not a number becomes None."""
    if math.isnan(value):
        return None
    if value.is_integer() and abs(value) < LARGEST_EXACT:
        return str(int(value))
    return repr(value)
