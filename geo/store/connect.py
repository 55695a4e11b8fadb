"""Open DuckDB the three ways it is opened here: to build, to read a release, to look at files.

The spatial extension comes from the installed package and is loaded by path: nothing is ever
fetched, and `allow_unsigned_extensions` stays off. Every connection gets longitude first for all of
its cursors.
"""

import shutil
import threading
from pathlib import Path
from typing import Final

import duckdb
import duckdb_extension_spatial

from geo.errors import StoreError

Connection = duckdb.DuckDBPyConnection

SCHEMA_VERSION: Final = 7
"""The tables that this program writes and reads; raise it with every change of `sql/schema.sql`."""

READ_MEMORY: Final = "1GB"
BUILD_MEMORY: Final = "3GB"
_OPENING: Final = threading.Lock()
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_unsigned_extensions": False,
}


def extension_path() -> Path:
    """Give the file of the spatial extension inside its package."""
    root = Path(duckdb_extension_spatial.__file__).parent
    found = sorted(root.rglob("spatial.duckdb_extension"))
    if not found:
        raise StoreError(
            f"duckdb-extension-spatial at {root} holds no extension file; expected version "
            f"{duckdb.__version__}. Install the versions of requirements.lock."
        )
    return found[-1]


def open_release(path: Path, *, memory: str = READ_MEMORY, threads: int = 2) -> Connection:
    """Open a release for reading and nothing else.

    Neither files nor the network can be reached from its SQL, and no setting can be changed
    afterwards. Each request takes its own `cursor()`; connections to one path share one instance,
    so a path is never reused.

    Raises
    ------
    StoreError
        The file is absent, empty, not a database that this version reads, or was written with
        other tables than this program's.
    """
    con = open_derived(path, memory=memory, threads=threads)
    written = schema_version(con)
    if written != SCHEMA_VERSION:
        con.close()
        raise StoreError(
            f"{path} was written with tables of version {written}; this program reads version "
            f"{SCHEMA_VERSION}. Build it again from its city.toml: python -m etl build"
        )
    return con


def open_derived(
    path: Path, *, memory: str = READ_MEMORY, threads: int = 2, has_shapes: bool = True
) -> Connection:
    """Open a file of a store for reading and nothing else, whatever its tables are.

    For what is made from releases, and for releases that another version of this program wrote.

    Parameters
    ----------
    has_shapes
        False where no table has a geometry: spatial is then not loaded, which takes longest.

    Raises
    ------
    StoreError
        The file is absent, empty, or not a database that this version reads.
    """
    if not path.is_file():
        raise StoreError(f"{path} does not exist. Publish another release: python -m etl list")
    settings = {**_OFFLINE, "memory_limit": memory, "threads": threads, "temp_directory": ""}
    try:
        with _OPENING:
            con = duckdb.connect(str(path), read_only=True, config=settings)
            _harden(con, has_shapes=has_shapes)
    except duckdb.Error as error:
        raise StoreError(
            f"{path} cannot be opened as a release ({_first_line(error)}). "
            "Roll back to an earlier one: python -m etl rollback"
        ) from error
    return con


def open_build(
    path: Path, *, memory: str = BUILD_MEMORY, threads: int = 2, has_shapes: bool = True
) -> Connection:
    """Open a new file for a build; what does not fit in `memory` is spilled beside the file.

    The spill takes half of the room that is free, at most. `has_shapes` as for `open_derived`.
    """
    settings = {
        **_OFFLINE,
        "memory_limit": memory,
        "threads": threads,
        "temp_directory": str(path) + ".spill",
        "max_temp_directory_size": f"{shutil.disk_usage(path.parent).free // 2 >> 20}MiB",
        "preserve_insertion_order": True,
    }
    con = duckdb.connect(str(path), config=settings)
    if has_shapes:
        _load_spatial(con)
    return con


def open_scratch() -> Connection:
    """Open an empty database in memory, with spatial: for readers and exports."""
    con = duckdb.connect(config=dict(_OFFLINE))
    _load_spatial(con)
    return con


def schema_version(con: Connection) -> int:
    """Give the version of the tables; 0 where they do not tell, as the first releases did not."""
    try:
        row = con.execute("select schema_version from release").fetchone()
    except (duckdb.BinderException, duckdb.CatalogException):
        return 0
    return int(row[0]) if row else 0


def _harden(con: Connection, *, has_shapes: bool) -> None:
    """Load spatial, shut the way out, lock; a path that is open in this process is so already."""
    (is_locked,) = con.execute("select current_setting('lock_configuration')").fetchall()[0]
    if is_locked:
        return
    if has_shapes:
        _load_spatial(con)
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")


def _load_spatial(con: Connection) -> None:
    con.load_extension(str(extension_path()))
    con.execute("set global geometry_always_xy = true")
    # A job's log is read by people: no bars of single queries in it.
    con.execute("set enable_progress_bar = false")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
