"""The switch of opening hours: what it changes, what it says, and when it is not offered."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import choose, open_page, query, settle

pytestmark = pytest.mark.browser
STATION = "MED_STATION"


def _summary(server: str, **asked: str) -> dict:
    words = "&".join(f"{key}={value}" for key, value in {"c": STATION, **asked}.items())
    with urlopen(f"{server}/api/v1/summary?{words}") as answer:
        return json.load(answer)


def _first_class(page) -> str:
    return page.locator("#legend .legend-row .legend-number").nth(2).inner_text()


def test_the_evening_changes_sentence_legend_and_map_and_stays_in_the_link(page, server):
    open_page(page, f"/coverage?lang=zh&c={STATION}")
    settle(page)
    before = _first_class(page)
    whole, evening = _summary(server), _summary(server, h="evening")
    assert evening["numerator"] < whole["numerator"]
    expect(page.locator("#sentence")).to_contain_text(f"{whole['value'] * 100:.1f}%")
    with page.expect_request(lambda one: "/steps?" in one.url and "h=evening" in one.url):
        choose(page, "scope-opening", "evening")
    page.wait_for_url("**h=evening*")
    sentence = page.locator("#sentence")
    expect(sentence).to_contain_text("晚间仍开放的社区卫生服务站")
    expect(sentence).to_contain_text(f"至少 {evening['value'] * 100:.1f}%")
    legend = page.locator("#legend")
    expect(legend).to_contain_text("只计周一至周五 19:00-21:00 全程开放的设施")
    expect(legend).to_contain_text(f"另有 {evening['hours_unknown']} 处开放时间不详")
    assert _first_class(page) != before
    with page.expect_download() as started:
        page.locator('[data-key="export"]').click()
    assert "晚间" in started.value.suggested_filename
    choose(page, "scope-opening", "any")
    page.wait_for_url(lambda url: "h=" not in url)
    expect(sentence).to_contain_text(f"{whole['value'] * 100:.1f}%")


def test_a_link_to_the_weekend_shows_bounds_in_english_on_the_overview(page, server):
    open_page(page, f"/?lang=en&c={STATION}&h=weekend")
    settle(page)
    weekend = _summary(server, h="weekend")
    expect(page.locator("#sentence")).to_contain_text(f"at least {weekend['value'] * 100:.1f}%")
    expect(page.locator("#sentence")).to_contain_text(
        f"Hours of {weekend['hours_unknown']} more are unknown"
    )
    expect(page.locator("#kpis .kpi-value").first).to_contain_text("≥")
    expect(page.locator("#map-head")).to_contain_text("09:30-11:30, 14:30-16:30")
    expect(page.locator("#categories")).to_contain_text("At any hour")
    assert page.locator("#scope-opening input").nth(2).is_checked()


def test_a_category_without_hours_offers_no_hours_and_says_why(page):
    open_page(page, "/coverage?lang=zh&c=MED_HOSPITAL&h=evening")
    settle(page)
    switches = page.locator("#scope-opening input")
    assert [one.is_disabled() for one in switches.all()] == [False, True, True]
    expect(page.locator("#notices")).to_contain_text("没有登记能看懂的开放时间")
    expect(page.locator("#sentence")).not_to_contain_text("晚间")
    reason = page.locator("#scope-opening [title]").first.get_attribute("title")
    assert reason == "这类设施没有登记能看懂的开放时间"
    assert query(page)["c"] == "MED_HOSPITAL"
