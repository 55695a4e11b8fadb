"""Make indicators of the files of places themselves: grids, communities, a kind of units."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from etl.layers import CityLayers, Layer, Objects, as_headed
from etl.ledgers.declared import COMMUNITIES, GRIDS, UNITS_OF, Indicator, LedgerSource
from etl.ledgers.places import WITHIN
from etl.readers.raw import objects
from etl.settings import CitySettings
from etl.units.declared import declared_units
from etl.units.rows import UNIT_ID

_KEY: Final = "=key"
_COMMUNITY: Final = ("community_code", "community")


def registers_of(
    settings: CitySettings, layers: CityLayers, indicators: Sequence[Indicator]
) -> list[tuple[LedgerSource, Layer]]:
    """Give the files of places that indicators are made from, each as a ledger of one row a place.

    Their columns are those of the file, under its own headers. Rows that did not enter the release
    are left out: they are listed with the file. Committees that the grids name have no file, so
    `units:committee` has rows only where the city gives a register of them.
    """
    found: list[tuple[LedgerSource, Layer]] = []
    for name in dict.fromkeys(indicator.ledger for indicator in indicators):
        if name == GRIDS:
            found.append(_register(name, "grid", [_keyed(layers.grids, ("id",))]))
        elif name == COMMUNITIES:
            parts = [_keyed(each, _COMMUNITY, WITHIN) for each in layers.communities]
            found.append(_register(name, "community", parts))
        elif name.startswith(UNITS_OF):
            kind = name.removeprefix(UNITS_OF)
            own = zip(declared_units(settings), layers.units, strict=True)
            parts = [_keyed(layer, (UNIT_ID,)) for source, layer in own if source.kind == kind]
            found.append(_register(name, kind, parts))
    return found


def _register(name: str, unit: str, parts: Sequence[Layer]) -> tuple[LedgerSource, Layer]:
    shown = parts[0].source if parts else name
    source = LedgerSource(
        title=f"[{name}]", shown=shown, path=Path(shown), name=name, unit=unit, grain="unit"
    )
    return source, parts[0] if len(parts) == 1 else _joined(shown, parts)


def _keyed(layer: Layer, names: Sequence[str], areas: Sequence[str] = ()) -> Layer:
    """Keep the first row of each place, its columns under their own headers, its key beside.

    The key is the first of the names that has a cell; `areas` tell places of one name apart.
    """
    nothing = objects([None] * len(layer.row))
    cells = [layer.columns.get(name, nothing) for name in names]
    keys = [_first(row) for row in zip(*cells, strict=True)]
    within = {f"={level}": layer.columns[level] for level in areas if level in layer.columns}
    seen: set[tuple[object, ...]] = set()
    kept: list[int] = []
    for at in np.argsort(layer.row, kind="stable").tolist():
        place = (keys[at], *(each[at] for each in within.values()))
        if keys[at] is not None and place not in seen:
            seen.add(place)
            kept.append(at)
    at = np.array(kept, dtype=np.int64)
    columns = as_headed(layer) | within | {_KEY: objects(keys)}
    return replace(
        layer,
        columns={name: cells[at] for name, cells in columns.items()},
        row=layer.row[at],
        geometry=layer.geometry[at],
        rejected=[],
        headers=_headers(columns),
    )


def _headers(columns: Iterable[str]) -> dict[str, str]:
    """Call the columns that were made here, which no file has, by their own names."""
    return {name[1:]: name for name in columns if name.startswith("=")}


def _first(cells: Sequence[str | None]) -> str | None:
    return next((cell.strip() for cell in cells if cell and cell.strip()), None)


def _joined(shown: str, parts: Sequence[Layer]) -> Layer:
    """Put files of one kind together; their rows are numbered through."""
    names = dict.fromkeys([name for part in parts for name in part.columns] or [_KEY])
    rows = sum(len(part.row) for part in parts)
    return Layer(
        *("units", shown, "", 0, rows, "", "", None),
        columns={name: _column(parts, name) for name in names},
        row=np.arange(1, rows + 1),
        geometry=objects([None] * rows),
        headers=_headers(names),
    )


def _column(parts: Sequence[Layer], name: str) -> Objects:
    cells = [part.columns.get(name, objects([None] * len(part.row))) for part in parts]
    return objects([cell for part in cells for cell in part])
