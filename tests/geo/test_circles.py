"""Prove covered areas against closed forms and against polygons that bracket the circles."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.circles import Rings, covered_area_m2, whole_dm2
from geo.crs import to_metric
from geo.errors import InputDataError
from geo.walk import Speed

SEGMENTS = 256  # of a quarter: 1,024 a circle
ROUNDING_M2 = 1e-5


def covered(polygons, sites, radii):
    shapes = np.array(polygons, dtype=object)
    return covered_area_m2(Rings.of(shapes), np.array(sites, dtype=float), np.array(radii))


def bracket(polygons, sites, radius_m):
    """Areas inside unions of 1,024-gons drawn inside and around the circles."""
    bounds = []
    for size in (radius_m, radius_m / np.cos(np.pi / (4 * SEGMENTS))):
        discs = shapely.buffer(shapely.points(np.array(sites)), size, quad_segs=SEGMENTS)
        bounds.append(shapely.area(shapely.intersection(polygons, shapely.union_all(discs))))
    return bounds


def assert_bracketed(polygons, sites, radii):
    shapes = np.array(polygons, dtype=object)
    areas = covered(shapes, sites, radii)
    for column, radius in enumerate(radii):
        low, high = bracket(shapes, sites, radius)
        assert np.all(low - ROUNDING_M2 <= areas[:, column])
        assert np.all(areas[:, column] <= high + ROUNDING_M2)


def star(rng, corners=9, middle=(0.0, 0.0), reach=900.0):
    """A simple polygon that is not convex, with a square hole, sometimes in two parts."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    arm = rng.uniform(0.2, 1.0, corners) * reach
    outline = shapely.Polygon(
        np.column_stack([middle[0] + arm * np.cos(angle), middle[1] + arm * np.sin(angle)])
    ).buffer(0)
    inner = outline.representative_point()
    return outline.difference(shapely.box(inner.x - 40, inner.y - 40, inner.x + 40, inner.y + 40))


SQUARE = shapely.box(-500, -500, 500, 500)
COMB = SQUARE.difference(
    shapely.union_all([shapely.box(-300, -300, -100, 500), shapely.box(100, -300, 300, 500)])
)
FRAME = SQUARE.difference(shapely.box(-450, -300, 350, 400))
PARTS = shapely.MultiPolygon(
    [shapely.box(-500, -500, -200, 0), FRAME.intersection(shapely.box(0, 0, 900, 900))]
)
CIRCLE_OF_8 = [
    (700 * np.cos(a), 700 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 8, endpoint=False)
]
SITES = {
    "one_inside": [(120, -70)],
    "one_on_a_corner": [(500, 500)],
    "one_far": [(1_400, 300)],
    "two": [(-200, 100), (310, -20)],
    "two_far_on_one_side": [(900, 0), (950, 10)],
    "duplicates": [(-200, 100), (-200, 100), (310, -20), (310, -20), (310, -20)],
    "collinear": [(x, 2 * x + 30) for x in (-400, -150, 0, 90, 380)],
    "on_one_vertical": [(0, y) for y in (-600, -300, 0, 300, 600)],
    "cocircular": CIRCLE_OF_8,
    "cocircular_with_middle": [*CIRCLE_OF_8, (0, 0)],
    "square_lattice": [(x, y) for x in (-500, 0, 500) for y in (-500, 0, 500)],
    "two_millimetres_apart": [(0, 0), (0.002, 0), (400, 400)],
}


@pytest.mark.parametrize("sites", SITES.values(), ids=SITES.keys())
def test_area_lies_between_polygons_drawn_inside_and_around_the_circles(sites):
    assert_bracketed([SQUARE, COMB, FRAME, PARTS], sites, [1.0, 90.0, 250.0, 433.3, 800.0, 2_000.0])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), sites=st.integers(1, 30), radius=st.floats(1, 1_500))
def test_area_of_random_polygons_is_bracketed(seed, sites, radius):
    rng = np.random.default_rng(seed)
    polygons = [star(rng, int(rng.integers(3, 25))) for _ in range(3)]
    assert_bracketed(polygons, rng.uniform(-1_500, 1_500, (sites, 2)), [radius])


@pytest.mark.parametrize(
    ("site", "radius", "expected"),
    [
        ((0, 0), 300.0, np.pi * 300**2),
        ((0, 0), 500.0, np.pi * 500**2),
        ((500, 0), 300.0, np.pi * 300**2 / 2),
        ((500, 500), 300.0, np.pi * 300**2 / 4),
        ((900, 0), 400.0, 0.0),
        ((900, 900), 400 * np.sqrt(2), 0.0),
        ((0, 0), 500 * np.sqrt(2) + 1e-6, 1e6),
        ((0, 0), 0.0, 0.0),
        ((500, 500), 0.0, 0.0),
    ],
)
def test_one_circle_on_a_square_has_its_closed_form(site, radius, expected):
    assert covered([SQUARE], [site], [radius])[0, 0] == pytest.approx(expected, abs=ROUNDING_M2)


