"""Read a release into memory as far as a replay needs it: rules, streets, grids, people, doors."""

import json
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.city_steps import Rules
from etl.demand import DemandPoints
from etl.shapes import GridShapes, grid_shapes
from etl.walking import Network
from geo.network import build_graph
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.release import Release
from geo.walk import BASES, MINUTES, Speed

Ints = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]
AMOUNTS: Final = ("people", "households", "elderly", "children")
UNKNOWN: Final = -1


@dataclass(frozen=True)
class Areas:
    """The areas above the grids in the order of the release.

    Attributes
    ----------
    parent
        Shape (k,), position of the area above, -1 for the city.
    lo, hi
        Shape (k,), the run of grids that each owns.
    lowest
        Shape (grids,), the smallest area that owns each grid.
    """

    code: list[str]
    level: list[str]
    name: list[str]
    parent: Ints
    lo: Ints
    hi: Ints
    lowest: Ints

    def summed(self, rows: Ints, grid: NDArray[np.integer]) -> Ints:
        """Sum rows that belong to grids, shape (rows, ...), to areas, shape (k, ...)."""
        total = np.zeros((len(self.code), *rows.shape[1:]), dtype=np.int64)
        np.add.at(total, self.lowest[grid], rows)
        return self.rolled_up(total)

    def rolled_up(self, total: Ints) -> Ints:
        """Add what the smallest areas hold to all above them; lower areas stand behind higher."""
        for area in range(len(self.code) - 1, 0, -1):
            total[self.parent[area]] += total[area]
        return total


@dataclass(frozen=True)
class Category:
    """What a release says of a category."""

    code: str
    radius_dm: int | None
    is_mandatory: bool


@dataclass(frozen=True)
class Facility:
    """A facility as one release knows it; `doors` are its entrances, (n, 2) lon/lat."""

    idx: int
    key: str
    name: str
    category: str
    status: str
    is_open: bool
    source: str
    row: int
    grid: int
    opened: str | None
    closed: str | None
    doors: NDArray[np.float64]

    @property
    def lonlat(self) -> tuple[float, float]:
        """Give the place of its first entrance."""
        return float(self.doors[0, 0]), float(self.doors[0, 1])


@dataclass(frozen=True)
class Streets:
    """The street graph as stored: places of nodes, ends of segments."""

    lonlat: NDArray[np.float64]
    u: Ints
    v: Ints

    def same(self, other: "Streets | None") -> bool:
        """Tell whether the other streets are these, node by node."""
        return other is not None and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("lonlat", "u", "v")
        )


