"""Write a synthetic city as source files, in the forms users really have.

Everything is made up and follows from the number of grids and the seed alone: the same two give the
same bytes. It is written for two months, each with its own `city.toml`, and goes through the same
readers as any city. `docs/demo.md` lists the faults planted in it and where each shows.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from etl.demo import files
from etl.demo.causes import plant_causes, with_causes
from etl.demo.city import City, lonlat_of, make_city, on_globe
from etl.demo.city_toml import city_toml
from etl.demo.facilities import Facility
from etl.demo.faults import (
    Row,
    building_rows,
    extra_cells,
    grid_table,
    outside,
    shop_addresses,
    shop_periods,
    stated_communities,
    with_faults,
)
from etl.demo.ground import write_ground
from etl.demo.hours import opening_cells
from etl.demo.ledger_files import write_ledgers
from etl.demo.months import Month, two_months
from etl.demo.offices import grid_offices
from etl.demo.services import SERVICES, SHOPS
from geo.datum import wgs84_to_gcj02
from geo.errors import InputDataError

__all__ = ["FEWEST_GRIDS", "write_demo"]

FEWEST_GRIDS: Final = 300
BUILDING_HEADER: Final = (
    *("楼栋编码", "楼栋名称", "经度", "纬度", "常住人口", "户数", "60岁以上", "0-6岁"),
)
SERVICE_HEADER: Final = (
    *("编号", "名称", "类别", "经度", "纬度", "状态", "床位学位", "建筑面积", "建成年份"),
    *("所属社区", "开放时间", "是否对外开放"),
)
SHOP_HEADER: Final = (
    *("编号", "名称", "类别", "经度", "纬度", "状态", "建筑面积", "地址", "数据年月", "营业时间"),
)
_NUMBERS: Final = ("常住人口", "户数", "老年人口", "儿童人口")


def write_demo(
    out: Path,
    *,
    grids: int = 2_000,
    seed: int = 1,
    progress: Callable[[float, str], None] | None = None,
) -> None:
    """Write the demo city into a folder: this month, and `previous/` with the month before.

    Parameters
    ----------
    out
        The folder; made if absent. Files of an earlier run in it are overwritten.
    grids
        How many grids, 300 or more.
    seed
        Another seed gives another city.
    progress
        Told the share done, 0..1, and what comes now.

    Raises
    ------
    InputDataError
        Fewer grids than a city needs.
    """
    if grids < FEWEST_GRIDS:
        raise InputDataError(
            f"A demo city of {grids:,} grids is too small to have districts; expected "
            f"{FEWEST_GRIDS} or more. Ask for more, for example --grids {FEWEST_GRIDS}."
        )
    step = progress or _say_nothing
    city = make_city(grids, seed, step)
    rng = np.random.default_rng([seed, 8])
    planted = plant_causes(city)
    now, before = (with_causes(city, month, planted) for month in two_months(rng, city))
    for share, folder, month in ((0.65, out, now), (0.82, out / "previous", before)):
        step(share, f"Write the files of {month.as_of}")
        folder.mkdir(parents=True, exist_ok=True)
        _write_month(folder, city, month, seed)
    step(1.0, "Written")


def _say_nothing(share: float, message: str) -> None:
    """Take a step without telling anybody."""


def _write_month(out: Path, city: City, month: Month, seed: int) -> None:
    _write_grids(out / "网格.shp", city, month)
    rows = building_rows(city, month)
    files.write_csv(out / "楼栋.csv", BUILDING_HEADER, rows, encoding="utf-8-sig")
    every = [*month.facilities, *outside(city)]
    _write_services(out / SERVICES, with_faults(every, SERVICES), city, month)
    _write_shops(out / SHOPS, with_faults(every, SHOPS), month)
    write_ledgers(out, city, month, seed)
    files.write_osm(out / "路网.osm", city.network)
    write_ground(out, city)
    (out / "city.toml").write_text(city_toml(month.as_of), encoding="utf-8", newline="\n")


def _write_grids(path: Path, city: City, month: Month) -> None:
    """Write the grids in the order of their codes."""
    table, areas = grid_table(city, month), city.areas
    order = np.argsort(np.array(areas.code), kind="stable").tolist()

    def of(names: list[str], label: list[int]) -> list[str]:
        return [names[label[k]] for k in order]

    community, street, district = (
        column.tolist() for column in (areas.community, areas.street, areas.district)
    )
    columns: dict[str, list[object]] = {
        "网格编码": [areas.code[k] for k in order],
        "网格名称": [areas.name[k] for k in order],
        "社区": [*of(areas.community_name, community)],
        "社区编码": [*of(areas.community_code, community)],
        "街道": [*of(areas.street_name, street)],
        "街道编码": [*of(areas.street_code, street)],
        "区县": [*of(areas.district_name, district)],
        "区县编码": [*of(areas.district_code, district)],
        **grid_offices(city, order),
        "常住人口": [table.counts[k][1] for k in order],
        "户数": [table.counts[k][0] for k in order],
        "老年人口": [table.counts[k][2] for k in order],
        "儿童人口": [table.counts[k][3] for k in order],
    }
    files.write_shapefile(path, on_globe(table.shapes[order]), columns, _NUMBERS)


def _write_services(path: Path, facilities: list[Facility], city: City, month: Month) -> None:
    """Write public services with a title above the header and a total below."""
    lonlat = _places(facilities)
    rows: list[Row] = [
        [
            *(one.id, one.name, one.kind.word, lon, lat, one.status),
            *(_number(one.capacity), _number(one.floor_m2), one.opened, community, *open_cells),
        ]
        for one, (lon, lat), community, open_cells in zip(
            facilities,
            lonlat,
            stated_communities(city, facilities),
            opening_cells(facilities),
            strict=True,
        )
    ]
    extra: list[Row] = [[*cells, "开放"] for cells in extra_cells(SERVICES)]
    rows = [*rows[:40], *extra, *rows[40:]]
    total: Row = ["合计", f"{len(rows)} 处"]
    title = f"云泽市公共服务设施台账（{month.as_of}）"
    files.write_workbook(path, "设施", title, SERVICE_HEADER, rows, total)


def _write_shops(path: Path, facilities: list[Facility], month: Month) -> None:
    """Write shops as a map provider gives them: GBK, GCJ-02, `[]` where there is nothing."""
    lonlat = np.round(wgs84_to_gcj02(np.array(_places(facilities))), 6).tolist()
    rows: list[Row] = [
        [one.id, one.name, one.kind.word, lon, lat, one.status, one.floor_m2, *more, hours]
        for one, (lon, lat), *more, (hours, _) in zip(
            facilities,
            lonlat,
            shop_addresses(len(facilities)),
            shop_periods(len(facilities), month.as_of),
            opening_cells(facilities),
            strict=True,
        )
    ]
    rows += [[*cells, "营业", "", "[]", month.as_of] for cells in extra_cells(SHOPS)]
    files.write_csv(path, SHOP_HEADER, rows, encoding="gbk")


def _places(facilities: list[Facility]) -> list[list[float]]:
    return lonlat_of(np.array([(one.x_m, one.y_m) for one in facilities])).tolist()


def _number(text: str) -> str | float | None:
    """Write a number as one, and words in a number's cell as they are."""
    if not text:
        return None
    return float(text) if text.isdecimal() else text
