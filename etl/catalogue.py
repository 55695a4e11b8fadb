"""Read the catalogue of facility categories, with a city's own changes, and store it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from etl.layers import Fault
from etl.section import Section
from etl.synonyms import fold
from geo.errors import SettingsError, SourceMissingError
from geo.spelling import nearest
from geo.store.connect import Connection
from geo.store.write import append

CATALOGUE: Final = Path(__file__).parents[1] / "data" / "catalogue" / "categories.toml"
ALL: Final = "all"
LEVELS: Final = ("15", "10", "5", "0", "city", "district", "")
CONFIDENCES: Final = ("V", "M-hi", "M-med")
COHORTS: Final = ("people", "elderly", "children")
# fmt: off
_OWN_KEYS: Final = (
    "code", "zh", "en", "level", "radius_m", "mandatory", "floor_m2_min", "need_per_1000",
    "need_of",
)
_KEYS: Final = (
    *_OWN_KEYS, "group", "glyph", "capacity_rule", "floor_m2_max", "source", "clause",
    "confidence", "note",
)
# fmt: on
_LARGEST_RADIUS_M: Final = 20_000


@dataclass(frozen=True)
class CatalogueCategory:
    """What the catalogue says of a category.

    Attributes
    ----------
    level
        Circle in minutes, "city", "district", or "" where every level asks for it.
    radius_m
        The category's own service radius in metres; None where no standard gives one.
    source
        The documents and their clauses as (zh, en), in one line each; "" for 'all'.
    confidence
        V read in the text, M-hi and M-med from secondary sources, "own" changed by the city.
    floor_m2_min
        Floor area of one site in m2; None where none is set.
    need_per_1000, need_of
        Units of capacity for 1,000 people, and which people: people, elderly or children. None
        where none is set: no number is guessed for a city.
    """

    code: str
    zh: str
    en: str
    group: str
    glyph: str
    level: str
    radius_m: int | None
    is_mandatory: bool
    source: tuple[str, str] = ("", "")
    confidence: str = ""
    floor_m2_min: int | None = None
    need_per_1000: float | None = None
    need_of: str = "people"


EVERYTHING: Final = CatalogueCategory(
    ALL, "全部必备设施", "All required services", ALL, "全", "", None, False
)


def categories(own: Path | None = None) -> tuple[CatalogueCategory, ...]:
    """Give the categories in the order of the catalogue.

    Parameters
    ----------
    own
        A city's own file of changes: `[[category]]` tables with `code` and any of zh, en, level,
        radius_m (0 takes the radius away), mandatory, floor_m2_min, need_per_1000 (0 takes either
        away) and need_of.

    Raises
    ------
    SourceMissingError, SettingsError
        A file is not there, is not TOML, or a key or value is wrong; the nearest one is named.
    """
    shipped = _shipped(CATALOGUE)
    if own is None:
        return shipped
    changes = _own_changes(own, [each.code for each in shipped])
    return tuple(_changed(each, changes.get(each.code, {})) for each in shipped)


def category_codes(own: Path | None = None) -> dict[str, str]:
    """Give the code of each code and each Chinese or English name, folded.

    A name of the city's own does not take the shipped one away: files may use either.
    """
    names: dict[str, str] = {}
    for entries in (categories(own), categories()):
        for entry in entries:
            for name in (entry.code, entry.zh, entry.en):
                names.setdefault(fold(name), entry.code)
    return names


def own_notes(own: Path | None, shown: str) -> list[Fault]:
    """Say what a city's own catalogue changes, one note a category."""
    if own is None:
        return []
    pairs = zip(categories(), categories(own), strict=True)
    return [
        Fault(
            code="CATALOGUE_OWN",
            severity="note",
            source=shown,
            row=None,
            feature_id=after.code,
            message=f"{after.code} differs from the catalogue: {_difference(before, after)}.",
            action="The city's own value is used; take the entry out to go back.",
        )
        for before, after in pairs
        if before != after
    ]


def store_categories(con: Connection, own: Path | None = None) -> None:
    """Write the catalogue as it was used, and 'all' after it; facilities are counted later."""
    rows = [*categories(own), EVERYTHING]
    n = len(rows)
    zero = np.zeros(n, dtype=np.int32)
    append(
        con,
        "category",
        {
            "category_idx": np.arange(n, dtype=np.int16),
            **{name: _texts([getattr(row, name) for row in rows]) for name in ("code", "zh", "en")},
            "grp": _texts([row.group for row in rows]),
            "glyph": _texts([row.glyph for row in rows]),
            "level": _texts([row.level for row in rows]),
            "radius_m": np.ma.array(
                [row.radius_m or 0 for row in rows],
                mask=[row.radius_m is None for row in rows],
                dtype=np.int32,
            ),
            "is_mandatory": np.array([row.is_mandatory for row in rows]),
            "facilities": zero,
            "facilities_other": zero,
            "source_zh": _texts([row.source[0] or None for row in rows]),
            "source_en": _texts([row.source[1] or None for row in rows]),
            "confidence": _texts([row.confidence or None for row in rows]),
        },
    )
    _store_norms(con, rows)


