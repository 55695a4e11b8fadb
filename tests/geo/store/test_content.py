"""The name of a release's content: the same for the same rows, another for any change."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from geo.store.connect import Connection, open_scratch
from geo.store.content import content_digests, content_of, content_tables
from geo.store.write import append, create_schema, schema_columns


@pytest.fixture
def con() -> Iterator[Connection]:
    held = open_scratch()
    create_schema(held)
    yield held
    held.close()


def _content(con: Connection) -> str:
    return content_of(content_digests(con))


def _area(con: Connection, order: list[int], people: object) -> None:
    wkb = shapely.to_wkb(shapely.box([0, 1], [0, 0], [1, 2], [1, 1]))
    columns = {
        "area_idx": np.array([0, 1]),
        "code": np.array(["城", "区"], dtype=object),
        "level": np.array(["city", "district"], dtype=object),
        "name": np.array(["城", "区"], dtype=object),
        "parent_idx": np.ma.array([0, 0], mask=[True, False]),
        "grid_lo": np.array([0, 0]),
        "grid_hi": np.array([2, 2]),
        "people_milli": people,
        "area_dm2": np.array([1, 2]),
        "lon": np.array([0.5, 1.5]),
        "lat": np.array([0.5, 0.5]),
        "geom": wkb,
    }
    append(con, "area", {name: values[order] for name, values in columns.items()})


def _hash(order: list[int], people: object) -> str:
    con = open_scratch()
    try:
        create_schema(con)
        _area(con, order, people)
        return _content(con)
    finally:
        con.close()


def test_the_order_of_rows_on_disk_is_not_content() -> None:
    known = np.ma.array([5, 7], mask=[False, False])
    assert _hash([0, 1], known) == _hash([1, 0], known)


def test_unknown_is_not_nothing() -> None:
    zero = np.ma.array([5, 0], mask=[False, False])
    unknown = np.ma.array([5, 0], mask=[False, True])
    assert _hash([0, 1], zero) != _hash([0, 1], unknown)


def test_any_change_of_a_number_shows() -> None:
    assert _hash([0, 1], np.array([5, 7])) != _hash([0, 1], np.array([5, 8]))


def test_text_does_not_run_into_the_next_cell(con: Connection) -> None:
    def named(first: str, second: str) -> str:
        con.execute("delete from node; delete from issue")
        append(
            con,
            "issue",
            {
                "issue_idx": np.array([0]),
                "affected": np.array([1]),
                **{
                    name: np.array([value], dtype=object)
                    for name, value in (
                        ("code", first),
                        ("severity", second),
                        ("source", ""),
                        ("message", ""),
                        ("action", ""),
                    )
                },
            },
        )
        return _content(con)

    assert named("ab", "c") != named("a", "bc")


def test_when_and_by_whom_is_not_content(con: Connection) -> None:
    before = _content(con)
    con.execute("insert into release_stamp values (1, 'x', 'now', null, 1.0)")
    assert _content(con) == before


def test_every_table_of_the_schema_is_content_but_the_stamp() -> None:
    assert set(schema_columns()) - set(content_tables()) == {"release_stamp"}
    assert len(content_tables()) > 20


def test_a_long_table_is_the_same_in_slices(con: Connection) -> None:
    rows = {
        "category_idx": np.repeat(np.arange(3, dtype=np.int16), 4),
        "demand_idx": np.tile(np.arange(4), 3),
        "line_dm": np.arange(12),
        "line_facility_idx": np.zeros(12, dtype=np.int32),
        "walk_dm": np.ma.array(np.arange(12), mask=np.arange(12) % 2 == 0),
        "walk_facility_idx": np.ma.array(np.zeros(12, dtype=np.int32), mask=np.arange(12) % 2 == 0),
        "walk_code": np.where(np.arange(12) % 2 == 0, 252, 0),
    }
    append(con, "reach", rows)
    first = _content(con)
    con.execute("delete from reach")
    append(con, "reach", {name: values[::-1] for name, values in rows.items()})
    assert _content(con) == first
    con.execute("update reach set walk_code = 253 where category_idx = 2 and demand_idx = 0")
    assert _content(con) != first
