"""Hold the rules that every number obeys: units, the limit, codes for what is no number, classes.

Units are integers from end to end: distances in decimetres (dm), people, households and cohorts in
thousandths (milli), areas in square decimetres (dm2). Ratios are computed last, from integers.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Mode = Literal["line", "walk"]
MODES: Final[tuple[Mode, Mode]] = ("line", "walk")
MODE_CODE: Final[dict[str, int]] = {"line": 0, "walk": 1}

BASES: Final = ("people", "households", "elderly", "children", "area")
"""What can be counted, in the order of the columns of every profile."""

MAX_MINUTES: Final = 60
MINUTES: Final = MAX_MINUTES + 1
"""Length of every by-minute array: minutes 0..60."""

# Codes of a distance that is not a number; none of them ever reads as 0.
OK: Final = 0
BEYOND: Final = 252
OFF_NETWORK: Final = 253
NO_PATH: Final = 254
NO_DATA: Final = 255

# Codes of a share (uint8). 1..252 lie strictly between; their sub-ranges are the classes, so that a
# class read from a code is the class of the exact integers.
SHARE_NONE: Final = 0
SHARE_NO_PEOPLE: Final = 253
SHARE_ALL: Final = 254
SHARE_NO_DATA: Final = 255
_LOW_FIRST, _PARTIAL_FIRST, _NEAR_FIRST, _NEAR_LAST = 1, 101, 201, 252

CLASSES: Final = ("none", "low", "partial", "near", "full", "no_people", "no_data")
"""Class words, worst first; the breaks are 0, 50 %, 90 % (the target) and 100 %."""
TARGET_SHARE: Final = Fraction(9, 10)

SAME_PLACE_M: Final = 1.0
"""A demand point and an entrance this close are one place: distance 0 in both modes."""
UNREACHED_DM: Final = np.iinfo(np.int32).max
"""In arrays of distances: not reached. Stored as NULL, with a code beside it."""


@dataclass(frozen=True)
class Speed:
    """A named walking speed; the fraction is exact, so 1000/15 m/min times 15 is 1,000 m."""

    name: str
    metres_per_minute: Fraction

    def limit_dm(self, minutes: int) -> int:
        """Give the distance limit of a walk of so many minutes, in whole dm, rounded down.

        A distance in dm that is equal to the limit is covered.
        """
        return int(self.metres_per_minute * minutes * 10)

    def limits_dm(self) -> NDArray[np.int64]:
        """Give the limits of minutes 0..60, shape (61,), increasing."""
        return np.array([self.limit_dm(t) for t in range(MINUTES)], dtype=np.int64)


def minute_of(distance_dm: NDArray[np.int64], limits_dm: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Give the first minute whose limit reaches each distance: 0..60, or 252 beyond the last.

    Parameters
    ----------
    distance_dm
        Shape (n,), >= 0; `UNREACHED_DM` is beyond. May be empty.
    limits_dm
        Shape (61,), as `Speed.limits_dm` gives them.
    """
    minute = np.searchsorted(limits_dm, distance_dm, side="left")
    return np.where(minute > MAX_MINUTES, BEYOND, minute).astype(np.uint8)


def apart_cm(one: tuple[int, int], other: tuple[int, int], weight_cm: int) -> int:
    """Give the way along one street segment between two places on it, rounded up to cm.

    `one` and `other` are the ways from each place to the two ends of the segment, `weight_cm` is
    its length. Where both lie between whole centimetres, the difference of their rounded offsets
    may fall short of the way by up to 1 cm. Plain, so that it can be compiled or not.
    """
    apart = max(abs(one[0] - other[0]), abs(one[1] - other[1]))
    is_between = one[0] + one[1] != weight_cm and other[0] + other[1] != weight_cm
    return apart + 1 if is_between else apart


def share_code(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Code shares for colouring, with class breaks compared as integers.

    Parameters
    ----------
    part, whole
        Shape (n,), one unit; 0 <= part <= whole. `whole` < 0 means unknown, 0 means nobody lives
        there.

    Returns
    -------
    Shape (n,): 0 none, 1..100 below a half, 101..200 below the target, 201..252 below all,
    253 nobody, 254 all, 255 no data.
    """
    part64, whole64 = part.astype(np.int64), whole.astype(np.int64)
    safe = np.maximum(whole64, 1)
    low = _LOW_FIRST + (part64 * 2 * (_PARTIAL_FIRST - _LOW_FIRST)) // safe
    # 50 % .. 90 % is 0.4 wide: (share - 0.5) / 0.4 = (10 part - 5 whole) / (4 whole)
    partial = _PARTIAL_FIRST + ((part64 * 10 - safe * 5) * (_NEAR_FIRST - _PARTIAL_FIRST)) // (
        safe * 4
    )
    near = _NEAR_FIRST + ((part64 * 10 - safe * 9) * (_NEAR_LAST - _NEAR_FIRST)) // safe
    conditions = [
        whole64 < 0,
        whole64 == 0,
        part64 <= 0,
        part64 >= whole64,
        part64 * 2 < whole64,
        part64 * 10 < whole64 * 9,
    ]
    choices = [SHARE_NO_DATA, SHARE_NO_PEOPLE, SHARE_NONE, SHARE_ALL, low, partial]
    return np.select(conditions, choices, default=near).astype(np.uint8)


def class_of(code: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn share codes into positions in `CLASSES`."""
    table = np.empty(256, dtype=np.uint8)
    table[SHARE_NONE] = 0
    table[_LOW_FIRST:_PARTIAL_FIRST] = 1
    table[_PARTIAL_FIRST:_NEAR_FIRST] = 2
    table[_NEAR_FIRST : _NEAR_LAST + 1] = 3
    table[SHARE_ALL] = 4
    table[SHARE_NO_PEOPLE] = 5
    table[SHARE_NO_DATA] = 6
    return table[code]
