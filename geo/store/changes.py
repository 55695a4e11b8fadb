"""Answer why a number changed: the steps from the month before to this one, for one question."""

from pathlib import Path
from typing import Final

import duckdb

from geo.errors import StoreError
from geo.store.connect import open_derived

VERSION: Final = 1
"""The tables of a comparison that this program writes and reads."""


def is_written(path: Path) -> bool:
    """Tell whether a comparison is there and has the tables of this program."""
    try:
        con = open_derived(path)
    except StoreError:
        return False
    try:
        rows = con.execute("select version from comparison").fetchall()
    except duckdb.Error:
        return False
    finally:
        con.close()
    return bool(rows) and rows[0][0] == VERSION
