"""A release can be read and nothing else; every cursor measures longitude first."""

import hashlib
from pathlib import Path

import duckdb
import pytest

from geo.errors import StoreError
from geo.store.connect import SCHEMA_VERSION, Connection, open_build, open_release, open_scratch
from geo.store.write import schema_columns


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "release.duckdb"
    con = open_build(file)
    con.execute("create table places as select st_point(116.4, 39.9) as geom")
    con.execute(f"create table release as select {SCHEMA_VERSION} as schema_version")
    con.execute("checkpoint")
    con.close()
    return file


def _refused(con: Connection, statement: str) -> bool:
    try:
        con.execute(statement)
    except duckdb.Error:
        return True
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "copy places to 'out.csv'",
        "attach 'other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set memory_limit = '100GB'",
        "set enable_external_access = true",
        "create table more (a integer)",
        "delete from places",
        "select * from 'x.parquet'",
    ],
)
def test_what_a_reader_must_not_do_is_refused(path: Path, statement: str) -> None:
    con = open_release(path)
    try:
        assert _refused(con, statement)
        assert con.execute("select count(*) from places").fetchall() == [(1,)]
    finally:
        con.close()


def test_a_second_opening_of_one_path_works_and_is_as_closed(path: Path) -> None:
    first, second = open_release(path), open_release(path)
    try:
        assert _refused(second, "select * from read_text('/etc/passwd')")
        assert second.execute("select st_x(geom) from places").fetchall() == [(116.4,)]
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize("opened", ["release", "build", "scratch"])
def test_a_cursor_takes_longitude_first(path: Path, tmp_path: Path, opened: str) -> None:
    con = {
        "release": lambda: open_release(path),
        "build": lambda: open_build(tmp_path / "other.duckdb"),
        "scratch": open_scratch,
    }[opened]()
    try:
        query = "select st_distance_sphere(st_point(116.4, 39.9), st_point(117.2, 39.1))"
        ((metres,),) = con.cursor().execute(query).fetchall()
    finally:
        con.close()
    # haversine of Beijing and Tianjin by hand: latitude first would give 125 km or less than 98 km
    assert metres == pytest.approx(112_300, rel=0.01)


@pytest.mark.parametrize(
    ("made", "written"),
    [
        ("create table grid (a integer)", 0),
        ("create table release as select 'x' as city", 0),
        ("create table release (schema_version integer not null)", 0),
        (
            f"create table release as select {SCHEMA_VERSION + 1} as schema_version",
            SCHEMA_VERSION + 1,
        ),
    ],
)
def test_a_release_with_other_tables_is_one_message(
    tmp_path: Path, made: str, written: int
) -> None:
    file = tmp_path / "release.duckdb"
    con = open_build(file)
    con.execute(made)
    con.execute("checkpoint")
    con.close()
    ours = SCHEMA_VERSION
    expected = rf"release\.duckdb.* version {written}; .* version {ours}\. .*python -m etl build"
    for _ in range(2):
        with pytest.raises(StoreError, match=expected):
            open_release(file)


def test_whoever_changes_the_tables_raises_their_number() -> None:
    tables = sorted((name, sorted(kinds.items())) for name, kinds in schema_columns().items())
    digest = hashlib.sha256(repr(tables).encode()).hexdigest()[:16]
    message = "the tables changed: raise SCHEMA_VERSION and write the pair of both here"
    assert (SCHEMA_VERSION, digest) == (7, "a734f32375b6adb6"), message


@pytest.mark.parametrize("harm", ["absent", "empty", "text", "folder"])
def test_what_is_no_release_is_one_message(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "release.duckdb"
    if harm == "empty":
        path.write_bytes(b"")
    elif harm == "text":
        path.write_text("not a database, but long enough to be looked at\n" * 100, "utf-8")
    elif harm == "folder":
        path.mkdir()
    if harm == "empty":
        # DuckDB takes an empty file for a new database, and cannot create one read-only
        with pytest.raises(StoreError, match=r"release\.duckdb"):
            open_release(path)
        return
    with pytest.raises(StoreError, match=r"release\.duckdb.*python -m etl"):
        open_release(path)
