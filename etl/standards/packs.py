"""Read packs of rules: what a document asks for, in our own words and as formulas."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from pathlib import Path
from typing import Any, Final

from etl.catalogue import CATALOGUE, CONFIDENCES, categories
from etl.section import Section
from etl.standards.components import CLASSES, components
from geo.errors import SettingsError, SourceMissingError
from geo.formula import Formula, read_row_formula
from geo.rules import SEVERITIES, Bound, Milder, Rule
from geo.spelling import nearest

STANDARDS: Final = CATALOGUE.parents[1] / "standards"
LEVELS: Final = ("grid", "community", "street", "district", "city", "facility", "estate")
_PACK_KEYS: Final = (
    *("code", "title", "document", "version", "effective_from", "effective_to", "confidence"),
    *("params", "tables", "rules", "note"),
)
_RULE_KEYS: Final = (
    *("id", "title", "clause", "level", "category", "applies", "value", "at_least", "at_most"),
    *("components", "classes", "share", "targets", "tolerance", "milder", "exempt", "unit"),
    *("severity", "confidence", "note", "for_categories"),
)
_PARAM_KEYS: Final = ("value", "unit", "title", "masked", "inferred")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")
_ID: Final = re.compile(r"[A-Z][A-Za-z0-9_]*")
_DAY: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class Param:
    """A number of a pack that a city may change.

    `value` is None where the copy of the document masks it; `is_inferred` where a masked number
    was filled in by reasoning, `is_own` where the city gave its own.
    """

    name: str
    zh: str
    en: str
    value: float | None
    unit: str
    is_inferred: bool = False
    is_own: bool = False


@dataclass(frozen=True)
class Share:
    """A demand on the share of the places under an area that meet something.

    Attributes
    ----------
    holds
        Condition on a community; None where `rules` say it.
    rules
        Rules of the same pack of which one must be passed.
    of
        Which communities count; None is all.
    weight
        `one`, or an input such as households.
    places
        What is counted: community or grid.
    """

    holds: Formula | None
    rules: tuple[str, ...]
    of: Formula | None
    weight: str
    exempt: Formula | None
    places: str = "community"

    @property
    def columns(self) -> tuple[str, ...]:
        """List the inputs of the places that are counted."""
        formulas = [each for each in (self.holds, self.of, self.exempt) if each is not None]
        names = [name for each in formulas for name in each.columns]
        return tuple(dict.fromkeys([*names, *([] if self.weight == "one" else [self.weight])]))


@dataclass(frozen=True)
class PackRule:
    """A rule with its words. `targets` are shares by year, for a demand that grows."""

    rule: Rule
    level: str
    zh: str
    en: str
    clause: str
    unit: str
    severity: str
    confidence: str
    category: str | None = None
    components: tuple[str, ...] = ()
    share: Share | None = None
    targets: Mapping[int, float] = field(default_factory=dict[int, float])
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Pack:
    """A document's rules in one version."""

    code: str
    zh: str
    en: str
    document: str
    version: str
    effective_from: str
    effective_to: str | None
    confidence: str
    params: Mapping[str, Param]
    tables: Mapping[str, Mapping[str, float]]
    rules: tuple[PackRule, ...]

    def is_in_force(self, month: str) -> bool:
        """Tell whether the version holds in a month, YYYY-MM."""
        until = self.effective_to or "9999"
        return self.effective_from[: len(month)] <= month <= until + "~"


def shipped() -> tuple[Pack, ...]:
    """Give every pack that comes with the program, each version, in order of file."""
    return _shipped(STANDARDS)


@cache
def _shipped(folder: Path) -> tuple[Pack, ...]:
    return tuple(read_pack(path) for path in sorted(folder.glob("*.toml")))


