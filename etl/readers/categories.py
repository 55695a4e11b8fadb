"""Give every facility its catalogue category, and list the words that mean none."""

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Objects
from etl.readers.raw import objects
from etl.section import count, nearest
from etl.settings import FacilitySource
from etl.synonyms import category_names, fold
from geo.errors import InputDataError, SettingsError

_LISTED: Final = 20


def categories(
    source: FacilitySource, values: Objects | None, row: NDArray[np.int64]
) -> tuple[Objects, list[Fault]]:
    """Give the category code of each row, None where the word means none.

    `category_map` is asked first; a word that is a catalogue code or name passes as it is.

    Parameters
    ----------
    values
        The cells of the category column, shape (n,); None where the block has no such column.
    row
        The number of each row as a person counts it, shape (n,).

    Raises
    ------
    SettingsError
        A code in city.toml is not in the catalogue.
    InputDataError
        The block has neither a category nor a column of them.
    """
    known = category_names()
    codes = set(known.values())
    for code in [source.category, *source.category_map.values()]:
        if code is not None and code not in codes:
            raise SettingsError(
                f"{source.title}: category {code} is not in the catalogue; expected "
                f"{nearest(code, sorted(codes))}a code of data/catalogue/categories.toml. "
                "Correct it."
            )
    if source.category is not None:
        return objects([source.category] * len(row)), []
    if values is None:
        raise InputDataError(
            f"{source.title} {source.shown} does not say what its facilities are; expected "
            'category = "EDU_PRIMARY", or category_column = "...". Add one of the two.'
        )
    mapped = {fold(word): code for word, code in source.category_map.items()}
    found = [None if cell is None else _code(cell, mapped, known) for cell in values]
    unknown = np.array([code is None for code in found], dtype=bool)
    return objects(found), _unknown(source, values[unknown], row[unknown])


def _code(cell: str, mapped: dict[str, str], known: dict[str, str]) -> str | None:
    word = fold(cell)
    return mapped.get(word) or known.get(word)


def _unknown(source: FacilitySource, cells: Objects, row: NDArray[np.int64]) -> list[Fault]:
    if len(cells) == 0:
        return []
    words = Counter(cell or "(empty)" for cell in cells)
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{word} {number:,}" for word, number in ranked[:_LISTED])
    rest = f" and {len(ranked) - _LISTED:,} more" if len(ranked) > _LISTED else ""
    rows = count(len(row), "row")
    return [
        Fault(
            code="CAT_UNKNOWN",
            severity="warning",
            source=source.shown,
            row=int(row[0]),
            feature_id=None,
            message=f"{rows} with a category that is not known: {listed}{rest}.",
            action="Set aside; add the words to category_map.",
            affected=len(row),
            rows=tuple(int(number) for number in row),
        )
    ]
