"""Read the ledgers of communities into layers: columns named, numbers, words and days read."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from etl.layers import Fault, Layer, Objects
from etl.readers import Reading
from etl.readers.amounts import Amounts, amounts
from etl.readers.columns import resolve
from etl.readers.dates import day_text
from etl.readers.files import opened
from etl.readers.layer import filtered, read_raw, rejected_rows, summaries
from etl.readers.limits import check_table
from etl.readers.raw import RawTable, objects
from etl.section import count
from etl.settings import CitySettings
from etl.standards.columns import (
    DAYS,
    FLAGS,
    KEYS,
    KIND,
    NUMBERS,
    ROOMS,
    TEXTS,
    WORDS,
    code_of,
    flag_of,
)
from etl.standards.components import read_rooms
from etl.standards.declared import CommunitySource, community_sources
from geo.errors import InputDataError

_SAMPLES: Final = 3
_DAY_LETTERS: Final = 10


def community_layers(settings: CitySettings, reading: Reading) -> list[Layer]:
    """Read the ledgers of communities of a city beside its other files."""
    return reading.parts(lambda: community_sources(settings), read_communities)


def read_communities(source: CommunitySource) -> Layer:
    """Read one ledger of communities.

    Columns are those of `etl.standards.columns` as canonical text: plain numbers, `true` and
    `false`, codes of words, days as YYYY-MM-DD; None where nothing is known. Columns that nobody
    asked for keep their header.

    Raises
    ------
    SourceMissingError, SettingsError, InputDataError
        The file or a declared column is not there, or no column names the community.
    """
    with opened(source) as file:
        raw = read_raw(source, file, KIND)
        check_table(source, raw)
    found = resolve(source, KIND, raw)
    if not found.keys() & {"community", "community_code"}:
        raise InputDataError(
            f"{source.title} {source.shown} has no column that names the community; expected one "
            f'of its headers: {", ".join(raw.headers)}. Say which: community = "..." or '
            'community_code = "...".'
        )
    raw, notes = filtered(source, raw)
    numbers = amounts(source, raw, found)
    read = _Read(source, raw, found, numbers)
    columns = {name: read.column(name) for name in found}
    used = set(found.values())
    columns |= {header: cells for header, cells in raw.columns.items() if header not in used}
    reason = objects([None] * len(raw.row))
    rejected = [*raw.rejected, *rejected_rows(source, raw, reason)]
    return Layer(
        kind=KIND,
        source=source.shown,
        sha256=file.sha256,
        bytes=file.bytes,
        rows_in=len(raw.row) + len(rejected),
        crs="",
        encoding=raw.encoding,
        note=" ".join([*raw.notes, *notes]) or None,
        columns=columns,
        row=raw.row,
        geometry=objects([None] * len(raw.row)),
        rejected=rejected,
        faults=[*raw.faults, *numbers.faults, *read.faults(), *summaries(source, rejected)],
        fixed=raw.row[numbers.is_changed],
        headers=found,
    )


@dataclass(frozen=True)
class _Read:
    """Reads the columns of one ledger, and says which words nobody knows."""

    source: CommunitySource
    raw: RawTable
    found: dict[str, str]
    numbers: Amounts

    def column(self, name: str) -> Objects:
        cells = self.raw.columns[self.found[name]]
        if name in NUMBERS:
            numbers = self.numbers.columns[name]
            return objects([cell if _is_plain(cell) else None for cell in numbers])
        if name in KEYS or name in ROOMS or name in TEXTS:
            return cells
        return objects([None if cell is None else self._known(name, str(cell)) for cell in cells])

    def _known(self, name: str, cell: str) -> str | None:
        if name in FLAGS:
            flag = flag_of(cell)
            return None if flag is None else "true" if flag else "false"
        if name in DAYS:
            day = day_text(cell)
            return day if len(day) == _DAY_LETTERS and day[4] == "-" else None
        return code_of(name, cell)

    def faults(self) -> list[Fault]:
        """Say for each column which cells could not be read; they count as unknown."""
        found: list[Fault] = []
        for name, header in self.found.items():
            cells = self.raw.columns[header]
            if name in NUMBERS:
                odd = [not _is_plain(c) and c is not None for c in self.numbers.columns[name]]
                found += self._told("NUM_TEXT", header, odd, "no number")
            elif name in (*FLAGS, *DAYS, *WORDS):
                odd = [c is not None and self._known(name, str(c)) is None for c in cells]
                found += self._told("LEDGER_WORD", header, odd, f"nothing known for `{name}`")
            elif name in ROOMS:
                odd = [c is not None and _has_unknown(str(c)) for c in cells]
                found += self._told("ROOM_UNKNOWN", header, odd, "a part not in the dictionary")
        return found

    def _told(self, code: str, header: str, odd: list[bool], what: str) -> list[Fault]:
        at = np.flatnonzero(odd)
        if not len(at):
            return []
        rows = tuple(int(row) for row in self.raw.row[at])
        cells = self.raw.columns[header]
        samples = ", ".join(f'row {self.raw.row[k]} "{_sample(code, str(cells[k]))}"'
                            for k in at[:_SAMPLES])  # fmt: skip
        more = ", ..." if len(at) > _SAMPLES else ""
        message = f"{count(len(at), 'cell')} of {header} with {what}: {samples}{more}."
        action = "Counts as unknown. Write it as the template does."
        severity = "note" if code == "ROOM_UNKNOWN" else "warning"
        return [
            Fault(
                *(code, severity, self.source.shown, rows[0], None, message, action),
                affected=len(rows),
                rows=rows,
            )
        ]


def _sample(code: str, cell: str) -> str:
    """Give of a list of rooms only the parts that nobody knows."""
    if code != "ROOM_UNKNOWN":
        return cell
    return "、".join(room.written for room in read_rooms(cell) if room.code is None)


def _has_unknown(cell: str) -> bool:
    return any(room.code is None for room in read_rooms(cell))


def _is_plain(cell: str | None) -> bool:
    """Tell whether a cell is a number that was read."""
    if cell is None:
        return False
    try:
        return np.isfinite(float(cell)) and float(cell) >= 0
    except ValueError:
        return False
