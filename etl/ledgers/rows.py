"""Give the rows of a ledger that was read as a whole to the database, as `staged` takes them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Layer, row_json
from etl.ledgers.cells import Cells
from etl.ledgers.staged import DAYS, POINTS, RAW, TEXTS, RawLedger
from geo.store.connect import Connection
from geo.store.write import register

ROLES = tuple(f"={name}" for name in ("key", *DAYS, *TEXTS))


def headers_of(layer: Layer) -> list[str]:
    """List the headers of a ledger, without the declared columns that stand beside them."""
    return [name for name in layer.columns if not name.startswith("=")]


def raw_columns(layer: Layer, cells: Cells) -> dict[str, str]:
    """Name the columns of the raw table: what is declared and what formulas name, nothing else.

    Returns
    -------
    Header, and `=key` for what is declared, to the column; one column of the file is there once.
    """
    named = dict.fromkeys(header for header, _ in cells.columns)
    wanted = {name: _written(layer, name) for name in (*ROLES, *named) if name in layer.columns}
    places = {header: f"x{at}" for at, header in enumerate(dict.fromkeys(wanted.values()))}
    return {name: places[header] for name, header in wanted.items()}


def by_header(layer: Layer, columns: Mapping[str, str]) -> dict[str, str]:
    """Give the columns of the raw table by the headers of the file alone."""
    return {_written(layer, name): column for name, column in columns.items()}


def _written(layer: Layer, name: str) -> str:
    """Give the header under which a declared column stands in the file."""
    return layer.headers[name[1:]] if name.startswith("=") else name


def raw_rows(con: Connection, layer: Layer, cells: Cells) -> RawLedger:
    """Put the rows of a layer into the temporary table of raw rows."""
    columns = raw_columns(layer, cells)
    names = by_header(layer, columns)
    _copy(con, RAW, {"row": layer.row} | {names[name]: layer.columns[name] for name in names})
    if "=key" not in layer.columns and not shapely.is_missing(layer.geometry).any():
        lonlat = shapely.get_coordinates(shapely.centroid(layer.geometry))
        _copy(con, POINTS, {"row": layer.row, "lon": lonlat[:, 0], "lat": lonlat[:, 1]})
    return RawLedger(layer, columns, lambda rows: _contents(layer, rows))


def _copy(con: Connection, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
    register(con, "ledger_incoming", columns)
    types = {"row": "bigint", "lon": "double", "lat": "double"}
    picked = ", ".join(f"{name}::{types.get(name, 'text')} as {name}" for name in columns)
    con.execute(f"create or replace temp table {table} as select {picked} from ledger_incoming")  # noqa: S608 - columns of this module
    con.unregister("ledger_incoming")


def _contents(layer: Layer, rows: Sequence[int]) -> Mapping[int, str]:
    shown = {name: layer.columns[name] for name in headers_of(layer)}
    at = np.searchsorted(layer.row, rows)
    return {row: row_json(shown, int(position)) for row, position in zip(rows, at, strict=True)}
