"""The tab of rules: the matrix, its cells, the map and the files by the numbers of the API."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import SIZES, open_page, query, settle

pytestmark = pytest.mark.browser

ROWS = ".rules-table tr.rules-row"
ADDRESS = "/standards?lang=en&tab=rules&pk=kaili"


def _verdicts(server: str, **more: str) -> list[dict]:
    question = urlencode({"limit": 1000, **more})
    with urlopen(f"{server}/api/v1/standards?{question}") as answer:
        return json.load(answer)["verdicts"]


def _stations(server: str) -> dict[str, dict]:
    """Give the verdict on the floor area of the station by community: one of four tiers each."""
    tiers = [_verdicts(server, p="kaili", r=rule) for rule in ("A01", "A02", "A03", "A04")]
    return {one["unit_id"]: one for tier in tiers for one in tier}


def _open(page, address: str = ADDRESS) -> None:
    open_page(page, address)
    expect(page.locator(ROWS).first).to_be_visible()
    settle(page)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tab_stands_at_every_size(new_page, size, lang):
    page = new_page(*SIZES[size])
    _open(page, f"/standards?lang={lang}&tab=rules&pk=kaili,gb50180")
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


def test_sentence_head_and_legend_print_the_denominators_of_the_api(page, server):
    _open(page)
    found = _stations(server).values()
    states = [one["verdict"] for one in found]
    judged = [one for one in found if one["verdict"] != "not_assessable"]
    gap = sum(one["gap"] for one in found if one["gap"] is not None)
    said = page.locator("#sentence")
    expect(said).to_contain_text(f"{states.count('pass')} of {len(judged)}")
    expect(said).to_contain_text(f"short of {gap:,.1f}".removesuffix(".0"))
    head = page.locator(".rules-table thead th.is-by")
    expect(head).to_contain_text("A01–A04")
    expect(head).to_contain_text(f"met {states.count('pass')}/{len(judged)}")
    for state in ("pass", "fail", "not_assessable"):
        if states.count(state):
            row = page.locator(f"[data-key='rule-class-{state}'] .legend-number")
            expect(row).to_have_text(str(states.count(state)))


def test_a_cell_says_its_verdict_in_words_and_opens_its_calculation(page, server):
    _open(page)
    failed = next(one for one in _stations(server).values() if one["verdict"] == "fail")
    cell = page.locator(f"[data-key='cell-kaili:A01-{failed['unit_id']}']")
    expect(cell).to_have_attribute("aria-label", re.compile(f"{failed['rule']}: ✗ not met"))
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**at={failed['unit_id']}*")
    panel = page.locator("#detail")
    expect(panel.locator("h2")).to_have_text(failed["unit_name"])
    expect(panel.locator(".rules-verdict")).to_have_text("✗ not met")
    for number in (failed["value"], failed["threshold"], failed["gap"]):
        expect(panel).to_contain_text(f"{number:,.1f}".removesuffix(".0") + " m²")
    expect(panel).to_contain_text(failed["clause"])
    expect(panel).to_contain_text("社区台账.xlsx, row")
    expect(panel.get_by_role("row", name=re.compile("^Households"))).to_contain_text("ledger")
    expect(panel).to_contain_text("prices of 2007, not adjusted")
    page.get_by_role("button", name="Close").click()
    expect(panel.locator(".rules-strip")).to_be_visible()


def test_arrow_keys_go_from_cell_to_cell(page):
    _open(page)
    first = page.locator(f"{ROWS} button.rules-button").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    at = page.evaluate("() => document.activeElement.dataset.at")
    assert at == "1 1"


def test_the_plot_says_in_words_what_it_shows(page, server):
    _open(page)
    plot = page.locator(".rules-strip")
    known = [one for one in _stations(server).values() if one["value"] is not None]
    expect(plot.locator(".rules-dot")).to_have_count(len(known))
    expect(plot).to_have_attribute("aria-label", re.compile(f"^{len(known)} communities from "))
    expect(plot).to_contain_text("demand 30 m²")


def test_a_second_pack_stands_beside_and_is_counted_apart(page):
    _open(page)
    page.locator("[data-key='beside']").select_option("gb50180")
    page.wait_for_url("**pk=kaili,gb50180*")
    expect(page.locator(".rules-packs th")).to_have_count(2)
    expect(page.locator(f"{ROWS}").first.locator(".rules-met")).to_have_count(2)
    page.locator("[data-key='met-gb50180']").click()
    expect(page.locator("[data-key='rule-gb50180-C15_EDU_JUNIOR']")).to_be_in_viewport()
    page.locator("[data-key='beside']").select_option("")
    page.wait_for_url(lambda url: "gb50180" not in url)


def test_rows_are_narrowed_down_by_verdict_street_and_name(page, server):
    _open(page)
    failed = [one for one in _stations(server).values() if one["verdict"] == "fail"]
    page.locator("[data-key='f-fail']").click()
    page.wait_for_url("**f=fail*")
    expect(page.locator(ROWS)).to_have_count(len(failed))
    page.locator("[data-key='rules-order']").select_option("gap")
    worst = max(failed, key=lambda one: one["gap"])
    expect(page.locator(ROWS).first.locator("th")).to_have_text(worst["unit_name"])
    page.locator(".work-search").fill("no such place")
    expect(page.locator(".work-scroll .empty")).to_contain_text("No community fit")
    page.get_by_role("button", name="Clear the filter").click()
    page.wait_for_url(lambda url: "f=" not in url and "q=" not in url)
    street = page.evaluate("() => window.livingCircle.app.view.children[0].code")
    _open(page, f"{ADDRESS}&a={street}")
    inside = [one for one in _stations(server) if one.startswith(street)]
    expect(page.locator(ROWS)).to_have_count(len(inside))


def test_a_chosen_rule_colours_the_map_and_a_link_shows_it_again(page, server):
    _open(page)
    page.locator("[data-key='rule-kaili-R01']").click()
    page.wait_for_url("**ru=kaili:R01*")
    expect(page.locator("#map-head h2")).to_contain_text("R01")
    failed = [one for one in _verdicts(server, p="kaili", r="R01") if one["verdict"] == "fail"]
    expect(page.locator("[data-key='rule-class-fail'] .legend-number")).to_have_text(
        str(len(failed))
    )
    _open(page, page.url)
    expect(page.locator("#map-head h2")).to_contain_text("R01")
    assert query(page)["ru"] == "kaili:R01"


def test_a_place_on_the_map_opens_its_calculation_and_its_row(page):
    _open(page)
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    page.wait_for_url("**s=*")
    chosen = page.locator("tr.rules-row.is-on")
    expect(chosen).to_have_count(1)
    expect(chosen.locator("th")).to_be_in_viewport()
    expect(page.locator("#detail h2")).to_have_text(chosen.locator("th").inner_text())
    expect(page.locator("#detail .rules-verdict")).to_be_visible()


def test_small_communities_and_targets_of_the_city_are_listed(page, server):
    _open(page, "/standards?lang=en&tab=rules&pk=tengzhou&ru=tengzhou:G01")
    panel = page.locator("#detail")
    expect(panel.locator("summary")).to_contain_text("Small communities")
    expect(panel).to_contain_text("from the size asked")
    expect(panel).to_contain_text("Load of grid workers")
    _open(page)
    (target,) = [one for one in _verdicts(server, p="kaili", r="T02") if one["unit_kind"] == "city"]
    row = page.locator(".rules-target").filter(has_text="T02").first
    expect(row).to_contain_text(f"{target['numerator']:.0f} of {target['denominator']:.0f}")


def test_the_files_hold_every_row_and_every_verdict(page, server):
    _open(page, ADDRESS + "&f=fail")
    failed = [one for one in _stations(server).values() if one["verdict"] == "fail"]
    address = page.locator("[data-key='file-csv']").get_attribute("href") or ""
    with urlopen(server + address) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert {row["Code"] for row in rows} == {one["unit_id"] for one in failed}
    address = page.locator("[data-key='verdicts-csv']").get_attribute("href") or ""
    with urlopen(server + address) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert len(rows) == len(_verdicts(server, p="kaili"))


def test_english_leaves_chinese_to_names_and_documents(page):
    _open(page)
    for place in ("#work-head", ".work-foot", ".work-bar", ".rules-table thead", "#legend"):
        text = page.locator(place).first.inner_text()
        assert not re.search("[一-鿿]", text), (place, text)


def test_without_a_pack_or_a_ledger_the_page_says_what_to_add(page):
    _open(page)
    page.evaluate(
        "() => { const { rules } = window.livingCircle; const old = rules.found;"
        " const less = (app) => ({ ...old(app), has_ledger: false });"
        " rules.found = less; rules.redraw(); }"
    )
    expect(page.locator(".rules-ledger pre")).to_contain_text("[[communities]]")
    page.evaluate(
        "() => { const { rules } = window.livingCircle; const old = rules.found;"
        " const none = (app) => ({ ...old(app), columns: [], rows: [], packs: [] });"
        " rules.found = none; rules.redraw(); }"
    )
    expect(page.locator(".work-empty pre")).to_contain_text("standards = [")
