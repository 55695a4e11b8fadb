"""Name the spelling that a person probably meant, for messages."""

import difflib
from collections.abc import Iterable


def nearest(word: str, names: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Name the spelling that was probably meant, ready to stand before a list; else nothing."""
    close = difflib.get_close_matches(word, list(names), n=1, cutoff=cutoff)
    return f"`{close[0]}`, or " if close else ""
