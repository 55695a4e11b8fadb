"""Put further places into a release: where they belong, and what their files say of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from etl.layers import CityLayers, Fault, Layer, Objects
from etl.ledgers.declared import UNITS_OF, declared
from etl.readers.raw import objects
from etl.settings import CitySettings
from etl.shapes import GridShapes
from etl.staging import run, said
from etl.units.committees import committees_of_grids, join_committees, named_by_grids
from etl.units.declared import COMMITTEE, declared_units, unit_kinds
from etl.units.faults import unit_faults
from etl.units.named import Areas, place_named
from etl.units.place import NONE, UnitPlaces, place_shapes, settle
from etl.units.rows import UNIT_ID, UnitRows, rows_of, without
from etl.units.units import Units, write_units
from geo.store.connect import Connection
from geo.store.write import append, register


@dataclass(frozen=True)
class _Read:
    """The places of a kind that enter the release, and the layers without the other rows."""

    units: Units
    layers: list[Layer]


def store_units(
    con: Connection, shapes: GridShapes, settings: CitySettings, layers: CityLayers
) -> CityLayers:
    """Fill the tables unit and unit_kind, and join the grids to their committees.

    Grids and areas must be in the release already, and the grids staged.

    Returns
    -------
    The layers with the rows that did not enter among the rejected ones, and with what placing them
    found wrong.
    """
    areas = Areas.of(con)
    blocks = list(zip(declared_units(settings), layers.units, strict=True))
    kept: dict[int, Layer] = {}
    start = 0
    for kind, words in unit_kinds(settings).items():
        own = [at for at, (source, _) in enumerate(blocks) if source.kind == kind]
        units: Units | None = None
        if own:
            rows, faults = rows_of(kind, [blocks[at] for at in own], _hidden(settings, kind))
            read = _placed(shapes, areas, rows, faults)
            units = read.units
            kept |= dict(zip(own, read.layers, strict=True))
        if kind == COMMITTEE:
            layers, units = _with_grids(con, shapes, areas, layers, units, start)
        if units is not None and len(units.ids):
            write_units(con, shapes, units, start)
            _store_kind(con, kind, words)
            start += len(units.ids)
    return replace(layers, units=[kept[at] for at in range(len(blocks))])


def unit_faults_of(before: CityLayers, after: CityLayers) -> list[Fault]:
    """List what placing units found wrong, beside what reading the files had found."""
    pairs = [*zip(before.units, after.units, strict=True), (before.grids, after.grids)]
    return [fault for old, new in pairs for fault in new.faults[len(old.faults) :]]


def parent_faults(con: Connection, source: str) -> list[Fault]:
    """List the grids whose parent is not there, or is below them; units must be stored."""
    return said(con, "staging/fault_parent", {"source": source})


def _store_kind(con: Connection, kind: str, words: tuple[str, str]) -> None:
    zh, en = words
    columns = {"kind": objects([kind]), "zh": objects([zh]), "en": objects([en])}
    append(con, "unit_kind", columns)


def _hidden(settings: CitySettings, kind: str) -> set[str]:
    """List the columns of which small counts are withheld: kept as attributes they would show."""
    _, indicators = declared(settings)
    return {
        column
        for indicator in indicators
        if indicator.floor and indicator.ledger == f"{UNITS_OF}{kind}"
        for column in indicator.formula.columns
    }


def _placed(shapes: GridShapes, areas: Areas, rows: UnitRows, faults: list[list[Fault]]) -> _Read:
    """Place the rows of a kind, and set those aside that cannot be told apart."""
    found = place_shapes(shapes, areas.of_grid, rows.geometry)
    _settle(rows, found, areas)
    is_outside = ~found.is_placed & np.array([not one for one in found.rivals], dtype=bool)
    why: list[str | None] = [
        place_named(found, rows, number, areas) if is_outside[number] else None
        for number in range(len(rows))
    ]
    ids = _ids(rows, found, areas)
    reason = _reasons(ids)
    keep = np.flatnonzero([code is None for code in reason])
    for number, (block, fault) in unit_faults(rows, found, is_outside, why, areas):
        if reason[number] is None:
            faults[block].append(fault)
    names = [name or code for name, code in zip(rows.names, rows.ids, strict=True)]
    units = Units(
        *(rows.kind, ids, objects(names), found, rows.geometry),
        *(rows.people_milli, rows.households_milli, rows.attributes),
    ).taken(keep)
    layers = _kept_layers(rows, ids, reason, faults)
    return _Read(units.taken(units.order()), layers)


def _settle(rows: UnitRows, found: UnitPlaces, areas: Areas) -> None:
    """Give tied places to the street that a person decided on."""
    for number in np.flatnonzero(found.is_tied):
        decided = rows.decided[number]
        if decided is None:
            continue
        street, _ = areas.registers["street"].find(str(decided))
        if street in found.rivals[number]:
            settle(found, int(number), street, areas.of_grid)


def _ids(rows: UnitRows, found: UnitPlaces, areas: Areas) -> Objects:
    """Give codes; without one the code of the smallest area around it, and the name."""
    ids: list[str | None] = []
    for number, (code, name) in enumerate(zip(rows.ids, rows.names, strict=True)):
        levels = (found.community[number], found.street[number], found.district[number])
        area = next((int(level) for level in levels if level != NONE), NONE)
        path = f"{areas.codes[area]}/{name}" if name and area != NONE else name
        ids.append(code or path)
    return objects(ids)


def _reasons(ids: Objects) -> Objects:
    """Say why a row stays out: it has neither code nor name, or those of an earlier row."""
    seen: Counter[str] = Counter()
    reason: list[str | None] = []
    for key in ids:
        seen[str(key)] += 1
        reason.append("UNIT_NOID" if key is None else "CODE_DUP" if seen[str(key)] > 1 else None)
    return objects(reason)


def _kept_layers(
    rows: UnitRows, ids: Objects, reason: Objects, faults: list[list[Fault]]
) -> list[Layer]:
    layers: list[Layer] = []
    for block, (layer, aside) in enumerate(zip(rows.layers, without(rows, reason), strict=True)):
        own = rows.block == block
        keep = np.array([code is None for code in reason[own]], dtype=bool)
        said = _aside_faults(layer, reason[own])
        columns = layer.columns | {UNIT_ID: ids[own]}
        layers.append(
            replace(
                layer,
                columns={name: cells[keep] for name, cells in columns.items()},
                row=layer.row[keep],
                geometry=layer.geometry[keep],
                rejected=[*layer.rejected, *aside],
                faults=[*layer.faults, *faults[block], *said],
            )
        )
    return layers


_ASIDE: Mapping[str, tuple[str, str]] = {
    "UNIT_NOID": ("has neither a code nor a name", "Set aside. Give it one of them."),
    "CODE_DUP": ("has the code of an earlier row", "Set aside. Give it a code of its own."),
}


def _aside_faults(layer: Layer, reason: Objects) -> list[Fault]:
    return [
        Fault(
            *(str(code), "warning", layer.source, int(layer.row[at]), None),
            *(f"The row {_ASIDE[str(code)][0]}.", _ASIDE[str(code)][1]),
        )
        for at, code in enumerate(reason)
        if code is not None
    ]


def _with_grids(
    con: Connection,
    shapes: GridShapes,
    areas: Areas,
    layers: CityLayers,
    units: Units | None,
    start: int,
) -> tuple[CityLayers, Units | None]:
    """Join the grids to the committees that they name; without a register the grids make them."""
    named = named_by_grids(con)
    if not named:
        return layers, units
    faults: list[Fault] = []
    if units is None:
        units, found = committees_of_grids(con, shapes, areas, named)
    else:
        units, found, faults = join_committees(
            con, shapes, areas, layers.grids.source, units, named
        )
    order = units.order()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(start, start + len(order))
    _store_members(con, found, place)
    grids = replace(layers.grids, faults=[*layers.grids.faults, *faults])
    return replace(layers, grids=grids), units.taken(order)


def _store_members(con: Connection, found: dict[int, int], place: NDArray[np.int64]) -> None:
    grids = np.array(list(found), dtype=np.int64)
    committees = place[np.array(list(found.values()), dtype=np.int64)]
    register(con, "grid_member", {"grid_idx": grids, "unit_idx": committees})
    try:
        run(con, "marts/grid_committee")
    finally:
        con.unregister("grid_member")
