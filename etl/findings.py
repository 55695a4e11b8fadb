"""Put what was found into the order in which people should read it: by what depends on it.

One group a severity, code and file: how many, which share of the rows, three of them, what was done
and how to undo it, and how many grid verdicts depend on it. The terminal, the JSON, the XLSX and
the data page all show these groups.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from etl.effects import SAMPLES, Effects
from etl.issues import SEVERITIES, SourceRows
from etl.layers import CityLayers, Fault, Layer, Rejected, as_headed, row_json
from geo.store.connect import Connection
from geo.store.write import append

LISTED: Final = 500
"""So many faults of one group are listed one by one; the rest is counted in one line."""

ContentOf = Callable[[str, int], str | None]


@dataclass(frozen=True)
class Sample:
    """A row that a fault names: what was said of it, the row as read, and where it is (WGS 84)."""

    row: int | None
    feature_id: str | None
    text: str
    content: str | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Group:
    """All faults of one severity, code and file.

    Attributes
    ----------
    count
        Rows or things concerned.
    rows, rows_in
        Different rows named and rows of the file; None where the faults name no row.
    effect_grids
        Grids whose verdict in any category depends on it; None where that cannot be told.
    """

    severity: str
    code: str
    source: str
    count: int
    rows: int | None
    rows_in: int | None
    effect_grids: int | None
    samples: tuple[Sample, ...]
    message: str
    action: str

    @property
    def share(self) -> float | None:
        """Give the share of the file's rows, 0..1; None where no row is named."""
        return self.rows / self.rows_in if self.rows is not None and self.rows_in else None


@dataclass(frozen=True)
class Findings:
    """Groups in order of rank; faults in order of their group, then row; effects beside faults."""

    groups: list[Group]
    faults: list[Fault]
    effects: list[int | None]


def findings(
    faults: Sequence[Fault],
    sources: Sequence[SourceRows],
    effects: Effects,
    content_of: ContentOf,
) -> Findings:
    """Group and rank faults.

    The largest effect comes first; what cannot be told comes after what can, then by severity, code
    and file. `effects` speaks of the faults by their position in `faults`.
    """
    members: dict[tuple[str, str, str], list[int]] = {}
    for at, fault in enumerate(faults):
        members.setdefault((fault.severity, fault.code, fault.source), []).append(at)
    rows_in: dict[str, int] = {}
    for source in sources:
        rows_in[source.path] = rows_in.get(source.path, 0) + source.rows_in
    pairs: list[tuple[Group, list[int]]] = []
    for own in members.values():
        own.sort(key=lambda at: _in_group(faults[at]))
        pairs.append((_group(faults, own, rows_in, effects, content_of), own))
    pairs.sort(key=lambda pair: _rank(pair[0]))
    listed = [(at, fault) for _, own in pairs for at, fault in _listed(faults, own)]
    return Findings(
        groups=[group for group, _ in pairs],
        faults=[_placed(fault, at, effects) for at, fault in listed],
        effects=[None if at is None else effects.count([at]) for at, _ in listed],
    )


def contents(layers: CityLayers, rejected: Sequence[Rejected]) -> ContentOf:
    """Give a function that finds a row as it was read, by file and row; None where it is not.

    `rejected` are all rows kept aside, by the readers and by staging.
    """
    aside = {(one.source, one.row): one.content for one in rejected}
    positions: dict[str, dict[int, tuple[Layer, int]]] = {}

    def find(source: str, row: int) -> str | None:
        if (source, row) in aside:
            return aside[source, row]
        if source not in positions:
            positions[source] = _positions(layers, source)
        part, at = positions[source].get(row, (None, 0))
        return None if part is None else row_json(as_headed(part), at)

    return find


def _positions(layers: CityLayers, source: str) -> dict[int, tuple[Layer, int]]:
    """Find where each row of a file stands; of blocks that share a row, in the first."""
    found: dict[int, tuple[Layer, int]] = {}
    for part in layers.parts():
        if isinstance(part, Layer) and part.source == source:
            for at, row in enumerate(part.row.tolist()):
                found.setdefault(row, (part, at))
    return found


def store_groups(con: Connection, groups: Sequence[Group]) -> None:
    """Write the table of groups, in order of rank."""
    append(
        con,
        "issue_group",
        {
            "group_idx": np.arange(len(groups)),
            **{
                name: _texts([getattr(group, name) for group in groups])
                for name in ("severity", "code", "source", "message", "action")
            },
            "affected": np.array([group.count for group in groups], dtype=np.int64),
            **{
                name: _whole([getattr(group, name) for group in groups])
                for name in ("rows", "rows_in", "effect_grids")
            },
            "samples": _texts([samples_json(group.samples) for group in groups]),
        },
    )


