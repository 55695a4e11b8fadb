"""Answer programs about indicators: which there are, and the values of one."""

from collections.abc import Mapping
from typing import Any, Final

from dashboard.state import BadRequestError
from geo.store.indicators import LEVELS, indicator_records, indicators
from geo.store.opened import OpenRelease
from geo.store.units import kinds

PARAMETERS: Final = frozenset({"i", "level", "a", "period", "d"})


def indicators_asked(release: OpenRelease, words: Mapping[str, str]) -> dict[str, Any]:
    """List the indicators of a release; with `i` the values of one, by level, area and period.

    Raises
    ------
    BadRequestError
        A parameter is not known, or names an indicator, a level or an area that is not there.
    """
    _refuse(sorted(set(words) - PARAMETERS), "parameter", sorted(PARAMETERS))
    with release.cursor() as con:
        listed = indicators(con)
    wanted, level, area = words.get("i"), words.get("level"), words.get("a")
    if wanted is None:
        return {"indicators": listed, "release": release.id}
    known = [entry["id"] for entry in listed]
    _refuse([wanted] if wanted not in known else [], "indicator", known)
    levels = (*LEVELS, *kinds(release))
    _refuse([level] if level is not None and level not in levels else [], "level", levels)
    if area is not None and area not in release.facts.area_by_code:
        raise BadRequestError(f"there is no area {area[:40]!r} in this release")
    with release.cursor() as con:
        values = indicator_records(
            con, indicator=wanted, level=level, area=area, period=words.get("period")
        )
    return {"indicator": wanted, "values": values, "release": release.id}


def _refuse(unknown: list[str], what: str, known: Any) -> None:  # noqa: ANN401 - any list of names
    if unknown:
        listed = ", ".join(known) or "none: there is none"
        raise BadRequestError(f"{unknown[0][:40]!r} is no {what}; expected one of {listed}")
