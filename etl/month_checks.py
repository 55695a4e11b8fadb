"""Compare a month with its files' own dates, and with the month that is published."""

import re
from pathlib import Path
from typing import Final

import numpy as np

from etl.layers import CityLayers, Fault, Layer
from etl.section import count
from etl.staging import said
from etl.synonyms import fold
from etl.thresholds import PEOPLE_JUMP
from geo.errors import StoreError
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from geo.store.queries import fetch_columns
from geo.store.write import register

_PERIODS: Final = (
    *("年份", "数据年份", "统计年份", "年度", "数据年度", "统计年度", "数据年月", "数据月份"),
    *(
        "统计月份",
        "统计年月",
        "数据时间",
        "统计时间",
        "dataperiod",
        "datayear",
        "datamonth",
        "year",
    ),
)
"""Folded headers of the period that a row speaks of."""
_PERIOD: Final = re.compile(r"^\s*((?:19|20)\d{2})(?:\D{0,2}(0?[1-9]|1[0-2])(?!\d))?")


def year_faults(layers: CityLayers, as_of: str) -> list[Fault]:
    """List the files whose own column of periods says another year, or month, than city.toml."""
    tables = [layers.grids, layers.buildings, *layers.facilities]
    found = [
        _stale(layer, name, as_of)
        for layer in tables
        if layer is not None
        for name in layer.columns
        if fold(layer.headers.get(name, name)) in _PERIODS
    ]
    return [fault for fault in found if fault is not None]


def _stale(layer: Layer, name: str, as_of: str) -> Fault | None:
    year, month = as_of.split("-")
    others: dict[str, list[int]] = {}
    for cell, row in zip(layer.columns[name], layer.row.tolist(), strict=True):
        period = _PERIOD.match(cell or "")
        if period is None:
            continue
        of_year, of_month = period.groups()
        if of_year != year or (of_month is not None and int(of_month) != int(month)):
            others.setdefault(period.group().strip(), []).append(row)
    if not others:
        return None
    rows = tuple(sorted(row for own in others.values() for row in own))
    listed = ", ".join(f"{period} ({count(len(own), 'row')})" for period, own in _most(others))
    return Fault(
        *("YEAR_STALE", "warning", layer.source, rows[0], None),
        f"{layer.headers.get(name, name)} says {listed}; city.toml says {as_of}.",
        "Used as it is. Replace it with this month's data, or correct `as_of`.",
        affected=len(rows),
        rows=rows,
    )


def _most(others: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    return sorted(others.items(), key=lambda item: (-len(item[1]), item[0]))[:5]


def published_faults(con: Connection, store: Path, source: str, as_of: str) -> list[Fault]:
    """List what changed too much since the published month, and the months between that are not.

    Nothing where nothing is published, where it is this month or a later one, or where it cannot be
    read, which is a fault of its own (HISTORY_LOST).
    """
    if not releases.has_pointer(store):
        return []
    try:
        release, _ = releases.serving(store)
        earlier = open_release(releases.release_path(store, release))
    except StoreError:
        return []
    try:
        if release.month >= as_of:
            return []
        before = fetch_columns(earlier, "select grid_id, people_milli from grid order by grid_idx")
    finally:
        earlier.close()
    register(con, "grid_before", before)
    try:
        asked = {"source": source, "jump": PEOPLE_JUMP, "month": release.month}
        jumps = said(con, "staging/fault_jump", asked)
    finally:
        con.unregister("grid_before")
    return [*_missing(release.month, as_of), *jumps]


def _missing(before: str, as_of: str) -> list[Fault]:
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (before, as_of))
    between = [f"{at // 12}-{at % 12 + 1:02d}" for at in np.arange(first + 1, last).tolist()]
    if not between:
        return []
    shown = between[0] if len(between) == 1 else f"{between[0]} to {between[-1]}"
    return [
        Fault(
            *("MONTH_MISSING", "note", "city.toml", None, None),
            f"{count(len(between), 'month')} missing since the last release, {shown}.",
            "The trend has a gap there. Build the missing months to close it.",
            affected=len(between),
        )
    ]
