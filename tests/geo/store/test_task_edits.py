"""Changes of tasks: whole and in order, whoever writes; an older state takes them too."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from geo.store.state import state_path, transaction
from geo.store.task_edits import NO_EDITS, edits_of, latest_edits, record_edit

CHANGE = {"task_id": "a" * 12, "field": "owner", "before": None, "reopened": 0}


def test_a_store_without_changes_has_none_and_stays_without_a_file(tmp_path: Path) -> None:
    assert latest_edits(tmp_path) == NO_EDITS
    assert edits_of(tmp_path, "a" * 12) == []
    assert not state_path(tmp_path).exists()


def test_a_state_from_before_there_were_tasks_is_read_and_then_grows(tmp_path: Path) -> None:
    with transaction(tmp_path) as con:
        con.execute("drop table task_edit")
        con.execute("insert into job (kind, params, state, created_at) values ('a', '{}', 'x', '')")
    assert latest_edits(tmp_path) == NO_EDITS
    record_edit(tmp_path, {**CHANGE, "after": "物业"}, "街道会议定")
    assert [edit.after for edit in edits_of(tmp_path, "a" * 12)] == ["物业"]
    with transaction(tmp_path) as con:
        assert con.execute("select count(*) from job").fetchone()[0] == 1


def test_writers_at_once_lose_nothing_and_keep_the_chain(tmp_path: Path) -> None:
    def write(number: int) -> None:
        record_edit(tmp_path, {**CHANGE, "after": f"单位{number}"}, "试一试")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    edits = latest_edits(tmp_path)
    assert edits.is_whole
    assert {edit.after for edit in edits_of(tmp_path, "a" * 12)} == {f"单位{n}" for n in range(12)}
    assert edits.latest["a" * 12, "owner"] == edits_of(tmp_path, "a" * 12)[0]


def test_a_change_that_was_taken_out_shows(tmp_path: Path) -> None:
    for name in ("物业", "居委会", "城管局"):
        record_edit(tmp_path, {**CHANGE, "after": name}, "试一试")
    assert latest_edits(tmp_path).is_whole
    with sqlite3.connect(state_path(tmp_path)) as con:
        con.execute("delete from task_edit where after = '居委会'")
    con.close()
    assert not latest_edits(tmp_path).is_whole
