"""Work out formulas of one row for many rows at once; what is not known stays unknown.

Numbers are float64 with NaN for unknown; conditions are 1, 0 or NaN by Kleene's rules: false and
unknown is false, true or unknown is true, everything else with an unknown in it is unknown.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.formula import (
    COMPARE,
    Among,
    Column,
    Function,
    Missing,
    Negated,
    Node,
    Number,
    Pair,
    Text,
)

Floats = NDArray[np.float64]
Values = NDArray[Any]
"""Numbers as float64, NaN for unknown; or text as objects, None for unknown."""
Inputs = Mapping[str, Values]

_ARITHMETIC: Final[Mapping[str, Callable[[Floats, Floats], Floats]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
}
_COMPARED: Final[Mapping[str, Callable[[Values, Values], Values]]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_FUNCTIONS: Final[Mapping[str, Callable[[list[Floats]], Floats]]] = {
    "abs": lambda values: np.abs(values[0]),
    "ceil": lambda values: np.ceil(values[0] - _slack(values[0])),
    "floor": lambda values: np.floor(values[0] + _slack(values[0])),
    "least": lambda values: reduce(np.minimum, values),
    "greatest": lambda values: reduce(np.maximum, values),
}
ROUNDING: Final = 1e-9
"""Share of a number within which two count as one: 0.3 x 2,000 is 600, whatever binary makes."""


def evaluate(tree: Node, inputs: Inputs, rows: int) -> Floats:
    """Work a formula out for every row.

    Parameters
    ----------
    tree
        Of `geo.formula.read_row_formula`.
    inputs
        Column name to its values, shape (rows,). A column that is not there is unknown everywhere.

    Returns
    -------
    Shape (rows,); a division by zero is unknown. A formula that is a lone text is unknown.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.broadcast_to(_number(tree, inputs, rows), (rows,)).astype(np.float64)


def is_missing(values: Values) -> NDArray[np.bool_]:
    """Mark the cells of a column that are not known."""
    if values.dtype == object:
        return np.array([value is None for value in values], dtype=bool)
    return np.isnan(values)


def _slack(values: Floats) -> Floats:
    return ROUNDING * np.maximum(1.0, np.abs(values))


def _column(name: str, inputs: Inputs, rows: int) -> Values:
    found = inputs.get(name)
    return np.full(rows, np.nan) if found is None else found


def _number(node: Node, inputs: Inputs, rows: int) -> Floats:
    found = np.full(rows, np.nan)
    match node:
        case Number(text):
            found = np.full(rows, float(text))
        case Column(name):
            values = _column(name, inputs, rows)
            found = found if values.dtype == object else values
        case Negated("-", value):
            found = -_number(value, inputs, rows)
        case Function(name, arguments):
            found = _FUNCTIONS[name]([_number(each, inputs, rows) for each in arguments])
        case Pair(op, left, right) if op in _ARITHMETIC:
            found = _ARITHMETIC[op](_number(left, inputs, rows), _number(right, inputs, rows))
        case Pair("/", left, right):
            below = _number(right, inputs, rows)
            found = np.where(below == 0, np.nan, _number(left, inputs, rows) / below)
        case Text():
            pass
        case _:
            found = _condition(node, inputs, rows)
    return found


def _condition(node: Node, inputs: Inputs, rows: int) -> Floats:
    match node:
        case Missing(column):
            found = is_missing(_column(column.name, inputs, rows)).astype(np.float64)
        case Negated("not", value):
            found = 1.0 - _condition(value, inputs, rows)
        case Pair("and" | "or" as op, left, right):
            sides = _condition(left, inputs, rows), _condition(right, inputs, rows)
            found = _both(*sides) if op == "and" else 1.0 - _both(*(1.0 - side for side in sides))
        case Pair(op, left, right) if op in COMPARE.values():
            found = _compare(op, left, right, inputs, rows)
        case Among(value, choices):
            equal = [_compare("=", value, each, inputs, rows) for each in choices]
            found = 1.0 - reduce(_both, [1.0 - each for each in equal])
        case _:
            values = _number(node, inputs, rows)
            found = np.where(np.isnan(values), np.nan, (values != 0).astype(np.float64))
    return found


def _both(left: Floats, right: Floats) -> Floats:
    is_false = (left == 0) | (right == 0)
    return np.where(is_false, 0.0, left * right)


def _compare(op: str, left: Node, right: Node, inputs: Inputs, rows: int) -> Floats:
    texts = _text(left, inputs), _text(right, inputs)
    if any(text is not None for text in texts):
        return _compare_text(op, texts[0], texts[1], rows)
    one, other = _number(left, inputs, rows), _number(right, inputs, rows)
    is_same = np.abs(one - other) <= _slack(other)
    holds = _COMPARED[op](one, other)
    holds = np.where(is_same, op in ("=", "<=", ">="), holds)
    return np.where(np.isnan(one) | np.isnan(other), np.nan, holds.astype(np.float64))


def _text(node: Node, inputs: Inputs) -> Values | None:
    """Give a side of a comparison that is text; None where it is a number."""
    if isinstance(node, Text):
        return np.array(node.value, dtype=object)
    if isinstance(node, Column):
        values = inputs.get(node.name)
        return values if values is not None and values.dtype == object else None
    return None


def _compare_text(op: str, left: Values | None, right: Values | None, rows: int) -> Floats:
    if left is None or right is None:
        return np.full(rows, np.nan)  # a text beside a number or a column that is not there
    one, other = np.broadcast_to(left, (rows,)), np.broadcast_to(right, (rows,))
    known = ~(is_missing(one) | is_missing(other))
    found = np.full(rows, np.nan)
    found[known] = _COMPARED[op](one[known], other[known]).astype(np.float64)
    return found
