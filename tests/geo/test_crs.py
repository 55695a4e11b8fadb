"""Prove the choice of CRS, its scale and the offsets of web maps."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import (
    bd09_to_wgs84,
    choose_metric_crs,
    gcj02_to_wgs84,
    scale_error,
    to_lonlat,
    to_metric,
    wgs84_to_gcj02,
)
from geo.errors import InputDataError

# Pairs (lat, lon) published with open converters of web map coordinates.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
CHINESE_PLACES = st.lists(
    st.tuples(st.floats(75, 134), st.floats(18.5, 53)), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((107.8, 26.4, 108.2, 26.8), "EPSG:4545"),
        ((116.0, 39.6, 116.8, 40.2), "EPSG:4548"),
        ((73.6, 39.0, 74.0, 39.4), "EPSG:4534"),
        ((134.6, 48.2, 135.0, 48.5), "EPSG:4554"),
        ((-51.3, -30.3, -51.0, -29.9), "EPSG:32722"),
        ((13.2, 52.4, 13.5, 52.6), "EPSG:32633"),
        ((179.8, 60.0, 180.0, 60.2), "EPSG:32660"),
        ((-180.0, 0.0, -179.9, 0.1), "EPSG:32601"),
    ],
)
def test_the_crs_is_the_zone_of_the_middle(bounds, expected):
    assert choose_metric_crs(bounds) == expected


@given(st.floats(73.6, 135.4), st.floats(17.6, 53.9))
def test_chinese_zones_are_cgcs2000_without_prefix_and_within_a_zone_and_a_half(lon, lat):
    crs = choose_metric_crs((lon, lat, lon, lat))
    assert 4534 <= int(crs.removeprefix("EPSG:")) <= 4554
    operation = pyproj.CRS(crs).coordinate_operation
    assert operation is not None
    meridian = next(p.value for p in operation.params if p.name == "Longitude of natural origin")
    assert abs(meridian - lon) <= 1.5 + 1e-9
    assert 100_000 < to_metric(crs, np.array([[lon, lat]]))[0, 0] < 900_000


@pytest.mark.parametrize(
    "bounds",
    [(117.0, 39.0, 116.0, 40.0), (0.0, 0.0, 1.0, 91.0), (float("nan"), 0.0, 1.0, 1.0)],
)
def test_bounds_that_are_no_extent_are_said(bounds):
    with pytest.raises(InputDataError, match="longitude first"):
        choose_metric_crs(bounds)


def test_metres_agree_with_the_ellipsoid_to_the_scale_error():
    bounds = (116.0, 39.6, 116.8, 40.2)
    crs = choose_metric_crs(bounds)
    lonlat = np.array([[116.0, 39.6], [116.8, 40.2]])
    plane = np.hypot(*np.diff(to_metric(crs, lonlat), axis=0)[0])
    truth = pyproj.Geod(ellps="GRS80").inv(*lonlat[0], *lonlat[1])[2]
    error = scale_error(crs, bounds)
    assert 0 < error < 1e-3
    assert abs(plane / truth - 1) <= error + 1e-9


def test_the_scale_error_is_that_of_a_transverse_mercator():
    # k0 = 0.9996 on the central meridian of UTM
    assert scale_error("EPSG:32650", (117.0, 0.0, 117.0, 0.0)) == pytest.approx(4e-4, abs=1e-9)
    assert scale_error("EPSG:32650", (100.0, 30.0, 101.0, 31.0)) > 1e-3


def test_there_and_back_is_the_same_place():
    lonlat = np.array([[107.98, 26.57], [108.4, 26.1]])
    assert to_lonlat("EPSG:4545", to_metric("EPSG:4545", lonlat)) == pytest.approx(
        lonlat, abs=1e-10
    )


def test_no_places_stay_no_places():
    none = np.empty((0, 2))
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, bd09_to_wgs84):
        assert convert(none).shape == (0, 2)
    assert to_metric("EPSG:4545", none).shape == (0, 2)
    assert to_lonlat("EPSG:4545", none).shape == (0, 2)


def test_places_that_cannot_be_projected_are_counted():
    with pytest.raises(InputDataError, match=r"2 of 3 places .* position 1"):
        to_metric("EPSG:4545", np.array([[108.0, 26.0], [np.nan, 26.0], [108.0, 400.0]]))


@pytest.mark.parametrize(("plain", "shifted"), PUBLISHED)
def test_published_pairs_come_out(plain, shifted):
    lonlat, expected = np.array([plain[::-1]]), np.array([shifted[::-1]])
    assert wgs84_to_gcj02(lonlat) == pytest.approx(expected, abs=1e-12)
    assert gcj02_to_wgs84(expected) == pytest.approx(lonlat, abs=1e-9)


@given(CHINESE_PLACES)
def test_undoing_the_shift_gives_the_place_back_to_a_millimetre(places):
    lonlat = np.array(places)
    assert gcj02_to_wgs84(wgs84_to_gcj02(lonlat)) == pytest.approx(lonlat, abs=1e-8)


@given(CHINESE_PLACES)
def test_the_shift_is_a_few_hundred_metres(places):
    lonlat = np.array(places)
    moved = wgs84_to_gcj02(lonlat)
    geod = pyproj.Geod(ellps="WGS84")
    metres = geod.inv(lonlat[:, 0], lonlat[:, 1], moved[:, 0], moved[:, 1])[2]
    assert np.all(metres < 1_500)
    assert np.all(metres > 0)


def test_places_outside_the_box_are_not_shifted():
    outside = np.array([[-51.2, -30.0], [13.4, 52.5], [151.2, -33.9], [139.7, 35.7]])
    assert np.array_equal(wgs84_to_gcj02(outside), outside)
    assert np.array_equal(gcj02_to_wgs84(outside), outside)
    assert np.array_equal(bd09_to_wgs84(outside), outside)


@given(CHINESE_PLACES)
def test_baidu_places_come_back_through_gcj02(places):
    lonlat = np.array(places)
    gcj = wgs84_to_gcj02(lonlat)
    # Baidu's own forward step, written out from its published form.
    turn = np.pi * 3000 / 180
    radius = np.sqrt((gcj**2).sum(axis=1)) + 0.00002 * np.sin(gcj[:, 1] * turn)
    angle = np.arctan2(gcj[:, 1], gcj[:, 0]) + 0.000003 * np.cos(gcj[:, 0] * turn)
    baidu = np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
    assert bd09_to_wgs84(baidu) == pytest.approx(lonlat, abs=1e-8)
