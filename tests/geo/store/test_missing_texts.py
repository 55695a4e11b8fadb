"""A text that is not there stays so on its way from one store to another."""

from geo.store.connect import open_scratch
from geo.store.queries import fetch_columns
from geo.store.write import register


def test_a_missing_text_is_missing_in_the_next_store() -> None:
    con = open_scratch()
    try:
        found = fetch_columns(con, "select * from (values (1, 'a'), (2, null)) as t (n, word)")
        register(con, "carried", found)
        assert con.execute("select n from carried where word is null").fetchall() == [(2,)]
        assert con.execute("select word from carried order by n").fetchall() == [("a",), (None,)]
    finally:
        con.close()