def _store_norms(con: Connection, rows: list[CatalogueCategory]) -> None:
    known = [row.floor_m2_min is not None or row.need_per_1000 is not None for row in rows]
    kept = [row for row in rows if row.floor_m2_min is not None or row.need_per_1000 is not None]
    append(
        con,
        "norm",
        {
            "category_idx": np.flatnonzero(known).astype(np.int16),
            "floor_m2_min": np.ma.array(
                [row.floor_m2_min or 0 for row in kept],
                mask=[row.floor_m2_min is None for row in kept],
                dtype=np.int32,
            ),
            "need_per_1000": np.ma.array(
                [row.need_per_1000 or 0.0 for row in kept],
                mask=[row.need_per_1000 is None for row in kept],
                dtype=np.float64,
            ),
            "need_of": _texts([row.need_of for row in kept]),
        },
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a data file of the catalogue.

    Raises
    ------
    SourceMissingError, SettingsError
        It cannot be opened, or is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SourceMissingError(
            f"{path} cannot be opened ({error.strerror}); expected a catalogue in TOML. "
            "Check the path, or take `catalogue` out of city.toml."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path.name} is not valid TOML in UTF-8: {error}; expected [[category]] tables. "
            "Correct that line."
        ) from error


def tables(path: Path, content: Mapping[str, Any], name: str) -> list[Section]:
    """Give the tables `[[name]]` of a data file, each ready to be checked.

    Raises
    ------
    SettingsError
        There is none, or one is no table.
    """
    entries = content.get(name, [])
    if not isinstance(entries, list) or not entries:
        raise SettingsError(
            f"{path.name} has no [[{name}]]; expected at least one. Write each entry below "
            f"[[{name}]], in double brackets."
        )
    if wrong := [at for at, entry in enumerate(entries, 1) if not isinstance(entry, dict)]:
        raise SettingsError(
            f"{path.name}: entry {wrong[0]} of {name} is no table; expected [[{name}]] with keys "
            "below it. Correct it."
        )
    return [
        Section(path.name, f"[[{name}]] number {at}", entry) for at, entry in enumerate(entries, 1)
    ]


def words(section: Section, key: str) -> tuple[str, str]:
    """Give a pair of texts, Chinese and English, both of which must be there."""
    value = section.values.get(key)
    if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(value.values()):
        section.fail(
            f"`{key}` is {value!r}", f'{key} = {{ zh = "...", en = "..." }}', "Give both languages."
        )
    return str(value["zh"]), str(value["en"])


@cache
def _shipped(path: Path) -> tuple[CatalogueCategory, ...]:
    content = read_toml(path)
    Section(path.name, "", content).refuse_unknown(("source", "group", "category"))
    documents = {
        section.required_text("code", "gb50180"): section
        for section in tables(path, content, "source")
    }
    for section in documents.values():
        section.refuse_unknown(("code", "zh", "en", "clause"))
    groups: list[str] = []
    for section in tables(path, content, "group"):
        section.refuse_unknown(("code", "zh", "en", "glyph"))
        groups.append(section.required_text("code", "MED"))
    found = [_category(section, documents, groups) for section in tables(path, content, "category")]
    _refuse_repeated(path, [each.code for each in found])
    return tuple(found)


def _category(
    section: Section, documents: Mapping[str, Section], groups: list[str]
) -> CatalogueCategory:
    section.refuse_unknown(_KEYS)
    group = _one_of(section, "group", groups)
    for key in ("capacity_rule", "note"):
        if key in section.values:
            words(section, key)
    low = section.number("floor_m2_min", 0, 0, 1e6)
    high = section.number("floor_m2_max", 1e6, 0, 1e6)
    if low > high:
        section.fail(
            f"`floor_m2_min` {low:g} is above `floor_m2_max` {high:g}",
            "the smaller one first",
            "Exchange the two.",
        )
    return CatalogueCategory(
        code=section.required_text("code", "EDU_PRIMARY"),
        zh=section.required_text("zh", "小学"),
        en=section.required_text("en", "Primary school"),
        group=group,
        glyph=section.required_text("glyph", "学"),
        level=_one_of(section, "level", LEVELS),
        radius_m=_radius(section),
        is_mandatory=section.boolean("mandatory", default=False),
        source=_source(section, documents),
        confidence=_one_of(section, "confidence", CONFIDENCES),
        floor_m2_min=int(low) or None,
        need_per_1000=_need(section),
        need_of=_need_of(section),
    )


