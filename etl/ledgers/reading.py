"""Read the table of a ledger into a layer: its columns named, its points in WGS 84."""

from typing import Final

import numpy as np

from etl.layers import Layer, Objects
from etl.ledgers.bulk import bulk_layer
from etl.ledgers.declared import LedgerSource, declared
from etl.ledgers.fitting import fitted
from etl.readers import Reading
from etl.readers.columns import resolve
from etl.readers.files import opened
from etl.readers.layer import filtered, read_raw, rejected_rows, summaries
from etl.readers.limits import check_parts, check_table
from etl.readers.places import places
from etl.readers.raw import RawTable, objects
from etl.settings import CitySettings

KIND: Final = "ledgers"


def ledger_layers(settings: CitySettings, reading: Reading) -> list[Layer]:
    """Read the ledgers of a city beside its other files."""
    return reading.parts(lambda: declared(settings)[0], read_ledger)


def read_ledger(source: LedgerSource) -> Layer:
    """Read one ledger.

    Its rows keep every column by its own header beside the declared ones; a ledger without rows is
    a ledger of a month in which nothing happened, and no fault. Where rows are placed by lon and
    lat, `geometry` holds their points, else it is empty of shapes. The rows of a large text stay in
    the file until they are staged: see `BulkLayer`.

    Raises
    ------
    SourceMissingError, SettingsError, InputDataError
        The file or a declared column is not there, or its coordinates cannot be used.
    """
    with opened(source, is_streamed=True) as file:
        if (bulk := bulk_layer(source, file, KIND)) is not None:
            return bulk
        if file.kind == "csv":
            check_parts(source, [file.path], file.kind)
        raw = read_raw(source, file, "any")
        check_table(source, raw)
    source = fitted(source, raw.headers)
    found = resolve(source, KIND, raw)
    raw, notes = filtered(source, raw)
    geometry = objects([None] * len(raw.row))
    reason = objects([None] * len(raw.row))
    crs, faults = "", list(raw.faults)
    if "key" not in found and source.unit != "city":
        located = places(source, raw, found, areas_only=False)
        geometry, reason = located.geometry, located.reason
        crs, faults = located.georef.label, [*faults, *located.georef.faults, *located.faults]
        notes += located.georef.notes
    rejected = [*raw.rejected, *rejected_rows(source, raw, reason)]
    keep = np.array([code is None for code in reason], dtype=bool)
    return Layer(
        kind=KIND,
        source=source.shown,
        sha256=file.sha256,
        bytes=file.bytes,
        rows_in=int(keep.sum()) + len(rejected),
        crs=crs,
        encoding=raw.encoding,
        note=" ".join([*raw.notes, *notes]) or None,
        columns={name: cells[keep] for name, cells in _columns(raw, found).items()},
        row=raw.row[keep],
        geometry=geometry[keep],
        rejected=rejected,
        faults=faults + summaries(source, rejected),
        headers=found,
    )


def _columns(raw: RawTable, found: dict[str, str]) -> dict[str, Objects]:
    """Give every column by its own header: formulas name columns as the file does."""
    return dict(raw.columns) | {f"={name}": raw.columns[header] for name, header in found.items()}
