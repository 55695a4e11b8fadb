"""A real server on a demo city, and Chromium pages that report everything they do wrong."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.conftest import CHROMIUM, ROOT

DEMO_GRIDS = 300
START_SECONDS = 60
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


def _run(*args: str | Path) -> None:
    """Run one command of the product and show its output when it fails."""
    done = subprocess.run(
        [sys.executable, *map(str, args)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        command = " ".join(map(str, args))
        pytest.fail(f"{command}\n{done.stdout}\n{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with two months of a small demo city, built by the commands people use.

    BROWSER_STORE names a store that exists already, which spares the build while tests are written.
    """
    ready = os.environ.get("BROWSER_STORE")
    if ready:
        return Path(ready)
    folder = tmp_path_factory.mktemp("browser")
    _run("-m", "etl", "demo", "--out", folder / "city", "--grids", str(DEMO_GRIDS))
    for settings in ("previous/city.toml", "city.toml"):
        _run("-m", "etl", "build", folder / "city" / settings, "--store", folder / "store")
    return folder / "store"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_ready(address: str) -> bool:
    """Ask /readyz and read the body: a page for people would answer 200 as well."""
    try:
        with urlopen(f"{address}/readyz", timeout=2) as answer:
            return json.load(answer).get("ready") is True
    except (URLError, OSError, ValueError):
        return False


@contextmanager
def serving(store: Path, log: Path) -> Iterator[str]:
    """Serve a store on a free port and give the address; show what it said on failure."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", "--store", str(store), "--port", str(port)],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _is_ready(address):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the server did not start:\n{log.read_text()}", pytrace=False)
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    said = log.read_text()
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def server(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the store of the demo city."""
    with serving(store, tmp_path_factory.mktemp("server") / "server.log") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium of the machine once."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=CHROMIUM_ARGS, headless=True
        )
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """Everything a page did that it must not do."""

    address: str
    faults: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to one page from its first request on."""
        page.on("console", lambda line: self._console(line.type, line.text))
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", lambda sent: self._request(sent.url))
        page.on("response", self._response)

    def _console(self, kind: str, text: str) -> None:
        # A status >= 400 is reported by _response, with its address.
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(f"console error: {text}")

    def _request(self, url: str) -> None:
        if urlsplit(url).scheme in {"data", "blob", "about"}:
            return
        if f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" != self.address:
            self.faults.append(f"request to another host: {url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"status {response.status}: {response.url}")


@pytest.fixture
def watch(server: str, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Fail the test for each fault its pages had, save those the marker `allow_faults` names."""
    watched = Watch(server)
    yield watched
    marker = request.node.get_closest_marker("allow_faults")
    allowed = marker.args if marker else ()
    faults = [fault for fault in watched.faults if not any(part in fault for part in allowed)]
    assert not faults, "\n".join(faults)


@pytest.fixture
def new_page(browser: Browser, server: str, watch: Watch) -> Iterator:
    """Give a maker of pages, each with its own user (context), closed at the end of the test."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1366, height: int = 768, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=server, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        watch.follow(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page) -> Page:
    """Give one page of desktop size."""
    return new_page()
