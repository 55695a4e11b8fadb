"""Read the shipped packs: templates of ledgers, what is worked out of them, what falls due.

A pack is one file of `data/indicators`. A city takes a template by `[[ledgers]] pack = "waste"`, an
indicator by `[[indicators]] pack = "waste_accuracy"`, duties by `[[duties]] pack = ...`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from etl.section import Section
from etl.synonyms import fold

PACKS: Final = Path(__file__).resolve().parent.parent.parent / "data" / "indicators"
ROLES: Final = ("key", "lon", "lat", "date", "item", "value", "owner", "due", "closed")
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_PACK_KEYS: Final = (
    *("id", "title", "document", "version", "valid_from"),
    *("ledgers", "indicators", "duties"),
)
_TEMPLATE_KEYS: Final = (
    *("id", "title", "unit", "grain", "note", "columns", "fails", "due_days", "thing"),
    *ROLES,
)
_COLUMN_KEYS: Final = ("en", "also", "meaning", "unit", "example")


@dataclass(frozen=True)
class TemplateColumn:
    """A column of a template: its header, further headers it is known by, and what it means."""

    header: str
    en: str
    also: tuple[str, ...] = ()
    meaning: str = ""
    unit: str = ""
    example: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """Give every header it is known by, its own first."""
        return (self.header, *self.also)


@dataclass(frozen=True)
class Template:
    """A ledger as it is to be kept. `roles` name its columns as `[[ledgers]]` does."""

    id: str
    zh: str
    en: str
    unit: str
    grain: str
    roles: Mapping[str, str]
    columns: Mapping[str, TemplateColumn]
    pack: str
    note: str = ""
    fails: str | None = None
    """The condition under which a row is a task, as `[[ledgers]]` says it."""
    due_days: int | None = None

    @property
    def given(self) -> dict[str, Any]:
        """Give what a block of `[[ledgers]]` need not say any more."""
        said = {"name": self.zh, "unit": self.unit, "grain": self.grain, **self.roles}
        if self.fails is not None:
            said["fails"] = self.fails
        return said if self.due_days is None else {**said, "due_days": self.due_days}

    def find(self, header: str, headers: Sequence[str], mapped: Mapping[str, str]) -> str | None:
        """Find a column of the template among the headers of a file; None where it lacks it.

        What city.toml maps it to comes first, then its own header, then the further ones; case,
        width, script, blanks and brackets do not matter.
        """
        column = self.columns.get(header)
        usual = (header,) if column is None else column.headers
        names = (mapped[header],) if header in mapped else usual
        folded = {fold(each): each for each in reversed(headers)}
        for name in names:
            if name in headers:
                return name
            if found := folded.get(fold(name)):
                return found
        return None


@dataclass(frozen=True)
class Pack:
    """A file of templates, indicators and duties; the last two as they were written."""

    id: str
    zh: str
    en: str
    document: str
    version: int
    valid_from: str
    templates: tuple[Template, ...]
    indicators: tuple[Mapping[str, Any], ...]
    duties: tuple[Mapping[str, Any], ...]


@cache
def packs(folder: Path = PACKS) -> tuple[Pack, ...]:
    """Read every pack of a folder, in order of their names.

    Raises
    ------
    SettingsError
        A file is not as a pack must be, or two things of one kind have one id.
    """
    found = tuple(_pack(path) for path in sorted(folder.glob("*.toml")))
    for kind in ("templates", "indicators", "duties"):
        seen: dict[str, str] = {}
        for pack in found:
            for each in getattr(pack, kind):
                key = each.id if isinstance(each, Template) else str(each.get("id"))
                if key in seen:
                    Section(f"{pack.id}.toml", kind, {}).fail(
                        f"{key} stands in {seen[key]}.toml too", "an id once", "Rename one."
                    )
                seen[key] = pack.id
    return found


def templates() -> dict[str, Template]:
    """Give every shipped template by its id."""
    return {template.id: template for pack in packs() for template in pack.templates}


def shipped(kind: str) -> Iterator[tuple[Section, Pack]]:
    """List the shipped indicators or duties, each as a section to be read, with its pack.

    `kind` is indicators or duties.
    """
    for pack in packs():
        for block in getattr(pack, kind):
            yield Section(f"{pack.id}.toml", f"[[{kind}]] {block.get('id')}", block), pack


def _pack(path: Path) -> Pack:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    section = Section(path.name, "", content)
    section.refuse_unknown(_PACK_KEYS)
    key = section.required_text("id", path.stem)
    if key != path.stem:
        section.fail(f"`id` is {key}", f"the file's name, {path.stem}", "Rename one.")
    valid_from = section.required_text("valid_from", "2026-01-01")
    if not _DAY.fullmatch(valid_from):
        section.fail(f"`valid_from` is {valid_from}", "a day, YYYY-MM-DD", "Correct it.")
    title = both(section, "title")
    return Pack(
        id=key,
        zh=title["zh"],
        en=title["en"],
        document=section.required_text("document", "环境整治方案"),
        version=int(section.number("version", 0, 1, 10_000)),
        valid_from=valid_from,
        templates=tuple(_template(path, key, block) for block in content.get("ledgers", [])),
        indicators=tuple(content.get("indicators", [])),
        duties=tuple(content.get("duties", [])),
    )


def _template(path: Path, pack: str, block: Mapping[str, Any]) -> Template:
    section = Section(path.name, f"[[ledgers]] {block.get('id')}", block)
    section.refuse_unknown(_TEMPLATE_KEYS)
    key = section.required_text("id", "waste")
    if not _ID.fullmatch(key):
        section.fail(f"`id` is {key}", "small letters, digits and _", "Write it so.")
    title = both(section, "title")
    columns = {
        header: _column(path, key, header, column)
        for header, column in block.get("columns", {}).items()
    }
    roles = {role: header for role in ROLES if (header := section.text(role))}
    if header := section.text("thing"):
        roles["id"] = header
    if unknown := [header for header in roles.values() if header not in columns]:
        section.fail(f"{unknown[0]} is no column of it", "one of `columns`", "Add it there.")
    _refuse_shared(section, columns)
    return Template(
        id=key,
        zh=title["zh"],
        en=title["en"],
        unit=section.required_text("unit", "grid"),
        grain=section.required_text("grain", "event"),
        roles=roles,
        columns=columns,
        pack=pack,
        note=section.text("note"),
        fails=section.optional_text("fails"),
        due_days=int(section.number("due_days", 0, 0, 3650)) or None,
    )


def _column(path: Path, template: str, header: str, block: Mapping[str, Any]) -> TemplateColumn:
    section = Section(path.name, f"[[ledgers]] {template} column {header}", block)
    section.refuse_unknown(_COLUMN_KEYS)
    return TemplateColumn(
        header,
        en=section.required_text("en", "Households checked"),
        also=section.texts("also"),
        meaning=section.text("meaning"),
        unit=section.text("unit"),
        example=section.text("example"),
    )


def _refuse_shared(section: Section, columns: Mapping[str, TemplateColumn]) -> None:
    """Stop where one header would be two columns."""
    seen: dict[str, str] = {}
    for column in columns.values():
        for header in map(fold, dict.fromkeys(column.headers)):
            if seen.setdefault(header, column.header) != column.header:
                section.fail(
                    f"{header} is {seen[header]} and {column.header}", "one column", "Take one out."
                )


def both(section: Section, key: str) -> dict[str, str]:
    """Give a text in both languages."""
    words = section.text_map(key)
    if not {"zh", "en"} <= words.keys():
        example = f'{key} = {{ zh = "垃圾分类准确率", en = "Waste sorted correctly" }}'
        section.fail(f"`{key}` lacks a language", example, "Give both.")
    return words
