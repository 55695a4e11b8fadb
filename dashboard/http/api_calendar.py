"""Answer programs and the page about the calendar: what falls due when, and whose it is."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from dashboard.state import BadRequestError
from geo.store.duties import STATES, calendar, owners
from geo.store.opened import OpenRelease
from geo.store.task_edits import NO_EDITS, TaskEdits

PARAMETERS: Final = frozenset({"from", "to", "owner", "d"})
_MOST_DAYS: Final = 800


def calendar_asked(
    release: OpenRelease, words: Mapping[str, str], edits: TaskEdits = NO_EDITS
) -> dict[str, Any]:
    """List what falls due from a day to another; without days, in the month of the data.

    Raises
    ------
    BadRequestError
        A parameter is not known, or is no day, or the days are in the wrong order or too many.
    """
    unknown = sorted(set(words) - PARAMETERS)
    if unknown:
        listed = ", ".join(sorted(PARAMETERS))
        raise BadRequestError(f"{unknown[0][:40]!r} is no parameter; expected some of {listed}")
    first, last = _month(release.facts.as_of)
    start, end = _day(words, "from", first), _day(words, "to", last)
    if not timedelta(0) <= end - start <= timedelta(days=_MOST_DAYS):
        raise BadRequestError(
            f"from {start} to {end}; expected a first day, a last one, and at most {_MOST_DAYS} "
            "days between them"
        )
    owner = words.get("owner") or None
    with release.cursor() as con:
        days = {"start": start.isoformat(), "end": end.isoformat()}
        entries = calendar(con, **days, owner=owner, edits=edits)
        named = owners(con, edits)
    tally = Counter(entry["state"] for entry in entries)
    return {
        "release": release.id,
        "today": last.isoformat(),
        "from": start.isoformat(),
        "to": end.isoformat(),
        "owner": owner,
        "owners": named,
        "counts": {state: tally[state] for state in STATES},
        "entries": entries,
    }


def _month(as_of: str) -> tuple[date, date]:
    """Give the first and the last day of a month YYYY-MM."""
    first = date.fromisoformat(f"{as_of}-01")
    after = first.replace(day=28) + timedelta(days=4)
    return first, after - timedelta(days=after.day)


def _day(words: Mapping[str, str], name: str, default: date) -> date:
    text = words.get(name, "")
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError(f"{name} is {text[:20]!r}; expected a day, YYYY-MM-DD") from error
