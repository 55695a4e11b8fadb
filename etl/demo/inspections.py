"""Inspect the grids month by month: 15 items, what failed, when it is due, what was mended."""

from datetime import date, timedelta
from typing import Final

import numpy as np

from etl.demo.city import City
from etl.demo.faults import Row
from etl.demo.months import LAST_MONTH, THIS_MONTH, Month, day_of

HEADER: Final = (
    *("网格编码", "网格名称", "检查日期", "项目", "得分", "责任单位", "整改期限", "闭环日期"),
    "备注",
)
VILLAGE_ITEMS: Final = ("道路沿线", "房前屋后", "田园周边", "公共厕所", "辖区河道", "三线杂乱")
COMMUNITY_ITEMS: Final = ("小区楼道", "车库管理", "沿街商铺", "小区绿化", "饲养家禽与散放宠物")
WASTE_ITEMS: Final = ("制度运行", "宣传力度", "分类设备与标志", "分类收运")
OFFICES: Final = ("街道办事处", "社区居委会", "物业公司")
PASS_MARK: Final = 90
DAYS_TO_MEND: Final = 15
_DAYS_MORE: Final = 7
_CHECKED_SHARE, _ITEMS_A_VISIT = 0.8, 3
_SEEN_AGAIN_SHARE, _MENDED_SHARE, _SAID_DONE_SHARE = 0.7, 0.75, 0.5
IDENTITY: Final = "99010119000101019X"
"""An identity number with a right check digit and a place that no code names."""


def check_rows(seed: int, city: City, month: Month) -> list[Row]:
    """Give the inspections of a month, by day.

    Every item that failed has an office and a day to mend it by. Of those that failed in the month
    before most are seen again: some pass, some fail again, some are only said to be done. One item
    failed, passed in the same month, and fails again in the next.
    """
    rows = _round(seed, city, LAST_MONTH)
    relapsing = next(row for row in rows if _failed(row))
    passed = [*relapsing[:2], "2026-09-28", relapsing[3], 96, relapsing[5], None, None, None]
    if month.as_of == LAST_MONTH:
        rows.append(passed)
    else:
        relapse = date(2026, 10, 21)
        due = (relapse + timedelta(days=DAYS_TO_MEND)).isoformat()
        again = [*relapsing[:2], relapse.isoformat(), relapsing[3], 71, relapsing[5]]
        earlier = [row for row in rows if _failed(row) and row is not relapsing]
        seen = {(row[0], row[3]) for row in [*earlier, relapsing]}
        fresh = [row for row in _round(seed, city, THIS_MONTH) if (row[0], row[3]) not in seen]
        rows = [*fresh, [*again, due, None, None], *_seen_again(seed, earlier)]
    rows.sort(key=lambda row: (str(row[2]), str(row[0]), str(row[3])))
    return rows


def planted_checks(city: City) -> list[Row]:
    """Give the rows that are wrong, one fault each, in the order of `docs/demo.md`."""
    grid, name = city.areas.code[0], city.areas.name[0]
    here = [grid, name]
    ok = ["2026-10-12", "宣传力度", 93, "街道办事处", None, None, None]
    due = "2026-10-27"
    return [
        ["990199999999001", "撤并网格", *ok],
        [None, name, *ok],
        [*here, "十月", *ok[1:]],
        [*here, "2026-12-05", *ok[1:]],
        [*here, "2026-10-12", "制度运行", 62, "物业公司", "2026-10-02", None, None],
        [*here, "2026年10月13日", "制度运行", "8*", "物业公司", None, None, None],
        [*here, "2026/10/14", "分类收运", 64, "物业公司", due, None, "王某来电 13900000000"],
        [*here, "20261015", "分类收运", 66, "社区居委会", due, None, f"证件 {IDENTITY}"],
        [*here, "2026-10-16", "分类设备与标志", "较好", "社区居委会", None, None, None],
    ]


def _failed(row: Row) -> bool:
    return isinstance(row[4], int) and row[4] < PASS_MARK


def _round(seed: int, city: City, as_of: str) -> list[Row]:
    """Inspect most grids where people live, on a few items each."""
    rng = np.random.default_rng([seed, 11, int(as_of.replace("-", ""))])
    rows: list[Row] = []
    for grid, code in enumerate(city.areas.code):
        if not city.population.counts[grid, 0] or rng.random() > _CHECKED_SHARE:
            continue
        day = day_of(rng, as_of, last=20)
        own = VILLAGE_ITEMS if city.blocks.zone[grid] == "outer" else COMMUNITY_ITEMS
        items = rng.permutation([*own, *WASTE_ITEMS])[:_ITEMS_A_VISIT]
        for item in items.tolist():
            score = int(rng.choice([62, 78, 91, 94, 97, 100]))
            rows.append(_row(rng, [code, city.areas.name[grid]], day, item, score))
    return rows


def _row(rng: np.random.Generator, place: Row, day: date, item: str, score: int) -> Row:
    office = str(rng.choice(OFFICES))
    if score >= PASS_MARK:
        return [*place, day.isoformat(), item, score, office, None, None, None]
    due = (day + timedelta(days=DAYS_TO_MEND)).isoformat()
    is_said = rng.random() < _SAID_DONE_SHARE
    said = (day + timedelta(days=int(rng.integers(2, 9)))).isoformat() if is_said else None
    return [*place, day.isoformat(), item, score, office, due, said, None]


def _seen_again(seed: int, failed: list[Row]) -> list[Row]:
    """Look again at what failed a month ago."""
    rng = np.random.default_rng([seed, 14])
    rows: list[Row] = []
    for row in failed:
        if rng.random() > _SEEN_AGAIN_SHARE:
            continue
        day = day_of(rng, THIS_MONTH, last=28)
        again = [*row[:2], day.isoformat(), row[3]]
        if rng.random() < _MENDED_SHARE:
            score = int(rng.choice([92, 95, 98]))
            rows.append([*again, score, row[5], None, None, None])
        else:
            said = day.isoformat() if rng.random() < _SAID_DONE_SHARE else None
            due = (day + timedelta(days=_DAYS_MORE)).isoformat()
            rows.append([*again, 74, row[5], due, said, None])
    return rows
