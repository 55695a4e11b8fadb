"""Choose a projected CRS for a city, convert to it, and undo the offsets of Chinese web maps.

The web process does not import this module: pyproj takes a tenth of a second to load.
"""

from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.errors import InputDataError

WGS84: Final = "EPSG:4326"

Bounds = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""

# China with its waters close to shore; CGCS2000 3-degree zones are defined for 73.62E..136.5E.
_CHINA: Final[Bounds] = (73.5, 17.5, 135.5, 54.0)
_ZONE_75E: Final = 4534  # CGCS2000 / 3-degree Gauss-Kruger CM 75E; one code per 3 degrees to 135E
_LATTICE: Final = 11

# GCJ-02: Krasovsky 1940 ellipsoid and the box in which Chinese web maps are shifted.
_GCJ_AXIS_M: Final = 6_378_245.0
_GCJ_ECCENTRICITY2: Final = 0.00669342162296594323
_GCJ_BOX: Final[Bounds] = (72.004, 0.8293, 137.8347, 55.8271)
_BD_TURN: Final = np.pi * 3000.0 / 180.0
_INVERSE_ROUNDS: Final = 3


def choose_metric_crs(bounds: Bounds) -> str:
    """Choose the projected CRS in which a city's metres are measured.

    Inside China's extent the CGCS2000 3-degree Gauss-Kruger zone (eastings without the zone's
    prefix, EPSG:4534..4554), elsewhere the UTM zone of the middle.

    Parameters
    ----------
    bounds
        West, south, east, north in WGS 84 degrees, west <= east.

    Raises
    ------
    InputDataError
        The bounds are not finite, out of range or in the wrong order.
    """
    west, south, east, north = bounds
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not inside:
        raise InputDataError(
            f"the extent of the data is {bounds}; expected west <= east within -180..180 and "
            "south <= north within -90..90 (degrees, longitude first). "
            "Check the CRS and the order of the coordinates."
        )
    lon, lat = (west + east) / 2, (south + north) / 2
    in_china = _CHINA[0] <= lon <= _CHINA[2] and _CHINA[1] <= lat <= _CHINA[3]
    if in_china:
        zone = min(max(round((lon - 75) / 3), 0), 20)
        return f"EPSG:{_ZONE_75E + zone}"
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def to_metric(crs: str, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project WGS 84 degrees, shape (n, 2), longitude first, to metres (n, 2), easting first.

    Raises
    ------
    InputDataError
        A place cannot be projected: it is not finite or lies far outside the CRS.
    """
    return _transformed(WGS84, crs, lonlat)


def to_lonlat(crs: str, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn projected metres, shape (n, 2), into WGS 84 degrees (n, 2), longitude first.

    Raises
    ------
    InputDataError
        A place cannot be converted.
    """
    return _transformed(crs, WGS84, xy_m)


def scale_error(crs: str, bounds: Bounds) -> float:
    """Measure the largest |scale - 1| of a projected CRS over an extent.

    Taken along meridians and along parallels on a lattice of 11 x 11 points, corners included:
    1e-3 means that a kilometre on the plane may be off by a metre.

    Parameters
    ----------
    crs
        A projected CRS.
    bounds
        West, south, east, north in WGS 84 degrees.
    """
    west, south, east, north = bounds
    lon, lat = np.meshgrid(np.linspace(west, east, _LATTICE), np.linspace(south, north, _LATTICE))
    factors = pyproj.Proj(crs).get_factors(lon, lat)
    scales = np.concatenate([np.ravel(factors.meridional_scale), np.ravel(factors.parallel_scale)])
    return float(np.max(np.abs(scales - 1)))


def wgs84_to_gcj02(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift WGS 84 degrees, shape (n, 2), longitude first, as Chinese web maps do.

    Outside the box 72.004..137.8347 E, 0.8293..55.8271 N nothing is shifted. The box also
    holds places outside mainland China, which web maps do not shift; declare WGS 84 for those.
    """
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return lonlat + np.where(_in_gcj_box(lonlat)[:, None], _gcj_shift(lonlat), 0.0)


def gcj02_to_wgs84(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo the shift of Chinese web maps by three fixed-point rounds; exact to about 1 mm.

    Parameters
    ----------
    lonlat
        Shape (n, 2), GCJ-02 degrees, longitude first. Places outside the box stay as they are.
    """
    shifted = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    plain = shifted
    for _ in range(_INVERSE_ROUNDS):
        plain = plain + (shifted - wgs84_to_gcj02(plain))
    return np.where(_in_gcj_box(shifted)[:, None], plain, shifted)


def bd09_to_wgs84(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo Baidu's shift and then that of GCJ-02; shape (n, 2), longitude first."""
    baidu = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    gcj = baidu
    for _ in range(_INVERSE_ROUNDS):
        gcj = gcj + (baidu - _gcj02_to_bd09(gcj))
    return gcj02_to_wgs84(np.where(_in_gcj_box(baidu)[:, None], gcj, baidu))


def _transformed(source: str, target: str, places: NDArray[np.float64]) -> NDArray[np.float64]:
    places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    moved = np.column_stack(transformer.transform(places[:, 0], places[:, 1]))
    wrong = np.flatnonzero(~np.isfinite(moved).all(axis=1))
    if len(wrong):
        raise InputDataError(
            f"{len(wrong)} of {len(places)} places cannot be converted from {source} to {target} "
            f"(first: position {wrong[0]}, {tuple(places[wrong[0]].tolist())}); expected finite "
            "coordinates within the area of both. Check the CRS of the source."
        )
    return moved


def _in_gcj_box(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = _GCJ_BOX
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _gcj_shift(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the shift in degrees: the polynomial and sines that the open converters agree on."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    common = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (common + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (common + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3

    latitude = np.radians(lonlat[:, 1])
    magic = 1 - _GCJ_ECCENTRICITY2 * np.sin(latitude) ** 2
    prime = _GCJ_AXIS_M / np.sqrt(magic)
    meridian = _GCJ_AXIS_M * (1 - _GCJ_ECCENTRICITY2) / magic**1.5
    return np.degrees(np.column_stack([east / (prime * np.cos(latitude)), north / meridian]))


def _gcj02_to_bd09(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
