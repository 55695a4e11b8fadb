"""Set indicators side by side: the units of a level in rows, indicators in columns, and boards."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store import values
from geo.store.connect import Connection
from geo.store.indicator_map import latest_period, listed
from geo.store.indicators import indicator_rows, is_over
from geo.store.opened import OpenRelease, records
from geo.store.units import area_names, is_within, kinds, units_of

OUTCOMES: Final = ("fail", "pass", "plain", "none", "withheld", "over")
"""Short of the target, on target, a value without a target, no value, a small count, over 100 %."""
BOARD: Final = 5
_NONE, _WITHHELD, _OVER = (OUTCOMES.index(name) for name in ("none", "withheld", "over"))


@dataclass(frozen=True)
class Column:
    """One indicator over all units of a level, in the order of `i`."""

    entry: dict[str, Any]
    period: str | None
    before: str | None
    target: float | None
    values: NDArray[np.float64]
    changes: NDArray[np.float64]
    outcomes: NDArray[np.int8]

    def cell(self, at: int) -> dict[str, Any]:
        """Give one cell; what is not known is None."""
        return {
            "value": _number(self.values[at]),
            "change": _number(self.changes[at]),
            "outcome": OUTCOMES[self.outcomes[at]],
        }

    def signed(self) -> NDArray[np.float64]:
        """Give the values so that more is better."""
        return self.values if self.entry["better"] == "high" else -self.values


@dataclass(frozen=True)
class Asked:
    """What a table shows: which indicators of which units, which of them decides, which rows."""

    unit: str
    area: str
    columns: tuple[str, ...]
    by: str
    order: str = ""
    outcome: str = ""
    name: str = ""


def table(release: OpenRelease, asked: Asked, *, limit: int, offset: int) -> dict[str, Any]:
    """Give the rows of a table with what stands above and beside it.

    Parameters
    ----------
    asked
        `order`: `name`, or the id of a column, worst first; with `-` before it the other way round;
        empty is worst first by `by`. `outcome` (of `by`) and `name` (part of a name, of any case)
        narrow the rows down; empty is all.

    Returns
    -------
    `{unit, area, by, columns: [{id, zh, en, ..., period, before, target, whole}], rows: [{i, id,
    name, parent, cells: [{value, change, outcome}]}], total, all, counts: {outcome: n}, boards}`.
    Every unit of the area has a row, also without any value. `change` is the value less that of
    the period `before`, `whole` the cell of the area itself. `counts` are of `by` among the rows
    that `name` leaves; `total` are the rows that `outcome` leaves of them.
    """
    units = Units.of(release, asked.unit, asked.area)
    columns = [column(release, one, asked.unit, units.ids) for one in asked.columns]
    by = columns[asked.columns.index(asked.by)]
    named = units.named(asked.name)
    tally = Counter(by.outcomes[named].tolist())
    kept = named
    if asked.outcome:
        kept = named[by.outcomes[named] == OUTCOMES.index(asked.outcome)]
    shown = _ordered(asked, columns, units, kept)[offset : offset + limit]
    return {
        "unit": asked.unit,
        "area": asked.area,
        "by": asked.by,
        "columns": [{**_head(one), "whole": _whole(release, one, asked.area)} for one in columns],
        "rows": [
            {**units.row(at), "cells": [one.cell(at) for one in columns]} for at in shown.tolist()
        ],
        "total": len(kept),
        "all": len(units.positions),
        "counts": {outcome: tally[at] for at, outcome in enumerate(OUTCOMES)},
        "boards": boards(by, units.positions, units.ids, units.names),
    }


def column(release: OpenRelease, indicator: str, unit: str, ids: list[str]) -> Column:
    """Give an indicator's latest values in every unit of a level, and how they changed.

    `ids` are those of the level, in the order of `i`.
    """
    entry = next(one for one in listed(release) if one["id"] == indicator)
    period = latest_period(release, indicator)
    with release.cursor() as con:
        rows = indicator_rows(con, indicator=indicator, level=unit, period=period)
        before, earlier = _before(con, entry, unit, period or release.facts.as_of)
    place = {key: at for at, key in enumerate(ids)}
    shown = _laid_out(place, rows["unit_id"].tolist(), _floats(rows["value"]))
    then = _laid_out(place, list(earlier), np.array(list(earlier.values()), dtype=np.float64))
    outcomes = np.full(len(place), _NONE, dtype=np.int8)
    verdicts = np.ma.filled(np.ma.asarray(rows["verdict"], dtype=object), "plain").tolist()
    for key, verdict, value, is_hidden, is_unjudged in zip(
        rows["unit_id"].tolist(),
        verdicts,
        _floats(rows["value"]).tolist(),
        rows["is_withheld"].tolist(),
        is_over(rows).tolist(),
        strict=True,
    ):
        outcome = _OVER if is_unjudged else _outcome(verdict, value, is_hidden=bool(is_hidden))
        outcomes[place[key]] = outcome
    return Column(
        entry=entry,
        period=period,
        before=before,
        target=_target(entry["targets"], (period or release.facts.as_of)[:4]),
        values=shown,
        changes=shown - then,
        outcomes=outcomes,
    )


def boards(
    by: Column, positions: NDArray[np.int64], ids: list[str], names: list[str]
) -> dict[str, Any]:
    """Name the best and the worst units of an indicator, never one unit on both boards.

    Who is as good as the best is not among the worst, and the other way round: where all are
    equal, both boards are empty.

    Parameters
    ----------
    positions
        Shape (n,): the units that are compared, as `i`.
    ids, names
        Of all units of the level.

    Returns
    -------
    `{ranked, left: {none, withheld, over}, best, worst, best_tied, worst_tied}`: `ranked` units
    have a value that is judged, the others are `left` out; the boards hold at most `BOARD` units
    `{i, id, name, value, rank}`, equal values share a rank; `best_tied` counts the units not listed
    whose value is that of the last one listed.
    """
    score = by.signed()
    is_ranked = ~np.isnan(score) & (by.outcomes != _OVER)
    known = positions[is_ranked[positions]]
    most = min(BOARD, len(known) // 2)
    ordered = known[np.argsort(-score[known], kind="stable")]

    def board(order: NDArray[np.int64], sign: int) -> tuple[list[dict[str, Any]], int]:
        apart = order[:most][score[order[:most]] != score[order[-1:]]]
        listed = [
            {
                "i": int(at),
                "id": ids[at],
                "name": names[at],
                "value": float(by.values[at]),
                "rank": 1 + int((sign * score[known] > sign * score[at]).sum()),
            }
            for at in apart.tolist()
        ]
        last = score[apart[-1:]]
        return listed, int(np.isin(score[known], last).sum() - np.isin(score[apart], last).sum())

    (best, best_tied), (worst, worst_tied) = board(ordered, 1), board(ordered[::-1], -1)
    return {
        "ranked": len(known),
        "left": {
            OUTCOMES[kind]: int((by.outcomes[positions] == kind).sum())
            for kind in (_NONE, _WITHHELD, _OVER)
        },
        "best": best,
        "best_tied": best_tied,
        "worst": worst,
        "worst_tied": worst_tied,
    }


@dataclass(frozen=True)
class Units:
    """The units of a level; those of the area by position."""

    ids: list[str]
    names: list[str]
    parents: list[str]
    positions: NDArray[np.int64]

    @classmethod
    def of(cls, release: OpenRelease, unit: str, area: str) -> "Units":
        facts = release.facts
        whole = facts.area_by_code[area]
        listed = values.names(release, unit)
        if unit == "grid":
            inside = np.arange(whole.grid_lo, whole.grid_hi)
            parents = [""] * len(listed["ids"])
            for level in ("district", "street", "community"):
                for one in facts.level(level):
                    held = one.grid_hi - one.grid_lo
                    parents[one.grid_lo : one.grid_hi] = [one.name] * held
        elif unit in kinds(release):
            inside = np.flatnonzero([is_within(one, whole) for one in units_of(release, unit)])
            parents = area_names(release, unit)
        else:
            areas = facts.level(unit)
            is_inside = [
                one.grid_lo >= whole.grid_lo and one.grid_hi <= whole.grid_hi for one in areas
            ]
            inside = np.flatnonzero(is_inside)
            parents = ["" if one.parent is None else facts.areas[one.parent].name for one in areas]
        return cls(listed["ids"], listed["names"], parents, inside.astype(np.int64))

    def named(self, part: str) -> NDArray[np.int64]:
        wanted = part.strip().casefold()
        if not wanted:
            return self.positions
        found = [
            at
            for at in self.positions.tolist()
            if wanted in f"{self.parents[at]} {self.names[at]} {self.ids[at]}".casefold()
        ]
        return np.array(found, dtype=np.int64)

    def row(self, at: int) -> dict[str, Any]:
        return {
            "i": at,
            "id": self.ids[at],
            "name": self.names[at],
            "parent": self.parents[at],
        }


def _ordered(
    asked: Asked, columns: list[Column], units: Units, kept: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Sort positions; what has no value comes last, either way round."""
    order = asked.order or asked.by
    is_turned, key = order.startswith("-"), order.removeprefix("-")
    if key == "name":
        by_name = sorted(kept.tolist(), key=lambda at: (units.parents[at], units.names[at]))
        return np.array(by_name[::-1] if is_turned else by_name, dtype=np.int64)
    score = columns[asked.columns.index(key)].signed()[kept]
    turned = -score if is_turned else score
    return kept[np.argsort(turned, kind="stable")]


