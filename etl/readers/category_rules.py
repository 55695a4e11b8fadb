"""Tell a facility's category by rules: AMap types, OpenStreetMap tags, words of its name.

Every answer depends on one row alone, so the order of rows is irrelevant.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from etl.catalogue import categories, read_toml, tables, words
from etl.section import Section
from etl.synonyms import fold
from geo.spelling import nearest

_FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "catalogue"
ASIDE: Final = "aside"
_CODE: Final = re.compile(r"\d{5,6}")
_TAG: Final = re.compile(r"^\s*([a-z][a-z0-9_:]*)\s*=\s*([^=]+?)\s*$")
_JOINED: Final = re.compile(r"[|｜]")
_LEVELS: Final = re.compile(r"[;；:：>|/]")
_DEPTHS: Final = (6, 4, 2)
_OWN_KEYS: Final = ("category", "why", "by_name", "doubtful")


@dataclass(frozen=True)
class Rule:
    """What one entry of a rule file says.

    Attributes
    ----------
    label
        How the entry is named to a person.
    category
        None: the kind is set aside, because of `why`.
    by_name
        Patterns of categories that a name may say instead; `aside` lets a name set the row aside.
    is_doubtful
        The kind mixes categories, so that every row taken by default is reported.
    is_weak
        A word that does not speak against a type code or tag.
    """

    label: str
    category: str | None
    why: str
    by_name: tuple[str, ...]
    is_doubtful: bool
    is_weak: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a row is. Without a category it is set aside on purpose where `why` says so.

    `how` is one of map, catalogue, amap, osm, word, name, or "" where nothing fits.
    """

    category: str | None
    how: str
    label: str = ""
    why: str = ""
    is_doubtful: bool = False

    @property
    def is_known(self) -> bool:
        """Tell whether some rule decided, be it to set the row aside."""
        return self.category is not None or bool(self.why)


UNKNOWN: Final = Verdict(None, "")


@dataclass(frozen=True)
class _Word:
    text: str
    order: int
    rule: Rule
    barred: tuple[str, ...]


@dataclass(frozen=True)
class _Tagged:
    tags: frozenset[str]
    rule: Rule


def by_amap(cell: str, name: str | None) -> Verdict:
    """Read a cell as type codes or type texts of AMap, several of them joined by `|`.

    A code that a spreadsheet took for a number has lost its leading zero; it is given back.
    """
    found = [_amap_rule(part) for part in _JOINED.split(cell)]
    verdicts = [settle("amap", rule, name) for rule in found if rule is not None]
    mapped = (verdict for verdict in verdicts if verdict.category is not None)
    return next(mapped, verdicts[0] if verdicts else UNKNOWN)


def by_tags(tags: frozenset[str], name: str | None) -> Verdict:
    """Read tags of OpenStreetMap, each written `key=value`."""
    fitting = [entry for entry in _osm() if entry.tags <= tags]
    if not fitting:
        return UNKNOWN
    return settle("osm", max(fitting, key=lambda entry: len(entry.tags)).rule, name)


def by_tag_text(cell: str, name: str | None) -> Verdict:
    """Read a cell that holds tags as text (`amenity=clinic`) or the name of a Geofabrik class."""
    parts = [_TAG.match(part) for part in re.split(r"[;,|]", cell)]
    tags = frozenset(f"{part[1]}={part[2]}" for part in parts if part is not None)
    if tags:
        return by_tags(tags, name)
    rule = _classes().get(cell.strip().lower())
    return UNKNOWN if rule is None else settle("osm", rule, name)


def by_word(cell: str, name: str | None) -> Verdict:
    """Find a keyword in the word that the column of categories holds, its last level first."""
    parts = [part for part in _LEVELS.split(cell) if part.strip()]
    found = (keyword(part) for part in reversed(parts))
    rule, is_tied = next((each for each in found if each[0] is not None), (None, False))
    if rule is None:
        return UNKNOWN
    verdict = settle("word", rule, name)
    # a name that decided is as sure as its own rule
    return verdict if verdict.how == "name" else _tied(verdict, is_tied=is_tied)


def by_name(name: str) -> Verdict:
    """Find a keyword in the name of a facility."""
    rule, is_tied = keyword(name)
    return UNKNOWN if rule is None else _tied(_plain("name", rule), is_tied=is_tied)


def settle(how: str, rule: Rule, name: str | None) -> Verdict:
    """Let the name choose among the categories that a rule leaves to it; else take its default."""
    if name and rule.by_name:
        said, is_tied = keyword(name)
        if said is not None and said.category == rule.category:
            # the name agrees: as sure as the surer of the two
            is_doubtful = rule.is_doubtful and (said.is_doubtful or is_tied)
            return replace(_plain(how, rule), is_doubtful=is_doubtful)
        if said is not None and _is_allowed(rule, said):
            return _tied(_plain("name", said), is_tied=is_tied)
    return _plain(how, rule)


def osm_keys() -> frozenset[str]:
    """List the keys of OpenStreetMap that some rule asks for."""
    return frozenset(tag.partition("=")[0] for entry in _osm() for tag in entry.tags)


