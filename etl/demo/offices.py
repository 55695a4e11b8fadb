"""Say who answers for each grid: committee, party group, worker and duties."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from etl.demo.city import City

GRIDS_A_COMMITTEE: Final = 13
"""A community of more grids than this has two committees."""
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙"
_DUTIES: Final = "巡查、走访、信息采集、矛盾调解"
_VACANT_SHARE: Final = 0.05


def grid_offices(city: City, order: Sequence[int]) -> dict[str, list[Any]]:
    """Give four columns of the grid file, in an order of grids.

    Workers are invented, by surname only; some posts are vacant, and a few grids with a worker say
    no duty.
    """
    rng = np.random.default_rng([len(city.areas.code), 22])
    vacant = rng.random(len(city.areas.code)) < _VACANT_SHARE
    mute = rng.random(len(city.areas.code)) < _VACANT_SHARE / 2
    who = rng.choice(list(_SURNAMES), len(city.areas.code))
    return {
        "居委会": [_committee(city, k) for k in order],
        "党小组": [f"{city.areas.code[k][-3:]}党小组" for k in order],
        "网格员": ["空缺" if vacant[k] else f"{who[k]}某" for k in order],
        "职责": [None if vacant[k] or mute[k] else _DUTIES for k in order],
    }


def _committee(city: City, grid: int) -> str:
    """Name the committee of a grid: the first or the second where a community has two."""
    community = int(city.areas.community[grid])
    plain = city.areas.community_name[community].removesuffix("社区")
    size = int((city.areas.community == community).sum())
    if size <= GRIDS_A_COMMITTEE:
        return f"{plain}居委会"
    number = int(city.areas.code[grid][-3:])
    return f"{plain}第{'一' if number <= size // 2 else '二'}居委会"
