"""Write what a community or a centre reports: rooms and staff, visits, waste, funds, answers."""

from datetime import date, timedelta
from typing import Final

import numpy as np

from etl.demo.city import City
from etl.demo.faults import Cell, Row
from etl.demo.inspections import IDENTITY
from etl.demo.months import Month, day_of
from etl.demo.premises import PREMISES_HEADER, premises_rows, room_words

COMMUNITY_HEADER: Final = (
    *("社区名称", "社区代码", "街道", "户数", "常住人口", "社区服务站面积"),
    *("社区居委会办公和服务用房面积", "办公用房面积", "建设阶段", "城乡分类", "社区工作人员数"),
    *("网格员数", "功能室", "权属", "租期", *PREMISES_HEADER),
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
    listed = np.random.default_rng([len(areas.code), 17])
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
            "、".join(room_words(listed, [_ROOMS[k] for k in sorted(kept.tolist())])),
            "租赁" if rented else "自有",
            int(rng.integers(2, 9)) if rented else None,
        ]
        rows.append(cells)
    rows[0][5] = "6*0"
    staff = [int(str(row[COMMUNITY_HEADER.index("社区工作人员数")])) for row in rows]
    premises = premises_rows(len(rows), staff)
    gone = ["望云台社区", "990199001001", "撤并街道", 2_980, 7_900, 820, 350, 90, "老城区", "111"]
    empty: Row = [None] * (len(COMMUNITY_HEADER) - len(gone))
    return [*([*row, *more] for row, more in zip(rows, premises, strict=True)), [*gone, *empty]]


STAFF_HEADER: Final = (
    *("社区代码", "社区名称", "岗位", "姓名", "编制", "年龄", "学历", "政治面貌", "社工证"),
    *("到岗日期", "身份证号"),
)
VISIT_HEADER: Final = ("社区代码", "社区名称", "月份", "重点对象数", "走访人次", "台账更新日期")
WASTE_HEADER: Final = (
    *("社区", "网格编码", "月份", "总户数", "参与户数", "知晓户数", "满意户数", "检查户数"),
    *("准确户数", "满溢次数"),
)
SURVEY_HEADER: Final = ("街道", "社区名称", "月份", "有效问卷", "满意", "参加过活动")
FUND_HEADER: Final = (
    "社区代码",
    "社区名称",
    "年度",
    "预算（万元）",
    "支出（万元）",
    "市级补贴（万元）",
)
HONOUR_HEADER: Final = ("社区代码", "社区名称", "称号", "级别", "授予年份")
ENROL_HEADER: Final = (
    "机构编号",
    "机构名称",
    "月份",
    "在册人数",
    "服务人月",
    "工作人员",
    "社工专业",
)
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙"
_POSTS: Final = ("网格长", "网格员", "网格员", "社区工作者", "社区工作者")
_SCHOOLS: Final = ("高中", "大专", "大专", "本科", "本科")
_HONOURS: Final = (
    *(("充分就业社区", "省级"), ("科普示范社区", "市级"), ("星级社区", "市级")),
    *(("示范社区", "国家级"), ("示范社区", "省级"), ("信用社区", "区级")),
)
_CENTRES: Final = ("REH_MENTAL", "REH_DISABLED")


def staff_rows(rng: np.random.Generator, city: City) -> list[Row]:
    """Give the people who serve each community: invented, by surname only.

    One row has an identity number, of a place that is not.
    """
    rows: list[Row] = []
    for name, code in zip(city.areas.community_name, city.areas.community_code, strict=True):
        for post in _POSTS[: int(rng.integers(3, len(_POSTS) + 1))]:
            since = date(2018, 1, 1) + timedelta(days=int(rng.integers(0, 2_900)))
            who = f"{rng.choice(list(_SURNAMES))}某"
            contract = "正式" if rng.random() < 0.57 else "聘用"
            age, school = int(rng.integers(24, 60)), str(rng.choice(_SCHOOLS))
            party = "党员" if rng.random() < 0.5 else "群众"
            licence = "有" if rng.random() < 0.2 else "无"
            cells: Row = [code, name, post, who, contract, age, school, party, licence]
            rows.append([*cells, since.isoformat(), None])
    rows[2][-1] = IDENTITY
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
        updated = day_of(rng, month.as_of).isoformat()
        rows.append([areas.community_code[community], name, month.as_of, listed, visits, updated])
    return rows


