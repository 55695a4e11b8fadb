"""Answer why a number changed: the steps from the month before to this one, for one question.

A comparison is a file beside the releases (`sql/compare_schema.sql`), made by `etl compare`. Its
steps are exact; here they are summed to a minute and written so that the parts shown add up.
"""

from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Any, Final

import duckdb

from geo.errors import LivingCircleError, StoreError
from geo.shares import half_up, permille, shown_parts
from geo.store import release as releases
from geo.store.asking import Question
from geo.store.connect import Connection, open_derived
from geo.store.numbers import area_numerators
from geo.store.opened import OpenRelease, records

VERSION: Final = 1
"""The tables of a comparison that this program writes and reads."""
FIRST, MISSING, NOT_CARRIED, OK = "first", "missing", "not_carried", "ok"
MOST_DIFFERENCES: Final = 5
METRES_A_DEGREE: Final = 111_320.0
_UNIT: Final = {"area": 100}
"""What is shown as 1: square metres of square decimetres; everything else is thousandths."""


@dataclass(frozen=True)
class _State:
    """What is reached and what there is after a step; None is not known."""

    part: int | None
    whole: int | None

    @property
    def share(self) -> Fraction | None:
        """Give the exact share, None where there is nothing to divide by."""
        if self.part is None or not self.whole:
            return None
        return Fraction(self.part, self.whole)

    @property
    def permille(self) -> int:
        """Give the share as it is shown, in thousandths; 0 where it is not known."""
        return permille(self.part, self.whole) if self.part is not None and self.whole else 0


def is_written(path: Path) -> bool:
    """Tell whether a comparison is there and has the tables of this program."""
    try:
        _head(path)
    except StoreError:
        return False
    return True


def change(store: Path, release: OpenRelease, question: Question, minute: int) -> dict[str, Any]:
    """Say from which month to which a number changed, and how far each step moved it.

    Parameters
    ----------
    question
        Area, category, mode and basis; only the default speed with all neighbours is compared.

    Returns
    -------
    `status` and what was asked; with `ok` also the months, both ends, the steps, their total and
    the differences near the area. `numerator` and `denominator` are milli or dm2, `points` exact
    percentage points, `shown` tenths of a point, `amount_shown` whole persons, households or
    square metres; the shown parts sum to the shown total.
    """
    asked = _asked(question, minute)
    if not question.is_carried or question.category is None:
        return {"status": NOT_CARRIED, **asked}
    pair = _chosen(store, release)
    if pair is None:
        return {**_absent(store, release), **asked}
    key = ("change", pair, question.key, minute)

    def read() -> dict[str, Any]:
        with closing(open_derived(releases.compare_path(store, *pair), has_shapes=False)) as con:
            return answer(con, release, question, minute)

    return release.remember(key, read)


def _asked(question: Question, minute: int) -> dict[str, Any]:
    category = question.category
    return {
        "area": question.area.code,
        "category": category.code if category else None,
        "mode": question.mode,
        "minutes": minute,
        "basis": question.basis,
    }


def _chosen(store: Path, release: OpenRelease) -> tuple[str, str] | None:
    """Choose the comparison with the latest earlier month; one within the month is the last."""
    found: list[tuple[bool, str, tuple[str, str]]] = []
    for pair in releases.comparisons(store):
        if pair[1] != release.id:
            continue
        path = releases.compare_path(store, *pair)
        try:
            head = release.remember(("comparison", pair), lambda path=path: _head(path))
        except StoreError:
            continue
        found.append((head["old_month"] < head["new_month"], head["old_month"], pair))
    return max(found)[2] if found else None


def _head(path: Path) -> dict[str, Any]:
    """Read what a comparison compares; refuse what is none, or none of this program's tables."""
    with closing(open_derived(path, has_shapes=False)) as con:
        try:
            head = records(con, "change_head")[0]
        except (duckdb.Error, IndexError) as error:
            raise StoreError(f"{path} is no comparison. Make it again: etl compare") from error
    if head["version"] != VERSION:
        raise StoreError(f"{path} has other tables. Make it again: etl compare")
    return head


def _absent(store: Path, release: OpenRelease) -> dict[str, Any]:
    """Say why there is no comparison, and which command makes it."""
    try:
        listed = releases.list_releases(store)
    except (LivingCircleError, OSError):
        listed = []
    number = int(release.id.split("-")[0])
    before = [
        item.release
        for item in listed
        if item.was_published and item.is_present and item.release.number < number
    ]
    if not before:
        return {"status": FIRST, "command": None}
    old = next((one for one in before if one.month < release.facts.as_of), before[0])
    command = f"python -m etl compare --store DIR {old.release} {release.id}"
    return {"status": MISSING, "command": command}


