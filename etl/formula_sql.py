"""Say a formula of `geo.formula` in SQL: two aggregates over the rows of a place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from geo.formula import (
    COMPARE,
    Among,
    Call,
    Column,
    Formula,
    Function,
    Missing,
    Negated,
    Node,
    Number,
    Pair,
    Text,
    children,
    parts_of,
    walk,
)

_SCALE: Final = 1000
"""Amounts are added up in thousandths, as everywhere in a release."""


Say = Callable[[str], str]


@dataclass(frozen=True)
class _Cells:
    """How the cell of a column is said, as text and as a number.

    With `parts`, sums over rows are named there and said once more over the names.
    """

    text: Say
    number: Say
    parts: dict[str, str] | None = None

    def over_rows(self, joined: str, written: str) -> str:
        """Say a sum over rows; where it is worked out in two steps, the second of them."""
        if self.parts is None:
            return written
        name = self.parts.setdefault(written, f"part_{len(self.parts)}")
        return f"{joined}({name})"


@dataclass(frozen=True)
class Rolled:
    """A formula worked out in two steps: over the rows of a place, then over places.

    `parts` are SQL aggregates over rows by name; `numerator` and `denominator` aggregate the names.
    """

    parts: Mapping[str, str]
    numerator: str
    denominator: str | None


def sql_of(formula: Formula, cell: Say, number: Say | None = None) -> tuple[str, str | None]:
    """Give the numerator and the denominator of a formula as SQL aggregates.

    The value is the numerator over the denominator, or the numerator where there is none. A row
    that lacks a cell the formula needs counts in no part of it: missing is not zero. Where no row
    is left a part is null, but a plain `count` is 0.

    Parameters
    ----------
    cell
        Header to the SQL of its text cell.
    number
        Header to the SQL of the cell as a double, null for what is no number. Without it the text
        cell goes through the macro `number_of`, which must be there.
    """
    cells = _cells(cell, number)
    known = _known(formula.tree, cells)
    top, bottom = parts_of(formula.tree)
    above = _aggregate(top, cells, known)
    return above, None if bottom is None else _aggregate(bottom, cells, known)


def rolled_sql(formula: Formula, cell: Say, number: Say | None = None) -> Rolled:
    """Give a formula so that the rows are gone through once, and every parent is made of places.

    Sums and counts are added, the least of the least is the least: nothing is a mean of means.

    Parameters
    ----------
    cell, number
        As for `sql_of`.
    """
    cells = replace(_cells(cell, number), parts={})
    known = _known(formula.tree, cells)
    top, bottom = parts_of(formula.tree)
    above = _aggregate(top, cells, known)
    below = None if bottom is None else _aggregate(bottom, cells, known)
    named = {name: written for written, name in (cells.parts or {}).items()}
    return Rolled(named, above, below)


def condition_sql(condition: Formula, cell: Say, number: Say | None = None) -> str:
    """Give a condition on one row as SQL: true, false, or null where a cell that it needs lacks.

    Parameters
    ----------
    condition
        As `geo.formula.read_condition` gives it.
    cell, number
        As for `sql_of`.
    """
    cells = _cells(cell, number)
    known = _known(condition.tree, cells)
    return f"(case when {known} then {_condition(condition.tree, cells)} end)"


def _cells(cell: Say, number: Say | None) -> _Cells:
    return _Cells(cell, number or (lambda name: f"number_of({cell(name)})"))


def _known(tree: Node, cell: _Cells) -> str:
    """Give the condition under which a row has every cell that is compared or added up.

    A column that the formula asks `is null` of is left out: its author says what missing means.
    """
    tested = {node.column.name for node in walk(tree) if isinstance(node, Missing)}
    needed = dict.fromkeys(
        cell.number(column.name) if is_number else cell.text(column.name)
        for column, is_number in _used(tree, is_number=False)
        if column.name not in tested
    )
    return " and ".join(f"{each} is not null" for each in needed) or "true"


def number_columns(formula: Formula) -> tuple[str, ...]:
    """List the columns that a formula adds up or compares with numbers, in order."""
    used = _used(formula.tree, is_number=False)
    return tuple(dict.fromkeys(column.name for column, is_number in used if is_number))


def _used(node: Node, *, is_number: bool) -> Iterator[tuple[Column, bool]]:
    """List the columns of a formula, and whether each is used as a number there."""
    if isinstance(node, Column):
        yield node, is_number
    inside = is_number
    if isinstance(node, Call):
        inside = node.name != "count"
    elif isinstance(node, Function):
        inside = True
    elif isinstance(node, Pair):
        inside = node.op in "+-*/" or (node.op in COMPARE.values() and _is_of_numbers(node))
    elif isinstance(node, Among):
        inside = any(isinstance(choice, Number) for choice in node.choices)
    elif isinstance(node, Negated):
        inside = node.op == "-"
    for child in children(node):
        yield from _used(child, is_number=inside)


def _is_of_numbers(pair: Pair) -> bool:
    """Tell whether a comparison is of numbers: one side is one, or is worked out."""
    return any(
        isinstance(side, Number | Negated | Function)
        or (isinstance(side, Pair) and side.op in "+-*/")
        for side in (pair.left, pair.right)
    )


def _aggregate(node: Node, cell: _Cells, known: str) -> str:
    """Write what stands between aggregates, and each of them over the rows that are known."""
    if isinstance(node, Number):
        return f"{node.text}::double"
    if isinstance(node, Negated):
        return f"(- {_aggregate(node.value, cell, known)})"
    if isinstance(node, Pair):
        left, right = (_aggregate(side, cell, known) for side in (node.left, node.right))
        right = f"nullif({right}, 0)" if node.op == "/" else right
        return f"({left} {node.op} {right})"
    if isinstance(node, Function):
        return _function(node.name, [_aggregate(each, cell, known) for each in node.arguments])
    if not isinstance(node, Call):
        raise TypeError(f"{node} is not between aggregates")
    return _over_rows(node, cell, known)


def _function(name: str, values: list[str]) -> str:
    """Write a function of numbers; the engine's own would pass over those that are not known."""
    written = f"{name}({', '.join(values)})"
    if len(values) == 1:
        return written
    missing = " or ".join(f"{value} is null" for value in values)
    return f"(case when {missing} then null else {written} end)"


