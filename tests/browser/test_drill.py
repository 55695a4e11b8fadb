"""Down and up through the areas: double click, keys, crumbs and rows; every control by Tab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import open_page, query, settle

pytestmark = pytest.mark.browser

LEVEL = "() => livingCircle.app.view.area.level"
# The middle of a grid that is drawn, in pixels of the window: away from buttons and legend.
SPOT = """() => {
  const map = livingCircle.map.get();
  const stack = livingCircle.map.stack();
  const box = map.getContainer().getBoundingClientRect();
  const area = livingCircle.app.view.area;
  for (let y = 0.1; y < 0.9; y += 0.02) {
    for (let x = 0.6; x < 0.95; x += 0.02) {
      const at = L.point(box.width * x, box.height * y);
      const unit = stack.unitAt(at);
      const isOwn = unit >= area.grid_lo && unit < area.grid_hi;
      const node = document.elementFromPoint(box.left + at.x, box.top + at.y);
      const onMap = node && map.getContainer().contains(node) && !node.closest('.map-buttons');
      if (isOwn && onMap) return [box.left + at.x, box.top + at.y];
    }
  }
  return null;
}"""


def double_click(page: Page) -> None:
    spot = page.evaluate(SPOT)
    assert spot, "no grid of the area is in sight"
    page.mouse.dblclick(*spot)


def wait_for_level(page: Page, level: str) -> None:
    page.wait_for_function("level => livingCircle.app.view.area.level === level", arg=level)
    settle(page)


def test_double_clicks_lead_from_the_city_to_a_grid_and_backspace_back_up(page):
    open_page(page, "/coverage")
    settle(page)
    for level in ("district", "street", "community"):
        double_click(page)
        wait_for_level(page, level)
        assert "s" not in query(page), "the clicks that made up the double click chose a grid"
    double_click(page)
    page.wait_for_function("() => livingCircle.app.place")
    assert page.evaluate(LEVEL) == "community"
    expect(page.locator("#detail .crumbs button")).to_have_count(4)
    page.keyboard.press("Backspace")
    page.wait_for_function("() => !livingCircle.app.place")
    for level in ("street", "district", "city"):
        page.keyboard.press("Backspace")
        wait_for_level(page, level)
    assert "a" not in query(page)


@pytest.mark.parametrize("unit", ["district", "community"])
def test_a_double_click_goes_down_one_level_whatever_is_drawn(page, unit):
    open_page(page, "/coverage")
    settle(page)
    spot = page.evaluate(SPOT)
    open_page(page, f"/coverage?u={unit}")
    settle(page)
    page.mouse.dblclick(*spot)
    wait_for_level(page, "district")


def test_rows_lead_down_and_crumbs_up(page):
    open_page(page, "/coverage")
    settle(page)
    page.locator("#detail .area-row").first.click()
    wait_for_level(page, "district")
    page.locator("#detail .area-row").first.click()
    wait_for_level(page, "street")
    crumbs = page.locator("#detail .crumbs")
    expect(crumbs.locator("button")).to_have_count(2)
    expect(crumbs.locator("[aria-current]")).to_have_count(1)
    crumbs.locator("button").first.click()
    wait_for_level(page, "city")
    expect(crumbs).to_have_count(0)


def test_backspace_in_a_box_stays_in_the_box(page):
    open_page(page, "/coverage")
    settle(page)
    page.locator("#detail .area-row").first.click()
    wait_for_level(page, "district")
    page.locator("#scope-minutes-box").press("Backspace")
    page.wait_for_timeout(300)
    assert page.evaluate(LEVEL) == "district"


@pytest.mark.parametrize("path", ["/", "/coverage"])
def test_every_stop_of_tab_has_a_visible_ring(page, path):
    open_page(page, path)
    settle(page)
    seen: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate("""() => {
          const node = document.activeElement;
          // A radio of a segmented switch is invisible: its label carries the ring.
          const shown = node.closest('.segmented label, .dash-input-container') || node;
          const style = getComputedStyle(shown);
          const own = node.id || node.dataset.key || node.className || node.tagName;
          const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
          return [String(own), ring || style.boxShadow !== 'none'];
        }""")
        assert stop[1], f"no ring on {stop[0]}"
        seen.add(stop[0])
    for wanted in ("scope-area", "scope-category", "scope-minutes-box", "scope-speed", "map"):
        assert any(wanted in name for name in seen), (wanted, sorted(seen))
