"""Read the SQL that stands in files: one file a query, named after it."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from numpy.typing import NDArray

from geo.store.connect import Connection

_HERE = Path(__file__).parent / "sql"
_PART = re.compile(r"\{\{([a-z_]+)\}\}")


def sql(name: str) -> str:
    """Give the text of `geo/store/sql/<name>.sql`, with another file in place of its `{{name}}`."""
    text = read_sql(_HERE / f"{name}.sql")
    return _PART.sub(lambda found: sql(found[1]).rstrip(), text)


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
