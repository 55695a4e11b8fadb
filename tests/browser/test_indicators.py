"""An indicator of a ledger on the map: chosen, counted, said, kept in the address."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import open_page, query, settle

pytestmark = pytest.mark.browser


def _values(server: str, level: str) -> list[dict]:
    address = f"{server}/api/v1/indicators?i=waste_accuracy&level={level}&period=2026-10"
    with urlopen(address) as answer:
        return json.load(answer)["values"]


def test_choosing_an_indicator_colours_map_and_legend_by_it(page, server):
    open_page(page, "/coverage?lang=en")
    page.get_by_label("Waste sorted correctly").check()
    page.wait_for_url("**i=waste_accuracy*")
    assert query(page)["k"] == "ind"
    expect(page.locator("#legend")).to_contain_text("target 90.0%")
    rows = page.locator("#legend button.legend-row-ind .legend-number")
    expect(rows.first).to_be_visible()
    assert sum(int(text.replace(",", "")) for text in rows.all_text_contents()) == sum(
        one["value"] is not None and one["verdict"] != "not_assessable"  # over 100 % is not judged
        for one in _values(server, "grid")
    )
    (city,) = _values(server, "city")
    said = f"{city['value'] * 100:.1f}%"
    expect(page.locator("#sentence")).to_contain_text(said)
    expect(page.locator("#detail")).to_contain_text(said)
    # a rate never stands without what it was made of
    parts = f"({city['numerator']:,.0f} of {city['denominator']:,.0f})"
    expect(page.locator("#sentence")).to_contain_text(said + " " + parts)
    expect(page.locator("#detail")).to_contain_text(parts)
    page.get_by_label("Coverage", exact=True).check()
    expect(page.locator("#legend")).to_contain_text("Blind spot")
    page.wait_for_url(lambda url: "k=" not in url and "i=" not in url)


def test_a_link_to_an_indicator_shows_it_and_a_grid_lists_all(page, server):
    worst = min(_values(server, "grid"), key=lambda one: one["value"])
    open_page(page, f"/coverage?lang=zh&k=ind&i=waste_accuracy&s={worst['unit_id']}")
    settle(page)
    detail = page.locator("#detail")
    expect(detail).to_contain_text("台账指标")
    row = detail.get_by_role("row").filter(has_text="垃圾分类准确率")
    expect(row).to_contain_text(f"{worst['value'] * 100:.1f}%")
    expect(row).to_contain_text(f"（{worst['numerator']:.0f}／{worst['denominator']:.0f}）")
    expect(row).to_contain_text("未达标")
    expect(detail.get_by_role("row").filter(has_text="重点对象走访率")).to_contain_text("所在社区")


def test_an_indicator_that_the_city_has_not_falls_back_to_coverage(page):
    open_page(page, "/coverage?lang=en&k=ind&i=nothing")
    expect(page.locator("#legend")).to_contain_text("Blind spot")
