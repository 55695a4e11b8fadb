"""Write the ledgers: community rooms and staff, inspections, visits and cases of the month."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

import numpy as np

from etl.demo.city import City, lonlat_of
from etl.demo.faults import Cell, Row
from etl.demo.months import Month
from geo.datum import wgs84_to_gcj02

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


STAFF_HEADER: Final = ("社区代码", "社区名称", "岗位", "姓名", "到岗日期")
CHECK_HEADER: Final = (
    *("网格编码", "检查日期", "项目", "检查户数", "准确户数", "得分", "责任单位", "整改期限"),
    "闭环日期",
)
VISIT_HEADER: Final = ("社区代码", "社区名称", "月份", "重点对象数", "走访人次", "台账更新日期")
CASE_HEADER: Final = (
    *("工单号", "经度", "纬度", "受理日期", "类型", "责任单位", "办结期限", "办结日期"),
)
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙"
_POSTS: Final = ("网格长", "网格员", "网格员", "社区工作者", "社区工作者")
_ITEMS: Final = ("垃圾分类", "楼道堆物", "绿化养护", "公共设施")
_CASES: Final = ("占道经营", "噪声扰民", "路灯不亮", "井盖缺损", "违规停车", "适老化改造")
_OFFICES: Final = ("街道办事处", "社区居委会", "物业公司")
_CHECKED_SHARE, _CASE_SHARE, _OPEN_SHARE = 0.8, 0.35, 0.15


def staff_rows(rng: np.random.Generator, city: City) -> list[Row]:
    """Give the people who serve each community: invented, by surname only."""
    rows: list[Row] = []
    for name, code in zip(city.areas.community_name, city.areas.community_code, strict=True):
        for post in _POSTS[: int(rng.integers(3, len(_POSTS) + 1))]:
            since = date(2018, 1, 1) + timedelta(days=int(rng.integers(0, 2_900)))
            rows.append([code, name, post, f"{rng.choice(list(_SURNAMES))}某", since.isoformat()])
    return rows


def check_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give the inspections of a month, one a grid at most; what failed has a date to mend it by."""
    rows: list[Row] = []
    for grid, code in enumerate(city.areas.code):
        households = int(month.counts[grid, 0])
        if not households or rng.random() > _CHECKED_SHARE:
            continue
        day = _day(rng, month)
        seen = min(households, int(rng.integers(20, 60)))
        right = int(rng.binomial(seen, float(rng.choice([0.72, 0.88, 0.95]))))
        score = round(100 * right / seen)
        is_due = score < 90
        due = (day + timedelta(days=7)).isoformat() if is_due else None
        mended = None
        if is_due and rng.random() > _OPEN_SHARE:
            mended = (day + timedelta(days=int(rng.integers(1, 12)))).isoformat()
        item, office = str(rng.choice(_ITEMS)), str(rng.choice(_OFFICES))
        rows.append([code, day.isoformat(), item, seen, right, score, office, due, mended])
    return rows


def visit_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give the visits of a month to people who need one, a row a community; a few did not report.

    The number of visits stays empty where nothing was reported: missing is not zero.
    """
    rows: list[Row] = []
    areas = city.areas
    for community, name in enumerate(areas.community_name):
        elderly = int(month.counts[areas.community == community, 2].sum())
        listed = max(1, round(elderly * 0.06))
        visits = None if rng.random() < 0.04 else int(rng.binomial(listed, 0.9))
        updated = _day(rng, month).isoformat()
        rows.append([areas.community_code[community], name, month.as_of, listed, visits, updated])
    return rows


def case_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give the cases that citizens reported in a month, GCJ-02; some are open, some overdue."""
    rows: list[Row] = []
    count = round(_CASE_SHARE * len(city.areas.code))
    at = rng.integers(0, len(month.buildings.xy_m), count)
    shown = wgs84_to_gcj02(lonlat_of(month.buildings.xy_m[at])).tolist()
    for number, (lon, lat) in enumerate(shown, start=1):
        day = _day(rng, month)
        done = None
        if rng.random() > _OPEN_SHARE:
            done = (day + timedelta(days=int(rng.integers(0, 20)))).isoformat()
        due = (day + timedelta(days=10)).isoformat()
        case, office = str(rng.choice(_CASES)), str(rng.choice(_OFFICES))
        key = f"{month.as_of.replace('-', '')}{number:05d}"
        rows.append([key, round(lon, 6), round(lat, 6), day.isoformat(), case, office, due, done])
    return rows


def _day(rng: np.random.Generator, month: Month) -> date:
    year, number = (int(part) for part in month.as_of.split("-"))
    return date(year, number, int(rng.integers(1, monthrange(year, number)[1] + 1)))
