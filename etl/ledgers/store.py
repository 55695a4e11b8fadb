"""Put ledgers into a release: their rows with places, and the values of indicators."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.formula_sql import number_columns, sql_of
from etl.layers import CityLayers, Fault, Layer, Objects
from etl.ledgers.declared import Indicator, LedgerSource
from etl.ledgers.fitting import with_fitting
from etl.ledgers.rows import Ledger, Placed, place_rows
from etl.ledgers.withhold import NO_PARENT, withheld
from etl.readers.numbers import SHARE, read_number
from etl.readers.raw import objects
from etl.settings import CitySettings
from etl.shapes import GridShapes
from etl.staging import etl_sql, run
from etl.synonyms import fold
from geo.errors import SettingsError
from geo.spelling import nearest
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append, register

_DAYS: Final = ("date", "due", "closed")
_TEXTS: Final = ("item", "value", "owner")


def store_ledgers(
    con: Connection, shapes: GridShapes, settings: CitySettings, layers: CityLayers
) -> CityLayers:
    """Fill the tables ledger, ledger_row, indicator, indicator_target and indicator_value.

    Grids, areas and facilities must be in the release already.

    Returns
    -------
    The layers as they went in: rows of ledgers that found no place are among the rejected ones.

    Raises
    ------
    SettingsError
        A formula counts a column that its ledger has not.
    """
    sources, indicators, layers = with_fitting(settings, layers)
    run(con, "marts/place_chain")
    kept: list[Layer] = []
    for number, (source, layer) in enumerate(zip(sources, layers.ledgers, strict=True)):
        placed = place_rows(con, shapes, Ledger(source, layer), settings.city.as_of)
        kept.append(placed.layer)
        _store_rows(con, number, source, placed)
        for idx, indicator in enumerate(indicators):
            if indicator.ledger == source.name:
                _store_indicator(con, idx, number, indicator)
                _store_values(con, idx, source, placed, indicator)
                if indicator.floor:
                    _withhold(con, idx, indicator.floor)
    return replace(layers, ledgers=kept)


def ledger_faults(before: CityLayers, after: CityLayers) -> list[Fault]:
    """List what placing the rows of ledgers found wrong, beside what reading them had found."""
    pairs = zip(before.ledgers, after.ledgers, strict=True)
    return [fault for old, new in pairs for fault in new.faults[len(old.faults) :]]


def _text(value: str | None, rows: int = 1) -> Objects:
    return objects([value] * rows)


def _store_rows(con: Connection, number: int, source: LedgerSource, placed: Placed) -> None:
    rows = len(placed.place)
    append(
        con,
        "ledger",
        {
            "ledger_idx": np.array([number]),
            "name": _text(source.name),
            "unit": _text(source.unit),
            "grain": _text(source.grain),
            "path": _text(source.shown),
            "rows": np.array([rows]),
        },
    )
    columns: dict[str, NDArray[Any]] = {
        "ledger_idx": np.full(rows, number),
        "row": placed.layer.row,
        "place_idx": placed.place,
        "period": placed.period,
    }
    for name in _DAYS:
        days = [None if day is None else day.isoformat() for day in placed.days[name]]
        columns[f"{name}_on"] = objects(days)
    for name in _TEXTS:
        columns[name] = placed.layer.columns.get(f"={name}", _text(None, rows))
    append(con, "ledger_row", columns)


def _store_indicator(con: Connection, idx: int, ledger: int, indicator: Indicator) -> None:
    append(
        con,
        "indicator",
        {
            "indicator_idx": np.array([idx]),
            "id": _text(indicator.id),
            "zh": _text(indicator.zh),
            "en": _text(indicator.en),
            "ledger_idx": np.array([ledger]),
            "formula": _text(indicator.formula.written),
            "unit": _text(indicator.unit),
            "is_share": np.array([indicator.formula.is_share]),
            "is_high_better": np.array([indicator.is_high_better]),
            "floor": np.array([indicator.floor]),
            "grp": _text(indicator.group),
            "owner_role": _text(indicator.owner_role),
            "source": _text(indicator.source),
        },
    )
    if indicator.targets:
        years = np.array(list(indicator.targets))
        append(
            con,
            "indicator_target",
            {
                "indicator_idx": np.full(len(years), idx),
                "year": years,
                "target": np.array(list(indicator.targets.values()), dtype=np.float64),
            },
        )


def _store_values(
    con: Connection, idx: int, source: LedgerSource, placed: Placed, indicator: Indicator
) -> None:
    """Work the indicator out for every place that has a row, and for all that hold it."""
    names = list(indicator.formula.columns)
    numbers = number_columns(indicator.formula)
    cells: dict[str, NDArray[Any]] = {}
    for k, name in enumerate(names):
        written = placed.layer.columns[_header(placed.layer, indicator, name)]
        cells[f"c{k}"] = _read_numbers(written) if name in numbers else written
    columns: dict[str, NDArray[Any]] = {"place_idx": placed.place, "period": placed.period}
    register(con, "ledger_cells", columns | cells)
    top, bottom = sql_of(indicator.formula, lambda name: f"c{names.index(name)}::text")
    query = etl_sql("marts/indicator_value")
    query = query.replace("{numerator}", top).replace("{denominator}", bottom or "null")
    try:
        con.execute(query, {"indicator": idx, "unit": source.unit})
    finally:
        con.unregister("ledger_cells")


def _read_numbers(cells: Objects) -> Objects:
    """Bring cells such as 约300, 3.1万 or 12% to plain numbers; what is none stays as it is."""
    code, every = pd.factorize(cells, use_na_sentinel=True)
    return objects([*(read_number(str(cell), SHARE).text for cell in every), None])[code]


def _withhold(con: Connection, idx: int, floor: int) -> None:
    """Take small counts out of the release, and those from which they would follow."""
    rows = fetch_columns(con, etl_sql("marts/indicator_family"), {"indicator": idx})
    parts = [
        np.ma.filled(np.ma.asarray(rows[name], dtype=np.float64), np.nan)
        for name in ("numerator", "denominator")
    ]
    parent = np.ma.filled(np.ma.asarray(rows["parent"]), NO_PARENT).astype(np.int64)
    hidden = rows["cell"][withheld(np.fmin(*parts), parent, floor)]
    register(con, "hidden_cells", {"cell": np.asarray(hidden, dtype=np.int64)})
    try:
        con.execute(etl_sql("marts/indicator_withheld"), {"indicator": idx})
    finally:
        con.unregister("hidden_cells")


def _header(layer: Layer, indicator: Indicator, name: str) -> str:
    """Find the column that a formula names; its exact header, or the one that reads the same."""
    headers = [header for header in layer.columns if not header.startswith("=")]
    alike = [header for header in headers if fold(header) == fold(name)]
    if name in headers or len(alike) == 1:
        return name if name in headers else alike[0]
    raise SettingsError(
        f"[[indicators]] {indicator.id} counts {name}, which {layer.source} has not; "
        f"expected {nearest(name, headers)}one of {', '.join(headers)}. Correct the formula."
    )
