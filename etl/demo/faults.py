"""Plant the faults that real files have, so that each can be seen being found.

The list stands in `docs/demo.md`; a test checks that every one of them is in the files.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from etl.demo.city import City, lonlat_of
from etl.demo.facilities import Facility
from etl.demo.months import THIS_MONTH, Month
from etl.demo.services import KINDS, SERVICES, SHOPS

NO_PEOPLE_DATA: Final = 0.004
"""Share of grids whose people were not reported."""
SWOLLEN_M: Final = 7.0
SHRUNK_M: Final = 8.0
SLIVER_M: Final = 0.7
JUMPED: Final = 1.24
"""Growth of one grid in this month alone: over 20 % in a month, within 20 % of its buildings."""
FAR_M: Final = 38_000.0
_BY_CODE: Final = {kind.code: kind for kind in KINDS}

Cell = str | float | int | None
Row = list[Cell]


@dataclass(frozen=True)
class GridTable:
    """The grid file: shapes in metres and rows of cells (None is an empty cell)."""

    shapes: NDArray[np.object_]
    counts: list[list[int | None]]


def grid_table(city: City, month: Month) -> GridTable:
    """Give the grids with their faults.

    A few have no people data, one has more households than people, one overlaps its neighbour, one
    leaves a gap, one a sliver, one outline crosses itself; one grew by a quarter this month. Works
    where nobody lives have 0 people.
    """
    counts: list[list[int | None]] = [list(row) for row in month.counts.tolist()]
    picked = _picked_grids(city)
    for grid in picked["unknown"]:
        counts[grid] = [counts[grid][0], None, None, None]
    odd = picked["odd"][0]
    households = int(month.counts[odd, 0])
    counts[odd] = [households, households - 31, 40, 6]
    if month.as_of == THIS_MONTH:
        jump = picked["jump"][0]
        counts[jump][1] = round(int(month.counts[jump, 1]) * JUMPED)
    shapes = city.blocks.shapes.copy()
    over, gap, crossed, sliver = picked["shape"]
    shapes[over] = shapes[over].buffer(SWOLLEN_M, join_style="mitre")
    shapes[gap] = shapes[gap].buffer(-SHRUNK_M, join_style="mitre")
    shapes[crossed] = _crossed(shapes[crossed])
    shapes[sliver] = shapes[sliver].buffer(-SLIVER_M, join_style="mitre")
    return GridTable(shapes, counts)


def _picked_grids(city: City) -> dict[str, list[int]]:
    """Choose the grids that carry a fault: the same ones in both months."""
    rng = np.random.default_rng(len(city.blocks.shapes))
    lived = np.flatnonzero(city.population.counts[:-2, 0] > 0)
    outer = [k for k in lived.tolist() if city.blocks.zone[k] == "outer"]
    order = rng.permutation(outer).tolist()
    centre = shapely.get_coordinates(shapely.centroid(city.blocks.shapes))
    unknown = max(3, round(NO_PEOPLE_DATA * len(city.blocks.shapes)))
    # most of them side by side: a community that did not report
    near = np.argsort(np.hypot(*(centre[outer] - centre[order[0]]).T), kind="stable")
    together = [outer[k] for k in near[: unknown // 2].tolist()]
    rest = [k for k in order if k not in together]
    alone = rest[: unknown - len(together)]
    return {
        "unknown": together + alone,
        "odd": rest[len(alone) : len(alone) + 1],
        "shape": rest[len(alone) + 1 : len(alone) + 5],
        "jump": rest[len(alone) + 5 : len(alone) + 6],
    }


def faulty_grids(city: City) -> list[int]:
    """List the grids that carry a fault of their own in the grid file."""
    return sorted(grid for grids in _picked_grids(city).values() for grid in grids)


def misdrawn_grids(city: City) -> list[int]:
    """List the grids whose outline is not that of the plan."""
    return _picked_grids(city)["shape"]


def _crossed(shape: Polygon) -> Polygon:
    """Give an outline a small loop that crosses itself, as a slip of the hand does."""
    ring = shapely.get_coordinates(shape.exterior)
    start, along = ring[0], ring[1] - ring[0]
    along = along / np.hypot(*along)
    side = np.array([-along[1], along[0]])
    loop = [start + 14 * along + 5 * side, start + 4 * along + 5 * side, start + 14 * along]
    return Polygon(np.vstack([ring[:1], loop, ring[1:]]))


def building_rows(city: City, month: Month) -> list[Row]:
    """Give the rows of the building file, in its order of columns, with their faults.

    Where people were not reported for the grid they are not for its buildings; in three grids the
    buildings add up to more than the grid; two buildings stand outside every grid.
    """
    buildings = month.buildings
    lonlat = lonlat_of(buildings.xy_m)
    unknown = set(_picked_grids(city)["unknown"])
    swollen = set(np.unique(buildings.grid)[[5, 40, 77]].tolist())
    number: dict[int, int] = {}
    rows: list[Row] = []
    for grid, (lon, lat), counts in zip(
        buildings.grid.tolist(), lonlat.tolist(), buildings.counts.tolist(), strict=True
    ):
        number[grid] = number.get(grid, 0) + 1
        households, people, elderly, children = counts
        known: list[Cell] = [None] * 3 if grid in unknown else [people, elderly, children]
        if grid in swollen:
            known[0] = people + max(2, people // 14)
        name = f"{city.areas.name[grid]} {number[grid]}号楼"
        code = f"{city.areas.code[grid]}{number[grid]:03d}"
        rows.append([code, name, lon, lat, known[0], households, known[1], known[2]])
    west, south, *_ = city.terrain.outline.bounds
    for k, place in enumerate(lonlat_of(np.array([[west - 900, 0], [0, south - 700]])).tolist()):
        rows.append([f"990199999{k + 1:03d}", f"临时安置点{k + 1}", *place, 36, 14, 5, 3])
    return rows


def outside(city: City) -> list[Facility]:
    """Give facilities just outside the city, which serve its edge, and one far off."""
    codes = ("EDU_PRIMARY", "MED_STATION", "ELD_HOME", "COM_SUPER", "COM_CONV", "TRA_BUS")
    city_limit = city.terrain.outline
    belt = city_limit.buffer(520).difference(city_limit.buffer(160))
    clear = belt.difference(city.terrain.no_build().buffer(40))
    found: list[Facility] = []
    for number, road in enumerate(city.terrain.roads):
        part = shapely.LineString(road.xy_m).intersection(clear)
        if part.is_empty or number % 2:
            continue
        x, y = shapely.get_coordinates(part)[0].tolist()
        kind = _BY_CODE[codes[len(found) % len(codes)]]
        found.append(
            Facility(f"W{len(found) + 1:04d}", f"城郊{kind.word}{len(found) + 1}", kind, x, y + 9)
        )
    far = _BY_CODE["MED_HOSPITAL"]
    return [*found, Facility("W9001", "省立医院新院区", far, FAR_M, FAR_M / 3, opened="2025")]


def with_faults(facilities: list[Facility], file: str) -> list[Facility]:
    """Give the facilities of one file with the faults that keep their shape of a facility.

    An id used twice for different places, a name left out, one place listed twice under two names,
    five names on one point, words or a masked digit in a number cell, a thousands comma, a state
    nobody knows.
    """
    rows = [one for one in facilities if one.kind.file == file]
    if file != SERVICES:
        return rows
    at = _first_of(rows)
    rows[at["ELD_DAYCARE"]] = replace(rows[at["ELD_DAYCARE"]], name="")
    rows[at["ELD_HOME"]] = replace(rows[at["ELD_HOME"]], capacity="约120")
    rows[at["EDU_PRIMARY"]] = replace(rows[at["EDU_PRIMARY"]], capacity="1,080")
    rows[at["EDU_KINDER"]] = replace(rows[at["EDU_KINDER"]], floor_m2="暂无")
    rows[at["EDU_NURSERY"]] = replace(rows[at["EDU_NURSERY"]], floor_m2="3*0")
    rows[at["SEC_POST"]] = replace(rows[at["SEC_POST"]], status="待定")
    second = rows[at["EDU_JUNIOR"] + 1]
    rows[at["EDU_JUNIOR"] + 1] = replace(second, id=rows[at["EDU_JUNIOR"]].id)
    clinic = rows[at["MED_OUTPT"]]
    twin = replace(clinic, id=f"{clinic.id}B", name=f"{clinic.name}（东门）", x_m=clinic.x_m + 42)
    piled = rows[at["SPO_FITNESS"]]
    heap = [replace(rows[at["SPO_FITNESS"] + k], x_m=piled.x_m, y_m=piled.y_m) for k in range(1, 6)]
    rows[at["SPO_FITNESS"] + 1 : at["SPO_FITNESS"] + 6] = heap
    return [*rows, twin]


def _first_of(rows: list[Facility]) -> dict[str, int]:
    """Give the position of the first open facility of each category."""
    found: dict[str, int] = {}
    for k, one in enumerate(rows):
        if one.status == "开放":
            found.setdefault(one.kind.code, k)
    return found


def extra_cells(file: str) -> list[tuple[str, str, str, Cell, Cell]]:
    """Give rows that are odd by themselves: id, name, category, lon, lat as written in the file.

    Coordinates 0,0; longitude and latitude exchanged; a word in place of a coordinate; categories
    that the catalogue does not know, can read in two ways, or leaves out; a place of two decimals;
    names in traditional characters, in full width, with pinyin.
    """
    if file == SHOPS:
        return [("Q90001", "顺风车行", "汽车服务", 117.33, 30.62)]
    lon, lat = lonlat_of(np.array([[300.0, 200.0]]))[0].tolist()
    return [
        ("Q00001", "未定位服务站", "养老服务驿站", 0, 0),
        ("Q00002", "坐标颠倒幼儿园", "幼儿园", lat, lon),
        ("Q00003", "坐标待补卫生站", "社区卫生服务站", "待补", "待补"),
        ("Q00004", "便民驿站一号", "便民驿站", lon, lat),
        ("Q00005", "便民驿站二号", "便民驿站", lon + 0.002, lat),
        ("Q00006", "云泽中学", "中学", lon + 0.004, lat),
        ("Q00007", "爱宠动物医院", "宠物医院", lon + 0.006, lat),
        ("Q00008", "粗定位卫生站", "社区卫生服务站", round(lon, 2), round(lat, 2)),
        ("Q00009", "雲澤老街衛生站", "社区卫生服务站", lon + 0.008, lat),
        ("Q00010", "ＡＢ区卫生站", "社区卫生服务站", lon + 0.010, lat),
        ("Q00011", "朝阳里卫生站 Chaoyangli", "社区卫生服务站", lon + 0.012, lat),
    ]


def stated_communities(city: City, facilities: list[Facility]) -> list[str]:
    """Give the community that each facility's row names; empty outside all grids.

    One row, the seventh inside, names the community farthest from it.
    """
    xy_m = np.array([(one.x_m, one.y_m) for one in facilities])
    places = np.asarray(shapely.points(xy_m), dtype=object)
    shapes, areas = city.blocks.shapes, city.areas
    stands = np.full(len(facilities), -1)
    at, grid = shapely.STRtree(shapes).query(places, predicate="within")
    stands[at] = grid
    named = [areas.community_name[areas.community[k]] if k >= 0 else "" for k in stands.tolist()]
    wrong = int(np.flatnonzero(stands >= 0)[6])
    far = int(np.argmax(shapely.distance(shapes, places[wrong])))
    named[wrong] = areas.community_name[areas.community[far]]
    return named


def shop_periods(count: int, as_of: str) -> list[str]:
    """Give the month that each row of the shops speaks of; three are a year old."""
    stale = f"{int(as_of[:4]) - 1}{as_of[4:]}"
    return [stale if at in (11, 12, 13) else as_of for at in range(count)]


def shop_addresses(count: int) -> list[str]:
    """Give the addresses of shops: nothing, as a map provider writes it; one with a telephone."""
    return ["老街 1 号，电话 13900000000" if at == 5 else "[]" for at in range(count)]
