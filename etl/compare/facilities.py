"""Pair the facilities of two months, and say at which step each of them changes.

A facility is the same in both months by its key, else by its name within 100 m, the same category
first. What the files have no key for, only a row number, is paired by name alone.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from etl.compare.side import Facility
from etl.names import name_norm
from geo.walk import SAME_PLACE_M

NEAR_M: Final = 100.0
MOVED_M: Final = 50.0
_DATE: Final = re.compile(r"(\d{4})(?:\D{1,2}(\d{1,2})(?:\D|$))?")

CORRECTED: Final = "corrections"
CLOSED: Final = "closed"
OPENED: Final = "opened"
UNDATED: Final = "opened_undated"


@dataclass(frozen=True)
class Window:
    """The months after `after` up to and with `upto`, both YYYY-MM; one month if they are equal."""

    after: str
    upto: str

    def holds(self, text: str | None) -> bool:
        """Tell whether a date lies in the window; a year alone does not say so."""
        found = _DATE.match(text.strip()) if text else None
        if found is None or found.group(2) is None:
            return False
        month = f"{found.group(1)}-{int(found.group(2)):02d}"
        return month == self.upto or self.after < month <= self.upto


@dataclass(frozen=True)
class Changed:
    """One facility in both months, or in one of them, and the step at which it changes.

    `metres` is how far its first entrance moved; `what` names what differs: listed, delisted,
    moved, entrances, recategorised, status, renamed; empty where nothing does.
    """

    old: Facility | None
    new: Facility | None
    step: str
    metres: float
    what: tuple[str, ...]

    @property
    def shown(self) -> Facility:
        """Give the facility as it is now, or as it was."""
        now = self.new or self.old
        if now is None:
            raise ValueError("a change needs a facility on one side at least")
        return now


def folded(name: str) -> str:
    """Give a name without case, width, script, pinyin, blanks and punctuation."""
    return "".join(letter for letter in name_norm(name) if letter.isalnum())


def changes(
    old: Sequence[Facility],
    new: Sequence[Facility],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    window: Window,
) -> list[Changed]:
    """Pair all facilities and put each into its step, in the order of the new release, then old.

    Parameters
    ----------
    places
        The first entrance of every facility, (n, 2) metres of one CRS, old and new.
    window
        The data months that are new; a date outside it is no date.
    """
    partner = paired(old, new, places)
    of_old = {before: now for now, before in partner.items()}
    found: list[Changed] = []
    for now, facility in enumerate(new):
        before = partner.get(now)
        if before is None:
            found.append(_appeared(facility, window))
        else:
            apart = float(math.dist(places[0][before], places[1][now]))
            found.append(_changed(old[before], facility, apart, window))
    found += [_vanished(one) for i, one in enumerate(old) if i not in of_old]
    return found


def paired(
    old: Sequence[Facility],
    new: Sequence[Facility],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> dict[int, int]:
    """Give for each new facility that was there before its position among the old ones."""
    partner = _by_key(old, new)
    for with_category in (True, False):
        _by_name(old, new, places, partner, with_category=with_category)
    return partner


def _by_key(old: Sequence[Facility], new: Sequence[Facility]) -> dict[int, int]:
    without = _row_numbered(old) | _row_numbered(new)
    known = {one.key: i for i, one in enumerate(old) if one.source not in without}
    return {
        i: known[one.key]
        for i, one in enumerate(new)
        if one.source not in without and one.key in known
    }


def _row_numbered(facilities: Iterable[Facility]) -> set[str]:
    """Give the files whose keys are the numbers of their rows: such a key names no facility."""
    is_row: dict[str, bool] = defaultdict(lambda: True)
    for one in facilities:
        is_row[one.source] &= one.key.split(":")[-1] == str(one.row)
    return {source for source, holds in is_row.items() if holds}


def _by_name(
    old: Sequence[Facility],
    new: Sequence[Facility],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    partner: dict[int, int],
    *,
    with_category: bool,
) -> None:
    """Pair what has no partner yet by name within 100 m, the nearest pairs first."""
    left = sorted(set(range(len(old))) - set(partner.values()))
    right = [i for i in range(len(new)) if i not in partner]
    if not left or not right:
        return

    def name_of(one: Facility) -> tuple[str, str]:
        return folded(one.name), one.category if with_category else ""

    tree = KDTree(places[0][left])
    pairs: list[tuple[float, str, str, int, int]] = []
    for now in right:
        for at in tree.query_ball_point(places[1][now], NEAR_M):
            before = left[at]
            if name_of(old[before]) == name_of(new[now]):
                apart = float(math.dist(places[0][before], places[1][now]))
                pairs.append((apart, old[before].key, new[now].key, before, now))
    taken: set[int] = set()
    for _, _, _, before, now in sorted(pairs):
        if now not in partner and before not in taken:
            partner[now] = before
            taken.add(before)


def _appeared(facility: Facility, window: Window) -> Changed:
    if not facility.is_open:
        step = CORRECTED
    else:
        step = OPENED if window.holds(facility.opened) else UNDATED
    return Changed(None, facility, step, 0.0, ("listed",))


def _vanished(facility: Facility) -> Changed:
    step = CLOSED if facility.is_open else CORRECTED
    return Changed(facility, None, step, 0.0, ("delisted",))


def _changed(old: Facility, new: Facility, metres: float, window: Window) -> Changed:
    differs = {
        "moved": metres > SAME_PLACE_M,
        "entrances": metres <= SAME_PLACE_M and len(old.doors) != len(new.doors),
        "recategorised": old.category != new.category,
        "status": old.status != new.status,
        "renamed": folded(old.name) != folded(new.name),
    }
    step = CORRECTED
    if old.is_open and not new.is_open and window.holds(new.closed):
        step = CLOSED
    elif new.is_open and not old.is_open and window.holds(new.opened):
        step = OPENED
    return Changed(old, new, step, metres, tuple(name for name, is_so in differs.items() if is_so))
