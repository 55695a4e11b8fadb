"""Read the SQL that stands in files: one file a query, named after it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from numpy.typing import NDArray

from geo.store.connect import Connection

_HERE = Path(__file__).parent / "sql"


def sql(name: str) -> str:
    """Give the text of `geo/store/sql/<name>.sql`."""
    return read_sql(_HERE / f"{name}.sql")


@cache
def read_sql(path: Path) -> str:
    """Give the text of an SQL file, read once."""
    return path.read_text(encoding="utf-8")


def fetch_columns(
    con: Connection, query: str, parameters: Mapping[str, object] | None = None
) -> dict[str, NDArray[Any]]:
    """Run a query and give its columns as arrays; those with nulls are masked."""
    found = con.execute(query, dict(parameters) if parameters else None).fetchnumpy()
    return cast("dict[str, NDArray[Any]]", found)
