"""Give the further places of a release: their kinds, and the places of one in the order of `i`."""

import json
from dataclasses import dataclass
from typing import Any, Final

from geo.store.opened import Area, OpenRelease, records

LAYER: Final = "unit-"
"""Before the kind in the name of a tile layer."""
MOST_LISTED: Final = 20
"""Places that the card of a grid names."""


@dataclass(frozen=True)
class Kind:
    """A kind of further places; `first_idx` is the number of the first, the others follow it.

    Attributes
    ----------
    units, outlines
        How many there are, and how many of them the map can draw.
    """

    kind: str
    zh: str
    en: str
    first_idx: int
    units: int
    outlines: int


def kinds(release: OpenRelease) -> dict[str, Kind]:
    """Give the kinds of a release by their words, in order; none where it has no further places."""
    return release.remember("unit kinds", lambda: _kinds(release))


def drawn_kinds(release: OpenRelease) -> tuple[str, ...]:
    """Give the kinds of which any place has an outline: each is a layer of tiles."""
    return tuple(kind.kind for kind in kinds(release).values() if kind.outlines)


def units_of(release: OpenRelease, kind: str) -> list[dict[str, Any]]:
    """Give the places of a kind; their positions are the `i` of tiles and values."""
    return release.remember(f"units {kind}", lambda: _units(release, kind))


def unit_names(release: OpenRelease, kind: str) -> dict[str, list[Any]]:
    """Give ids, names, people (milli, None where unknown) and label points of a kind, by `i`."""
    found = units_of(release, kind)
    columns = {"ids": "unit_id", "names": "name", "people": "people_milli"}
    columns |= {"lon": "lon", "lat": "lat"}
    return {name: [unit[column] for unit in found] for name, column in columns.items()}


def kinds_in(release: OpenRelease, area: Area) -> list[dict[str, Any]]:
    """Count the places of every kind that belong to an area: `[{kind, zh, en, n, drawn}]`.

    The city has all of them, also those of which no smaller area is known. `drawn` is how many of
    the kind the map can draw, in the whole city.
    """
    return [
        {
            "kind": kind.kind,
            "zh": kind.zh,
            "en": kind.en,
            "n": sum(is_within(unit, area) for unit in units_of(release, kind.kind)),
            "drawn": kind.outlines,
        }
        for kind in kinds(release).values()
    ]


def is_within(unit: dict[str, Any], area: Area) -> bool:
    """Tell whether a place belongs to an area."""
    return area.level == "city" or unit[f"{area.level}_idx"] == area.idx


def area_names(release: OpenRelease, kind: str) -> list[str]:
    """Give the name of the smallest area that each place of a kind belongs to; empty for none."""
    areas = release.facts.areas
    levels = ("community_idx", "street_idx", "district_idx")
    found = [
        next((unit[level] for level in levels if unit[level] is not None), None)
        for unit in units_of(release, kind)
    ]
    return ["" if area is None else areas[area].name for area in found]


def charge_of(release: OpenRelease, grid: int) -> dict[str, Any]:
    """Give who answers for a grid, and the further places that lie in it alone.

    Returns
    -------
    `{level, parent, party_org, committee, workers, has_worker, duty, units}`: None where the files
    do not say; `parent` and `committee` are names. `units` are at most `MOST_LISTED`, each `{kind,
    zh, en, id, name, attributes: {...}}`; committees stand above the grid and are not among them.
    """
    with release.cursor() as cursor:
        charge = records(cursor, "view_grid_charge", grid=grid)[0]
        units = records(cursor, "view_grid_units", grid=grid, most=MOST_LISTED)
    listed = [{**unit, "attributes": json.loads(unit["attributes"])} for unit in units]
    return {**charge, "units": listed}


def _kinds(release: OpenRelease) -> dict[str, Kind]:
    with release.cursor() as cursor:
        return {row["kind"]: Kind(**row) for row in records(cursor, "view_unit_kinds")}


def _units(release: OpenRelease, kind: str) -> list[dict[str, Any]]:
    with release.cursor() as cursor:
        return records(cursor, "view_units", kind=kind)