@dataclass
class Side:
    """One of the two releases that are compared, read whole."""

    release: Release
    month: str
    metric_crs: str
    demand_method: str
    rules: Rules
    snap_limit_m: float
    shapes: GridShapes
    grid_ids: list[str]
    grid_names: list[str]
    amounts: Ints
    areas: Areas
    area_totals: Ints
    demand: DemandPoints
    streets: Streets | None
    categories: dict[str, Category]
    facilities: list[Facility]
    _con: Connection = field(repr=False)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Give the position of every grid by its id."""
        return {grid_id: at for at, grid_id in enumerate(self.grid_ids)}

    def area_profile(self, category: str) -> dict[int, Ints]:
        """Give what is stored of a category at the default speed: mode -> (areas, 61, 5)."""
        return stored_profile(self._con, category, len(self.areas.code))

    def served(self, minutes: int) -> Ints:
        """Give the people (milli) whose nearest open facility each is, within so many minutes.

        On foot where the release has streets, else in a straight line; shape (facilities,).
        """
        limit = self.rules.speeds[0].limit_dm(minutes)
        mode = "line" if self.streets is None else "walk"
        rows = fetch_columns(
            self._con,
            f"select {mode}_facility_idx as idx, sum(people_milli)::bigint as people "  # noqa: S608 - one of two words
            "from reach inner join demand on demand.demand_idx = reach.demand_idx "
            f"where {mode}_dm <= $limit and people_milli > 0 group by 1 order by 1",
            {"limit": limit},
        )
        total = np.zeros(len(self.facilities), dtype=np.int64)
        total[np.asarray(rows["idx"], dtype=np.int64)] = rows["people"]
        return total


def stored_profile(con: Connection, category: str, areas: int) -> dict[int, Ints]:
    """Read the increments of one category at the default speed: mode -> (areas, 61, 5)."""
    rows = fetch_columns(
        con,
        f"select mode, area_idx, minute, {', '.join(BASES)} from area_profile "  # noqa: S608 - our own names
        "inner join category on category.category_idx = area_profile.category_idx "
        "where speed_idx = 0 and code = $code",
        {"code": category},
    )
    found: dict[int, Ints] = {}
    for mode in np.unique(rows["mode"]).tolist():
        mine = rows["mode"] == mode
        table = np.zeros((areas, MINUTES, len(BASES)), dtype=np.int64)
        at = (rows["area_idx"][mine], rows["minute"][mine].astype(np.int64))
        table[at] = np.column_stack([rows[basis][mine] for basis in BASES])
        found[int(mode)] = table
    return found


def read_side(con: Connection, release: Release) -> Side:
    """Read a release; what a replay measures is made from it by the functions of a build."""
    facts = con.execute(
        "select as_of, metric_crs, demand_method, has_network, max_minutes, snap_limit_m "
        "from release"
    ).fetchall()[0]
    month, metric_crs, method, has_network, max_minutes, snap_limit_m = facts
    speeds = tuple(
        Speed(name, Fraction(numerator, denominator))
        for name, numerator, denominator in con.execute(
            "select name, numerator, denominator from speed order by speed_idx"
        ).fetchall()
    )
    grids = fetch_columns(
        con,
        "select grid_id, name, people_milli, households_milli, elderly_milli, children_milli, "
        "st_aswkb(geom)::blob as wkb from grid order by grid_idx",
    )
    shapes = grid_shapes(_polygons(grids["wkb"]), metric_crs)
    amounts = np.column_stack([filled(grids[f"{name}_milli"]) for name in AMOUNTS])
    areas, totals = read_areas(con, len(amounts))
    return Side(
        release=release,
        month=month,
        metric_crs=metric_crs,
        demand_method=method,
        rules=Rules(speeds, int(max_minutes)),
        snap_limit_m=float(snap_limit_m),
        shapes=shapes,
        grid_ids=[str(text) for text in grids["grid_id"]],
        grid_names=[str(text) for text in grids["name"]],
        amounts=amounts,
        areas=areas,
        area_totals=totals,
        demand=_demand(con, shapes),
        streets=_streets(con) if has_network else None,
        categories=_categories(con),
        facilities=_facilities(con),
        _con=con,
    )


def laid(streets: Streets, shapes: GridShapes, snap_limit_m: float) -> Network:
    """Build the graph of stored streets; it is the graph that the build had."""
    xy_m = shapes.to_metric(streets.lonlat)
    return Network(build_graph(xy_m, streets.u, streets.v), snap_limit_m)


def read_areas(con: Connection, grids: int) -> tuple[Areas, Ints]:
    """Read the areas and what each holds, shape (areas, 5), -1 where unknown."""
    rows = fetch_columns(
        con,
        "select code, level, name, parent_idx, grid_lo, grid_hi, people_milli, households_milli, "
        "elderly_milli, children_milli, area_dm2 as area_milli from area order by area_idx",
    )
    lo, hi = (np.asarray(rows[name], dtype=np.int64) for name in ("grid_lo", "grid_hi"))
    lowest = np.zeros(grids, dtype=np.int64)
    for area, (first, last) in enumerate(zip(lo, hi, strict=True)):
        lowest[first:last] = area
    areas = Areas(
        code=[str(text) for text in rows["code"]],
        level=[str(text) for text in rows["level"]],
        name=[str(text) for text in rows["name"]],
        parent=filled(rows["parent_idx"]),
        lo=lo,
        hi=hi,
        lowest=lowest,
    )
    return areas, np.column_stack([filled(rows[f"{basis}_milli"]) for basis in BASES])


def filled(values: NDArray[Any]) -> Ints:
    """Give whole numbers with -1 for what is missing."""
    return np.ma.filled(np.ma.asarray(values), UNKNOWN).astype(np.int64)


def _demand(con: Connection, shapes: GridShapes) -> DemandPoints:
    rows = fetch_columns(
        con,
        "select grid_idx, lon, lat, people_milli, households_milli, elderly_milli, children_milli "
        "from demand order by demand_idx",
    )
    lonlat = np.column_stack([rows["lon"], rows["lat"]])
    amounts = np.column_stack([filled(rows[f"{name}_milli"]) for name in AMOUNTS])
    nothing = np.zeros(len(shapes.area_dm2), dtype=bool)
    grid = np.asarray(rows["grid_idx"], dtype=np.int32)
    return DemandPoints(grid, shapes.to_metric(lonlat), lonlat, amounts, nothing, nothing)


def _streets(con: Connection) -> Streets:
    nodes = fetch_columns(con, "select lon, lat from node order by node_idx")
    edges = fetch_columns(con, "select u, v from edge order by edge_idx")
    return Streets(
        np.column_stack([nodes["lon"], nodes["lat"]]),
        np.asarray(edges["u"], dtype=np.int64),
        np.asarray(edges["v"], dtype=np.int64),
    )


def _categories(con: Connection) -> dict[str, Category]:
    rows = con.execute(
        "select code, radius_m, is_mandatory from category where base_idx is null "
        "order by category_idx"
    ).fetchall()
    return {
        code: Category(code, None if radius is None else int(radius) * 10, bool(is_mandatory))
        for code, radius, is_mandatory in rows
    }


def _facilities(con: Connection) -> list[Facility]:
    doors = fetch_columns(
        con, "select facility_idx, lon, lat from entrance order by facility_idx, entrance_idx"
    )
    owner = np.asarray(doors["facility_idx"])
    lonlat = np.column_stack([doors["lon"], doors["lat"]])
    rows = con.execute(
        "select facility_id, facility.name, category.code, status, is_open, source, row, grid_idx, "
        "attributes "
        "from facility inner join category on category.category_idx = facility.category_idx "
        "order by facility_idx"
    ).fetchall()
    starts = np.searchsorted(owner, np.arange(len(rows) + 1))
    return [
        Facility(
            *(idx, str(key), str(name), str(code), str(status), bool(is_open)),
            *(str(source), int(row), UNKNOWN if grid is None else int(grid)),
            *(_dated(more, "opened"), _dated(more, "closed")),
            lonlat[starts[idx] : starts[idx + 1]],
        )
        for idx, (key, name, code, status, is_open, source, row, grid, more) in enumerate(rows)
    ]


def _dated(attributes: str, name: str) -> str | None:
    return json.loads(attributes).get(name)


def _polygons(wkb: NDArray[Any]) -> NDArray[np.object_]:
    return np.asarray(
        shapely.from_wkb(np.array([bytes(one) for one in wkb], dtype=object)), dtype=object
    )
