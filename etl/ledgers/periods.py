"""Cut time into the periods of duties: weeks, months, quarters, halves, years, school terms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

EVERY: Final = ("week", "month", "quarter", "half", "year", "term")
_DAY: Final = timedelta(days=1)
_YEARLY: Final = re.compile(r"(\d{2})-(\d{2})")
_MONTHS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_SPRING, _SUMMER, _AUTUMN = 2, 8, 9


@dataclass(frozen=True)
class Window:
    """One time that a duty falls due.

    Attributes
    ----------
    due
        The day by which it must be done.
    period
        What it is for, as 2026-10, 2026-Q4, 2026-H2, 2026, 2026-W41 or 2026-T2; None for a day.
    first
        The day after it fell due before: from then to `due` it may be done.
    span
        First and last day of the period itself, which rows without a day are held against.
    """

    due: date
    period: str | None
    first: date
    span: tuple[date, date]


def period_of(every: str, day: date) -> tuple[str, date, date] | None:
    """Give the period that a day lies in: its name, first and last day.

    Weeks are those of ISO 8601. Terms are the school's: T1 from February to July, T2 from September
    to January; August lies in none.

    Examples
    --------
    >>> period_of("quarter", date(2026, 11, 5))
    ('2026-Q4', datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    >>> period_of("term", date(2027, 1, 31))[0], period_of("term", date(2026, 8, 31))
    ('2026-T2', None)
    """
    if every == "week":
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return f"{year}-W{week:02d}", first, first + timedelta(days=6)
    if every == "term":
        return _term(day)
    length = _MONTHS[every]
    part = (day.month - 1) // length
    first = date(day.year, part * length + 1, 1)
    last = _months_on(first, length) - _DAY
    names = {
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{part + 1}",
        "half": f"{day.year}-H{part + 1}",
        "year": f"{day.year}",
    }
    return names[every], first, last


def every_window(every: str, days_after: int, start: date, end: date) -> Iterator[Window]:
    """List when something falls due that is for every period, from a day to another.

    Parameters
    ----------
    days_after
        Days after the last one of the period by which it is due; 0: on its last day.
    """
    after = timedelta(days=days_after)
    day = start - after - timedelta(days=750)
    before: date | None = None
    while day <= end:
        found = period_of(every, day)
        if found is None:
            day += _DAY
            continue
        name, first, last = found
        due = last + after
        opens = first if before is None or days_after == 0 else before + _DAY
        if start <= due <= end:
            yield Window(due, name, opens, (first, last))
        before, day = due, last + _DAY


def yearly_window(month_day: str, start: date, end: date) -> Iterator[Window]:
    """List when something falls due on a day of every year, as 01-30; 29 February is the 28th."""
    for year in range(start.year, end.year + 1):
        due = day_of_year(month_day, year)
        opens = day_of_year(month_day, year - 1)
        if due is not None and opens is not None and start <= due <= end:
            yield Window(due, str(year), opens + _DAY, (opens + _DAY, due))


def day_of_year(month_day: str, year: int) -> date | None:
    """Give the day of a year that is written as 01-30; None where there is no such day."""
    found = _YEARLY.fullmatch(month_day)
    if found is None:
        return None
    month, day = int(found[1]), int(found[2])
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28) if (month, day) == (2, 29) else None


def _months_on(first: date, months: int) -> date:
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _term(day: date) -> tuple[str, date, date] | None:
    if day.month == _SUMMER:
        return None
    if _SPRING <= day.month < _SUMMER:
        return f"{day.year}-T1", date(day.year, _SPRING, 1), date(day.year, 7, 31)
    year = day.year if day.month >= _AUTUMN else day.year - 1
    return f"{year}-T2", date(year, _AUTUMN, 1), date(year + 1, 1, 31)
