"""Answer programs about standards: packs, rules with their counts, and the verdicts of a pack."""

from collections.abc import Mapping
from typing import Any, Final

from dashboard.state import BadRequestError
from geo.store.opened import OpenRelease
from geo.store.standards import packs, rules, verdict_rows

PARAMETERS: Final = frozenset({"p", "r", "a", "level", "d", "limit", "offset"})


def standards_asked(
    release: OpenRelease, words: Mapping[str, str], *, limit: int, offset: int
) -> dict[str, Any]:
    """List packs and applied rules; with `p` the verdicts of a pack, by rule, level and area.

    Raises
    ------
    BadRequestError
        A parameter is not known, or names a pack, a rule or an area that is not there.
    """
    _refuse(sorted(set(words) - PARAMETERS), "parameter", sorted(PARAMETERS))
    area = words.get("a") or release.facts.areas[0].code
    if area not in release.facts.area_by_code:
        raise BadRequestError(f"there is no area {area[:40]!r} in this release")
    pack, rule, level = words.get("p"), words.get("r"), words.get("level")
    with release.cursor() as con:
        listed, known = packs(con), rules(con, area)
        applied = [one["pack"] for one in listed if one["is_applied"]]
        if pack is None:
            _refuse([name for name in (rule, level) if name], "parameter without p", ["p"])
            return {"packs": listed, "rules": known, "area": area, "release": release.id}
        _refuse([pack] if pack not in applied else [], "pack that applies here", applied)
        own = [one["rule"] for one in known if one["pack"] == pack]
        _refuse([rule] if rule is not None and rule not in own else [], "rule of this pack", own)
        levels = list(dict.fromkeys(one["level"] for one in known if one["pack"] == pack))
        _refuse([level] if level is not None and level not in levels else [], "level", levels)
        found = verdict_rows(con, pack=pack, rule=rule, level=level, area=area)
    lists = {name: found[name].tolist() for name in found}
    total = len(lists["rule"])
    return {
        "pack": pack,
        "area": area,
        "total": total,
        "limit": limit,
        "offset": offset,
        "verdicts": [
            {name: lists[name][at] for name in lists}
            for at in range(offset, min(total, offset + limit))
        ],
        "release": release.id,
    }


def _refuse(unknown: list[str], what: str, known: Any) -> None:  # noqa: ANN401 - any list of names
    if unknown:
        listed = ", ".join(known) or "none: there is none"
        raise BadRequestError(f"{unknown[0][:40]!r} is no {what}; expected one of {listed}")
