"""Define when a facility counts as open in the evening and at the weekend, once for everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Window = tuple[int, int]
"""First and last minute of a day, 0..1440."""
Day = tuple[Window, ...]
"""The hours of one day in order, apart from each other; empty is closed."""

ANY: Final = "any"
OPENINGS: Final = ("evening", "weekend")
"""The parts of a week that are asked for beside any hour, in the order of the categories."""
DAYS: Final[dict[str, tuple[int, ...]]] = {"evening": (0, 1, 2, 3, 4), "weekend": (5, 6)}
"""Days of each, Monday is 0. A facility must be open on all of them."""
MINUTES_A_DAY: Final = 1440
EVENING: Final[tuple[Window, ...]] = ((19 * 60, 21 * 60),)
"""After work and supper."""
WEEKEND: Final[tuple[Window, ...]] = ((9 * 60 + 30, 11 * 60 + 30), (14 * 60 + 30, 16 * 60 + 30))
"""A full morning and afternoon that leave the usual noon break out."""


@dataclass(frozen=True)
class Openings:
    """What a city asks of a facility that is to count as open.

    Attributes
    ----------
    evening, weekend
        Windows through each of which a facility must be open without a break, on each of the days.
    is_daily
        Whether hours that name no day hold every day. If not, Monday to Friday is certain and the
        weekend is not known.
    """

    evening: tuple[Window, ...] = EVENING
    weekend: tuple[Window, ...] = WEEKEND
    is_daily: bool = False

    def windows(self, opening: str) -> tuple[Window, ...]:
        """Give the windows of one of `OPENINGS`."""
        return self.evening if opening == "evening" else self.weekend


def is_open(
    week: Sequence[Day | None], days: Sequence[int], windows: Sequence[Window]
) -> bool | None:
    """Tell whether all of the windows are open on all of the days.

    Parameters
    ----------
    week
        Seven days, Monday first; None is a day of which nothing is known.

    Returns
    -------
    False as soon as one known day falls short; None where none does and one is not known.

    Examples
    --------
    >>> is_open([((480, 1320),)] * 5 + [(), None], DAYS["evening"], EVENING)
    True
    >>> is_open([((480, 1320),)] * 5 + [(), None], DAYS["weekend"], WEEKEND)
    False
    """
    known = [week[day] for day in days]
    if any(day is not None and not _covers(day, windows) for day in known):
        return False
    return None if any(day is None for day in known) else True


def _covers(day: Day, windows: Sequence[Window]) -> bool:
    return all(any(low <= first and last <= high for low, high in day) for first, last in windows)


def merged(windows: Sequence[Window]) -> Day:
    """Put windows in order and join those that touch or overlap."""
    found: list[Window] = []
    for low, high in sorted(windows):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def window_text(windows: Sequence[Window]) -> str:
    """Write windows as city.toml does, for example `19:00-21:00`."""
    return ", ".join(f"{_clock(low)}-{_clock(high)}" for low, high in windows)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
