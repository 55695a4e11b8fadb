"""Show how one verdict came about, and what would put an area right: merges, costs, workers."""

import math
from typing import Any, Final

import numpy as np

from geo.store.opened import OpenRelease, records
from geo.store.standards import verdict_inputs, verdict_rows
from geo.store.standards_sheet import (
    BORDERLINE,
    FAIL,
    NONE,
    PASS,
    Column,
    applied_packs,
    columns,
    pack_rules,
    places,
)

_LOAD: Final = "households / workers"
_WORKERS: Final = "grid_workers"
_SHOWN: Final = (
    *("verdict", "value", "threshold", "gap", "clause", "reason"),
    *("numerator", "unknown", "exempt", "denominator"),
)


def cell(
    release: OpenRelease, level: str, pack: str, rule: str, place_id: str
) -> dict[str, Any] | None:
    """Give the calculation of one verdict; None where there is no such place.

    Where another tier of the same demand speaks of the place, it is that rule's.

    Returns
    -------
    `{place: {id, name, parent, level}, pack, rule, verdict: {verdict, value, threshold, gap,
    clause, reason, missing: [names], numerator, unknown, exempt, denominator}, inputs, components:
    [{code, zh, en, is_there: bool | null}], file: {source, row} | null, costs}`. `file` is where
    the ledger of communities speaks of the place; `costs` what closing the gap would cost. Where
    no tier speaks of the place, `verdict` is None and there is nothing after it.
    """
    known = places(release, level, release.facts.areas[0].code)
    if place_id not in known.ids:
        return None
    at = known.ids.index(place_id)
    place_idx = next(idx for idx, position in known.position.items() if position == at)
    head = {
        "place": {
            "i": at,
            "id": place_id,
            "name": known.names[at],
            "parent": known.parents[at],
            "level": level,
        },
        "pack": next(one for one in applied_packs(release) if one["pack"] == pack),
    }
    column = next(
        column
        for column in columns(release, pack, level)
        if rule in [one["rule"] for one in column.rules]
    )
    own = column.rules[column.rule_at[at]]
    if column.state[at] == NONE:
        return {**head, "rule": own, "verdict": None}
    return {**head, "rule": own, **_calculation(release, own, level, place_idx)}


def _calculation(
    release: OpenRelease, own: dict[str, Any], level: str, place_idx: int
) -> dict[str, Any]:
    pack, rule = own["pack"], own["rule"]
    with release.cursor() as con:
        rows = verdict_rows(con, pack=pack, rule=rule, level=level, place=place_idx)
        inputs = verdict_inputs(con, own["rule_idx"], place_idx)
        asked = {"rule_idx": own["rule_idx"], "place_idx": place_idx}
        listed = records(con, "verdict_components", **asked)
        costs = records(con, "verdict_costs", rules=[own["rule_idx"]], places=[place_idx])
        file = con.execute(
            "select source, row from community where area_idx = $at", {"at": place_idx}
        ).fetchall()
    found = {name: _plain(rows[name][0]) for name in _SHOWN}
    missing = [name for name in str(rows["missing"][0]).split(",") if name]
    return {
        "verdict": {**found, "missing": missing},
        "inputs": [one for one in inputs if not one["name"].startswith("room_")],
        "components": [
            {
                **{name: one[name] for name in ("code", "zh", "en")},
                "is_there": _is_there(one, str(found["verdict"]), missing),
            }
            for one in listed
        ],
        "file": (
            {"source": file[0][0], "row": file[0][1]} if level == "community" and file else None
        ),
        "costs": costs,
    }


def _is_there(one: dict[str, Any], verdict: str, missing: list[str]) -> bool | None:
    """Tell whether a component is there; None where the list does not tell."""
    if one["is_listed"] or verdict == "pass":
        return True
    if verdict == "not_assessable":
        return None if f"room_{one['code']}" in missing else False
    return False if one["code"] in missing else None


