"""Read [[ledgers]] and [[indicators]] of city.toml: which tables, what is made of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from etl.ledgers.packs import Template, both, shipped
from etl.ledgers.taking import taken, template_of
from etl.ledgers.task_rules import KEYS, TaskRule, indicator_due, task_rule
from etl.section import Section
from etl.settings import CitySettings, Source, source_values
from etl.units.declared import unit_kinds
from geo.errors import SettingsError
from geo.formula import Formula, read_formula
from geo.spelling import nearest

GRIDS: Final = "grids"
COMMUNITIES: Final = "communities"
UNITS_OF: Final = "units:"
"""Names under which an indicator is made from the file of the grids, communities or units."""
UNITS: Final = ("grid", "community", "street", "district", "city", "facility")
GRAINS: Final = ("unit", "unit+period", "event")
LEDGER_COLUMNS: Final = (
    *("key", "lon", "lat", "date", "item", "value", "owner", "due", "closed", "id"),
    *("community", "street", "district"),
)
FACETS: Final = (
    *("居民管理", "社区安全", "社区环境", "文档管理", "地名公共服务", "民生服务", "党建网格"),
)
"""The facet groups of the indicator catalogue; five are the source document's own."""
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_YEARS: Final = (1990, 2100)
EVERY_YEAR: Final = 0
"""The year of a target that is given without one: it holds until a year has its own."""
_INDICATOR_KEYS: Final = (
    *("id", "title", "from", "formula", "unit", "better", "target", "owner_role", "group"),
    *("source", "floor", "due", "note"),
)
_FLOOR_AT_MOST: Final = 100


@dataclass(frozen=True)
class LedgerSource(Source):
    """A table keyed by a place: `unit` is the kind of place a row speaks of. Without a `name` in
    city.toml it is called as its file is.

    `tasks` None: its rows make no tasks.
    """

    name: str = ""
    unit: str = "grid"
    grain: str = "event"
    tasks: TaskRule | None = None
    template: Template | None = None
    """The shipped template that it was taken from."""
    mapped: Mapping[str, str] = field(default_factory=dict[str, str])
    """Column of the template to the header of the file, where they differ."""


@dataclass(frozen=True)
class Indicator:
    """What is worked out of a ledger. `targets` are by year, as fractions for a share; counts under
    `floor` are withheld. With `due`, a place that misses the target is a task of `owner_role`.
    """

    id: str
    zh: str
    en: str
    ledger: str
    formula: Formula
    unit: str
    is_high_better: bool
    targets: Mapping[int, float] = field(default_factory=dict[int, float])
    owner_role: str | None = None
    floor: int = 0
    group: str | None = None
    source: str | None = None
    due: date | None = None
    is_shipped: bool = False
    """Comes with the template of its ledger, and is left out where the file lacks a column."""


def declared(settings: CitySettings) -> tuple[tuple[LedgerSource, ...], tuple[Indicator, ...]]:
    """Check the [[ledgers]] and [[indicators]] of a city.toml.

    Raises
    ------
    SettingsError
        A key, a unit or a grain is not known, a place is missing, a formula cannot be read, an
        indicator is made from no ledger, or two have one name.
    """
    path, kinds = settings.file, tuple(unit_kinds(settings))
    ledgers = _ledgers(path, blocks_of(path, settings.tables, "ledgers"), kinds)
    blocks = blocks_of(path, settings.tables, "indicators")
    own = _indicators(path, blocks, ledgers, register_names(kinds))
    return ledgers, (*own, *_of_templates(ledgers, [indicator.id for indicator in own]))