def _source(section: Section, documents: Mapping[str, Section]) -> tuple[str, str]:
    """Write the documents of a category with their clauses, in Chinese and in English."""
    codes = section.texts("source")
    own = section.text_map("clause")
    for code in (*codes, *own):
        if code not in documents:
            section.fail(
                f"source `{code}` is not listed",
                f"{nearest(code, documents)}one of {', '.join(documents)}",
                "Correct it.",
            )
    parts: tuple[list[str], list[str]] = ([], [])
    for code in codes:
        document = documents[code]
        zh, en = words(document, "clause") if "clause" in document.values else ("", "")
        if code in own:
            zh, en = f"第 {own[code]} 项", f"item {own[code]}"
        parts[0].append(f"{document.text('zh')}{zh}")
        parts[1].append(", ".join(part for part in (document.text("en"), en) if part))
    return "；".join(parts[0]), "; ".join(parts[1])


def _own_changes(own: Path, codes: list[str]) -> dict[str, dict[str, Any]]:
    content = read_toml(own)
    Section(own.name, "", content).refuse_unknown(("category",))
    changes: dict[str, dict[str, Any]] = {}
    for section in tables(own, content, "category"):
        section.refuse_unknown(_OWN_KEYS)
        code = _one_of(section, "code", codes)
        if code in changes:
            section.fail(f"`{code}` stands there twice", "each code once", "Take one out.")
        changes[code] = _own_values(section)
    return changes


def _own_values(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {
        key: section.required_text(key, "小学") for key in ("zh", "en") if key in section.values
    }
    if "level" in section.values:
        found["level"] = _one_of(section, "level", LEVELS)
    if "radius_m" in section.values:
        found["radius_m"] = _radius(section)
    if "mandatory" in section.values:
        found["is_mandatory"] = section.boolean("mandatory", default=False)
    if "floor_m2_min" in section.values:
        found["floor_m2_min"] = int(section.number("floor_m2_min", 0, 0, 1e6)) or None
    if "need_per_1000" in section.values:
        found["need_per_1000"] = _need(section)
    if "need_of" in section.values:
        found["need_of"] = _need_of(section)
    return found


def _need(section: Section) -> float | None:
    """Give the units that 1,000 people need; 0 or nothing is none."""
    return float(section.number("need_per_1000", 0, 0, 1e6)) or None


def _need_of(section: Section) -> str:
    if "need_of" not in section.values:
        return COHORTS[0]
    return _one_of(section, "need_of", COHORTS)


def _changed(entry: CatalogueCategory, change: Mapping[str, Any]) -> CatalogueCategory:
    after = replace(entry, **change)
    return after if after == entry else replace(after, confidence="own")


def _difference(before: CatalogueCategory, after: CatalogueCategory) -> str:
    names = (
        *("zh", "en", "level", "radius_m", "is_mandatory"),
        *("floor_m2_min", "need_per_1000", "need_of"),
    )
    return ", ".join(
        f"{name} {getattr(before, name)} became {getattr(after, name)}"
        for name in names
        if getattr(before, name) != getattr(after, name)
    )


def _radius(section: Section) -> int | None:
    """Give a radius in whole metres; 0 or nothing is none."""
    metres = section.number("radius_m", 0, 0, _LARGEST_RADIUS_M)
    if metres != int(metres):
        section.fail(f"`radius_m` is {metres}", "whole metres", "Correct it.")
    return int(metres) or None


def _one_of(section: Section, key: str, allowed: tuple[str, ...] | list[str]) -> str:
    value = section.text(key)
    if key not in section.values or value not in allowed:
        expected = (
            f"{nearest(value, allowed)}one of {', '.join(name or '(empty)' for name in allowed)}"
        )
        section.fail(f"`{key}` is `{value}`", expected, "Correct it.")
    return value


def _refuse_repeated(path: Path, codes: list[str]) -> None:
    repeated = [code for at, code in enumerate(codes) if code in codes[:at]]
    if repeated:
        raise SettingsError(
            f"{path.name} has {len(repeated)} codes twice, the first {repeated[0]}; expected each "
            "once. Take one out."
        )


def _texts(values: list[str] | list[str | None]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
