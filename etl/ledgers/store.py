"""Put ledgers into a release: their rows with places, and the values of indicators."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import numpy as np

from etl.formula_sql import condition_sql, rolled_sql
from etl.layers import CityLayers, Fault, Layer, Objects
from etl.ledgers.bulk import BulkLayer
from etl.ledgers.bulk_rows import bulk_rows, with_samples
from etl.ledgers.cells import Cells, cells_of, formulas_of
from etl.ledgers.declared import Indicator, LedgerSource
from etl.ledgers.doubts import over_of, rates_over
from etl.ledgers.fitting import with_fitting
from etl.ledgers.owners import mask_owners
from etl.ledgers.registers import registers_of
from etl.ledgers.rows import headers_of, raw_rows
from etl.ledgers.staged import RawLedger, Staged, stage
from etl.ledgers.tasks import store_tasks
from etl.ledgers.withhold import NO_PARENT, withheld
from etl.readers.raw import objects
from etl.settings import CitySettings
from etl.shapes import GridShapes
from etl.staging import etl_sql, run
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append, register

_MEMORY: Final = "1GB"


def store_ledgers(
    con: Connection, shapes: GridShapes, settings: CitySettings, layers: CityLayers
) -> CityLayers:
    """Fill the tables ledger, ledger_row, indicator, indicator_target and indicator_value.

    Grids, areas, units and facilities must be in the release already.

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
    staged: list[Staged] = []
    ledgers = zip(sources, layers.ledgers, strict=True)
    registers = registers_of(settings, layers, indicators)
    with _less_memory(con):
        for number, (source, layer) in enumerate([*ledgers, *registers]):
            asked = formulas_of(source, indicators)
            cells = cells_of(asked, headers_of(layer), layer.source)
            one = (number, source, cells)
            rows, placed = _stored(con, shapes, layer, one, (indicators, settings.city.as_of))
            staged.append(rows)
            kept.append(placed)
        store_tasks(con, staged, indicators, settings)
        for rows in staged:
            con.execute(f"drop table {rows.table}")
    return replace(layers, ledgers=kept[: len(sources)])


def _stored(
    con: Connection,
    shapes: GridShapes,
    layer: Layer,
    ledger: tuple[int, LedgerSource, Cells],
    asked: tuple[Sequence[Indicator], str],
) -> tuple[Staged, Layer]:
    """Stage the rows of a ledger, those of a large text out of its file, and store them."""
    number, source, cells = ledger
    indicators, as_of = asked
    is_bulk = isinstance(layer, BulkLayer)
    rows = bulk_rows(con, layer, source, cells) if is_bulk else _rows(con, layer, cells)
    with rows as raw:
        staged, placed = stage(con, shapes, raw, ledger, as_of)
        masked = mask_owners(con, staged.table, source)
        _store_rows(con, staged)
        for idx, indicator in enumerate(indicators):
            if indicator.ledger == source.name:
                _store_indicator(con, idx, number, indicator)
                _store_values(con, idx, staged, indicator)
        over = rates_over(con, staged, indicators)
        placed = replace(placed, faults=[*placed.faults, *masked, *over])
        return staged, with_samples(placed, raw) if is_bulk else placed


@contextmanager
def _rows(con: Connection, layer: Layer, cells: Cells) -> Iterator[RawLedger]:
    yield raw_rows(con, layer, cells)


@contextmanager
def _less_memory(con: Connection) -> Iterator[None]:
    """Let the database hold less while Python holds cells beside it; it spills the rest."""
    query = "select current_setting('memory_limit'), current_setting('temp_directory')"
    before, spill = con.execute(query).fetchall()[0]
    if not str(spill).endswith(".spill"):
        yield
        return
    con.execute(f"set memory_limit = '{_MEMORY}'")
    try:
        yield
    finally:
        con.execute(f"set memory_limit = '{before}'")


def ledger_faults(before: CityLayers, after: CityLayers) -> list[Fault]:
    """List what placing the rows of ledgers found wrong, beside what reading them had found."""
    pairs = zip(before.ledgers, after.ledgers, strict=True)
    return [fault for old, new in pairs for fault in new.faults[len(old.faults) :]]


def _text(value: str | None, rows: int = 1) -> Objects:
    return objects([value] * rows)


def _store_rows(con: Connection, staged: Staged) -> None:
    source = staged.source
    append(
        con,
        "ledger",
        {
            "ledger_idx": np.array([staged.number]),
            "name": _text(source.name),
            "unit": _text(source.unit),
            "grain": _text(source.grain),
            "path": _text(source.shown),
            "rows": np.array([staged.rows]),
            "fails": _text(_fails(source)),
        },
    )
    query = etl_sql("marts/ledger_row").replace("{staged}", staged.table)
    con.execute(query, {"ledger": staged.number})


def _fails(source: LedgerSource) -> str | None:
    """Give the condition under which a row failed, as it is written."""
    rule = source.tasks
    return None if rule is None or rule.fails is None else rule.fails.written


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


def _store_values(con: Connection, idx: int, staged: Staged, indicator: Indicator) -> None:
    """Work the indicator out for every place that has a row, and for all that hold it."""
    rolled = rolled_sql(indicator.formula, *staged.cells(indicator.formula))
    parts = "".join(f"{written} as {name}, " for name, written in rolled.parts.items())
    query = etl_sql("marts/indicator_value")
    over = over_of(indicator)
    for mark, written in (
        ("{staged}", staged.table),
        ("{over}", condition_sql(over, *staged.cells(over)) if over else "false"),
        ("{parts}", parts),
        ("{numerator}", rolled.numerator),
        ("{denominator}", rolled.denominator or "null"),
    ):
        query = query.replace(mark, written)
    con.execute(query, {"indicator": idx, "unit": staged.source.unit})
    if indicator.floor:
        _withhold(con, idx, indicator.floor)


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
