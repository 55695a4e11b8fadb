"""Give names to districts, streets, communities, roads and facilities of a city that is not."""

from typing import Final

import numpy as np

CITY: Final = "云泽市（示例）"

NORTH_DISTRICTS: Final = ("北岭区", "龙潭区", "松山区", "云台区")
MIDDLE_DISTRICTS: Final = ("西园区", "文昌区", "东港区", "学府区", "临湖区", "望城区", "清泉区")
SOUTH_DISTRICTS: Final = ("南浦区", "江东区", "沙洲区", "青浦滩区")

# Places a sub-district is named after: name, easting and northing in kilometres at full size.
LANDMARKS: Final = (
    *(("镜湖", -3.6, 0.7), ("站前", -0.4, 1.75), ("鼓楼", -1.2, 0.5), ("文庙", 0.2, 0.2)),
    *(("北岭", -1.5, 3.4), ("云台", 3.4, 3.6), ("湿地", 4.9, 0.6), ("江心", 4.1, -2.9)),
    *(("中央公园", 1.2, -3.4), ("龙潭山", -3.1, -3.2), ("码头", 2.4, -1.9), ("西园", -5.4, -0.4)),
)
_STREETS: Final = (
    *("东港", "江南", "清泉", "松涛", "兴业", "科技园", "望江", "学府", "秀水", "青龙", "白鹭"),
    *("长岭", "桃花", "平湖", "新安", "凤凰", "金牛", "石桥", "朝阳", "南塘", "华山", "双塔"),
    *("永宁", "柳河", "丹霞", "梅园", "大通", "洪山", "东风", "银河", "五里", "兰溪", "天柱"),
)
_FIRST: Final = (
    "杏茶松云龙清翠鼓文书莲先桃柳竹梅桂枫榆槐银金玉凤春秋晨晓安宁康和福瑞祥荣锦新兴永长丰"
)
_LAST: Final = "林园涛台潭泉竹院池溪湖塘桥坊湾苑庭里居岗坡亭桐荫堤浦洲庄"
_WHOLE: Final = (
    *("铁路新村", "纺织新村", "机床厂", "邮电", "师范", "文化宫", "体育场", "红旗", "前进"),
    *("大桥", "渡口", "老街", "城隍庙", "十字街", "钟楼", "北门", "东门", "西门", "水厂"),
)
_SHOP: Final = (
    *("惠民", "百家", "万家", "好邻居", "佳乐", "益民", "永辉楼", "康达", "同和", "天天"),
    *("福满", "顺和", "新佳", "美宜", "家家", "金利", "大众", "友邻", "民生", "吉祥"),
)


def street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Give so many distinct sub-district names that are not after a landmark."""
    pool = [_STREETS[k] for k in rng.permutation(len(_STREETS))]
    while len(pool) < count:
        name = str(rng.choice(list(_FIRST))) + str(rng.choice(list(_LAST)))
        if name not in pool:
            pool.append(name)
    return pool[:count]


def community_names(rng: np.random.Generator, count: int) -> list[str]:
    """Give so many distinct community names."""
    pairs = [first + last for first in _FIRST for last in _LAST if first != last]
    pool = [*_WHOLE, *(pairs[k] for k in rng.permutation(len(pairs)))]
    pool = [pool[k] for k in _mixed(rng, len(pool), max(count, 60))]
    turn = 1
    while len(pool) < count:
        turn += 1
        pool += [name + "二三四五六七八九"[min(turn, 9) - 2] + "里" * (turn > 9) for name in pairs]
    return pool[:count]


def _mixed(rng: np.random.Generator, size: int, head: int) -> list[int]:
    """Shuffle the first `head` positions and leave the rest in order."""
    head = min(head, size)
    return [*rng.permutation(head).tolist(), *range(head, size)]


def shop_name(rng: np.random.Generator) -> str:
    """Give the name of a shop."""
    return str(rng.choice(_SHOP))


def alley_name(rng: np.random.Generator) -> str:
    """Give the name of a lesser street."""
    first, last = str(rng.choice(list(_FIRST))), str(rng.choice(list(_LAST)))
    return first + last + str(rng.choice(["路", "街", "路", "巷"]))
