"""Write down every fault, every row kept aside, and where each number's file came from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from etl.layers import CityLayers, Fault, Layer, Rejected, Streets
from geo.store.connect import Connection
from geo.store.write import append

SEVERITIES: Final = ("blocking", "warning", "note")
StagedAside = dict[int, list[Rejected]]
"""The rows that staging keeps aside, for each layer by its `id()`."""


def store_issues(con: Connection, faults: list[Fault], effects: list[int | None]) -> None:
    """Write the table of issues, in the order given; `effects` stand beside the faults."""
    append(
        con,
        "issue",
        {
            "issue_idx": np.arange(len(faults)),
            "code": _objects([f.code for f in faults]),
            "severity": _objects([f.severity for f in faults]),
            "source": _objects([f.source for f in faults]),
            "row": _known([f.row for f in faults], np.int64),
            "feature_id": _objects([f.feature_id for f in faults]),
            "message": _objects([f.message for f in faults]),
            "action": _objects([f.action for f in faults]),
            "effect_grids": _known(effects, np.int64),
            "affected": np.array([f.affected for f in faults], dtype=np.int64),
            "lon": _known([f.lonlat[0] if f.lonlat else None for f in faults], np.float64),
            "lat": _known([f.lonlat[1] if f.lonlat else None for f in faults], np.float64),
        },
    )


def all_rejected(layers: CityLayers, staged: StagedAside) -> list[Rejected]:
    """List the rows kept aside: by the readers first, then by staging."""
    read = [row for part in layers.parts() for row in part.rejected]
    return read + [row for rows in staged.values() for row in rows]


def store_rejected(con: Connection, rows: list[Rejected]) -> None:
    """Write the rows kept aside."""
    append(
        con,
        "rejected",
        {
            "rejected_idx": np.arange(len(rows)),
            "source": _objects([r.source for r in rows]),
            "row": np.array([r.row for r in rows], dtype=np.int64),
            "reason": _objects([r.reason for r in rows]),
            "content": _objects([r.content for r in rows]),
        },
    )


@dataclass(frozen=True)
class SourceRows:
    """A file that was read: rows in = loaded + fixed + quarantined."""

    path: str
    kind: str
    sha256: str
    bytes: int
    rows_in: int
    rows_loaded: int
    rows_fixed: int
    rows_quarantined: int
    crs: str
    encoding: str
    note: str | None


def source_rows(
    layers: CityLayers, staged: StagedAside, changed: dict[int, set[int]]
) -> list[SourceRows]:
    """Count, for each file, the rows that were loaded, loaded with a change, and kept aside.

    `staged` and `changed` are of staging, for each layer by its `id()`.
    """
    return [_source(part, staged, changed) for part in layers.parts()]


def store_sources(con: Connection, sources: list[SourceRows]) -> None:
    """Write one row a file."""
    columns = {
        field.name: np.array([getattr(row, field.name) for row in sources])
        if field.type is int
        else _objects([getattr(row, field.name) for row in sources])
        for field in fields(SourceRows)
    }
    append(con, "source", {"source_idx": np.arange(len(sources)), **columns})


def _source(part: Layer | Streets, staged: StagedAside, changed: dict[int, set[int]]) -> SourceRows:
    aside = staged.get(id(part), [])
    fixed = set() if isinstance(part, Streets) else set(part.fixed.tolist())
    fixed = (fixed | changed.get(id(part), set())) - {row.row for row in aside}
    quarantined = len(part.rejected) + len(aside)
    return SourceRows(
        path=part.source,
        kind="network" if isinstance(part, Streets) else part.kind,
        sha256=part.sha256,
        bytes=part.bytes,
        rows_in=part.rows_in,
        rows_loaded=part.rows_in - quarantined - len(fixed),
        rows_fixed=len(fixed),
        rows_quarantined=quarantined,
        crs=part.crs,
        encoding=part.encoding,
        note=part.note,
    )


def _objects(values: list[str] | list[str | None]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _known(values: Sequence[float | None], kind: type) -> np.ma.MaskedArray:
    """Give numbers with what is None masked."""
    return np.ma.array(
        [value or 0 for value in values], mask=[value is None for value in values], dtype=kind
    )