def test_two_overlapping_circles_count_their_lens_once():
    radius, apart = 200.0, 240.0
    lens = 2 * radius**2 * np.arccos(apart / (2 * radius))
    lens -= apart / 2 * np.sqrt(4 * radius**2 - apart**2)
    area = covered([SQUARE], [(-apart / 2, 0), (apart / 2, 0)], [radius])[0, 0]
    assert area == pytest.approx(2 * np.pi * radius**2 - lens, abs=ROUNDING_M2)


def test_circles_that_touch_are_two_circles():
    area = covered([SQUARE], [(-200, 0), (200, 0)], [200.0])[0, 0]
    assert area == pytest.approx(2 * np.pi * 200**2, abs=ROUNDING_M2)


def test_a_hole_is_not_covered():
    ring = shapely.Point(0, 0).buffer(400).envelope.difference(shapely.box(-10, -10, 10, 10))
    area = covered([ring], [(0, 0)], [100.0])[0, 0]
    assert area == pytest.approx(np.pi * 100**2 - 400, abs=ROUNDING_M2)


def test_a_site_inside_a_hole_covers_the_frame_around_it():
    assert covered([FRAME], [(0, 0)], [250.0])[0, 0] == 0
    assert covered([FRAME], [(0, 0)], [2_000.0])[0, 0] == FRAME.area


def test_a_covered_polygon_is_covered_to_the_bit():
    rng = np.random.default_rng(5)
    polygons = np.array([star(rng) for _ in range(50)], dtype=object)
    rings = Rings.of(polygons)
    sites = rng.uniform(-1_000, 1_000, (20, 2))
    assert np.array_equal(covered_area_m2(rings, sites, np.array([4e3]))[:, 0], rings.area_m2())


def test_no_site_no_polygon_and_no_radius_give_empty_or_zero():
    rings, none = Rings.of(np.array([SQUARE], dtype=object)), np.empty((0, 2))
    assert np.array_equal(covered_area_m2(rings, none, np.array([5.0, 9.0])), [[0.0, 0.0]])
    nothing = Rings.of(np.array([], dtype=object))
    assert covered_area_m2(nothing, np.zeros((1, 2)), np.array([5.0])).shape == (0, 1)
    assert covered_area_m2(rings, np.zeros((1, 2)), np.array([])).shape == (1, 0)


def test_a_missing_or_empty_polygon_has_no_area():
    areas = covered([None, SQUARE, shapely.Polygon()], [(0, 0)], [100.0])
    assert areas[0, 0] == areas[2, 0] == 0
    assert areas[1, 0] == pytest.approx(np.pi * 100**2)


def test_radii_may_come_in_any_order():
    radii = np.array([800.0, 0.0, 250.0, 90.0, 250.0])
    shuffled = covered([COMB, PARTS], SITES["two"], radii)
    ordered = covered([COMB, PARTS], SITES["two"], np.sort(radii))
    assert np.array_equal(np.sort(shuffled, axis=1), ordered)
    assert np.array_equal(shuffled[:, 0], ordered[:, -1])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_larger_radius_or_another_site_never_uncovers(seed):
    rng = np.random.default_rng(seed)
    rings = Rings.of(np.array([star(rng) for _ in range(4)], dtype=object))
    sites = rng.uniform(-1_200, 1_200, (12, 2))
    radii = np.linspace(0, 1_500, 61)
    fewer = covered_area_m2(rings, sites[:-1], radii)
    more = covered_area_m2(rings, sites, radii)
    assert np.all(np.diff(more, axis=1) >= 0)
    assert np.all(np.diff(whole_dm2(more), axis=1) >= 0)
    assert np.all(more >= fewer - ROUNDING_M2)
    assert np.all(more <= rings.area_m2()[:, None])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_sites_and_polygons_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    polygons = np.array([star(rng) for _ in range(5)], dtype=object)
    sites = np.round(rng.uniform(-900, 900, (15, 2)), -2)  # many equal distances
    radii = np.array([150.0, 600.0])
    turn, mix = rng.permutation(5), rng.permutation(15)
    first = covered_area_m2(Rings.of(polygons), sites, radii)
    second = covered_area_m2(Rings.of(polygons[turn]), sites[mix], radii)
    assert np.array_equal(first[turn], second)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cut=st.floats(-600, 600))
