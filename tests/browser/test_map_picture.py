"""The map as a person uses it: colours as the server has them, clicks, legend, keyboard, print."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from geo.store import release as releases
from geo.store.connect import open_release
from geo.walk import CLASSES
from tests.browser.test_pages import open_page, query, settle, wait_for_sentence

pytestmark = pytest.mark.browser

COLOURS = {
    "none": (122, 38, 4),
    "low": (212, 102, 27),
    "partial": (246, 179, 78),
    "near": (163, 200, 222),
    "full": (220, 234, 242),
}
FILL_AT = """(points) => {
  const stack = livingCircle.map.stack();
  const {frame} = stack;
  const sheet = stack.canvas.fill.getContext('2d');
  return points.map(([lon, lat]) => {
    const at = livingCircle.pixelOf(frame, lon, lat);
    return Array.from(sheet.getImageData(Math.floor(at.x), Math.floor(at.y), 1, 1).data);
  });
}"""


def _rows(server: str, minutes: int) -> dict[str, dict]:
    """Ask the interface for every grid: an answer that the page had no part in."""
    rows: dict[str, dict] = {}
    while True:
        address = f"{server}/api/v1/grids?m={minutes}&limit=200&offset={len(rows)}"
        with urlopen(address) as answer:
            part = json.load(answer)
        rows |= {row["id"]: row for row in part["grids"]}
        if len(rows) >= part["total"]:
            return rows


@pytest.fixture
def places(store: Path) -> dict[str, tuple[float, float]]:
    """Give a point (lon, lat) inside each grid, by its id, from the release that is served."""
    current = releases.current(store)
    assert current is not None
    with open_release(releases.release_path(store, current)) as con:
        rows = con.execute("select grid_id, lon, lat from grid order by grid_idx").fetchall()
    return {grid_id: (lon, lat) for grid_id, lon, lat in rows}


@pytest.mark.parametrize("minutes", [5, 15, 30])
def test_each_grid_has_the_colour_of_the_class_that_the_server_names(page, server, places, minutes):
    open_page(page, f"/?m={minutes}")
    settle(page)
    rows = _rows(server, minutes)
    shown = [one for one in places if rows[one]["class"] in COLOURS]
    assert len(shown) > 200
    found = page.evaluate(FILL_AT, [places[one] for one in shown])
    wrong = [
        (one, rows[one]["class"], colour)
        for one, colour in zip(shown, found, strict=True)
        if (*COLOURS[rows[one]["class"]], 255) != tuple(colour)
    ]
    assert wrong == []


def test_the_legend_counts_the_grids_that_the_server_lists(page, server):
    open_page(page, "/?m=12")
    settle(page)
    rows = _rows(server, 12).values()
    counts = page.evaluate("() => livingCircle.app.view.classes.units[12]")
    expected = [sum(row["class"] == name for row in rows) for name in CLASSES]
    assert counts == expected
    for group in range(5):
        item = page.locator(f"#legend [data-key='class-{group}']")
        expect(item).to_contain_text(f"{counts[group]} 网格")


def _screen_point(page: Page, lonlat: tuple[float, float]) -> tuple[float, float]:
    return tuple(
        page.evaluate(
            """([lon, lat]) => {
              const map = livingCircle.map.get();
              const at = map.latLngToContainerPoint([lat, lon]);
              const box = map.getContainer().getBoundingClientRect();
              return [box.left + at.x, box.top + at.y];
            }""",
            list(lonlat),
        )
    )


def test_a_click_selects_the_grid_that_holds_the_point(page, places):
    open_page(page, "/coverage")
    settle(page)
    lon, lat = page.evaluate(
        """() => {
          const map = livingCircle.map.get();
          const size = map.getSize();
          const at = map.containerPointToLatLng([size.x * 0.7, size.y * 0.4]);
          return [at.lng, at.lat];
        }"""
    )
    nearest = min(places, key=lambda one: math.dist(places[one], (lon, lat)))
    page.mouse.click(*_screen_point(page, places[nearest]))
    page.wait_for_url(f"**s={nearest}*")
    expect(page.locator("#detail .figures")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "s=" not in url)


def test_a_class_of_the_legend_dims_the_others_and_comes_back(page):
    open_page(page, "/")
    settle(page)
    opaque = """() => {
      const sheet = livingCircle.map.stack().canvas.fill;
      const data = sheet.getContext('2d').getImageData(0, 0, sheet.width, sheet.height).data;
      const seen = {};
      for (let k = 0; k < data.length; k += 4) {
        if (data[k + 3] === 255) seen[[data[k], data[k + 1], data[k + 2]].join()] = true;
      }
      return Object.keys(seen);
    }"""
    blind = ",".join(map(str, COLOURS["none"]))
    assert len(page.evaluate(opaque)) > 2
    button = page.locator("#legend [data-key='class-0']")
    button.click()
    expect(page.locator("#legend [data-key='class-0'][aria-pressed='true']")).to_be_visible()
    settle(page)
    assert page.evaluate(opaque) == [blind]
    button.click()
    expect(page.locator("#legend [data-key='class-0'][aria-pressed='false']")).to_be_visible()
    settle(page)
    assert len(page.evaluate(opaque)) > 2


def test_brackets_change_the_minutes_and_the_address_follows(page):
    open_page(page, "/")
    settle(page)
    for _ in range(3):
        page.keyboard.press("]")
    wait_for_sentence(page, " 18 ")
    page.wait_for_url("**m=18*")
    page.keyboard.press("[")
    wait_for_sentence(page, " 17 ")
    expect(page.locator("#scope-minutes-box")).to_have_value("17")


def test_a_row_of_the_table_outlines_its_grid_on_the_map(page):
    open_page(page, "/coverage")
    row = page.locator("#drawer tbody tr").first
    row.hover()
    unit = int(row.get_attribute("data-unit") or "-1")
    assert page.evaluate("() => livingCircle.map.stack().scene.hover") == unit
    row.click()
    page.wait_for_url("**s=*")
    assert query(page)["s"] == page.evaluate("() => livingCircle.app.state.s")
    expect(page.locator("#drawer tr.is-on")).to_have_count(1)


def test_moving_the_map_keeps_its_place_in_the_address(page, new_page):
    open_page(page, "/coverage")
    settle(page)
    page.locator(".map-button").first.click()
    page.wait_for_url("**z=*")
    other = new_page()
    open_page(other, page.url)
    settle(other)
    zoom = "() => livingCircle.map.get().getZoom().toFixed(1)"
    assert other.evaluate(zoom) == page.evaluate(zoom)


def test_printing_shows_the_map_as_a_still_and_takes_it_away_again(page):
    open_page(page, "/")
    settle(page)
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    still = page.locator("img.map-still")
    expect(still).to_be_visible()
    assert still.evaluate("(one) => one.naturalWidth") > 300
    page.emulate_media(media="screen")
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(still).to_have_count(0)


def test_the_walk_to_the_nearest_facility_is_drawn_as_long_as_it_is_said(page, server):
    """Its midpoint is blue on the map; without the selection it is not."""
    known = [row for row in _rows(server, 15).values() if row["nearest_m"] is not None]
    far = max(known, key=lambda row: row["nearest_m"])
    open_page(page, f"/coverage?s={far['id']}")
    settle(page)
    page.wait_for_selector("#detail .figures")
    line, walk_dm = page.evaluate(
        "() => [livingCircle.app.place.route, livingCircle.app.place.walk_dm]"
    )
    assert len(line) > 2
    assert walk_dm / 10 == far["nearest_m"]
    metres = sum(_metres(*pair) for pair in itertools.pairwise(line))
    assert metres == pytest.approx(walk_dm / 10, rel=0.01, abs=2)
    blue = (11, 92, 173)
    assert _on_marks(page, line) == blue
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "s=" not in url)
    settle(page)
    assert _on_marks(page, line) != blue


def _metres(one: list[float], other: list[float]) -> float:
    """Give the length of a short line on the globe, on a sphere of the Earth's mean radius."""
    (lon, lat), (lon2, lat2) = one, other
    east = math.radians(lon2 - lon) * math.cos(math.radians((lat + lat2) / 2))
    return 6_371_009 * math.hypot(east, math.radians(lat2 - lat))


def _on_marks(page: Page, line: list[list[float]]) -> tuple[int, int, int]:
    """Give the colour halfway along the longest stretch of a line, on the sheet of marks."""
    one, other = max(itertools.pairwise(line), key=lambda pair: _metres(*pair))
    middle = [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2]
    found = page.evaluate(FILL_AT.replace("canvas.fill", "canvas.marks"), [middle])
    return tuple(found[0][:3])
