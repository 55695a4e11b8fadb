"""Read the small formula language of indicators. Never `eval`, never SQL.

    sum(准确户) / sum(检查户)        count(闭环日期 <= 整改期限) / count()        mean(得分)

Aggregates `sum mean min max count` over the rows of a ledger; inside them columns by name,
numbers, 'text', + - * /, comparisons, `and or not`, `in (...)`, `is null`, and the functions `abs
ceil floor greatest least`, which may stand between aggregates too. A name that is not one word
stands in backquotes. What is asked for is one number a place, and its two parts where the formula
is a share, so that a parent is summed from parts and never from rates.

A rule of a standard is one row of inputs at a time: the same language without aggregates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from geo.errors import SettingsError
from geo.spelling import nearest

AGGREGATES: Final = ("sum", "mean", "min", "max", "count")
FUNCTIONS: Final[dict[str, tuple[int, int | None]]] = {
    "abs": (1, 1),
    "ceil": (1, 1),
    "floor": (1, 1),
    "greatest": (2, None),
    "least": (2, None),
}
"""Functions of numbers, and how many they take at least and at most."""
_RESERVED: Final = ("and", "or", "not", "in", "is", "null")
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?(?!\w)|\.\d+(?!\w))
      | '(?P<text>(?:[^']|'')*)' | `(?P<tick>[^`]*)`
      | (?P<op><=|>=|!=|<>|==|=|<|>|[-+*/]) | (?P<mark>[(),])
      | (?P<word>[^\W\d]\w*)
    )""",
    re.VERBOSE,
)
COMPARE: Final = {"==": "=", "=": "=", "!=": "<>", "<>": "<>"} | {
    op: op for op in ("<", "<=", ">", ">=")
}


@dataclass(frozen=True)
class Number:
    """A number as it was written."""

    text: str


@dataclass(frozen=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True)
class Column:
    """A column by its header."""

    name: str


@dataclass(frozen=True)
class Call:
    """An aggregate over the rows of a place; `count` may stand without anything to count."""

    name: str
    argument: "Node | None"


@dataclass(frozen=True)
class Function:
    """A function of numbers; unknown where one of them is."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Negated:
    """The opposite of a number (`-`) or of a condition (`not`)."""

    op: str
    value: "Node"


@dataclass(frozen=True)
class Pair:
    """Two parts and what stands between them."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Among:
    """Whether a value is one of a list."""

    value: "Node"
    choices: tuple["Node", ...]


@dataclass(frozen=True)
class Missing:
    """Whether a cell is empty."""

    column: Column


Node = Number | Text | Column | Call | Function | Negated | Pair | Among | Missing


@dataclass(frozen=True)
class Formula:
    """A formula that was read and makes sense. `columns` are the headers it needs, in order."""

    written: str
    tree: Node
    columns: tuple[str, ...]

    @property
    def is_share(self) -> bool:
        """Tell whether the value is one part over another: a division at the top, or a mean."""
        return parts_of(self.tree)[1] is not None

    @property
    def adds_up(self) -> bool:
        """Tell whether the parts of children add up to those of their parent: sums and counts."""
        parts = [part for part in parts_of(self.tree) if part is not None]
        return all(_adds_up(part) for part in parts)


def read_formula(written: str, *, title: str) -> Formula:
    """Read a formula.

    Parameters
    ----------
    written
        For example `sum(准确户)/sum(检查户)`.
    title
        The section of city.toml, for messages.

    Raises
    ------
    SettingsError
        It cannot be read, a column stands outside an aggregate, or one aggregate inside another.
    """
    tree = _Parser(written, title).whole()
    _check(tree, written, title, is_inside=False)
    names = dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Column))
    return Formula(written, tree, tuple(names))


def read_row_formula(written: str, *, title: str) -> Formula:
    """Read a formula of one row of inputs: columns stand by themselves, nothing is added up.

    Parameters
    ----------
    written
        For example `greatest(0.3 * households, 600)`.
    title
        What the formula belongs to, for messages.

    Raises
    ------
    SettingsError
        It cannot be read, or it holds an aggregate.
    """
    tree = _Parser(written, title).whole()
    nodes = list(walk(tree))
    if call := next((node for node in nodes if isinstance(node, Call)), None):
        _fail(written, title, f"`{call.name}` adds rows up", "columns of one row")
    return Formula(
        written, tree, tuple(dict.fromkeys(n.name for n in nodes if isinstance(n, Column)))
    )


def read_condition(written: str, *, title: str) -> Formula:
    """Read a condition on one row: `得分 < 90 and 闭环 is null`. Its top is true or false.

    Raises
    ------
    SettingsError
        It cannot be read, it holds an aggregate, or it gives a number.
    """
    formula = read_row_formula(written, title=title)
    if not _is_condition(formula.tree):
        _fail(written, title, "nothing is compared", "得分 < 90 or so")
    return formula


def _is_condition(node: Node) -> bool:
    if isinstance(node, Pair | Negated):
        return node.op in ("and", "or", "not", *COMPARE.values())
    return isinstance(node, Missing | Among)


def parts_of(tree: Node) -> tuple[Node, Node | None]:
    """Split a share into what is summed above and below."""
    if isinstance(tree, Pair) and tree.op == "/":
        return tree.left, tree.right
    if isinstance(tree, Call) and tree.name == "mean":
        return Call("sum", tree.argument), Call("count", None)
    return tree, None


def _adds_up(node: Node) -> bool:
    if isinstance(node, Pair):
        return node.op in "+-" and _adds_up(node.left) and _adds_up(node.right)
    return isinstance(node, Call) and node.name in ("sum", "count")