def test_the_parts_of_a_polygon_sum_to_it(seed, cut):
    rng = np.random.default_rng(seed)
    whole = star(rng, 15)
    left = whole.intersection(shapely.box(-2_000, -2_000, cut, 2_000))
    right = whole.intersection(shapely.box(cut, -2_000, 2_000, 2_000))
    areas = covered([whole, left, right], rng.uniform(-900, 900, (9, 2)), [100.0, 400.0])
    assert areas[0] == pytest.approx(areas[1] + areas[2], abs=ROUNDING_M2)


def test_a_part_of_the_city_with_the_sites_in_reach_gives_the_same_bits():
    rng = np.random.default_rng(11)
    middles = rng.uniform(0, 20_000, (200, 2)) + np.array([500_000, 4_000_000])
    polygons = np.array([star(rng, 9, at, 300) for at in middles], dtype=object)
    sites = rng.uniform(-1_000, 21_000, (300, 2)) + np.array([500_000, 4_000_000])
    radii = np.arange(1, 16) * 1_000 / 15
    part = middles[:, 0] < 510_000
    near = sites[:, 0] < 510_000 + 1_000 + 2 * 300
    whole = covered_area_m2(Rings.of(polygons), sites, radii)
    alone = covered_area_m2(Rings.of(polygons[part]), sites[near], radii)
    assert np.array_equal(whole[part], alone)


def test_large_coordinates_lose_nothing_that_counts():
    shift = np.array([543_210.5, 4_321_098.25])
    moved = shapely.transform(np.array([COMB, PARTS], dtype=object), lambda xy: xy + shift)
    here = covered([COMB, PARTS], CIRCLE_OF_8, [300.0, 700.0])
    there = covered(moved, np.array(CIRCLE_OF_8) + shift, [300.0, 700.0])
    assert there == pytest.approx(here, abs=1e-3)


def test_sites_within_a_millimetre_are_one_circle():
    two = covered([SQUARE], [(310, -20.0004), (310, -20)], [90.0])
    assert np.array_equal(two, covered([SQUARE], [(310, -20.0004)], [90.0]))


def test_sites_beyond_the_largest_radius_cover_nothing():
    assert covered([SQUARE], [(0, 50_000), (1_500.1, 0)], [1_000.0])[0, 0] == 0


def test_rings_know_shells_from_holes():
    rings = Rings.of(np.array([FRAME, PARTS, None], dtype=object))
    assert len(rings) == 3
    assert rings.sign[: rings.polygon_start[1]].tolist() == [1, -1]
    assert rings.area_m2() == pytest.approx([FRAME.area, PARTS.area, 0.0])


@pytest.mark.parametrize(
    ("sites", "radii", "message"),
    [
        ([(np.nan, 0.0)], [5.0], "1 of 1 facility places are not finite"),
        ([(0.0, 0.0)], [5.0, -1.0], "1 of 2 radii cannot be used"),
        ([(0.0, 0.0)], [np.inf], "1 of 1 radii cannot be used"),
    ],
)
def test_what_cannot_be_measured_is_said(sites, radii, message):
    with pytest.raises(InputDataError, match=message):
        covered([SQUARE], sites, radii)


def test_shapes_that_are_not_polygons_are_said():
    with pytest.raises(InputDataError, match=r"1 of 2 shapes are not polygons.*position 1, POINT"):
        Rings.of(np.array([SQUARE, shapely.Point(1, 2)], dtype=object))


def test_microcity_areas_come_out_to_a_tenth_of_a_square_metre(real_data: Path):
    folder = real_data / "microcity"
    features = json.loads((folder / "grids.geojson").read_text("utf-8"))["features"]
    outlines = np.array([shapely.geometry.shape(f["geometry"]) for f in features], dtype=object)
    metric = shapely.transform(outlines, lambda lonlat: to_metric("EPSG:32650", lonlat))
    place = {f["properties"]["网格编码"]: i for i, f in enumerate(features)}
    with (folder / "facilities.csv").open(encoding="utf-8-sig") as rows:
        open_places = {
            row["类别"]: (float(row["经度"]), float(row["纬度"]))
            for row in csv.DictReader(rows)
            if row["状态"] == "open"
        }
    limits_m = Speed("standard", Fraction(1000, 15)).limits_dm() / 10
    checked = 0
    with (folder / "expected" / "coverage.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["mode"] != "line":
                continue
            site = to_metric("EPSG:32650", np.array([open_places[row["category"]]]))
            radius = limits_m[int(row["minutes"])]
            areas = covered_area_m2(Rings.of(metric), site, np.array([radius]))
            grid = place[row["grid_id"]]
            assert areas[grid, 0] == pytest.approx(float(row["area_covered_m2"]), abs=0.1)
            assert metric[grid].area == pytest.approx(float(row["area_m2"]), abs=0.1)
            checked += 1
    assert checked == 56
