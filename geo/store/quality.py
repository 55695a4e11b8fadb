"""Give what the data page shows: what was read, what is wrong with it, what was checked."""

from typing import Any

from geo.store.opened import OpenRelease, records

MOST_ROWS = 200


def quality(release: OpenRelease) -> dict[str, Any]:
    """Give the record of a build: stamp, sources, issues, checks, rejected rows (at most 200)."""
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
            "issues": records(cursor, "view_issues", wanted=MOST_ROWS),
            "checks": records(cursor, "view_checks"),
            "rejected": records(cursor, "view_rejected", wanted=MOST_ROWS),
        }


def facilities(
    release: OpenRelease, category_idx: int, *, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Give the facilities of a category in order; capacity in milli, floor area in dm2."""
    with release.cursor() as cursor:
        return records(
            cursor, "view_facilities", category=category_idx, wanted=limit, skipped=offset
        )
