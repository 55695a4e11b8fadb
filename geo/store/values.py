"""Pack what colours the map: shares by minute, nearest minutes, names, in the order of `i`."""

import struct
from typing import Any

import numpy as np

from geo.store import numbers
from geo.store.asking import Question
from geo.store.opened import OpenRelease, columns
from geo.store.units import kinds, unit_names
from geo.walk import NO_DATA, OK, UNREACHED_DM, minute_of

UNITS = ("grid", "community", "street", "district")


def step_bytes(release: OpenRelease, question: Question, unit: str) -> bytes:
    """Pack the share codes of every unit of a level at every minute, as contract 4 lays them out.

    The whole city, whatever the question's area: the map shows what lies around an area too.
    """
    units = (
        numbers.grid_units(release, question, 0, release.facts.grids)
        if unit == "grid"
        else numbers.level_units(release, question, unit)
    )
    packed = numbers.changes(units)
    head = struct.pack("<II", len(packed.base), len(packed.minute))
    parts = (packed.base, packed.count, packed.minute, packed.code)
    return head + b"".join(np.ascontiguousarray(part, dtype=np.uint8).tobytes() for part in parts)


def minute_bytes(release: OpenRelease, question: Question) -> bytes:
    """Pack the minutes to each grid's nearest facility: 0..60, and codes of `geo.walk`."""
    with release.cursor() as cursor:
        found = columns(
            cursor,
            "view_nearest_minutes",
            category=question.category_idx,
            mode=question.mode_code,
            own=question.is_own,
        )
    minutes = np.full(release.facts.grids, NO_DATA, dtype=np.uint8)
    reached = found["code"] == OK
    distance = np.where(reached, found["nearest_dm"], UNREACHED_DM).astype(np.int64)
    within = minute_of(distance, question.speed.limits_dm())
    minutes[found["grid_idx"]] = np.where(reached, within, found["code"])
    return minutes.tobytes()


def names(release: OpenRelease, unit: str) -> dict[str, list[Any]]:
    """Give ids, names, people (milli, None where unknown) by `i`; of areas the label points too."""
    if unit in kinds(release):
        return unit_names(release, unit)
    if unit != "grid":
        areas = release.facts.level(unit)
        return {
            "ids": [area.code for area in areas],
            "names": [area.name for area in areas],
            "people": [area.totals["people"] for area in areas],
            "lon": [area.lon for area in areas],
            "lat": [area.lat for area in areas],
        }
    with release.cursor() as cursor:
        found = columns(cursor, "view_grid_names", "people", lo=0, hi=release.facts.grids)
    return {
        "ids": found["grid_id"].tolist(),
        "names": found["name"].tolist(),
        "people": [None if people < 0 else people for people in found["people_milli"].tolist()],
    }
