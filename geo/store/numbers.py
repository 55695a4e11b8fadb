"""Sum profiles by minute: the one place where shares, gaps and counts come from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.profile import Steps, class_counts, steps
from geo.store.asking import Question
from geo.store.opened import OpenRelease, columns
from geo.walk import MINUTES

UNKNOWN = -1


@dataclass(frozen=True)
class Units:
    """What the units of a level have, and what of it each minute newly reaches (sparse)."""

    whole: NDArray[np.int64]
    unit: NDArray[np.int64]
    minute: NDArray[np.uint8]
    amount: NDArray[np.int64]


def cumulative(
    unit: NDArray[np.int64],
    minute: NDArray[np.integer],
    amount: NDArray[np.int64],
    wanted: Sequence[int],
) -> NDArray[np.int64]:
    """Turn increments into totals by minute for the wanted units, shape (len(wanted), 61)."""
    total = np.zeros((len(wanted), MINUTES), dtype=np.int64)
    if len(wanted) == 0 or len(unit) == 0:
        return total
    order = np.argsort(np.asarray(wanted))
    known = np.asarray(wanted)[order]
    place = np.minimum(np.searchsorted(known, unit), len(known) - 1)
    mine = known[place] == unit
    np.add.at(total, (order[place[mine]], minute[mine].astype(np.int64)), amount[mine])
    return np.cumsum(total, axis=1)


def area_numerators(
    release: OpenRelease, question: Question, areas: Sequence[int]
) -> NDArray[np.int64]:
    """Give what is reached in each area by minutes 0..60, shape (len(areas), 61), milli or dm2."""
    with release.cursor() as cursor:
        found = columns(
            cursor,
            question.counted("view_area_profile"),
            question.basis,
            speed=question.speed_idx,
            category=question.category_idx,
            mode=question.mode_code,
            areas=list(areas),
        )
    return cumulative(found["unit"], found["minute"], found["amount"], areas)


def category_numerators(release: OpenRelease, question: Question) -> NDArray[np.int64]:
    """Give what is reached of the question's area in every category, shape (categories, 61)."""
    with release.cursor() as cursor:
        found = columns(
            cursor,
            question.counted("view_categories_profile"),
            question.basis,
            speed=question.speed_idx,
            mode=question.mode_code,
            area=question.area.idx,
        )
    wanted = [category.idx for category in release.facts.categories]
    return cumulative(found["unit"], found["minute"], found["amount"], wanted)


def standard_numerator(release: OpenRelease, question: Question) -> int | None:
    """Give what the area reaches within the category's own radius.

    For `all`: within that of every mandatory category that the city has and that has one. None
    where there is no radius or the amount is unknown, and where neighbours do not count: that is
    not kept.
    """
    category, facts = question.category, release.facts
    if category is None or question.neighbours != "all":
        return None
    has_radius = any(one.radius_m is not None for one in facts.members(category))
    if not has_radius or question.area.totals[question.basis] is None:
        return None
    with release.cursor() as cursor:
        found = columns(
            cursor,
            "view_standard",
            question.basis,
            category=question.category_idx,
            mode=question.mode_code,
            area=question.area.idx,
        )
    return int(found["amount"].sum())


def grid_units(release: OpenRelease, question: Question, lo: int, hi: int) -> Units:
    """Give the grids [lo, hi) with their increments; `unit` counts from 0 at `lo`."""
    with release.cursor() as cursor:
        whole = columns(cursor, "view_grid_totals", question.basis, lo=lo, hi=hi)["amount"]
        found = columns(
            cursor,
            question.counted("view_grid_profile"),
            question.basis,
            speed=question.speed_idx,
            category=question.category_idx,
            mode=question.mode_code,
            lo=lo,
            hi=hi,
        )
    return Units(
        whole.astype(np.int64),
        found["unit"].astype(np.int64) - lo,
        found["minute"].astype(np.uint8),
        found["amount"].astype(np.int64),
    )


def grid_classes(
    release: OpenRelease, question: Question, lo: int, hi: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the grids [lo, hi) and their amounts by minute and class, two arrays (61, 7)."""

    def count() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        units = grid_units(release, question, lo, hi)
        return class_counts(changes(units), units.whole)

    return release.remember(("classes", question.key[1:], lo, hi), count)


def changes(units: Units) -> Steps:
    """Give the minutes at which each unit's share code changes."""
    return steps(units.unit, units.minute, units.amount, units.whole)


def level_units(release: OpenRelease, question: Question, level: str) -> Units:
    """Give the areas of a level with their increments; `unit` is the position in the level."""
    areas = release.facts.level(level)
    totals = [area.totals[question.basis] for area in areas]
    whole = np.array([UNKNOWN if t is None else t for t in totals], dtype=np.int64)
    indices = [area.idx for area in areas]
    with release.cursor() as cursor:
        found = columns(
            cursor,
            question.counted("view_area_profile"),
            question.basis,
            speed=question.speed_idx,
            category=question.category_idx,
            mode=question.mode_code,
            areas=indices,
        )
    position = np.searchsorted(np.array(indices, dtype=np.int64), found["unit"])
    return Units(
        whole,
        position.astype(np.int64),
        found["minute"].astype(np.uint8),
        found["amount"].astype(np.int64),
    )