def _over_rows(call: Call, cell: _Cells, known: str) -> str:
    if call.name == "count":
        condition = "true" if call.argument is None else _condition(call.argument, cell)
        written = f"count(*) filter (where {known} and {condition})"
        return f"{cell.over_rows('sum', written)}::double"
    if call.argument is None:
        raise TypeError(f"{call.name} without anything to add up")
    value = _value(call.argument, cell)
    if call.name in ("min", "max"):
        return cell.over_rows(call.name, f"{call.name}({value}) filter (where {known})")
    written = cell.over_rows("sum", f"{_total(value)} filter (where {known})")
    total = f"{written}::double / {_SCALE}"
    if call.name == "sum":
        return f"({total})"
    rows = cell.over_rows("sum", f"count(*) filter (where {known})")
    return f"({total} / nullif({rows}, 0))"


def _total(value: str) -> str:
    """Write a sum of whole thousandths: exact, so that the order of rows never shows."""
    return f"sum(cast(round({value} * {_SCALE}) as hugeint))"


def _value(node: Node, cell: _Cells) -> str:
    """Write a number of a row."""
    match node:
        case Number(text):
            return f"{text}::double"
        case Column():
            return cell.number(node.name)
        case Negated("-", value):
            return f"(- {_value(value, cell)})"
        case Function(name, arguments):
            return _function(name, [_value(each, cell) for each in arguments])
        case Pair(op, left, right) if op in "+-*/":
            below = _value(right, cell)
            below = f"nullif({below}, 0)" if op == "/" else below
            return f"({_value(left, cell)} {op} {below})"
        case _:
            return f"(case when {_condition(node, cell)} then 1.0 else 0.0 end)"


def _condition(node: Node, cell: _Cells) -> str:
    """Write whether something holds of a row; what is not known does not hold."""
    match node:
        case Missing(column):
            return f"({cell.text(column.name)} is null)"
        case Negated("not", value):
            return f"(not {_condition(value, cell)})"
        case Pair("and" | "or" as op, left, right):
            return f"({_condition(left, cell)} {op} {_condition(right, cell)})"
        case Pair(op, left, right) if op in COMPARE.values():
            write = _value if _is_of_numbers(node) else _text
            return f"coalesce({write(left, cell)} {op} {write(right, cell)}, false)"
        case Among(value, choices):
            write = _value if any(isinstance(each, Number) for each in choices) else _text
            listed = ", ".join(write(each, cell) for each in choices)
            return f"coalesce({write(value, cell)} in ({listed}), false)"
        case _:
            return f"coalesce({_value(node, cell)} <> 0, false)"


def _text(node: Node, cell: _Cells) -> str:
    match node:
        case Text(value):
            return "'" + value.replace("'", "''") + "'"
        case Column(name):
            return cell.text(name)
        case _:
            return f"cast({_value(node, cell)} as text)"
