"""Read the SQL that stands in files: one file a query, named after it."""

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent / "sql"


def sql(name: str) -> str:
    """Give the text of `geo/store/sql/<name>.sql`."""
    return read_sql(_HERE / f"{name}.sql")


@cache
def read_sql(path: Path) -> str:
    """Give the text of an SQL file, read once."""
    return path.read_text(encoding="utf-8")
