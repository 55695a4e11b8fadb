"""Make sure that the layer of a GeoPackage is stored rows, not a query that may never end.

A GeoPackage is an SQLite database. Its layers may be views, and reading one runs whatever its
author wrote.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from etl.settings import Source
from geo.errors import InputDataError


def refuse_queries(source: Source, path: Path) -> None:
    """Refuse a GeoPackage whose own tables, or the layer that is asked for, are queries.

    Nothing of the file is run: only its list of tables is read. A file that is no database is left
    to its reader, which says so.

    Raises
    ------
    InputDataError
        A view stands for a table of the format or for the layer, or a column is computed.
    """
    where = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(where, uri=True)) as con:
            listed = con.execute("select name, type, sql from sqlite_master").fetchall()
            computed = [
                str(name)
                for name, kind, text in listed
                if kind == "table" and "generated always" in str(text).lower()
            ]
    except sqlite3.Error:
        return
    views = [str(name) for name, kind, _ in listed if kind == "view"]
    found = [name for name in views if name.startswith("gpkg_")] or views + computed
    if found:
        raise InputDataError(
            f"{source.title} {source.shown} holds a query in place of rows (first: {found[0]}); "
            "expected stored tables. Export the layer into a new GeoPackage."
        )
