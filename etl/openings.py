"""Tell of every facility whether it is open in the evening and at the weekend."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Layer
from etl.readers.hours import Hours, read_hours
from geo.openings import DAYS, OPENINGS, Openings, is_open

_NOTHING: Final = frozenset(
    ("", *"-—/无", "--", "暂无", "不详", "未知", "[]", "null", "None", "nan")
)
"""Cells that say in words that there is nothing: unknown, and no fault."""


def opening_columns(blocks: Sequence[Layer], openings: Openings) -> dict[str, NDArray[Any]]:
    """Give what is known of the hours of the facilities, block after block.

    Returns
    -------
    Arrays with an entry a row: `hours` as written or None, `is_open_evening` and `is_open_weekend`
    true, false or None where it is not known, and `hours_fault`: unread, no_days (the weekend is
    not known for want of days) or None.
    """
    texts = [_text(block, at) for block in blocks for at in range(len(block.row))]
    known: dict[str, tuple[object, ...]] = {
        text: _told(text, openings) for text in set(texts) if text is not None
    }
    rows = [(text, *known[text]) if text is not None else (None,) * 4 for text in texts]
    names = ("hours", *(f"is_open_{name}" for name in OPENINGS), "hours_fault")
    return {name: _objects([row[at] for row in rows]) for at, name in enumerate(names)}


def _text(block: Layer, position: int) -> str | None:
    column = block.columns.get("hours")
    text = "" if column is None else str(column[position] or "").strip()
    return None if text in _NOTHING else text


def _told(text: str, openings: Openings) -> tuple[object, ...]:
    hours = read_hours(text, is_daily=openings.is_daily)
    if hours is None:
        return (*(None for _ in OPENINGS), "unread")
    answers = [is_open(hours.week, DAYS[name], openings.windows(name)) for name in OPENINGS]
    return (*(_word(answer) for answer in answers), _fault(hours, answers))


def _fault(hours: Hours, answers: Sequence[bool | None]) -> str | None:
    return "no_days" if not hours.names_days and None in answers else None


def _word(answer: bool | None) -> str | None:
    return None if answer is None else str(answer).lower()


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
