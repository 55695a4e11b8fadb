"""Give every facility its catalogue category, and list what was doubtful or not known.

The order in which a row is asked: `category_map` of city.toml, a code or name of the catalogue, a
type of AMap, tags of OpenStreetMap, keywords in the word, keywords in the name.
"""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.catalogue import categories as catalogue_categories
from etl.catalogue import category_codes
from etl.layers import Fault, Objects, Severity
from etl.readers import category_rules as rules
from etl.readers.category_rules import UNKNOWN, Verdict
from etl.readers.raw import objects
from etl.section import count
from etl.settings import FacilitySource
from etl.synonyms import fold
from geo.errors import InputDataError, SettingsError
from geo.spelling import nearest

NONE: Final = "none"
"""What category_map gives to a word that is set aside on purpose."""
_LISTED: Final = 20
_TYPE_CODES: Final = ("typecode", "类型编码", "类型代码", "分类编码", "分类代码")
_EMPTY: Final = "(empty)"
_OWN_CODE: Final = re.compile(r"[A-Z]{3}_[A-Z_]+")
_HOW: Final = {
    "amap": "by the AMap type",
    "osm": "by OpenStreetMap tags",
    "word": "by a keyword in the category",
    "name": "by a keyword in the name",
}


@dataclass(frozen=True)
class Categorised:
    """The category of each row, shape (n,): a code, or None with a fault code in `reason`."""

    codes: Objects
    reason: Objects
    faults: list[Fault]


@dataclass(frozen=True)
class _Row:
    """What is known of one row before its category is."""

    cell: str | None
    name: str | None
    type_code: str | None
    tags: frozenset[str]


def categories(
    source: FacilitySource, columns: Mapping[str, Objects], row: NDArray[np.int64]
) -> Categorised:
    """Give the category of each row.

    Parameters
    ----------
    columns
        The columns of the block; `category`, `name`, a column of AMap type codes and columns named
        as keys of OpenStreetMap are used.
    row
        The number of each row as a person counts it, shape (n,).

    Raises
    ------
    SettingsError
        A code in city.toml is not in the catalogue.
    InputDataError
        The block has neither a category, nor a column of them, nor tags of OpenStreetMap.
    """
    _refuse_unknown_codes(source)
    if source.category is not None:
        return Categorised(objects([source.category] * len(row)), objects([None] * len(row)), [])
    rows = _rows(source, columns, len(row))
    mapped = {fold(word): code for word, code in source.category_map.items()}
    known = category_codes(source.catalogue)
    answers: dict[_Row, Verdict] = {}
    for each in rows:
        if each not in answers:
            answers[each] = _verdict(each, mapped, known)
    verdicts = [answers[each] for each in rows]
    return Categorised(
        codes=objects([verdict.category for verdict in verdicts]),
        reason=objects([_reason(verdict) for verdict in verdicts]),
        faults=_Report(source, rows, verdicts, row).faults(),
    )


def guess(word: str) -> str | None:
    """Give the category that a word probably means: by the rules, else the nearest name."""
    verdict = _ruled(_Row(word, None, None, frozenset()))
    if verdict.category is not None:
        return verdict.category
    known = category_codes()
    close = difflib.get_close_matches(fold(word), list(known), n=1, cutoff=0.5)
    return known[close[0]] if close else None


def ruled(word: str, name: str | None = None) -> Verdict:
    """Say what a word of a file means without any help of city.toml."""
    return _verdict(_Row(word, name, None, frozenset()), {}, category_codes())


def _refuse_unknown_codes(source: FacilitySource) -> None:
    codes = {each.code for each in catalogue_categories(source.catalogue)}
    for code in [source.category, *source.category_map.values()]:
        if code is not None and code not in codes and code != NONE:
            raise SettingsError(
                f"{source.title}: category {code} is not in the catalogue; expected "
                f"{nearest(code, sorted(codes))}a code of data/catalogue/categories.toml. "
                "Correct it."
            )


