"""Build a release: read, stage, compute, check, and only then let the pointer move."""

import errno
import os
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np

from etl import checks, issues, marts, staging
from etl.catalogue import store_categories
from etl.city_steps import compute_all, lay_ground
from etl.compare import compare_before_publishing
from etl.compute import Ground
from etl.effects import Effects, locate, measure
from etl.findings import Findings, Group, contents, findings, store_groups
from etl.history import store_history
from etl.layers import CityLayers, Fault, Layer, Rejected
from etl.ledgers.duties import store_duties
from etl.ledgers.reading import ledger_layers
from etl.ledgers.store import ledger_faults, store_ledgers
from etl.ledgers.tasks import carry_tasks, content_with_tasks
from etl.month_checks import published_faults
from etl.personal import without_personal_data
from etl.progress import Progress
from etl.readers import Reading, read_city
from etl.report import first_text
from etl.row_checks import odd_faults
from etl.section import count
from etl.settings import CitySettings, load_city
from etl.shapes import GridShapes, containing_grid, grid_shapes
from etl.standards.choose import chosen_packs
from etl.standards.communities import community_layers
from etl.standards.community_table import community_faults, store_communities
from etl.standards.store import store_standards
from etl.units.reading import checked_units, read_units
from etl.units.store import parent_faults, store_units, unit_faults_of
from geo.errors import InputDataError, StoreError
from geo.store import release as releases
from geo.store.connect import Connection, open_build, open_scratch
from geo.store.queries import fetch_columns
from geo.store.release import Release
from geo.store.tiles import prepare
from geo.store.write import append, create_schema

DEFAULT_REASON = "command line"


@dataclass(frozen=True)
class BuildOptions:
    """How to build. `workers` is the number of threads; it never changes a number."""

    publish: bool = True
    strict: bool = False
    reason: str | None = None
    workers: int = 1


@dataclass(frozen=True)
class Built:
    """What a build came to. `is_new` False: the store already had this very content."""

    release: Release
    is_new: bool
    is_published: bool
    faults: list[Fault]
    groups: list[Group]
    seconds: dict[str, float]


@dataclass(frozen=True)
class Checked:
    """What reading a city found, without building it."""

    sources: list[issues.SourceRows]
    faults: list[Fault]
    groups: list[Group]
    layers: CityLayers
    rejected: list[Rejected]


def build_city(
    city_toml: Path, store: Path, options: BuildOptions, progress: Progress | None = None
) -> Built:
    """Build a release from a city.toml into a store, and publish it when nothing blocks.

    Raises
    ------
    LivingCircleError
        A file, a setting, the store or an invariant is in the way. The published release is
        untouched and nothing of the attempt stays on disk.
    """
    progress = progress or Progress()
    settings = load_city(city_toml)
    with releases.writer_lock(store):
        progress.at(0.01, "read files")
        layers = _read(settings, progress)
        releases.check_room(store, sum(part.bytes for part in layers.parts()))
        path = releases.build_path(store)
        try:
            return _build(settings, layers, store, path, options, progress)
        except (OSError, duckdb.Error, MemoryError) as error:
            raise _room_message(error, store) or error from error
        finally:
            releases.remove_leftovers(store)


def check_city(city_toml: Path, progress: Progress | None = None) -> Checked:
    """Read a city and do all of a build that comes before the distances, in memory only."""
    return check_settings(load_city(city_toml), progress)


def check_settings(settings: CitySettings, progress: Progress | None = None) -> Checked:
    """Check a city of which the settings are read already."""
    progress = progress or Progress()
    progress.at(0.01, "read files")
    layers = _read(settings, progress)
    progress.at(0.08, "check rows")
    con = open_scratch()
    try:
        city = _stage(con, settings, layers)
        faults = _early_faults(con, layers, city.shapes)
        if not any(fault.severity == "blocking" for fault in faults):
            _, layers, more = _lay(con, settings, layers, city, 1, progress)
            faults += more
        staged = staging.kept_aside(con, layers)
        sources = issues.source_rows(layers, staged, staging.changed_rows(con, layers))
        places = locate(con, layers, faults)
    finally:
        con.close()
    progress.end("checked")
    aside = issues.all_rejected(layers, staged)
    found = findings(faults, sources, places, contents(layers, aside))
    return Checked(sources, found.faults, found.groups, layers, aside)


