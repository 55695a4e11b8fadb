"""Read the register of what can be wrong with the data: a code to its words in both languages."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from geo.errors import SettingsError

REGISTER: Final = Path(__file__).parents[2] / "data" / "catalogue" / "issues.toml"


@dataclass(frozen=True)
class IssueWords:
    """What an issue code means (title), what was done and is to be done, how to undo it."""

    code: str
    title_zh: str
    title_en: str
    action_zh: str
    action_en: str
    undo_zh: str
    undo_en: str

    def title(self, lang: str) -> str:
        """Say what is wrong."""
        return self.title_zh if lang == "zh" else self.title_en

    def action(self, lang: str) -> str:
        """Say what the build did and what a person can do."""
        return self.action_zh if lang == "zh" else self.action_en

    def undo(self, lang: str) -> str:
        """Say how to undo what the build did."""
        return self.undo_zh if lang == "zh" else self.undo_en


_KEYS: Final = tuple(field.name for field in fields(IssueWords))


@cache
def issue_words() -> Mapping[str, IssueWords]:
    """Give the register, code to words, in order of code."""
    return read_register(REGISTER)


def words_of(code: str) -> IssueWords:
    """Give the words of a code; one that is not in the register stands for itself."""
    return issue_words().get(code) or IssueWords(code, *(code, code), *("",) * 4)


def read_register(path: Path) -> dict[str, IssueWords]:
    """Read a register and check it.

    Raises
    ------
    SettingsError
        The file is not a register: not TOML, or an entry lacks a key, has one too many, holds no
        text, or repeats a code. The message names the entry and, of a wrong key, the nearest one.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path.name} cannot be read ({error}); expected a register of issues in TOML. "
            "Restore the file of this version."
        ) from error
    entries = content.get("issue", [])
    if set(content) != {"issue"} or not isinstance(entries, list) or not entries:
        raise _wrong(path, "it", "holds something else than [[issue]]", "one [[issue]] a code")
    register: dict[str, IssueWords] = {}
    for number, entry in enumerate(entries, start=1):
        words = _checked(path, number, entry)
        if words.code in register:
            raise _wrong(path, f"[[issue]] number {number}", f"repeats {words.code}", "it once")
        register[words.code] = words
    return register


def _checked(path: Path, number: int, entry: Mapping[str, Any]) -> IssueWords:
    title = f"[[issue]] number {number}"
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        near = difflib.get_close_matches(unknown[0], _KEYS, 1)
        expected = f"`{near[0]}`" if near else f"one of {', '.join(_KEYS)}"
        raise _wrong(path, title, f"has the key `{unknown[0]}`", expected)
    empty = [key for key in _KEYS if not isinstance(entry.get(key), str) or not entry[key].strip()]
    if empty:
        raise _wrong(path, title, f"has no text in `{empty[0]}`", "text in quotes")
    return IssueWords(**entry)


def _wrong(path: Path, title: str, what: str, expected: str) -> SettingsError:
    return SettingsError(f"{path.name}: {title} {what}; expected {expected}. Correct the entry.")
