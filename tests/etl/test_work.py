"""The worker: a build that is asked to stop stops, and what was published stays published."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from etl.__main__ import main
from etl.work import run_job, work
from geo.errors import StoreError
from geo.store import inbox, jobs, publications
from geo.store import release as releases
from geo.store.state import state_path
from tests.etl.cities import SmallCity

ROOT = Path(__file__).resolve().parents[2]
SOON_S = 60


def _until(store: Path, job_id: int, states: tuple[str, ...]) -> str:
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        state = jobs.find(store, job_id).state
        if state in states:
            return state
        time.sleep(0.05)
    return jobs.find(store, job_id).state


def test_a_running_build_is_cancelled_at_its_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    toml = SmallCity().write(tmp_path / "city")
    number = jobs.submit(store, "build", {"city": str(toml), "workers": 1})
    jobs.claim(store)
    reported = jobs.report

    def ask_in_the_middle(place: Path, job_id: int, progress: float, message: str) -> bool:
        if progress > 0.3:
            jobs.cancel(place, job_id)
        return reported(place, job_id, progress, message)

    monkeypatch.setattr(jobs, "report", ask_in_the_middle)
    run_job(store, number)
    ended = jobs.find(store, number)
    assert ended.state == "cancelled"
    assert 0.3 < ended.progress < 1
    assert releases.current(store) is None
    assert not list((store / "data").glob(".build-*"))


def test_a_defect_ends_as_failed_and_is_not_swallowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = jobs.submit(tmp_path, "build", {"city": "city.toml"})
    jobs.claim(tmp_path)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("etl.set_jobs.build_city", broken)
    with pytest.raises(ZeroDivisionError):
        run_job(tmp_path, number)
    assert jobs.find(tmp_path, number).state == "failed"
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_one_worker_is_enough(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", "work", "--store", str(tmp_path)], cwd=ROOT
    )
    try:
        number = jobs.submit(tmp_path, "rollback", {})
        assert _until(tmp_path, number, ("failed",)) == "failed"
        with pytest.raises(StoreError, match="has a worker already"):
            work(tmp_path, once=True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SOON_S)
    # the place is free again
    work(tmp_path, once=True)


def test_a_worker_that_is_ended_takes_its_build_with_it(tmp_path: Path) -> None:
    store = tmp_path / "store"
    toml = SmallCity().write(tmp_path / "city")
    number = jobs.submit(store, "build", {"city": str(toml)})
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", "work", "--store", str(store)], cwd=ROOT
    )
    try:
        assert _until(store, number, ("running", "done")) in ("running", "done")
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(SOON_S)
    assert jobs.find(store, number).state in ("failed", "done")
    assert jobs.find(store, number).ended_at is not None


def _do(store: Path, kind: str, **params: object) -> jobs.Job:
    """Run one job as the worker does, in this process."""
    number = jobs.submit(store, kind, params)
    jobs.claim(store)
    run_job(store, number)
    return jobs.find(store, number)


def _sent(store: Path, city: SmallCity) -> inbox.SourceSet:
    """Give a set of the inbox with the files of a small city."""
    one = inbox.create(store)
    city.write(one.folder)
    return one


def _report(store: Path, one: inbox.SourceSet) -> dict[str, Any]:
    return json.loads(inbox.report_path(store, one).read_text(encoding="utf-8"))


def test_a_set_is_checked_built_published_and_taken_back(tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = _sent(store, SmallCity(as_of="2026-09"))
    assert _do(store, "build", set=first.set_id).state == "done"
    assert releases.current(store) is None, "a build from the page publishes nothing"
    release = _report(store, first)["release"]
    assert _do(store, "publish", release=release, reason="first month").state == "done"
    second = _sent(store, SmallCity(people=("101", *SmallCity().people[1:])))
    assert _do(store, "check", set=second.set_id).result is not None
    assert _do(store, "build", set=second.set_id).state == "done"
    told = _report(store, second)
    assert told["comparison"]["old"]["release"] == release
    assert {row["path"] for row in told["sources"]} >= {"grids.geojson", "facilities.csv"}
    assert _do(store, "publish", release=told["release"], reason="second month").state == "done"
    assert _do(store, "rollback", release=release, reason="wrong people").state == "done"
    now = releases.current(store)
    assert now is not None
    assert now.release == release
    moves = [(one.action, one.release, one.reason) for one in publications.latest(store)]
    assert moves == [
        ("rollback", release, "wrong people"),
        ("publish", told["release"], "second month"),
        ("publish", release, "first month"),
    ]


def test_a_report_names_the_line_of_an_error_in_the_settings(tmp_path: Path) -> None:
    one = _sent(tmp_path, SmallCity())
    text = one.city_toml.read_text(encoding="utf-8").replace("category_column", "categry_column")
    one.city_toml.write_text(text, encoding="utf-8")
    assert _do(tmp_path, "check", set=one.set_id).state == "done"
    told = _report(tmp_path, one)
    assert "category_column" in told["error"]["message"]
    assert "categry_column" in text.split("\n")[told["error"]["line"] - 1]
    assert told["counts"]["blocking"] == 1


def test_one_file_that_cannot_be_read_hides_nothing_of_the_others(tmp_path: Path) -> None:
    city = SmallCity(
        facilities=(*SmallCity().facilities, ("F1", "二号", "无此类", 300.0, 300.0, "open"))
    )
    one = _sent(tmp_path, city)
    (one.folder / "streets.geojson").write_text("{", encoding="utf-8")
    assert _do(tmp_path, "check", set=one.set_id).state == "done"
    told = _report(tmp_path, one)
    first = told["groups"][0]
    assert (first["severity"], first["source"]) == ("blocking", "streets.geojson")
    assert {"CAT_UNKNOWN"} <= {group["code"] for group in told["groups"]}
    assert [(row["value"], row["count"]) for row in told["unmapped"]] == [("无此类", 1)]
    assert _do(tmp_path, "build", set=one.set_id).state == "failed"


def test_rows_in_are_loaded_fixed_or_set_aside_exactly(tmp_path: Path) -> None:
    city = SmallCity(
        facilities=(*SmallCity().facilities, ("F9", "九号", "无此类", 300.0, 300.0, "open"))
    )
    one = _sent(tmp_path, city)
    _do(tmp_path, "check", set=one.set_id)
    rows = _report(tmp_path, one)["rows"]
    assert rows["in"] == rows["loaded"] + rows["fixed"] + rows["quarantined"]
    assert rows["quarantined"] == 1
    book = CalamineWorkbook.from_path(str(inbox.report_book(tmp_path, one)))
    assert "明细" in book.sheet_names


def test_a_set_without_settings_gets_a_proposal(tmp_path: Path) -> None:
    one = _sent(tmp_path, SmallCity())
    one.city_toml.unlink()
    assert _do(tmp_path, "check", set=one.set_id).state == "done"
    assert "cannot be opened" in _report(tmp_path, one)["error"]["message"]
    assert _do(tmp_path, "propose", set=one.set_id).state == "done"
    assert 'path = "grids.geojson"' in one.city_toml.read_text(encoding="utf-8")
    empty = inbox.create(tmp_path)
    assert _do(tmp_path, "propose", set=empty.set_id).state == "failed"


def test_the_command_line_writes_down_what_it_published(tmp_path: Path) -> None:
    store = tmp_path / "store"
    toml = SmallCity().write(tmp_path / "city")
    assert main(["build", str(toml), "--store", str(store), "--reason", "by hand"]) == 0
    (one,) = inbox.listed(store)
    assert (one.origin, one.month, one.city_toml) == ("command line", "2026-10", toml.resolve())
    assert main(["build", str(toml), "--store", str(store)]) == 0
    (only,) = publications.latest(store)
    assert (only.action, only.before, only.reason) == ("build", None, "by hand")
    assert len(inbox.listed(store)) == 1


def test_a_state_of_the_first_version_gets_its_new_column(tmp_path: Path) -> None:
    path = state_path(tmp_path)
    path.parent.mkdir(parents=True)
    old = sqlite3.connect(path)
    old.executescript(
        "create table job (job_id integer primary key autoincrement, kind text not null, "
        "params text not null, state text not null, progress real not null default 0, "
        "message text not null default '', is_cancel_asked integer not null default 0, "
        "created_at text not null, started_at text, ended_at text);"
        "insert into job (kind, params, state, created_at) values ('build', '{}', 'done', 'then');"
    )
    old.close()
    assert jobs.find(tmp_path, 1).result is None
    assert publications.latest(tmp_path) == []
    jobs.submit(tmp_path, "publish", {})
    jobs.claim(tmp_path)
    jobs.finish(tmp_path, 2, "done", "ok", {"release": "1-a"})
    assert jobs.find(tmp_path, 2).result == {"release": "1-a"}


def test_a_worker_says_that_it_lives_and_that_it_has_ended(tmp_path: Path) -> None:
    assert not jobs.is_worked(tmp_path)
    work(tmp_path, once=True)
    assert not jobs.is_worked(tmp_path)
    jobs.beat(tmp_path)
    assert jobs.is_worked(tmp_path)
