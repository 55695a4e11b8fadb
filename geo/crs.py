"""Choose a projected CRS for a city and convert to it.

The web process does not import this module: pyproj takes a tenth of a second to load.
"""

from functools import lru_cache
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


def _transformed(source: str, target: str, places: NDArray[np.float64]) -> NDArray[np.float64]:
    places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    moved = np.column_stack(_transformer(source, target).transform(places[:, 0], places[:, 1]))
    wrong = np.flatnonzero(~np.isfinite(moved).all(axis=1))
    if len(wrong):
        raise InputDataError(
            f"{len(wrong)} of {len(places)} places cannot be converted from {source} to {target} "
            f"(first: position {wrong[0]}, {tuple(places[wrong[0]].tolist())}); expected finite "
            "coordinates within the area of both. Check the CRS of the source."
        )
    return moved


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    """Give a conversion, kept because finding one takes longer than most uses; threads share it."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
