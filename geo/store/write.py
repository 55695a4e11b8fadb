"""Put numpy columns into the tables of a release."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store.connect import Connection
from geo.store.queries import sql

if TYPE_CHECKING:
    import pandas as pd

_FILES: Final = {"schema": ("schema", "schema_ledgers", "schema_standards", "schema_capacity")}
_VIEW: Final = "incoming_rows"
_MASK: Final = "__is_null"
_TABLE: Final = re.compile(r"^create table (\w+) \(\n(.*?)^\);", re.MULTILINE | re.DOTALL)
_COLUMN: Final = re.compile(r"^    (\w+) (\w+)", re.MULTILINE)


def create_schema(con: Connection, schema: str = "schema") -> None:
    """Create every table of a release, or of another file of `sql`, empty."""
    con.execute(schema_sql(schema))


def schema_sql(schema: str = "schema") -> str:
    """Give the statements that make the tables; those of a release stand in several files."""
    return "\n".join(sql(name) for name in _FILES.get(schema, (schema,)))


def append(
    con: Connection, table: str, columns: Mapping[str, NDArray[Any]], schema: str = "schema"
) -> None:
    """Append rows to a table of the release, in the order given.

    Parameters
    ----------
    table
        A table that exists; names come from the code, never from a person.
    columns
        One array a column, equally long; masked integers become NULL where masked, `None` in object
        arrays becomes NULL. Geometry is WKB bytes. Columns of the table that are left out become
        NULL.
    schema
        The file of `sql` that the table stands in.
    """
    types = schema_columns(schema)[table]
    unknown = [name for name in columns if name not in types]
    if unknown:
        raise KeyError(f"table {table} has no column {unknown[0]}")
    if len(next(iter(columns.values()))) == 0:
        return
    arrays = _numbers(columns)
    if arrays is None:
        register(con, _VIEW, columns)
    else:
        con.register(_VIEW, arrays)
    picked = ", ".join(_expression(name, types[name], arrays or {}) for name in columns)
    try:
        # Names are those of the table's own catalogue entry, checked above.
        con.execute(f"insert into {table} ({', '.join(columns)}) select {picked} from {_VIEW}")  # noqa: S608
    finally:
        con.unregister(_VIEW)


def register(con: Connection, view: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """Make arrays readable as a view, nulls included.

    DuckDB loses the mask of a masked array in a plain dict, and cannot type an object array that
    starts with None, so the columns go through pandas.
    """
    import pandas as pd

    con.register(view, pd.DataFrame({name: _series(values) for name, values in columns.items()}))


@cache
def schema_columns(schema: str = "schema") -> dict[str, dict[str, str]]:
    """Give the tables of a release with the columns of each and their types, in order."""
    return {
        table: dict(_COLUMN.findall(body)) for table, body in _TABLE.findall(schema_sql(schema))
    }


def _numbers(columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]] | None:
    """Give numbers as plain arrays, each mask beside its data; None where a column is no number.

    DuckDB reads plain arrays in place; the way through pandas costs a copy of every column.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, values in columns.items():
        if values.dtype.kind not in "biuf":
            return None
        arrays[name] = np.ascontiguousarray(np.ma.getdata(values))
        if isinstance(values, np.ma.MaskedArray):
            arrays[name + _MASK] = np.ma.getmaskarray(values).copy()
    return arrays


def _expression(name: str, kind: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    if name + _MASK in arrays:
        return f"case when {name}{_MASK} then null else {name} end::{kind}"
    if kind == "geometry":
        return f"st_geomfromwkb({name}::blob)"
    return f"{name}::{kind}"


def _series(values: NDArray[Any]) -> "pd.Series":
    import pandas as pd

    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind == "O":
        texts = np.ma.getdata(values).copy()
        texts[np.ma.getmaskarray(values)] = None
        return pd.Series(texts, dtype=object)
    if isinstance(values, np.ma.MaskedArray):
        data = np.ascontiguousarray(np.ma.getdata(values))
        mask = np.ma.getmaskarray(values).copy()
        if data.dtype.kind == "f":
            return pd.Series(pd.arrays.FloatingArray(data, mask))
        return pd.Series(pd.arrays.IntegerArray(data, mask))
    if values.dtype.kind in "OU":
        return pd.Series(values.astype(object), dtype=object)
    return pd.Series(np.ascontiguousarray(values))