def _read(settings: CitySettings, progress: Progress) -> CityLayers:
    def say(line: str) -> None:
        progress.within(0.02, line)

    found: dict[str, list[Layer]] = {}

    def further(reading: Reading) -> None:
        found["units"] = read_units(settings, reading)
        found["communities"] = community_layers(settings, reading)
        found["ledgers"] = ledger_layers(settings, reading)

    packs = chosen_packs(settings)
    layers = read_city(settings, say, further)
    found["units"] = checked_units(settings, found["units"], layers.grids)
    faults = [*layers.faults, *packs.faults]
    return without_personal_data(replace(layers, **found, faults=faults))


@dataclass(frozen=True)
class _City:
    """What the steps of a build hand on."""

    shapes: GridShapes
    order: np.ndarray


def _build(
    settings: CitySettings,
    layers: CityLayers,
    store: Path,
    path: Path,
    options: BuildOptions,
    progress: Progress,
) -> Built:
    began = time.perf_counter()
    con = open_build(path, threads=max(1, options.workers))
    try:
        progress.at(0.08, "stage rows")
        city = _stage(con, settings, layers)
        faults = _early_faults(con, layers, city.shapes)
        _refuse_blocking(faults)
        ground, layers, more = _lay(con, settings, layers, city, options.workers, progress)
        faults += more
        _refuse_blocking(faults)
        measured = compute_all(con, ground, options.workers, progress)
        progress.at(0.80, "sum areas")
        for mart in ("area_profile", "area_profile_own", "area_standard", "edge_flip"):
            staging.run(con, f"marts/{mart}")
        store_standards(con, city.shapes, settings)
        as_of = settings.city.as_of
        faults += published_faults(con, store, layers.grids.source, as_of)
        faults += store_history(con, store, as_of)
        carried = carry_tasks(con, store, as_of)
        progress.at(0.84, "weigh faults")
        effects = measure(con, layers, city.shapes, settings.walk.speeds[0], faults)
        found = _store_faults(con, layers, faults, effects)
        progress.at(0.88, "check invariants")
        _refuse_broken(checks.check_all(con, measured))
        progress.at(0.92, "hash content")
        content = content_with_tasks(con, carried, as_of)
        progress.at(0.95, "prepare tiles")
        prepare(con)
        return _finish(con, settings, store, path, content, found, options, progress, began)
    finally:
        con.close()


def _stage(con: Connection, settings: CitySettings, layers: CityLayers) -> _City:
    create_schema(con)
    staging.load_raw(con, layers, settings.openings)
    staging.stage_grids(con, settings.city.name)
    order = fetch_columns(con, "select pos from stg_place order by grid_idx")["pos"]
    if len(order) == 0:
        raise InputDataError(
            f"{layers.grids.source} has no usable grid among its {layers.grids.rows_in:,} rows; "
            "expected polygons with a code each. See: python -m etl check"
        )
    shapes = grid_shapes(layers.grids.geometry[order], settings.city.metric_crs)
    buildings = fetch_columns(con, "select lon, lat from raw_buildings order by pos")
    places = np.column_stack([buildings["lon"], buildings["lat"]])
    staging.stage_buildings(con, containing_grid(shapes.lonlat, places))
    store_categories(con, settings.city.catalogue)
    staging.stage_facilities(con)
    return _City(shapes, order)


def _lay(
    con: Connection,
    settings: CitySettings,
    layers: CityLayers,
    city: _City,
    workers: int,
    progress: Progress,
) -> tuple[Ground, CityLayers, list[Fault]]:
    """Fill the tables that stand before any distance; say what is wrong with people and streets.

    The layers come back with the rows of units and ledgers that did not enter among the rejected
    ones.
    """
    shapes = city.shapes
    marts.store_release(con, settings, shapes, layers.streets is not None)
    marts.store_places(con, shapes)
    marts.store_facilities(con, shapes)
    marts.store_basemap(con, layers)
    housed = store_units(con, shapes, settings, layers)
    told = store_communities(con, housed)
    placed = store_ledgers(con, shapes, settings, told)
    store_duties(con, settings)
    ground, faults = lay_ground(con, settings, layers, shapes, city.order, workers, progress)
    as_of = settings.city.as_of
    odd = odd_faults(con, layers, shapes, city.order, ground, as_of=as_of, workers=workers)
    faults += [*marts.far_faults(con, shapes), *odd, *unit_faults_of(layers, housed)]
    faults += [*parent_faults(con, layers.grids.source), *ledger_faults(told, placed)]
    faults += community_faults(housed, told)
    return ground, placed, faults


