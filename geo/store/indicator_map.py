"""Lay the values of one indicator over the map: classes by rank, with the target as a hinge."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store.indicators import indicator_records, indicator_rows, indicators, is_over
from geo.store.opened import OpenRelease, records
from geo.store.units import kinds, units_of

CODES: Final = (0, 50, 150, 220, 254)
"""Worst to best, one share code of each class of `geo.walk.CLASSES`: the map has their colours."""
NO_VALUE: Final = 255
WITHHELD: Final = 253
"""As units where nobody lives: no fill, and a row of the legend that says why."""
_SHORT, _MET = 3, 2


def layer(release: OpenRelease, indicator: str, unit: str) -> dict[str, Any]:
    """Give an indicator's latest value in every unit of a level, in the order of `i`.

    Returns
    -------
    `{id, period, target, values: [number or null], codes: [...], classes: [{code, low, high, n}],
    missing, over, withheld}`: `over` units have a value of more than 100 %, which is shown and not
    judged, and are in no class. The period is the latest that is not after the month of the data.
    """
    period = latest_period(release, indicator)
    with release.cursor() as con:
        rows = indicator_rows(con, indicator=indicator, level=unit, period=period)
    values = np.full(_count(release, unit), np.nan)
    at = _positions(release, unit, rows["unit_id"].tolist())
    values[at] = np.ma.filled(np.ma.asarray(rows["value"], dtype=np.float64), np.nan)
    targets = np.ma.asarray(rows["target"], dtype=np.float64).compressed()
    target = float(targets[0]) if len(targets) else None
    is_high = next(one["better"] for one in listed(release) if one["id"] == indicator) == "high"
    codes = classed(values, target, is_high_better=is_high)
    hidden = at[np.asarray(rows["is_withheld"], dtype=bool)]
    codes[hidden] = WITHHELD
    over = at[is_over(rows)]
    codes[over] = NO_VALUE
    return {
        "id": indicator,
        "period": period,
        "target": target,
        "values": [None if np.isnan(value) else value for value in values.tolist()],
        "codes": codes.tolist(),
        "classes": _classes(values, codes),
        "missing": int((codes == NO_VALUE).sum()) - len(over),
        "over": len(over),
        "withheld": len(hidden),
    }


def area_card(release: OpenRelease, indicator: str, area: str) -> dict[str, Any]:
    """Give an indicator in one area: every period, and its children at the latest one.

    Periods of earlier releases are among them. A ledger without periods speaks of the month of the
    data.
    """
    level = release.facts.area_by_code[area].level
    period = latest_period(release, indicator)
    below = {"city": "district", "district": "street", "street": "community"}.get(level, "grid")
    known = [one for one in (below, "street", "community", "grid") if _has_level(release, one)]
    with release.cursor() as con:
        periods = records(con, "indicator_periods", indicator=indicator, area=area)
        children = indicator_records(
            con, indicator=indicator, level=known[0], area=area, period=period
        )
    return {
        "id": indicator,
        "area": area,
        "period": period or release.facts.as_of,
        "level": known[0],
        "periods": periods,
        "children": children,
    }


def of_place(release: OpenRelease, grid: int) -> list[dict[str, Any]]:
    """Give every indicator around a grid: its latest value at the smallest level that has one."""
    known = {one["id"]: one for one in listed(release)}
    if not known:
        return []
    with release.cursor() as con:
        latest = [row["row_idx"] for row in records(con, "view_place_indicators", grid=grid)]
        rows = indicator_records(con, picked=latest)
    return [{**known[row["indicator"]], **row} for row in rows]


def latest_period(release: OpenRelease, indicator: str) -> str | None:
    """Give the latest period with a value that is not after the month of the data."""
    periods = next((one["periods"] for one in listed(release) if one["id"] == indicator), [])
    fitting = [period for period in periods if period <= release.facts.as_of]
    return fitting[-1] if fitting else (periods[0] if periods else None)


def classed(
    values: NDArray[np.float64], target: float | None, *, is_high_better: bool
) -> NDArray[np.uint8]:
    """Give the class code of each value; NaN is `NO_VALUE`.

    With a target what falls short is cut into three classes of equal number and what meets it into
    two; without one all are cut into five. Equal values share a class.

    Parameters
    ----------
    values
        Shape (n,).
    """
    codes = np.full(len(values), NO_VALUE, dtype=np.uint8)
    signed = values if is_high_better else -values
    known = ~np.isnan(values)
    if target is None:
        codes[known] = np.array(CODES, dtype=np.uint8)[_cut(signed[known], len(CODES))]
        return codes
    aim = target if is_high_better else -target
    met = known & (signed >= aim)
    short = known & ~met
    codes[short] = np.array(CODES[:_SHORT], dtype=np.uint8)[_cut(signed[short], _SHORT)]
    codes[met] = np.array(CODES[_SHORT:], dtype=np.uint8)[_cut(signed[met], _MET)]
    return codes


def _cut(values: NDArray[np.float64], parts: int) -> NDArray[np.int64]:
    """Cut values into classes of equal number, lowest first; equal values never part."""
    if len(values) == 0:
        return np.empty(0, dtype=np.int64)
    inner = np.quantile(values, np.arange(1, parts) / parts, method="lower")
    return np.searchsorted(np.unique(inner), values, side="left")


def _classes(values: NDArray[np.float64], codes: NDArray[np.uint8]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for code in CODES:
        own = values[codes == code]
        if len(own):
            low, high = float(own.min()), float(own.max())
            found.append({"code": code, "low": low, "high": high, "n": len(own)})
    return found


def listed(release: OpenRelease) -> list[dict[str, Any]]:
    """Give the indicators of a release, asked once; its entries are shared: not to be changed."""

    def ask() -> list[dict[str, Any]]:
        with release.cursor() as con:
            return indicators(con)

    return release.remember("indicators", ask)


def _has_level(release: OpenRelease, level: str) -> bool:
    return level == "grid" or bool(release.facts.level(level))


def _count(release: OpenRelease, unit: str) -> int:
    if unit == "grid":
        return release.facts.grids
    kind = kinds(release).get(unit)
    return len(release.facts.level(unit)) if kind is None else kind.units


def _positions(release: OpenRelease, unit: str, ids: list[str]) -> NDArray[np.int64]:
    if unit == "grid":
        with release.cursor() as con:
            rows = con.execute("select grid_id, grid_idx from grid").fetchall()
        index = dict(rows)
    elif unit in kinds(release):
        index = {one["unit_id"]: at for at, one in enumerate(units_of(release, unit))}
    else:
        index = {area.code: at for at, area in enumerate(release.facts.level(unit))}
    return np.array([index[one] for one in ids], dtype=np.int64)
