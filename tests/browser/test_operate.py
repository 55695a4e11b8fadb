"""An operator's month in Chromium: planted faults are found and mended, published, taken back."""

from __future__ import annotations

import csv
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO_GRIDS, START_SECONDS, Watch
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

SIZES = {"laptop": (1366, 768), "desktop": (1920, 1080), "phone": (390, 844)}
WORK_MS = 240_000
"""A build of the demo takes ten seconds alone and minutes on a machine that is shared."""
FIVE_MINUTES_S = 300
UNKNOWN = "剧本杀馆"
REASON = "十一月例行更新，警告已逐条核对"


def _run(*args: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, *map(str, args)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the files of the demo city, this month and the one before."""
    folder = tmp_path_factory.mktemp("operate") / "city"
    _run("-m", "etl", "demo", "--out", folder, "--grids", str(DEMO_GRIDS))
    return folder


@pytest.fixture(scope="module")
def own_store(city: Path) -> Path:
    """Give a store in which the month before is published: this test moves its pointer."""
    store = city.parent / "store"
    _run("-m", "etl", "build", city / "previous" / "city.toml", "--store", store)
    return store


def _serve(store: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = store.parent / f"server-{port}.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "dashboard", "--store", str(store)),
                *("--port", str(port), "--with-worker", "--workers", "1"),
            ],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _worker_lives(f"http://127.0.0.1:{port}"):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=60)
    assert "Traceback" not in log.read_text(), log.read_text()


def _worker_lives(address: str) -> bool:
    try:
        with urlopen(f"{address}/inbox/state", timeout=5) as answer:
            return json.load(answer)["worker"]["is_alive"]
    except OSError:
        return False


@pytest.fixture(scope="module")
def own_server(own_store: Path) -> Iterator[str]:
    yield from _serve(own_store)


@pytest.fixture
def watch(own_server: str) -> Iterator[Watch]:
    watched = Watch(own_server)
    yield watched
    assert not watched.faults, "\n".join(watched.faults)


@pytest.fixture
def open_at(browser, own_server, watch) -> Iterator:
    contexts = []

    def make(size: str) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=own_server
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        watch.follow(page)
        page.goto("/data")
        page.wait_for_selector("#operate[data-ready='1']")
        return page

    yield make
    for context in contexts:
        context.close()


def _plant(city: Path, folder: Path) -> dict[str, int]:
    """Write this month's files with three faults; give the row of each as a person counts it."""
    for path in city.iterdir():
        if path.is_file() and path.name != "city.toml":
            shutil.copy(path, folder / path.name)
    with (folder / "楼栋.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    lon, lat = header.index("经度"), header.index("纬度")
    for row in rows:
        row[lon], row[lat] = row[lat], row[lon]
    _write(folder / "楼栋.csv", "utf-8-sig", [header, *rows])
    with (folder / "便民商业.csv").open(encoding="gbk", newline="") as file:
        header, *rows = csv.reader(file)
    rows[40][header.index("类别")] = UNKNOWN
    rows[40][header.index("名称")] = "迷雾社"
    copied = list(rows[20])
    copied[header.index("名称")] = "同号的另一家"
    rows.insert(60, copied)
    _write(folder / "便民商业.csv", "gbk", [header, *rows])
    # the header is row 1
    return {"unknown": 42, "twice": 62}


def _write(path: Path, encoding: str, rows: list[list[str]]) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


def _share(address: str) -> object:
    with urlopen(f"{address}/api/v1/summary?t=walk", timeout=20) as answer:
        said = json.load(answer)
    return {key: said[key] for key in ("value", "numerator", "denominator", "release")}


def _panel(page: Page, step: int) -> None:
    page.wait_for_selector(f".op-panel[data-step='{step}']", timeout=WORK_MS)


def _idle(page: Page) -> None:
    expect(page.locator(".op-job")).to_have_count(0, timeout=WORK_MS)


def _group(page: Page, code: str, source: str):
    return page.locator(f"tr.op-group[data-code='{code}']", has_text=source)


def _samples(page: Page, code: str, source: str):
    """Give the lines with the rows of a group: they follow its own line."""
    return _group(page, code, source).locator("xpath=following-sibling::tr[1]")


def test_an_operator_finds_mends_publishes_and_takes_back(open_at, city, own_server, tmp_path):
    planted = _plant(city, tmp_path)
    before = _share(own_server)
    page = open_at("laptop")
    began = time.monotonic()

    page.get_by_role("button", name="从 2026-09 开始新的一月").click()
    page.wait_for_selector(".op-drop")
    page.set_input_files("#op-files", [str(path) for path in sorted(tmp_path.iterdir())])
    expect(page.locator("[role='alert']")).to_contain_text("已上传", timeout=WORK_MS)
    expect(page.locator(".op-panel")).to_contain_text("已替换")
    page.locator("#op-month").fill("2026-10")
    page.locator("[data-key='save-month']").click()
    page.get_by_role("button", name="校验这批文件").click()
    _panel(page, 3)

    # each planted fault: its file, its row, its reason
    expect(page.locator(".op-verdict")).to_contain_text("不能发布")
    expect(_group(page, "CRS_SWAP", "楼栋.csv")).to_contain_text("阻断")
    unknown = _samples(page, "CAT_UNKNOWN", "便民商业.csv")
    expect(unknown).to_contain_text(f"第 {planted['unknown']} 行")
    expect(unknown).to_contain_text(UNKNOWN)
    expect(_samples(page, "CODE_DUP", "便民商业.csv")).to_contain_text(f"第 {planted['twice']} 行")
    assert time.monotonic() - began < FIVE_MINUTES_S
    expect(page.get_by_role("button", name="计算这一版")).to_be_disabled()

    # mended in the page: the coordinates as proposed, the category by choice
    page.locator("[data-key='accept-楼栋.csv']").first.click()
    page.wait_for_selector(".op-job")
    _idle(page)
    expect(_group(page, "CRS_SWAP", "楼栋.csv")).to_have_count(0)
    expect(page.locator(".op-verdict")).to_contain_text("可以发布")
    page.locator("[data-key='step-2']").click()
    page.locator(f"select[data-word='{UNKNOWN}']").select_option("CUL_STATION")
    page.locator("[data-key='save-map']").click()
    page.wait_for_selector(".op-job")
    _idle(page)
    _panel(page, 3)
    expect(page.locator(".op-verdict")).to_contain_text("可以发布")
    expect(page.locator(".op-panel")).not_to_contain_text(UNKNOWN)

    page.get_by_role("button", name="计算这一版").click()
    _panel(page, 4)
    expect(page.locator("#op-differences, #op-attribution").first).to_be_visible()
    assert _share(own_server) == before, "a build alone publishes nothing"

    page.locator("[data-key='step-5']").click()
    expect(page.locator("[data-key='publish']")).to_be_disabled()
    page.locator(".op-publish input").fill(REASON)
    page.locator("[data-key='publish']").click()
    page.locator("[data-key='yes-publish']").click()
    current = page.locator("#op-releases tr", has_text="当前")
    expect(current).to_contain_text(REASON, timeout=WORK_MS)
    expect(current).to_contain_text("2026-10")
    after = _share(own_server)
    assert after != before

    page.locator(f"[data-key='rollback-{before['release']}']").click()
    page.locator(f"[data-key='yes-rollback-{before['release']}']").click()
    expect(current).to_contain_text("2026-09", timeout=WORK_MS)
    assert _share(own_server) == before, "the former numbers, to the digit"


@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_every_size(open_at, size):
    page = open_at(size)
    wide, shown = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown
    assert page.locator("h1").count() == 1
    expect(page.locator("#op-releases")).to_contain_text("2026-09")


def test_the_page_speaks_english(open_at):
    page = open_at("laptop")
    page.locator("#lang input[value='en']").click()
    expect(page.locator("#operate")).to_contain_text("Load and publish")
    expect(page.locator("#op-releases")).to_contain_text("Current")


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[str]:
    yield from _serve(tmp_path / "store")


def test_a_first_run_offers_to_load_and_takes_files(browser, empty_server, tmp_path):
    file = tmp_path / "设施.csv"
    file.write_text("编号,名称,类别,经度,纬度\n1,站,药店,117.3,30.6\n", encoding="gbk")
    watched = Watch(empty_server)
    page = browser.new_page(base_url=empty_server)
    watched.follow(page)
    page.goto("/")
    page.get_by_role("button", name="放入我的文件").click()
    page.wait_for_selector(".op-drop")
    page.set_input_files("#op-files", str(file))
    page.get_by_role("button", name="看文件，写出 city.toml").click()
    _panel(page, 2)
    expect(page.locator("#op-settings")).to_have_value(
        re.compile("category_column"), timeout=WORK_MS
    )
    page.close()
    assert not watched.faults, watched.faults
