"""Say which names are compared in another form than the one that is shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Objects
from etl.names import has_pinyin, is_traditional, is_wide, name_norm
from etl.section import count
from etl.settings import Source

_NAMES: Final = ("name", "community", "committee", "street", "district")
_SAMPLES: Final = 3
_RULES: Final[dict[str, tuple[Callable[[str], bool], str]]] = {
    "NAME_TRAD": (is_traditional, "in traditional characters"),
    "NAME_WIDTH": (is_wide, "with full-width letters"),
    "NAME_PINYIN": (has_pinyin, "with pinyin"),
}


def name_notes(
    source: Source, columns: Mapping[str, Objects], row: NDArray[np.int64]
) -> list[Fault]:
    """List, once for each form, the rows with names in it.

    Parameters
    ----------
    columns
        Canonical name to cells, shape (n,).
    row
        Shape (n,), as a person counts.
    """
    named = [columns[name] for name in _NAMES if name in columns]
    told: list[Fault] = []
    for code, (is_so, what) in _RULES.items():
        hits: dict[int, str] = {}
        for cells in named:
            for at, cell in enumerate(cells):
                if cell is not None and not cell.isascii() and at not in hits and is_so(cell):
                    hits[at] = cell
        if hits:
            told.append(_note(source, code, what, {int(row[at]): hits[at] for at in sorted(hits)}))
    return told


def _note(source: Source, code: str, what: str, names: dict[int, str]) -> Fault:
    samples = [f"row {at} {name} = {name_norm(name)}" for at, name in names.items()][:_SAMPLES]
    more = ", ..." if len(names) > _SAMPLES else ""
    message = f"{count(len(names), 'row')} with names {what}: {', '.join(samples)}{more}."
    rows = tuple(names)
    fault = Fault(code, "note", source.shown, rows[0], None, message, "Shown as it is written.")
    return replace(fault, affected=len(rows), rows=rows)
