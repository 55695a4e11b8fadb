"""Know the usual headers of each column, and compare headers as people read them."""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from etl.names import simplified

CATALOGUE: Final = Path(__file__).resolve().parent.parent / "data" / "catalogue"
_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_LONGEST: Final = 500
"""Letters of a text that are looked at; nothing longer is a header, and cells may have millions."""
_JOINTS: Final = re.compile(r"[\s_\-]+")


def fold(header: str) -> str:
    """Give a header without case, width, script, blanks, joints and what stands in brackets.

    Examples
    --------
    >>> fold("常住人口（人）"), fold("Grid_ID"), fold("村（居）"), fold("網格編碼")
    ('常住人口', 'gridid', '村', '网格编码')
    """
    text = simplified(unicodedata.normalize("NFKC", header[:_LONGEST])).casefold()
    return _JOINTS.sub("", _BRACKETS.sub("", text)) or _JOINTS.sub("", text)


@cache
def synonyms(role: str) -> dict[str, tuple[str, ...]]:
    """Give the folded headers of each column of a role, the preferred first.

    `role` is grids, buildings, facilities, network or basemap.
    """
    content = tomllib.loads((CATALOGUE / "synonyms.toml").read_text(encoding="utf-8"))
    return {
        name: tuple(fold(header) for header in headers) for name, headers in content[role].items()
    }


def match(
    role: str, headers: list[str], taken: set[str], *, cut: Callable[[str], str] = str
) -> dict[str, str]:
    """Find the columns of a role among the headers that are not taken yet.

    Every column takes its most preferred header; a header serves one column only.

    Parameters
    ----------
    cut
        Gives a header as the format of the file keeps it.
    """
    free = {fold(header): header for header in reversed(headers) if header not in taken}
    found: dict[str, str] = {}
    for name, known in synonyms(role).items():
        forms = (form for usual in known for form in (usual, cut(usual)))
        folded = next((form for form in forms if form in free), None)
        if folded is not None:
            found[name] = free.pop(folded)
    return found
