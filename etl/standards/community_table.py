"""Put the ledgers of communities into a release: placed, merged, one row a community."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from etl.layers import CityLayers, Fault, Layer, Objects, Rejected, row_json
from etl.ledgers.places import places_by_key, register_of
from etl.masking import masked_cell
from etl.readers.raw import objects
from etl.section import count
from etl.standards.columns import COLUMNS, FLAGS, KEYS, NUMBERS, ROOMS
from etl.standards.components import components, read_rooms
from geo.store.connect import Connection
from geo.store.write import append

_WORDS: Final = {
    "PLACE_UNKNOWN": ("of a community that the release has not", "Correct the code or the name."),
    "PLACE_AMBIG": ("with a name that several communities bear", "Give the code instead."),
    "PLACE_NONE": ("without a community", "Fill the cell in."),
}
_SAMPLES: Final = 3
Cell = tuple[str, str, int]
"""A cell as it was read, its file and its row."""


@dataclass
class _Entry:
    """What the ledgers say of one community."""

    source: list[str] = field(default_factory=list[str])
    row: int = 0
    cells: dict[str, Cell] = field(default_factory=dict[str, Cell])
    others: dict[str, str] = field(default_factory=dict[str, str])


def store_communities(con: Connection, layers: CityLayers) -> CityLayers:
    """Fill the tables community, component and community_component.

    Several ledgers feed one community column by column. Where two give different values for one
    thing neither counts: nobody can tell which is right, and a fault says so. Areas must be in the
    release already.

    Returns
    -------
    The layers as they went in: rows that found no community are among the rejected ones.
    """
    entries: dict[int, _Entry] = defaultdict(_Entry)
    kept: list[Layer] = []
    for layer in layers.communities:
        at, reason = _places(con, layer)
        placed = _without(layer, reason)
        clashes = [
            clash
            for k, area in zip(np.flatnonzero(at >= 0), at[at >= 0].tolist(), strict=True)
            for clash in _taken_in(entries[area], layer, int(k))
        ]
        kept.append(replace(placed, faults=[*placed.faults, *_conflicts(layer, clashes)]))
    _store(con, entries)
    _store_components(con, entries)
    return replace(layers, communities=kept)


def community_faults(before: CityLayers, after: CityLayers) -> list[Fault]:
    """List what placing and merging found wrong, beside what reading had found."""
    pairs = zip(before.communities, after.communities, strict=True)
    return [fault for old, new in pairs for fault in new.faults[len(old.faults) :]]


def _places(con: Connection, layer: Layer) -> tuple[np.ndarray, Objects]:
    """Find the community of each row: by its code, else by its name."""
    register = register_of(con, "community")
    nothing = objects([None] * len(layer.row))
    within = {name: layer.columns[name] for name in ("street", "district") if name in layer.columns}
    by_code = places_by_key(register, layer.columns.get("community_code", nothing))
    by_name = places_by_key(register, layer.columns.get("community", nothing), within)
    is_by_code = by_code[0] >= 0
    at = np.where(is_by_code, by_code[0], by_name[0])
    # a code nobody knows is worth more words than a name that is not there
    reason = np.where(by_name[1] == "PLACE_NONE", by_code[1], by_name[1])
    reason[at >= 0] = None
    return at, reason


def _without(layer: Layer, reason: Objects) -> Layer:
    aside = np.array([code is not None for code in reason], dtype=bool)
    rejected = [
        Rejected(layer.source, int(layer.row[k]), str(reason[k]), row_json(layer.columns, int(k)))
        for k in np.flatnonzero(aside)
    ]
    faults = [
        _told(layer, code, [int(row) for row in layer.row[reason == code]], *_WORDS[code])
        for code in _WORDS
        if (reason == code).any()
    ]
    return replace(
        layer,
        columns={name: cells[~aside] for name, cells in layer.columns.items()},
        row=layer.row[~aside],
        geometry=layer.geometry[~aside],
        rejected=[*layer.rejected, *rejected],
        faults=[*layer.faults, *faults],
        fixed=np.setdiff1d(layer.fixed, layer.row[aside]),
    )


def _told(layer: Layer, code: str, rows: list[int], what: str, action: str) -> Fault:
    message = f"{count(len(rows), 'row')} {what}, the first is row {rows[0]}."
    return Fault(
        *(code, "warning", layer.source, rows[0], None, message, action),
        affected=len(rows),
        rows=tuple(rows),
    )


def _taken_in(entry: _Entry, layer: Layer, at: int) -> Iterator[tuple[int, str, str]]:
    """Take one row in; give row, column and both values of whatever was known otherwise."""
    row = int(layer.row[at])
    entry.row = entry.row or row
    if layer.source not in entry.source:
        entry.source.append(layer.source)
    for name, cells in layer.columns.items():
        cell = cells[at]
        if cell is None or name in KEYS:
            continue
        if name not in COLUMNS:
            entry.others.setdefault(name, masked_cell(name, str(cell)) or "")
            continue
        held = entry.cells.get(name)
        if held is not None and held[0] != cell:
            yield row, name, f"{cell} here, {held[0] or 'two values'} in {held[1]} row {held[2]}"
            cell = ""
        entry.cells[name] = (str(cell), layer.source, row)


def _conflicts(layer: Layer, clashes: list[tuple[int, str, str]]) -> list[Fault]:
    if not clashes:
        return []
    rows = tuple(dict.fromkeys(row for row, _, _ in clashes))
    said = "; ".join(f"row {row} `{name}`: {what}" for row, name, what in clashes[:_SAMPLES])
    more = "; ..." if len(clashes) > _SAMPLES else ""
    return [
        Fault(
            *("COMMUNITY_CONFLICT", "warning", layer.source, rows[0], None),
            f"{count(len(clashes), 'value')} of a community differ from one given before: "
            f"{said}{more}.",
            "Neither counts. Correct one of the two.",
            affected=len(clashes),
            rows=rows,
        )
    ]


def _store(con: Connection, entries: dict[int, _Entry]) -> None:
    areas = sorted(entries)
    columns: dict[str, Any] = {"area_idx": np.array(areas, dtype=np.int32)}
    for name in COLUMNS:
        columns[name] = _column(name, [entries[area].cells.get(name) for area in areas])
    others = [entries[area].others for area in areas]
    columns["attributes"] = objects([json.dumps(each, ensure_ascii=False) for each in others])
    columns["source"] = objects([",".join(entries[area].source) for area in areas])
    columns["row"] = np.array([entries[area].row for area in areas], dtype=np.int64)
    append(con, "community", columns)


def _column(name: str, cells: list[Cell | None]) -> np.ndarray:
    """Give a column of the table; a conflict is an empty text and counts as unknown."""
    texts = [cell[0] if cell and cell[0] else None for cell in cells]
    if name not in NUMBERS and name not in FLAGS:
        return objects(texts)
    numbers = [_number(text) for text in texts]
    return np.ma.masked_invalid(np.array(numbers, dtype=np.float64))


def _number(text: str | None) -> float:
    if text in ("true", "false"):
        return float(text == "true")
    return np.nan if text is None else float(text)


def _store_components(con: Connection, entries: dict[int, _Entry]) -> None:
    known = list(components().values())
    append(
        con,
        "component",
        {
            "code": objects([each.code for each in known]),
            "class": objects([each.kind for each in known]),
            "zh": objects([each.zh for each in known]),
            "en": objects([each.en for each in known]),
            "category": objects([each.category for each in known]),
        },
    )
    parts = [
        (area, kind, ordinal, room)
        for area in sorted(entries)
        for kind in ROOMS
        if (cell := entries[area].cells.get(kind))
        for ordinal, room in enumerate(read_rooms(cell[0]))
    ]
    areas = [room.m2 for _, _, _, room in parts]
    append(
        con,
        "community_component",
        {
            "area_idx": np.array([area for area, _, _, _ in parts], dtype=np.int32),
            "kind": objects([kind for _, kind, _, _ in parts]),
            "ordinal": np.array([ordinal for _, _, ordinal, _ in parts], dtype=np.int32),
            "component": objects([room.code for _, _, _, room in parts]),
            "written": objects([room.written for _, _, _, room in parts]),
            "shared_group": np.array([room.shared_group for _, _, _, room in parts], np.int32),
            "area_m2": np.ma.masked_invalid(np.array(areas, dtype=np.float64)),
        },
    )
