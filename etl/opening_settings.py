"""Read what a city calls evening and weekend out of city.toml."""

import re
from typing import Final

from etl.section import Section
from geo.openings import MINUTES_A_DAY, OPENINGS, Openings, Window, window_text

_KEYS: Final = (*OPENINGS, "days_unnamed")
_DAILY: Final = {"unknown": False, "daily": True}
_WINDOW: Final = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


def openings_of(section: Section) -> Openings:
    """Read the section [openings] of city.toml.

    Raises
    ------
    SettingsError
        A key is unknown, or a value is no window of a day.
    """
    section.refuse_unknown(_KEYS)
    unnamed = section.text("days_unnamed", "unknown")
    if unnamed not in _DAILY:
        section.fail(f"`days_unnamed` is {unnamed}", "unknown or daily", "Correct it.")
    usual = Openings()
    found = {name: _windows(section, name, usual.windows(name)) for name in OPENINGS}
    return Openings(found["evening"], found["weekend"], _DAILY[unnamed])


def _windows(section: Section, key: str, usual: tuple[Window, ...]) -> tuple[Window, ...]:
    text = section.text(key, window_text(usual))
    windows = tuple(_window(part.strip()) for part in text.split(","))
    if any(one is None for one in windows):
        section.fail(
            f"`{key}` is {text or 'empty'}",
            f'hours of one day, as {key} = "{window_text(usual)}"',
            "Correct it.",
        )
    return tuple(one for one in windows if one is not None)


def _window(text: str) -> Window | None:
    found = _WINDOW.fullmatch(text)
    if found is None:
        return None
    numbers = [int(number) for number in found.groups()]
    low, high = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    is_clock = numbers[1] < 60 and numbers[3] < 60
    return (low, high) if is_clock and low < high <= MINUTES_A_DAY else None
