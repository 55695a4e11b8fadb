"""Run the jobs of a store one at a time, each in a process of its own, with progress and cancel."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from etl.build import BuildOptions, build_city
from etl.progress import Progress
from geo.errors import CancelledError, LivingCircleError, SettingsError, StoreError
from geo.store import jobs
from geo.store.release import publish, rollback

_POLL_S: Final = 0.5
_PATIENCE_S: Final = 20.0
"""A job that was asked to stop and has not after this long is ended from outside."""


def work(store: Path, *, once: bool = False) -> None:
    """Take jobs until the process is told to end; with `once`, until none waits.

    A job that kills its process (out of memory, say) is marked failed and the next one is taken.

    Raises
    ------
    StoreError
        Another worker serves this store.
    """
    with _only_worker(store), _ended_by_signal():
        jobs.fail_orphans(store)
        while True:
            job = jobs.claim(store)
            if job is not None:
                _run_apart(store, job)
            elif once:
                return
            else:
                time.sleep(_POLL_S)


def run_job(store: Path, job_id: int) -> None:
    """Run one claimed job in this process and write down how it ended."""
    job = jobs.find(store, job_id)
    try:
        message = _run(store, job, _reporting(store, job_id))
    except CancelledError:
        jobs.finish(store, job_id, "cancelled", "Stopped; the published release is untouched.")
    except LivingCircleError as error:
        jobs.finish(store, job_id, "failed", str(error))
    except Exception:
        jobs.finish(store, job_id, "failed", "A defect of the program; its log has the details.")
        traceback.print_exc()
        raise
    else:
        jobs.finish(store, job_id, "done", message)


def _run(store: Path, job: jobs.Job, progress: Progress) -> str:
    params = dict(job.params)
    if job.kind == "publish":
        return f"release {publish(store, params.get('release')).release} is published"
    if job.kind == "rollback":
        return f"release {rollback(store, params.get('release')).release} is published again"
    city = params.get("city")
    if not isinstance(city, str):
        raise SettingsError(f"job {job.job_id} names no city.toml; expected it as `city`.")
    built = build_city(Path(city), store, _options(params), progress)
    state = "is published" if built.is_published else "is not published"
    return f"release {built.release.release} {state}"


def _options(params: dict[str, Any]) -> BuildOptions:
    return BuildOptions(
        publish=bool(params.get("publish", True)),
        strict=bool(params.get("strict", False)),
        reason=params.get("reason") or "web page",
        workers=int(params.get("workers") or os.cpu_count() or 1),
    )


def _reporting(store: Path, job_id: int) -> Progress:
    """Make a progress that writes to the queue, and stops the work when that was asked for."""

    def show(share: float, message: str) -> None:
        if jobs.report(store, job_id, share, message):
            raise CancelledError(f"job {job_id} was asked to stop.")

    return Progress(show)


def _run_apart(store: Path, job: jobs.Job) -> None:
    child = multiprocessing.get_context("spawn").Process(
        target=run_job, args=(store, job.job_id), name=f"etl-job-{job.job_id}"
    )
    child.start()
    try:
        _wait(store, job.job_id, child)
    finally:
        _end(child)
        jobs.finish(
            store,
            job.job_id,
            "cancelled" if jobs.find(store, job.job_id).is_cancel_asked else "failed",
            f"The process of this job ended (exit code {child.exitcode}); "
            "the published release is untouched.",
        )


def _wait(store: Path, job_id: int, child: BaseProcess) -> None:
    asked_at: float | None = None
    while child.is_alive():
        child.join(_POLL_S)
        if asked_at is None and jobs.find(store, job_id).is_cancel_asked:
            asked_at = time.monotonic()
        if asked_at is not None and time.monotonic() - asked_at > _PATIENCE_S:
            return


def _end(child: BaseProcess) -> None:
    if child.is_alive():
        child.terminate()
        child.join(5)
    if child.is_alive():
        child.kill()
        child.join()


@contextmanager
def _only_worker(store: Path) -> Iterator[None]:
    import fcntl

    folder = store / "state"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".worker").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"{store} has a worker already. One is enough; end it to start another."
            ) from error
        yield


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let SIGTERM end the worker the way Ctrl-C does, so that its child does not outlive it."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
