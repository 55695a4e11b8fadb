"""Write verdicts, and what they were made of, into the tables of a release.

There are many rows and few texts: rows go in as numbers, and the database puts the texts there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.staging import run
from etl.standards.inputs import Given
from etl.standards.packs import PackRule
from etl.standards.verdicts import Found
from geo.formula_values import is_missing
from geo.rules import REASONS, VERDICTS
from geo.store.connect import Connection

_LISTED: Final = ("room_", "class_")
"""Inputs that stand in community_component already."""
_NUMBERS: Final = ("value", "threshold", "gap", "numerator", "unknown", "exempt", "denominator")


@dataclass(frozen=True)
class Judging:
    """A pack rule with its number in the release and the numbers of its pack."""

    idx: int
    rule: PackRule
    numbers: Mapping[str, float | None]
    tables: Mapping[str, Mapping[str, float]]


def store_found(
    con: Connection,
    judgings: Sequence[Judging],
    given: Mapping[str, Given],
    found: Sequence[Found],
) -> None:
    """Write verdicts and the inputs that they were made of."""
    if found:
        _store_verdicts(con, found)
        _store_inputs(con, judgings, given, found)


def _store_verdicts(con: Connection, found: Sequence[Found]) -> None:
    clauses = [text for each in found for text in each.clauses]
    patterns = [text for each in found for text in each.patterns]
    first_clause = np.cumsum([0, *(len(each.clauses) for each in found)])
    first_pattern = np.cumsum([0, *(len(each.patterns) for each in found)])
    pairs = list(enumerate(found))
    columns: dict[str, NDArray[Any]] = {
        "rule_idx": np.concatenate([np.full(len(each.place), each.rule_idx) for each in found]),
        "place_idx": np.concatenate([each.place for each in found]),
        "verdict": np.concatenate([each.verdict for each in found]),
        "reason": np.concatenate([each.reason for each in found]),
        "clause": np.concatenate([each.clause + first_clause[k] for k, each in pairs]),
        "missing": np.concatenate([each.missing + first_pattern[k] for k, each in pairs]),
    }
    for name in _NUMBERS:
        columns[name] = np.concatenate([getattr(each, name) for each in found])
    lists = {"verdicts": list(VERDICTS), "reasons": list(REASONS)}
    _insert(con, "verdict", "found", columns, {**lists, "clauses": clauses, "patterns": patterns})


def _insert(
    con: Connection,
    table: str,
    view: str,
    columns: Mapping[str, NDArray[Any]],
    lists: Mapping[str, list[str]],
) -> None:
    con.register(view, dict(columns))
    try:
        run(con, f"standards/insert_{table}", lists)
    finally:
        con.unregister(view)


def _store_inputs(
    con: Connection,
    judgings: Sequence[Judging],
    given: Mapping[str, Given],
    found: Sequence[Found],
) -> None:
    """Write what the rules of each level used, where it is known, of the places they apply to."""
    levels = list(given)
    table = _Inputs()
    for number, level in enumerate(levels):
        own = given[level]
        used = [each for each in judgings if each.rule.level == level]
        shares = [each.rule.share for each in judgings if each.rule.share]
        counted = [share for share in shares if share.places == level]
        names = {name for each in used if not each.rule.share for name in each.rule.rule.columns}
        names |= {name for share in counted for name in share.columns}
        numbers = {each.idx for each in used}
        places = [each.place for each in found if each.rule_idx in numbers]
        places += [own.place] if counted else []
        if places:
            judged = np.isin(own.place, np.unique(np.concatenate(places)))
            for name in sorted(names):
                table.take(number, name, own, judged)
    if table.parts:
        columns = {
            name: np.concatenate([part[name] for part in table.parts]) for name in table.parts[0]
        }
        lists = {name: list(words) or [""] for name, words in table.lists.items()}
        _insert(con, "input", "known", columns, {"levels": levels, **lists})


class _Inputs:
    """Gathers columns of inputs as numbers; each text is kept once, with its number."""

    def __init__(self) -> None:
        self.parts: list[dict[str, NDArray[Any]]] = []
        self.lists: dict[str, dict[str, int]] = {"names": {}, "words": {}, "origins": {}}

    def take(self, level: int, name: str, own: Given, judged: NDArray[np.bool_]) -> None:
        """Take one column in; one that no place has, or that stands elsewhere, is left out."""
        values = own.values.get(name)
        if values is None or name.startswith(_LISTED):
            return
        known = judged & ~is_missing(values)
        n = int(known.sum())
        is_text = values.dtype == object
        origin = own.origin[name]
        origins = np.full(n, origin, dtype=object) if isinstance(origin, str) else origin[known]
        self.parts.append(
            {
                "level": np.full(n, level),
                "place_idx": own.place[known],
                "name": np.full(n, self._number("names", name)),
                "value": np.zeros(n) if is_text else values[known],
                "word": self._coded("words", values[known]) if is_text else np.full(n, -1),
                "origin": self._coded("origins", origins),
            }
        )

    def _number(self, kind: str, word: str) -> int:
        return self.lists[kind].setdefault(word, len(self.lists[kind]))

    def _coded(self, kind: str, words: NDArray[Any]) -> NDArray[np.int64]:
        at, every = pd.factorize(words)
        numbers = [self._number(kind, str(word)) for word in every]
        return np.array(numbers, dtype=np.int64)[at]
