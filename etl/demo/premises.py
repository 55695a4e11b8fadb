"""Write what a community's own ledger says of its premises, its posts and its papers.

Most communities meet what the packs `kaili` and `tengzhou` ask for; some are short of one thing.
Planted by their place in the file, so that each can be looked up: see `docs/demo.md`.
"""

from typing import Final

import numpy as np

from etl.demo.faults import Cell, Row

PREMISES_HEADER: Final = (
    *("劳动保障专职人员", "法律顾问数", "年内受训人数", "微型消防站", "挂牌数", "标识数"),
    *("中国社区标识", "独立出入口", "停车设施", "服务大厅楼层", "不动产证", "是否改变用途"),
    *("验收日期", "移交日期", "一肩挑", "示范社区级别", "居民满意度", "工作经费", "设备"),
)
AREAS_AND_FUNCTIONS: Final = (
    *("办公区", "服务区", "活动区", "一站式办公", "为民服务", "养老", "救助", "文化"),
    *("学习教育", "娱乐健身"),
)
MORE_ROOMS: Final = (
    *("老年食堂", "居务公开栏", "警务室", "人民调解室", "儿童之家", "慈善超市"),
    "劳动保障工作站",
)
_EQUIPMENT: Final = (
    *("电脑", "打印机", "传真机", "扫描仪", "刻录机", "数码相机", "投影仪", "电动自行车"),
)
_LEVELS: Final = ("无", "市级", "省级", "国家级")
MASKED_FUND: Final = "*000"


def premises_rows(count: int, staff: list[int]) -> list[Row]:
    """Give the cells of `PREMISES_HEADER` for so many communities, the same in both months.

    The second community hands over a day late, the third to the day; the fourth has four boards,
    the fifth no entrance of its own, the sixth premises put to another use; of the seventh
    a copier has masked the fund.

    Parameters
    ----------
    count
        Communities of the file, 7 or more.
    staff
        How many work in each.
    """
    rng = np.random.default_rng([count, 16])
    rows = [_row(rng, staff[k]) for k in range(count)]
    at = {name: k for k, name in enumerate(PREMISES_HEADER)}
    planted: tuple[tuple[int, str, Cell], ...] = (
        (1, "验收日期", "2024-03-15"),
        (1, "移交日期", "2024-04-16"),
        (2, "验收日期", "2024-03-15"),
        (2, "移交日期", "2024-04-15"),
        (3, "挂牌数", 4),
        (4, "独立出入口", "无"),
        (5, "是否改变用途", "是"),
        (6, "工作经费", MASKED_FUND),
    )
    for community, name, cell in planted:
        rows[community][at[name]] = cell
    return rows


def _row(rng: np.random.Generator, staff: int) -> Row:
    """Draw what one community has."""

    def often(yes: Cell, no: Cell, share: float = 0.88) -> Cell:
        return yes if rng.random() < share else no

    equipped = rng.permutation(len(_EQUIPMENT))[: int(rng.choice([6, 7, 8, 8, 8, 8]))]
    return [
        *(often(int(rng.integers(1, 3)), 0), often(1, 0), often(staff, max(0, staff - 2))),
        *(often("有", "无"), often(3, 5), 3, often("有", "无")),
        *(often("有", "无"), often("有", "无"), int(rng.choice([1, 1, 1, 2]))),
        *(often("有", "无", 0.7), often("否", "是", 0.95), None, None),
        *(often("是", "否", 0.6), str(rng.choice(_LEVELS, p=[0.5, 0.25, 0.2, 0.05]))),
        f"{int(rng.integers(91, 99))}%",
        int(rng.integers(8, 20)) * 5_000,
        "、".join(_EQUIPMENT[k] for k in sorted(equipped.tolist())),
    ]


def room_words(rng: np.random.Generator, rooms: list[str]) -> list[str]:
    """Add the zones, functions and further rooms that most premises have."""
    more = [*MORE_ROOMS, *AREAS_AND_FUNCTIONS]
    is_kept = rng.random(len(more)) < 0.96
    return [*rooms, *(word for word, keep in zip(more, is_kept.tolist(), strict=True) if keep)]
