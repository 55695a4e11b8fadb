"""Check what must hold of every release; what does not hold blocks it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from etl.staging import etl_sql
from geo.store.connect import Connection
from geo.store.write import append

# Name of a file in etl/sql/checks, and what it holds to be true. The file's query returns no rows.
RULES: Final[dict[str, str]] = {
    "keys_unique": "Every key is unique and without gaps.",
    "references_resolve": "Every reference leads to a row.",
    "areas_nest": "Every area owns one run of grids, inside its parent's.",
    "rows_balance": "Rows read = loaded + changed + kept aside.",
    "grids_sum": "The amounts of grids sum to those of every area.",
    "demand_sums": "The amounts of demand points sum to those of their grid.",
    "network_lengths": "Every street is at least as long as nothing and joins two nodes.",
    "walk_not_shorter": "No walk is shorter than the straight line.",
    "reach_complete": "Every demand point has one answer for every category with an open facility.",
    "none_without_facility": "A category without an open facility covers nobody.",
    "growth_only": "A longer limit never covers less.",
    "within_whole": "No grid has more covered than it holds.",
    "line_covers_walk": "What is covered on foot is covered in a straight line.",
    "areas_sum": "What grids cover sums to what their areas cover.",
    "standard_within": "Within the own radius lies no more than the grid holds.",
    "near_ordered": "The next facilities are in order and no walk is shorter than the line.",
    "history_agrees": "This month in the history is this release.",
}


@dataclass(frozen=True)
class Checked:
    """An invariant and whether it holds; `detail` names the first rows that break it."""

    name: str
    ok: bool
    detail: str


def check_all(con: Connection) -> list[Checked]:
    """Check every rule and write the results."""
    results = [_check(con, name, text) for name, text in RULES.items()]
    append(
        con,
        "check_result",
        {
            "check_idx": np.arange(len(results)),
            "name": np.array([result.name for result in results], dtype=object),
            "ok": np.array([result.ok for result in results]),
            "detail": np.array([result.detail for result in results], dtype=object),
        },
    )
    return results


def _check(con: Connection, name: str, text: str) -> Checked:
    broken = con.execute(etl_sql(f"checks/{name}")).fetchmany(3)
    if not broken:
        return Checked(name, True, text)
    first = "; ".join(", ".join(str(value) for value in row) for row in broken)
    return Checked(name, False, f"{text} Broken by: {first}")
