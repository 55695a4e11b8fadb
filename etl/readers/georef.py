"""Bring coordinates to WGS 84 lon/lat: what is declared wins, contradictions are never guessed."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from etl.layers import Fault
from etl.readers.local import LocalGrid, local_grid
from etl.readers.systems import (
    BD09,
    BD09MC,
    CGCS2000,
    DEGREES,
    GCJ02,
    KNOWN,
    LOCAL,
    WGS84,
    Zone,
    named,
    zone_by_prefix,
    zone_of,
)
from etl.section import count
from etl.settings import Source
from geo.datum import bd09_to_wgs84, bd09mc_to_bd09, bd09mc_to_wgs84, gcj02_to_wgs84
from geo.errors import InputDataError, SettingsError
from geo.mainland import is_mainland
from geo.spelling import nearest

XY = NDArray[np.float64]

_OWN_NAMES: Final = {"EPSG:4326": WGS84, "OGC:CRS84": WGS84, "EPSG:4490": CGCS2000}
_SAME_DATUM: Final = (
    "WGS 84",
    "CGCS2000",
    "China Geodetic Coordinate System 2000",
    "China_Geodetic",
)
_WEB_MAPS: Final = {GCJ02: gcj02_to_wgs84, BD09: bd09_to_wgs84, BD09MC: bd09mc_to_wgs84}
_OLD_DATUMS: Final = ("Xian", "Beijing")
_CHINA_LON: Final = (73.0, 136.0)
_CHINA_LAT: Final = (3.0, 54.0)
_CHINA_NORTHING_M: Final = (300_000.0, 6_000_000.0)
_CHINA_MERCATOR_M: Final = (8_000_000.0, 15_200_000.0)
_MOST: Final = 0.5


@dataclass(frozen=True)
class Georef:
    """The system that a source's coordinates are in, and what was found on the way."""

    crs: str | LocalGrid
    label: str
    faults: list[Fault]
    notes: list[str]


NOWHERE: Final = Georef("", "", [], [])
"""Of a table that has no coordinates at all."""


def decide(
    source: Source, own: str | None, xy: XY, *, is_default: bool = False, is_fixed: bool = False
) -> Georef:
    """Decide the coordinate system of a source.

    A declared system wins over the file's own, with a warning that shows both. Without either,
    coordinates that are degrees are WGS 84, and anything else is refused until it is declared.

    Parameters
    ----------
    own
        What the file states: an authority code or WKT; None where it states nothing.
    xy
        Shape (n, 2), the coordinates as they stand; may be empty.
    is_default
        `own` is the rule of the format, not a statement of the file.
    is_fixed
        The places were made from H3 cells, which are WGS 84.

    Raises
    ------
    SettingsError
        The declared name is not known, or its control points are no good.
    InputDataError
        CRS_MISSING, CRS_SWAP or CRS_WRONG, named in the message.
    """
    finite = xy[np.isfinite(xy).all(axis=1)]
    declared = _declared(source, finite)
    stated = None if own is None else _own(own)
    if declared == LOCAL:
        return _local(source, finite)
    chosen = declared or stated
    notes: list[str] = []
    faults: list[Fault] = []
    if chosen is None:
        chosen = WGS84
        if not is_fixed:
            _require_degrees(source, finite)
            notes.append("No coordinate system is stated; the numbers are degrees, read as WGS84.")
    if declared and stated and label(declared) != label(stated):
        faults.append(_contradiction(source, declared, stated, is_default=is_default))
    if len(finite):
        _require_fit(source, chosen, finite)
        faults += _unshifted(source, chosen, finite)
    if _is_old(chosen):
        faults.append(_old_datum(source, chosen))
    return Georef(chosen, label(chosen), faults, notes)


def to_wgs84(crs: str | LocalGrid, xy: XY) -> XY:
    """Give WGS 84 lon/lat, shape (n, 2), of coordinates in a system that `decide` gave.

    CGCS2000 counts as WGS 84: they differ by centimetres. Xian 1980 and Beijing 1954 keep their
    degrees: the parameters of their datums are not public.
    """
    if not len(xy):
        return xy
    if isinstance(crs, LocalGrid):
        return crs.to_lonlat(xy)
    if undo := _WEB_MAPS.get(crs):
        return undo(xy)
    if crs in (WGS84, CGCS2000):
        return xy
    lon, lat = _transformer(crs).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])


def label(crs: str) -> str:
    """Give a short name for people."""
    return crs if len(crs) < 20 else pyproj.CRS.from_user_input(crs).name


def are_degrees(xy: XY) -> bool:
    """Tell whether most coordinates, shape (n, 2) with n > 0, can be longitude and latitude."""
    inside = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    return bool(inside.mean() > _MOST)


