"""Two months of the small city in one store, and questions to their comparison."""

import csv
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.build import BuildOptions, Built, build_city
from geo.store import release as releases
from geo.store.asking import resolve
from geo.store.changes import change
from geo.store.connect import open_derived, open_release
from geo.store.opened import OpenRelease
from tests.etl.cities import SmallCity

ONE = BuildOptions(workers=1)
CLINIC = ("F1", "一号站", "MED_STATION", 200.0, 200.0, "open")
FAR = ("F9", "九号站", "MED_STATION", 1000.0, 200.0, "open")
NEW = ("N1", "新站", "MED_STATION", 1000.0, 1000.0, "open")
BASE = SmallCity(facilities=(CLINIC, FAR), as_of="2026-09")
STEPS = (
    *("rules", "streets", "grids", "corrections"),
    *("closed", "opened", "opened_undated", "people"),
)


@dataclass
class Month:
    """One month of the small city; `dates` are opening and closing by facility id."""

    city: SmallCity = BASE
    dates: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    edit: Callable[[Path], None] | None = None

    def write(self, folder: Path) -> Path:
        """Write its files."""
        toml = self.city.write(folder)
        path = folder / "facilities.csv"
        if not self.city.facilities:
            return toml
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*rows[0], "启用日期", "停用日期"])
            writer.writerows([*row, *self.dates.get(row[0], ("", ""))] for row in rows[1:])
        if self.edit is not None:
            self.edit(folder)
        return toml


def october(*facilities: tuple[str, str, str, float, float, str], **changes: Any) -> SmallCity:
    """Give the next month of the base city, with other facilities where any are given."""
    return BASE.but(
        as_of="2026-10", **({"facilities": facilities} if facilities else {}), **changes
    )


@dataclass
class Store:
    """A store with two months, and questions to its comparison."""

    path: Path
    built: tuple[Built, Built]

    def file(self) -> Path:
        """Give the one comparison that the build made."""
        (pair,) = releases.comparisons(self.path)
        assert pair == tuple(one.release.release for one in self.built)
        return releases.compare_path(self.path, *pair)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the comparison in SQL."""
        with closing(open_derived(self.file(), has_shapes=False)) as con:
            return con.execute(query).fetchall()

    def why(self, minute: int = 5, **asked: str) -> dict[str, Any]:
        """Ask why a number changed."""
        now = self.built[1].release
        con = open_release(releases.release_path(self.path, now))
        with closing(OpenRelease(now.release, con)) as release:
            question, dropped = resolve(release, {"c": "MED_STATION", "t": "walk", **asked})
            assert not dropped
            return change(self.path, release, question, minute)

    def moved(self, minute: int = 5, **asked: str) -> dict[str, float]:
        """Give the steps that moved the numerator, in persons."""
        steps = self.why(minute, **asked)["steps"]
        assert tuple(step["name"] for step in steps) == STEPS
        return {step["name"]: step["numerator"] / 1000 for step in steps if step["numerator"]}

    def kinds(self) -> list[tuple[str, str]]:
        """Give the differences that are listed."""
        return self.rows("select kind, id from difference order by kind, id")


def built_twice(folder: Path, new: Month | SmallCity, old: Month | SmallCity = BASE) -> Store:
    """Build two months into one store."""
    months = [one if isinstance(one, Month) else Month(one) for one in (old, new)]
    built = [
        build_city(month.write(folder / f"month{at}"), folder / "store", ONE)
        for at, month in enumerate(months)
    ]
    assert [fault.code for one in built for fault in one.faults].count("COMPARE_MISSING") == 0
    return Store(folder / "store", (built[0], built[1]))
