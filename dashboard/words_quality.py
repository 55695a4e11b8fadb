"""Hold the strings of the data page for what the build reports by code: faults and invariants."""

from typing import Final

FAULTS: Final[dict[str, tuple[str, str]]] = {
    "CAT_UNKNOWN": ("设施类别认不出", "在 category_map 里补上这些词。"),
    "CODE_DUP": ("编号重复", "只留第一行，其余隔离。请给它们各自的编号。"),
    "CRS_DECLARED": ("声明的坐标系与文件所写不同", "按声明的读。若文件是对的，去掉 crs 一行。"),
    "CRS_SCALE": ("投影带离城市太远，长度有误差", "改用覆盖本市的投影带（metric_crs）。"),
    "FAC_NONAME": ("设施没有名称", "暂用类别名显示，请补名称。"),
    "GRID_INVALID": ("网格边界自相交", "已修复，面积变化见原文。请改正源文件。"),
    "GRID_NOCODE": ("网格没有编号", "该行已隔离，请补编号。"),
    "HISTORY_LOST": ("往月的数据读不出", "趋势从本月重新开始。"),
    "NET_AWAY": ("路网与网格不在一处", "检查路网范围，或在 [network] 里声明坐标系。"),
    "NET_OFF": (
        "附近没有道路，步行一律算走不到",
        "检查周边道路。若确实如此，可调大 snap_limit_m。",
    ),
    "NET_THIN": ("路网没有覆盖全市", "检查路网是否完整。"),
    "NUM_TEXT": ("数字栏里是文字", "数量按未知处理，坐标不清的行已隔离。请改成数字。"),
    "POP_ODD": ("人口与户数不合常理", "照原数使用，请核对这一行。"),
    "ROW_SHAPE": ("一行的格数多于表头", "该行已隔离，请核对分隔符。"),
    "SECTION_UNUSED": ("配置里有这一版用不到的部分", "不用处理，原样保留。"),
    "STATUS_CLOSED": ("停用、规划或存疑的设施", "地图上显示，不计入覆盖。"),
    "STATUS_UNKNOWN": ("设施状态认不出，按存疑处理", "请写：正常、停用、规划或存疑。"),
    "SUM_MISMATCH": ("楼栋人口与网格人口相差超过 20%", "以网格人口为准，请核对两份数据。"),
    "TOTAL_ROW": ("合计行", "已隔离，不当作一处设施。"),
    "XY_DUP": ("多处设施落在同一点", "多半按街道或区定位，请核对坐标。"),
    "XY_FAR": ("设施离本市网格很远", "保留并照常服务，请核对坐标和坐标系。"),
    "XY_RANGE": ("坐标不在本市范围", "已隔离，人口不计入，请核对坐标。"),
    "XY_ZERO": ("坐标为 0, 0", "该行已隔离，请补坐标。"),
}
"""Code -> what is wrong and what to do, in Chinese; in English a fault speaks for itself."""

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
    "adding_never_lowers": ("多一处设施，覆盖不减", "Adding a facility never lowers coverage"),
    "growth_only": ("时限放宽，覆盖不减", "A longer limit never covers less"),
    "within_whole": ("覆盖不超过总数", "No more covered than there is"),
    "line_covers_walk": ("步行覆盖的，直线也覆盖", "Lines cover what walks cover"),
    "areas_sum": ("各级覆盖相加一致", "Coverage sums through the levels"),
    "standard_within": ("标准半径内不超过总数", "Own radius within the whole"),
    "near_ordered": ("最近设施顺序正确", "Next facilities are in order"),
    "history_agrees": ("历史中的本月与本版一致", "History agrees with this release"),
}
"""Name of an invariant -> Chinese, English."""


def fault(lang: str, code: str, message: str, action: str) -> tuple[str, str]:
    """Give what is wrong and what to do; a code without words speaks for itself."""
    if lang == "zh" and code in FAULTS:
        return FAULTS[code]
    return message, action


def check(lang: str, name: str, detail: str) -> tuple[str, str]:
    """Give the name of an invariant and its detail; the detail is written in English."""
    known = CHECKS.get(name)
    if known is None:
        return name, detail
    return (known[0], "") if lang == "zh" else (known[1], detail)
