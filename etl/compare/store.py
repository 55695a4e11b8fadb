"""Write a comparison of two releases beside them: one file, whole or not there."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.compare.facilities import CORRECTED, MOVED_M, Changed
from etl.compare.grids import GridChange
from etl.compare.replay import Change
from etl.compare.side import Ints, Side
from etl.compare.stages import STEPS
from geo.store.changes import VERSION
from geo.store.connect import Connection, open_build
from geo.store.release import Release, compare_path, data_dir, fsync_dir, fsync_file
from geo.store.write import append, create_schema
from geo.walk import BASES

SCHEMA: Final = "compare_schema"
SERVED_MINUTES: Final = 15
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Head:
    """What was compared. `whole` is None, or why all stands under the rules: schema or crs."""

    old: Release
    new: Release
    months: tuple[str, str]
    networks: tuple[bool, bool]
    whole: str | None
    began: float


def write_file(store: Path, old: Release, new: Release, fill: Callable[[Connection], None]) -> Path:
    """Make the file of a comparison: beside, filled, on disk, then renamed."""
    path = compare_path(store, old.release, new.release)
    temporary = data_dir(store) / f".build-compare-{os.getpid()}.duckdb"
    try:
        con = open_build(temporary, has_shapes=False)
        try:
            create_schema(con, SCHEMA)
            fill(con)
            con.execute("checkpoint")
        finally:
            con.close()
        fsync_file(temporary)
        temporary.rename(path)
        fsync_dir(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
    return path


def store_head(con: Connection, head: Head, did_change: Sequence[bool]) -> None:
    """Write what was compared and which steps there are; call last, it tells the seconds."""
    _append(
        con,
        "comparison",
        {
            "version": np.array([VERSION]),
            "old_release": _texts([head.old.release]),
            "new_release": _texts([head.new.release]),
            "old_month": _texts([head.months[0]]),
            "new_month": _texts([head.months[1]]),
            "old_has_network": np.array([head.networks[0]]),
            "new_has_network": np.array([head.networks[1]]),
            "whole": _texts([head.whole]),
            "made_at": _texts([datetime.now(UTC).isoformat(timespec="seconds")]),
            "seconds": np.array([time.perf_counter() - head.began]),
        },
    )
    _append(
        con,
        "step",
        {
            "idx": np.arange(len(STEPS)),
            "name": _texts(list(STEPS)),
            "did_change": np.array(did_change),
        },
    )


def store_changes(con: Connection, codes: Sequence[str], changes: Iterable[Change]) -> set[int]:
    """Write what the steps change as it is measured; give the steps that changed anything."""
    names = _texts(list(codes))
    steps: set[int] = set()
    for one in changes:
        n = len(one.step)
        steps |= set(np.unique(one.step).tolist())
        _append(
            con,
            "change",
            {
                "step": one.step,
                "category": _texts([one.category] * n),
                "mode": np.full(n, one.mode),
                "area_code": names[one.area],
                "minute": one.minute,
                **{basis: one.amounts[:, at] for at, basis in enumerate(BASES)},
            },
        )
    return steps


def store_denominators(
    con: Connection, codes: Sequence[str], states: Sequence[tuple[Ints, Ints]]
) -> set[int]:
    """Write what the areas hold in the old release, and after every step that changes it.

    Parameters
    ----------
    states
        For each state the positions of its areas among `codes`, and what they hold, (areas, 5).
    """
    names = _texts(list(codes))
    held: Ints | None = None
    steps: set[int] = set()
    for state, (position, totals) in enumerate(states):
        placed = np.full((len(codes), len(BASES)), -1, dtype=np.int64)
        placed[position] = totals
        rows = np.arange(len(codes))
        if held is not None:
            rows = np.flatnonzero((placed != held).any(axis=1))
            steps |= {state - 1} if len(rows) else set()
        held = placed
        _append(
            con,
            "denominator",
            {
                "step": np.full(len(rows), state - 1),
                "area_code": names[rows],
                **{basis: np.ma.masked_less(placed[rows, at], 0) for at, basis in enumerate(BASES)},
            },
        )
    return steps


def store_differences(
    con: Connection,
    sides: tuple[Side, Side],
    facilities: Sequence[Changed],
    grids: Sequence[GridChange],
) -> None:
    """Write every facility and grid that is not what it was."""
    served = tuple(side.served(SERVED_MINUTES) for side in sides)
    rows = [row for one in facilities for row in _facility_rows(sides, one, (served[0], served[1]))]
    rows += [_grid_row(sides, one) for one in grids]
    names = list(rows[0]) if rows else []
    columns: Columns = {name: _typed(name, [row[name] for row in rows]) for name in names}
    if rows:
        _append(con, "difference", {"difference_idx": np.arange(len(rows)), **columns})


def _facility_rows(
    sides: tuple[Side, Side], one: Changed, served: tuple[Ints, Ints]
) -> list[dict[str, Any]]:
    """Give the line of a facility, and a second one where it moved far; renaming alone is none."""
    if not set(one.what) - {"renamed"}:
        return []
    old, new, shown = one.old, one.new, one.shown
    is_now = new is not None and new.is_open
    people = (
        served[1][new.idx]
        if new is not None and is_now
        else served[0][old.idx]
        if old is not None and old.is_open
        else None
    )
    lon, lat = shown.lonlat
    dated = None if new is None else new.closed if one.step == "closed" else new.opened
    row = {
        "kind": "corrected" if one.step == CORRECTED else one.step,
        "what": "facility",
        "id": shown.key,
        "name": shown.name,
        "category": shown.category,
        "lon": lon,
        "lat": lat,
        "metres": one.metres if old is not None and new is not None else None,
        "before": None if old is None else f"{old.category} {old.status}",
        "after": None if new is None else f"{new.category} {new.status}",
        "detail": ",".join(one.what),
        "dated": None if one.step == CORRECTED else dated,
        "served_milli": None if people is None else int(people),
        **_around(sides[1] if new is not None else sides[0], shown.grid),
    }
    is_far = one.metres > MOVED_M
    return [row, {**row, "kind": "moved"}] if is_far else [row]


def _grid_row(sides: tuple[Side, Side], one: GridChange) -> dict[str, Any]:
    old, new = sides
    side, at = (new, one.at) if one.at >= 0 else (old, old.place_of[one.grid_id])
    return {
        "kind": one.kind,
        "what": "grid",
        "id": one.grid_id,
        "name": one.name,
        "category": None,
        "lon": one.lonlat[0],
        "lat": one.lonlat[1],
        "metres": None,
        "before": None if one.before < 0 else str(one.before),
        "after": None if one.after < 0 else str(one.after),
        "detail": ",".join(one.parts),
        "dated": None,
        "served_milli": None,
        **_around(side, at),
    }


def _around(side: Side, grid: int) -> dict[str, str | None]:
    """Give the codes of the areas around a grid, None for a level the city has not."""
    found: dict[str, str | None] = dict.fromkeys(("street", "district", "community"))
    area = int(side.areas.lowest[grid]) if grid >= 0 else 0
    while area > 0:
        found[side.areas.level[area]] = side.areas.code[area]
        area = int(side.areas.parent[area])
    return found


_NUMBERS: Final = {"lon": np.float64, "lat": np.float64, "metres": np.float64}


def _typed(name: str, values: list[Any]) -> NDArray[Any]:
    """Give a column of the table difference, masked where a number is missing."""
    if name == "served_milli" or name in _NUMBERS:
        mask = [value is None for value in values]
        kind = _NUMBERS.get(name, np.int64)
        return np.ma.array([0 if value is None else value for value in values], kind, mask=mask)
    return _texts(values)


def _append(con: Connection, table: str, columns: Columns) -> None:
    append(con, table, columns, SCHEMA)


def _texts(values: Sequence[str | None]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