def read_pack(path: Path) -> Pack:
    """Read one pack and check every key, word and formula.

    Raises
    ------
    SourceMissingError, SettingsError
        There is no such file, or something in it is wrong; the message names the nearest word.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceMissingError(
            f"{path} cannot be opened ({error.strerror}); expected a pack of rules. Check the path."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path.name} is not valid TOML in UTF-8: {error}. Correct that line."
        ) from error
    head = Section(path.name, "", values)
    head.refuse_unknown(_PACK_KEYS)
    code = _matched(head, "code", _CODE, "kaili")
    zh, en = _title(head)
    params = _params(path, values.get("params", {}))
    rules = [
        each
        for number, block in enumerate(values.get("rules", []), start=1)
        for each in _expanded(Section(path.name, f"[[rules]] number {number}", block), code)
    ]
    _refuse_twice(path, [each.rule.id for each in rules])
    return Pack(
        code=code,
        zh=zh,
        en=en,
        document=head.required_text("document", "…实施方案"),
        version=head.required_text("version", "1"),
        effective_from=_matched(head, "effective_from", _DAY, "2020-01"),
        effective_to=head.optional_text("effective_to"),
        confidence=_chosen(head, "confidence", CONFIDENCES, "V"),
        params=params,
        tables={name: dict(table) for name, table in values.get("tables", {}).items()},
        rules=tuple(rules),
    )


def _refuse_twice(path: Path, ids: Sequence[str]) -> None:
    twice = [name for name in dict.fromkeys(ids) if ids.count(name) > 1]
    if twice:
        raise SettingsError(
            f"{path.name} has {ids.count(twice[0])} rules named {twice[0]}; expected a name of its "
            "own for each. Rename them."
        )


def _title(section: Section, key: str = "title") -> tuple[str, str]:
    words = section.text_map(key)
    if not {"zh", "en"} <= words.keys():
        section.fail(f"`{key}` lacks a language", f'{key} = {{ zh = "…", en = "…" }}', "Give both.")
    return words["zh"], words["en"]


def _matched(section: Section, key: str, form: re.Pattern[str], example: str) -> str:
    text = section.required_text(key, example)
    if not form.fullmatch(text):
        section.fail(f"`{key}` is {text}", f"a form like {example}", "Correct it.")
    return text


def _chosen(section: Section, key: str, choices: Sequence[str], default: str) -> str:
    value = section.text(key, default) or default
    if value not in choices:
        expected = f"{nearest(value, choices)}one of {', '.join(choices)}"
        section.fail(f"`{key}` is {value}", expected, "Correct it.")
    return value


def _params(path: Path, tables: Mapping[str, Any]) -> dict[str, Param]:
    found: dict[str, Param] = {}
    for name, values in tables.items():
        section = Section(path.name, f"[params.{name}]", values)
        section.refuse_unknown(_PARAM_KEYS)
        is_masked = section.boolean("masked", default=False)
        if is_masked == ("value" in values):
            section.fail("a number and a mask", "value = 600, or masked = true", "Give one.")
        zh, en = _title(section)
        number = None if is_masked else section.number("value", 0, -1e12, 1e12)
        is_inferred = section.boolean("inferred", default=False)
        found[name] = Param(name, zh, en, number, section.text("unit"), is_inferred)
    return found


def _expanded(section: Section, pack: str) -> list[PackRule]:
    """Read a rule; one with `for_categories` is a rule for each of them."""
    section.refuse_unknown(_RULE_KEYS)
    codes = section.texts("for_categories")
    if not codes:
        return [_rule(section, pack)]
    known = {each.code: each for each in categories()}
    rules: list[PackRule] = []
    for code in codes:
        if code not in known:
            section.fail(
                f"`for_categories` names {code}",
                f"{nearest(code, known)}a category of the catalogue",
                "Correct it.",
            )
        category = known[code]
        filled = _filled(section.values, {
            "{code}": code, "{zh}": category.zh, "{en}": category.en,
            "{radius}": str(category.radius_m or ""),
        })  # fmt: skip
        rules.append(_rule(Section(section.file, f"{section.title} {code}", filled), pack))
    return rules


def _filled(values: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, str):
            filled[key] = reduce(lambda text, mark: text.replace(mark, words[mark]), words, value)
        else:
            filled[key] = _filled(value, words) if isinstance(value, dict) else value
    return filled


def _rule(section: Section, pack: str) -> PackRule:
    key = _matched(section, "id", _ID, "A01")
    level = _chosen(section, "level", LEVELS, "community")
    zh, en = _title(section)
    note_zh, note_en = _title(section, "note") if "note" in section.values else ("", "")
    listed = _components(section)
    share = _share(section) if "share" in section.values else None
    return PackRule(
        rule=_formulas(section, pack, key, listed, share),
        level=level,
        zh=zh,
        en=en,
        clause=section.required_text("clause", "二、（一）"),
        unit=section.text("unit"),
        severity=_chosen(section, "severity", SEVERITIES, "must"),
        confidence=_chosen(section, "confidence", CONFIDENCES, "V"),
        category=section.optional_text("category"),
        components=listed,
        share=share,
        targets=_targets(section),
        note_zh=note_zh,
        note_en=note_en,
    )


def _formulas(
    section: Section, pack: str, key: str, listed: tuple[str, ...], share: Share | None
) -> Rule:
    value = (
        "share" if share else _listed(section, listed) or section.required_text("value", "staff")
    )
    at_least = _bounds(section, "at_least")
    if listed and not at_least:
        clause = section.required_text("clause", "1")
        at_least = (Bound(clause, _formula(section, str(_wanted(section, listed)))),)
    is_asked = at_least or section.values.keys() & {"at_most", "targets"}
    if not is_asked and section.text("severity") != "reference":
        section.fail("nothing is demanded", "at_least = or at_most =", "Add it.")
    return Rule(
        pack=pack,
        id=key,
        value=_formula(section, value),
        at_least=at_least,
        at_most=_bounds(section, "at_most"),
        applies=_optional(section, "applies"),
        tolerance=section.number("tolerance", 0, 0, 1),
        milder=_milder(section),
        exempt=None if share else _optional(section, "exempt"),
    )


def _formula(section: Section, written: str) -> Formula:
    return read_row_formula(written, title=f"{section.file} {section.title}")


def _optional(section: Section, key: str) -> Formula | None:
    written = section.optional_text(key)
    return None if written is None else _formula(section, written)


def _bounds(section: Section, key: str) -> tuple[Bound, ...]:
    """Read one demand, or several with the clause of each."""
    value = section.values.get(key)
    if value is None:
        return ()
    if isinstance(value, str):
        return (Bound(section.text("clause"), _formula(section, value)),)
    if not isinstance(value, dict):
        section.wrong_type(key, str)
    pairs = section.text_map(key)
    return tuple(Bound(clause, _formula(section, text)) for clause, text in pairs.items())


def _milder(section: Section) -> Milder | None:
    if "milder" not in section.values:
        return None
    part = Section(section.file, f"{section.title} milder", section.values["milder"])
    part.refuse_unknown(["when", "at_least"])
    return Milder(
        _formula(part, part.required_text("when", "people = 5000")),
        _formula(part, part.required_text("at_least", "600")),
    )


def _components(section: Section) -> tuple[str, ...]:
    listed = section.texts("components")
    for code in listed:
        if code not in components():
            section.fail(
                f"`components` names {code}",
                f"{nearest(code, components())}a component of the dictionary",
                "Correct it.",
            )
    return listed


def _listed(section: Section, listed: tuple[str, ...]) -> str:
    """Write how many listed components are there, or how many of each class that is asked for."""
    if listed:
        return " + ".join(f"room_{code}" for code in listed)
    classes = _classes(section)
    return " + ".join(f"least(class_{name}, {wanted})" for name, wanted in classes.items())


def _wanted(section: Section, listed: tuple[str, ...]) -> int:
    return len(listed) or sum(_classes(section).values())


def _classes(section: Section) -> dict[str, int]:
    values = section.values.get("classes", {})
    if not isinstance(values, dict):
        section.wrong_type("classes", dict)
    for name in values:
        if name not in CLASSES:
            section.fail(f"`classes` names {name}", f"one of {', '.join(CLASSES)}", "Correct it.")
    return {name: int(number) for name, number in values.items()}


def _share(section: Section) -> Share:
    part = Section(section.file, f"{section.title} share", section.values["share"])
    part.refuse_unknown(["holds", "rules", "of", "weight", "exempt", "places"])
    rules = part.texts("rules")
    holds = _optional(part, "holds")
    if bool(rules) == (holds is not None):
        part.fail("what is counted is not clear", "holds = or rules =", "Give one of the two.")
    weight = part.text("weight", "one") or "one"
    return Share(
        *(holds, rules, _optional(part, "of"), weight, _optional(part, "exempt")),
        places=_chosen(part, "places", ("community", "grid"), "community"),
    )


def _targets(section: Section) -> dict[int, float]:
    values = section.values.get("targets", {})
    if not isinstance(values, dict):
        section.wrong_type("targets", dict)
    for year, share in values.items():
        if not str(year).isdigit() or not isinstance(share, int | float):
            section.fail(f"`targets` gives {year} = {share!r}", "2009 = 0.9", "Correct it.")
    return {int(year): float(share) for year, share in sorted(values.items())}
