"""Undo the offsets of Chinese web maps: GCJ-02, BD-09 and Baidu's own metres.

Degrees are longitude first. Outside mainland China (`geo.mainland`) nothing is shifted. Along its
border the shift is not one to one - a shifted place just inside and a plain one just outside are
the same numbers - and such a place counts as inside.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.mainland import is_mainland

LonLat = NDArray[np.float64]
Step = Callable[[LonLat], LonLat]

# Holds mainland China and every place that was shifted out of it; the steps are not for the poles.
_SHIFTED_BOX: Final = (73.0, 17.0, 136.0, 54.5)
# The ellipsoid of GCJ-02 is Krasovsky 1940.
_GCJ_AXIS_M: Final = 6_378_245.0
_GCJ_ECCENTRICITY2: Final = 0.00669342162296594323
_BD_TURN: Final = np.pi * 3000.0 / 180.0
# One round leaves up to 4 m, two 2 cm, three 0.1 mm; the fourth reaches the rounding of doubles.
_INVERSE_ROUNDS: Final = 4

# Baidu's metres are a Mercator on the ellipsoid Clarke 1866. Baidu's scripts hold polynomials for
# it in six bands of latitude; below 60 degrees they agree with the closed form to 5 mm.
_CLARKE_AXIS_M: Final = 6_378_206.4
_CLARKE_ECCENTRICITY2: Final = 1 - (6_356_583.8 / 6_378_206.4) ** 2


def wgs84_to_gcj02(lonlat: LonLat) -> LonLat:
    """Shift WGS 84 degrees, shape (n, 2), as Chinese web maps do."""
    plain = _pairs(lonlat)
    return np.where(is_mainland(plain)[:, None], plain + _gcj_shift(plain), plain)


def gcj02_to_wgs84(lonlat: LonLat) -> LonLat:
    """Undo the shift of GCJ-02 by fixed-point rounds; exact to 0.1 mm.

    Parameters
    ----------
    lonlat
        Shape (n, 2), GCJ-02 degrees. A place whose origin is not in mainland China stays as it is.
    """
    shifted = _pairs(lonlat)
    return _unshifted(shifted, lambda places: _inverse(places, _gcj_forward))


def wgs84_to_bd09(lonlat: LonLat) -> LonLat:
    """Shift WGS 84 degrees, shape (n, 2), as Baidu's map does: as GCJ-02, and once more."""
    plain = _pairs(lonlat)
    return np.where(is_mainland(plain)[:, None], _bd_forward(_gcj_forward(plain)), plain)


def bd09_to_wgs84(lonlat: LonLat) -> LonLat:
    """Undo Baidu's shift and then that of GCJ-02; exact to 0.1 mm.

    Parameters
    ----------
    lonlat
        Shape (n, 2), BD-09 degrees. A place whose origin is not in mainland China stays as it is.
    """
    shifted = _pairs(lonlat)
    return _unshifted(shifted, lambda places: _inverse(_inverse(places, _bd_forward), _gcj_forward))


def bd09mc_to_wgs84(xy_m: NDArray[np.float64]) -> LonLat:
    """Turn Baidu's metres (BD-09MC), shape (n, 2), east first, into WGS 84 degrees."""
    return bd09_to_wgs84(bd09mc_to_bd09(xy_m))


def wgs84_to_bd09mc(lonlat: LonLat) -> NDArray[np.float64]:
    """Turn WGS 84 degrees, shape (n, 2), into Baidu's metres (BD-09MC), east first."""
    return bd09_to_bd09mc(wgs84_to_bd09(lonlat))


def bd09_to_bd09mc(lonlat: LonLat) -> NDArray[np.float64]:
    """Project BD-09 degrees, shape (n, 2), to Baidu's metres; within 5 mm of Baidu's polynomials.

    Checked to 60 degrees of latitude, beyond any place in China.
    """
    degrees = _pairs(lonlat)
    eccentricity = np.sqrt(_CLARKE_ECCENTRICITY2)
    sine = np.sin(np.radians(degrees[:, 1]))
    isometric = np.arctanh(sine) - eccentricity * np.arctanh(eccentricity * sine)
    return _CLARKE_AXIS_M * np.column_stack([np.radians(degrees[:, 0]), isometric])


def bd09mc_to_bd09(xy_m: NDArray[np.float64]) -> LonLat:
    """Turn Baidu's metres, shape (n, 2), east first, into BD-09 degrees."""
    scaled = _pairs(xy_m) / _CLARKE_AXIS_M
    eccentricity = np.sqrt(_CLARKE_ECCENTRICITY2)
    sine = np.tanh(scaled[:, 1])
    # each round takes the error down by the square of the eccentricity, 0.0068
    for _ in range(7):
        sine = np.tanh(scaled[:, 1] + eccentricity * np.arctanh(eccentricity * sine))
    return np.degrees(np.column_stack([scaled[:, 0], np.arcsin(sine)]))


def _pairs(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(places, dtype=np.float64).reshape(-1, 2)


def _unshifted(shifted: LonLat, undo: Step) -> LonLat:
    """Undo a shift where that ends in mainland China."""
    west, south, east, north = _SHIFTED_BOX
    lon, lat = shifted[:, 0], shifted[:, 1]
    at = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    plain = shifted.copy()
    undone = undo(shifted[at])
    plain[at] = np.where(is_mainland(undone)[:, None], undone, shifted[at])
    return plain


def _inverse(shifted: LonLat, forward: Step) -> LonLat:
    plain = shifted
    for _ in range(_INVERSE_ROUNDS):
        plain = plain + (shifted - forward(plain))
    return plain


def _gcj_forward(lonlat: LonLat) -> LonLat:
    return lonlat + _gcj_shift(lonlat)


def _gcj_shift(lonlat: LonLat) -> LonLat:
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


def _bd_forward(lonlat: LonLat) -> LonLat:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
