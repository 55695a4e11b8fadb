"""The change beside a figure opens a card that says why; its numbers are those of the interface."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import open_page, settle

pytestmark = pytest.mark.browser

CARE = "c=ELD_DAYCARE"


def open_card(page: Page, address: str, key: str) -> None:
    open_page(page, address)
    settle(page)
    page.locator(f"[data-key='why-{key}']").click()
    expect(page.locator("#why-card .why-steps")).to_be_visible()


def answer(page: Page, question: str) -> dict[str, Any]:
    found = page.request.get(f"/api/v1/change?{question}&m=15")
    assert found.ok
    return found.json()


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", "").replace(",", ""))


def shown(page: Page) -> list[tuple[str, float, float]]:
    """Read the rows of the table: step, points, amount."""
    rows = page.locator("#why-card tr[data-step]")
    found: list[tuple[str, float, float]] = []
    for at in range(rows.count()):
        row = rows.nth(at)
        points, amount = row.locator("td.number").all_text_contents()
        found.append((row.get_attribute("data-step") or "", number(points), number(amount)))
    return found


def test_the_card_shows_what_the_interface_says_and_adds_up(page: Page) -> None:
    open_card(page, f"/?{CARE}", "share")
    why = answer(page, CARE)
    *steps, (name, points, amount) = shown(page)
    assert name == "sum"
    expected = [
        (one["name"], one["shown"] / 10, one["amount_shown"])
        for one in why["steps"]
        if one["numerator"] or one["denominator"]
    ]
    assert expected, "the demo's care centres changed"
    assert steps == expected
    assert (points, amount) == (why["total"]["shown"] / 10, why["total"]["amount_shown"])
    assert sum(one[1] for one in steps) == pytest.approx(points, abs=1e-9)
    assert sum(one[2] for one in steps) == amount
    chip = page.locator("[data-key='why-share']").inner_text()
    assert f"{abs(points):.1f}" in chip
    names = page.locator("#why-card .why-near b").all_text_contents()
    assert names == [row["name"] for row in why["differences"]]


def test_the_keys_open_and_close_it_and_the_focus_comes_back(page: Page) -> None:
    open_page(page, f"/?{CARE}")
    settle(page)
    button = page.locator("[data-key='why-share']")
    assert button.get_attribute("aria-haspopup") == "dialog"
    assert "为什么变了" in (button.get_attribute("aria-label") or "")
    button.focus()
    page.keyboard.press("Enter")
    card = page.locator("#why-card")
    expect(card.locator(".why-steps")).to_be_visible()
    assert page.evaluate("() => document.activeElement.closest('#why-card') !== null")
    page.keyboard.press("2")
    page.keyboard.press("]")
    assert page.locator("main").get_attribute("data-page") == "overview"
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert page.evaluate("() => document.activeElement.dataset.key") == "why-share"
    assert "m=" not in page.url


def test_the_lowest_part_and_the_coverage_page_have_cards_of_their_own(page: Page) -> None:
    open_page(page, f"/?{CARE}")
    settle(page)
    lowest = page.locator(".kpi-name").inner_text()
    page.locator("[data-key='why-worst']").click()
    expect(page.locator("#why-card .why-steps")).to_be_visible()
    assert lowest in page.locator("#why-card .note").first.inner_text()
    open_card(page, f"/coverage?{CARE}", "area")
    assert shown(page)[-1][1] == answer(page, CARE)["total"]["shown"] / 10


def test_the_phone_has_a_sheet_in_english(new_page) -> None:
    page = new_page(390, 844)
    open_card(page, f"/?{CARE}&lang=en", "share")
    card = page.locator("#why-card")
    assert "Why it changed" in card.inner_text()
    assert not re.search(r"[，。：]", card.locator(".why-steps").inner_text())
    box = card.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    assert box["y"] >= 844 * 0.14
    assert card.evaluate("node => node.scrollWidth <= node.clientWidth")
    close = card.locator(".why-close").bounding_box()
    assert close is not None
    assert min(close["width"], close["height"]) >= 44
    page.mouse.click(195, 20)
    expect(card).to_be_hidden()


def test_the_definitions_and_the_way_to_the_data_are_there(page: Page) -> None:
    open_card(page, f"/?{CARE}", "share")
    card = page.locator("#why-card")
    card.locator("summary").click()
    assert card.locator(".why-how li").count() == 8
    card.locator(".why-data").click()
    page.wait_for_selector("main[data-page='data'][data-ready='1']")
