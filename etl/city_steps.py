"""Compute a whole city: lay its ground, then every category, then what is made of all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl import staging
from etl.capacity import store_capacity
from etl.catalogue import ALL
from etl.checks import Checked, adding_never_lowers
from etl.compute import Everything, Ground, Reach, Sites, in_order, reach_of
from etl.demand import DemandPoints, apart_faults, demand_points, store_demand
from etl.doubts import store_doubtful
from etl.layers import CityLayers, Fault
from etl.own import OwnRows, own_reach, own_rows, store_own_points, store_own_profiles
from etl.profiles import LINE, WALK, Profiled, profiled, store_absent, store_profiles, store_reach
from etl.progress import Progress
from etl.settings import CitySettings
from etl.shapes import GridShapes
from etl.spread import area_lattice
from etl.walking import Network, build_network, network_faults, store_network, store_snaps
from geo.nearby import next_facilities
from geo.network import Snap
from geo.search import Workspace
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append
from geo.walk import Speed


def lay_ground(
    con: Connection,
    settings: CitySettings,
    layers: CityLayers,
    shapes: GridShapes,
    order: NDArray[np.int64],
    workers: int,
    progress: Progress,
) -> tuple[Ground, list[Fault]]:
    """Place the people, lay the streets, and say how far either can be trusted."""
    progress.at(0.12, "place people")
    demand = demand_points(con, settings.demand, shapes, layers.grids, order)
    store_demand(con, demand)
    network: Network | None = None
    faults: list[Fault] = []
    if layers.streets is not None:
        progress.at(0.16, "lay streets")
        network = build_network(layers.streets, shapes, settings.walk.snap_limit_m)
        store_network(con, layers.streets, network)
        progress.at(0.22, "step onto streets")
    ground = ground_on(
        shapes,
        demand,
        network,
        Rules(settings.walk.speeds, settings.walk.max_minutes),
        district_of_grid(con),
        workers,
    )
    if layers.streets is not None and ground.snaps is not None:
        own = ground.snaps.take(slice(0, len(demand.grid)))
        store_snaps(con, "demand", np.arange(len(demand.grid)), own)
        ids = fetch_columns(con, "select grid_id from grid order by grid_idx")["grid_id"]
        faults += network_faults(layers.streets.source, own, demand.grid, np.asarray(ids))
    if layers.buildings is not None:
        faults += apart_faults(con, demand, layers.buildings.source)
    _store_reliability(con, ground, demand)
    return ground, faults


@dataclass(frozen=True)
class Rules:
    """The speeds that count, the default first, and for how many minutes walks are followed."""

    speeds: tuple[Speed, ...]
    max_minutes: int


def ground_on(
    shapes: GridShapes,
    demand: DemandPoints,
    network: Network | None,
    rules: Rules,
    district: NDArray[np.int32],
    workers: int,
) -> Ground:
    """Put people and the lattice of areas on the streets: a build and a replay both begin here.

    Parameters
    ----------
    district
        Shape (grids,), the district of every grid, -1 where it has none.
    """
    lattice_grid, lattice_xy = area_lattice(shapes.metric)
    xy_m = np.concatenate([demand.xy_m, lattice_xy])
    snaps = None if network is None else network.snapped(xy_m, workers)
    return Ground(
        shapes=shapes,
        demand=demand,
        lattice_grid=lattice_grid,
        xy_m=xy_m,
        snaps=snaps,
        network=network,
        speeds=rules.speeds,
        max_minutes=rules.max_minutes,
        district_of_grid=district,
    )


def district_of_grid(con: Connection) -> NDArray[np.int32]:
    """Give the district of every grid, shape (grids,), -1 where it has none."""
    column = fetch_columns(con, "select district_idx from grid order by grid_idx")["district_idx"]
    return np.ma.filled(column, -1).astype(np.int32)


def _store_reliability(con: Connection, ground: Ground, demand: DemandPoints) -> None:
    """Grade grids: A measured; B people apportioned or a street missing; C doubtful or unknown."""
    n = ground.grids
    off = np.zeros(n, dtype=bool)
    if ground.snaps is not None:
        is_off = ~ground.snaps.is_on[ground.people]
        off = np.bincount(demand.grid, weights=is_off, minlength=n) > 0
    unknown = np.bincount(demand.grid, weights=demand.amounts_milli[:, 0] < 0, minlength=n) > 0
    grade = np.where(demand.is_apportioned | off, "B", "A")
    grade = np.where(unknown | demand.is_apart, "C", grade)
    con.register("grid_grade", {"grid_idx": np.arange(n), "grade": grade.astype(object)})
    staging.run(con, "marts/grid_reliability")
    con.unregister("grid_grade")


def compute_all(con: Connection, ground: Ground, workers: int, progress: Progress) -> list[Checked]:
    """Compute and write every category, then all mandatory ones together, then the next few.

    Gives the invariants that were measured on the way.
    """
    sites, absent = _sites(con, ground, workers)
    everything = Everything(ground)
    everything_own = Everything(ground)
    mandatory = {site.category_idx for site in sites if site.is_mandatory}
    progress.at(0.30, "search categories")
    measured = in_order(ground, sites, _measure, workers, progress.check)
    for done, one in enumerate(measured, start=1):
        reach = one.reach
        store_reach(con, ground, reach)
        store_profiles(con, ground, reach.category_idx, one.profiles, reach.standard)
        if one.own is not None and one.own_rows is not None:
            store_own_points(con, ground, reach, one.own)
            store_own_profiles(con, one.own_rows)
        if reach.category_idx in mandatory:
            everything.add(reach)
            everything_own.add(one.own or reach)
        progress.within(0.30 + 0.42 * done / len(sites), f"search categories {done}/{len(sites)}")
    for category_idx in absent:
        store_absent(con, category_idx, ground.grids, _modes(ground))
    _store_everything(con, ground, everything, everything_own)
    progress.at(0.74, "list next facilities")
    _store_near(con, ground, sites, workers)
    progress.at(0.78, "share out capacity")
    conserved = store_capacity(con, ground, sites, workers, progress)
    store_doubtful(con, ground)
    return [adding_never_lowers(ground, sites), conserved]


def _store_everything(
    con: Connection, ground: Ground, everything: Everything, everything_own: Everything
) -> None:
    """Write what is made of all mandatory categories that the city has any facility of.

    Where one of them has none that is open, nobody reaches all. A city that has none of them is
    not asked for any.
    """
    ((all_idx, known, shut),) = con.execute(staging.etl_sql("marts/mandatory_counts")).fetchall()
    if not known:
        con.execute("delete from category where code = $code", {"code": ALL})
        return
    staging.run(con, "marts/category_all")
    total, total_own = everything.reach(all_idx), everything_own.reach(all_idx)
    if shut or total is None or total_own is None:
        store_absent(con, all_idx, ground.grids, _modes(ground))
        return
    profiles = profiled(ground, total)
    store_profiles(con, ground, all_idx, profiles, everything.standard())
    if ground.has_neighbours:
        store_own_profiles(con, own_rows(all_idx, profiles, profiled(ground, total_own)))


def _modes(ground: Ground) -> list[int]:
    return [LINE] if ground.network is None else [LINE, WALK]


@dataclass(frozen=True)
class _Measured:
    """All that one category is to the city; `own*` None where there are no neighbours."""

    reach: Reach
    profiles: Profiled
    own: Reach | None
    own_rows: OwnRows | None


def _measure(ground: Ground, sites: Sites, workspace: Workspace | None) -> _Measured:
    """Measure one category with all neighbours, and where there are districts, without them."""
    reach = reach_of(ground, sites, workspace)
    profiles = profiled(ground, reach)
    if not ground.has_neighbours:
        return _Measured(reach, profiles, None, None)
    own = own_reach(ground, sites, reach, workspace)
    rows = own_rows(reach.category_idx, profiles, profiled(ground, own))
    return _Measured(reach, profiles, own, rows)


def _sites(con: Connection, ground: Ground, workers: int) -> tuple[list[Sites], list[int]]:
    """Give the open doors of every category that has any, and the categories that have none."""
    doors = fetch_columns(con, staging.etl_sql("marts/open_doors"))
    xy_m = ground.shapes.to_metric(np.column_stack([doors["lon"], doors["lat"]]))
    snaps: Snap | None = None
    if ground.network is not None:
        snaps = ground.network.snapped(xy_m, workers)
        store_snaps(con, "entrance", doors["entrance_idx"], snaps)
    facility = np.asarray(doors["facility_idx"], dtype=np.int32)
    of_door = np.asarray(doors["category_idx"])
    district = np.ma.filled(doors["district_idx"], -1).astype(np.int32)
    sites: list[Sites] = []
    absent: list[int] = []
    for idx, radius_m, is_mandatory, others, base, opening in con.execute(
        "select category_idx, radius_m, is_mandatory, facilities_other, base_idx, opening "
        "from category where code <> $all order by category_idx",
        {"all": ALL},
    ).fetchall():
        is_own = of_door == (idx if base is None else base)
        own = np.flatnonzero(is_own if opening is None else is_own & np.asarray(doors[opening]))
        if len(own):
            radius = None if radius_m is None else int(radius_m) * 10
            mine = snaps.take(own) if snaps is not None else None
            where = (xy_m[own], facility[own], mine, district[own])
            sites.append(Sites(idx, radius, is_mandatory, *where, opening))
        elif others:
            absent.append(idx)
    return sites, absent


def _store_near(con: Connection, ground: Ground, sites: list[Sites], workers: int) -> None:
    """List the next facilities of every category and of every opening of one."""
    if not sites:
        return
    inside_m = ground.shapes.to_metric(ground.shapes.inside)
    category = [np.full(len(site.facility), site.category_idx, dtype=np.int16) for site in sites]
    network = ground.network
    near = next_facilities(
        inside_m,
        np.concatenate([site.xy_m for site in sites]),
        np.concatenate([site.facility for site in sites]),
        np.concatenate(category),
        graph=network.graph if network else None,
        origin_snap=network.snapped(inside_m, workers) if network else None,
        entrance_snap=_joined([site.snaps for site in sites]),
        limit_dm=ground.search_limit_dm(None),
        workers=workers,
    )
    append(
        con,
        "near",
        {
            "category_idx": near.category,
            "mode": near.mode,
            "grid_idx": near.origin,
            "rank": near.rank,
            "facility_idx": near.facility,
            "distance_dm": near.distance_dm,
        },
    )


def _joined(snaps: list[Snap | None]) -> Snap | None:
    known = [snap for snap in snaps if snap is not None]
    if not known:
        return None
    names = ("edge", "from_u_cm", "from_v_cm", "leg_cm")
    return Snap(*(np.concatenate([getattr(snap, name) for snap in known]) for name in names))
