"""Read [[units]] of city.toml: which further places there are, and where their files stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from etl.section import Section
from etl.settings import FILE_KEYS, CitySettings, Source, source_values
from geo.errors import SettingsError

KINDS: Final[dict[str, tuple[str, str]]] = {
    "estate": ("小区", "Estate"),
    "committee": ("居委会", "Residents' committee"),
    "party_grid": ("党建网格", "Party grid"),
    "management_cell": ("管理单元", "Management cell"),
}
"""Kinds with words of their own; a city may name others."""
COMMITTEE: Final = "committee"
# fmt: off
UNIT_COLUMNS: Final[tuple[str, ...]] = (
    "id", "name", "lon", "lat", "community", "community_code", "street", "street_code",
    "decided_street", "district", "district_code", "people", "households",
)
# fmt: on
_TAKEN: Final = ("grid", "community", "street", "district", "city", "facility")
"""Levels that the grids and the facilities make; a ledger is kept by them under these words."""
_KIND: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True)
class UnitSource(Source):
    """A file of further places of one kind, and what a page calls the kind."""

    kind: str = ""
    zh: str = ""
    en: str = ""


def declared_units(settings: CitySettings) -> tuple[UnitSource, ...]:
    """Check the [[units]] of a city.toml; several blocks may be of one kind.

    Raises
    ------
    SettingsError
        A key is not known, a kind is missing or is a level of the grids, a title lacks a language.
    """
    blocks = settings.tables.get("units", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SettingsError(
            f"{settings.file.name}: [units] stands in single brackets; expected [[units]], once "
            "for each file. Double the brackets."
        )
    return tuple(_unit(settings, number, block) for number, block in enumerate(blocks, start=1))


def unit_kinds(settings: CitySettings) -> dict[str, tuple[str, str]]:
    """Give every kind that a ledger may be kept by, with its words zh and en.

    The kinds that are declared, in order; then committees, which the grids may name.
    """
    found: dict[str, tuple[str, str]] = {}
    for source in declared_units(settings):
        found.setdefault(source.kind, (source.zh, source.en))
    found.setdefault(COMMITTEE, KINDS[COMMITTEE])
    return found


def _unit(settings: CitySettings, number: int, block: Mapping[str, Any]) -> UnitSource:
    section = Section(settings.file.name, f"[[units]] number {number}", block)
    section.refuse_unknown([*FILE_KEYS, "kind", "title", *UNIT_COLUMNS])
    kind = section.required_text("kind", "estate")
    if kind in _TAKEN:
        section.fail(
            f"`kind` is {kind}, which the grids or the facilities make already",
            f"one of {', '.join(KINDS)}, or a word of your own",
            "Choose another word.",
        )
    if not _KIND.fullmatch(kind):
        section.fail(
            f"`kind` is {kind}",
            "at most 30 small letters, digits and _, a letter first",
            "Write it so; what people read is its title.",
        )
    zh, en = _title(section, kind)
    return UnitSource(
        **source_values(settings.file, section, UNIT_COLUMNS), kind=kind, zh=zh, en=en
    )


def _title(section: Section, kind: str) -> Sequence[str]:
    title = section.text_map("title")
    if title and not {"zh", "en"} <= title.keys():
        section.fail(
            "`title` lacks a language", 'title = { zh = "小区", en = "Estate" }', "Give both."
        )
    plain = kind.replace("_", " ")
    known = KINDS.get(kind, (plain, plain.capitalize()))
    return title.get("zh", known[0]), title.get("en", known[1])
