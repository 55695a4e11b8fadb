"""Give the matrix of places by rules, and one column of it over the map."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store.opened import OpenRelease
from geo.store.standards_sheet import (
    EXEMPT,
    FAIL,
    JUDGED,
    NONE,
    OPEN,
    PASS,
    STATES,
    Column,
    Places,
    all_packs,
    columns,
    levels_of,
    places,
    street_level,
)

CODES: Final = {"none": 253, "pass": 254, "fail": 0, "borderline": 150}
"""Share codes of the states, whose colours the map has; every other state is hatched."""
UNKNOWN: Final = 255
AREA: Final = "m²"
PER: Final = 100
"""Households that the floor area of a community is spread over."""
_PARAM: Final = "m2_per_100_households"


@dataclass(frozen=True)
class Asked:
    """What a matrix shows.

    Attributes
    ----------
    packs
        One or two; they stand side by side and are never merged.
    by
        `<pack>:<key>` of the column that decides; the first on floor area where it is empty.
    state, name
        Rows to leave: a state of `by`, a part of a name; empty is all.
    order
        "": as the city lists its places, by street; `name`; `gap`, what misses `by` by most first.
    """

    packs: tuple[str, ...]
    level: str
    area: str
    by: str = ""
    state: str = ""
    name: str = ""
    order: str = ""


def matrix(release: OpenRelease, asked: Asked, *, limit: int, offset: int) -> dict[str, Any]:
    """Give places in rows and rules in columns.

    Returns
    -------
    `{area, level, levels, packs, chosen, by, columns: [{key, pack, rules, unit, formula, severity,
    counts: {state: n}, judged, gap, streets}], rows: [{i, id, name, parent, met: [[n, of] a pack],
    cells: [null | {state, rule, value, threshold, gap}]}], total, all, counts, whole: [{pack, met,
    missed, open, exempt}], has_ledger, street_level}`. `judged` is the denominator of
    `counts.pass`; `streets` counts the streets in which the demand is missed; `whole` counts the
    places by all demands that must be met; `met` are those of one place.
    """
    shown = [one for pack in asked.packs for one in columns(release, pack, asked.level)]
    known = spoken_of(places(release, asked.level, asked.area), asked.level, shown)
    by = deciding(shown, asked.by)
    named = known.named(asked.name)
    kept = named
    if asked.state and by is not None:
        kept = named[by.state[named] == STATES.index(asked.state)]
    ordered = _ordered(asked, known, by, kept)[offset : offset + limit]
    return {
        "area": asked.area,
        "level": asked.level,
        "levels": list(
            dict.fromkeys(one for pack in asked.packs for one in levels_of(release, pack))
        ),
        "packs": all_packs(release),
        "chosen": list(asked.packs),
        "by": None if by is None else f"{by.pack}:{by.key}",
        "columns": [head(one, known) for one in shown],
        "rows": [
            {
                "i": at,
                "id": known.ids[at],
                "name": known.names[at],
                "parent": known.parents[at],
                "met": [tally(pack, shown, at) for pack in asked.packs],
                "cells": [one.cell(at) for one in shown],
            }
            for at in ordered.tolist()
        ],
        "total": len(kept),
        "all": len(known.inside),
        "counts": {} if by is None else by.counts(named),
        "whole": [whole(pack, shown, known.inside) for pack in asked.packs],
        "has_ledger": has_ledger(release),
        "street_level": street_level(release),
    }


def has_ledger(release: OpenRelease) -> bool:
    """Tell whether any ledger speaks of the communities."""

    def ask() -> bool:
        with release.cursor() as con:
            found = con.execute("select count(*) from community where source <> ''").fetchall()
        return bool(found[0][0])

    return release.remember("has ledger", ask)


def spoken_of(known: Places, level: str, shown: list[Column]) -> Places:
    """Leave the facilities that any rule speaks of; of other levels every place is shown."""
    if level != "facility":
        return known
    is_asked = np.any([one.state != NONE for one in shown], axis=0)
    return replace(known, inside=known.inside[is_asked[known.inside]])


def tally(pack: str, shown: list[Column], at: int) -> tuple[int, int]:
    """Count the demands of a pack that a place must meet: those it meets, those it is judged by."""
    states = [
        int(one.state[at])
        for one in shown
        if one.pack == pack and one.rules[0]["severity"] == "must"
    ]
    return states.count(PASS), sum(states.count(code) for code in JUDGED)


def deciding(shown: list[Column], wanted: str) -> Column | None:
    """Give the column asked for; else the first demand on floor area, else the first."""
    for one in shown:
        if f"{one.pack}:{one.key}" == wanted:
            return one
    floors = (one for one in shown if one.rules[0]["unit"] == AREA)
    return next(floors, shown[0] if shown else None)


def head(one: Column, known: Places) -> dict[str, Any]:
    """Give what stands above a column, with its counts in the area."""
    counts = one.counts(known.inside)
    first = one.rules[0]
    return {
        "key": one.key,
        "pack": one.pack,
        **{name: first[name] for name in ("formula", "unit", "severity", "level")},
        "rules": one.rules,
        "counts": counts,
        "judged": sum(counts[STATES[code]] for code in JUDGED),
        "gap": one.gap_sum(known.inside),
        "streets": len(set(known.street[one.missed(known.inside)].tolist()) - {-1}),
    }


def whole(pack: str, shown: list[Column], inside: NDArray[np.int64]) -> dict[str, Any]:
    """Count places by all demands of a pack that must be met.

    `met` passes every one that speaks of it, `missed` fails at least one, `open` neither: something
    is borderline or not known. Places that no demand speaks of are in none of them.
    """
    own = [one for one in shown if one.pack == pack and one.rules[0]["severity"] == "must"]
    states = np.array([one.state[inside] for one in own], dtype=np.int8)
    states = states.reshape(len(own), len(inside))
    is_asked = np.any((states != NONE) & (states != EXEMPT), axis=0)
    is_missed = np.any(states == FAIL, axis=0)
    is_met = is_asked & np.all(np.isin(states, (PASS, NONE, EXEMPT)), axis=0)
    return {
        "pack": pack,
        "rules": len(own),
        "met": int(is_met.sum()),
        "missed": int(is_missed.sum()),
        "open": int((is_asked & ~is_met & ~is_missed).sum()),
        "exempt": int(np.any(states == EXEMPT, axis=0).sum()),
    }


def layer(release: OpenRelease, level: str, pack: str, key: str, area: str) -> dict[str, Any]:
    """Give a column over the map, in the order of `i`, and what its strip plot shows of an area.

    Returns
    -------
    `{codes, states, values, thresholds, gaps, strip: {unit, line, is_per_100, x}}`. `strip.x` are
    square metres per 100 households where the demand is made of them, else the values, None outside
    the area; `line` is the demand where it is one for all, else None.
    """
    own = next(one for one in columns(release, pack, level) if one.key == key)
    states = [STATES[code] for code in own.state.tolist()]
    strip, values = _strip(release, own, level)
    within = np.full(len(values), np.nan)
    inside = places(release, level, area).inside
    within[inside] = values[inside]
    return {
        "key": key,
        "pack": pack,
        "level": level,
        "codes": [CODES.get(state, UNKNOWN) for state in states],
        "states": states,
        "values": _numbers(own.value),
        "thresholds": _numbers(own.threshold),
        "gaps": _numbers(own.gap),
        "strip": {**strip, "x": _numbers(within)},
    }


def _strip(
    release: OpenRelease, own: Column, level: str
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    unit = own.rules[0]["unit"]
    spread = _per_households(release, own, level)
    if spread is not None:
        line, values = spread
        return {"unit": unit, "is_per_100": True, "line": line}, values
    shown = own.threshold[np.isin(own.state, JUDGED) & ~np.isnan(own.value)]
    demands = np.unique(shown[~np.isnan(shown)])
    line = float(demands[0]) if len(demands) == 1 else None
    values = np.where(own.state == NONE, np.nan, own.value)
    return {"unit": unit, "is_per_100": False, "line": line}, values


def _per_households(
    release: OpenRelease, own: Column, level: str
) -> tuple[float, NDArray[np.float64]] | None:
    """Spread a floor area over households, where its demand does so too."""
    if not any(_PARAM in one["demand"] for one in own.rules):
        return None
    known = places(release, level, release.facts.areas[0].code)
    with release.cursor() as con:
        asked = con.execute(
            "select value from rule_param inner join rule_pack using (pack_idx) "
            "where is_applied and pack = $pack and name = $name",
            {"pack": own.pack, "name": _PARAM},
        ).fetchall()
        rows = con.execute(
            "select place_idx, value from verdict_input "
            "where level = $level and name = 'households' and value > 0",
            {"level": level},
        ).fetchall()
    if not asked or asked[0][0] is None:
        return None
    households = np.full(len(known.ids), np.nan)
    for place, number in rows:
        households[known.position[place]] = number
    values = np.where(own.state == NONE, np.nan, own.value * PER / households)
    return float(asked[0][0]), values


def _ordered(
    asked: Asked, known: Places, by: Column | None, kept: NDArray[np.int64]
) -> NDArray[np.int64]:
    if asked.order == "name":
        listed = sorted(kept.tolist(), key=lambda at: (known.names[at], known.ids[at]))
        return np.array(listed, dtype=np.int64)
    if asked.order == "gap" and by is not None:
        rank = {FAIL: 0, OPEN: 2, PASS: 3}
        state = np.array([rank.get(code, 1) for code in by.state[kept].tolist()])
        gap = np.nan_to_num(by.gap[kept])
        return kept[np.lexsort((-gap, state))]
    return kept


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
