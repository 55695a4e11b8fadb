"""Serve a store: `python -m dashboard --store DIR`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from dashboard.settings import PREFIX, Settings, checked, from_environment
from geo.errors import LivingCircleError
from geo.store import release as releases

WORKER_STOPS_WITHIN_S = 30


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; 0 when stopped, 1 when it cannot start, 2 for wrong usage."""
    try:
        defaults = from_environment()
        options = _parser(defaults).parse_args(arguments)
        settings = checked(
            replace(
                defaults,
                store=options.store,
                host=options.host,
                port=options.port,
                workers=options.workers,
                threads=options.threads,
            )
        )
        check_store(settings.store)
    except LivingCircleError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"http://{settings.host}:{settings.port}{settings.prefix}", flush=True)
    with _worker(settings.store) if options.with_worker else nullcontext():
        Server(settings).run()
    return 0


class Server(BaseApplication):
    """gunicorn with threads, one application a process, opened after the fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set what PROMISES asks of the server."""
        for name, value in server_options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # pyright: ignore[reportIncompatibleMethodOverride] abstract upstream
        """Make the application in this process."""
        from dashboard.app import create_app
        from dashboard.snapshots import Snapshots

        snapshots = Snapshots(self._settings.store)
        settings = self._settings
        app = create_app(snapshots, prefix=settings.prefix, listens_on=settings.host)
        return app.server


def server_options(settings: Settings) -> dict[str, Any]:
    """Give the settings of gunicorn: threads, long keep-alive, no socket in the home folder."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        # Longer than a proxy keeps idle connections, or it meets closed ones and loses requests.
        "keepalive": 75,
        "timeout": 60,
        "graceful_timeout": 30,
        "limit_request_line": 4094,
        "control_socket_disable": True,
        "forwarded_allow_ips": "127.0.0.1",
        "loglevel": "warning",
    }


def check_store(store: Path) -> None:
    """Refuse a store that is damaged; one without a release can be given its first."""
    if releases.current(store) is not None:
        releases.serving(store)
        return
    print(
        f"{store} has no published release. Send files on the page (with --with-worker, or "
        "python -m etl work beside it), or make one: python -m etl demo --out data/demo, then "
        f"python -m etl build data/demo/city.toml --store {store}",
        file=sys.stderr,
        flush=True,
    )


@contextmanager
def _worker(store: Path) -> Iterator[None]:
    """Run the job worker beside the server.

    gunicorn forks, and what it forks leaves through here as well: only the process that started the
    worker stops it.
    """
    starter = os.getpid()
    worker = subprocess.Popen([sys.executable, "-m", "etl", "work", "--store", str(store)])
    try:
        yield
    finally:
        if os.getpid() == starter:
            worker.terminate()
            worker.wait(timeout=WORKER_STOPS_WITHIN_S)


def _parser(defaults: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboard", description=f"Serve a store. Defaults come from {PREFIX}*."
    )
    parser.add_argument("--store", type=Path, default=defaults.store, help="folder of the store")
    parser.add_argument("--host", default=defaults.host, help="address to listen on")
    parser.add_argument("--port", type=int, default=defaults.port, help="port to listen on")
    parser.add_argument("--workers", type=int, default=defaults.workers, help="processes")
    parser.add_argument("--threads", type=int, default=defaults.threads, help="threads a process")
    parser.add_argument(
        "--with-worker", action="store_true", help="also run the job worker of this store"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
