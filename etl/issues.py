"""Write down every fault, every row kept aside, and where each number's file came from."""

from collections import Counter
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from etl.layers import CityLayers, Fault, Layer, Rejected, Streets
from geo.store.connect import Connection
from geo.store.write import append

SEVERITIES: Final = ("blocking", "warning", "note")
_SHOWN: Final = 500
"""So many faults of one code in one file are listed; more are counted in one line."""


def in_order(faults: list[Fault]) -> list[Fault]:
    """Put faults in the order people read them, with long lists cut short and counted."""
    ordered = sorted(
        faults,
        key=lambda f: (
            SEVERITIES.index(f.severity),
            f.code,
            f.source,
            f.row or 0,
            f.feature_id or "",
            f.message,
        ),
    )
    seen: Counter[tuple[str, str]] = Counter()
    kept: list[Fault] = []
    for fault in ordered:
        seen[fault.code, fault.source] += 1
        if seen[fault.code, fault.source] <= _SHOWN:
            kept.append(fault)
    return kept + [
        Fault(
            *(code, "note", source, None, None),
            f"{count - _SHOWN:,} more of this code in this file are not listed one by one.",
            "Correct those that are listed and build again.",
        )
        for (code, source), count in sorted(seen.items())
        if count > _SHOWN
    ]


def store_issues(con: Connection, faults: list[Fault]) -> None:
    """Write the table of issues."""
    append(
        con,
        "issue",
        {
            "issue_idx": np.arange(len(faults)),
            "code": _objects([f.code for f in faults]),
            "severity": _objects([f.severity for f in faults]),
            "source": _objects([f.source for f in faults]),
            "row": np.ma.array(
                [f.row or 0 for f in faults],
                mask=[f.row is None for f in faults],
                dtype=np.int64,
            ),
            "feature_id": _objects([f.feature_id for f in faults]),
            "message": _objects([f.message for f in faults]),
            "action": _objects([f.action for f in faults]),
        },
    )


def store_rejected(con: Connection, layers: CityLayers, staged: list[Rejected]) -> None:
    """Write the rows kept aside: by the readers first, then by staging."""
    rows = [row for part in layers.parts() for row in part.rejected] + staged
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
    layers: CityLayers, staged: list[Rejected], changed: dict[int, set[int]]
) -> list[SourceRows]:
    """Count, for each file, the rows that were loaded, loaded with a change, and kept aside."""
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


def _source(
    part: Layer | Streets, staged: list[Rejected], changed: dict[int, set[int]]
) -> SourceRows:
    aside, fixed = _aside(part, staged), _fixed(part, staged, changed)
    return SourceRows(
        path=part.source,
        kind=_kind(part),
        sha256=part.sha256,
        bytes=part.bytes,
        rows_in=part.rows_in,
        rows_loaded=part.rows_in - aside - fixed,
        rows_fixed=fixed,
        rows_quarantined=aside,
        crs=part.crs,
        encoding=part.encoding,
        note=part.note,
    )


def _kind(part: Layer | Streets) -> str:
    return "network" if isinstance(part, Streets) else part.kind


def _staged_rows(part: Layer, staged: list[Rejected]) -> set[int]:
    own = set(part.row.tolist())
    return {r.row for r in staged if r.source == part.source and r.row in own}


def _aside(part: Layer | Streets, staged: list[Rejected]) -> int:
    if isinstance(part, Streets):
        return len(part.rejected)
    return len(part.rejected) + len(_staged_rows(part, staged))


def _fixed(part: Layer | Streets, staged: list[Rejected], changed: dict[int, set[int]]) -> int:
    if isinstance(part, Streets):
        return 0
    rows = set(part.fixed.tolist()) | changed.get(id(part), set())
    return len(rows - _staged_rows(part, staged))


def _objects(values: list[str] | list[str | None]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