def children(node: Node) -> tuple[Node, ...]:
    found: tuple[Node, ...] = ()
    match node:
        case Call(_, argument) if argument is not None:
            found = (argument,)
        case Function(_, arguments):
            found = arguments
        case Negated(_, value):
            found = (value,)
        case Pair(_, left, right):
            found = (left, right)
        case Among(value, choices):
            found = (value, *choices)
        case Missing(column):
            found = (column,)
        case _:
            pass
    return found


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def _check(node: Node, written: str, title: str, *, is_inside: bool) -> None:
    if isinstance(node, Call) and is_inside:
        _fail(written, title, f"`{node.name}` stands inside another sum", "columns inside it")
    if isinstance(node, Column) and not is_inside:
        _fail(written, title, f"column {node.name} stands by itself", f"sum({node.name}) or so")
    for child in children(node):
        _check(child, written, title, is_inside=is_inside or isinstance(node, Call))


def _fail(written: str, title: str, what: str, expected: str) -> NoReturn:
    raise SettingsError(
        f"{title}: in the formula {written}: {what}; expected {expected}. Correct the formula."
    )


class _Parser:
    """Reads by falling from the loosest binding to the tightest."""

    def __init__(self, written: str, title: str) -> None:
        self._written, self._title = written, title
        self._tokens = list(self._split())
        self._at = 0

    def whole(self) -> Node:
        tree = self._any()
        if self._at < len(self._tokens):
            self._stop(f"`{self._tokens[self._at][1]}` follows a formula that is whole", "its end")
        return tree

    def _split(self) -> Iterator[tuple[str, str]]:
        at, end = 0, len(self._written.rstrip())
        while at < end:
            found = _TOKEN.match(self._written, at)
            if found is None or found.lastgroup is None:
                self._stop(f"`{self._written[at:end].strip()[:12]}` is no part of it", "a name")
            yield found.lastgroup, found[found.lastgroup]
            at = found.end()

    def _stop(self, what: str, expected: str) -> NoReturn:
        _fail(self._written, self._title, what, expected)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, *texts: str) -> str | None:
        """Take the next mark or word if it is one of these."""
        kind, text = self._peek()
        if kind in ("op", "mark", "word") and text.lower() in texts:
            self._at += 1
            return text.lower()
        return None

    def _need(self, text: str) -> None:
        if not self._take(text):
            found = self._peek()[1]
            self._stop(f"`{found}` stands" if found else "it ends", f"`{text}` there")

    def _any(self) -> Node:
        node = self._all()
        while self._take("or"):
            node = Pair("or", node, self._all())
        return node

    def _all(self) -> Node:
        node = self._not()
        while self._take("and"):
            node = Pair("and", node, self._not())
        return node

    def _not(self) -> Node:
        return Negated("not", self._not()) if self._take("not") else self._compared()

    def _compared(self) -> Node:
        node = self._sum()
        if op := self._take(*COMPARE):
            return Pair(COMPARE[op], node, self._sum())
        if self._take("is"):
            is_not = bool(self._take("not"))
            self._need("null")
            if not isinstance(node, Column):
                self._stop("`is null` follows something else", "a column before it")
            return Negated("not", Missing(node)) if is_not else Missing(node)
        is_not = bool(self._take("not"))
        if self._take("in"):
            among = Among(node, self._choices())
            return Negated("not", among) if is_not else among
        if is_not:
            self._stop("`not` stands alone", "`not in (...)`")
        return node

    def _choices(self) -> tuple[Node, ...]:
        self._need("(")
        choices = [self._sum()]
        while self._take(","):
            choices.append(self._sum())
        self._need(")")
        return tuple(choices)

    def _sum(self) -> Node:
        node = self._product()
        while op := self._take("+", "-"):
            node = Pair(op, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while op := self._take("*", "/"):
            node = Pair(op, node, self._signed())
        return node

    def _signed(self) -> Node:
        return Negated("-", self._signed()) if self._take("-") else self._single()

    def _single(self) -> Node:
        kind, text = self._peek()
        if self._take("("):
            node = self._any()
            self._need(")")
            return node
        if kind == "end" or kind in ("op", "mark") or text.lower() in _RESERVED:
            self._stop(f"`{text}` stands" if text else "it ends", "a number, a name or a sum there")
        self._at += 1
        if kind == "number":
            return Number(text)
        if kind == "text":
            return Text(text.replace("''", "'"))
        return self._called(text) if kind == "word" and self._take("(") else Column(text)

    def _called(self, name: str) -> Node:
        known = name.lower()
        if known in FUNCTIONS:
            return Function(known, self._arguments(known))
        if known not in AGGREGATES:
            every = (*AGGREGATES, *FUNCTIONS)
            self._stop(f"`{name}` is no sum", f"{nearest(known, every)}one of {', '.join(every)}")
        if self._take(")"):
            if known != "count":
                self._stop(f"`{name}()` says nothing to add up", "a column in the brackets")
            return Call("count", None)
        argument = self._any()
        self._need(")")
        return Call(known, argument)

    def _arguments(self, name: str) -> tuple[Node, ...]:
        arguments = [self._any()]
        while self._take(","):
            arguments.append(self._any())
        self._need(")")
        low, high = FUNCTIONS[name]
        if len(arguments) < low or (high is not None and len(arguments) > high):
            expected = f"{low} there" if high == low else f"at least {low} there"
            self._stop(f"`{name}` takes {len(arguments)}", expected)
        return tuple(arguments)
