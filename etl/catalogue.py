"""Read the catalogue of facility categories and write it into a release."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.store.connect import Connection
from geo.store.write import append

CATALOGUE: Final = Path(__file__).parents[1] / "data" / "catalogue" / "categories.toml"
ALL: Final = "all"


@dataclass(frozen=True)
class CatalogueCategory:
    """What the catalogue says of a category."""

    code: str
    zh: str
    en: str
    group: str
    glyph: str
    level: str
    radius_m: int | None
    is_mandatory: bool


@cache
def categories() -> tuple[CatalogueCategory, ...]:
    """Give the categories in the order of the catalogue."""
    content: dict[str, Any] = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return tuple(
        CatalogueCategory(
            code=entry["code"],
            zh=entry["zh"],
            en=entry["en"],
            group=entry["group"],
            glyph=entry["glyph"],
            level=entry.get("level", ""),
            radius_m=entry.get("radius_m"),
            is_mandatory=entry.get("mandatory", False),
        )
        for entry in content["category"]
    )


EVERYTHING: Final = CatalogueCategory(
    ALL, "全部必备设施", "All required services", ALL, "全", "", None, False
)


def store_categories(con: Connection) -> None:
    """Write the catalogue, and 'all' after it; facilities are counted later."""
    rows = [*categories(), EVERYTHING]
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
        },
    )


def _texts(values: list[str]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
