"""Run the jobs of a store one at a time, each in a process of its own, with progress and cancel."""

import multiprocessing
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from etl import set_jobs
from etl.bounds import hold_process
from etl.progress import Progress
from geo.errors import CancelledError, LivingCircleError, StoreError
from geo.store import jobs

NO_MEMORY: Final = (
    "The job needs more memory than it may take; the published release is untouched. Use smaller "
    "files, or a machine with more memory."
)
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
            jobs.beat(store)
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
        message, result = set_jobs.run(store, job, _reporting(store, job_id))
    except CancelledError:
        jobs.finish(store, job_id, "cancelled", "Stopped; the published release is untouched.")
    except LivingCircleError as error:
        jobs.finish(store, job_id, "failed", str(error))
    except MemoryError:
        jobs.finish(store, job_id, "failed", NO_MEMORY)
    except Exception:
        jobs.finish(store, job_id, "failed", "A defect of the program; its log has the details.")
        traceback.print_exc()
        raise
    else:
        jobs.finish(store, job_id, "done", message, result)


def _reporting(store: Path, job_id: int) -> Progress:
    """Make a progress that writes to the queue, and stops the work when that was asked for."""

    def show(share: float, message: str) -> None:
        if jobs.report(store, job_id, share, message):
            raise CancelledError(f"job {job_id} was asked to stop.")

    return Progress(show)


def _run_held(store: Path, job_id: int) -> None:
    """Run a job in a process of its own, which may not take the whole machine."""
    hold_process()
    run_job(store, job_id)


def _run_apart(store: Path, job: jobs.Job) -> None:
    child = multiprocessing.get_context("spawn").Process(
        target=_run_held, args=(store, job.job_id), name=f"etl-job-{job.job_id}"
    )
    try:
        # Inside, for the worker may be told to end while the process is being started.
        child.start()
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
        jobs.beat(store)
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

    jobs.worker_file(store).parent.mkdir(parents=True, exist_ok=True)
    with jobs.worker_file(store).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"{store} has a worker already. One is enough; end it to start another."
            ) from error
        try:
            yield
        finally:
            jobs.rest(store)


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