def _rows(source: FacilitySource, columns: Mapping[str, Objects], n: int) -> list[_Row]:
    nothing = objects([None] * n)
    types = next((cells for key, cells in columns.items() if fold(key) in _TYPE_CODES), nothing)
    keys = rules.osm_keys()
    tagged = {key.strip().lower(): cells for key, cells in columns.items() if key in keys}
    if "category" not in columns and types is nothing and not tagged:
        raise InputDataError(
            f"{source.title} {source.shown} does not say what its facilities are; expected "
            'category = "EDU_PRIMARY", or category_column = "...". Add one of the two.'
        )
    cells = columns.get("category", nothing)
    names = columns.get("name", nothing)
    return [
        _Row(
            _text(cells[at]),
            _text(names[at]),
            _text(types[at]),
            _tags(tagged, at) if tagged else frozenset(),
        )
        for at in range(n)
    ]


def _text(cell: str | None) -> str | None:
    """Give a cell; AMap writes `[]` where it knows nothing."""
    return None if cell is None or cell.strip() in ("", "[]") else cell


def _tags(tagged: Mapping[str, Objects], at: int) -> frozenset[str]:
    pairs = ((key, cells[at]) for key, cells in tagged.items())
    return frozenset(
        f"{key}={value.strip()}" for key, cell in pairs if cell for value in str(cell).split(";")
    )


def _verdict(row: _Row, mapped: Mapping[str, str], known: Mapping[str, str]) -> Verdict:
    own = next((word for word in _words(row) if fold(word) in mapped), None)
    if own is not None:
        code = mapped[fold(own)]
        why = "category_map says none" if code == NONE else ""
        return Verdict(None if code == NONE else code, "map", own, why)
    word = fold(row.cell) if row.cell else ""
    if word and word in known:
        return Verdict(known[word], "catalogue")
    # what is written like a code of the catalogue and is none is a typing mistake, not a word
    return UNKNOWN if row.cell and _OWN_CODE.fullmatch(row.cell.strip()) else _ruled(row)


def _words(row: _Row) -> list[str]:
    """List what category_map may name in a row: its word, its type code, each of its tags."""
    return [word for word in (row.cell, row.type_code) if word] + sorted(row.tags)


def _ruled(row: _Row) -> Verdict:
    """Ask the rules one after the other; the first that decides is right."""
    cell, name = row.cell, row.name
    steps: list[Callable[[], Verdict]] = []
    if cell and not row.type_code:
        steps.append(lambda: rules.by_amap(cell, name))
    if row.type_code:
        steps.append(lambda: _by_type(row))
    if cell:
        steps.append(lambda: rules.by_tag_text(cell, name))
    if row.tags:
        steps.append(lambda: rules.by_tags(row.tags, name))
    if cell:
        steps.append(lambda: rules.by_word(cell, name))
    if name:
        steps.append(lambda: rules.by_name(name))
    return next((verdict for step in steps if (verdict := step()).is_known), UNKNOWN)


def _by_type(row: _Row) -> Verdict:
    """Read type text and type code together; where they disagree the text holds, with a doubt."""
    by_code = rules.by_amap(row.type_code or "", row.name)
    by_text = rules.by_amap(row.cell, row.name) if row.cell else UNKNOWN
    if not by_text.is_known:
        return by_code
    if by_code.category in (None, by_text.category) or by_text.category is None:
        return by_text
    label = f"{by_text.label} against {by_code.label}"
    return replace(by_text, label=label, is_doubtful=True)


def _reason(verdict: Verdict) -> str | None:
    if verdict.category is not None:
        return None
    return "CAT_EXCLUDED" if verdict.why else "CAT_UNKNOWN"


