"""Write days as one text, however a table writes them."""

import datetime
import re
from functools import lru_cache
from typing import Final

_SERIAL_ZERO: Final = datetime.date(1899, 12, 30)
"""Day 0 of a spreadsheet, right from 1 March 1900 on."""
_SERIALS: Final = range(18_264, 73_051)
"""1950 to 2099: a five-digit number in a column of days is a day that lost its format."""
_DAY: Final = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:[年./-](?P<month>\d{1,2})(?:[月./-](?P<day>\d{1,2})日?|月)?|年)?"
    r"(?:[ T]0{1,2}:00(?::00)?)?"
)
_RUN: Final = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)?")


@lru_cache(maxsize=1 << 14)
def day_text(cell: str) -> str:
    """Give `2020-03-01`, `2020-03` or `2020`; what is no day stays as it is written.

    Examples
    --------
    >>> [day_text(cell) for cell in ("2020年3月1日", "43891", "2020.3", "202003", "2019", "早年")]
    ['2020-03-01', '2020-03-01', '2020-03', '2020-03', '2019', '早年']
    """
    text = cell.strip()
    if text.isascii() and text.isdigit() and int(text[:9]) in _SERIALS and len(text) == 5:
        return (_SERIAL_ZERO + datetime.timedelta(days=int(text))).isoformat()
    found = _RUN.fullmatch(text) or _DAY.fullmatch(text)
    if found is None:
        return cell
    year, month, day = (found[part] for part in ("year", "month", "day"))
    try:
        checked = datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return cell
    return checked.isoformat()[: 10 if day else 7 if month else 4]
