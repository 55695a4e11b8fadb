"""Bring coordinates to WGS 84 lon/lat: what is declared wins, contradictions are never guessed."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from etl.layers import Fault
from etl.section import nearest
from etl.settings import Source
from geo.datum import bd09_to_wgs84, gcj02_to_wgs84
from geo.errors import InputDataError, SettingsError

XY = NDArray[np.float64]

WGS84: Final = "WGS84"
_ALIASES: Final = {
    "WGS84": WGS84,
    "EPSG:4326": WGS84,
    "OGC:CRS84": WGS84,
    "CGCS2000": "CGCS2000",
    "EPSG:4490": "CGCS2000",
    "GCJ02": "GCJ-02",
    "BD09": "BD-09",
    "BD09LL": "BD-09",
}
DEGREES: Final = (WGS84, "CGCS2000", "GCJ-02", "BD-09")
_SAME_DATUM: Final = (
    "WGS 84",
    "CGCS2000",
    "China Geodetic Coordinate System 2000",
    "China_Geodetic",
)
_CHINA_LON: Final = (73.0, 136.0)
_CHINA_LAT: Final = (3.0, 54.0)
_MOST: Final = 0.5


@dataclass(frozen=True)
class Georef:
    """The system that a source's coordinates are in, and what was found on the way."""

    crs: str
    label: str
    faults: list[Fault]
    notes: list[str]


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
        The declared name is not known.
    InputDataError
        CRS_MISSING, CRS_SWAP or CRS_WRONG, named in the message.
    """
    declared = None if source.crs.lower() == "auto" else normalise(source, source.crs)
    stated = None if own is None else _own(own)
    finite = xy[np.isfinite(xy).all(axis=1)]
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
    return Georef(chosen, label(chosen), faults, notes)


def to_wgs84(crs: str, xy: XY) -> XY:
    """Give WGS 84 lon/lat, shape (n, 2), of coordinates in a system that `decide` gave."""
    if crs in (WGS84, "CGCS2000") or not len(xy):
        return xy
    if crs == "GCJ-02":
        return gcj02_to_wgs84(xy)
    if crs == "BD-09":
        return bd09_to_wgs84(xy)
    lon, lat = _transformer(crs).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])


def normalise(source: Source, name: str) -> str:
    """Give the one spelling of a declared system."""
    plain = name.strip().upper()
    short = plain.replace("-", "").replace(" ", "").replace("_", "")
    if known := _ALIASES.get(plain) or _ALIASES.get(short):
        return known
    try:
        return plain if plain.startswith("EPSG:") and pyproj.CRS(plain) else _refuse(source, name)
    except CRSError:
        return _refuse(source, name)


def _refuse(source: Source, name: str) -> str:
    known = ["auto", *DEGREES]
    raise SettingsError(
        f'{source.title}: crs = "{name}" is not a known coordinate system; expected '
        f"{nearest(name, known)}one of {', '.join(known)}, or a code like EPSG:4544. Correct it."
    )


def _own(own: str) -> str | None:
    """Give the system a file states; one within a metre of WGS 84 becomes it."""
    if own in _ALIASES:
        return _ALIASES[own]
    try:
        crs = pyproj.CRS.from_user_input(own)
    except CRSError:
        return None
    if crs.is_geographic and any(name in crs.name for name in _SAME_DATUM):
        return WGS84 if "84" in crs.name else "CGCS2000"
    epsg = crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else own


def label(crs: str) -> str:
    """Give a short name for people."""
    return crs if len(crs) < 20 else pyproj.CRS.from_user_input(crs).name


@cache
def _transformer(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def are_degrees(xy: XY) -> bool:
    """Tell whether most coordinates, shape (n, 2) with n > 0, can be longitude and latitude."""
    inside = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    return bool(inside.mean() > _MOST)


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
    easting = float(np.median(xy[:, 0]))
    zone = int(easting // 1_000_000)
    if 25 <= zone <= 45:
        hint = f"an easting of 8 digits that begins with {zone} suggests EPSG:{4488 + zone}"
    elif 100_000 <= easting < 1_000_000:
        hint = "an easting of 6 digits does not tell its meridian: EPSG:4534 to 4554 are possible"
    else:
        hint = "ask whoever made the file"
    raise InputDataError(
        f"{source.title} {source.shown} states no coordinate system and its numbers are not "
        f"degrees ({_bounds(xy)}) (CRS_MISSING); expected a declaration. "
        f'Write crs = "EPSG:...": {hint}.'
    )


def _require_fit(source: Source, crs: str, xy: XY) -> None:
    """Refuse coordinates that cannot be in the system they are said to be in."""
    is_degrees = crs in DEGREES or pyproj.CRS.from_user_input(crs).is_geographic
    if is_degrees and _is_swapped(xy):
        raise InputDataError(
            f"{source.title} {source.shown} has latitude where longitude belongs ({_bounds(xy)}) "
            "(CRS_SWAP); expected longitude in x. Exchange `lon` and `lat`, or the file's axes."
        )
    if is_degrees != are_degrees(xy):
        what = "not degrees" if is_degrees else "degrees"
        wanted = "degrees" if is_degrees else "metres"
        raise InputDataError(
            f"{source.title} {source.shown} is said to be {label(crs)}, but its numbers are {what} "
            f"({_bounds(xy)}) (CRS_WRONG); expected {wanted}. Declare the system it is really in: "
            'crs = "...".'
        )


def _contradiction(source: Source, declared: str, stated: str, *, is_default: bool) -> Fault:
    by = "its format means" if is_default else "the file itself says"
    return Fault(
        code="CRS_DECLARED",
        severity="note" if is_default else "warning",
        source=source.shown,
        row=None,
        feature_id=None,
        message=f"city.toml says {label(declared)}, {by} {label(stated)}.",
        action=f"Read as {label(declared)}; take `crs` out if the file is right.",
    )
