"""Nothing that is said is cut: names, numbers and the answer, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_pages import open_page, settle

pytestmark = pytest.mark.browser

LAPTOP = (1366, 768)
PHONE = (390, 844)
# The page looks for the thumb of a late slider this often, and once more to be sure.
SLIDER_FOLLOWED_MS = 400
# Elements with text of their own that is wider or higher than the box that cuts it.
CUT = """selector => Array.from(document.querySelectorAll(selector)).filter(node => {
  if (!node.getClientRects().length || !node.textContent.trim()) return false;
  const hides = getComputedStyle(node).overflow !== 'visible';
  const isWide = node.scrollWidth > node.clientWidth + 1;
  return hides && (isWide || node.scrollHeight > node.clientHeight + 2);
}).map(node => node.className + ': ' + node.textContent)"""
SAID = ".kpi, .kpi *, .legend *, .cat-name, .rank-name, .sentence *, .area-row *, .figure *"
# Texts that stick out of the box they were laid into.
OUT = """([selector, holder]) => Array.from(document.querySelectorAll(selector)).filter(node => {
  if (!node.getClientRects().length) return false;
  const own = node.getBoundingClientRect();
  const box = node.closest(holder).getBoundingClientRect();
  return own.right > box.right + 1 || own.bottom > box.bottom + 1 || own.left < box.left - 1;
}).map(node => node.className + ': ' + node.textContent)"""


def assert_whole(page: Page) -> None:
    assert page.evaluate(CUT, SAID) == []
    for selector, holder in (
        (".kpi-line > *", ".kpi"),
        (".kpi-note", ".kpi"),
        (".strip-name, .strip-count", ".strip-item"),
        (".sentence-text, .sentence-text b", ".sentence"),
        (".legend-row > *", ".legend-panel"),
        (".figure-value", ".figures"),
        (".scope .control", ".scope"),
    ):
        assert page.evaluate(OUT, [selector, holder]) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/coverage"])
@pytest.mark.parametrize("basis", ["people", "area"])
def test_a_laptop_shows_every_name_and_number_whole(new_page, path, lang, basis):
    page = new_page(*LAPTOP)
    open_page(page, f"{path}?lang={lang}&b={basis}")
    settle(page)
    assert_whole(page)


@pytest.mark.parametrize(
    "name", ["江南", "中央公园东", "经济技术开发区管理委员会", "Northfield East"]
)
def test_the_lowest_part_is_named_whole_however_long_its_name(new_page, name):
    page = new_page(*LAPTOP)
    open_page(page, "/")
    settle(page)
    page.evaluate(
        """name => {
          livingCircle.app.view.children.forEach(child => { child.name = name; });
          ['kpis', 'sentence'].forEach(livingCircle.redraw);
        }""",
        name,
    )
    expect(page.locator(".kpi-name")).to_have_text(name)
    settle(page)
    assert_whole(page)


def test_the_data_page_has_no_empty_bar_and_a_phone_scrolls_it_only_down(new_page):
    page = new_page(*PHONE)
    open_page(page, "/data")
    settle(page)
    expect(page.locator(".quality .table").first).to_be_visible()
    expect(page.locator(".scope")).to_be_hidden()
    wide, shown = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown
    # Names stay in one piece: the table is what scrolls, inside its card.
    assert page.evaluate(
        "() => document.querySelector('.table-wrap').scrollWidth >"
        " document.querySelector('.table-wrap').clientWidth"
    )


def test_a_phone_has_the_legend_one_tap_away_and_escape_puts_it_back(new_page):
    page = new_page(*PHONE)
    open_page(page, "/coverage")
    settle(page)
    expect(page.locator("#legend")).to_be_hidden()
    page.get_by_role("button", name="图例").click()
    expect(page.locator("#legend .legend-row").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#legend")).to_be_hidden()


def test_a_phone_draws_few_facilities_one_by_one_as_a_desktop_does(new_page):
    page = new_page(*PHONE)
    open_page(page, "/coverage?c=EDU_JUNIOR")
    settle(page)
    largest = page.evaluate(
        """() => Math.max(...livingCircle.map.stack().frame.facilities
          .flatMap(one => one.entries)
          .flatMap(({entry}) => (entry.layers.facilities || {features: []}).features)
          .map(feature => feature.properties.n || 1))"""
    )
    assert largest == 1


def test_the_language_switch_of_a_phone_keeps_off_the_edges(new_page):
    page = new_page(*PHONE)
    open_page(page, "/")
    settle(page)
    bar = page.locator(".topbar").bounding_box()
    switch = page.locator("#lang").bounding_box()
    assert bar
    assert switch
    assert switch["y"] >= bar["y"] + 4
    assert switch["y"] + switch["height"] <= bar["y"] + bar["height"] - 4


def test_controls_hold_their_values_although_their_scripts_come_late(new_page):
    page = new_page(*LAPTOP)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/async-*.js", hold)
    open_page(page, "/?lang=en")
    for route in held:
        route.continue_()
    expect(page.locator("#scope-area")).to_contain_text("（")
    expect(page.locator("#scope-category")).not_to_be_empty()
    expect(page.locator("#scope-speed")).to_contain_text("66.7")
    page.locator("#scope-minutes [role=slider]").focus()
    page.wait_for_timeout(SLIDER_FOLLOWED_MS)
    page.keyboard.press("ArrowRight")
    expect(page.locator("main")).to_have_attribute("data-minutes", "16")