def remedies(release: OpenRelease, level: str, area: str, pack: str, key: str) -> dict[str, Any]:
    """Give what follows from the verdicts in an area.

    Returns
    -------
    `{targets: [{rule, zh, en, ..., verdict, value, threshold, numerator, unknown, exempt,
    denominator}], costs: [{source, zh, en, year, yuan_per_m2, places, gap_m2, yuan}], merges: [{id,
    name, street, households, options: [{id, name, households, apart}]}], load: {grids: {met, over,
    under, unknown}, workers_short, communities_short} | null}`. Targets are the rules on the area
    itself, costs those of the column `key`; merges and load come with the packs that ask for them.
    """
    own = next((one for one in columns(release, pack, level) if one.key == key), None)
    return {
        "targets": _targets(release, area, pack),
        "costs": [] if own is None else _costs(release, own, level, area),
        "merges": _merges(release, area) if _is_merging(release, pack) else [],
        "load": _load(release, area, pack),
    }


def _targets(release: OpenRelease, area: str, pack: str) -> list[dict[str, Any]]:
    level = release.facts.area_by_code[area].level
    with release.cursor() as con:
        rows = verdict_rows(con, pack=pack, level=level, area=area)
    by_rule = {one["rule"]: one for one in pack_rules(release, pack) if one["level"] == level}
    return [
        {**by_rule[rule], **{name: _plain(rows[name][at]) for name in _SHOWN}}
        for at, rule in enumerate(rows["rule"].tolist())
        if rows["unit_id"][at] == area
    ]


def _costs(release: OpenRelease, own: Column, level: str, area: str) -> list[dict[str, Any]]:
    known = places(release, level, area)
    missed = set(own.missed(known.inside).tolist())
    wanted = [idx for idx, at in known.position.items() if at in missed]
    with release.cursor() as con:
        rules = [one["rule_idx"] for one in own.rules]
        return records(con, "verdict_costs", rules=rules, places=wanted)


def _is_merging(release: OpenRelease, pack: str) -> bool:
    """Suggestions belong to the pack whose rule asks for a size of communities."""
    return any(
        one["formula"] == "households" and one["level"] == "community"
        for one in pack_rules(release, pack)
    )


def _merges(release: OpenRelease, area: str) -> list[dict[str, Any]]:
    with release.cursor() as con:
        rows = records(con, "merge_options", area=area)
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        names = ("id", "name", "street", "households")
        head = {**{name: row[name] for name in names}, "options": []}
        found.setdefault(row["id"], head)["options"].append(
            {
                "id": row["partner"],
                "name": row["partner_name"],
                "households": row["together"],
                "apart": row["apart"],
            }
        )
    return list(found.values())


def _load(release: OpenRelease, area: str, pack: str) -> dict[str, Any] | None:
    """Count grids by the load of their workers, and the workers that communities lack."""
    own = [one for one in columns(release, pack, "grid") if one.rules[0]["formula"] == _LOAD]
    if not own:
        return None
    inside = places(release, "grid", area).inside
    met = over = under = 0
    is_asked = np.zeros(len(inside), dtype=bool)
    for one in own:
        state, value, threshold = one.state[inside], one.value[inside], one.threshold[inside]
        off = np.isin(state, (FAIL, BORDERLINE))
        met += int((state == PASS).sum())
        over += int((off & (value > threshold)).sum())
        under += int((off & (value < threshold)).sum())
        is_asked |= state != NONE
    unknown = int(is_asked.sum()) - met - over - under
    short = [
        one for one in columns(release, pack, "community") if one.rules[0]["formula"] == _WORKERS
    ]
    communities = places(release, "community", area).inside
    missing = [one.gap_sum(communities) for one in short]
    return {
        "grids": {"met": met, "over": over, "under": under, "unknown": unknown},
        "workers_short": next((each for each in missing if each is not None), None),
        "communities_short": sum(len(one.missed(communities)) for one in short),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - a text or a number
    if np.ma.is_masked(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value
