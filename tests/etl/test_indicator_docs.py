"""docs/indicators.md names every row of the documents, and every name in it is shipped."""

import re
from fnmatch import fnmatchcase

from etl.ledgers.packs import packs
from tests.conftest import ROOT

CODES = [
    *(f"T{number:02d}" for number in range(1, 15)),
    *(f"H{number:02d}" for number in range(1, 17)),
    *(f"S{number:02d}" for number in range(1, 12)),
    *(f"M{number:02d}" for number in range(1, 17)),
    *("1.7", "1.8"),
    *(f"Q{number:02d}" for number in range(1, 17)),
    *(f"L{number:02d}" for number in range(1, 20)),
]


def _rows() -> list[list[str]]:
    text = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "row"]


def _named() -> set[str]:
    return {name for row in _rows() for name in re.findall(r"`([^`]+)`", row[3])}


def test_every_row_of_the_documents_has_its_answer() -> None:
    answers = {row[0]: row[3] for row in _rows()}
    assert [code for code in CODES if code not in answers] == []
    assert all(len(row) == 4 and all(row) for row in _rows())


def test_every_name_is_shipped_and_everything_shipped_is_named() -> None:
    indicators = {str(block["id"]) for pack in packs() for block in pack.indicators}
    duties = {str(block["id"]) for pack in packs() for block in pack.duties}
    shipped = indicators | duties
    named = _named()
    strange = [name for name in named if not any(fnmatchcase(one, name) for one in shipped)]
    assert strange == []
    silent = [one for one in shipped if not any(fnmatchcase(one, name) for name in named)]
    assert silent == []
