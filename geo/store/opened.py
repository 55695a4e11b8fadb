"""Hold an opened release: its facts, a bounded memory of answers, a limit on each question."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, TypeVar

import duckdb
import numpy as np
from numpy.typing import NDArray

from geo.errors import StoreError
from geo.openings import OPENINGS
from geo.store.queries import sql
from geo.walk import BASES, Speed

T = TypeVar("T")

ALL: Final = "all"
"""The category that is every mandatory one together."""
SECONDS_A_QUESTION = 5.0
ANSWERS_KEPT = 256

# Columns are never made from what somebody sends: they are looked up here.
TOTAL_COLUMN = {
    "people": "people_milli",
    "households": "households_milli",
    "elderly": "elderly_milli",
    "children": "children_milli",
    "area": "area_dm2",
}


def basis_sql(name: str, basis: str) -> str:
    """Give the text of a query with the columns of one basis filled in.

    `basis_part` and `basis_total` are the only words that vary; both come from a fixed table.
    """
    part = BASES[BASES.index(basis)]
    return sql(name).replace("basis_part", part).replace("basis_total", TOTAL_COLUMN[basis])


@dataclass(frozen=True)
class Category:
    """A facility category of this release."""

    idx: int
    code: str
    zh: str
    en: str
    group: str
    glyph: str
    level: str
    radius_m: int | None
    is_mandatory: bool
    facilities: int
    facilities_other: int
    base_idx: int | None = None
    opening: str | None = None
    facilities_unknown: int | None = None
    """Of an opening: the open facilities of the base whose hours do not tell."""

    @property
    def is_present(self) -> bool:
        """Tell whether the city has any facility of it, open or not."""
        return self.facilities + self.facilities_other > 0


@dataclass(frozen=True)
class Area:
    """An area above the grids, with the run of grids that it owns."""

    idx: int
    code: str
    level: str
    name: str
    parent: int | None
    grid_lo: int
    grid_hi: int
    totals: Mapping[str, int | None]
    lon: float
    lat: float


@dataclass(frozen=True)
class Facts:
    """What is asked of a release over and over; small, read once."""

    city: str
    as_of: str
    is_synthetic: bool
    has_network: bool
    has_people: bool
    demand_method: str
    standards: str
    target_share: float
    map_approval: str | None
    security: str | None
    attribution: str | None
    evening: str
    weekend: str
    speeds: tuple[Speed, ...]
    categories: tuple[Category, ...]
    openings: Mapping[tuple[int, str], Category]
    """By the index of a category and an opening: what counts only the facilities open then."""
    areas: tuple[Area, ...]
    grids: int
    issues: Mapping[str, int]
    bounds: tuple[float, float, float, float]

    @property
    def modes(self) -> tuple[str, ...]:
        """Give the modes this release can answer, the preferred one first."""
        return ("walk", "line") if self.has_network else ("line",)

    @property
    def bases(self) -> tuple[str, ...]:
        """Give the bases of which the city knows anything; area always."""
        return tuple(b for b in BASES if self.areas[0].totals[b] is not None)

    @cached_property
    def area_by_code(self) -> dict[str, Area]:
        """Areas by code."""
        return {area.code: area for area in self.areas}

    @cached_property
    def category_by_code(self) -> dict[str, Category]:
        """Categories by code."""
        return {category.code: category for category in self.categories}

    def openings_of(self, category: Category | None) -> dict[str, Category]:
        """Give the openings of a category at which the hours of any facility tell something."""
        if category is None:
            return {}
        asked = ((name, self.openings.get((category.idx, name))) for name in OPENINGS)
        return {name: one for name, one in asked if one is not None}

    def opening_hours(self, opening: str) -> str:
        """Give the windows that an opening asks for, as the release was built with."""
        return self.evening if opening == "evening" else self.weekend

    @cached_property
    def children(self) -> dict[int, tuple[Area, ...]]:
        """Areas directly below each area."""
        below: dict[int, list[Area]] = {}
        for area in self.areas:
            if area.parent is not None:
                below.setdefault(area.parent, []).append(area)
        return {idx: tuple(areas) for idx, areas in below.items()}

    def members(self, category: Category) -> tuple[Category, ...]:
        """Give what a category is made of: itself, or the mandatory ones the city has for `all`."""
        if category.code != ALL:
            return (category,)
        return tuple(one for one in self.categories if one.is_mandatory and one.is_present)

    def path(self, area: Area) -> list[Area]:
        """Give an area and what contains it, the city first."""
        chain = [area]
        while chain[0].parent is not None:
            chain.insert(0, self.areas[chain[0].parent])
        return chain

    def level(self, level: str) -> tuple[Area, ...]:
        """Give the areas of one level in order; their positions are the `i` of tiles and values."""
        return tuple(area for area in self.areas if area.level == level)


class OpenRelease:
    """One release, opened for reading and shared by the threads of a process.

    Parameters
    ----------
    release_id
        As in addresses, `<number>-<content12>`; answers are remembered under it.
    con
        A connection to the release; every reader takes its own cursor.
    """

    def __init__(self, release_id: str, con: duckdb.DuckDBPyConnection) -> None:
        self.id = release_id
        self._con = con
        self._lock = threading.Lock()
        self._answers: OrderedDict[object, Any] = OrderedDict()

    @contextmanager
    def cursor(self, seconds: float = SECONDS_A_QUESTION) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor whose work is interrupted after so many seconds.

        Raises
        ------
        StoreError
            The time ran out; the connection stays usable.
        """
        cursor = self._con.cursor()
        started = time.monotonic()
        timer = threading.Timer(seconds, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield cursor
        except duckdb.InterruptException as error:
            took = time.monotonic() - started
            raise StoreError(
                f"a question to the data was stopped after {took:.1f} s; expected an answer within "
                f"{seconds:g} s. Ask for a smaller area."
            ) from error
        finally:
            timer.cancel()
            cursor.close()

    def remember(self, key: object, compute: Callable[[], T]) -> T:
        """Give the answer to `key`, computing it once; the oldest answers are forgotten."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = compute()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return answer

    @cached_property
    def facts(self) -> Facts:
        """Give what is known of the release as a whole."""
        with self.cursor() as cursor:
            return _read_facts(cursor)

    def close(self) -> None:
        """Close the connection; cursors that are still lent keep the file open until they end."""
        self._con.close()


def columns(
    cursor: duckdb.DuckDBPyConnection, name: str, basis: str = "", **values: object
) -> dict[str, NDArray[Any]]:
    """Run `sql/<name>.sql` and give its columns as arrays; a missing whole number is -1."""
    found = cursor.execute(basis_sql(name, basis) if basis else sql(name), values).fetchnumpy()
    return {key: _filled(np.ma.asanyarray(array)) for key, array in found.items()}


def records(
    cursor: duckdb.DuckDBPyConnection, name: str, basis: str = "", **values: object
) -> list[dict[str, Any]]:
    """Run `sql/<name>.sql` and give its rows as dicts; missing stays None."""
    found = cursor.execute(basis_sql(name, basis) if basis else sql(name), values)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _filled(array: np.ma.MaskedArray[Any, Any]) -> NDArray[Any]:
    if array.dtype.kind == "O":  # filled(None) would write "?" there
        known = np.ma.getdata(array).copy()
        known[np.ma.getmaskarray(array)] = None
        return known
    return array.filled({"i": -1, "u": -1, "f": np.nan}.get(array.dtype.kind))


def _read_facts(cursor: duckdb.DuckDBPyConnection) -> Facts:
    release = records(cursor, "view_release")[0]
    bounds = records(cursor, "view_bounds")[0]
    categories = [
        Category(row.pop("category_idx"), group=row.pop("grp"), **row)
        for row in records(cursor, "view_categories")
    ]
    return Facts(
        **release,
        speeds=tuple(
            Speed(row["name"], Fraction(row["numerator"], row["denominator"]))
            for row in records(cursor, "view_speeds")
        ),
        categories=tuple(one for one in categories if one.opening is None),
        openings={
            (one.base_idx, one.opening): one
            for one in categories
            if one.base_idx is not None and one.opening is not None
        },
        areas=tuple(_area(row) for row in records(cursor, "view_areas")),
        issues={
            "blocking": 0,
            "warning": 0,
            "note": 0,
            **{row["severity"]: row["issues"] for row in records(cursor, "view_severities")},
        },
        bounds=(bounds["west"], bounds["south"], bounds["east"], bounds["north"]),
    )


def _area(row: dict[str, Any]) -> Area:
    return Area(
        idx=row["area_idx"],
        code=row["code"],
        level=row["level"],
        name=row["name"],
        parent=row["parent_idx"],
        grid_lo=row["grid_lo"],
        grid_hi=row["grid_hi"],
        totals={basis: row[column] for basis, column in TOTAL_COLUMN.items()},
        lon=row["lon"],
        lat=row["lat"],
    )
