"""The lists of the page of gaps: out of reach, not enough, paper and foot, single points, why."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import SIZES, open_page, settle

pytestmark = pytest.mark.browser

ROWS = ".gaps-table tbody tr"
TABS = ("far", "short", "foot", "sole")
CATEGORY = "ELD_DAYCARE"
SLOW_MS = 60_000
"""The first fix after a start waits for compiled code."""


def _json(server: str, path: str) -> dict:
    with urlopen(f"{server}{path}") as answer:
        return json.load(answer)


def _answer(server: str, name: str, **more: str) -> dict:
    release = _json(server, "/readyz")["release"]
    asked = urlencode({"c": CATEGORY, "t": "walk", "b": "people", "m": "15", **more})
    return _json(server, f"/values/{release}/{name}?{asked}")


def _open(page, more: str = "") -> None:
    open_page(page, f"/gaps?lang=en&c={CATEGORY}{more}")
    expect(page.locator(ROWS).first).to_be_visible()
    settle(page)


def _number(page, key: str) -> int:
    text = page.locator(f"[data-key='{key}'] b").first.text_content() or ""
    return int(text.replace(",", ""))


def _listed(page) -> list[str]:
    return page.locator(f"{ROWS} .gaps-place button").evaluate_all(
        "(nodes) => nodes.map((node) => node.dataset.key.replace(/^(gap|row)-/, ''))"
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", TABS)
def test_each_list_stands_at_every_size(new_page, size, tab):
    page = new_page(*SIZES[size])
    open_page(page, f"/gaps?c={CATEGORY}&tab={tab}")
    expect(page.locator(ROWS).first).to_be_visible()
    settle(page)
    assert page.locator("h1").count() == 1
    assert page.locator("main").get_attribute("data-tab") == tab
    wide, shown = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown, f"{wide - shown} px to scroll sideways"


def test_the_counts_are_those_of_the_answer_and_fit_the_headline(page, server):
    found = _answer(server, "underserved")
    summary = found["summary"]
    _open(page)
    assert _number(page, "tab-far") == summary["far"]["grids"] == len(found["far"]["i"])
    assert _number(page, "tab-short") == summary["short"]["grids"] == len(found["short"]["i"])
    for cause, n in summary["far"]["causes"].items():
        assert _number(page, f"cause-{cause}") == n
    assert sum(summary["far"]["causes"].values()) == summary["far"]["grids"]
    assert summary["gap_listed"] + summary["gap_on_target"] == summary["gap"]
    page.locator("[data-key='tab-short']").click()
    page.wait_for_url("**tab=short*")
    for cause, n in summary["short"]["causes"].items():
        assert _number(page, f"cause-{cause}") == n


def test_a_cause_and_an_order_are_in_the_address_and_stay(page, server):
    far = _answer(server, "underserved")["far"]
    barrier = [k for k, cause in enumerate(far["cause"]) if cause == 2]
    wanted = sorted(barrier, key=lambda k: (-far["elderly"][k], far["i"][k]))
    _open(page)
    page.locator("[data-key='cause-barrier']").click()
    page.locator("[data-key='gaps-order']").select_option("elderly")
    page.wait_for_url("**o=elderly*")
    for _ in range(2):
        expect(page.locator("[data-key='cause-barrier']")).to_have_attribute("aria-pressed", "true")
        assert _listed(page) == [far["id"][k] for k in wanted][:50]
        _open(page, "&f=barrier&o=elderly")


def test_a_search_leaves_what_bears_the_name(page, server):
    far = _answer(server, "underserved")["far"]
    name = far["name"][0]
    _open(page)
    page.locator(".gaps-search").fill(name)
    page.wait_for_url("**q=*")
    expect(page.locator(ROWS)).to_have_count(sum(name in other for other in far["name"]))
    page.locator(".gaps-search").fill("no such place")
    expect(page.locator(".work-empty")).to_be_visible()
    page.locator("[data-key='clear']").click()
    expect(page.locator(ROWS).nth(1)).to_be_visible()


def test_a_row_shows_why_by_the_numbers_of_the_answer_and_then_the_fix(page, server):
    far = _answer(server, "underserved")["far"]
    k = max((k for k, cause in enumerate(far["cause"]) if cause == 2), key=lambda k: far["gap"][k])
    why = _answer(server, "why", s=far["id"][k])
    _open(page, "&f=barrier")
    page.locator(f"[data-key='gap-{far['id'][k]}']").click()
    page.wait_for_url(f"**s={far['id'][k]}*")
    card = page.locator(".gapwhy")
    # half a metre is rounded up, as the page does
    walk, line = ((why["far"][name] + 5) // 10 for name in ("walk_dm", "line_dm"))
    expect(card.locator(".gapwhy-bar b").nth(0)).to_have_text(f"{line:,} m")
    expect(card.locator(".gapwhy-bar b").nth(1)).to_have_text(f"{walk:,} m")
    expect(card.locator(".gapwhy-said")).to_contain_text(f"{why['far']['detour']:.1f} times")
    expect(card.locator(".gapwhy-near tbody tr").first).to_contain_text(why["near"][0]["name"])
    for one in why["far"]["crossed"]:
        expect(card.locator(".gapwhy-said")).to_contain_text(one["name"] or "")
    expect(page.locator("tr.is-on")).to_contain_text(far["name"][k])
    fixes = _answer(server, "fixes", i=str(why["far"]["demand"]))["fixes"]
    assert fixes
    rows = card.locator(".gapwhy-fixes li")
    expect(rows).to_have_count(len(fixes), timeout=SLOW_MS)
    for row, fix in zip(rows.all(), fixes, strict=True):
        expect(row).to_contain_text(f"+{round(fix['gain'] / 1000):,} people")


def test_keys_walk_down_the_list(page):
    _open(page)
    ids = _listed(page)
    page.locator(f"{ROWS} .gaps-place button").first.click()
    page.wait_for_url(f"**s={ids[0]}*")
    expect(page.locator("tr.is-on")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.wait_for_url(f"**s={ids[1]}*")
    page.keyboard.press("n")
    page.wait_for_url(f"**s={ids[2]}*")
    page.keyboard.press("p")
    page.wait_for_url(f"**s={ids[1]}*")


def test_a_grid_chosen_on_the_map_is_the_chosen_row(page, server):
    far = _answer(server, "underserved")["far"]
    last = min(range(len(far["i"])), key=lambda k: (far["gap"][k], -far["i"][k]))
    why = _answer(server, "why", s=far["id"][last])["grid"]
    _open(page)
    page.evaluate(
        "(at) => window.dash_clientside.set_props('click', {data: {...at, n: -1}})",
        {"lon": why["lon"], "lat": why["lat"]},
    )
    page.wait_for_url(f"**s={far['id'][last]}*")
    expect(page.locator("tr.is-on")).to_contain_text(far["name"][last])
    expect(page.locator(".gapwhy h2")).to_have_text(far["name"][last])


def test_ticked_rows_are_summed_up(page, server):
    far = _answer(server, "underserved")["far"]
    _open(page)
    ids = _listed(page)[:2]
    for grid in ids:
        page.locator(f"[data-key='tick-{grid}']").check()
    people = sum(far["gap"][far["id"].index(grid)] for grid in ids) // 1000
    expect(page.locator(".gaps-ticked")).to_have_text(
        re.compile(rf"2 grids selected, {people:,} people")
    )


def test_the_file_holds_the_rows_that_are_shown(page, server):
    _open(page, "&f=barrier&o=over")
    shown = _listed(page)
    link = page.locator("[data-key='file-csv']").get_attribute("href")
    with urlopen(f"{server}{link}") as answer:
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]][: len(shown)] == shown
    assert {row[rows[0].index("Cause")] for row in rows[1:]} == {"Barrier"}


def test_paper_and_single_points_are_those_of_the_answers(page, server):
    paper = _answer(server, "paper")
    _open(page, "&tab=foot")
    lost = [
        line - walk for line, walk in zip(paper["rows"]["line"], paper["rows"]["walk"], strict=True)
    ]
    first = page.locator(f"{ROWS}:first-child .gaps-lost")
    expect(first).to_have_text(f"{lost[0] // 1000:,}")
    alone = _answer(server, "dependence")
    page.locator("[data-key='tab-sole']").click()
    page.wait_for_url("**tab=sole*")
    expect(page.locator(f"{ROWS}:first-child .gaps-sole")).to_have_text(
        f"{alone[0]['sole_milli'] // 1000:,}"
    )
    page.locator(f"[data-key='row-{alone[0]['id']}']").click()
    page.wait_for_url(f"**src={alone[0]['id']}*")
    expect(page.locator("#detail h2")).to_have_text(alone[0]["name"])


def test_fairness_stands_beside_the_list_until_a_grid_is_chosen(page, server):
    found = _answer(server, "fairness")
    _open(page)
    rows = page.locator(".fair-table").first.locator("tbody tr")
    known = [one for one in found["cohorts"].values() if one]
    expect(rows).to_have_count(len(known))
    for row, one in zip(rows.all(), known, strict=True):
        expect(row.locator("td b")).to_have_text(str(one["minutes"]["80"] or ">60"))


def test_a_link_to_a_task_from_before_still_opens_the_tasks(page):
    open_page(page, "/gaps?lang=en&f=overdue")
    expect(page.locator(".task-table")).to_be_visible()
