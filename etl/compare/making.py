"""Make the comparison of two releases: choose them, replay the month, write the file."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np

from etl.compare.facilities import Changed, Window, changes
from etl.compare.grids import grid_changes
from etl.compare.replay import Change, between, replayed
from etl.compare.side import Areas, Ints, Side, read_areas, read_side, stored_profile
from etl.compare.stages import STEPS, Stage, all_codes, stages_of
from etl.compare.store import (
    Head,
    store_changes,
    store_denominators,
    store_differences,
    store_head,
    write_file,
)
from etl.layers import Fault
from etl.progress import Progress
from geo.errors import CancelledError, LivingCircleError, StoreError
from geo.store import release as releases
from geo.store.changes import is_written
from geo.store.connect import SCHEMA_VERSION, Connection, open_derived, schema_version
from geo.store.release import Release

Report = Callable[[float], None]
RULES = STEPS.index("rules")


def compare(
    store: Path, old: str | None = None, new: str | None = None, progress: Progress | None = None
) -> Path:
    """Write the comparison of two releases, unless it is there, and give its file.

    Parameters
    ----------
    old, new
        Ids or numbers. Left out: the newest release, and the one published before it.

    Raises
    ------
    StoreError
        There is no such release, nothing was published before, a file is damaged, or the replay
        does not give the releases' own numbers; no file is written then.
    """
    progress = progress or Progress()
    with releases.writer_lock(store):
        after = releases.find(store, new)
        before = baseline(store, after) if old is None else releases.find(store, old)
        if before is None:
            raise StoreError(
                f"{store} has no release published before {after.release}, so there is nothing to "
                "compare it with. Name both: python -m etl compare --store DIR OLD NEW"
            )
        if before.release == after.release:
            raise StoreError(
                f"{after.release} was named twice; expected two releases. See: python -m etl list"
            )
        progress.at(0.0, f"compare {before.month} with {after.month}")
        path = compare_releases(
            store, before, after, lambda share: progress.within(share, "replay the month")
        )
        progress.end(path.name)
        return path


def baseline(store: Path, new: Release) -> Release | None:
    """Give what a release is compared with: the published one, else the one published before."""
    listed = [item for item in releases.list_releases(store) if item.is_present]
    others = [item for item in listed if item.release.release != new.release]
    current = [item.release for item in others if item.is_current]
    before = [
        item.release for item in others if item.was_published and item.release.number < new.number
    ]
    return next(iter([*current, *before]), None)


def compare_before_publishing(store: Path, new: Release, progress: Progress) -> list[Fault]:
    """Compare a new release with the published one; with the lock held, before the pointer moves.

    Where the published one is of the same month, the last one of an earlier month is compared too:
    that is the month which a reader sees the change against. A comparison that fails is a fault
    and never in the way.
    """
    if releases.pointed_at(store) is None:
        return []
    try:
        for old in _baselines(store, new):
            text = f"compare with {old.month}"
            progress.at(0.98, text)
            compare_releases(store, old, new, lambda _, text=text: progress.within(0.985, text))
    except CancelledError:
        raise
    except (LivingCircleError, OSError, duckdb.Error) as error:
        return [
            Fault(
                *("COMPARE_MISSING", "warning", "store", None, None),
                f"What changed since the published release could not be worked out: {error}",
                "Publish all the same, or try again: python -m etl compare --store DIR",
            )
        ]
    return []


def _baselines(store: Path, new: Release) -> list[Release]:
    first = baseline(store, new)
    if first is None:
        return []
    if first.month != new.month:
        return [first]
    earlier = [
        item.release
        for item in releases.list_releases(store)
        if item.was_published and item.is_present and item.release.month < new.month
    ]
    return [first, *earlier[:1]]


def compare_releases(store: Path, old: Release, new: Release, report: Report) -> Path:
    """Write the comparison of two releases, with the lock held; what is written stays."""
    path = releases.compare_path(store, old.release, new.release)
    if is_written(path):
        return path
    for one in (old, new):
        releases.verify(store, one)
    began = time.perf_counter()
    with (
        closing(open_derived(releases.release_path(store, old))) as before,
        closing(open_derived(releases.release_path(store, new))) as after,
    ):
        whole = _whole(before, after)
        head = Head(
            old,
            new,
            (_fact(before, "as_of"), _fact(after, "as_of")),
            (bool(_fact(before, "has_network")), bool(_fact(after, "has_network"))),
            whole,
            began,
        )
        if whole is None:
            sides = (read_side(before, old), read_side(after, new))
            return write_file(store, old, new, lambda con: _fill(con, sides, head, report))
        return write_file(store, old, new, lambda con: _fill_whole(con, (before, after), head))


def _whole(before: Connection, after: Connection) -> str | None:
    """Say why a replay is not possible: other tables, or another metric CRS."""
    if {schema_version(before), schema_version(after)} != {SCHEMA_VERSION}:
        return "schema"
    crs = {_fact(con, "metric_crs") for con in (before, after)}
    return "crs" if len(crs) > 1 else None


def _fact(con: Connection, name: str) -> str:
    rows = con.execute(f"select {name} from release").fetchall()  # noqa: S608 - our own names
    return rows[0][0]


def _fill(con: Connection, sides: tuple[Side, Side], head: Head, report: Report) -> None:
    old, new = sides
    facilities = _facility_changes(old, new)
    grids = grid_changes(old, new)
    workers = os.cpu_count() or 1
    stages = stages_of(old, new, facilities, workers)
    _hold_totals(sides, stages)
    codes = list(all_codes(old.areas, new.areas))
    moved = store_denominators(con, codes, [(one.position, one.totals) for one in stages])
    steps = replayed(sides, stages, len(codes), workers, report)
    moved |= store_changes(con, codes, steps)
    store_differences(con, sides, facilities, grids)
    store_head(con, head, _did_change(sides, stages, facilities, moved))


def _facility_changes(old: Side, new: Side) -> list[Changed]:
    places = tuple(
        side.shapes.to_metric(np.array([one.lonlat for one in side.facilities]).reshape(-1, 2))
        for side in (old, new)
    )
    window = Window(old.month, new.month)
    return changes(old.facilities, new.facilities, (places[0], places[1]), window)


def _hold_totals(sides: tuple[Side, Side], stages: list[Stage]) -> None:
    """Refuse a replay that begins or ends with other people than the releases have."""
    for side, stage in zip(sides, (stages[0], stages[-1]), strict=True):
        if not np.array_equal(stage.totals, side.area_totals):
            raise StoreError(
                f"the replay of {side.release.release} does not hold as many people as it does, "
                "so no comparison is written. This is a defect: please report it."
            )


def _did_change(
    sides: tuple[Side, Side], stages: list[Stage], facilities: list[Changed], moved: set[int]
) -> list[bool]:
    """Tell of every step whether anything of it differs, be it that no number moves by it."""
    old, new = sides
    differs = {
        "rules": old.rules != new.rules
        or old.snap_limit_m != new.snap_limit_m
        or old.categories != new.categories,
        "streets": stages[2].laid != stages[1].laid,
        "grids": stages[3].laid != stages[2].laid,
        "people": stages[-1].ground is not stages[-2].ground
        or not np.array_equal(stages[-1].totals, stages[-2].totals),
        **{one.step: True for one in facilities if set(one.what) - {"renamed"}},
    }
    return [differs.get(step, False) or at in moved for at, step in enumerate(STEPS)]


def _fill_whole(con: Connection, both: tuple[Connection, Connection], head: Head) -> None:
    """Put the whole change under the rules: the months were measured by other ones."""
    read = [read_areas(one, _grids(one)) for one in both]
    codes = all_codes(read[0][0], read[1][0])
    states = [(_positions(areas, codes), totals) for areas, totals in read]
    store_denominators(con, list(codes), states)
    store_changes(con, list(codes), _whole_changes(both, [one[0] for one in states], len(codes)))
    store_head(con, head, [step == "rules" for step in STEPS])


def _grids(con: Connection) -> int:
    return int(con.execute("select count(*) from grid").fetchall()[0][0])


def _positions(areas: Areas, codes: dict[str, int]) -> Ints:
    return np.array([codes[code] for code in areas.code], dtype=np.int64)


def _whole_changes(
    both: tuple[Connection, Connection], positions: list[Ints], areas: int
) -> Iterator[Change]:
    names = {
        code: None
        for con in both
        for (code,) in con.execute(
            "select code from category where base_idx is null order by category_idx"
        ).fetchall()
    }
    for code in names:
        tables = []
        for con, position in zip(both, positions, strict=True):
            stored = stored_profile(con, code, len(position))
            placed = {
                mode: np.zeros((areas, *rows.shape[1:]), np.int64) for mode, rows in stored.items()
            }
            for mode, rows in stored.items():
                placed[mode][position] = rows
            tables.append(placed)
        yield from between(code, tables)
