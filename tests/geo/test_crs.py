"""Prove the choice of CRS and its scale."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import choose_metric_crs, scale_error, to_lonlat, to_metric
from geo.errors import InputDataError


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
    assert to_metric("EPSG:4545", none).shape == (0, 2)
    assert to_lonlat("EPSG:4545", none).shape == (0, 2)


def test_places_that_cannot_be_projected_are_counted():
    with pytest.raises(InputDataError, match=r"2 of 3 places .* position 1"):
        to_metric("EPSG:4545", np.array([[108.0, 26.0], [np.nan, 26.0], [108.0, 400.0]]))
