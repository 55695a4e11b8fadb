"""Give what the data page shows: what was read, what is wrong with it, what was checked."""

import json
from typing import Any, Final

import duckdb

from geo.openings import ANY
from geo.store.opened import OpenRelease, records

MOST_ROWS: Final = 200
MOST_PLACES: Final = 2_000
"""So many located faults are put on the map."""


def quality(release: OpenRelease) -> dict[str, Any]:
    """Give the record of a build: stamp, sources, groups of issues, checks, rejected rows.

    Issues and rejected rows are cut at 200, places at 2,000; `groups` is whole and counts all.
    """
    facts = release.facts
    with release.cursor() as cursor:
        return {
            "id": release.id,
            "city": facts.city,
            "as_of": facts.as_of,
            "is_synthetic": facts.is_synthetic,
            "issue_counts": dict(facts.issues),
            "stamp": records(cursor, "view_stamp")[0],
            "sources": records(cursor, "view_sources"),
            "groups": groups(cursor),
            "located": records(cursor, "view_located", wanted=MOST_PLACES),
            "issues": records(cursor, "view_issues", wanted=MOST_ROWS),
            "checks": records(cursor, "view_checks"),
            "rejected": records(cursor, "view_rejected", wanted=MOST_ROWS),
        }


def groups(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """List the groups of issues, the largest effect first.

    Returns
    -------
    Each with severity, code, source, message and action of the first, count, share (0..1, None
    where no row is named), effect_grids (None where it cannot be told) and at most three samples of
    row, feature_id, text, content, lon, lat.
    """
    found = records(cursor, "view_groups")
    for group in found:
        named, rows_in = group.pop("rows"), group.pop("rows_in")
        group["share"] = named / rows_in if named is not None and rows_in else None
        group["samples"] = json.loads(group["samples"])
    return found


def facilities(
    release: OpenRelease, category_idx: int, *, limit: int, offset: int, opening: str = ANY
) -> list[dict[str, Any]]:
    """Give the facilities of a category in order; capacity in milli, floor area in dm2.

    With an opening, only those that count then: open, and known to be open at those hours.
    """
    with release.cursor() as cursor:
        return records(
            cursor,
            "view_facilities",
            category=category_idx,
            opening=opening,
            wanted=limit,
            skipped=offset,
        )
