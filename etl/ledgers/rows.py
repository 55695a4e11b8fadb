"""Give the rows of a ledger that was read as a whole to the database, as `staged` takes them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Layer, row_json
from etl.ledgers.cells import Cells
from etl.ledgers.staged import DAYS, RAW, TEXTS, RawLedger
from geo.store.connect import Connection
from geo.store.write import register

ROLES = tuple(f"={name}" for name in ("key", *DAYS, *TEXTS))


def headers_of(layer: Layer) -> list[str]:
    """List the headers of a ledger, without the declared columns that stand beside them."""
    return [name for name in layer.columns if not name.startswith("=")]


def raw_columns(headers: Sequence[str], cells: Cells) -> dict[str, str]:
    """Name the columns of the raw table: what is declared and what formulas name, nothing else.

    Parameters
    ----------
    headers
        Of the file, and `=key` for what is declared.
    """
    named = dict.fromkeys(header for header, _ in cells.columns)
    wanted = [name for name in (*ROLES, *named) if name in headers]
    return {name: f"x{at}" for at, name in enumerate(wanted)}


def raw_rows(con: Connection, layer: Layer, cells: Cells) -> RawLedger:
    """Put the rows of a layer into the temporary table of raw rows."""
    columns = raw_columns(list(layer.columns), cells)
    arrays: dict[str, NDArray[Any]] = {"row": layer.row}
    arrays |= {column: layer.columns[name] for name, column in columns.items()}
    types = dict.fromkeys(columns.values(), "text") | {"row": "bigint"}
    if "=key" not in layer.columns and not shapely.is_missing(layer.geometry).any():
        lonlat = shapely.get_coordinates(shapely.centroid(layer.geometry))
        arrays |= {"lon": lonlat[:, 0], "lat": lonlat[:, 1]}
        types |= {"lon": "double", "lat": "double"}
    register(con, "ledger_incoming", arrays)
    picked = ", ".join(f"{name}::{types[name]} as {name}" for name in arrays)
    con.execute(f"create or replace temp table {RAW} as select {picked} from ledger_incoming")  # noqa: S608 - columns of this module
    con.unregister("ledger_incoming")
    return RawLedger(layer, columns, lambda rows: _contents(layer, rows))


def _contents(layer: Layer, rows: Sequence[int]) -> Mapping[int, str]:
    shown = {name: layer.columns[name] for name in headers_of(layer)}
    at = np.searchsorted(layer.row, rows)
    return {row: row_json(shown, int(position)) for row, position in zip(rows, at, strict=True)}
