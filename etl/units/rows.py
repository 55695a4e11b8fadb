"""Hold the rows of one kind of further places, from all files of the kind together."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Layer, Objects, Rejected, as_headed, row_json
from etl.masking import is_personal
from etl.readers.raw import objects
from etl.section import count
from etl.synonyms import fold
from etl.units.declared import UNIT_COLUMNS, UnitSource

LEVELS: Final = ("district", "street", "community")
UNKNOWN_AMOUNT: Final = -1
UNIT_ID: Final = "=unit"
"""The column that keeps the id of each row that entered."""


@dataclass(frozen=True)
class UnitRows:
    """Rows of one kind, shape (n,) each; text or None.

    Attributes
    ----------
    block
        Position of the file among those of the kind.
    at
        Position of the row in its file.
    geometry
        WGS 84 lon/lat, or None in a plain register.
    stated
        Level to the code of its area, else the name, as the file writes it.
    people_milli, households_milli
        Thousandths, -1 where not known.
    attributes
        JSON of the other columns by their own headers; those of persons are left out.
    """

    kind: str
    layers: list[Layer]
    block: NDArray[np.int64]
    at: NDArray[np.int64]
    ids: Objects
    names: Objects
    geometry: Objects
    stated: dict[str, Objects]
    decided: Objects
    people_milli: NDArray[np.int64]
    households_milli: NDArray[np.int64]
    attributes: Objects

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.at)

    def source(self, number: int) -> str:
        """Give the file of a row."""
        return self.layers[self.block[number]].source

    def row(self, number: int) -> int:
        """Give the number of a row in its file, as a person counts it."""
        return int(self.layers[self.block[number]].row[self.at[number]])

    def shown(self, number: int) -> str:
        """Give what a person knows a row by."""
        return str(self.names[number] or self.ids[number] or f"row {self.row(number)}")


def rows_of(
    kind: str, blocks: Sequence[tuple[UnitSource, Layer]], hidden: Collection[str] = ()
) -> tuple[UnitRows, list[list[Fault]]]:
    """Put the files of a kind together, and say for each which amounts are no numbers.

    Parameters
    ----------
    hidden
        Columns that are not kept among the attributes.
    """
    layers = [layer for _, layer in blocks]
    sizes = [len(layer.row) for layer in layers]
    people = [_milli(layer, "people") for layer in layers]
    households = [_milli(layer, "households") for layer in layers]
    rows = UnitRows(
        kind=kind,
        layers=layers,
        block=np.repeat(np.arange(len(layers)), sizes),
        at=np.concatenate([np.arange(size) for size in sizes]),
        ids=_joined(layers, "id"),
        names=_joined(layers, "name"),
        geometry=np.concatenate([layer.geometry for layer in layers]),
        stated={level: _stated(layers, level) for level in LEVELS},
        decided=_joined(layers, "decided_street"),
        people_milli=np.concatenate([amount for amount, _ in people]),
        households_milli=np.concatenate([amount for amount, _ in households]),
        attributes=objects([text for layer in layers for text in _attributes(layer, hidden)]),
    )
    odd = [[*one, *two] for (_, one), (_, two) in zip(people, households, strict=True)]
    return rows, odd


def without(rows: UnitRows, reason: Objects) -> list[list[Rejected]]:
    """List for each file the rows that have a reason to stay out, shape (n,), else None."""
    found: list[list[Rejected]] = [[] for _ in rows.layers]
    for number, why in enumerate(reason):
        if why is None:
            continue
        block = int(rows.block[number])
        content = row_json(as_headed(rows.layers[block]), int(rows.at[number]))
        one = Rejected(rows.source(number), rows.row(number), str(why), content)
        found[block].append(one)
    return found


def _joined(layers: Sequence[Layer], name: str) -> Objects:
    return objects([_text(cell) for layer in layers for cell in _column(layer, name)])


def _stated(layers: Sequence[Layer], level: str) -> Objects:
    codes, names = _joined(layers, f"{level}_code"), _joined(layers, level)
    return objects([code or name for code, name in zip(codes, names, strict=True)])


def _column(layer: Layer, name: str) -> Objects:
    return layer.columns.get(name, objects([None] * len(layer.row)))


def _text(cell: str | None) -> str | None:
    return (cell or "").strip() or None


def _milli(layer: Layer, name: str) -> tuple[NDArray[np.int64], list[Fault]]:
    """Read an amount in thousandths; the reader wrote numbers plainly, and left other text."""
    found = np.full(len(layer.row), UNKNOWN_AMOUNT, dtype=np.int64)
    odd: list[int] = []
    for at, cell in enumerate(_column(layer, name)):
        if not _text(cell):
            continue
        try:
            found[at] = _thousandths(cell)
        except (ValueError, OverflowError):
            odd.append(int(layer.row[at]))
    if not odd:
        return found, []
    header = layer.headers.get(name, name)
    fault = Fault(
        *("NUM_TEXT", "warning", layer.source, odd[0], None),
        f"{count(len(odd), 'row')} whose {header} is no number of 0 or more, the first is row "
        f"{odd[0]}.",
        "It counts as unknown. Write the number as digits.",
        affected=len(odd),
        rows=tuple(odd),
    )
    return found, [fault]


def _thousandths(cell: str) -> int:
    value = round(float(cell) * 1000)
    if value < 0:
        raise ValueError(cell)
    return value


def _attributes(layer: Layer, hidden: Collection[str]) -> list[str]:
    own = {layer.headers[name] for name in UNIT_COLUMNS if name in layer.headers}
    folded = {fold(name) for name in hidden}
    kept = {
        header: cells
        for header, cells in as_headed(layer).items()
        if header not in own
        and header not in UNIT_COLUMNS
        and not is_personal(header)
        and fold(header) not in folded
    }
    return [
        json.dumps(
            {header: cells[at] for header, cells in kept.items() if cells[at] is not None},
            ensure_ascii=False,
        )
        for at in range(len(layer.row))
    ]