def _before(
    con: Connection, entry: dict[str, Any], unit: str, shown: str
) -> tuple[str | None, dict[str, float]]:
    """Give the period before the one shown, and the values of it by the id of the unit."""
    own = [period for period in entry["periods"] if period < shown and len(period) == len(shown)]
    carried = records(con, "indicator_before", indicator=entry["id"], shown=shown)
    period = max([*own[-1:], *(row["period"] for row in carried[:1])], default=None)
    if period is None:
        return None, {}
    found = {
        row["unit_id"]: row["value"]
        for row in carried
        if row["period"] == period and row["value"] is not None
    }
    if own and own[-1] == period:
        rows = indicator_rows(con, indicator=entry["id"], level=unit, period=period)
        found |= dict(zip(rows["unit_id"].tolist(), _floats(rows["value"]).tolist(), strict=True))
    return period, found


def _target(targets: dict[str, float], year: str) -> float | None:
    """Give the target in force in a year, as `indicator_rows` does where there is a row."""
    begun = [one for one in targets if one <= year]
    return targets[max(begun)] if begun else None


def _outcome(verdict: str, value: float, *, is_hidden: bool) -> int:
    if is_hidden:
        return _WITHHELD
    return _NONE if np.isnan(value) else OUTCOMES.index(verdict)


def _laid_out(
    place: dict[str, int], ids: list[str], numbers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Put values at the positions of their units; NaN elsewhere."""
    laid = np.full(len(place), np.nan)
    is_here = [key in place for key in ids]
    at = np.array([place[key] for key in ids if key in place], dtype=np.int64)
    laid[at] = numbers[np.array(is_here, dtype=bool)]
    return laid


def _floats(column: NDArray[Any]) -> NDArray[np.float64]:
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(release: OpenRelease, one: Column, area: str) -> dict[str, Any]:
    level = release.facts.area_by_code[area].level
    codes = [place.code for place in release.facts.level(level)]
    return column(release, one.entry["id"], level, codes).cell(codes.index(area))


def _head(one: Column) -> dict[str, Any]:
    return {**one.entry, "period": one.period, "before": one.before, "target": one.target}
