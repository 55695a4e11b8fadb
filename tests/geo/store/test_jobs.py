"""The queue: one at a time, in order, cancelled when asked, never stuck."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo.errors import StoreError
from geo.store import jobs
from geo.store.state import state_path, transaction


def test_jobs_are_taken_in_order_and_once(tmp_path: Path) -> None:
    numbers = [jobs.submit(tmp_path, "publish", {"release": str(i)}) for i in range(3)]
    with ThreadPoolExecutor(4) as pool:
        taken = [job for job in pool.map(lambda _: jobs.claim(tmp_path), range(4)) if job]
    assert sorted(job.job_id for job in taken) == numbers
    assert {job.state for job in jobs.latest(tmp_path)} == {"running"}
    assert jobs.claim(tmp_path) is None


def test_progress_is_kept_and_an_end_is_an_end(tmp_path: Path) -> None:
    number = jobs.submit(tmp_path, "build", {"city": "城/city.toml"})
    assert jobs.find(tmp_path, number).params == {"city": "城/city.toml"}
    jobs.claim(tmp_path)
    assert jobs.report(tmp_path, number, 0.5, "half") is False
    assert jobs.find(tmp_path, number).progress == 0.5
    jobs.finish(tmp_path, number, "done", "release 1")
    jobs.finish(tmp_path, number, "failed", "too late")
    ended = jobs.find(tmp_path, number)
    assert (ended.state, ended.message, ended.progress) == ("done", "release 1", 1.0)
    assert ended.ended_at is not None


def test_a_waiting_job_is_cancelled_and_a_running_one_is_asked(tmp_path: Path) -> None:
    running = jobs.submit(tmp_path, "build", {})
    jobs.claim(tmp_path)
    waiting = jobs.submit(tmp_path, "build", {})
    assert jobs.cancel(tmp_path, waiting).state == "cancelled"
    assert jobs.cancel(tmp_path, running).state == "running"
    assert jobs.report(tmp_path, running, 0.1, "") is True
    assert jobs.claim(tmp_path) is None


def test_jobs_of_a_dead_worker_are_failed(tmp_path: Path) -> None:
    number = jobs.submit(tmp_path, "build", {})
    jobs.claim(tmp_path)
    assert jobs.fail_orphans(tmp_path) == 1
    assert jobs.find(tmp_path, number).state == "failed"


def test_unknown_kinds_and_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a kind of job"):
        jobs.submit(tmp_path, "delete", {})
    with pytest.raises(StoreError, match="no job 7"):
        jobs.find(tmp_path, 7)


def test_the_state_is_written_ahead_and_synced(tmp_path: Path) -> None:
    jobs.submit(tmp_path, "build", {})
    with sqlite3.connect(state_path(tmp_path)) as con:
        assert con.execute("pragma journal_mode").fetchone() == ("wal",)
    con.close()
    with transaction(tmp_path) as inside:
        assert inside.execute("pragma synchronous").fetchone()[0] == 2


def test_an_exception_undoes_the_transaction(tmp_path: Path) -> None:
    def interrupted() -> None:
        with transaction(tmp_path) as con:
            con.execute("insert into job (kind, params, state, created_at) values (1, 2, 3, 4)")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert jobs.latest(tmp_path) == []


def test_a_file_that_is_no_database_is_one_message(tmp_path: Path) -> None:
    state_path(tmp_path).parent.mkdir(parents=True)
    state_path(tmp_path).write_text("no database" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"state\.sqlite cannot be used"):
        jobs.latest(tmp_path)
