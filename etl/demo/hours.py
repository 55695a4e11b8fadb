"""Say when facilities of the demo are open and who may use them, as ledgers write it.

By category and id alone, so that no other number of the city depends on it.
"""

import zlib
from collections.abc import Sequence
from typing import Final

from etl.demo.facilities import Facility

_CLINIC: Final = (
    *("周一至周五 8:30-12:00、14:00-17:30", "每天 8:00-21:30", "周一至周日 8:00-17:30"),
    *("工作日 8:00-21:00；周末 9:00-17:00", "", "24小时"),
)
HOURS: Final[dict[str, tuple[str, ...]]] = {
    "MED_STATION": _CLINIC,
    "ELD_CANTEEN": ("每日 6:30-9:00、11:00-13:00、17:00-19:00", "周一至周五 11:00-18:30", ""),
    "CUL_STATION": ("周二至周日 9:00-21:30，周一闭馆", "每天 9:00-21:00", "工作日 9:00-17:30", ""),
    "CUL_LIBRARY": ("每天 9:00-17:00", "周一至周五 9:00-21:00，周六日休息", "9:00-20:30", ""),
    "SPO_MID": ("工作日 18:00-21:30；周六日 8:00-21:30", "每天 6:00-22:00", "周末 8:00-18:00"),
    "ENV_TOILET": ("24小时", "全天开放", "每天 5:30-22:30", ""),
    "MED_PHARM": ("8:00-22:00", "每天 8:00-22:00", "00:00-24:00", "每日 7:30-21:30", "[]"),
    "COM_MARKET": ("每天 6:00-19:00", "每天 5:30-12:00", "每天 6:00-21:30"),
}
"""Category to what its rows say in turn; of other categories nothing is written."""
_SHARED: Final = ("错时开放", "是", "是", "否")
"""Sports grounds of schools and offices, most of which open them after hours."""


def opening_cells(facilities: Sequence[Facility]) -> list[tuple[str, str]]:
    """Give for each row its hours and whether the public may use it.

    The first clinics hold what cannot be read, hours without days and an unclear word; the first
    public toilet was rented out.
    """
    seen: dict[str, int] = {}
    cells: list[tuple[str, str]] = []
    for one in facilities:
        code = one.kind.code
        at = seen[code] = seen.get(code, -1) + 1
        cells.append(_planted(code, at) or (_hours(one), _shared(one)))
    return cells


def _planted(code: str, at: int) -> tuple[str, str] | None:
    odd = {
        ("MED_STATION", 0): ("夏季8:00-18:30，冬季8:30-17:30", ""),
        ("MED_STATION", 1): ("8:00-21:00", ""),
        ("MED_STATION", 2): ("每天 8:00-21:30", "视情况"),
        ("ENV_TOILET", 0): ("", "出租"),
    }
    return odd.get((code, at))


def _hours(one: Facility) -> str:
    said = HOURS.get(one.kind.code, ("",))
    return said[_number(one) % len(said)]


def _shared(one: Facility) -> str:
    return _SHARED[_number(one) % len(_SHARED)] if one.kind.code == "SPO_MID" else ""


def _number(one: Facility) -> int:
    return zlib.crc32(one.id.encode())
