"""Give every row of a ledger its place, its period and its dates; say what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from etl.layers import Fault, Layer, Objects, Rejected, row_json
from etl.ledgers.dates import read_day, read_period
from etl.ledgers.declared import LedgerSource
from etl.ledgers.places import WITHIN, places_by_key, places_by_point, register_of
from etl.readers.raw import objects
from etl.section import count
from etl.shapes import GridShapes
from geo.store.connect import Connection

_DATES: Final = ("date", "due", "closed")
_SET_ASIDE: Final = {
    "PLACE_UNKNOWN": ("with a place that the release has not", "Correct the code or the name."),
    "PLACE_AMBIG": ("with a name that several places bear", "Give the code instead."),
    "PLACE_NONE": ("without a place", "Fill the cell in."),
    "DATE_TEXT": ("with a date that is none", "Write days as 2026-10-05, months as 2026-10."),
}
_KEPT: Final = {
    "DATE_FUTURE": ("with a day after the month of the data", "Kept; check the day."),
    "DATE_ORDER": ("due before it began", "Kept; check both days."),
}


@dataclass(frozen=True)
class Ledger:
    """A ledger as declared and as read."""

    source: LedgerSource
    layer: Layer


@dataclass(frozen=True)
class Placed:
    """The rows of a ledger that have a place, shape (k,) each: where, of which period, its days.

    `layer` is the ledger with these rows alone; the others are among its rejected ones.
    """

    layer: Layer
    place: NDArray[np.int64]
    period: Objects
    days: dict[str, Objects]


def place_rows(con: Connection, shapes: GridShapes, ledger: Ledger, as_of: str) -> Placed:
    """Find place, period and days of every row; a row that lacks one it needs is set aside.

    Parameters
    ----------
    con
        Holds grids, areas and facilities already.
    as_of
        The month of the data, YYYY-MM.
    """
    source, layer = ledger.source, ledger.layer
    place, reason = _places(con, shapes, ledger)
    day, period = _read(layer, "date", read_day), _read(layer, "date", read_period)
    if source.grain == "unit":
        period = objects([None] * len(layer.row))
    else:
        is_said = _known(layer.columns.get("=date"), len(layer.row))
        is_needed = is_said | (source.grain == "unit+period")
        reason[is_needed & ~_known(period) & ~_known(reason)] = "DATE_TEXT"
    days = {"date": day} | {name: _read(layer, name, read_day) for name in _DATES[1:]}
    keep = ~_known(reason)
    faults = [
        *layer.faults,
        *_summaries(layer, _SET_ASIDE, lambda code: np.asarray(reason == code)),
        *_summaries(layer, _KEPT, lambda code: keep & _odd(days, code, as_of)),
    ]
    kept = replace(
        layer,
        columns={name: cells[keep] for name, cells in layer.columns.items()},
        row=layer.row[keep],
        geometry=layer.geometry[keep],
        rejected=[*layer.rejected, *_rejected(layer, reason)],
        faults=faults,
    )
    days = {name: cells[keep] for name, cells in days.items()}
    return Placed(kept, place[keep], period[keep], days)


def _places(
    con: Connection, shapes: GridShapes, ledger: Ledger
) -> tuple[NDArray[np.int64], Objects]:
    source, layer = ledger.source, ledger.layer
    if source.unit == "city":
        return np.zeros(len(layer.row), dtype=np.int64), objects([None] * len(layer.row))
    if "=key" in layer.columns:
        within = {
            level: layer.columns[f"={level}"] for level in WITHIN if f"={level}" in layer.columns
        }
        return places_by_key(register_of(con, source.unit), layer.columns["=key"], within)
    lonlat = shapely.get_coordinates(shapely.centroid(layer.geometry))
    return places_by_point(con, shapes, source.unit, lonlat)


def _known(cells: Objects | None, rows: int = 0) -> NDArray[np.bool_]:
    if cells is None:
        return np.zeros(rows, dtype=bool)
    return np.array([cell is not None for cell in cells], dtype=bool)


def _read(layer: Layer, name: str, read: Callable[[str], Any]) -> Objects:
    """Read the cells of a column, each distinct one once; None where there is nothing to read."""
    cells = layer.columns.get(f"={name}")
    if cells is None or not len(cells):
        return objects([None] * len(layer.row))
    code, every = pd.factorize(cells, use_na_sentinel=True)
    return objects([*(read(str(cell)) for cell in every), None])[code]


def _odd(days: dict[str, Objects], code: str, as_of: str) -> NDArray[np.bool_]:
    """Mark rows whose days cannot be right, as far as they are known."""
    if code == "DATE_FUTURE":
        year, month = (int(part) for part in as_of.split("-"))
        first_after = date(year + month // 12, month % 12 + 1, 1)
        late = [
            [day is not None and day >= first_after for day in days[name]]
            for name in ("date", "closed")
        ]
        return np.logical_or(*np.array(late, dtype=bool))
    pairs = zip(days["date"], days["due"], strict=True)
    return np.array([bool(day and due and due < day) for day, due in pairs], dtype=bool)


def _rejected(layer: Layer, reason: Objects) -> list[Rejected]:
    shown = {name: cells for name, cells in layer.columns.items() if not name.startswith("=")}
    return [
        Rejected(layer.source, int(layer.row[k]), str(reason[k]), row_json(shown, int(k)))
        for k in np.flatnonzero(_known(reason))
    ]


def _summaries(
    layer: Layer,
    words: dict[str, tuple[str, str]],
    marked: Callable[[str], NDArray[np.bool_]],
) -> list[Fault]:
    """Say once for each fault how many rows have it, and which are the first."""
    faults: list[Fault] = []
    for code, (what, action) in words.items():
        rows = [int(row) for row in layer.row[marked(code)]]
        if rows:
            message = f"{count(len(rows), 'row')} {what}, the first is row {rows[0]}."
            faults.append(
                Fault(
                    *(code, "warning", layer.source, rows[0], None, message, action),
                    affected=len(rows),
                    rows=tuple(rows),
                )
            )
    return faults
