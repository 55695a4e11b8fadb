"""The page when the server goes away, and when it has newer data: nothing is lost or swapped."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.store.release import Release, current, publish, rollback
from tests.browser.test_pages import READY, choose, open_page, sentence, settle, wait_for_sentence
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

START_SECONDS = 60
CHECK = "() => livingCircle.checkServer()"


class Service:
    """A server that a test stops and starts again at the same address."""

    def __init__(self, store: Path) -> None:
        self.store = store
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "dashboard", "--store", str(self.store)]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the server did not start")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@pytest.fixture
def service(store: Path, tmp_path: Path) -> Iterator[Service]:
    """Give a server of its own over a copy of the store, whose pointer a test may move."""
    shutil.copytree(store / "data", tmp_path / "data", copy_function=_link)
    made = Service(tmp_path)
    made.start()
    yield made
    made.stop()


def _link(source: str, target: str) -> str:
    """Link release files, which never change; copy the pointer, which does."""
    if source.endswith(".duckdb"):
        Path(target).hardlink_to(source)
        return target
    return str(shutil.copy2(source, target))


@pytest.fixture
def visitor(browser: Browser, service: Service) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=service.address)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def published(store: Path) -> Release:
    found = current(store)
    assert found
    return found


def banner(page: Page, kind: str):
    return page.locator(f"#notices [data-notice='{kind}']")


def test_a_server_that_goes_away_leaves_the_result_and_retry_needs_no_reload(visitor, service):
    page = visitor
    open_page(page, "/coverage")
    settle(page)
    before = sentence(page)
    page.evaluate("() => { window.sameDocument = true; }")
    service.stop()
    choose(page, "scope-mode", "line")
    expect(banner(page, "offline")).to_have_count(1)
    expect(banner(page, "offline")).to_contain_text("连接不上服务器，页面显示的是 ")
    assert sentence(page) == before
    # Still out of reach: the message stays, and the button can be pressed again.
    banner(page, "offline").get_by_role("button", name="重试").click()
    expect(banner(page, "offline").get_by_role("button", name="重试")).to_be_enabled()
    service.start()
    banner(page, "offline").get_by_role("button", name="重试").click()
    wait_for_sentence(page, "直线")
    expect(banner(page, "offline")).to_have_count(0)
    assert page.evaluate("() => window.sameDocument")


def test_the_slider_works_on_while_the_server_is_away(visitor, service):
    page = visitor
    open_page(page, "/coverage")
    settle(page)
    service.stop()
    page.keyboard.press("]")
    wait_for_sentence(page, " 16 ")
    # Tiles of another view cannot come: the old picture stays, and nothing asks in a loop.
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.evaluate("() => livingCircle.map.get().setZoom(livingCircle.map.get().getZoom() + 3)")
    expect(banner(page, "offline")).to_have_count(1)
    page.wait_for_timeout(1_500)
    first = len(asked)
    page.wait_for_timeout(1_500)
    assert len(asked) <= first + 1
    service.start()
    # The page may have found the server by itself by now, and taken the banner away.
    page.evaluate("""() => document.querySelector("[data-notice='offline'] button")?.click()""")
    expect(banner(page, "offline")).to_have_count(0)
    page.wait_for_function(
        "() => livingCircle.map.stack().frame.zoom === livingCircle.map.get().getZoom()"
    )


def test_newer_data_waits_until_the_visitor_switches(visitor, service):
    page = visitor
    newest = published(service.store)
    rollback(service.store)
    before = published(service.store)
    assert before.month != newest.month
    open_page(page, "/")
    settle(page)
    assert shown_release(page) == before.release
    publish(service.store, newest.release)
    page.evaluate(CHECK)
    expect(banner(page, "fresh_month")).to_contain_text(f"有新数据 {newest.month}。")
    # Questions asked meanwhile are answered from the release that is on the screen.
    choose(page, "scope-mode", "line")
    wait_for_sentence(page, "直线")
    assert shown_release(page) == before.release
    banner(page, "fresh_month").get_by_role("button", name="切换").click()
    page.wait_for_function(
        "release => livingCircle.app.view.release === release", arg=newest.release
    )
    expect(page.locator("#header-data")).to_contain_text(newest.month)
    expect(banner(page, "fresh_month")).to_have_count(0)
    assert "直线" in sentence(page)


def test_newer_data_that_was_put_off_is_not_told_again(visitor, service):
    page = visitor
    newest = published(service.store)
    rollback(service.store)
    open_page(page, "/?lang=en")
    settle(page)
    publish(service.store, newest.release)
    page.evaluate(CHECK)
    banner(page, "fresh_month").get_by_role("button", name="Later").click()
    page.evaluate(CHECK)
    expect(banner(page, "fresh_month")).to_have_count(0)
    page.reload()
    page.wait_for_selector(READY)
    assert shown_release(page) == newest.release


def shown_release(page: Page) -> str:
    return page.evaluate("() => livingCircle.app.view.release")
