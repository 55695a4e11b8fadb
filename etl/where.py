"""Evaluate the filter of a source: `column op literal`, and/or/not/in/is null. Never SQL.

A comparison with an empty cell, or of a number with a cell that is no number, is unknown, as in
SQL; a row is kept where the whole is true.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Objects
from geo.errors import SettingsError
from geo.spelling import nearest

Truth = NDArray[np.int8]
"""1 true, 0 unknown, -1 false: `and` is the least, `or` the greatest, `not` the opposite."""

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w]))
      | '(?P<single>(?:[^']|'')*)' | "(?P<double>[^"]*)" | `(?P<tick>[^`]*)`
      | (?P<op><=|>=|!=|<>|==|=|<|>) | (?P<mark>[(),]) | (?P<word>[^\s()<>=!,'"`]+)
    )""",
    re.VERBOSE,
)
_RESERVED: Final = ("and", "or", "not", "in", "is", "null", "true", "false")
_COMPARE: Final[dict[str, Callable[[NDArray[np.int64]], NDArray[np.bool_]]]] = {
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}
_SAME_OP: Final = {"==": "=", "<>": "!="}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def rows_where(expression: str, columns: Mapping[str, Objects], *, title: str) -> NDArray[np.bool_]:
    """Mark the rows for which a filter is true.

    Parameters
    ----------
    expression
        For example `schools > 0 and 状态 in ('在营', '试营') and not (名称 is null)`. Text stands
        in quotes; a column whose name is not one word stands in backquotes.
    columns
        Header to cells, shape (n,), text or None.
    title
        The section of city.toml, for messages.

    Returns
    -------
    Shape (n,); comparisons are of numbers where the literal is one, else of text.

    Raises
    ------
    SettingsError
        The expression cannot be read, or names a column that is not there.
    """
    parser = _Parser(_tokens(expression, title), columns, expression, title)
    return parser.whole() > 0


def _tokens(expression: str, title: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    end = len(expression.rstrip())
    while at < end:
        found = _TOKEN.match(expression, at)
        if found is None or found.lastgroup is None:
            raise _error(expression, title, f"cannot be read at `{expression[at:].strip()[:20]}`")
        kind, text = found.lastgroup, found[found.lastgroup]
        at = found.end()
        tokens.append(_token(kind, text))
    return tokens


def _token(kind: str, text: str) -> _Token:
    if kind in ("single", "double"):
        return _Token("text", text.replace("''", "'") if kind == "single" else text)
    if kind == "tick":
        return _Token("name", text)
    if kind == "word":
        return _Token(text.lower(), text) if text.lower() in _RESERVED else _Token("name", text)
    return _Token(kind, _SAME_OP.get(text, text))


def _error(expression: str, title: str, what: str) -> SettingsError:
    return SettingsError(
        f'{title}: where = "{expression}" {what}; expected conditions like '
        "schools > 0 and 状态 = '在营'. Correct the filter; columns are named by their header."
    )


class _Parser:
    """Reads tokens from left to right; every method consumes what it evaluates."""

    def __init__(
        self, tokens: list[_Token], columns: Mapping[str, Objects], expression: str, title: str
    ) -> None:
        self._tokens = tokens
        self._at = 0
        self._columns = columns
        self._expression = expression
        self._title = title

    def whole(self) -> Truth:
        truth = self._any()
        if self._kind() != "end":
            raise self._fail(f"has `{self._tokens[self._at].text}` left over")
        return truth

    def _any(self) -> Truth:
        truth = self._all()
        while self._take("or"):
            truth = np.maximum(truth, self._all())
        return truth

    def _all(self) -> Truth:
        truth = self._one()
        while self._take("and"):
            truth = np.minimum(truth, self._one())
        return truth

    def _one(self) -> Truth:
        if self._take("not"):
            return -self._one()
        if self._take_mark("("):
            truth = self._any()
            self._need_mark(")")
            return truth
        return self._condition()

    def _condition(self) -> Truth:
        cells = self._column()
        if self._take("is"):
            wanted = -1 if self._take("not") else 1
            if not self._take("null"):
                raise self._fail("has `is` without `null`")
            is_null = np.array([cell is None for cell in cells], dtype=bool)
            return (np.where(is_null, 1, -1) * wanted).astype(np.int8)
        sense = -1 if self._take("not") else 1
        if self._take("in"):
            return (sense * self._member(cells)).astype(np.int8)
        if sense < 0 or self._kind() != "op":
            raise self._fail("lacks a comparison after a column")
        op = self._next().text
        return _compared(cells, op, self._literal())

    def _member(self, cells: Objects) -> Truth:
        self._need_mark("(")
        truth = _compared(cells, "=", self._literal())
        while self._take_mark(","):
            truth = np.maximum(truth, _compared(cells, "=", self._literal()))
        self._need_mark(")")
        return truth

    def _column(self) -> Objects:
        if self._kind() != "name":
            raise self._fail("lacks a column name")
        name = self._next().text
        if name not in self._columns:
            headers = list(self._columns)
            meant = nearest(name, headers).removesuffix(", or ")
            raise self._fail(
                f"names the column {name}, which is not among {', '.join(headers)}"
                + (f" (meant: {meant})" if meant else "")
            )
        return self._columns[name]

    def _literal(self) -> str | float:
        kind = self._kind()
        if kind not in ("number", "text", "true", "false"):
            raise self._fail("lacks a number or a text in quotes after a comparison")
        text = self._next().text
        return float(text) if kind == "number" else text

    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str) -> bool:
        if self._kind() != kind:
            return False
        self._at += 1
        return True

    def _take_mark(self, mark: str) -> bool:
        return self._kind() == "mark" and self._tokens[self._at].text == mark and self._take("mark")

    def _need_mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            raise self._fail(f"lacks `{mark}`")

    def _fail(self, what: str) -> SettingsError:
        return _error(self._expression, self._title, what)


def _compared(cells: Objects, op: str, literal: str | float) -> Truth:
    """Compare each cell with a literal: unknown where it is empty or not of the literal's kind."""
    if not isinstance(literal, str):
        values = np.array([_number(cell) for cell in cells], dtype=np.float64)
        known = ~np.isnan(values)
        sign = np.sign(np.where(known, values - literal, 0)).astype(np.int64)
    else:
        known = np.array([cell is not None for cell in cells], dtype=bool)
        sign = np.array([_order(cell, literal) for cell in cells], dtype=np.int64)
    return np.where(known, np.where(_COMPARE[op](sign), 1, -1), 0).astype(np.int8)


def _order(cell: str | None, literal: str) -> int:
    text = cell or ""
    return (text > literal) - (text < literal)


def _number(cell: str | None) -> float:
    try:
        return float(cell) if cell is not None else np.nan
    except ValueError:
        return np.nan