class _Report:
    """Says, for one block, which rows went where by which rule."""

    def __init__(
        self,
        source: FacilitySource,
        rows: list[_Row],
        verdicts: list[Verdict],
        number: NDArray[np.int64],
    ) -> None:
        self._source = source
        self._found = list(zip(rows, verdicts, number.tolist(), strict=True))

    def faults(self) -> list[Fault]:
        """List the doubtful rows one by one, the others in one line each."""
        return [*self._unknown(), *self._excluded(), *self._by_rule(), *self._doubtful()]

    def _unknown(self) -> list[Fault]:
        found = [(each, at) for each, verdict, at in self._found if not verdict.is_known]
        ranked = _ranked([row.cell or _EMPTY for row, _ in found])
        rest = f" and {len(ranked) - _LISTED:,} more" if len(ranked) > _LISTED else ""
        message = (
            f"{count(len(found), 'row')} with a category that is not known: {_list(ranked)}{rest}."
        )
        words = [word for word, _ in ranked[:_LISTED] if word != _EMPTY]
        rows = [at for _, at in found]
        return self._fault("CAT_UNKNOWN", "warning", rows, message, _paste(words))

    def _excluded(self) -> list[Fault]:
        found = [(verdict, at) for _, verdict, at in self._found if _is_aside(verdict)]
        ranked = _ranked([f"{verdict.label} ({verdict.why})" for verdict, _ in found])
        message = f"{count(len(found), 'row')} of kinds that no circle counts: {_list(ranked)}."
        action = "Set aside on purpose; a word in category_map wins over this."
        return self._fault("CAT_EXCLUDED", "note", [at for _, at in found], message, action)

    def _by_rule(self) -> list[Fault]:
        found = [one for one in self._found if one[1].category and one[1].how in _HOW]
        ways = _ranked([_HOW[verdict.how] for _, verdict, _ in found])
        kinds = _ranked([f"{verdict.label} as {verdict.category}" for _, verdict, _ in found])
        rows = count(len(found), "row")
        message = f"{rows} got the category by rule ({_list(ways)}): {_list(kinds)}."
        action = "Check the list; a word in category_map wins over every rule."
        return self._fault("CAT_RULE", "note", [at for _, _, at in found], message, action)

    def _doubtful(self) -> list[Fault]:
        found: dict[tuple[str, str], list[int]] = {}
        for _, verdict, at in self._found:
            if verdict.category is not None and verdict.is_doubtful:
                found.setdefault((verdict.label, verdict.category), []).append(at)
        return [
            fault
            for (label, category), rows in sorted(found.items())
            for fault in self._fault(
                "CAT_AMBIG",
                "warning",
                rows,
                f"{count(len(rows), 'row')} by {label} may be of more than one category.",
                f"Taken as {category}. Write the right code into the file, or map the word in "
                "category_map.",
            )
        ]

    def _fault(
        self, code: str, severity: Severity, rows: list[int], message: str, action: str
    ) -> list[Fault]:
        if not rows:
            return []
        return [
            Fault(
                code=code,
                severity=severity,
                source=self._source.shown,
                row=rows[0],
                feature_id=None,
                message=message,
                action=action,
                affected=len(rows),
                rows=tuple(rows),
            )
        ]


def _is_aside(verdict: Verdict) -> bool:
    return verdict.category is None and verdict.is_known


def _ranked(words: list[str]) -> list[tuple[str, int]]:
    return sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))


def _list(ranked: list[tuple[str, int]]) -> str:
    return ", ".join(f"{word} {number:,}" for word, number in ranked[:_LISTED])


def _paste(words: list[str]) -> str:
    """Write the line of city.toml that maps the words, with the nearest guess for each."""
    if not words:
        return "Set aside; fill in the column, or say `category =` for the whole file."
    pairs = ", ".join(f'"{_escaped(word)}" = "{guess(word) or NONE}"' for word in words)
    return (
        "Set aside. To load them, paste this below the block and correct the guesses "
        f'("{NONE}" keeps a word aside): category_map = {{ {pairs} }}'
    )


def _escaped(word: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in word)
    return plain.replace("\\", "\\\\").replace('"', '\\"')