def samples_json(samples: Sequence[Sample]) -> str:
    """Write samples as JSON, as the table of groups keeps them."""
    return json.dumps([vars(sample) for sample in samples], ensure_ascii=False)


def read_groups(con: Connection) -> list[Group]:
    """Read the groups of a release, in order of rank."""
    rows = con.execute(
        "select severity, code, source, affected, rows, rows_in, effect_grids, message, action, "
        "samples from issue_group order by group_idx"
    ).fetchall()
    return [
        Group(
            *(severity, code, source, affected, named, rows_in, effect),
            samples=tuple(Sample(**one) for one in json.loads(samples)),
            message=message,
            action=action,
        )
        for severity, code, source, affected, named, rows_in, effect, message, action, samples in (
            rows
        )
    ]


def as_record(group: Group) -> dict[str, Any]:
    """Give a group as the data page and the JSON report show it."""
    return {
        "severity": group.severity,
        "code": group.code,
        "source": group.source,
        "count": group.count,
        "share": group.share,
        "message": group.message,
        "action": group.action,
        "effect_grids": group.effect_grids,
        "samples": [vars(sample) for sample in group.samples],
    }


def _in_group(fault: Fault) -> tuple[int, str, str]:
    return (fault.row or 0, fault.feature_id or "", fault.message)


def _rank(group: Group) -> tuple[bool, int, int, str, str]:
    effect = group.effect_grids
    severity = SEVERITIES.index(group.severity)
    return (effect is None, -(effect or 0), severity, group.code, group.source)


def _group(
    faults: Sequence[Fault],
    own: Sequence[int],
    rows_in: Mapping[str, int],
    effects: Effects,
    content_of: ContentOf,
) -> Group:
    first = faults[own[0]]
    rows = {row for at in own for row in _rows(faults[at])}
    return Group(
        severity=first.severity,
        code=first.code,
        source=first.source,
        count=sum(faults[at].affected for at in own),
        rows=len(rows) if rows else None,
        rows_in=rows_in.get(first.source) if rows else None,
        effect_grids=effects.count(own),
        samples=_samples(faults, own, effects, content_of),
        message=first.message,
        action=first.action,
    )


def _rows(fault: Fault) -> Sequence[int]:
    return fault.rows or ([] if fault.row is None else [fault.row])


def _samples(
    faults: Sequence[Fault], own: Sequence[int], effects: Effects, content_of: ContentOf
) -> tuple[Sample, ...]:
    found: list[Sample] = []
    for at in own[:SAMPLES]:
        fault = faults[at]
        for row in _rows(fault)[:SAMPLES] or [None]:
            content = None if row is None else content_of(fault.source, row)
            lon, lat = _place(fault, at, row, effects)
            found.append(Sample(row, fault.feature_id, fault.message, content, lon, lat))
    return tuple(found[:SAMPLES])


def _place(
    fault: Fault, at: int, row: int | None, effects: Effects
) -> tuple[float | None, float | None]:
    place = None if row is None else effects.at_row.get((at, row))
    return fault.lonlat or place or effects.at_grid.get(at) or (None, None)


def _placed(fault: Fault, at: int | None, effects: Effects) -> Fault:
    if at is None or fault.lonlat is not None:
        return fault
    lon, lat = _place(fault, at, next(iter(_rows(fault)), None), effects)
    return fault if lon is None or lat is None else replace(fault, lonlat=(lon, lat))


def _listed(faults: Sequence[Fault], own: Sequence[int]) -> list[tuple[int | None, Fault]]:
    """Give the faults of a group one by one, cut short; the last line then counts the rest."""
    shown: list[tuple[int | None, Fault]] = [(at, faults[at]) for at in own[:LISTED]]
    rest = [faults[at] for at in own[LISTED:]]
    if not rest:
        return shown
    more = Fault(
        *(rest[0].code, rest[0].severity, rest[0].source, None, None),
        f"{len(rest):,} more of this code in this file are not listed one by one.",
        "Correct those that are listed and build again.",
        affected=sum(fault.affected for fault in rest),
    )
    return [*shown, (None, more)]


def _whole(values: Sequence[int | None]) -> np.ndarray:
    return np.ma.array(
        [value or 0 for value in values],
        mask=[value is None for value in values],
        dtype=np.int64,
    )


def _texts(values: Sequence[str]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
