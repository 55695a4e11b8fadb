"""Read a position as people write it: decimal degrees, degrees and minutes, or both in one cell."""

import re
from collections import Counter
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Objects
from etl.readers.numbers import is_nothing
from etl.readers.raw import RawTable, objects
from etl.synonyms import fold, synonyms

XY = NDArray[np.float64]

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("º˚度dD", "°"),
        **dict.fromkeys("′’‘ʹ`´分m", "'"),
        **dict.fromkeys("″“”ʺ秒", '"'),
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        "　": " ",
    }
)
_WORDS: Final = re.compile(r"东经|西经|北纬|南纬|经度|纬度|[东西南北EWSNewsn]|:(?=\s*[\d-])")
_PARTS: Final = re.compile(
    r"(-?\d{1,3}(?:\.\d+)?)(?:°\s*|\s*:\s*|\s+|-)"
    r"(?:(\d{1,2}(?:\.\d+)?)(?:'\s*|\s*:\s*|\s+|-|$)(?:(\d{1,2}(?:\.\d+)?)(?:\"|'')?)?)?"
)
_NEGATIVE: Final = re.compile(r"[西南WSws]")
_NORTHERLY: Final = re.compile(r"[南北纬NSns]")
_EASTERLY: Final = re.compile(r"[东西经EWew]")
_POINT: Final = re.compile(r"(?:SRID=\d+;)?\s*POINT\s*Z?\s*\(([^()]*)\)", re.IGNORECASE)
_CUTS: Final = (r"[;；|]", r"[,，、]", r"[/\t]", r"\s+")
_WKT: Final = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\b", re.IGNORECASE
)
_WKB: Final = re.compile(r"0[01][0-9A-Fa-f]{20,}")
_PROBED: Final = 50
_LONGEST: Final = 80


def coordinate(text: str | None) -> float:
    """Read a coordinate: a number, or degrees, minutes and seconds; NaN where it is neither.

    Examples
    --------
    >>> coordinate("116.5"), coordinate("116°30′00″"), coordinate("W46°30′"), coordinate("116:30:0")
    (116.5, 116.5, -46.5, 116.5)
    >>> coordinate("北纬39度54分20.5秒"), coordinate("39°75′")
    (39.90569444444444, nan)
    """
    if text is None:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return _sexagesimal(text) if len(text) <= _LONGEST else float("nan")


def _sexagesimal(text: str) -> float:
    bare = _WORDS.sub(_keep_colon, text.translate(_SIGNS)).replace("''", '"').strip()
    try:
        size = float(bare.removesuffix("°").replace("。", "."))
    except ValueError:
        parts = _PARTS.fullmatch(bare)
        if parts is None:
            return float("nan")
        degrees, minutes, seconds = (float(part or 0) for part in parts.groups())
        if minutes >= 60 or seconds >= 60:
            return float("nan")
        size = abs(degrees) + minutes / 60 + seconds / 3600
        size = -size if parts[1].startswith("-") else size
    return -size if _NEGATIVE.search(text) else size


def _keep_colon(word: re.Match[str]) -> str:
    """Take out a colon behind a word only: between numbers it parts degrees and minutes."""
    is_inner = word[0] == ":" and word.start() > 0 and word.string[word.start() - 1].isdigit()
    return ":" if is_inner else ""


def pair(text: str | None) -> tuple[float, float]:
    """Read two coordinates in one cell in the order they stand; NaN where there are not two.

    Letters that tell the axis win over the order: "39°54′N 116°23′E" gives longitude first.

    Examples
    --------
    >>> pair("116.39,39.9"), pair("[116.39；39.9]"), pair("POINT (116.39 39.9)")
    ((116.39, 39.9), (116.39, 39.9), (116.39, 39.9))
    >>> pair("39°54′N, 116°30′E")
    (116.5, 39.9)
    """
    nothing = (float("nan"), float("nan"))
    if text is None or len(text) > 2 * _LONGEST:
        return nothing
    point = _POINT.fullmatch(text.strip())
    bare = (point[1] if point else text).strip().strip("[](){}（）【】").strip()
    for cut in _CUTS:
        parts = [part for part in re.split(cut, bare) if part.strip()]
        if len(parts) not in (2, 3):
            continue
        first, second = coordinate(parts[0]), coordinate(parts[1])
        if np.isfinite(first) and np.isfinite(second):
            is_turned = _NORTHERLY.search(parts[0]) and _EASTERLY.search(parts[1])
            return (second, first) if is_turned else (first, second)
    return nothing