def _declared(source: Source, xy: XY) -> str | None:
    """Give the system that city.toml declares, in one spelling; None where it leaves it open."""
    if source.crs.lower() == "auto":
        return LOCAL if source.control_points else None
    found = named(source.crs)
    if source.control_points and found != LOCAL:
        raise SettingsError(
            f'{source.title}: control_points are given with crs = "{source.crs}"; expected '
            'crs = "local". Correct it, or take the control points out.'
        )
    if isinstance(found, Zone):
        return (found.fitting(float(np.median(xy[:, 0]))) if len(xy) else found).crs
    try:
        is_known = found in KNOWN or (found is not None and pyproj.CRS(found))
    except CRSError:
        is_known = False
    if found is None or not is_known:
        raise SettingsError(
            f'{source.title}: crs = "{source.crs}" is not a known coordinate system; expected '
            f"{nearest(source.crs, KNOWN)}one of auto, {', '.join(KNOWN)}, a code like EPSG:4544, "
            "or a zone like CGCS2000 3度带 36带. Correct it."
        )
    return found


def _local(source: Source, xy: XY) -> Georef:
    grid, fault = local_grid(source)
    if len(xy) and are_degrees(xy):
        raise _wrong(source, LOCAL, "degrees", "metres of the city's own plane", xy)
    return Georef(grid, LOCAL, [fault], [fault.message])


def _own(own: str) -> str | None:
    """Give the system a file states; one within a metre of WGS 84 becomes it."""
    if own in _OWN_NAMES:
        return _OWN_NAMES[own]
    try:
        crs = pyproj.CRS.from_user_input(own)
    except CRSError:
        return None
    if crs.is_geographic and any(name in crs.name for name in _SAME_DATUM):
        return WGS84 if "84" in crs.name else CGCS2000
    epsg = crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else own


@cache
def _is_old(crs: str) -> bool:
    """Tell whether a system stands on a datum whose parameters are not public."""
    if crs in KNOWN:
        return False
    geodetic = pyproj.CRS.from_user_input(crs).geodetic_crs
    return geodetic is not None and any(name in geodetic.name for name in _OLD_DATUMS)


@cache
def _transformer(crs: str) -> pyproj.Transformer:
    system = pyproj.CRS.from_user_input(crs)
    # the shifts that PROJ knows for the old datums hold for some sea areas only
    target = system.geodetic_crs if _is_old(crs) else None
    return pyproj.Transformer.from_crs(system, target or "EPSG:4326", always_xy=True)


def _is_swapped(xy: XY) -> bool:
    """Tell whether latitude stands first: certain beyond 90, clear where it reads as China."""
    first, second = np.median(xy, axis=0)
    if abs(second) > 90:
        return bool(abs(second) <= 180 and abs(first) <= 90)
    in_lat = _CHINA_LAT[0] <= first <= _CHINA_LAT[1]
    return bool(in_lat and _CHINA_LON[0] <= second <= _CHINA_LON[1])


def _bounds(xy: XY) -> str:
    low, high = xy.min(axis=0), xy.max(axis=0)
    return f"x {low[0]:.6g} to {high[0]:.6g}, y {low[1]:.6g} to {high[1]:.6g}"


def _require_degrees(source: Source, xy: XY) -> None:
    if not len(xy) or are_degrees(xy) or _is_swapped(xy):
        return
    raise InputDataError(
        f"{source.title} {source.shown} states no coordinate system and its numbers are not "
        f"degrees ({_bounds(xy)}) (CRS_MISSING); expected a declaration. "
        f'Write crs = "EPSG:...": {_hint(xy)}.'
    )


def _hint(xy: XY) -> str:
    """Say which systems metres of such a size belong to."""
    x, y = (float(value) for value in np.median(xy, axis=0))
    if _are_northings_first(x, y):
        return f"the northing stands first: exchange `lon` and `lat`; then {_easting_hint(y)}"
    return _easting_hint(x)


def _easting_hint(easting_m: float) -> str:
    if 100_000 <= easting_m < 1_000_000:
        return (
            "an easting of 6 digits does not tell its meridian: EPSG:4534 to 4554 are possible, "
            "and a city's own plane (control_points)"
        )
    zone = zone_by_prefix(CGCS2000, easting_m)
    hints: list[str] = []
    if zone:
        hints.append(f"an easting of 8 digits that begins with {zone.number} suggests {zone.crs}")
    if _CHINA_MERCATOR_M[0] <= easting_m <= _CHINA_MERCATOR_M[1]:
        hints.append(f"{BD09MC}, Baidu's metres, and EPSG:3857 have such eastings")
    return "; ".join(hints) or "ask whoever made the file, or give control_points"


