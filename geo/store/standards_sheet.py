"""Lay the verdicts of a pack out by place and rule: what the matrix, the map and its files show."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store.indicator_table import Units
from geo.store.opened import OpenRelease
from geo.store.standards import packs, rules, verdict_rows
from geo.store.units import kinds, units_of

STATES: Final = (*("none", "pass", "fail", "borderline", "not_assessable", "exempt", "reference"),)
"""What may stand in a cell: `none` is a place that no rule of the column speaks of."""
NONE, PASS, FAIL, BORDERLINE, OPEN, EXEMPT, REFERENCE = range(len(STATES))
JUDGED: Final = (PASS, FAIL, BORDERLINE)
LEVELS: Final = ("community", "street", "district", "city", "grid", "facility")
COUNTS: Final = (
    *("passed", "failed", "borderline", "not_assessable", "exempt", "not_applicable", "gap"),
)
_APART: Final = ("exempt", "reference")


@dataclass(frozen=True)
class Places:
    """The places of a level, by position.

    Attributes
    ----------
    inside
        Positions of those in the area asked for.
    position
        The `place_idx` of table verdict to the position, which is the `i` of tiles.
    street
        Shape (n,): the street (district where the city has no streets) that holds each place, its
        area_idx; -1 where none does.
    """

    ids: list[str]
    names: list[str]
    parents: list[str]
    inside: NDArray[np.int64]
    position: dict[int, int]
    street: NDArray[np.int64]

    def named(self, part: str) -> NDArray[np.int64]:
        """Give the places of the area with a part in their name, code or parent."""
        wanted = part.strip().casefold()
        found = [
            at
            for at in self.inside.tolist()
            if wanted in f"{self.parents[at]} {self.names[at]} {self.ids[at]}".casefold()
        ]
        return np.array(found, dtype=np.int64)


@dataclass(frozen=True)
class Column:
    """Rules that measure one thing, of which at most one speaks of a place: tiers of one demand.

    Attributes
    ----------
    key
        Id of the first rule.
    state
        Shape (n,), position in `STATES`, by place.
    rule_at
        Shape (n,), position in `rules` of the one that speaks of the place; 0 where none does.
    value, threshold, gap
        Shape (n,), NaN where there is none.
    """

    key: str
    pack: str
    rules: list[dict[str, Any]]
    state: NDArray[np.int8]
    rule_at: NDArray[np.int64]
    value: NDArray[np.float64]
    threshold: NDArray[np.float64]
    gap: NDArray[np.float64]

    def cell(self, at: int) -> dict[str, Any] | None:
        """Give one cell; None where no rule of the column speaks of the place."""
        if self.state[at] == NONE:
            return None
        return {
            "state": STATES[self.state[at]],
            "rule": self.rules[self.rule_at[at]]["rule"],
            "value": _number(self.value[at]),
            "threshold": _number(self.threshold[at]),
            "gap": _number(self.gap[at]),
        }

    def counts(self, at: NDArray[np.int64]) -> dict[str, int]:
        """Count the states of places."""
        found = np.bincount(self.state[at], minlength=len(STATES)).tolist()
        return dict(zip(STATES, found, strict=True))

    def missed(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Leave the places that miss the demand, by little or by much."""
        return at[np.isin(self.state[at], (FAIL, BORDERLINE))]

    def gap_sum(self, at: NDArray[np.int64]) -> float | None:
        """Sum what is missing; None for shares, which do not add up, and where nothing is."""
        own = self.gap[self.missed(at)]
        if self.rules[0]["unit"] in ("%", "") or not len(own) or np.all(np.isnan(own)):
            return None
        return float(np.nansum(own))


def applied_packs(release: OpenRelease) -> list[dict[str, Any]]:
    """List the packs that the city was judged by, asked once."""
    return [one for one in all_packs(release) if one["is_applied"]]


def all_packs(release: OpenRelease) -> list[dict[str, Any]]:
    """List every pack that the release knows, asked once."""

    def ask() -> list[dict[str, Any]]:
        with release.cursor() as con:
            return packs(con)

    return release.remember("packs", ask)


def pack_rules(release: OpenRelease, pack: str) -> list[dict[str, Any]]:
    """List the rules of an applied pack, asked once; counts are of an area and stay out."""

    def ask() -> list[dict[str, Any]]:
        with release.cursor() as con:
            found = rules(con, release.facts.areas[0].code)
        return [{name: one[name] for name in one if name not in COUNTS} for one in found]

    return [one for one in release.remember("pack rules", ask) if one["pack"] == pack]


def levels_of(release: OpenRelease, pack: str) -> list[str]:
    """List the levels that rules of a pack speak of, communities first."""
    known = {one["level"] for one in pack_rules(release, pack)}
    return [level for level in (*LEVELS, *kinds(release)) if level in known]


def places(release: OpenRelease, level: str, area: str) -> Places:
    """Give the places of a level, and which of them lie in an area.

    Parameters
    ----------
    level
        One of `LEVELS`, or a kind of further places.
    """
    return release.remember(("places", level, area), lambda: _places(release, level, area))


