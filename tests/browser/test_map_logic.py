"""The scripts of the map by value: rasters as shapely, codes as Python, tiles, numbers, state."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from playwright.sync_api import Page

from geo.walk import CLASSES, class_of, share_code
from tests.browser.test_pages import open_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scripts(browser, server) -> Iterator[Page]:
    """Give one page whose scripts are called by value; nothing in these tests changes it."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    open_page(page, "/")
    yield page
    context.close()


RASTER = """({width, height, polygons}) => {
  const raster = new livingCircle.IdRaster(width, height);
  const place = {scale: 1, dx: 0, dy: 0, left: 0, top: 0, right: width, bottom: height};
  polygons.forEach((rings, k) => raster.fill(k + 1, rings, place));
  return Array.from(raster.ids);
}"""


def _raster(page: Page, polygons: list[shapely.Polygon], width: int, height: int) -> np.ndarray:
    """Rasterise in the browser; rows of `number + 1`, 0 where nothing is."""
    rings = [
        [
            np.asarray(ring.coords)[:-1].ravel().tolist()
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in polygons
    ]
    found = page.evaluate(RASTER, {"width": width, "height": height, "polygons": rings})
    return np.array(found).reshape(height, width)


def _centres(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return x.ravel(), y.ravel()


@pytest.mark.parametrize("seed", range(6))
def test_a_pixel_belongs_to_the_polygon_that_holds_its_centre(scripts, seed):
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 23))
    radius = rng.uniform(8, 30, 23)
    shell = np.column_stack([32 + radius * np.cos(angle), 32 + radius * np.sin(angle)])
    hole = np.array([[30.2, 30.1], [34.3, 30.4], [33.9, 34.2], [29.8, 33.6]])
    polygon = shapely.Polygon(shell)
    if polygon.contains(shapely.Polygon(hole)):
        polygon = shapely.Polygon(shell, [hole])
    found = _raster(scripts, [polygon], 64, 64).ravel() == 1
    x, y = _centres(64, 64)
    expected = shapely.contains_xy(polygon, x, y)
    assert expected.any()
    # On an edge to the last bit either answer is right; away from it there is one.
    near = shapely.distance(shapely.boundary(polygon), shapely.points(x, y)) < 1e-9
    np.testing.assert_array_equal(found[~near], expected[~near])


def test_neighbours_share_an_edge_without_gap_or_overlap(scripts):
    rng = np.random.default_rng(7)
    corner = np.stack(np.meshgrid(np.linspace(0, 96, 9), np.linspace(0, 96, 9)), axis=-1)
    corner[1:-1, 1:-1] += rng.uniform(-4, 4, (7, 7, 2))
    cells = [
        shapely.Polygon([corner[r, c], corner[r, c + 1], corner[r + 1, c + 1], corner[r + 1, c]])
        for r in range(8)
        for c in range(8)
    ]
    forward = _raster(scripts, cells, 96, 96)
    assert (forward > 0).all()
    backward = _raster(scripts, cells[::-1], 96, 96)
    np.testing.assert_array_equal(forward, len(cells) + 1 - backward)


def test_a_code_has_the_class_that_python_gives_it(scripts):
    table = scripts.evaluate("() => Array.from(livingCircle.CLASS_OF_CODE)")
    assert table == class_of(np.arange(256, dtype=np.uint8)).tolist()
    assert scripts.evaluate("() => livingCircle.CLASSES") == list(CLASSES)


STEPS = """({octets, minutes}) => {
  const bytes = Uint8Array.from(atob(octets), (one) => one.charCodeAt(0));
  const steps = new livingCircle.Steps(bytes.buffer);
  return minutes.map((minute) => Array.from(steps.at(minute)));
}"""


