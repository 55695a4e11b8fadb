"""How long a page takes to show itself, and the slider to repaint, in a real Chromium.

Run on an idle machine: `make bench`. Nothing here asserts a time; what is asserted is that no
request leaves while the slider moves.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from etl.build import BuildOptions, build_city
from tests.bench.lattice_city import LatticeCity, write_lattice_city

pytestmark = pytest.mark.bench

LONGEST_S = 60
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SIZES = {
    "2,025 grids": LatticeCity(side=45, categories=4, facilities=60, spacing_m=100.0),
    "20,164 grids": LatticeCity(categories=2, facilities=600, street_m=125.0, method="centre"),
    "501,264 grids": LatticeCity(
        side=708, grid_m=250.0, street_m=250.0, categories=1, facilities=4_000, method="centre"
    ),
}
# From the key that moves the slider to the frame after the last drawing of it.
PROBE = """() => {
  const main = document.querySelector('main');
  window.probe = {began: 0, times: []};
  window.addEventListener('keydown', () => { window.probe.began = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    window.probe.times.push(performance.now() - window.probe.began);
  }))).observe(main, {attributes: true, attributeFilter: ['data-minutes']});
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=list(SIZES))
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A city of one size, built and served; gives its name and its address."""
    folder = tmp_path_factory.mktemp("pages")
    toml = write_lattice_city(folder / "city", SIZES[request.param])
    build_city(toml, folder / "store", BuildOptions(workers=os.cpu_count() or 1))
    port = 8123
    command = [sys.executable, "-m", "dashboard", "--store", str(folder / "store")]
    server = subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield request.param, f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address) as answer:
                if json.load(answer)["ready"]:
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise TimeoutError(address)


def _open(page: Page, address: str) -> tuple[float, int]:
    """Give the seconds until the page says that its data is drawn, and the bytes received."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(f"{address}/coverage")
    while page.evaluate("document.querySelector('main')?.dataset.ready") != "1":
        if time.perf_counter() - began > LONGEST_S:
            raise TimeoutError(f"{page.url} did not show its data within {LONGEST_S} s")
        time.sleep(0.02)
    return time.perf_counter() - began, int(sum(received))


def test_first_paint_and_slider(
    browser: Browser, served: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, address = served
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    cold, cold_bytes = _open(page, address)
    warm, warm_bytes = _open(page, address)
    page.wait_for_timeout(2_000)
    requests: list[str] = []
    page.evaluate(PROBE)
    page.locator("#scope-minutes [role=slider]").focus()
    page.on("request", lambda request: requests.append(request.url))
    for step in range(60):
        page.keyboard.press("ArrowRight" if step % 20 < 10 else "ArrowLeft")
        page.wait_for_timeout(60)
    # The tab's icon is the browser's own affair: it takes it from its cache when the address moves.
    moving = [url for url in requests if "favicon" not in url]
    times = sorted(page.evaluate("window.probe.times"))
    context.close()
    p95 = times[int(0.95 * (len(times) - 1))]
    with capsys.disabled():
        print(f"\n{name}: first paint")
        print(f"  cold {cold:.2f} s, {cold_bytes / 1e6:.2f} MB")
        print(f"  warm {warm:.2f} s, {warm_bytes / 1e6:.2f} MB")
        print(f"  slider to repaint, {len(times)} steps: median {statistics.median(times):.0f} ms")
        print(f"  p95 {p95:.0f} ms")
    assert len(times) >= 50
    assert moving == []
