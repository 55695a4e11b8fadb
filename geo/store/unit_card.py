"""Give the card of one further place: what it is, its indicators and its tasks."""

import json
from typing import Any

from geo.store.indicator_map import listed
from geo.store.indicators import indicator_records
from geo.store.opened import OpenRelease, records
from geo.store.units import kinds


def unit_card(release: OpenRelease, kind: str, position: int) -> dict[str, Any]:
    """Give a place by its kind and its position in it, the `i` of tiles and values.

    Returns
    -------
    `{kind, zh, en, id, name, community, street, district (names), street_share, is_tied, people,
    households, area_m2, attributes, indicators}`; None where it is not known. `indicators` are the
    latest of each that the place itself has: those of `geo.store.indicators` with zh, en and unit.

    Raises
    ------
    LookupError
        The release has no such kind, or no such place of it.
    """
    known = kinds(release).get(kind)
    if known is None or not 0 <= position < known.units:
        raise LookupError(f"there is no {kind[:40]!r} number {position}")
    with release.cursor() as con:
        (row,) = records(con, "view_unit_card", unit=known.first_idx + position)
        picked = [one["row_idx"] for one in records(con, "view_unit_latest", unit=row["unit_idx"])]
        values = indicator_records(con, picked=picked) if picked else []
    words = {one["id"]: one for one in listed(release)}
    said = ("zh", "en", "unit", "is_share", "better")
    return {
        **{"kind": kind, "zh": known.zh, "en": known.en},
        **{name: value for name, value in row.items() if name != "unit_idx"},
        "attributes": json.loads(row["attributes"]),
        "indicators": [
            {**value, **{key: words[value["indicator"]][key] for key in said}} for value in values
        ],
    }
