"""Change single lines of a city.toml and leave the rest, comments included, as it was written."""

import copy
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.state import BadRequestError

_KEY: Final = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_SECTION: Final = re.compile(
    r"^(city|walk|grids|demand|facilities|network|units|communities|ledgers)$"
)
_LONGEST: Final = 2_000
_MOST: Final = 500


@dataclass(frozen=True)
class Edit:
    """Set a key of the nth section of a name; None takes the line out, a table is merged."""

    section: str
    number: int
    key: str
    value: str | Mapping[str, str] | None


def read_edits(sent: object) -> list[Edit]:
    """Check a list of edits as a browser sends it.

    Raises
    ------
    BadRequestError
        It is not such a list.
    """
    if not isinstance(sent, Sequence) or isinstance(sent, str) or not 0 < len(sent) <= _MOST:
        raise BadRequestError(
            "edits is not a list; expected objects of section, number, key, value"
        )
    return [_read(each) for each in sent]


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Give the text with the edits made; everything else means what it meant before.

    Raises
    ------
    BadRequestError
        The text is not TOML, has no such section, or writes the key in a way that one line cannot
        replace.
    """
    for edit in edits:
        text = _with(text, edit)
    return text


def _read(each: object) -> Edit:
    if isinstance(each, Mapping):
        section, number = each.get("section"), each.get("number", 0)
        key, value = each.get("key"), each.get("value")
        is_place = isinstance(section, str) and _SECTION.match(section)
        is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _MOST
        if is_place and is_number and isinstance(key, str) and _KEY.match(key) and _fits(value):
            return Edit(str(section), int(number), key, value)
    raise BadRequestError("an edit is malformed; expected section, number, key and a text or table")


def _fits(value: object) -> bool:
    if isinstance(value, Mapping):
        return 0 < len(value) <= _MOST and all(
            isinstance(k, str) and isinstance(v, str) and len(k) + len(v) <= _LONGEST
            for k, v in value.items()
        )
    return value is None or (isinstance(value, str) and len(value) <= _LONGEST)


def _with(text: str, edit: Edit) -> str:
    before = _parsed(text)
    wanted = copy.deepcopy(before)
    section = _section(wanted, edit)
    if edit.value is None:
        section.pop(edit.key, None)
    elif isinstance(edit.value, Mapping):
        section[edit.key] = {**section.get(edit.key, {}), **edit.value}
    else:
        section[edit.key] = edit.value
    made = _written(text.split("\n"), edit, section.get(edit.key))
    if _means(made) != wanted:
        raise BadRequestError(
            f"`{edit.key}` of [{edit.section}] is written over several lines; expected one line. "
            "Change it in the text of city.toml."
        )
    return made


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRequestError(f"city.toml cannot be read: {error}. Correct that line.") from error


def _means(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _section(values: dict[str, Any], edit: Edit) -> dict[str, Any]:
    found = values.get(edit.section)
    parts = found if isinstance(found, list) else [found]
    part = parts[edit.number] if edit.number < len(parts) else None
    if isinstance(part, dict):
        return part
    raise BadRequestError(f"city.toml has no [{edit.section}] number {edit.number + 1}")


def _written(lines: list[str], edit: Edit, value: object) -> str:
    start, end = _span(lines, edit)
    table = re.compile(rf"^\s*\[{edit.section}\.{edit.key}\]")
    inner = next((at for at in range(start + 1, len(lines)) if table.match(lines[at])), None)
    if (
        inner is not None
        and isinstance(edit.value, Mapping)
        and _is_before_next(lines, edit, inner)
    ):
        return _in_table(lines, inner, edit.value)
    key = re.compile(rf"^\s*\"?{edit.key}\"?\s*=")
    at = next((at for at in range(start + 1, end) if key.match(lines[at])), None)
    line = [] if value is None else [f"{edit.key} = {_toml(value)}"]
    if at is not None:
        return "\n".join([*lines[:at], *line, *lines[at + 1 :]])
    path = re.compile(r"^\s*path\s*=")
    after = next((at for at in range(start + 1, end) if path.match(lines[at])), start)
    return "\n".join([*lines[: after + 1], *line, *lines[after + 1 :]])


def _span(lines: list[str], edit: Edit) -> tuple[int, int]:
    head = re.compile(rf"^\s*\[\[?\s*{edit.section}\s*\]")
    starts = [at for at, line in enumerate(lines) if head.match(line)]
    if edit.number >= len(starts):
        raise BadRequestError(f"city.toml has no line [{edit.section}] number {edit.number + 1}")
    start = starts[edit.number]
    ends = (at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("["))
    return start, next(ends, len(lines))


def _is_before_next(lines: list[str], edit: Edit, inner: int) -> bool:
    """Tell whether a table of its own belongs to this section and not to the next of its name."""
    head = re.compile(rf"^\s*\[\[?\s*{edit.section}\s*\]")
    return sum(bool(head.match(line)) for line in lines[:inner]) == edit.number + 1


def _in_table(lines: list[str], inner: int, pairs: Mapping[str, str]) -> str:
    stop = (at for at in range(inner + 1, len(lines)) if lines[at].lstrip().startswith("["))
    end = next(stop, len(lines))
    kept = [
        line
        for line in lines[inner + 1 : end]
        if not any(line.lstrip().startswith((f"{_quoted(word)} ", f"{word} =")) for word in pairs)
    ]
    new = [f"{_quoted(word)} = {_quoted(code)}" for word, code in pairs.items()]
    return "\n".join([*lines[: inner + 1], *new, *kept, *lines[end:]])


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_quoted(str(key))} = {_quoted(str(each))}" for key, each in value.items())
        return "{ " + ", ".join(pairs) + " }"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
