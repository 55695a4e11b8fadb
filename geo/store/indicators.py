"""Give the indicators of a release and their values, for pages, API and exports alike."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store.connect import Connection
from geo.store.queries import fetch_columns, sql

LEVELS: Final = ("city", "district", "street", "community", "grid", "facility")
_UNJUDGED: Final = "not_assessable"


def indicators(con: Connection) -> list[dict[str, Any]]:
    """List what is worked out of the ledgers: id, words, unit, formula, targets, ledger, periods.

    `periods` are those with a value, the oldest first; a ledger without periods has none. `levels`
    are those at which any value is shown, from the city down, then kinds of further places.
    """
    found = con.execute(sql("indicator_list"))
    names = [column[0] for column in found.description or []]
    listed = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for entry in listed:
        years, targets = entry.pop("years"), entry.pop("targets")
        entry["targets"] = dict(zip(map(str, years), targets, strict=True))
        known = [*LEVELS, *sorted(set(entry["levels"]) - set(LEVELS))]
        entry["levels"] = [level for level in known if level in entry["levels"]]
    return listed


def indicator_rows(
    con: Connection,
    *,
    indicator: str | None = None,
    level: str | None = None,
    area: str | None = None,
    period: str | None = None,
    picked: list[int] | None = None,
) -> dict[str, NDArray[Any]]:
    """Give values by place and period; None is all.

    Parameters
    ----------
    area
        Code of an area: itself and all within it.
    picked
        Rows of the table `indicator_value`, as its `rowid` tells them.

    Returns
    -------
    `unit_kind unit_id unit_name indicator period value numerator denominator target verdict
    n_rows`, masked where nothing is known. `value` is a fraction for a share. `target` is that of
    the latest year that is not after the period's; `verdict` is pass, fail or not_assessable, and
    masked where there is no target. A percentage over 100, or made of a row over 100, is shown and
    is not assessable. Ordered by indicator, level from the city down, place, period.
    """
    parameters = {
        **{"indicator": indicator, "level": level, "area": area, "period": period},
        "picked": picked,
    }
    return fetch_columns(con, sql("indicator_rows"), parameters)


def indicator_records(
    con: Connection,
    *,
    indicator: str | None = None,
    level: str | None = None,
    area: str | None = None,
    period: str | None = None,
    picked: list[int] | None = None,
) -> list[dict[str, Any]]:
    """Give `indicator_rows` row by row; None where nothing is known."""
    rows = indicator_rows(
        con, indicator=indicator, level=level, area=area, period=period, picked=picked
    )
    columns = [values.tolist() for values in rows.values()]
    return [dict(zip(rows, row, strict=True)) for row in zip(*columns, strict=True)]


def is_over(rows: dict[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Tell which rows of `indicator_rows` have a value that is not judged: one of more than 100 %.

    Returns
    -------
    Shape (n,). What is not assessable and has a value: without one there is nothing to judge.
    """
    known = ~np.ma.getmaskarray(np.ma.asarray(rows["value"]))
    return known & (np.ma.filled(np.ma.asarray(rows["verdict"], dtype=object), "") == _UNJUDGED)
