"""Give the words of the data page for what the build reports by code: faults and invariants."""

from typing import Final

from geo.store.issue_words import issue_words

CHECKS: Final[dict[str, tuple[str, str]]] = {
    "keys_unique": ("编号唯一且连续", "Keys are unique"),
    "references_resolve": ("引用都能找到", "References resolve"),
    "areas_nest": ("下级区域都在上级之内", "Areas nest"),
    "rows_balance": ("读入行 = 载入 + 修正 + 隔离", "Rows balance"),
    "grids_sum": ("网格之和等于各级区域", "Grids sum to areas"),
    "demand_sums": ("居民点之和等于网格", "Demand points sum to grids"),
    "network_lengths": ("道路长度合理", "Street lengths hold"),
    "walk_not_shorter": ("步行不短于直线", "No walk is shorter than its line"),
    "reach_complete": ("每个居民点每类设施都有答案", "Every demand point has its answers"),
    "none_without_facility": ("没有设施就没有覆盖", "No facility, no coverage"),
    "capacity_conserved": ("分出去的容量等于够得着的容量", "Capacity in = capacity out"),
    "adding_never_lowers": ("多一处设施，覆盖不减", "Adding a facility never lowers coverage"),
    "growth_only": ("时限放宽，覆盖不减", "A longer limit never covers less"),
    "within_whole": ("覆盖不超过总数", "No more covered than there is"),
    "line_covers_walk": ("步行覆盖的，直线也覆盖", "Lines cover what walks cover"),
    "areas_sum": ("各级覆盖相加一致", "Coverage sums through the levels"),
    "standard_within": ("标准半径内不超过总数", "Own radius within the whole"),
    "near_ordered": ("最近设施顺序正确", "Next facilities are in order"),
    "openings_within": ("晚间、周末覆盖不高于任何时段", "Evening and weekend within any hour"),
    "history_agrees": ("历史中的本月与本版一致", "History agrees with this release"),
}
"""Name of an invariant -> Chinese, English."""


def fault(lang: str, code: str, message: str, action: str) -> tuple[str, str]:
    """Give what is wrong and what to do; a code without words speaks for itself.

    In English the build's own message is the better one: it has the numbers and names of the case.
    """
    words = issue_words().get(code)
    if lang == "zh" and words is not None:
        return words.title_zh, words.action_zh
    return message, action


def check(lang: str, name: str, detail: str) -> tuple[str, str]:
    """Give the name of an invariant and its detail; the detail is written in English."""
    known = CHECKS.get(name)
    if known is None:
        return name, detail
    return (known[0], "") if lang == "zh" else (known[1], detail)
