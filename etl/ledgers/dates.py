"""Read the days and months of a ledger as offices write them; what is not clear is not guessed."""

import re
from datetime import date
from typing import Final

_DAY: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]\d{1,2}:\d{2}(?::\d{2})?.*)?"
)
_RUN: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_RUN_MONTH: Final = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_YEAR: Final = re.compile(r"((?:19|20)\d{2})\s*年?")
_WIDE: Final = str.maketrans("０１２３４５６７８９．－／", "0123456789.-/")


def read_day(cell: str) -> date | None:
    """Give a day; None where the cell is no day of the calendar.

    Examples
    --------
    >>> read_day("2026年10月5日"), read_day("20261005"), read_day("2026/10/5 09:30")
    (datetime.date(2026, 10, 5), datetime.date(2026, 10, 5), datetime.date(2026, 10, 5))
    """
    text = cell.strip().translate(_WIDE)
    found = _DAY.fullmatch(text) or _RUN.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def read_period(cell: str) -> str | None:
    """Give the month (YYYY-MM) or the year (YYYY) that a cell names; a day names its month.

    A month without its year ("十月") is None: which year is not for a program to guess.

    Examples
    --------
    >>> read_period("2026-10"), read_period("2026年10月"), read_period("十月")
    ('2026-10', '2026-10', None)
    """
    text = cell.strip().translate(_WIDE)
    if (day := read_day(text)) is not None:
        return f"{day.year:04d}-{day.month:02d}"
    if found := _MONTH.fullmatch(text) or _RUN_MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else None
    found = _YEAR.fullmatch(text)
    return found[1] if found else None
