"""The pages as a person meets them: four sizes, two languages, two people, good and bad links."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = {"overview": "/", "coverage": "/coverage"}
SIZES = {
    "laptop": (1366, 768),
    "desktop": (1920, 1080),
    "phone": (390, 844),
    "wall": (3840, 1080),
}
READY = "main[data-ready='1']"
DATA = re.compile(r"/(_dash-update-component|values|tiles|api)\b")


def open_page(page: Page, address: str) -> None:
    """Go there and wait until the page has drawn its data."""
    page.goto(address)
    page.wait_for_selector(READY)


def sentence(page: Page) -> str:
    """Read the sentence without the button beside it; on a phone it may stand in a sheet."""
    return page.locator("#sentence [role='status']").text_content() or ""


def choose(page: Page, control: str, value: str) -> None:
    """Choose one of a row of options, as a click on it does."""
    page.locator(f"#{control} input[value='{value}']").click()


def wait_for_sentence(page: Page, part: str) -> None:
    expect(page.locator("#sentence [role='status']")).to_contain_text(part)


def query(page: Page) -> dict[str, str]:
    """Read the query string in the address bar."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def settle(page: Page) -> None:
    """Wait until nothing is asked any more and the last frame is painted."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_whole_at_every_size(new_page, name, size):
    page = new_page(*SIZES[size])
    open_page(page, PAGES[name])
    main = page.locator("main")
    assert main.get_attribute("data-page") == name
    assert main.get_attribute("data-lang") == "zh"
    assert page.locator("h1").count() == 1
    settle(page)
    # A phone shows the coverage in a sheet over the map, not in the sentence above it.
    assert re.search(r"\d %|\d%", main.inner_text()), "no share is shown"
    wide, shown = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown, f"{wide - shown} px to scroll sideways"


def test_the_overview_of_a_laptop_needs_no_scrolling(new_page):
    page = new_page(*SIZES["laptop"])
    open_page(page, "/")
    settle(page)
    high, shown = page.evaluate(
        "() => [document.documentElement.scrollHeight, document.documentElement.clientHeight]"
    )
    assert high <= shown, f"{high - shown} px to scroll down"


def test_the_slider_changes_the_sentence_and_asks_the_server_nothing(page):
    open_page(page, "/")
    settle(page)
    before = sentence(page)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if DATA.search(sent.url) else None)
    thumb = page.locator("#scope-minutes [role='slider']").first
    thumb.focus()
    for _ in range(5):
        thumb.press("ArrowLeft")
    wait_for_sentence(page, " 10 ")
    assert sentence(page) != before
    assert asked == []


def test_straight_line_covers_at_least_as_many_people_as_walking(page):
    open_page(page, "/?t=walk")
    walking = percent(page)
    choose(page, "scope-mode", "line")
    wait_for_sentence(page, "直线")
    page.wait_for_url(re.compile(r"t=line"))
    assert percent(page) >= walking


def percent(page: Page) -> float:
    """Read the first percentage of the sentence."""
    found = re.search(r"(\d+(?:\.\d+)?)\s*%", sentence(page))
    assert found, sentence(page)
    return float(found.group(1))


def test_a_copied_address_shows_the_same_view_to_somebody_else(new_page):
    first = new_page()
    open_page(first, "/coverage?t=line&b=households&m=9")
    settle(first)
    second = new_page()
    open_page(second, first.url)
    settle(second)
    assert sentence(second) == sentence(first)
    assert query(second) == query(first)
    assert "9" in sentence(second)


def test_back_returns_to_the_page_and_the_view_before(page):
    open_page(page, "/?m=12")
    before = sentence(page)
    page.locator("a.rail-link[data-page='coverage']").click()
    page.wait_for_selector("main[data-page='coverage'][data-ready='1']")
    page.go_back()
    page.wait_for_selector("main[data-page='overview'][data-ready='1']")
    wait_for_sentence(page, before)
    assert query(page)["m"] == "12"


def test_two_people_do_not_affect_each_other(new_page):
    one, other = new_page(), new_page()
    open_page(one, "/")
    open_page(other, "/")
    seen = sentence(one)
    choose(other, "scope-mode", "line")
    wait_for_sentence(other, "直线")
    one.reload()
    one.wait_for_selector(READY)
    assert sentence(one) == seen


@pytest.mark.parametrize(
    "search",
    [
        "?a=nowhere",
        "?m=999",
        "?m=ten&t=fly&b=money",
        "?c=NO_SUCH",
        "?s=0000",
        "?v=jetpack",
        "?a=nowhere&m=999",
    ],
)
def test_unknown_state_in_a_link_is_dropped_with_one_notice(page, search):
    open_page(page, f"/coverage{search}")
    notices = page.locator("#notices > *")
    expect(notices).to_have_count(1)
    page.wait_for_function(
        "keys => keys.every(key => !new URLSearchParams(location.search).has(key))",
        arg=[part.split("=")[0] for part in search[1:].split("&")],
    )
    assert re.search(r"\d", sentence(page))


@pytest.mark.allow_faults("status 404: ")
@pytest.mark.parametrize("path", ["/nothing-here", "/coverage/deeper", "/plan"])
def test_an_unknown_path_is_a_404_with_a_way_back(page, path):
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    assert page.locator("a[href='/']").count() >= 1


def test_the_language_switch_keeps_the_view(page):
    open_page(page, "/?m=12&t=line")
    choose(page, "lang", "en")
    page.wait_for_selector("main[data-ready='1'][data-lang='en']")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    assert query(page)["m"] == "12"
    assert query(page)["t"] == "line"
    assert "min" in sentence(page), sentence(page)


def test_english_pages_leave_chinese_to_names(page):
    open_page(page, "/?lang=en")
    settle(page)
    for place in ("nav", "#legend"):
        text = page.locator(place).first.inner_text()
        assert text.strip(), place
        assert not re.search("[一-鿿]", text.replace("中", "")), (place, text)


def test_a_page_says_when_the_city_is_synthetic(page):
    open_page(page, "/")
    expect(page.locator("header.topbar")).to_contain_text("示例数据")


def test_the_data_page_shows_files_and_invariants(page):
    open_page(page, "/data")
    assert page.locator("main").get_attribute("data-page") == "data"
    assert page.locator("h1").count() == 1
    expect(page.locator("main")).to_contain_text("网格.shp")