def numbers(cells: Objects) -> XY:
    """Read a column of coordinates, shape (n,)."""
    return np.array([coordinate(cell) for cell in cells], dtype=np.float64)


def pairs(cells: Objects, *, is_lat_first: bool = False) -> tuple[XY, bool]:
    """Read a column of positions, shape (n, 2), longitude first.

    A number beyond 90 is no latitude: where most pairs have it in second place, latitude stands
    first in all, whatever the header says.

    Returns
    -------
    The positions, and whether latitude stands first.
    """
    xy = np.array([pair(cell) for cell in cells], dtype=np.float64).reshape(-1, 2)
    known = xy[np.isfinite(xy).all(axis=1)]
    beyond = np.abs(known) > 90
    if len(known):
        is_first, is_second = beyond.mean(axis=0) > 0.5
        is_lat_first = bool(is_second and not is_first) or (is_lat_first and not is_first)
    return (xy[:, ::-1] if is_lat_first else xy), is_lat_first


def names_latitude_first(header: str) -> bool:
    """Tell whether a header of both coordinates says that latitude stands first."""
    return fold(header) in synonyms("facilities")["latlon"]


def points(xy: XY, *cells: Objects) -> tuple[Objects, Objects]:
    """Make points of positions; a row without one gets the reason.

    Parameters
    ----------
    xy
        Shape (n, 2).
    cells
        What they were read from, to tell a cell that is empty from one that is no number.
    """
    known: NDArray[np.bool_] = np.all(np.isfinite(xy), axis=1, keepdims=False)
    geometry = objects([None] * len(xy))
    geometry[known] = shapely.points(xy[known])
    reason = objects(
        [
            None if ok else "GEOM_EMPTY" if any(map(_is_empty, row)) else "NUM_TEXT"
            for ok, *row in zip(known, *cells, strict=True)
        ]
    )
    at_zero = known & (xy == 0).all(axis=1)
    geometry[at_zero], reason[at_zero] = None, "XY_ZERO"
    return geometry, reason


def _is_empty(cell: str | None) -> bool:
    return cell is None or is_nothing(cell)


def with_place(role: str, raw: RawTable, found: dict[str, str]) -> dict[str, str]:
    """Settle by what the cells hold which columns of a table tell the place.

    Two coordinates in one cell are used only where no column holds one each, and only if the
    cells read so: an English `location` is as often an address. A column of WKT is found by its
    text where there is nothing else.

    Parameters
    ----------
    found
        Canonical name to header.
    """
    places = dict(found)
    is_grid = role == "grids"
    has_own = raw.geometry is not None or {"h3", "wkt"} & found.keys()
    has_pair = {"lon", "lat"} <= found.keys()
    for name in ("lonlat", "latlon"):
        if name in places and (has_own or is_grid or has_pair or not _reads(raw, found[name])):
            del places[name]
    if not has_own and (is_grid or not ({"lonlat", "latlon"} & places.keys() or has_pair)):
        used = set(found.values())
        shapes = [header for header in raw.headers if header not in used and _is_wkt(raw, header)]
        if len(shapes) == 1:
            places["wkt"] = shapes[0]
    return places


def _probe(raw: RawTable, header: str) -> list[str]:
    filled = (cell for cell in raw.columns[header] if cell is not None and not is_nothing(cell))
    return [cell for cell, _ in zip(filled, range(_PROBED), strict=False)]


def _reads(raw: RawTable, header: str) -> bool:
    kinds = Counter(bool(np.isfinite(pair(cell)[0])) for cell in _probe(raw, header))
    return kinds[True] > 0 and kinds[True] >= kinds[False]


def _is_wkt(raw: RawTable, header: str) -> bool:
    cells = _probe(raw, header)
    return bool(cells) and all(_WKT.match(cell) or _WKB.fullmatch(cell) for cell in cells)


def shape_text(cell: str | None) -> str | None:
    """Give WKT without what PostGIS puts before it; hexadecimal WKB as WKT."""
    if cell is None:
        return None
    if _WKB.fullmatch(cell):
        shape = shapely.from_wkb(cell, on_invalid="ignore")
        return None if shape is None else shapely.to_wkt(shape, rounding_precision=-1)
    return re.sub(r"^\s*SRID=\d+;", "", cell)