def _places(release: OpenRelease, level: str, area: str) -> Places:
    if level == "facility":
        return _facilities(release, area)
    units = Units.of(release, level, area)
    first = kinds(release)[level].first_idx if level in kinds(release) else 0
    position = {at + first: at for at in range(len(units.ids))}
    if level not in ("grid", *kinds(release)):
        position = {one.idx: at for at, one in enumerate(release.facts.level(level))}
    street = _streets(release, level)
    return Places(units.ids, units.names, units.parents, units.positions, position, street)


def street_level(release: OpenRelease) -> str | None:
    """Give the level that gaps are counted by: streets, else districts; None without either."""
    return next((one for one in ("street", "district") if release.facts.level(one)), None)


def _streets(release: OpenRelease, level: str) -> NDArray[np.int64]:
    """Give the street of each place of a level that is not of facilities."""
    holder = street_level(release)
    if level in kinds(release):
        own = [one[f"{holder}_idx"] if holder else None for one in units_of(release, level)]
        return np.array([-1 if one is None else one for one in own], dtype=np.int64)
    of_grid = _street_of_grid(release)
    if level == "grid":
        return of_grid
    areas = release.facts.level(level)
    if level not in ("community", holder):
        return np.full(len(areas), -1, dtype=np.int64)
    return of_grid[[one.grid_lo for one in areas]]


def _street_of_grid(release: OpenRelease) -> NDArray[np.int64]:
    found = np.full(release.facts.grids, -1, dtype=np.int64)
    for one in release.facts.level(street_level(release) or ""):
        found[one.grid_lo : one.grid_hi] = one.idx
    return found


def columns(release: OpenRelease, pack: str, level: str) -> list[Column]:
    """Give the columns of a pack over all places of a level, worked out once."""
    return release.remember(("columns", pack, level), lambda: _columns(release, pack, level))


def _facilities(release: OpenRelease, area: str) -> Places:
    whole = release.facts.area_by_code[area]
    with release.cursor() as con:
        rows = con.execute(
            "select facility_idx, facility_id, name, coalesce(grid_idx, -1) from facility "
            "order by facility_idx"
        ).fetchall()
    names = [""] * release.facts.grids
    for level in ("district", "street", "community"):
        for one in release.facts.level(level):
            names[one.grid_lo : one.grid_hi] = [one.name] * (one.grid_hi - one.grid_lo)
    of_grid = _street_of_grid(release)
    inside = [
        at
        for at, (_, _, _, grid) in enumerate(rows)
        if whole.level == "city" or whole.grid_lo <= grid < whole.grid_hi
    ]
    return Places(
        [row[1] for row in rows],
        [row[2] or row[1] for row in rows],
        [names[row[3]] if row[3] >= 0 else "" for row in rows],
        np.array(inside, dtype=np.int64),
        {row[0]: at for at, row in enumerate(rows)},
        np.array([of_grid[row[3]] if row[3] >= 0 else -1 for row in rows], dtype=np.int64),
    )


def _columns(release: OpenRelease, pack: str, level: str) -> list[Column]:
    own = [one for one in pack_rules(release, pack) if one["level"] == level]
    known = places(release, level, release.facts.areas[0].code)
    with release.cursor() as con:
        found = verdict_rows(con, pack=pack, level=level)
    at = np.array([known.position[int(one)] for one in found["place_idx"]], dtype=np.int64)
    by_rule = {
        int(idx): np.flatnonzero(found["rule_idx"] == idx) for idx in np.unique(found["rule_idx"])
    }
    nothing = np.empty(0, dtype=np.int64)
    made: list[Column] = []
    for family in _families(own):
        lots = [by_rule.get(one["rule_idx"], nothing) for one in family]
        every = at[np.concatenate(lots)]
        if len(np.unique(every)) == len(every):
            made.append(_column(family, lots, found, at, len(known.ids)))
        else:  # two rules speak of one place: each has a column of its own
            pairs = zip(family, lots, strict=True)
            made += [_column([one], [lot], found, at, len(known.ids)) for one, lot in pairs]
    order = {one["rule"]: k for k, one in enumerate(own)}
    return sorted(made, key=lambda one: order[one.key])


def _families(own: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put rules together that measure the same thing with the same weight.

    Rules on facilities speak of a category each, which is no tier: they stay apart.
    """
    if own and own[0]["level"] == "facility":
        return [[one] for one in own]
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in own:
        found.setdefault((one["formula"], one["unit"], one["severity"]), []).append(one)
    return list(found.values())


def _column(
    family: list[dict[str, Any]],
    lots: list[NDArray[np.int64]],
    found: dict[str, NDArray[Any]],
    at: NDArray[np.int64],
    n: int,
) -> Column:
    state = np.zeros(n, dtype=np.int8)
    rule_at = np.zeros(n, dtype=np.int64)
    numbers = {name: np.full(n, np.nan) for name in ("value", "threshold", "gap")}
    for k, lot in enumerate(lots):
        where = at[lot]
        reasons, verdicts = found["reason"][lot].tolist(), found["verdict"][lot].tolist()
        pairs = zip(reasons, verdicts, strict=True)
        words = [reason if reason in _APART else verdict for reason, verdict in pairs]
        state[where] = [STATES.index(word) for word in words]
        rule_at[where] = k
        for name, column in numbers.items():
            column[where] = np.ma.filled(np.ma.asarray(found[name][lot], dtype=float), np.nan)
    return Column(family[0]["rule"], family[0]["pack"], family, state, rule_at, **numbers)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
