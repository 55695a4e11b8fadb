"""Estates on the map: an indicator kept by them is drawn by them, named and kept in the address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from etl.build import BuildOptions, build_city
from tests.browser.conftest import serving
from tests.browser.test_pages import open_page, query, settle
from tests.etl.units_city import write_units_city

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small city with estates instead of the demo."""
    folder = tmp_path_factory.mktemp("estates")
    toml = write_units_city(folder / "city")
    build_city(toml, folder / "store", BuildOptions())
    with serving(folder / "store", folder / "server.log") as address:
        yield address


def test_an_indicator_kept_by_estates_is_drawn_by_estates(page):
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    open_page(page, "/coverage?lang=zh&k=ind&i=satisfied")
    settle(page)
    legend = page.locator("#legend")
    expect(legend).to_contain_text("小区")
    numbers = legend.locator("button.legend-row-ind .legend-number")
    expect(numbers.first).to_be_visible()
    # three of the eight estates answered: one in each of two streets, one that two streets share
    assert sum(int(text) for text in numbers.all_text_contents()) == 3
    tiles = [url for url in asked if "/unit-estate/" in url]
    assert tiles
    assert any("u=estate" in url for url in asked if "/values/" in url)


def test_the_unit_of_the_map_may_be_chosen_and_stays_in_the_address(page):
    open_page(page, "/coverage?lang=en&k=ind&i=satisfied")
    select = page.locator("select[data-key='unit-select']")
    expect(select.locator("option")).to_contain_text(["estate"])
    select.select_option("street")
    page.wait_for_url("**u=street*")
    expect(page.locator("#legend")).to_contain_text("subdistrict")
    select.select_option("estate")
    page.wait_for_url("**u=estate*")
    expect(page.locator("#legend")).to_contain_text("estate")
    # coverage is not known of estates: the map goes back to levels, and nothing is asked in vain
    page.get_by_label("Coverage", exact=True).check()
    expect(page.locator("#legend")).to_contain_text("Blind spot")
    settle(page)
    assert query(page).get("k") is None


def test_pointing_at_an_estate_names_it_and_its_value(page):
    open_page(page, "/coverage?lang=zh&k=ind&i=satisfied&u=estate&z=35.75,117.0,14")
    settle(page)
    place = page.evaluate(
        "() => { const LC = window.livingCircle;"
        " const names = LC.namesOf(LC.app.view.release, 'estate');"
        " return names.promise.then((n) => { const k = n.ids.indexOf('E2');"
        " return [n.names[k], n.lon[k], n.lat[k]]; }); }"
    )
    assert place[0] == "乙苑"
    open_page(page, f"/coverage?lang=zh&k=ind&i=satisfied&u=estate&z={place[2]},{place[1]},17")
    settle(page)
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 + 3)
    tip = page.locator(".map-tip")
    expect(tip).to_contain_text("乙苑")
    expect(tip).to_contain_text("0.8")
    # a click shows the estate beside the grid it selects, until another grid is chosen
    page.mouse.click(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 + 3)
    card = page.locator("#detail .unit-card")
    expect(card.locator("h3")).to_contain_text("乙苑")
    expect(card).to_contain_text("满意率")
    expect(card).to_contain_text("街1·占地 61.5% 在此")
    page.evaluate("() => window.livingCircle.act({ s: 'G22' })")
    expect(page.locator("#detail .detail-name")).to_contain_text("G22")
    expect(card).to_have_count(0)


def test_the_card_of_a_grid_says_who_answers_for_it_and_names_nobody(page):
    open_page(page, "/coverage?lang=zh&s=G00")
    detail = page.locator("#detail")
    expect(detail).to_contain_text("谁负责")
    rows = detail.locator("table.charge tr")
    expect(rows.filter(has_text="居委会")).to_contain_text("第一居委会")
    expect(rows.filter(has_text="网格员")).to_contain_text("已定人")
    expect(rows.filter(has_text="小区")).to_contain_text("甲苑·物业管理 否")
    expect(detail).not_to_contain_text("张三")
    open_page(page, "/coverage?lang=en&s=G01")
    expect(page.locator("#detail table.charge")).to_contain_text("nobody named")
