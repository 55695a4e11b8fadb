"""Read [[communities]] and [standards] of city.toml: which ledgers, which packs, which numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from etl.section import Section
from etl.settings import CitySettings, Source, source_values
from etl.standards.charges import KEYS as CHARGE_KEYS
from etl.standards.charges import Charges, read_charges
from etl.standards.columns import COLUMNS, KEYS
from geo.errors import SettingsError

_FILE_KEYS: Final = ("path", "layer", "crs", "encoding", "where")
_FILES: Final = "files"


@dataclass(frozen=True)
class CommunitySource(Source):
    """A table of one row a community."""


@dataclass(frozen=True)
class Asked:
    """What a city says of its standards.

    Attributes
    ----------
    packs
        Codes of the packs that apply, in the order of `[city] standards`.
    numbers
        Pack to parameter to the city's own number.
    files
        Packs of the city's own.
    charges
        Pack to who answers for its rules, and by when.
    """

    packs: tuple[str, ...]
    numbers: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict[str, Mapping[str, float]]
    )
    files: tuple[Path, ...] = ()
    charges: Mapping[str, Charges] = field(default_factory=dict[str, Charges])


def community_sources(settings: CitySettings) -> tuple[CommunitySource, ...]:
    """Give the ledgers of communities of a city, in the order written.

    Raises
    ------
    SettingsError
        The section stands in single brackets, or a key is not known.
    """
    blocks = settings.tables.get("communities", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SettingsError(
            f"{settings.file.name}: [communities] stands in single brackets; expected "
            "[[communities]], once for each file. Double the brackets."
        )
    return tuple(
        _source(settings.file, Section(settings.file.name, f"[[communities]] number {n}", block))
        for n, block in enumerate(blocks, start=1)
    )


def _source(path: Path, section: Section) -> CommunitySource:
    names = (*KEYS, *COLUMNS)
    section.refuse_unknown([*_FILE_KEYS, *names])
    return CommunitySource(**source_values(path, section, names))


def asked(settings: CitySettings) -> Asked:
    """Give the packs that apply, and the numbers and packs of the city's own.

    Raises
    ------
    SettingsError
        `[standards]` is no table of packs, a parameter is no number, or a due day is no day.
    """
    content = settings.tables.get("standards", {})
    file = settings.file.name
    if not isinstance(content, dict):
        raise SettingsError(
            f"{file}: [[standards]] stands in double brackets; expected [standards.kaili] with a "
            "parameter a line. Take one pair of brackets off."
        )
    section = Section(file, "[standards]", content)
    files = tuple(settings.file.parent / name for name in section.texts(_FILES))
    parts = {
        name: Section(file, f"[standards.{name}]", _table(section, name))
        for name in content
        if name != _FILES
    }
    numbers = {name: _numbers(part) for name, part in parts.items()}
    charges = {name: read_charges(part) for name, part in parts.items()}
    return Asked(settings.city.standards, numbers, files, charges)


def _table(section: Section, name: str) -> Mapping[str, Any]:
    values = section.values[name]
    if not isinstance(values, dict):
        section.wrong_type(name, dict)
    return values


def _numbers(section: Section) -> dict[str, float]:
    names = [name for name in section.values if name not in CHARGE_KEYS]
    return {name: section.number(name, 0, -1e12, 1e12) for name in names}
