"""Measure every state between two months, and hold the steps against the two releases.

Each state is measured by the functions of a build. What a step changes is the difference of the
states before and after it, so the steps sum to the whole change exactly.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.catalogue import ALL
from etl.compare.side import Ints, Side
from etl.compare.stages import Stage
from etl.compute import Everything, Ground, Reach, in_order, reach_of
from etl.profiles import LINE, WALK, increments_at
from geo.errors import StoreError
from geo.search import Workspace
from geo.walk import BASES, MINUTES

Table = dict[int, Ints]
"""Mode -> what every area of both months newly reaches, (areas, minutes 0..60, bases)."""
MODES: Final = (LINE, WALK)


@dataclass(frozen=True)
class Change:
    """What the steps change in one category and mode: rows in which something does."""

    category: str
    mode: int
    step: NDArray[np.int64]
    area: NDArray[np.int64]
    minute: NDArray[np.int64]
    amounts: Ints


@dataclass(frozen=True)
class _Measured:
    """One category in all states; `reaches` are kept of mandatory ones only."""

    code: str
    tables: list[Table]
    reaches: list[Reach | None]


def replayed(
    sides: tuple[Side, Side],
    stages: Sequence[Stage],
    areas: int,
    workers: int,
    check: Callable[[float], None],
) -> Iterator[Change]:
    """Measure all categories in all states, and give what each step changes, category by category.

    Parameters
    ----------
    areas
        How many areas the two months have together.
    check
        Told the share that is done, between categories; raises when somebody cancelled.

    Raises
    ------
    StoreError
        The first state is not the old release, or the last is not the new one: a defect.
    """
    codes = [code for code in {**sides[0].categories, **sides[1].categories} if code != ALL]
    together = _Together(stages)

    def measure(every: Sequence[Stage], code: str, workspace: Workspace | None) -> _Measured:
        return _measured(every, code, areas, workspace)

    done = 0

    def look() -> None:
        check(done / len(codes))

    for one in in_order(stages, codes, measure, workers, look):
        done += 1
        together.add(one)
        yield from _told(sides, stages, one.code, one.tables)
    yield from _told(sides, stages, ALL, together.tables(areas))


def _measured(
    stages: Sequence[Stage], code: str, areas: int, workspace: Workspace | None
) -> _Measured:
    tables: list[Table] = []
    reaches: list[Reach | None] = []
    for at, stage in enumerate(stages):
        before = stages[at - 1] if at else None
        sites = stage.doors.get(code)
        is_same = (
            before is not None and before.laid == stage.laid and before.doors.get(code) is sites
        )
        if is_same:
            reaches.append(reaches[-1])
        else:
            reaches.append(None if sites is None else reach_of(stage.ground, sites, workspace))
        if is_same and before is not None and before.ground is stage.ground:
            tables.append(tables[-1])
        else:
            tables.append(table_of(stage, reaches[-1], areas))
    is_asked = any(code in stage.known for stage in stages)
    return _Measured(code, tables, reaches if is_asked else [])


def table_of(stage: Stage, reach: Reach | None, areas: int) -> Table:
    """Sum what a reach means for people and area at the default speed, by area and minute."""
    if reach is None:
        return {}
    modes = MODES if reach.walk_dm is not None else (LINE,)
    return {mode: _summed(stage, stage.ground, reach, mode, areas) for mode in modes}


def _summed(stage: Stage, ground: Ground, reach: Reach, mode: int, areas: int) -> Ints:
    rows = increments_at(ground, reach, mode, ground.limits_dm[0])
    total = np.zeros((len(stage.areas.code), MINUTES, len(BASES)), dtype=np.int64)
    at = (stage.areas.lowest[rows.grid], rows.minute.astype(np.int64))
    for basis, name in enumerate(BASES):
        np.add.at(total[:, :, basis], at, getattr(rows, name))
    return _placed(stage, stage.areas.rolled_up(total), areas)


def _placed(stage: Stage, table: Ints, areas: int) -> Ints:
    """Put the areas of one stage where they stand among those of both months."""
    placed = np.zeros((areas, *table.shape[1:]), dtype=np.int64)
    placed[stage.position] = table
    return placed


class _Together:
    """Fold the mandatory categories of every state; states alike in all of them fold once."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = stages
        self._group: list[int] = []
        keys: list[Any] = []
        for stage in stages:
            members = stage.members
            key = None if members is None else (stage.laid, [id(one) for one in members])
            if not keys or keys[-1] != key:
                keys.append(key)
            self._group.append(len(keys) - 1)
        self._folds: dict[int, Everything] = {}
        for at, group in enumerate(self._group):
            if keys[group] is not None and group not in self._folds:
                self._folds[group] = Everything(stages[at].ground)

    def add(self, one: _Measured) -> None:
        """Take in one category wherever it is mandatory."""
        taken: set[int] = set()
        for at, stage in enumerate(self._stages):
            group = self._group[at]
            reach = one.reaches[at] if one.reaches else None
            is_due = group in self._folds and group not in taken and one.code in stage.known
            if is_due and reach is not None:
                self._folds[group].add(reach)
                taken.add(group)

    def tables(self, areas: int) -> list[Table]:
        """Give all of them together in every state."""
        reaches = {group: fold.reach(0) for group, fold in self._folds.items()}
        return [
            table_of(stage, reaches.get(group), areas)
            for stage, group in zip(self._stages, self._group, strict=True)
        ]


def _told(
    sides: tuple[Side, Side], stages: Sequence[Stage], code: str, tables: list[Table]
) -> Iterator[Change]:
    """Check both ends against the releases, then give the differences between the states."""
    for side, stage, table in zip(
        sides, (stages[0], stages[-1]), (tables[0], tables[-1]), strict=True
    ):
        _hold(side, stage, code, table)
    yield from between(code, tables)


def between(code: str, tables: Sequence[Table]) -> Iterator[Change]:
    """Give the differences between each state of one category and the next."""
    for mode in MODES:
        parts: list[tuple[int, Ints]] = []
        for step, (before, after) in enumerate(pairwise(tables)):
            moved = _difference(before.get(mode), after.get(mode))
            if moved is not None and moved.any():
                parts.append((step, moved))
        if parts:
            yield _rows(code, mode, parts)


def _hold(side: Side, stage: Stage, code: str, table: Table) -> None:
    """Refuse a replay whose end is not, to the digit, what the release says."""
    stored = side.area_profile(code)
    for mode in MODES:
        mine, theirs = table.get(mode), stored.get(mode)
        own = None if mine is None else mine[stage.position]
        is_equal = not any(part is not None and part.any() for part in (own, theirs))
        if own is not None and theirs is not None:
            is_equal = np.array_equal(own, theirs)
        if not is_equal:
            raise StoreError(
                f"the replay of {side.release.release} does not give its own numbers for category "
                f"{code}, so no comparison is written. This is a defect: please report it."
            )


def _difference(before: Ints | None, after: Ints | None) -> Ints | None:
    if before is after:
        return None
    if before is None or after is None:
        return after if after is not None else -before if before is not None else None
    return after - before


def _rows(code: str, mode: int, parts: list[tuple[int, Ints]]) -> Change:
    found = [(step, *np.nonzero(moved.any(axis=2))) for step, moved in parts]
    return Change(
        code,
        mode,
        np.concatenate([np.full(len(area), step) for step, area, _ in found]),
        np.concatenate([area for _, area, _ in found]),
        np.concatenate([minute for _, _, minute in found]),
        np.concatenate(
            [
                moved[area, minute]
                for (_, moved), (_, area, minute) in zip(parts, found, strict=True)
            ]
        ),
    )
