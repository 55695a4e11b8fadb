"""Say in plain lines what a check, a build or a store came to."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from etl.findings import Group, Sample, as_record
from etl.issues import SourceRows
from etl.layers import Fault
from etl.section import count
from geo.store.issue_words import words_of
from geo.store.release import Listed

if TYPE_CHECKING:
    from etl.build import Built, Checked


def rows_text(sources: list[SourceRows]) -> str:
    """List each file with its rows in, loaded, changed and kept aside."""
    lines = ["rows in = loaded + changed + kept aside"]
    lines += [
        f"  {s.path} ({s.kind}, {s.crs}, {s.encoding}): "
        f"{s.rows_in:,} = {s.rows_loaded:,} + {s.rows_fixed:,} + {s.rows_quarantined:,}"
        for s in sources
    ]
    return "\n".join(lines)


def check_json(checked: "Checked") -> str:
    """Write what a check found: files with their rows, groups of issues, and every issue."""
    found = {
        "sources": [asdict(source) for source in checked.sources],
        "groups": [as_record(group) for group in checked.groups],
        "issues": [asdict(fault) for fault in checked.faults],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def groups_text(groups: Sequence[Group]) -> str:
    """List every group of faults once: how many, its share and effect, three rows, how to undo."""
    if not groups:
        return "no faults"
    lines: list[str] = []
    for group in groups:
        lines.append(f"{group.severity} {group.code} {group.source}: {_measured(group)}")
        lines += _sample_lines(group.samples)
        lines.append(f"    {group.action}")
        if undo := words_of(group.code).undo("en"):
            lines.append(f"    To undo: {undo}")
    return "\n".join(lines)


def _measured(group: Group) -> str:
    share = f", {group.share:.1%} of the rows" if group.share is not None else ""
    effect = group.effect_grids
    depends = "" if effect is None else f"; {count(effect, 'grid')} depend on it"
    return f"{group.count:,}{share}{depends.replace('1 grid depend ', '1 grid depends ')}"


def _sample_lines(samples: Sequence[Sample]) -> list[str]:
    """Say what is wrong with the rows shown; rows of which one thing is said share a line."""
    rows: dict[str, list[int]] = {}
    for sample in samples:
        rows.setdefault(sample.text, []).extend([] if sample.row is None else [sample.row])
    return [f"    {_rows(own)}{text}" for text, own in rows.items()]


def _rows(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(f'{row:,}' for row in rows)}: "


def built_text(built: "Built") -> str:
    """Say which release came out, whether it is published, and what was found."""
    release = built.release
    lines = [groups_text(built.groups)]
    if not built.is_new:
        lines.append(f"release {release.release} has this content already; nothing new was stored")
    else:
        total = sum(built.seconds.values())
        lines.append(f"release {release.release}: {release.bytes / 2**20:.1f} MiB, {total:.1f} s")
    lines.append(
        f"release {release.release} is published"
        if built.is_published
        else f"release {release.release} is not published; "
        f"to publish it: python -m etl publish --store DIR {release.release}"
    )
    return "\n".join(lines)


def refused_text(built: "Built", store: Path) -> str:
    """Say in one message why a release with warnings was kept back by --strict."""
    warnings = [fault for fault in built.faults if fault.severity == "warning"]
    release = built.release.release
    return (
        f"{count(len(warnings), 'warning')}, {first_text(warnings[0])} --strict publishes only "
        f"what has none, so release {release} was stored and not published. Correct the files, or "
        f"publish it as it is: python -m etl publish --store {store} {release}"
    )


def first_text(fault: Fault) -> str:
    """Name a fault as the first of several: code, file, row, what is wrong and what to do."""
    row = f", row {fault.row:,}" if fault.row is not None else ""
    return f"the first {fault.code} in {fault.source}{row}: {fault.message} {fault.action}"


def list_text(listed: list[Listed]) -> str:
    """List releases, newest first; the published one is marked."""
    if not listed:
        return "no releases"
    lines: list[str] = []
    for item in listed:
        release = item.release
        state = "current" if item.is_current else "published before" if item.was_published else ""
        missing = "" if item.is_present else " FILE MISSING"
        lines.append(
            f"{'*' if item.is_current else ' '} {release.release}  {release.month}  "
            f"{release.bytes / 2**20:.1f} MiB  {release.built_at}  "
            f"{release.warnings} warnings  {state}{missing}"
        )
    return "\n".join(lines)