def _early_faults(con: Connection, layers: CityLayers, shapes: GridShapes) -> list[Fault]:
    return [
        *layers.all_faults(),
        *staging.faults(con, layers),
        *marts.scale_faults(shapes),
    ]


def _refuse_blocking(faults: list[Fault]) -> None:
    ordered = findings(faults, [], Effects(), lambda _source, _row: None).faults
    blocking = [fault for fault in ordered if fault.severity == "blocking"]
    if blocking:
        raise InputDataError(
            f"{count(len(blocking), 'fault')} in the way of the build, {first_text(blocking[0])}"
        )


def _refuse_broken(results: list[checks.Checked]) -> None:
    broken = [result for result in results if not result.ok]
    if broken:
        raise StoreError(
            f"{len(broken)} of {len(results)} invariants do not hold, so nothing is published; "
            f"the first: {broken[0].name}: {broken[0].detail} This is a defect: please report it."
        )


def _store_faults(
    con: Connection, layers: CityLayers, faults: list[Fault], effects: Effects
) -> Findings:
    staged = staging.kept_aside(con, layers)
    rejected = issues.all_rejected(layers, staged)
    sources = issues.source_rows(layers, staged, staging.changed_rows(con, layers))
    found = findings(faults, sources, effects, contents(layers, rejected))
    issues.store_issues(con, found.faults, found.effects)
    store_groups(con, found.groups)
    issues.store_rejected(con, rejected)
    issues.store_sources(con, sources)
    return found


def _finish(
    con: Connection,
    settings: CitySettings,
    store: Path,
    path: Path,
    content: str,
    found: Findings,
    options: BuildOptions,
    progress: Progress,
    began: float,
) -> Built:
    """Stamp, close, adopt and publish; or find that the store has this content already."""
    faults, groups = found.faults, found.groups
    warnings = sum(fault.severity == "warning" for fault in faults)
    known = releases.same_content(store, content)
    if known is not None:
        faults = faults + compare_before_publishing(store, known, progress)
        progress.end(f"release {known.release} has this content already")
        is_published = _publish(store, known, warnings, options)
        return Built(known, False, is_published, faults, groups, progress.seconds)
    number = releases.next_number(store)
    name = f"{number}-{content[:12]}"
    release = Release(
        release=name,
        file=f"release-{name}.duckdb",
        content=content,
        sha256="",
        bytes=0,
        month=settings.city.as_of,
        city=settings.city.name,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        reason=options.reason or DEFAULT_REASON,
        warnings=warnings,
    )
    _stamp(con, release, time.perf_counter() - began)
    progress.at(0.96, "write release")
    con.execute("checkpoint")
    con.close()
    adopted = releases.adopt(store, path, release)
    faults = faults + compare_before_publishing(store, adopted, progress)
    is_published = _publish(store, adopted, warnings, options)
    releases.prune(store)
    progress.end(f"release {adopted.release}")
    return Built(adopted, True, is_published, faults, groups, progress.seconds)


def _stamp(con: Connection, release: Release, seconds: float) -> None:
    """Write when and why into the release; that is no content."""
    texts = {
        name: np.array([getattr(release, name)], dtype=object)
        for name in ("content", "built_at", "reason")
    }
    number = {"number": np.array([release.number]), "seconds": np.array([seconds])}
    append(con, "release_stamp", number | texts)


def _publish(store: Path, release: Release, warnings: int, options: BuildOptions) -> bool:
    """Move the pointer unless asked not to or warnings are refused; tell whether it is here."""
    now = releases.pointed_at(store)
    if now is not None and now.release == release.release:
        return True
    if not options.publish or (options.strict and warnings):
        return False
    releases.point_to(store, release)
    return True


def _room_message(error: Exception, store: Path) -> StoreError | None:
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return StoreError(
            "the build needs more memory than there is; it was removed and the published release "
            "is untouched. Use a machine with more memory, or build district by district."
        )
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not is_full and not any(
        sign in str(error) for sign in (os.strerror(errno.ENOSPC), "out of disk", "disk space")
    ):
        return None
    return StoreError(
        f"the disk of {store} is full; the build was removed and the published release is "
        "untouched. Free some space and build again."
    )
