"""The page of gaps: tasks with their evidence, edits that can be taken back, the calendar."""

from __future__ import annotations

import json
import re
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import SIZES, open_page, query, settle

pytestmark = pytest.mark.browser

ROWS = ".task-table tbody tr"


def _api(server: str, path: str) -> dict:
    with urlopen(f"{server}/api/v1/{path}") as answer:
        return json.load(answer)


def _open(page, address: str = "/gaps?lang=en&tab=tasks") -> None:
    open_page(page, address)
    expect(page.locator(ROWS).first).to_be_visible()
    settle(page)


def _number(page, key: str) -> int:
    text = page.locator(f"[data-key='{key}'] b").text_content() or ""
    return int(text.replace(",", ""))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", ["tasks", "cal"])
def test_the_page_stands_at_every_size(new_page, size, tab):
    page = new_page(*SIZES[size])
    open_page(page, f"/gaps?tab={tab}")
    expect(page.locator(".task-table, .cal-month").first).to_be_visible()
    settle(page)
    assert page.locator("main").get_attribute("data-page") == "gaps"
    assert page.locator("h1").count() == 1
    wide, shown = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown, f"{wide - shown} px to scroll sideways"


def test_the_counts_are_those_of_the_api(page, server):
    _open(page)
    counts = _api(server, "tasks?size=1")["counts"]
    assert _number(page, "state-") == counts["open"] + counts["overdue"]
    assert _number(page, "state-overdue") == counts["overdue"]
    assert _number(page, "state-closed") == counts["closed"]
    page.locator("[data-key='state-closed']").click()
    page.wait_for_url("**f=closed*")
    expect(page.locator(".work-foot [role='status']")).to_contain_text(f"of {counts['closed']:,} ")
    expect(page.locator(ROWS).first).to_contain_text("✓ Closed")


def test_a_task_shows_its_evidence_and_the_link_shows_it_again(page, server):
    (task,) = _api(server, "tasks?state=closed&size=1")["tasks"]
    _open(page, "/gaps?lang=en&f=closed")
    page.locator(f"[data-key='task-{task['task']}']").click()
    page.wait_for_url(f"**tk={task['task']}*")
    for _ in range(2):
        failed, passed = (
            page.locator(".task-evidence").nth(0),
            page.locator(".task-evidence").nth(1),
        )
        expect(failed).to_contain_text(task["failed"]["on"])
        expect(failed).to_contain_text(str(task["failed"]["row"]))
        expect(passed).to_contain_text(task["passed"]["on"])
        expect(page.locator("tr.is-on")).to_contain_text(task["item"])
        _open(page, page.url)


def test_a_mark_on_the_map_and_a_row_choose_each_other(page):
    _open(page)
    expect(page.locator(".task-pin").first).to_be_attached()
    page.locator(ROWS).first.get_by_role("button").click()
    expect(page.locator(".task-mark.is-on")).to_have_count(1)
    chosen = query(page)["tk"]
    other = page.locator(".task-pin:not(:has(.is-on))").first
    other.dispatch_event("click")
    page.wait_for_url(lambda url: "tk=" in url and chosen not in url)
    expect(page.locator("tr.is-on")).to_have_count(1)
    expect(page.locator("#detail .task-evidence").first).to_be_visible()


def test_an_owner_and_an_area_narrow_the_list_down(page, server):
    whole = _api(server, "tasks?size=1")
    owner = whole["owners"][0]["owner"]
    _open(page, f"/gaps?lang=en&w={quote(owner)}")
    own = _api(server, f"tasks?size=1&owner={quote(owner)}")["counts"]
    assert _number(page, "state-") == own["open"] + own["overdue"]
    expect(page.locator(ROWS).first.locator("td").nth(3)).to_contain_text(owner)
    _open(page, "/gaps?lang=en&tab=tasks&a=990101")
    inside = _api(server, "tasks?size=1&a=990101")["counts"]
    assert _number(page, "state-") == inside["open"] + inside["overdue"]
    assert inside["open"] < whole["counts"]["open"]


def test_a_change_needs_a_reason_is_written_down_and_can_be_taken_back(page, server):
    (task,) = _api(server, "tasks?state=overdue&size=1")["tasks"]
    before = len(_api(server, f"tasks/{task['task']}")["edits"])
    _open(page, f"/gaps?lang=en&tk={task['task']}&s={task['grid_id']}")
    page.locator("[data-key='edit-owner']").click()
    expect(page.locator("[data-key='edit-value']")).to_be_focused()
    page.locator("[data-key='edit-value']").fill("街道城管办")
    page.locator("[data-key='save']").click()
    assert len(_api(server, f"tasks/{task['task']}")["edits"]) == before
    page.locator("[data-key='edit-reason']").fill("分工调整")
    page.locator("[data-key='save']").click()
    expect(page.locator(".task-edits li").first).to_contain_text("街道城管办")
    expect(page.locator(".task-edits li").first).to_contain_text("分工调整")
    expect(page.locator("tr.is-on")).to_contain_text("街道城管办")
    assert _api(server, f"tasks/{task['task']}")["owner"] == "街道城管办"
    page.locator("[data-key='undo']").click()
    expect(page.locator(".task-edits li")).to_have_count(before + 2)
    found = _api(server, f"tasks/{task['task']}")
    assert found["owner"] == task["owner"]
    assert len(found["edits"]) == before + 2


def test_the_calendar_counts_what_the_api_counts_and_keys_walk_it(page, server):
    open_page(page, "/gaps?lang=en&tab=cal")
    data = _api(server, "calendar")
    counts = page.locator(".cal-counts")
    expect(counts.locator(".cal-missed b")).to_have_text(str(data["counts"]["missed"]))
    expect(counts.locator(".cal-done b")).to_have_text(str(data["counts"]["done"]))
    page.locator("[data-key='day-2026-10-01']").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-key='day-2026-10-08']")).to_be_focused()
    page.keyboard.press("Enter")
    due = [one for one in data["entries"] if one["due_on"] == "2026-10-08"]
    expect(page.locator(".cal-list li")).to_have_count(len(due))
    page.locator("[data-key='day-2026-10-08']").press("PageUp")
    page.wait_for_url("**cm=2026-09*")
    expect(page.locator(".cal-title")).to_have_text("Sep 2026")
    expect(page.locator("[data-key='day-2026-09-01']")).to_be_focused()
    page.locator("[data-key='cal-on']").click()
    expect(page.locator(".cal-title")).to_have_text("Oct 2026")


def test_tabs_are_walked_by_keys_and_english_leaves_chinese_to_names(page):
    _open(page)
    page.locator("[data-key='tab-tasks']").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**tab=cal*")
    expect(page.locator("[data-key='tab-cal']")).to_have_attribute("aria-selected", "true")
    text = page.locator(".work-tabs").inner_text() + page.locator(".cal-month thead").inner_text()
    assert not re.search("[一-鿿]", text), text
