"""Work out whether services are enough: floating catchments, assignment, who depends on whom."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from etl.checks import Checked
from etl.compute import Ground, Sites, in_order
from etl.progress import Progress
from etl.staging import AMOUNTS
from geo.capacity import METHODS, Access, assign_nearest, dependence, floating_catchment
from geo.catchment import Catchments, line_catchments, walk_catchments
from geo.search import Workspace
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append
from geo.walk import MODE_CODE

MINUTES: Final = 15
ASSIGNMENT: Final = "assignment"
_TOLERANCE: Final = 1e-12

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Norm:
    """How many units of capacity 1,000 people need, and which people: a row of the table norm."""

    need_per_1000: float
    need_of: str


@dataclass(frozen=True)
class Supply:
    """What the facilities of a city offer.

    `capacity_milli` (facilities,) float64, NaN where unknown; `norms` by category.
    """

    capacity_milli: Floats
    norms: dict[int, Norm]


@dataclass(frozen=True)
class Use:
    """What one category is to the city in one mode.

    `facility` (k,) names its facilities; `served`, `sole` (k,) are people in thousandths; `ratio`
    (k,) float64; `load` (k,) int64 or None without a norm. `access` holds an array (grids,) by
    method, NaN where the people of a grid are unknown; it is empty where no capacity is known.
    `shared_out`, `shared_in` are both sides of the law of conservation, method by method.
    """

    category_idx: int
    mode: int
    facility: NDArray[np.int32]
    served: Ints
    sole: Ints
    ratio: Floats
    load: Ints | None
    access: dict[str, Floats]
    shared_in: dict[str, float]
    shared_out: dict[str, float]


def store_capacity(
    con: Connection, ground: Ground, sites: list[Sites], workers: int, progress: Progress
) -> Checked:
    """Fill the tables capacity and facility_use; give the law of conservation as an invariant.

    Openings, which are part of a category, are left out: capacity is that of the whole day.
    """
    supply = _supply(con)
    whole = [site for site in sites if site.opening is None]
    uses: list[Use] = []
    measure = partial(_uses, supply)
    for found in in_order(ground, whole, measure, workers, progress.check):
        _store(con, found)
        uses += found
    return _conserved(uses)


def uses_of(ground: Ground, site: Sites, supply: Supply, minutes: int) -> list[Use]:
    """Work one category out in every mode of the city.

    Parameters
    ----------
    minutes
        The catchment, at the default speed.
    """
    limit_dm = ground.speeds[0].limit_dm(minutes)
    facility, position = np.unique(site.facility, return_inverse=True)
    position = position.astype(np.int32)
    points = ground.xy_m[ground.people]
    found = [
        (
            MODE_CODE["line"],
            line_catchments(points, site.xy_m, position, len(facility), limit_dm),
        )
    ]
    if ground.network is not None and ground.snaps is not None and site.snaps is not None:
        walked = walk_catchments(
            *(ground.network.graph, ground.snaps.take(ground.people), points),
            *(site.snaps, site.xy_m, position, len(facility), limit_dm),
        )
        found.append((MODE_CODE["walk"], walked))
    return [_use(ground, site, supply, facility, mode, near, limit_dm) for mode, near in found]


def _uses(supply: Supply, ground: Ground, site: Sites, _: Workspace | None) -> list[Use]:
    return uses_of(ground, site, supply, MINUTES)


def _use(
    ground: Ground,
    site: Sites,
    supply: Supply,
    facility: NDArray[np.int32],
    mode: int,
    near: Catchments,
    limit_dm: int,
) -> Use:
    people = ground.demand.known_milli[:, 0]
    hangs = dependence(near, people, limit_dm)
    capacity = supply.capacity_milli[facility]
    ratio, load = np.full(len(facility), np.nan), None
    access: dict[str, Floats] = {}
    shared_in: dict[str, float] = {}
    shared_out: dict[str, float] = {}
    if np.isfinite(capacity).any():
        for method in METHODS:
            found = floating_catchment(near, people.astype(np.float64), capacity, limit_dm, method)
            access[method] = _by_grid(ground, found.of_point)
            shared_in[method] = float(capacity[np.isfinite(found.ratio)].sum())
            shared_out[method] = _shared(people, found)
            ratio = found.ratio if method == METHODS[0] else ratio
        norm = supply.norms.get(site.category_idx)
        if norm is not None:
            wanted = _wanted(ground, norm)
            room = np.nan_to_num(capacity).astype(np.int64)
            assigned = assign_nearest(near, wanted, room, limit_dm)
            load = assigned.load
            access[ASSIGNMENT] = _share_served(ground, assigned.served, wanted)
    return Use(
        *(site.category_idx, mode, facility, hangs.served, hangs.sole, ratio, load),
        *(access, shared_in, shared_out),
    )


def _shared(people: Ints, found: Access) -> float:
    return float(people.astype(np.float64) @ found.of_point)


def _wanted(ground: Ground, norm: Norm) -> Ints:
    """Give the units that each demand point needs, in thousandths, rounded to the nearest."""
    amount = ground.demand.known_milli[:, AMOUNTS.index(norm.need_of)]
    return np.rint(amount * (norm.need_per_1000 / 1000.0)).astype(np.int64)


def _by_grid(ground: Ground, of_point: Floats) -> Floats:
    """Average by people over each grid; where nobody lives, over its points; NaN if unknown."""
    grid, people = ground.demand.grid, ground.demand.known_milli[:, 0].astype(np.float64)
    total = np.bincount(grid, weights=people, minlength=ground.grids)
    points = np.bincount(grid, minlength=ground.grids)
    weight = np.where(total[grid] > 0, people / np.maximum(total[grid], 1.0), 1.0 / points[grid])
    mean = np.bincount(grid, weights=weight * of_point, minlength=ground.grids)
    return np.where(_is_unknown(ground), np.nan, mean)


def _share_served(ground: Ground, served: Ints, wanted: Ints) -> Floats:
    """Give the share of what a grid needs that it finds; NaN where it needs nothing or unknown."""
    grid = ground.demand.grid
    have = np.bincount(grid, weights=served.astype(np.float64), minlength=ground.grids)
    need = np.bincount(grid, weights=wanted.astype(np.float64), minlength=ground.grids)
    share = np.divide(have, need, out=np.full(ground.grids, np.nan), where=need > 0)
    return np.where(_is_unknown(ground), np.nan, share)


def _is_unknown(ground: Ground) -> NDArray[np.bool_]:
    unknown = ground.demand.amounts_milli[:, 0] < 0
    return np.bincount(ground.demand.grid, weights=unknown, minlength=ground.grids) > 0


def _supply(con: Connection) -> Supply:
    """Read what facilities offer and what people need."""
    rows = fetch_columns(con, "select capacity_milli from facility order by facility_idx")
    capacity = np.ma.asarray(rows["capacity_milli"]).astype(np.float64)
    norms = con.execute(
        "select category_idx, need_per_1000, need_of from norm where need_per_1000 is not null"
    ).fetchall()
    return Supply(np.ma.filled(capacity, np.nan), {idx: Norm(need, of) for idx, need, of in norms})


def _store(con: Connection, uses: list[Use]) -> None:
    """Write one category in all modes at once: one insert is dear, its rows are not."""
    append(con, "facility_use", _joined([_use_columns(use) for use in uses]))
    parts = [
        _access_columns(use, method, access)
        for use in uses
        for method, access in use.access.items()
    ]
    if parts:
        append(con, "capacity", _joined(parts))


def _use_columns(use: Use) -> Columns:
    rows = len(use.facility)
    load = np.zeros(rows, dtype=np.int64) if use.load is None else use.load
    return {
        "facility_idx": use.facility,
        "mode": np.full(rows, use.mode, dtype=np.uint8),
        "served_milli": use.served,
        "sole_milli": use.sole,
        "ratio": np.ma.masked_invalid(use.ratio),
        "load_milli": np.ma.array(load, mask=np.full(rows, use.load is None)),
    }


def _access_columns(use: Use, method: str, access: Floats) -> Columns:
    rows = len(access)
    return {
        "category_idx": np.full(rows, use.category_idx, dtype=np.int16),
        "mode": np.full(rows, use.mode, dtype=np.uint8),
        "method": np.full(rows, method, dtype=object),
        "grid_idx": np.arange(rows, dtype=np.int32),
        "access": np.ma.masked_invalid(access),
    }


def _joined(parts: list[Columns]) -> Columns:
    """Put the same columns of several parts one after the other, masks included."""
    return {name: np.ma.concatenate([part[name] for part in parts]) for name in parts[0]}


def _conserved(uses: list[Use]) -> Checked:
    """Hold that what floating catchments share out is the capacity that anybody can reach."""
    name = "capacity_conserved"
    text = "People x access is the capacity that anybody can reach, in every category."
    broken = [
        f"category {use.category_idx}, {method}: {out!r} of {use.shared_in[method]!r}"
        for use in uses
        for method, out in use.shared_out.items()
        if abs(out - use.shared_in[method]) > _TOLERANCE * max(use.shared_in[method], 1.0)
    ]
    if broken:
        return Checked(name, False, f"{text} Broken by: {'; '.join(broken[:3])}")
    return Checked(name, True, text)