def test_steps_give_the_codes_of_any_minute_in_any_order(scripts):
    rng = np.random.default_rng(3)
    units, minutes = 40, 61
    whole = rng.integers(1, 900, units) * 1000
    whole[3], whole[5] = 0, -1
    gained = rng.integers(0, 2, (units, minutes)) * rng.integers(0, 90, (units, minutes)) * 1000
    part = np.minimum(np.cumsum(gained, axis=1), np.maximum(whole, 0)[:, None])
    codes = np.stack([share_code(part[:, m], whole) for m in range(minutes)], axis=1)
    base = share_code(np.zeros(units, dtype=np.int64), whole)
    before = np.column_stack([base, codes[:, :-1]])
    unit, minute = np.nonzero(codes != before)
    count = np.bincount(unit, minlength=units)
    octets = struct.pack("<II", units, len(unit)) + b"".join(
        part.astype(np.uint8).tobytes() for part in (base, count, minute, codes[unit, minute])
    )
    order = [15, 0, 60, 7, 8, 7, 30]
    found = scripts.evaluate(STEPS, {"octets": base64.b64encode(octets).decode(), "minutes": order})
    np.testing.assert_array_equal(np.array(found), codes[:, order].T)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _chunk(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def test_a_tile_is_decoded_with_its_properties_and_rings(scripts):
    steps = [9, _zigzag(10), _zigzag(-5), 18, _zigzag(90), 0, 0, _zigzag(70), 15]
    feature = (
        _chunk(2, bytes([0, 0, 1, 1]))
        + _varint(3 << 3)
        + _varint(3)
        + _chunk(4, b"".join(map(_varint, steps)))
    )
    layer = (
        _chunk(1, b"units")
        + _chunk(2, feature)
        + _chunk(3, b"i")
        + _chunk(3, "名".encode())
        + _chunk(4, _varint(4 << 3) + _varint(300))
        + _chunk(4, _chunk(1, "桂花".encode()))
        + _varint(5 << 3)
        + _varint(4096)
        + _varint(15 << 3)
        + _varint(2)
    )
    octets = base64.b64encode(_chunk(3, layer)).decode()
    found = scripts.evaluate(
        "(octets) => livingCircle.decodeTile("
        "Uint8Array.from(atob(octets), (one) => one.charCodeAt(0)).buffer)",
        octets,
    )
    assert found["units"]["extent"] == 4096
    assert found["units"]["features"] == [
        {"type": 3, "properties": {"i": 300, "名": "桂花"}, "parts": [[10, -5, 100, -5, 100, 65]]}
    ]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 1000, "0.0%"),
        (1, 10_000_000, "0.1%"),
        (784, 1000, "78.4%"),
        (9_999_999, 10_000_000, "99.9%"),
        (1000, 1000, "100.0%"),
        (None, 1000, "–"),
        (0, 0, "–"),
    ],
)
def test_a_share_is_all_only_for_all_and_nothing_only_for_none(scripts, part, whole, text):
    found = scripts.evaluate("([part, whole]) => livingCircle.share(part, whole)", [part, whole])
    assert found == text


def test_people_are_written_in_ten_thousands_in_chinese(scripts):
    write = "(raw) => Object.values(livingCircle.amount(raw, 'people')).join(' ')"
    assert scripts.evaluate(write, 55_407_000) == "5.54 万人"
    assert scripts.evaluate(write, 9_034_000) == "9,034 人"
    assert scripts.evaluate(write, None).strip() == "–"


def test_an_address_is_read_and_written_back_without_defaults(scripts):
    read = "(search) => livingCircle.searchOf(livingCircle.parseState('/coverage', search))"
    search = "?a=990104&c=EDU_PRIMARY&m=9&t=line&s=G1&z=26.58210,107.97310,13.5&lang=en"
    assert scripts.evaluate(read, search) == search
    assert scripts.evaluate(read, "?m=15&lang=zh") == ""
    assert scripts.evaluate(read, "?m=99&t=fly&u=Planet&nonsense=1&z=north") == ""


@pytest.mark.parametrize(
    ("metres_per_px", "metres"), [(0.9, 100), (3.0, 200), (11.2, 1000), (40, 5000)]
)
def test_the_scale_bar_is_a_round_number_that_fits(scripts, metres_per_px, metres):
    found = scripts.evaluate("(one) => livingCircle.scaleStep(one, 150)", metres_per_px)
    assert found["metres"] == metres
    assert found["width"] <= 150
