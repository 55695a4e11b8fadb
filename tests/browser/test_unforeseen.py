"""A table that nobody foresaw becomes a layer of the map by eight lines of settings alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from etl.build import BuildOptions, build_city
from tests.browser.conftest import serving
from tests.browser.test_pages import open_page, query
from tests.etl.cities import SmallCity

pytestmark = pytest.mark.browser

TREES = ["网格,古树,说明", "G00,3,银杏", "G01,约20,香樟", "G12,1,", "G22,暂无,"]
EIGHT_LINES = """\
[[ledgers]]
path = "古树名木.csv"
key = "网格"
[[indicators]]
id = "old_trees"
from = "古树名木"
title = { zh = "古树名木", en = "Old trees" }
formula = "sum(古树)"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small city that was built, then built anew with a file and eight lines more."""
    folder = tmp_path_factory.mktemp("unforeseen")
    toml = SmallCity().write(folder / "city")
    build_city(toml, folder / "store", BuildOptions())
    (folder / "city" / "古树名木.csv").write_text("\n".join([*TREES, ""]), encoding="utf-8")
    assert len(EIGHT_LINES.splitlines()) == 8
    with toml.open("a", encoding="utf-8") as file:
        file.write(EIGHT_LINES)
    build_city(toml, folder / "store", BuildOptions())
    with serving(folder / "store", folder / "server.log") as address:
        yield address


def _asked(address: str) -> dict:
    with urlopen(address) as answer:
        return json.load(answer)


def test_its_values_are_served_and_the_browser_draws_its_legend(page: Page, server: str) -> None:
    open_page(page, "/coverage?lang=en")
    page.get_by_label("Old trees").check()
    page.wait_for_url("**i=old_trees*")
    assert query(page)["k"] == "ind"
    release = page.locator("main").get_attribute("data-release")
    layer = _asked(f"{server}/values/{release}/indicator?i=old_trees&u=grid")
    # a grid without a row and one without a number are no zero
    assert sorted(value for value in layer["values"] if value is not None) == [1, 3, 20]
    rows = page.locator("#legend button.legend-row-ind .legend-number")
    expect(rows.first).to_be_visible()
    shown = sum(int(text.replace(",", "")) for text in rows.all_text_contents())
    assert shown == 3 == sum(each["n"] for each in layer["classes"])
    expect(page.locator("#sentence")).to_contain_text("Old trees")
    # the city's figure is the sum of the rows
    expect(page.locator("#sentence")).to_contain_text("24")
