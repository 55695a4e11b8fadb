"""Answer the page of underserved grids: both lists, why one grid is on them, what would help."""

from collections.abc import Callable
from typing import Any, Final

from flask import request

from dashboard.state import BadRequestError, read_minute
from geo.store.asking import Question
from geo.store.completeness import completeness, dependence, paper
from geo.store.fairness import fairness
from geo.store.fixes import fixes
from geo.store.opened import OpenRelease
from geo.store.underserved_lists import lists
from geo.store.why import demand_place, why

NAMES: Final = (
    *("underserved", "why", "fixes", "fairness", "paper", "completeness", "dependence"),
)
_LONGEST_ID: Final = 60


def gaps(release: OpenRelease, question: Question, name: str) -> tuple[str, Callable[[], Any]]:
    """Give the rest of the address of an answer, and what makes it.

    Parameters
    ----------
    name
        One of `NAMES`; `why` goes with the grid `s`, `fixes` with the demand point `i`.

    Raises
    ------
    BadRequestError
        The minute, the grid or the place is none.
    """
    minute = read_minute(request.args.get("m"))
    whole: dict[str, Callable[[], Any]] = {
        "underserved": lambda: lists(release, question, minute),
        "fairness": lambda: fairness(release, question, minute),
        "completeness": lambda: completeness(release, question, minute),
        "paper": lambda: paper(release, question),
        "dependence": lambda: dependence(release, question),
    }
    if name in whole:
        return str(minute), whole[name]
    if name == "why":
        grid_id = request.args.get("s", "")
        return f"{minute}/{grid_id}", lambda: _why(release, question, minute, grid_id)
    text = request.args.get("i", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadRequestError(f"i is {text[:20]!r}; expected the number of a demand point")
    place = demand_place(release, int(text))
    if place is None:
        raise BadRequestError(f"there is no demand point {text} in this release")
    return f"{minute}/{text}", lambda: fixes(release, question, minute, place)


def _why(release: OpenRelease, question: Question, minute: int, grid_id: str) -> dict[str, Any]:
    found = why(release, question, minute, grid_id)
    if found is None:
        raise BadRequestError(f"there is no grid {grid_id[:_LONGEST_ID]!r} in this release")
    return found
