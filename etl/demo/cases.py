"""Write what happens on a day: cases brought, what grid workers do, waste taken away."""

from datetime import timedelta
from typing import Final

import numpy as np

from etl.demo.city import City, lonlat_of
from etl.demo.faults import Row
from etl.demo.inspections import OFFICES
from etl.demo.months import LAST_MONTH, THIS_MONTH, Month, day_of
from geo.datum import wgs84_to_gcj02

CASE_HEADER: Final = (
    *("工单号", "渠道", "经度", "纬度", "受理日期", "类型", "责任单位", "办结期限", "答复日期"),
    *("办结日期", "诉求内容"),
)
EVENT_HEADER: Final = ("网格编码", "日期", "类别", "次数")
HAUL_HEADER: Final = ("社区", "社区代码", "清运日期", "清运量（吨）", "去向")
EVENT_KINDS: Final = ("大走访", "大回访", "大采集", "大排查", "大化解")
_KINDS: Final = ("占道经营", "噪声扰民", "路灯不亮", "井盖缺损", "违规停车", "适老化改造")
_CHANNELS: Final = ("民意热线", "意见箱", "网格员上报", "民意信箱", "民主日")
_WHERE_TO: Final = ("焚烧厂", "厨余处理厂", "再生资源分拣中心")
_CASE_SHARE, _OPEN_SHARE, _UNANSWERED_SHARE = 0.35, 0.15, 0.05
_DAYS_TO_CLOSE: Final = 10
_LATER: Final = (CASE_HEADER.index("答复日期"), CASE_HEADER.index("办结日期"))


def case_rows(seed: int, city: City, month: Month) -> list[Row]:
    """Give the cases that citizens reported up to a month, GCJ-02, as far as they had come by then.

    A ledger that goes on: this month's has the cases of the month before too, most of them closed
    by now. Some are open, some overdue, a few were never answered.
    """
    rows = _brought(seed, city, LAST_MONTH)
    rows += _brought(seed, city, THIS_MONTH) if month.as_of == THIS_MONTH else []
    ended = f"{month.as_of}-31"
    return [
        [None if k in _LATER and str(cell) > ended else cell for k, cell in enumerate(row)]
        for row in rows
    ]


def _brought(seed: int, city: City, as_of: str) -> list[Row]:
    """Give the cases of one month with all that came of them."""
    rng = np.random.default_rng([seed, 13, int(as_of.replace("-", ""))])
    rows: list[Row] = []
    count = round(_CASE_SHARE * len(city.areas.code))
    at = rng.integers(0, len(city.buildings.xy_m), count)
    shown = wgs84_to_gcj02(lonlat_of(city.buildings.xy_m[at])).tolist()
    for number, (lon, lat) in enumerate(shown, start=1):
        day = day_of(rng, as_of)
        answered = day + timedelta(days=int(rng.integers(0, 4)))
        done = answered + timedelta(days=int(rng.integers(0, 16)))
        is_open, is_silent = rng.random() < _OPEN_SHARE, rng.random() < _UNANSWERED_SHARE
        rows.append(
            [
                f"{as_of.replace('-', '')}{number:05d}",
                str(rng.choice(_CHANNELS)),
                *(round(lon, 6), round(lat, 6)),
                day.isoformat(),
                str(rng.choice(_KINDS)),
                str(rng.choice(OFFICES)),
                (day + timedelta(days=_DAYS_TO_CLOSE)).isoformat(),
                None if is_silent else answered.isoformat(),
                None if is_open or is_silent else done.isoformat(),
                None,
            ]
        )
    return rows


def planted_cases(rows: list[Row]) -> list[Row]:
    """Give the rows of cases that are wrong, one fault each, in the order of `docs/demo.md`."""
    place, when = rows[0][2:4], ["2026-10-08", "路灯不亮", "街道办事处"]
    tail = ["2026-10-09", None, None]
    return [
        ["20261090001", "民意热线", 118.9, 31.9, *when, "2026-10-18", *tail],
        ["20261090002", "民意热线", *place, *when, "2026-10-01", *tail],
        ["20261090003", "意见箱", *place, "2026-11-20", *when[1:], "2026-11-30", None, None, None],
        ["20261090004", "意见箱", *place, *when, "2026-10-18", *tail[:2], "来电 13900000001"],
        list(rows[1]),
    ]


def event_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give what grid workers did in a month by five kinds: counts only, no names and no routes."""
    rows: list[Row] = []
    for grid, code in enumerate(city.areas.code):
        if not city.population.counts[grid, 0]:
            continue
        for kind in rng.permutation(EVENT_KINDS)[: int(rng.integers(1, 3))].tolist():
            day = day_of(rng, month.as_of)
            shown = f"{day.year}年{day.month}月{day.day}日"
            rows.append([code, shown, kind, int(rng.integers(1, 9))])
    return rows


def planted_events(city: City) -> list[Row]:
    """Give the rows of events that are wrong: a masked number, an unknown place, at least 200."""
    here = city.areas.code[1]
    return [
        [here, "2026年10月9日", "大走访", "20xx"],
        ["9901019999", "2026年10月9日", "大走访", 3],
        [here, "2026年10月10日", "大走访", "200余"],
    ]


def haul_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give the waste taken from each community: when, how much, where to."""
    rows: list[Row] = []
    areas = city.areas
    for name, code in zip(areas.community_name, areas.community_code, strict=True):
        for place in _WHERE_TO:
            day = day_of(rng, month.as_of)
            tonnes = round(float(rng.uniform(4, 60)), 1)
            rows.append([name, code, day.strftime("%Y/%m/%d"), tonnes, place])
    return rows