def answer(
    con: Connection, release: OpenRelease, question: Question, minute: int
) -> dict[str, Any]:
    """Give what `change` gives, from an open comparison whose newer release is open too."""
    now = _State(
        int(area_numerators(release, question, [question.area.idx])[0, minute]),
        question.area.totals[question.basis],
    )
    head = records(con, "change_head")[0]
    rows = records(
        con,
        "change_steps",
        question.basis,
        category=question.category.code if question.category else "",
        mode=question.mode_code,
        area=question.area.code,
        minute=minute,
    )
    wholes = records(con, "change_wholes", question.basis, area=question.area.code)
    states = _states(
        now, rows, wholes, has_before=head["old_has_network"] or not question.mode_code
    )
    return {
        "status": OK,
        "whole": head["whole"],
        "old": {"release": head["old_release"], "month": head["old_month"]},
        "new": {"release": head["new_release"], "month": head["new_month"]},
        "unit": "dm2" if question.basis == "area" else "milli",
        "before": _end(states[0]),
        "after": _end(states[-1]),
        **_steps(rows, states, _UNIT.get(question.basis, 1000)),
        **_differences(con, release, question, minute),
        **_asked(question, minute),
    }


def _states(
    now: _State, rows: list[dict[str, Any]], wholes: list[dict[str, Any]], *, has_before: bool
) -> list[_State]:
    """Give what stood before the first step and after each, from what stands now."""
    whole_after = {row["step"]: row["amount"] for row in wholes}
    part = (now.part or 0) - sum(row["amount"] for row in rows)
    whole = whole_after.get(-1)
    states = [_State(part if has_before else None, whole)]
    # a mode that the month before had no answer for begins with the step that brought it
    has_begun = has_before
    for row in rows:
        part += row["amount"]
        whole = whole_after.get(row["idx"], whole)
        has_begun = has_begun or row["amount"] != 0
        states.append(_State(part if has_begun else None, whole))
    return states


def _end(state: _State) -> dict[str, Any]:
    is_known = state.share is not None
    return {
        "numerator": state.part if is_known else None,
        "denominator": state.whole,
        "permille": state.permille if is_known else None,
    }


def _steps(rows: list[dict[str, Any]], states: list[_State], unit: int) -> dict[str, Any]:
    """Write every step and the total, in exact and in shown numbers."""
    first, last = states[0], states[-1]
    moved = [
        None if a.share is None or b.share is None else b.share - a.share
        for a, b in pairwise(states)
    ]
    is_whole = all(one is not None for one in moved)
    shown: list[int | None] = [None] * len(rows)
    total: int | None = None
    if is_whole:
        total = last.permille - first.permille
        shown = list(shown_parts([(one or Fraction(0)) * 1000 for one in moved], total))
    parts = [row["amount"] for row in rows]
    ends = [half_up(Fraction(state.part or 0, unit)) for state in (first, last)]
    amounts = shown_parts([Fraction(part, unit) for part in parts], ends[1] - ends[0])
    steps = [
        {
            "name": row["name"],
            "did_change": row["did_change"],
            "numerator": row["amount"],
            "denominator": _minus(states[at + 1].whole, states[at].whole),
            "points": None if moved[at] is None else float((moved[at] or 0) * 100),
            "shown": shown[at],
            "amount_shown": amounts[at],
        }
        for at, row in enumerate(rows)
    ]
    both = None if first.share is None or last.share is None else last.share - first.share
    return {
        "steps": steps,
        "total": {
            "numerator": sum(parts),
            "denominator": _minus(last.whole, first.whole),
            "points": None if both is None else float(both * 100),
            "shown": total,
            "amount_shown": ends[1] - ends[0],
        },
    }


def _minus(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _differences(
    con: Connection, release: OpenRelease, question: Question, minute: int
) -> dict[str, Any]:
    """List the few facilities and grids in or near the area that weigh most, and count all."""
    area, category = question.area, question.category
    with release.cursor() as cursor:
        extent = records(cursor, "view_extent", area=area.idx)[0]
    metres = question.speed.limit_dm(minute) / 10
    north = metres / METRES_A_DEGREE
    east = north / max(cos(radians(area.lat)), 0.01)
    members = release.facts.members(category) if category else ()
    rows = records(
        con,
        "change_differences",
        area=area.code if area.level != "city" else None,
        categories=[one.code for one in members],
        west=extent["west"] - east,
        south=extent["south"] - north,
        east=extent["east"] + east,
        north=extent["north"] + north,
    )
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["kind"]] = counts.get(row["kind"], 0) + 1
    return {"differences": rows[:MOST_DIFFERENCES], "counts": counts}
