"""Queue the work that the web page asks for; the worker takes it one at a time."""

import json
import os
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from geo.errors import StoreError
from geo.store.state import transaction

KINDS: Final = (
    *("propose", "check", "build", "compare", "publish", "rollback"),
    *("template", "demo"),
)
ENDED: Final = ("done", "failed", "cancelled")
_SILENT_S: Final = 15.0
"""A worker that has not said for this long that it lives is taken for dead; it says so every half
second, and a step of SQLite may hold it up for ten."""


@dataclass(frozen=True)
class Job:
    """A job and how far it is. `progress` 0..1; times are ISO 8601, UTC; `result` of a done one."""

    job_id: int
    kind: str
    params: Mapping[str, Any]
    state: str
    progress: float
    message: str
    is_cancel_asked: bool
    created_at: str
    started_at: str | None
    ended_at: str | None
    result: Mapping[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether it has ended, well or not."""
        return self.state in ENDED


def submit(store: Path, kind: str, params: Mapping[str, Any]) -> int:
    """Put a job into the queue and give its number.

    Raises
    ------
    StoreError
        The kind is unknown, or the state cannot be written.
    """
    if kind not in KINDS:
        raise StoreError(f"{kind} is not a kind of job; expected one of {', '.join(KINDS)}.")
    text = json.dumps(dict(params), ensure_ascii=False)
    with transaction(store) as con:
        row = con.execute(
            "insert into job (kind, params, state, created_at) values (?, ?, 'queued', ?)",
            (kind, text, _now()),
        )
        return int(row.lastrowid or 0)


def find(store: Path, job_id: int) -> Job:
    """Give a job by its number."""
    with transaction(store) as con:
        row = con.execute("select * from job where job_id = ?", (job_id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no job {job_id}. See the list of jobs on the data page.")
    return _job(row)


def latest(store: Path, limit: int = 20) -> list[Job]:
    """List jobs, the newest first."""
    with transaction(store) as con:
        rows = con.execute("select * from job order by job_id desc limit ?", (limit,)).fetchall()
    return [_job(row) for row in rows]


def cancel(store: Path, job_id: int) -> Job:
    """Take a waiting job out of the queue, or ask the running one to stop; an ended one stays."""
    with transaction(store) as con:
        con.execute(
            "update job set state = 'cancelled', ended_at = ? "
            "where job_id = ? and state = 'queued'",
            (_now(), job_id),
        )
        con.execute(
            "update job set is_cancel_asked = 1 where job_id = ? and state = 'running'", (job_id,)
        )
    return find(store, job_id)


def claim(store: Path) -> Job | None:
    """Take the oldest waiting job; None when there is none. For the worker only."""
    with transaction(store) as con:
        row = con.execute(
            "select * from job where state = 'queued' order by job_id limit 1"
        ).fetchone()
        if row is None:
            return None
        con.execute(
            "update job set state = 'running', started_at = ? where job_id = ?",
            (_now(), row["job_id"]),
        )
    return find(store, int(row["job_id"]))


def report(store: Path, job_id: int, progress: float, message: str) -> bool:
    """Say how far a job is; tell whether it was asked to stop."""
    with transaction(store) as con:
        con.execute(
            "update job set progress = ?, message = ? where job_id = ? and state = 'running'",
            (progress, message, job_id),
        )
        row = con.execute("select is_cancel_asked from job where job_id = ?", (job_id,)).fetchone()
    return bool(row and row["is_cancel_asked"])


def finish(
    store: Path,
    job_id: int,
    state: str,
    message: str,
    result: Mapping[str, Any] | None = None,
) -> None:
    """End a running job as done, failed or cancelled; one that has ended stays as it is."""
    text = None if result is None else json.dumps(dict(result), ensure_ascii=False)
    with transaction(store) as con:
        con.execute(
            "update job set state = ?, message = ?, ended_at = ?, result = ?, "
            "progress = case ? when 'done' then 1 else progress end "
            "where job_id = ? and state = 'running'",
            (state, message, _now(), text, state, job_id),
        )


def worker_file(store: Path) -> Path:
    """Give the file that the worker holds locked while it lives."""
    return store / "state" / ".worker"


def beat(store: Path) -> None:
    """Say that the worker lives: the time of its file."""
    worker_file(store).touch()


def is_worked(store: Path) -> bool:
    """Tell whether a worker takes jobs, without touching its lock."""
    try:
        return time.time() - worker_file(store).stat().st_mtime < _SILENT_S
    except OSError:
        return False


def rest(store: Path) -> None:
    """Say that the worker has ended; its file stays, for whoever waits for the lock has it open."""
    os.utime(worker_file(store), (0, 0))


def fail_orphans(store: Path) -> int:
    """End the jobs that a worker left running when it died; give how many."""
    with transaction(store) as con:
        done = con.execute(
            "update job set state = 'failed', ended_at = ?, "
            "message = 'The worker stopped while this ran; the published release is untouched.' "
            "where state = 'running'",
            (_now(),),
        )
        return done.rowcount


def _job(row: sqlite3.Row) -> Job:
    values = dict(row)
    values["params"] = json.loads(values["params"])
    values["is_cancel_asked"] = bool(values["is_cancel_asked"])
    values["result"] = None if values["result"] is None else json.loads(values["result"])
    return Job(**values)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
