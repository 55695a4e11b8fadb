"""The worker: a build that is asked to stop stops, and what was published stays published."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.work import run_job, work
from geo.errors import StoreError
from geo.store import jobs
from geo.store import release as releases
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
