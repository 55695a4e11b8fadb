"""Take checked values out of one section of city.toml, so that a mistake is one clear message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from geo.errors import SettingsError
from geo.spelling import nearest

_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    dict: "a table",
    list: "a list",
}


@dataclass(frozen=True)
class Section:
    """One table of city.toml; `title` is its name in messages, as `[[facilities]] number 2`."""

    file: str
    title: str
    values: Mapping[str, Any]

    def fail(self, what: str, expected: str, action: str) -> NoReturn:
        """Stop with one message that names the file and the section."""
        place = f"{self.file} {self.title}".rstrip()
        raise SettingsError(f"{place}: {what}; expected {expected}. {action}")

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Stop at the first key that is not known, naming the nearest one that is."""
        names = list(known)
        unknown = [key for key in self.values if key not in names]
        if unknown:
            self.fail(
                f"{count(len(unknown), 'unknown key')}, the first `{unknown[0]}`",
                f"{nearest(unknown[0], names)}one of {', '.join(names)}",
                "Correct the key or take it out.",
            )

    def text(self, key: str, default: str = "") -> str:
        """Give a text without the blanks around it; `default` where the key is absent."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self.wrong_type(key, str)
        return value.strip()

    def required_text(self, key: str, example: str) -> str:
        """Give a text that must be there and must not be empty."""
        value = self.text(key)
        if not value:
            self.fail(f"`{key}` is missing", f'{key} = "{example}"', "Add the line.")
        return value

    def optional_text(self, key: str) -> str | None:
        """Give a text, or None where the key is absent or empty."""
        return self.text(key) or None

    def boolean(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.wrong_type(key, bool)
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """Give a number within its limits, both allowed."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong_type(key, float)
        if not low <= value <= high:
            self.fail(f"`{key}` is {value}", f"a number from {low:g} to {high:g}", "Correct it.")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts, or nothing where the key is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.wrong_type(key, list)
        if wrong := [item for item in value if not isinstance(item, str)]:
            self.fail(f"`{key}` holds {wrong[0]!r}", "a list of texts in quotes", "Correct it.")
        return tuple(value)

    def text_map(self, key: str) -> dict[str, str]:
        """Give a table from text to text, or nothing where the key is absent."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong_type(key, dict)
        if wrong := [name for name, item in value.items() if not isinstance(item, str)]:
            self.fail(
                f"`{key}` gives {wrong[0]} a value that is not text",
                f'{key} = {{ "小学" = "EDU_PRIMARY" }}',
                "Put the value in quotes.",
            )
        return dict(value)

    def number_rows(self, key: str, example: str) -> tuple[tuple[float, ...], ...]:
        """Give a list of rows of numbers, each as long as the example's; nothing where absent.

        `example` is one row as TOML writes it, as `[1.5, 2, 108.1, 26.5]`.
        """
        rows = self.values.get(key, [])
        if not isinstance(rows, list):
            self.wrong_type(key, list)
        width = example.count(",") + 1
        for number, row in enumerate(rows, start=1):
            good = isinstance(row, list) and len(row) == width and all(map(_is_number, row))
            if not good:
                self.fail(
                    f"`{key}` holds {row!r} as number {number}",
                    f"rows of {width} numbers, {key} = [{example}, ...]",
                    "Correct the row.",
                )
        return tuple(tuple(float(value) for value in row) for row in rows)

    def wrong_type(self, key: str, wanted: type) -> NoReturn:
        """Stop because a value is of the wrong kind."""
        value = self.values[key]
        self.fail(
            f"`{key}` is {value!r}, {_WORDS.get(type(value), 'something else')}",
            _WORDS[wanted],
            "Correct the value.",
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def count(number: int, noun: str) -> str:
    """Write a number with its noun in the right form."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
