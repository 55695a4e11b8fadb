"""Check what comes from a browser before anything is asked of the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dashboard.snapshots import Snapshots
from geo.store.asking import Dropped, Question, resolve
from geo.store.opened import OpenRelease

LANGUAGES: Final = ("zh", "en")
LOWEST_MINUTE, HIGHEST_MINUTE, DEFAULT_MINUTE = 1, 60, 15
LONGEST_ID: Final = 200


class BadRequestError(ValueError):
    """What was sent has not the shape that was asked for; the answer is a 400 with this reason."""


@dataclass(frozen=True)
class Asked:
    """A checked query: the release, the question, what was dropped, the language."""

    release: OpenRelease
    question: Question
    dropped: tuple[Dropped, ...]
    lang: str


def read_query(snapshots: Snapshots, query: object, *, newest_seen: int = 0) -> Asked | None:
    """Turn the store `query` into a question; None while nothing is published.

    Raises
    ------
    BadRequestError
        `query` is not a flat object of texts.
    """
    if query is None:
        query = {}
    if not isinstance(query, Mapping) or not all(
        isinstance(key, str) and (value is None or isinstance(value, str | int | float))
        for key, value in query.items()
    ):
        raise BadRequestError("query is not an object of texts; expected keys like a, c, t, b")
    release = _release(snapshots, query, newest_seen)
    if release is None:
        return None
    question, dropped = resolve(release, query)
    return Asked(release, question, dropped, read_language(query.get("lang")))


def _release(
    snapshots: Snapshots, query: Mapping[str, object], newest_seen: int
) -> OpenRelease | None:
    """Give the release of the month asked for, else the one the page shows, else the current."""
    shown = query.get("r")
    if not query.get("d") and isinstance(shown, str) and len(shown) <= LONGEST_ID:
        found = snapshots.by_id(shown, newest_seen)
        if found is not None:
            return found
    return snapshots.for_month(query.get("d"), newest_seen)


def read_language(value: object) -> str:
    """Give the language asked for, Chinese where it is not one of ours."""
    return value if isinstance(value, str) and value in LANGUAGES else LANGUAGES[0]


def read_minute(value: object) -> int:
    """Give a minute 1..60, 15 where none is given.

    Raises
    ------
    BadRequestError
        It is not a whole number of that range.
    """
    if value is None or value == "":
        return DEFAULT_MINUTE
    text = str(value)
    if text.isascii() and text.isdigit() and len(text) <= 2:
        minute = int(text)
        if LOWEST_MINUTE <= minute <= HIGHEST_MINUTE:
            return minute
    raise BadRequestError(
        f"m is {text[:20]!r}; expected a whole number of minutes, "
        f"{LOWEST_MINUTE} to {HIGHEST_MINUTE}"
    )


def read_point(value: object) -> tuple[float, float]:
    """Give lon, lat (WGS 84 degrees) of the store `click`.

    Raises
    ------
    BadRequestError
        There are not two finite degrees within the world.
    """
    if isinstance(value, Mapping):
        lon, lat = value.get("lon"), value.get("lat")
        are_numbers = all(
            isinstance(each, int | float) and not isinstance(each, bool) for each in (lon, lat)
        )
        if are_numbers and abs(float(str(lon))) <= 180 and abs(float(str(lat))) <= 90:
            return float(str(lon)), float(str(lat))
    raise BadRequestError("click has no lon and lat; expected degrees within the world")


def read_grid_id(value: object) -> str | None:
    """Give the grid id of the store `picked`, None where nothing is picked.

    Raises
    ------
    BadRequestError
        The store does not hold an id or null.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise BadRequestError("picked is not an object; expected {s: grid id or null}")
    grid_id = value.get("s")
    if grid_id is None or (isinstance(grid_id, str) and len(grid_id) <= LONGEST_ID):
        return grid_id or None
    raise BadRequestError("s is not the id of a grid; expected a text")
