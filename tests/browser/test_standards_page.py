"""The page of standards: one table, the map, the boards, all by the numbers of the API."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import SIZES, open_page, query, settle

pytestmark = pytest.mark.browser

ROWS = ".std-table tbody tr:not(.std-whole)"
ADDRESS = "/standards?lang=en&i=waste_accuracy&u=grid"


def _values(server: str, indicator: str, level: str) -> list[dict]:
    address = f"{server}/api/v1/indicators?i={indicator}&level={level}&period=2026-10"
    with urlopen(address) as answer:
        return json.load(answer)["values"]


def _open(page, address: str = ADDRESS) -> None:
    open_page(page, address)
    expect(page.locator(ROWS).first).to_be_visible()
    settle(page)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_at_every_size(new_page, size, lang):
    page = new_page(*SIZES[size])
    _open(page, f"/standards?lang={lang}")
    main = page.locator("main")
    assert main.get_attribute("data-page") == "standards"
    assert page.locator("h1").count() == 1
    wide, shown = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown, f"{wide - shown} px to scroll sideways"
    if size in ("laptop", "desktop"):
        high, seen = page.evaluate(
            "() => [document.documentElement.scrollHeight, document.documentElement.clientHeight]"
        )
        assert high <= seen, f"{high - seen} px to scroll down"


def test_the_table_the_sentence_and_the_legend_have_the_numbers_of_the_api(page, server):
    _open(page)
    known = [one for one in _values(server, "waste_accuracy", "grid") if one["value"] is not None]
    worst = min(one["value"] for one in known)
    first = page.locator(ROWS).first.locator("td.is-by")
    expect(first).to_contain_text(f"{worst * 100:.1f}%")
    expect(first).to_contain_text("✗ not met")
    (city,) = _values(server, "waste_accuracy", "city")
    expect(page.locator("#sentence")).to_contain_text(f"{city['value'] * 100:.1f}%")
    expect(page.locator("#sentence")).to_contain_text(f"of {city['denominator']:,.0f}")
    expect(page.locator(".std-whole td.is-by")).to_contain_text(f"{city['value'] * 100:.1f}%")
    numbers = page.locator("#legend button.legend-row-ind .legend-number").all_text_contents()
    judged = [one for one in known if one["verdict"] != "not_assessable"]  # over 100 % is not
    assert sum(int(text.replace(",", "")) for text in numbers) == len(judged)
    failed = sum(one["verdict"] == "fail" for one in known)
    expect(page.locator("[data-key='f-fail'] b")).to_have_text(f"{failed:,}")


def test_the_boards_name_best_and_worst_in_words(page, server):
    _open(page, "/standards?lang=zh&i=waste_accuracy&u=street")
    streets = sorted(_values(server, "waste_accuracy", "street"), key=lambda one: one["value"])
    best, worst = page.locator(".board").nth(0), page.locator(".board").nth(1)
    expect(best.locator("h3")).to_have_text("红榜")
    expect(worst.locator("h3")).to_have_text("黑榜")
    expect(worst.locator("li").first).to_contain_text(streets[0]["unit_name"])
    expect(worst.locator("li").first).to_contain_text("倒数第 1")
    expect(best.locator("li").first).to_contain_text(streets[-1]["unit_name"])


def test_a_column_colours_the_map_and_turns_its_order(page):
    _open(page)
    other = page.locator(".std-table thead th:not(.is-by) .std-head:not([data-key='head-name'])")
    name = other.first.text_content()
    other.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "i=waste_accuracy" not in url)
    expect(page.locator("#map-head h2")).to_have_text(name or "")
    head = page.locator(".std-table thead th.is-by")
    expect(head).to_contain_text(name or "")
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.locator(".std-head").click()
    expect(page.locator(".std-table thead th.is-by")).to_have_attribute("aria-sort", "descending")
    assert query(page)["o"] == "-" + query(page)["i"]


def test_rows_are_narrowed_down_by_result_and_by_name(page):
    _open(page)
    failed = int((page.locator("[data-key='f-fail'] b").text_content() or "").replace(",", ""))
    page.locator("[data-key='f-fail']").click()
    page.wait_for_url("**f=fail*")
    expect(page.locator(".work-foot [role='status']")).to_contain_text(f"of {failed} ")
    page.locator(".work-search").fill("no such place")
    expect(page.locator(".work-scroll .empty")).to_contain_text("No grid fit")
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator(ROWS).first).to_be_visible()
    page.wait_for_url(lambda url: "f=" not in url and "q=" not in url)


def test_a_link_shows_the_same_again_and_pages_turn(page):
    _open(page, ADDRESS + "&f=fail&o=-waste_accuracy")
    first = page.locator(ROWS).first.inner_text()
    page.locator("[data-key='page-size']").select_option("25")
    expect(page.locator(ROWS)).to_have_count(25)
    page.locator("[data-key='page-on']").click()
    expect(page.locator(".work-foot [role='status']")).to_contain_text("26–")
    _open(page, page.url)
    assert page.locator(ROWS).first.inner_text() == first


def test_a_chosen_grid_lists_all_its_indicators(page, server):
    _open(page)
    worst = min(
        (one for one in _values(server, "waste_accuracy", "grid") if one["value"] is not None),
        key=lambda one: one["value"],
    )
    page.locator(f"[data-key='row-{worst['unit_id']}']").click()
    page.wait_for_url(f"**s={worst['unit_id']}*")
    expect(page.locator("#detail h2")).to_have_text(worst["unit_name"])
    row = page.locator("#detail").get_by_role("row").filter(has_text="Waste sorted correctly")
    expect(row).to_contain_text(f"{worst['value'] * 100:.1f}%")
    expect(page.locator("tr.is-on")).to_have_count(1)


def test_the_file_holds_every_row_of_the_list(page, server):
    _open(page, ADDRESS + "&f=fail")
    address = page.locator("[data-key='file-csv']").get_attribute("href") or ""
    with urlopen(server + address) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
    failed = [one for one in _values(server, "waste_accuracy", "grid") if one["verdict"] == "fail"]
    assert {row["Code"] for row in rows} == {one["unit_id"] for one in failed}


def test_english_leaves_chinese_to_names_of_the_city(page):
    _open(page, ADDRESS)
    for place in ("#work-head", ".work-foot", ".work-bar", ".board h3"):
        text = page.locator(place).first.inner_text()
        assert not re.search("[一-鿿]", text), (place, text)


def test_without_ledgers_the_page_says_how_to_add_one(page):
    _open(page)
    page.evaluate(
        "() => { const { app } = window.livingCircle;"
        " app.view = { ...app.view, indicators: [] }; window.livingCircle.requestDraw(); }"
    )
    example = page.locator(".work-empty pre")
    expect(example).to_be_visible()
    assert len((example.text_content() or "").splitlines()) == 8
