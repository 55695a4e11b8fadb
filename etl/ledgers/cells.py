"""Settle which cells of a ledger are staged: those that a formula or a condition names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from etl.formula_sql import condition_sql, number_columns, sql_of
from etl.ledgers.declared import Indicator, LedgerSource
from etl.synonyms import fold
from geo.errors import SettingsError
from geo.formula import Formula
from geo.spelling import nearest

Kind = Literal["text", "number", "plain"]
"""A cell as written; read as a number; or the number as plain text (约300 is 300, — is none)."""
_LETTER: Final[Mapping[Kind, str]] = {"text": "t", "number": "n", "plain": "p"}


@dataclass(frozen=True)
class Named:
    """A formula and what it stands in, for messages: [[indicators]] waste_accuracy."""

    title: str
    formula: Formula
    is_condition: bool = False


@dataclass(frozen=True)
class Cells:
    """The cells that are staged: (header of the file, kind) to the column of the staged table."""

    columns: Mapping[tuple[str, Kind], str]
    headers: Sequence[str]

    def of(self, header: str, kind: Kind) -> str:
        """Give the column of a cell, by the header as a formula writes it."""
        found = _find(header, self.headers)
        return self.columns[found or header, kind]


def formulas_of(source: LedgerSource, indicators: Sequence[Indicator]) -> list[Named]:
    """List what is asked of the rows of a ledger: its indicators and what makes a row a task."""
    asked = [
        Named(f"[[indicators]] {indicator.id}", indicator.formula)
        for indicator in indicators
        if indicator.ledger == source.name
    ]
    if source.tasks is not None and source.tasks.fails is not None:
        asked.append(
            Named(f"[[ledgers]] {source.name}, fails", source.tasks.fails, is_condition=True)
        )
    return asked


def cells_of(asked: Sequence[Named], headers: Sequence[str], shown: str) -> Cells:
    """Settle the columns that the staged table needs beside those of every ledger.

    Parameters
    ----------
    headers
        Of the file.
    shown
        The file as city.toml writes it, for messages.

    Raises
    ------
    SettingsError
        A formula names a column that the file has not.
    """
    wanted: dict[tuple[str, Kind], None] = {}
    for one in asked:
        for name, kind in _needs(one):
            wanted[_header(one, name, headers, shown), kind] = None
    count = dict.fromkeys(_LETTER, 0)
    columns: dict[tuple[str, Kind], str] = {}
    for header, kind in wanted:
        columns[header, kind] = f"{_LETTER[kind]}{count[kind]}"
        count[kind] += 1
    return Cells(columns, tuple(headers))


def kinds_in(formula: Formula) -> dict[str, Kind]:
    """Tell for each column of a formula in which kind its text is asked for."""
    numbers = number_columns(formula)
    return {name: "plain" if name in numbers else "text" for name in formula.columns}


def _needs(one: Named) -> list[tuple[str, Kind]]:
    """List the cells that the SQL of a formula asks for, by having it said once."""
    kinds = kinds_in(one.formula)
    asked: list[tuple[str, Kind]] = []

    def text(name: str) -> str:
        asked.append((name, kinds[name]))
        return name

    def number(name: str) -> str:
        asked.append((name, "number"))
        return name

    say = condition_sql if one.is_condition else sql_of
    say(one.formula, text, number)
    if one.is_condition:
        # what a row failed by is shown as evidence
        asked += kinds.items()
    return asked


def _header(one: Named, name: str, headers: Sequence[str], shown: str) -> str:
    found = _find(name, headers)
    if found is None:
        raise SettingsError(
            f"{one.title} counts {name}, which {shown} has not; expected "
            f"{nearest(name, headers)}one of {', '.join(headers)}. Correct the formula."
        )
    return found


def _find(name: str, headers: Sequence[str]) -> str | None:
    """Find the column that a formula names; its exact header, or the one that reads the same."""
    if name in headers:
        return name
    alike = [header for header in headers if fold(header) == fold(name)]
    return alike[0] if len(alike) == 1 else None
