"""What an export is made of: its rows, its filters, and exact integers as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import SettingsError
from geo.store.connect import Connection
from geo.store.task_edits import NO_EDITS, TaskEdits
from geo.walk import Speed

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Filters:
    """What part of a release to export; None is all. Scope "own" leaves the neighbours out.

    With an `opening`, evening or weekend, only facilities known to be open then count, and only the
    categories of which any hours are known are there, as <code>@<opening>. `lang` is that of the
    words in the workbook of issues; every other export holds codes. `edits` are the changes of
    tasks that were made on the page.
    """

    category: str | None = None
    mode: str | None = None
    area: str | None = None
    minutes: int = 15
    speed: str | None = None
    scope: str = "all"
    lang: str = "zh"
    opening: str | None = None
    edits: TaskEdits = NO_EDITS


@dataclass(frozen=True)
class Table:
    """Rows to export, column by column.

    Attributes
    ----------
    name
        What it is, as asked for on the command line.
    columns
        Name to values in order; None is empty. Ints, floats and text as they are written.
    text
        The columns that hold text from a source, which a spreadsheet might take for a formula.
    notes
        Column to its meaning, unit included.
    place
        The column by which a row finds its outline, or None.
    points
        Places of the rows themselves, lon/lat, or None.
    """

    name: str
    columns: Columns
    text: tuple[str, ...]
    notes: Mapping[str, str]
    place: str | None = None
    points: list[tuple[float, float]] | None = None

    @property
    def rows(self) -> int:
        """Give the number of rows."""
        return len(next(iter(self.columns.values())))


def check_filters(con: Connection, filters: Filters) -> None:
    """Refuse a category, opening, mode, speed or area that the release does not have."""
    codes = [
        row[0]
        for row in con.execute(
            "select code from category where base_idx is null order by category_idx"
        ).fetchall()
    ]
    if filters.category is not None and filters.category not in codes:
        raise SettingsError(
            f"--category {filters.category} is not a category of this release; it has "
            f"{', '.join(codes)}."
        )
    _check_opening(con, filters)
    speed_of(con, filters.speed)
    run_of(con, filters.area)


def _check_opening(con: Connection, filters: Filters) -> None:
    if filters.opening is None:
        return
    known = [
        row[0]
        for row in con.execute(
            "select base.code from category inner join category as base "
            "on base.category_idx = category.base_idx where category.opening = $opening "
            "order by base.category_idx",
            {"opening": filters.opening},
        ).fetchall()
    ]
    if not known or filters.category not in (None, *known):
        raise SettingsError(
            f"--opening {filters.opening} needs hours of facilities; this release knows them of "
            f"{', '.join(known) or 'no category'}. Fill in the column of hours, or leave it out."
        )


def speed_of(con: Connection, name: str | None) -> tuple[int, Speed]:
    rows = con.execute(
        "select speed_idx, name, numerator, denominator from speed order by speed_idx"
    ).fetchall()
    for idx, title, numerator, denominator in rows:
        if name is None or name == title:
            return idx, Speed(title, Fraction(numerator, denominator))
    raise SettingsError(
        f"--speed {name} is not a speed of this release; it has "
        f"{', '.join(row[1] for row in rows)}."
    )


def run_of(con: Connection, area: str | None) -> tuple[int, int]:
    if area is None:
        return 0, 2**31 - 1
    row = con.execute(
        "select grid_lo, grid_hi from area where code = $code", {"code": area}
    ).fetchone()
    if row is None:
        raise SettingsError(
            f"--area {area} is not an area of this release; expected the code of a district, "
            "street or community. The coverage page shows it in its address."
        )
    return int(row[0]), int(row[1])


def plain(values: NDArray[Any]) -> list[Any]:
    """Turn a column into Python values, None where masked."""
    return np.ma.asarray(values).tolist()


def ints(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.ma.filled(np.ma.asarray(values), -1).astype(np.int64)


def count(values: NDArray[Any]) -> list[int | float | None]:
    """Give thousandths as counts: whole where they are whole."""
    return [
        None if milli is None else milli // 1000 if milli % 1000 == 0 else milli / 1000
        for milli in plain(values)
    ]


def known(values: NDArray[Any], whole: NDArray[np.int64]) -> list[int | float | None]:
    return count(np.ma.masked_where(whole < 0, values))


def divided(values: NDArray[Any], by: int) -> list[float | None]:
    return [None if value is None else value / by for value in plain(values)]
