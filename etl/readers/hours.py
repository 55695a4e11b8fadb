"""Read opening hours as people and OpenStreetMap write them; what is not understood is not guessed.

A text is cut into words of a small vocabulary; one piece outside it, and nothing is read at all.
So `夏季 8:00-20:00` is not known rather than half right.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Final

from geo.openings import MINUTES_A_DAY, Day, Window, merged

ALL_DAYS: Final = frozenset(range(7))
_WORKDAYS: Final = frozenset(range(5))
_WEEKEND: Final = frozenset((5, 6))
_NIGHT_FROM: Final = 16 * 60
_LONGEST_NIGHT: Final = 12 * 60
"""`18:00-2:00` goes over midnight; `8:30-5:30` may be a clock of twelve hours: not read."""
_LONGEST_TEXT: Final = 200

_CN: Final = "一二三四五六日天"
_EN: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_EN_DAY: Final = (
    r"(?:monday|mon|mo|tuesday|tues|tue|tu|wednesday|wed|we|thursday|thurs|thu|th|friday|fri|fr"
    r"|saturday|sat|sa|sunday|sun|su)(?![a-z])"
)
_EARLY: Final = "凌晨|清晨|早晨|早上|上午|早间|早"
_LATE: Final = "中午|午间|下午|午后|傍晚|晚上|晚间|夜间|夜晚|夜里|晚"
_CLOCK: Final = (
    rf"(?:{_EARLY}|{_LATE})?\s*:?\s*(?:次日|翌日|第二天|隔天)?\s*(?:{_EARLY}|{_LATE})?\s*\d{{1,2}}"
    r"(?:\s*[:点时]\s*(?:\d{1,2}\s*分?|半)?)?\s*(?:[ap]\.?m\.?(?![a-z]))?"
)
# Longer words first: a word must not be taken for the beginning of another.
_WORDS: Final = (
    ("daily", r"24\s*/\s*7(?!\d)"),
    ("allday", r"(?:open\s*)?24\s*(?:小时|h(?:ours|rs?)?(?![a-z]))|二十四小时|全天候?|全日|昼夜"),
    (
        "holiday_law",
        r"(?:国家)?法定(?:的)?(?:节假日|节日|假日|假期)|public\s+holidays?|ph(?![a-z])",
    ),
    ("holiday", r"节假日|节日|假日|假期|holidays?(?![a-z])"),
    ("kept", r"不休息|不休|无休息?|不打烊|照常"),
    ("everyday", r"每周七天|一周七天|全年|常年|每天|每日|天天|daily|every\s*day"),
    ("workdays", r"工作日|平日|weekdays?(?![a-z])"),
    ("weekend", r"周末|双休日|双休|weekends?(?![a-z])"),
    ("days", rf"(?:周|星期|礼拜)[{_CN}]+(?:\s*[-,]?\s*(?:周|星期|礼拜)?[{_CN}]+)*"),
    ("days_en", rf"{_EN_DAY}(?:\s*[-,]\s*{_EN_DAY})*"),
    ("range", rf"{_CLOCK}\s*-\s*{_CLOCK}"),
    ("off", r"休息|休馆|闭馆|休市|休业|停诊|不开放|不营业|不办公|不开门|关闭|关门|off|closed|休"),
    ("except", r"除外|不含|不包括|except|除(?!外)|外"),
    ("stop", r"[;|。\n/]"),
    ("comma", r",|&|(?:and)(?![a-z])"),
    ("filler", r"(?:开放|营业|服务|办公|对外|接待)+(?:时间)?|时间|开门|每(?=周|星期)|[:()\[\]]"),
)
_TOKEN: Final = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _WORDS))
_TRANSLATED: Final = str.maketrans("~〜–—−－至到、及和与", "--------,,,,")


@dataclass(frozen=True)
class Hours:
    """What a text says of a week.

    Attributes
    ----------
    week
        Seven days, Monday first: the hours of each in minutes, () closed, None not said.
    names_days
        Whether the text says which days it means.
    """

    week: tuple[Day | None, ...]
    names_days: bool


@dataclass
class _Clause:
    """Days and what holds on them; no hours at all is closed."""

    days: frozenset[int] | None = None
    is_holiday: bool = False
    is_statutory: bool = False
    ranges: list[Window] = field(default_factory=list[Window])
    action: str = ""
    is_latin: bool = False


@cache
def read_hours(text: str, *, is_daily: bool = False) -> Hours | None:
    """Read the hours of a week out of one cell.

    Days that a text with days leaves out are closed. Public holidays change nothing in a week;
    `节假日` may mean weekends too, so it leaves Saturday and Sunday unknown unless they are named.
    Hours over midnight run on in the next day.

    Parameters
    ----------
    text
        As written, full or half width, Chinese, English or the forms of OpenStreetMap.
    is_daily
        Whether hours that name no day hold on Saturday and Sunday too; else these are not known.

    Returns
    -------
    None where any part of the text is not understood, and where it is empty.

    Examples
    --------
    >>> read_hours("周一至周五 8:30-12:00、14:30-17:30").week[4]
    ((510, 720), (870, 1050))
    >>> read_hours("夏季 8:00-20:00") is None
    True
    """
    if len(text) > _LONGEST_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text).lower().translate(_TRANSLATED).strip()
    plain = re.sub(
        r"(周|星期|礼拜)([1-7])(?![\d:点时])", lambda m: m[1] + _CN[int(m[2]) - 1], plain
    )
    words = _cut(plain)
    clauses = _clauses(words) if words else None
    return _week(clauses, is_daily=is_daily) if clauses else None


def _cut(text: str) -> list[tuple[str, str]] | None:
    """Cut a text into words with their kinds; None where a piece is none."""
    words: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        if text[at].isspace() and text[at] != "\n":
            at += 1
            continue
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            return None
        kind = str(found.lastgroup)
        if kind != "filler":
            words.append((kind, found.group()))
        at = found.end()
    return words


def _clauses(words: list[tuple[str, str]]) -> list[_Clause] | None:
    """Gather days with what holds on them; None where the words make no sense together."""
    clauses: list[_Clause] = []
    now = _Clause()
    for kind, word in [*words, ("end", "")]:
        is_end = kind in ("stop", "end")
        if kind == "comma":
            continue
        if (is_end and (now.action or _has_days(now))) or _begins(now, kind):
            if not _close(clauses, now):
                return None
            now = _Clause()
        if not is_end and not _take(now, kind, word):
            return None
    return clauses or None


def _has_days(clause: _Clause) -> bool:
    return clause.days is not None or clause.is_holiday or clause.is_statutory


def _begins(now: _Clause, kind: str) -> bool:
    """Tell whether a word begins the next clause: days after hours, hours after what is closed."""
    if now.action in ("", "except first"):
        return False
    is_hours = kind in ("range", "allday", "daily")
    return not (is_hours and now.action == "open" and now.ranges)


def _take(now: _Clause, kind: str, word: str) -> bool:
    """Put a word into a clause; False where it does not fit."""
    days = _days_of(kind, word)
    if days is not None:
        now.days = (now.days or frozenset()) | days
        now.is_latin |= kind == "days_en"
    elif kind in ("holiday", "holiday_law"):
        now.is_holiday |= kind == "holiday"
        now.is_statutory |= kind == "holiday_law"
    elif kind in ("range", "allday", "daily"):
        found = _range(word) if kind == "range" else (0, MINUTES_A_DAY)
        if found is None or now.action not in ("", "open"):
            return False
        if kind == "daily":
            now.days = ALL_DAYS
        now.action = "open"
        return _add(now.ranges, [found])
    elif kind == "except":
        now.action = "off" if _has_days(now) else "except first"
    else:
        now.action = kind  # off, kept
    return True


def _close(clauses: list[_Clause], now: _Clause) -> bool:
    """Add a finished clause; days alone belong to the hours before them."""
    if now.action == "except first":
        now.action = "off" if _has_days(now) else ""
        if not now.action:
            return False
    if now.action:
        if now.action == "open" and not _has_days(now) and clauses:
            return _continue(clauses, now)
        clauses.append(now)
        return True
    before = clauses[-1] if clauses else None
    if before is None or before.action != "open" or _has_days(before):
        return False
    before.days, before.is_holiday, before.is_statutory = now.days, now.is_holiday, now.is_statutory
    return True


def _continue(clauses: list[_Clause], now: _Clause) -> bool:
    """Give hours without days to the days before them; in OpenStreetMap they would mean all."""
    before = clauses[-1]
    if before.action != "open":
        clauses.append(now)
        return True
    return not before.is_latin and _add(before.ranges, now.ranges)


def _add(held: list[Window], more: list[Window]) -> bool:
    """Take in further hours of a day; out of order they may be of a clock of twelve hours."""
    held += more
    return all(one[1] <= two[0] for one, two in pairwise(held))


def _week(clauses: list[_Clause], *, is_daily: bool) -> Hours | None:
    opened = [one for one in clauses if one.action == "open"]
    off = [one for one in clauses if one.action == "off"]
    if not opened and not off:
        return None
    named = frozenset[int]().union(*(one.days or () for one in clauses))
    is_bare = any(not _has_days(one) for one in opened)
    is_certain = bool(named) or (is_bare and _is_round_the_clock(opened))
    hours: dict[int, list[Window]] = {}
    for one in opened:
        # a later clause on other days is the special case of an earlier one
        hours |= dict.fromkeys(_days_meant(one), one.ranges)
    shut = frozenset[int]().union(*(_days_meant(one) for one in off))
    unknown = _unknown(clauses, opened, named, shut)
    if is_bare and not is_certain and not is_daily:
        unknown |= _WEEKEND
    week = _spilled(hours, shut)
    days = tuple(None if day in unknown else week[day] for day in range(7))
    return Hours(days, names_days=is_certain)


def _days_meant(clause: _Clause) -> frozenset[int]:
    if clause.days is not None:
        return clause.days
    return frozenset() if _has_days(clause) else ALL_DAYS


def _unknown(
    clauses: list[_Clause], opened: list[_Clause], named: frozenset[int], shut: frozenset[int]
) -> frozenset[int]:
    """Give the days of which the text says nothing certain."""
    if not opened:
        return ALL_DAYS - shut
    is_vague = any(one.is_holiday and one.action in ("off", "open") for one in clauses)
    return _WEEKEND - named if is_vague else frozenset()


def _is_round_the_clock(bare: list[_Clause]) -> bool:
    return any((0, MINUTES_A_DAY) in one.ranges for one in bare)


def _spilled(hours: dict[int, list[Window]], shut: frozenset[int]) -> list[Day]:
    """Cut hours at midnight and put what follows it into the next day."""
    week: list[list[Window]] = [[] for _ in range(7)]
    for day, ranges in hours.items():
        if day in shut:
            continue
        for low, high in ranges:
            week[day].append((low, min(high, MINUTES_A_DAY)))
            if high > MINUTES_A_DAY:
                week[(day + 1) % 7].append((0, high - MINUTES_A_DAY))
    return [merged(day) for day in week]


def _days_of(kind: str, word: str) -> frozenset[int] | None:
    fixed = {"everyday": ALL_DAYS, "workdays": _WORKDAYS, "weekend": _WEEKEND}
    if kind in fixed:
        return fixed[kind]
    if kind == "days":
        found = re.finditer(rf"(-?)\s*(?:周|星期|礼拜)?([{_CN}])", word)
        return _listed(
            (sign == "-", min(_CN.index(name), 6))
            for sign, name in ((one[1], one[2]) for one in found)
        )
    if kind == "days_en":
        found = re.finditer(r"(-?)\s*([a-z]+)", word)
        return _listed((one[1] == "-", _EN.index(one[2][:2])) for one in found)
    return None


def _listed(parts: Iterator[tuple[bool, int]]) -> frozenset[int]:
    """Give the days of a list in which a day may run from the one before it."""
    days: set[int] = set()
    last = 0
    for is_run, day in parts:
        days |= {(last + step) % 7 for step in range((day - last) % 7 + 1)} if is_run else {day}
        last = day
    return frozenset(days)


_PART: Final = re.compile(
    rf"(?P<early>{_EARLY})?(?P<late>{_LATE})?\s*:?\s*(?P<next>次日|翌日|第二天|隔天)?\s*"
    rf"(?P<early2>{_EARLY})?(?P<late2>{_LATE})?\s*(?P<hour>\d{{1,2}})"
    r"(?:\s*(?P<sign>[:点时])\s*(?:(?P<minute>\d{1,2})\s*分?|(?P<half>半))?)?\s*(?P<noon>[ap]\.?m)?"
)


def _range(word: str) -> Window | None:
    """Give first and last minute, the last up to 48:00 where it is after midnight."""
    first, last = (_PART.match(part.strip()) for part in word.split("-", 1))
    if first is None or last is None or not _is_fair(first, last):
        return None
    is_late = _is_late(last) or (_is_late(first) and not _is_early(last))
    low, high = _minute(first, is_late=_is_late(first)), _minute(last, is_late=is_late)
    if low is None or high is None or low >= MINUTES_A_DAY:
        return None
    if last["next"]:
        high += MINUTES_A_DAY if high <= MINUTES_A_DAY else 0
    elif high <= low:
        if low < _NIGHT_FROM or high + MINUTES_A_DAY - low > _LONGEST_NIGHT:
            return None
        high += MINUTES_A_DAY
    return (low, high) if low < high <= low + MINUTES_A_DAY else None


def _is_clock(end: re.Match[str]) -> bool:
    return bool(end["sign"] or end["noon"])


def _is_fair(first: re.Match[str], last: re.Match[str]) -> bool:
    """Refuse an hour alone beside a clock with a colon: `3-8:00` may be a date or a floor."""
    return all(_is_clock(one) for one in (first, last)) or last["sign"] in ("点", "时")


def _is_late(end: re.Match[str]) -> bool:
    return bool(end["late"] or end["late2"] or (end["noon"] or "").startswith("p"))


def _is_early(end: re.Match[str]) -> bool:
    return bool(end["next"] or end["early"] or end["early2"] or (end["noon"] or "").startswith("a"))


def _minute(end: re.Match[str], *, is_late: bool) -> int | None:
    """Give the minute of a clock, None where there is no such time or it may be two."""
    hour, minute = int(end["hour"]), 30 if end["half"] else int(end["minute"] or 0)
    is_cut = end["sign"] == ":" and len(end["minute"] or "") < 2
    if minute > 59 or hour > 48 or is_cut:
        return None
    word = end["late"] or end["late2"] or end["early"] or end["early2"] or ""
    is_night = word.startswith(("夜", "晚"))
    if (is_night and hour < 5) or (word == "凌晨" and hour == 12):
        return None
    if is_late and (hour < 12 or (is_night and hour == 12)):
        hour += 12
    elif (end["noon"] or "").startswith("a") and hour == 12:
        hour = 0
    return hour * 60 + minute
