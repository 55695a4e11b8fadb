"""Say what checking a source set found, in one JSON that the operator's page shows.

The form is that of docs/contracts.md, section 6.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import shapely

from etl.build import Checked
from etl.effects import Effects
from etl.findings import Group, as_record, findings
from etl.issues import SEVERITIES, SourceRows
from etl.layers import Fault, Layer, Rejected, Streets
from etl.readers.categories import guess
from etl.set_columns import columns_of
from etl.set_sources import section_of, sources_of
from etl.settings import CitySettings, Source

_ROWS: Final = 200
_LOCATED: Final = 2_000
_PROPOSED: Final = {"CRS_GCJ": "GCJ-02", "CRS_BD": "BD-09"}
_SWAPPED: Final = "CRS_SWAP"
_CODE: Final = re.compile(r"\(([A-Z]{2,}_[A-Z_]+)\)")
_ROW: Final = re.compile(r"\brow ([\d,]+)")


@dataclass(frozen=True)
class Found:
    """What is known of a set: of a whole check, or of the files that could be read at all."""

    settings: CitySettings | None
    parts: list[tuple[Source, Layer | Streets]] = field(default_factory=list[Any])
    sources: list[SourceRows] = field(default_factory=list[SourceRows])
    faults: list[Fault] = field(default_factory=list[Fault])
    groups: list[Group] = field(default_factory=list[Group])
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    error: str | None = None


def whole(settings: CitySettings, checked: Checked) -> Found:
    """Take what a check found."""
    parts = list(checked.layers.parts())
    pairs: list[tuple[Source, Layer | Streets]] = []
    for source in sources_of(settings):
        at = next((at for at, each in enumerate(parts) if each.source == source.shown), None)
        if at is not None:
            # Two sections may name one file: each has a part of its own, in the order of reading.
            pairs.append((source, parts.pop(at)))
    return Found(
        *(settings, pairs, checked.sources, checked.faults, checked.groups, checked.rejected)
    )


def report(found: Found, *, kind: str, set_id: str, toml: str) -> dict[str, Any]:
    """Give the report on a set.

    Parameters
    ----------
    kind
        check or build: what was asked for.
    toml
        The text of city.toml, to find the line an error is about.
    """
    failures = list(_failures(found.error))
    faults = [*failures, *found.faults]
    counts = Counter(fault.severity for fault in faults)
    layers = [part for _, part in found.parts if isinstance(part, Layer)]
    grids = next((layer for layer in layers if layer.kind == "grids"), None)
    groups = [
        *_plain_groups(failures, found),
        *(found.groups or _plain_groups(found.faults, found)),
    ]
    return {
        "kind": kind,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "set": set_id,
        "city": found.settings.city.name if found.settings else None,
        "month": found.settings.city.as_of if found.settings else None,
        "release": None,
        "error": _error(found.error, toml),
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "rows": _rows(found.sources),
        "sources": [_source(found, source, part) for source, part in found.parts],
        "unmapped": _unmapped(found),
        "proposals": _proposals(found, faults),
        "groups": [as_record(group) for group in groups],
        "located": located(faults),
        "outlines": outlines(grids) if grids else None,
        "rejected": [
            {"source": row.source, "row": row.row, "reason": row.reason, "content": row.content}
            for row in found.rejected[:_ROWS]
        ],
    }


def located(faults: list[Fault]) -> list[dict[str, Any]]:
    """List the faults that have a place, for a map."""
    return [
        {
            "lon": fault.lonlat[0],
            "lat": fault.lonlat[1],
            "severity": fault.severity,
            "code": fault.code,
            "source": fault.source,
            "row": fault.row,
        }
        for fault in faults
        if fault.lonlat is not None
    ][:_LOCATED]


def _plain_groups(faults: list[Fault], found: Found) -> list[Group]:
    """Group what is known when a check could not go on: nothing depends on it yet."""
    content = {(row.source, row.row): row.content for row in found.rejected}
    return findings(
        faults, found.sources, Effects(), lambda source, row: content.get((source, row))
    ).groups


def outlines(grids: Layer) -> dict[str, Any] | None:
    """Give the grids as lines for a small map: degrees, simplified to a thousandth of its width."""
    if not len(grids.geometry):
        return None
    west, south, east, north = (float(v) for v in shapely.total_bounds(grids.geometry))
    step = max(east - west, north - south) / 1_000
    plain = shapely.simplify(grids.geometry, step)
    rings = [
        [[round(float(x), 5), round(float(y), 5)] for x, y in shapely.get_coordinates(ring)]
        for ring in shapely.get_exterior_ring(shapely.get_parts(plain))
        if ring is not None
    ]
    return {"bounds": [west, south, east, north], "paths": _thinned(rings)}


def _thinned(rings: list[list[list[float]]]) -> list[list[list[float]]]:
    """Keep so many outlines that a browser draws them at once."""
    most = 6_000
    return rings if len(rings) <= most else rings[:: -(-len(rings) // most)]


def line_of(text: str, message: str) -> int | None:
    """Give the line of city.toml, from 1, that a message is about; None where it names none."""
    named = re.search(r"at line (\d+)", message)
    if named:
        return int(named[1])
    lines = text.split("\n")
    start = _section_line(lines, message)
    if start is None:
        return None
    for key in re.findall(r"`([^`]+)`|\b([a-z_0-9]+) = ", message):
        pattern = re.compile(rf"^\s*\"?{re.escape(key[0] or key[1])}\"?\s*=")
        for at in range(start + 1, len(lines)):
            if lines[at].lstrip().startswith("["):
                break
            if pattern.match(lines[at]):
                return at + 1
    return start + 1


def _section_line(lines: list[str], message: str) -> int | None:
    named = re.search(r"(\[\[?[a-z]+\]\]?)(?: number (\d+))?", message)
    if named is None:
        return None
    starts = [at for at, line in enumerate(lines) if line.lstrip().startswith(named[1])]
    wanted = int(named[2] or 1) - 1
    return starts[wanted] if wanted < len(starts) else None


def _error(message: str | None, toml: str) -> dict[str, Any] | None:
    return None if message is None else {"message": message, "line": line_of(toml, message)}


def _failures(message: str | None) -> Iterator[Fault]:
    """Turn the message that ended a check into one blocking fault for each input it names."""
    if message is None:
        return
    listed = re.findall(r"(?m)^ {2}\d+\. (.+)$", message) or [message]
    for each in listed:
        code, row = _CODE.search(each), _ROW.search(each)
        what, _, todo = each.partition("; expected ")
        yield Fault(
            code=code[1] if code else "INPUT_UNUSABLE",
            severity="blocking",
            source=_file_in(each),
            row=int(row[1].replace(",", "")) if row else None,
            feature_id=None,
            message=what,
            action=f"Expected {todo}" if todo else "",
        )


def _file_in(message: str) -> str:
    """Give the file that a message begins with, after the section it stands in."""
    plain = re.sub(r"^(\S+ )?\[\[?[a-z]+\]\]?( number \d+| [a-z]+(?= \S+\.))? ", "", message)
    named = re.match(r"(.+?\.[A-Za-z]{2,9})\b", plain)
    return named[1] if named else "city.toml"


def _rows(sources: list[SourceRows]) -> dict[str, int]:
    return {
        "in": sum(source.rows_in for source in sources),
        "loaded": sum(source.rows_loaded for source in sources),
        "fixed": sum(source.rows_fixed for source in sources),
        "quarantined": sum(source.rows_quarantined for source in sources),
    }


def _source(found: Found, source: Source, part: Layer | Streets) -> dict[str, Any]:
    section, number = _section(found, source)
    counted = next((each for each in found.sources if each.path == part.source), None)
    aside = len(part.rejected)
    return {
        "section": section,
        "number": number,
        "path": part.source,
        "kind": part.kind if isinstance(part, Layer) else "network",
        "rows_in": part.rows_in,
        "rows_loaded": counted.rows_loaded if counted else part.rows_in - aside,
        "rows_fixed": counted.rows_fixed if counted else 0,
        "rows_quarantined": counted.rows_quarantined if counted else aside,
        "crs": part.crs,
        "encoding": part.encoding,
        "note": part.note,
        **columns_of(found.settings, source, part),
    }


def _section(found: Found, source: Source) -> tuple[str, int]:
    return section_of(found.settings, source) if found.settings else ("", 0)


def _unmapped(found: Found) -> list[dict[str, Any]]:
    """Count the words of each file that mean no category."""
    listed: list[dict[str, Any]] = []
    for source, part in found.parts:
        header = part.headers.get("category") if isinstance(part, Layer) else None
        if header is None:
            continue
        words = Counter(
            json.loads(row.content).get(header)
            for row in part.rejected
            if row.reason == "CAT_UNKNOWN"
        )
        section, number = _section(found, source)
        place = {"section": section, "number": number, "path": part.source}
        ranked = sorted(words.items(), key=lambda item: (-item[1], item[0] or ""))
        listed += [
            {**place, "value": word, "count": n, "guess": guess(word)} for word, n in ranked if word
        ][:_ROWS]
    return listed


def _proposals(found: Found, faults: list[Fault]) -> list[dict[str, Any]]:
    """List what a fault about coordinates proposes, as edits of city.toml."""
    listed = []
    paths = _paths(found)
    headers = {part.source: part.headers for _, part in found.parts if isinstance(part, Layer)}
    named = sources_of(found.settings) if found.settings else []
    declared = {each.shown: each.columns for each in named}
    for fault in faults:
        if fault.source not in paths or fault.code not in (*_PROPOSED, _SWAPPED):
            continue
        section, number = paths[fault.source]
        keys = {"crs": _PROPOSED.get(fault.code)}
        if fault.code == _SWAPPED:
            known = headers.get(fault.source) or declared.get(fault.source, {})
            keys = {"lon": known.get("lat"), "lat": known.get("lon")}
        edits = [
            {"section": section, "number": number, "key": key, "value": value}
            for key, value in keys.items()
            if value is not None
        ]
        listed.append(
            {
                "path": fault.source,
                "code": fault.code,
                "severity": fault.severity,
                "message": fault.message,
                "edits": edits,
            }
        )
    return listed


def _paths(found: Found) -> dict[str, tuple[str, int]]:
    if found.settings is None:
        return {}
    settings = found.settings
    return {each.shown: section_of(settings, each) for each in sources_of(settings)}