def _are_northings_first(x: float, y: float) -> bool:
    """Tell whether x can only be a northing and y only an easting of a Gauss-Kruger zone."""
    x_is_easting, y_is_easting = (
        0 < value < 1_000_000 or zone_by_prefix(CGCS2000, value) is not None for value in (x, y)
    )
    low, high = _CHINA_NORTHING_M
    return not x_is_easting and y_is_easting and low < x < high


def _require_fit(source: Source, crs: str, xy: XY) -> None:
    """Refuse coordinates that cannot be in the system they are said to be in."""
    is_degrees = crs in DEGREES or (
        crs not in KNOWN and pyproj.CRS.from_user_input(crs).is_geographic
    )
    if is_degrees and _is_swapped(xy):
        raise InputDataError(
            f"{source.title} {source.shown} has latitude where longitude belongs ({_bounds(xy)}) "
            "(CRS_SWAP); expected longitude in x. Exchange `lon` and `lat`, or the file's axes."
        )
    if is_degrees != are_degrees(xy):
        what = "not degrees" if is_degrees else "degrees"
        raise _wrong(source, crs, what, "degrees" if is_degrees else "metres", xy)
    if zone := zone_of(crs):
        _require_zone(source, zone, xy)


def _require_zone(source: Source, zone: Zone, xy: XY) -> None:
    """Refuse eastings that do not begin as those of the zone do, and northings in their place."""
    x, y = (float(value) for value in np.median(xy, axis=0))
    if _are_northings_first(x, y):
        raise InputDataError(
            f"{source.title} {source.shown} has northings where eastings belong ({_bounds(xy)}) "
            "(CRS_SWAP); expected the easting in x: surveyors call the northing X. Exchange `lon` "
            "and `lat`, or the file's axes."
        )
    start = zone.number * 1_000_000 if zone.is_prefixed else 0
    if not start < x < start + 1_000_000:
        digits = f"8 digits that begin with {zone.number}" if zone.is_prefixed else "6 digits"
        told = zone.fitting(x)
        meant = told if told != zone else zone_by_prefix(zone.datum, x)
        hint = f" {meant.crs} would fit." if meant and meant != zone else ""
        raise _wrong(source, zone.crs, "not its eastings", f"eastings of {digits}", xy, hint)


def _wrong(
    source: Source, crs: str, what: str, expected: str, xy: XY, hint: str = ""
) -> InputDataError:
    if not hint and what == "not degrees":
        hint = f" Perhaps {_hint(xy)}."
    return InputDataError(
        f"{source.title} {source.shown} is said to be {label(crs)}, but its numbers are {what} "
        f"({_bounds(xy)}) (CRS_WRONG); expected {expected}. Declare the system it is really in: "
        f'crs = "...".{hint}'
    )


def _contradiction(source: Source, declared: str, stated: str, *, is_default: bool) -> Fault:
    by = "its format means" if is_default else "the file itself says"
    return _fault(
        source,
        "CRS_DECLARED",
        "note" if is_default else "warning",
        f"city.toml says {label(declared)}, {by} {label(stated)}.",
        f"Read as {label(declared)}; take `crs` out if the file is right.",
    )


def _unshifted(source: Source, crs: str, xy: XY) -> list[Fault]:
    """Say how many places of a web map lie where web maps are not shifted."""
    if crs not in _WEB_MAPS:
        return []
    degrees = bd09mc_to_bd09(xy) if crs == BD09MC else xy
    moved = to_wgs84(crs, xy)
    stayed = (moved == degrees).all(axis=1) & ~is_mainland(moved)
    if not stayed.any():
        return []
    first = degrees[stayed][0]
    what = f"{count(int(stayed.sum()), 'coordinate')} of {len(xy):,}"
    return [
        _fault(
            source,
            "CRS_OUTSIDE",
            "note",
            f"{what} outside mainland China, first {first[0]:.5f}, {first[1]:.5f}.",
            f"Web maps shift nothing there: left as they are, not moved back from {crs}.",
        )
    ]


def _old_datum(source: Source, crs: str) -> Fault:
    return _fault(
        source,
        "CRS_OLD_DATUM",
        "warning",
        f"{label(crs)} stands on a datum whose parameters are not public: every place may be off "
        "by tens of metres, up to about 100 m, all in the same direction.",
        "Read without a shift of datum. For exact places convert the file to CGCS2000, or write "
        'crs = "local" with control_points = [[x, y, lon, lat], ...].',
    )


def _fault(source: Source, code: str, severity: str, message: str, action: str) -> Fault:
    kind = "warning" if severity == "warning" else "note"
    return Fault(code, kind, source.shown, None, None, message, action)
