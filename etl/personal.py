"""Keep personal data out of everything that follows the reading: count it, then mask it.

Nothing of a cell is kept: not in the release, not in reports, not in the list of rejected rows.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from etl.hierarchy import names_somebody
from etl.layers import CityLayers, Fault, Layer, Objects, Rejected, Streets
from etl.masking import (
    STARS,
    identities,
    is_code,
    mask,
    masked_cell,
    mobiles,
    names_residents,
)
from etl.readers.raw import objects
from etl.section import count

IDENTITY: Final = "identity numbers"
MOBILE: Final = "mobile telephones"
NAMES: Final = "names of persons"
_WORKER: Final = "worker_name"
"""Declared to hold names, whatever its header: whether there is one is all that is used."""


@dataclass
class Found:
    """Cells by header and kind of personal data, and the rows that hold any."""

    cells: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    rows: set[int] = field(default_factory=set[int])

    def add(self, header: str, kind: str, row: int) -> None:
        key = (header, kind)
        self.cells[key] = self.cells.get(key, 0) + 1
        self.rows.add(row)

    def faults(self, source: str) -> list[Fault]:
        """Say it once for a file; nothing where nothing was found."""
        if not self.cells:
            return []
        listed = ", ".join(
            f"{header} ({kind}, {count(number, 'cell')})"
            for (header, kind), number in sorted(self.cells.items())
        )
        is_grave = any(kind != MOBILE for _, kind in self.cells)
        rows = tuple(sorted(self.rows))
        return [
            Fault(
                *("PII", "warning" if is_grave else "note", source, rows[0], None),
                f"{count(len(rows), 'row')} with personal data: {listed}.",
                "Masked: neither stored nor exported. Take the columns out of the file.",
                affected=len(rows),
                rows=rows,
            )
        ]


def without_personal_data(layers: CityLayers) -> CityLayers:
    """Give the layers with personal data masked, and a fault for every file that held any.

    Identity numbers, mobile telephones and names of residents become stars. Rows that were set
    aside are masked too, but not counted. Names and telephones of officials stay in their column,
    which no release takes; wherever a row is shown as it was read, they are stars as well.
    """
    return replace(
        layers,
        grids=cleaned_layer(layers.grids),
        buildings=cleaned_layer(layers.buildings) if layers.buildings else None,
        facilities=[cleaned_layer(part) for part in layers.facilities],
        streets=_clean_streets(layers.streets) if layers.streets else None,
        basemap={name: cleaned_layer(part) for name, part in layers.basemap.items()},
        units=[cleaned_layer(part) for part in layers.units],
        communities=[cleaned_layer(part) for part in layers.communities],
        ledgers=[cleaned_layer(part) for part in layers.ledgers],
    )


def cleaned_layer(part: Layer) -> Layer:
    """Give one layer with personal data masked, and a fault where it held any."""
    found = Found()
    columns = {
        name: _clean_column(part, name, cells, found)
        for name, cells in part.columns.items()
        if not name.startswith("=")
    }
    # a declared column of a ledger stands beside the one of the file that it is
    columns |= {
        name: columns[part.headers[name[1:]]] for name in part.columns if name.startswith("=")
    }
    return replace(
        part,
        columns=columns,
        rejected=[_clean_rejected(one, part.headers.get(_WORKER)) for one in part.rejected],
        faults=part.faults + found.faults(part.source),
    )


def _clean_streets(part: Streets) -> Streets:
    return replace(part, rejected=[_clean_rejected(one) for one in part.rejected])


def _clean_column(part: Layer, name: str, cells: Objects, found: Found) -> Objects:
    """Mask a column; most hold nothing, which one look at all of it together tells."""
    header = part.headers.get(name, name)
    together = "\n".join(cell for cell in cells if cell)
    code = name == "id" or name.endswith("_code") or is_code(header)
    if name == _WORKER:
        return objects([STARS if names_somebody(cell) else None for cell in cells])
    residents = names_residents(header)
    if not (residents or identities(together) or (not code and mobiles(together))):
        return cells
    cleaned = cells.copy()
    for at, cell in enumerate(cells):
        if cell:
            for kind in _kinds(cell, code=code, residents=residents):
                found.add(header, kind, int(part.row[at]))
            cleaned[at] = STARS if residents else mask(cell, is_code=code)
    return cleaned


def _kinds(cell: str, *, code: bool, residents: bool) -> Iterator[str]:
    if residents:
        yield NAMES
    if identities(cell):
        yield IDENTITY
    if not code and mobiles(cell):
        yield MOBILE


def _clean_rejected(one: Rejected, names: str | None = None) -> Rejected:
    row = json.loads(one.content)
    if not isinstance(row, dict):
        return replace(one, content=mask(one.content))
    shown = {
        header: _shown(header, cell, is_name=header == names) if isinstance(cell, str) else cell
        for header, cell in row.items()
    }
    return replace(one, content=json.dumps(shown, ensure_ascii=False))


def _shown(header: str, cell: str, *, is_name: bool) -> str | None:
    return STARS if is_name and names_somebody(cell) else masked_cell(header, cell)
