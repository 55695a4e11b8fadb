"""Read lists of rooms and equipment by the dictionary of components."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final

from etl.readers.numbers import MEASURES, read_number
from etl.synonyms import CATALOGUE, fold

CLASSES: Final = (
    *("room", "station", "hall", "place", "column", "school", "outdoor", "zone", "function"),
    "equipment",
)
_BETWEEN: Final = re.compile(r"[、，,;；\n\r|]+")
_TOGETHER: Final = re.compile(r"[/／+＋&]")
_AREA: Final = re.compile(r"[（(]\s*([^（()）]*?\d[^（()）]*)\s*[)）]\s*$")
_AREA_M2: Final = MEASURES["floor_area_m2"]


@dataclass(frozen=True)
class Component:
    """A room, place or thing that a document may ask a community for."""

    code: str
    kind: str
    zh: str
    en: str
    category: str | None


@dataclass(frozen=True)
class Room:
    """One part of a list.

    Attributes
    ----------
    code
        Of the component; None where the word is not in the dictionary.
    shared_group
        Number of the room within its cell: functions of one number share one room, whose area
        counts once.
    m2
        Area of the room, where the cell gives it.
    """

    code: str | None
    written: str
    shared_group: int
    m2: float | None


@cache
def components() -> dict[str, Component]:
    """Give the components by code, in the order of the dictionary."""
    return {
        row["code"]: Component(row["code"], row["class"], row["zh"], row["en"], row.get("category"))
        for row in _rows()
    }


@cache
def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for row in _rows():
        for word in (row["code"], row["zh"], *row["synonyms"]):
            words.setdefault(fold(word), row["code"])
    return words


@cache
def _rows() -> list[dict[str, str]]:
    content = tomllib.loads((CATALOGUE / "components.toml").read_text(encoding="utf-8"))
    return content["component"]


def read_rooms(cell: str) -> list[Room]:
    """Read a list of rooms.

    Parts stand between `、` or commas. Functions joined by `/` or `+` share one room, and a number
    in brackets at the end of a part is the area of that room.

    Examples
    --------
    >>> rooms = read_rooms("圖書室/文化室（80㎡）、茶室")
    >>> [(room.code, room.shared_group, room.m2) for room in rooms]
    [('reading_room', 0, 80.0), ('culture_room', 0, 80.0), (None, 1, None)]
    """
    rooms: list[Room] = []
    parts = [part.strip() for part in _BETWEEN.split(cell)]
    for group, part in enumerate(part for part in parts if part):
        bracketed = _AREA.search(part)
        m2 = _square_metres(bracketed[1]) if bracketed else None
        bare = part[: bracketed.start()] if bracketed and m2 is not None else part
        whole = _words().get(fold(bare))
        functions = [bare] if whole else [each for each in _TOGETHER.split(bare) if each.strip()]
        rooms += [Room(_words().get(fold(each)), each.strip(), group, m2) for each in functions]
    return rooms


def _square_metres(text: str) -> float | None:
    number = read_number(text, _AREA_M2)
    if number.text is None or number.flag == "NUM_TEXT":
        return None
    return float(number.text)
