"""Write the community ledger: rooms, floor areas and staff against which standards are checked."""

from typing import Final

import numpy as np

from etl.demo.city import City
from etl.demo.faults import Cell, Row
from etl.demo.months import Month

HEADER: Final = (
    *("社区名称", "社区代码", "街道", "户数", "常住人口", "社区服务站面积"),
    *("社区居委会办公和服务用房面积", "办公用房面积", "建设阶段", "城乡分类", "社区工作人员数"),
    *("网格员数", "功能室", "权属", "租期"),
)
_ROOMS: Final = (
    *("党支部", "居委会", "居务监督委员会办公室", "多功能室", "图书阅览室", "文化活动室"),
    *("综治中心室", "老年日间照料中心室", "卫生健康服务站", "社区服务大厅", "体育活动场所"),
    "应急避难场所",
)
_STAGE: Final = {"old": "老城区", "inner": "已建成", "outer": "已建成"}


def community_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give one row a community, most of them sound, some short of floor area, rooms or staff.

    One row keeps a number that a copier has masked, and one community is not on the map.
    """
    areas = city.areas
    rows: list[Row] = []
    for community, name in enumerate(areas.community_name):
        grids = np.flatnonzero(areas.community == community)
        households = int(month.counts[grids, 0].sum())
        people = int(month.counts[grids, 1].sum())
        zone = city.blocks.zone[grids[0]]
        stage = _STAGE[zone]
        if zone == "outer" and rng.random() < 0.22:
            stage = "在建" if rng.random() < 0.6 else "规划"
        need = max(0.30 * households, 600 if people < 5_000 else 800)
        station = round(need * float(rng.choice([0.55, 0.8, 0.97, 1.05, 1.2, 1.5])))
        rented = bool(rng.random() < 0.2)
        kept = rng.permutation(len(_ROOMS))[: int(rng.integers(7, len(_ROOMS) + 1))]
        cells: list[Cell] = [
            name,
            areas.community_code[community],
            areas.street_name[areas.street[grids[0]]],
            households,
            people,
            station,
            round(float(rng.uniform(210, 620))),
            round(float(rng.uniform(58, 180))),
            stage,
            "111" if zone != "outer" else "112",
            int(max(4, round(households / float(rng.choice([260, 300, 340, 420]))))),
            int(max(1, len(grids) - int(rng.integers(0, 3)))),
            "、".join(_ROOMS[k] for k in sorted(kept.tolist())),
            "租赁" if rented else "自有",
            int(rng.integers(2, 9)) if rented else None,
        ]
        rows.append(cells)
    rows[0][5] = "6*0"
    rows.append(
        ["望云台社区", "990199001001", "撤并街道", 2_980, 7_900, 820, 350, 90, "老城区", "111"]
    )
    return rows
