"""Answer programs about further places: which kinds there are, and the places of one."""

import json
from collections.abc import Mapping
from typing import Any, Final

from dashboard.state import BadRequestError
from geo.store.opened import OpenRelease, records
from geo.store.units import kinds, kinds_in

PARAMETERS: Final = ("a", "d", "limit", "offset", "u")
MOST: Final = 1_000
USUAL: Final = 100
_AMOUNTS: Final = {"people": "people_milli", "households": "households_milli"}


def units_asked(release: OpenRelease, words: Mapping[str, str]) -> dict[str, Any]:
    """List the kinds of further places; with `u` the places of one, by area, page by page.

    `people` and `households` are counts, `area_m2` is null for a point, `street_share` the part of
    the ground in the street, `attributes` the other columns of the file.

    Raises
    ------
    BadRequestError
        A parameter is not known, no whole number, or names a kind or an area that is not there.
    """
    unknown = sorted(set(words) - set(PARAMETERS))
    if unknown:
        expected = ", ".join(PARAMETERS)
        raise BadRequestError(f"{unknown[0][:40]!r} is no parameter; expected one of {expected}")
    code = words.get("a", release.facts.areas[0].code)
    area = release.facts.area_by_code.get(code)
    if area is None:
        raise BadRequestError(f"there is no area {code[:40]!r} in this release")
    wanted, known = words.get("u"), kinds(release)
    if wanted is None:
        return {"kinds": kinds_in(release, area), "release": release.id}
    if wanted not in known:
        listed = ", ".join(known) or "none: there is none"
        raise BadRequestError(f"{wanted[:40]!r} is no kind of place; expected one of {listed}")
    limit, offset = _number(words, "limit", USUAL, MOST), _number(words, "offset", 0)
    inside = None if area.level == "city" else area.idx
    with release.cursor() as cursor:
        rows = records(
            *(cursor, "view_unit_rows"), kind=wanted, area=inside, limit=limit, offset=offset
        )
    kind = known[wanted]
    return {
        **{
            "kind": kind.kind,
            "zh": kind.zh,
            "en": kind.en,
            "area": area.code,
            "limit": limit,
            "offset": offset,
        },
        "units": [_unit(row) for row in rows],
        "release": release.id,
    }


def _unit(row: dict[str, Any]) -> dict[str, Any]:
    milli = {name: row.pop(column) for name, column in _AMOUNTS.items()}
    area_dm2, attributes = row.pop("area_dm2"), json.loads(row.pop("attributes"))
    amounts = {name: None if value is None else value / 1000 for name, value in milli.items()}
    area_m2 = None if area_dm2 is None else area_dm2 / 100
    return {**row, **amounts, "area_m2": area_m2, "attributes": attributes}


def _number(words: Mapping[str, str], name: str, usual: int, most: int | None = None) -> int:
    text = words.get(name, str(usual))
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    if not is_number or (most is not None and int(text) > most):
        upper = "" if most is None else f" of at most {most:,}"
        raise BadRequestError(f"{name} is {text[:20]!r}; expected a whole number{upper}")
    return int(text)
