"""Give the points of a large text their place in WGS 84, piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Objects
from etl.ledgers.staged import POINTS, RAW, fill
from etl.readers.georef import Georef, decide, to_wgs84
from etl.readers.numbers import is_nothing
from etl.readers.positions import coordinate
from etl.readers.raw import objects
from etl.settings import Source
from geo.store.connect import Connection
from geo.store.queries import fetch_columns

XY = NDArray[np.float64]
Part = Mapping[str, NDArray[Any]]
AXES: Final = ("lon", "lat")
TEXTS: Final = ("lon_text", "lat_text")
_PLAIN: Final = "[+-]?[0-9]{1,15}([.][0-9]{0,15})?"
"""A number that the database reads as Python does; any other is read there."""


@dataclass(frozen=True)
class Located:
    """The system that the coordinates are in, and the rows without a usable place, with reasons."""

    georef: Georef
    rejected: list[tuple[int, str]]


def located(con: Connection, source: Source) -> Located:
    """Make the table of points of the texts of the raw rows: row, lon, lat in WGS 84.

    Rows without a usable place have no point; the reasons are those of `etl.readers.places`.

    Raises
    ------
    InputDataError
        The coordinate system is missing or contradicts itself.
    """
    plain = ", ".join(
        f"case when regexp_full_match({text}, '{_PLAIN}') then {text}::double end as {text[:3]}"
        for text in TEXTS
    )
    con.execute(
        f"create or replace temp view ledger_axes as "  # noqa: S608 - a table of the build
        f"select rowid, row, {', '.join(TEXTS)}, {plain} from {RAW}"
    )
    types = {"row": "bigint", "lon": "double", "lat": "double", "reason": "text"}
    fill(con, "ledger_xy", types, ("ledger_axes", ("row", "lon", "lat", *TEXTS)), _read)
    con.execute("drop view ledger_axes")
    known = fetch_columns(con, "select lon, lat from ledger_xy where reason is null order by row")
    georef = decide(source, None, _xy(known))
    fill(
        con,
        POINTS,
        types,
        ("ledger_xy", ("row", "lon", "lat", "reason")),
        lambda part: _moved(georef, part),
    )
    con.execute("drop table ledger_xy")
    rejected = con.execute(
        f"select row, reason from {POINTS} where reason is not null order by row"  # noqa: S608 - a table of the build
    ).fetchall()
    con.execute(f"delete from {POINTS} where reason is not null")  # noqa: S608 - a table of the build
    return Located(georef, rejected)


def _xy(part: Part) -> XY:
    axes = [np.ma.filled(np.ma.asarray(part[axis], dtype=np.float64), np.nan) for axis in AXES]
    return np.column_stack(axes)


def _read(part: Part) -> Part:
    """Read the coordinates that the database did not, and say why there are none."""
    xy = _xy(part)
    texts = [part[name] for name in TEXTS]
    reason = objects([None] * len(xy))
    for axis, cells in enumerate(texts):
        for at in np.flatnonzero(np.isnan(xy[:, axis])):
            xy[at, axis] = coordinate(cells[at])
    for at in np.flatnonzero(~np.isfinite(xy).all(axis=1)):
        reason[at] = "GEOM_EMPTY" if any(_is_empty(cells[at]) for cells in texts) else "NUM_TEXT"
    reason[(xy == 0).all(axis=1)] = "XY_ZERO"
    return {"lon": xy[:, 0], "lat": xy[:, 1], "reason": reason}


def _is_empty(cell: str | None) -> bool:
    return cell is None or is_nothing(cell)


def _moved(georef: Georef, part: Part) -> Part:
    xy = _xy(part)
    reason: Objects = part["reason"]
    known = np.array([code is None for code in reason], dtype=bool)
    xy[known] = to_wgs84(georef.crs, xy[known])
    on_globe = (np.abs(xy) <= (180, 90)).all(axis=1)
    reason[known & ~on_globe] = "XY_RANGE"
    reason[known & (xy == 0).all(axis=1)] = "XY_ZERO"
    return {"lon": xy[:, 0], "lat": xy[:, 1], "reason": reason}
