"""Open the small database of a store that changes: SQLite, safe when any process dies."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from geo.errors import StoreError
from geo.store.queries import sql

_WAIT_MS: Final = 10_000


def state_path(store: Path) -> Path:
    """Give the file of the state."""
    return store / "state" / "state.sqlite"


@contextmanager
def transaction(store: Path) -> Iterator[sqlite3.Connection]:
    """Open the state for one transaction: committed at the end, undone by an exception.

    Write-ahead log with a sync at every commit: what was acknowledged survives the death of the
    process. A second writer waits up to ten seconds.

    Raises
    ------
    StoreError
        The file cannot be opened, is no database, or stays locked.
    """
    path = state_path(store)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        con = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_MS / 1000)
    except (OSError, sqlite3.Error) as error:
        raise _broken(path, error) from error
    try:
        con.row_factory = sqlite3.Row
        _prepare(con)
        con.execute("begin immediate")
        try:
            yield con
        except BaseException:
            con.execute("rollback")
            raise
        con.execute("commit")
    except sqlite3.Error as error:
        raise _broken(path, error) from error
    finally:
        con.close()


@contextmanager
def looking(store: Path) -> Iterator[sqlite3.Connection | None]:
    """Open the state for reading, in one snapshot; None where nothing was ever written.

    Readers wait for nobody, and nobody for them.

    Raises
    ------
    StoreError
        The file cannot be read.
    """
    path = state_path(store)
    if not path.is_file():
        yield None
        return
    try:
        con = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_MS / 1000)
        try:
            con.row_factory = sqlite3.Row
            con.execute("begin")
            yield con if _is_current(con) else None
        finally:
            con.close()
    except sqlite3.Error as error:
        raise _broken(path, error) from error


def _prepare(con: sqlite3.Connection) -> None:
    con.execute(f"pragma busy_timeout = {_WAIT_MS}")
    con.execute("pragma journal_mode = wal")
    con.execute("pragma synchronous = full")
    con.execute("pragma foreign_keys = on")
    # The newest table stands for all: each is made only where it is not there yet.
    if not _is_current(con):
        con.executescript(sql("state_schema"))
    known = {row["name"] for row in con.execute("pragma table_info(job)")}
    if "result" not in known:
        _add_result(con)


def _is_current(con: sqlite3.Connection) -> bool:
    newest = "select 1 from sqlite_master where name = 'task_edit'"
    return con.execute(newest).fetchone() is not None


def _add_result(con: sqlite3.Connection) -> None:
    """Give a state of the first version its new column; two openers may both find it missing."""
    con.execute("begin immediate")
    known = {row["name"] for row in con.execute("pragma table_info(job)")}
    if "result" not in known:
        con.execute("alter table job add column result text")
    con.execute("commit")


def _broken(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"{path} cannot be used ({error}); expected an SQLite file in a folder that can be "
        "written. Check owner and free space, or restore it from a backup."
    )