@lru_cache(maxsize=1 << 16)
def keyword(text: str) -> tuple[Rule | None, bool]:
    """Give the rule of the longest keyword in a text, and whether another rule ties with it.

    Of equally long ones the last in the text is taken: a Chinese name ends with what the thing is.
    """
    folded = fold(text)
    found = [
        word
        for word in _words()
        if word.text in folded and not any(bar in folded for bar in word.barred)
    ]
    if not found:
        return None, False
    best = max(found, key=lambda word: (len(word.text), folded.rfind(word.text), -word.order))
    tied = any(
        len(word.text) == len(best.text)
        and word.rule.category != best.rule.category
        and not word.rule.is_weak
        for word in found
    )
    return best.rule, tied


def _is_allowed(rule: Rule, said: Rule) -> bool:
    if said.category is None:
        return ASIDE in rule.by_name and not said.is_weak
    return any(fnmatchcase(said.category, pattern) for pattern in rule.by_name)


def _plain(how: str, rule: Rule) -> Verdict:
    why = rule.why if rule.category is None else ""
    return Verdict(rule.category, how, rule.label, why, rule.is_doubtful)


def _tied(verdict: Verdict, *, is_tied: bool) -> Verdict:
    if not is_tied or verdict.category is None:
        return verdict
    return replace(verdict, is_doubtful=True)


def _amap_rule(part: str) -> Rule | None:
    text = part.strip().removesuffix(".0")
    if _CODE.fullmatch(text):
        code = text.zfill(6)
        return next((_amap()[code[:n]] for n in _DEPTHS if code[:n] in _amap()), None)
    path = tuple(segment.strip() for segment in text.replace("；", ";").split(";"))
    if len(path) == 1:
        return _amap_words().get(path[0])
    return next(
        (_amap_texts()[path[:n]] for n in range(len(path), 0, -1) if path[:n] in _amap_texts()),
        None,
    )


@cache
def _amap() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for section in _sections("amap.toml", "amap", ("code", "text", "confidence")):
        code = section.required_text("code", "0903")
        if not re.fullmatch(r"\d{2}|\d{4}|\d{6}", code) or code in found:
            section.fail(f"`code` is {code}", "2, 4 or 6 digits, each code once", "Correct it.")
        path = section.texts("text")
        if len(path) != len(code) // 2:
            section.fail(f"`text` is {list(path)}", "one word for each two digits", "Correct it.")
        found[code] = _rule(section, f"AMap {code.ljust(6, '0')} {path[-1]}")
    return found


@cache
def _amap_texts() -> dict[tuple[str, ...], Rule]:
    sections = _sections("amap.toml", "amap", ("code", "text", "confidence"))
    return {section.texts("text"): _amap()[section.text("code")] for section in sections}


@cache
def _amap_words() -> dict[str, Rule]:
    """Give the rule of each 中类 and 小类 written alone, where it is a facility of ours."""
    return {
        path[-1]: rule
        for path, rule in _amap_texts().items()
        if len(path) > 1 and rule.category is not None
    }


@cache
def _osm() -> tuple[_Tagged, ...]:
    found: list[_Tagged] = []
    for section in _sections("osm_tags.toml", "osm", ("tags", "fclass")):
        tags = section.texts("tags")
        if not tags or not all(_TAG.match(tag) for tag in tags):
            section.fail(f"`tags` is {list(tags)}", '["amenity=clinic"]', "Correct it.")
        found.append(_Tagged(frozenset(tags), _rule(section, "OSM " + " ".join(tags))))
    return tuple(found)


@cache
def _classes() -> dict[str, Rule]:
    sections = _sections("osm_tags.toml", "osm", ("tags", "fclass"))
    named = zip(sections, _osm(), strict=True)
    return {
        section.text("fclass"): entry.rule for section, entry in named if section.text("fclass")
    }


@cache
def _words() -> tuple[_Word, ...]:
    found: list[_Word] = []
    for order, section in enumerate(
        _sections("keywords.toml", "keyword", ("words", "not", "weak"))
    ):
        listed = section.texts("words")
        if not listed:
            section.fail("`words` is missing", 'words = ["养老院"]', "Add the line.")
        rule = _rule(section, "")
        barred = tuple(fold(bar) for bar in section.texts("not"))
        for text in listed:
            is_weak = section.boolean("weak", default=False)
            own = replace(rule, label=f"the word {text}", is_weak=is_weak)
            found.append(_Word(fold(text), order, own, barred))
    return tuple(found)


@cache
def _sections(file: str, name: str, keys: Sequence[str]) -> tuple[Section, ...]:
    path = _FOLDER / file
    content: Mapping[str, object] = read_toml(path)
    Section(file, "", content).refuse_unknown((name,))
    found = tuple(tables(path, content, name))
    for section in found:
        section.refuse_unknown((*keys, *_OWN_KEYS))
    return found


def _rule(section: Section, label: str) -> Rule:
    codes = [each.code for each in categories()]
    category = section.optional_text("category")
    if category is not None and category not in codes:
        expected = f"{nearest(category, codes)}a code of categories.toml"
        section.fail(f"`category` is {category}", expected, "Correct it.")
    if (category is None) == ("why" not in section.values):
        section.fail(
            "`category` and `why` are both there or both absent",
            "a category, or the reason why the kind is set aside",
            "Keep one of the two.",
        )
    patterns = section.texts("by_name")
    for pattern in patterns:
        if pattern != ASIDE and not any(fnmatchcase(code, pattern) for code in codes):
            section.fail(
                f"`by_name` holds {pattern}",
                f"{nearest(pattern, codes)}a code, a code with * or {ASIDE}",
                "Correct it.",
            )
    why = words(section, "why")[1] if "why" in section.values else ""
    return Rule(label, category, why, patterns, section.boolean("doubtful", default=False))