def blocks_of(path: Path, tables: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Give the blocks `[[name]]` of a city.toml.

    Raises
    ------
    SettingsError
        It stands in single brackets.
    """
    blocks = tables.get(name, [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SettingsError(
            f"{path.name}: [{name}] stands in single brackets; expected [[{name}]], once for each. "
            "Double the brackets."
        )
    return blocks


def register_names(kinds: Sequence[str]) -> tuple[str, ...]:
    """List what an indicator may be made from beside ledgers: the files of the places."""
    return (GRIDS, *(f"{UNITS_OF}{kind}" for kind in kinds), COMMUNITIES)


def _ledgers(
    path: Path, blocks: Sequence[Mapping[str, Any]], kinds: Sequence[str]
) -> tuple[LedgerSource, ...]:
    found = [
        _ledger(path, Section(path.name, f"[[ledgers]] number {number}", block), kinds)
        for number, block in enumerate(blocks, start=1)
    ]
    _refuse_twice(path, "ledgers", "name", [ledger.name for ledger in found])
    return tuple(found)


def _indicators(
    path: Path,
    blocks: Sequence[Mapping[str, Any]],
    ledgers: Sequence[LedgerSource],
    registers: Sequence[str],
) -> tuple[Indicator, ...]:
    names = [*(ledger.name for ledger in ledgers), *registers]
    took = {each.template.id: each.name for each in reversed(ledgers) if each.template}
    found: list[Indicator] = []
    for number, block in enumerate(blocks, start=1):
        section = Section(path.name, f"[[indicators]] number {number}", block)
        found.append(_indicator(taken(section, took), names))
    _refuse_twice(path, "indicators", "id", [indicator.id for indicator in found])
    return tuple(found)


def _of_templates(ledgers: Sequence[LedgerSource], own: Sequence[str]) -> list[Indicator]:
    """List what comes with the templates of ledgers, but what the city defines itself.

    A second ledger of a template is named beside the title, and numbered in the id.
    """
    found: list[Indicator] = []
    times: dict[str, int] = {}
    for ledger in ledgers:
        if ledger.template is None:
            continue
        times[ledger.template.id] = times.get(ledger.template.id, 0) + 1
        for section, _ in shipped("indicators"):
            if section.values["from"] == ledger.template.id:
                block = {**section.values, "from": ledger.name}
                one = _indicator(Section(section.file, section.title, block), [ledger.name])
                found.append(_numbered(one, times[ledger.template.id]))
    return [replace(one, is_shipped=True) for one in found if one.id not in own]


def _numbered(indicator: Indicator, number: int) -> Indicator:
    if number == 1:
        return indicator
    return replace(
        indicator,
        id=f"{indicator.id}__{number}",
        zh=f"{indicator.zh}（{indicator.ledger}）",
        en=f"{indicator.en} ({indicator.ledger})",
    )


def _ledger(path: Path, section: Section, kinds: Sequence[str]) -> LedgerSource:
    file_keys = ("path", "layer", "crs", "encoding", "where", "pack", "columns")
    section.refuse_unknown([*file_keys, "name", "unit", "grain", *LEDGER_COLUMNS, *KEYS])
    template, mapped, section = template_of(section)
    known = template.columns.values() if template else ()
    values = source_values(path, section, LEDGER_COLUMNS)
    unit = _one_of(section, "unit", [*UNITS, *kinds], "grid")
    columns = values["columns"]
    if "key" not in columns and not {"lon", "lat"} <= columns.keys() and unit != "city":
        section.fail("no place is named", "key =, or lon = and lat =, naming columns", "Add it.")
    return LedgerSource(
        **values,
        name=section.text("name") or values["path"].stem,
        unit=unit,
        grain=_one_of(section, "grain", GRAINS, "event"),
        tasks=task_rule(section, columns),
        template=template,
        mapped=mapped,
        usual=tuple(header for each in known for header in each.headers),
    )


def _indicator(section: Section, ledgers: Sequence[str]) -> Indicator:
    section.refuse_unknown(_INDICATOR_KEYS)
    key = section.required_text("id", "waste_accuracy")
    if not _ID.fullmatch(key):
        section.fail(f"`id` is {key}", "small letters, digits and _", "Write it so.")
    title = both(section, "title")
    ledger = section.required_text("from", "环境卫生检查")
    if ledger not in ledgers:
        known = ", ".join(ledgers) or "none is declared"
        section.fail(
            f"`from` is {ledger}",
            f"{nearest(ledger, ledgers)}a ledger's name ({known})",
            "Correct it.",
        )
    group = section.optional_text("group")
    if group is not None:
        _one_of(section, "group", FACETS, group)
    targets = _targets(section)
    formula = read_formula(
        section.required_text("formula", "sum(准确户)/sum(检查户)"),
        title=f"{section.file} {section.title}",
    )
    return Indicator(
        id=key,
        zh=title["zh"],
        en=title["en"],
        ledger=ledger,
        formula=formula,
        unit=section.text("unit"),
        is_high_better=_one_of(section, "better", ("high", "low"), "high") == "high",
        targets=targets,
        owner_role=section.optional_text("owner_role"),
        floor=_floor(section, formula),
        group=group,
        source=section.optional_text("source"),
        due=indicator_due(section, has_target=bool(targets)),
    )


def _floor(section: Section, formula: Formula) -> int:
    floor = section.number("floor", 0, 0, _FLOOR_AT_MOST)
    if floor and not formula.adds_up:
        section.fail(
            f"`floor` is {floor:g} but {formula.written} does not add up from places to parents",
            "sums or counts, or one over another",
            "Take the floor out, or change the formula.",
        )
    return int(floor)


def _targets(section: Section) -> dict[int, float]:
    targets = section.values.get("target", {})
    if isinstance(targets, int | float) and not isinstance(targets, bool):
        return {EVERY_YEAR: float(targets)}
    if not isinstance(targets, dict):
        section.wrong_type("target", dict)
    low, high = _YEARS
    found: dict[int, float] = {}
    for year, value in targets.items():
        is_year = str(year).isdigit() and low <= int(year) <= high
        if not is_year or isinstance(value, bool) or not isinstance(value, int | float):
            section.fail(
                f"`target` gives {year} = {value!r}", "target = { 2026 = 0.9 }", "Correct it."
            )
        found[int(year)] = float(value)
    return dict(sorted(found.items()))


def _one_of(section: Section, key: str, choices: Sequence[str], default: str) -> str:
    value = section.text(key, default) or default
    if value not in choices:
        expected = f"{nearest(value, choices)}one of {', '.join(choices)}"
        section.fail(f"`{key}` is {value}", expected, "Correct it.")
    return value


def _refuse_twice(path: Path, what: str, key: str, names: Sequence[str]) -> None:
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise SettingsError(
            f"{path.name}: {names.count(twice[0])} [[{what}]] have the {key} {twice[0]}; expected "
            "a name of its own for each. Rename them."
        )