def waste_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give how waste was sorted in a month, a row a grid, community by community.

    The first four rows have faults: the month as 2026年10月 (which reads), as 十月 (which does
    not), more households right than were checked, a masked number.
    """
    rows: list[Row] = []
    for grid in np.lexsort((np.array(city.areas.code), city.areas.community)).tolist():
        households = int(month.counts[grid, 0])
        if not households:
            continue
        share = float(rng.choice([0.72, 0.88, 0.95]))
        taking, knowing, content = rng.binomial(households, [share, 0.93, 0.9]).tolist()
        seen = min(households, int(rng.integers(20, 60)))
        community = city.areas.community_name[city.areas.community[grid]]
        cells: Row = [community, city.areas.code[grid], month.as_of, households, taking, knowing]
        right, full = int(rng.binomial(seen, share)), int(rng.poisson(0.4))
        rows.append([*cells, content, seen, right, full])
    year, number = month.as_of.split("-")
    rows[0][2] = f"{year}年{int(number)}月"
    rows[1][2] = {"09": "九月", "10": "十月"}[number]
    rows[2][8] = int(str(rows[2][7])) + 5
    rows[3][4] = "1*8"
    return rows


def survey_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give what residents answered, a row a community, which is named and has no code.

    One row names a community that was merged into another.
    """
    rows: list[Row] = []
    areas = city.areas
    for community, name in enumerate(areas.community_name):
        street = areas.street_name[areas.street[np.flatnonzero(areas.community == community)[0]]]
        asked = int(rng.integers(30, 90))
        content, joined = rng.binomial(asked, [0.88, 0.5]).tolist()
        rows.append([street, name, month.as_of, asked, content, joined])
    rows.append(["撤并街道", "望云台社区", month.as_of, 41, 38, 20])
    return rows


def fund_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give the money of the year, a row a community; one amount has a full stop for its point."""
    rows: list[Row] = []
    year = f"{month.as_of[:4]}年"
    for name, code in zip(city.areas.community_name, city.areas.community_code, strict=True):
        budget = round(float(rng.uniform(60, 120)), 1)
        spent = round(budget * float(rng.uniform(0.55, 0.98)), 1)
        rows.append([code, name, year, budget, spent, round(budget * 0.12, 1)])
    rows[1][3:5] = ["83。5", "约60"]
    return rows


def honour_rows(rng: np.random.Generator, city: City, month: Month) -> list[Row]:
    """Give the honours of communities with their years; one year is masked."""
    rows: list[Row] = []
    latest = int(month.as_of[:4])
    for name, code in zip(city.areas.community_name, city.areas.community_code, strict=True):
        chosen = rng.permutation(len(_HONOURS))[: int(rng.integers(0, 3))].tolist()
        years = (latest - rng.integers(0, 5, len(chosen))).tolist()
        rows += [[code, name, *_HONOURS[at], year] for at, year in zip(chosen, years, strict=True)]
    first = city.areas.community_code[0], city.areas.community_name[0]
    return [*rows, [*first, "示范社区", "省级", "20xx"]]


def enrol_rows(rng: np.random.Generator, month: Month) -> list[Row]:
    """Give who is enrolled at each centre of rehabilitation, counts only; the last has three."""
    rows: list[Row] = []
    for one in month.facilities:
        if one.kind.code not in _CENTRES or one.status != "开放":
            continue
        is_large = one.kind.code == "REH_MENTAL"
        enrolled = int(rng.integers(90, 190) if is_large else rng.integers(2, 25))
        staff = int(rng.integers(8, 14)) if is_large else 2
        trained = int(rng.integers(staff // 3, staff + 1))
        cells: Row = [one.id, one.name, month.as_of, enrolled, enrolled, staff, trained]
        rows.append(cells)
    rows[-1][3:5] = [3, 3]
    return rows
