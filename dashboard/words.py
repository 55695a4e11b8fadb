"""Hold every string on the screen, Chinese and English side by side.

Chinese strings use full-width punctuation. `{name}` is filled in by whoever shows the string. What
only the scripts of the page say stands in `dashboard/words_map.py`.
"""

from typing import Final

from dashboard.words_change import WORDS as CHANGE_WORDS
from dashboard.words_gaps import WORDS as GAPS_WORDS
from dashboard.words_map import WORDS as MAP_WORDS
from dashboard.words_openings import WORDS as OPENINGS_WORDS
from dashboard.words_rules import WORDS as RULES_WORDS
from dashboard.words_standards import WORDS as STANDARDS_WORDS
from dashboard.words_tasks import WORDS as TASKS_WORDS

_OWN: Final[dict[str, tuple[str, str]]] = {
    "product": ("社区网格设施覆盖", "Community facility coverage"),
    "synthetic": ("示例数据（合成）", "Sample data (synthetic)"),
    "print": ("打印", "Print"),
    "language": ("语言", "Language"),
    "nav": ("页面", "Pages"),
    "nav_overview": ("总览", "Overview"),
    "nav_coverage": ("覆盖", "Coverage"),
    "nav_data": ("数据", "Data"),
    "skip_answer": ("跳到结论", "Skip to the answer"),
    "skip_map": ("跳到地图", "Skip to the map"),
    "skip_list": ("跳到名单", "Skip to the list"),
    "scope": ("条件", "What to look at"),
    "scope_see": ("看", "See"),
    "scope_area": ("区域", "Area"),
    "scope_category": ("设施类别", "Facility category"),
    "dropdown_search": ("搜索", "Search"),
    "dropdown_clear_search": ("清除搜索", "Clear search"),
    "dropdown_no_options_found": ("没有符合的", "Nothing found"),
    "scope_in": ("在", "within"),
    "scope_minutes": ("时限，分钟", "Time limit, minutes"),
    "minutes": ("分钟", "min"),
    "scope_mode": ("怎么走", "Way of going"),
    "mode_walk": ("步行路网", "On foot"),
    "mode_line": ("直线", "Straight"),
    "scope_covered": ("内覆盖的", "covering"),
    "scope_basis": ("按什么算", "What is counted"),
    "basis_people": ("人口", "People"),
    "basis_households": ("户数", "Households"),
    "basis_area": ("面积", "Area"),
    "scope_speed": ("步速", "Walking speed"),
    "speed_option": ("{name} {speed} 米/分", "{name} {speed} m/min"),
    "speed_standard": ("标准", "Standard"),
    "speed_elderly": ("老人", "Elderly"),
    "speed_brisk": ("快走", "Brisk"),
    "about": ("口径说明", "How it is counted"),
    "about_text": (
        "走得到：到最近一处开放设施的路程不超过时限乘以步速。步行沿可走的道路，直线偏乐观。"
        "人口按楼栋或网格内的点计算，人口不详的网格不计入。",
        "Reached: the way to the nearest open facility is at most the time limit times the "
        "walking speed. Walks follow walkable streets; straight lines are optimistic. People are "
        "counted at buildings or points inside a grid; grids of unknown people are left out.",
    ),
    "category_option": ("{name} {count} 处", "{name}, {count}"),
    "map": ("地图", "Map"),
    "ranking": ("各区域覆盖率", "Coverage by area"),
    "categories": ("各类设施", "By category"),
    "trend": ("近 12 个月", "Last 12 months"),
    "layers": ("图层", "Layers"),
    "detail": ("详情", "Details"),
    "drawer": ("网格名单", "Grids"),
    "title_overview": ("总览：{area}", "Overview: {area}"),
    "title_coverage": ("覆盖：{area}", "Coverage: {area}"),
    "title_data": ("数据", "Data"),
    "unreadable_title": ("数据打不开", "The data cannot be opened"),
    "unreadable_text": (
        "已发布的数据这个程序读不了，原因如下。请管理员处理后再打开。",
        "This program cannot read what is published, for the reason below. Ask the operator.",
    ),
    "empty_title": ("还没有数据", "No data yet"),
    "empty_text": (
        "先把网格和设施做成一个数据版本，或者用示例城市。在服务器上运行：",
        "Build a release from your grids and facilities, or from the sample city. On the server, "
        "run:",
    ),
    "load_again": ("做好了，再打开", "Done: open again"),
    "missing_title": ("没有这一页", "No such page"),
    "missing_text": (
        "这个地址没有页面。现有：总览、覆盖、短板、达标、数据。",
        "There is no page at this address. There are: overview, coverage, underserved, "
        "standards, data.",
    ),
    "later_title": ("这一页还没有做", "This page is not there yet"),
    "later_text": (
        "规划、报告会在以后的版本里出现。现有：总览、覆盖、短板、达标、数据。",
        "Planner and reports come with later versions. There are: overview, coverage, "
        "underserved, standards, data.",
    ),
    "to_overview": ("去总览", "To the overview"),
    "q_published": ("已发布的数据", "What is published"),
    "q_count": ("数量", "Number"),
    "q_share": ("占比", "Share"),
    "q_samples": ("示例", "Samples"),
    "q_row_n": ("第 {n} 行", "row {n}"),
    "q_and": ("、", ", "),
    "q_release": ("数据版本", "Release"),
    "q_month": ("数据月份", "Data month"),
    "q_built": ("生成时间", "Built"),
    "q_reason": ("发布理由", "Reason"),
    "q_reason_command": ("命令行发布", "Published from the command line"),
    "q_seconds": ("用时，秒", "Seconds"),
    "q_verdict_ok": ("可以放心用，没有警告。", "Sound: no warnings."),
    "q_verdict_warnings": (
        "可以用，但有 {warnings} 个警告。",
        "Usable, with {warnings} warnings.",
    ),
    "q_verdict_blocking": (
        "有 {blocking} 个阻断问题，{warnings} 个警告。",
        "{blocking} blocking faults, {warnings} warnings.",
    ),
    "q_sources": ("读了哪些文件", "Files that were read"),
    "q_file": ("文件", "File"),
    "q_kind": ("用途", "Use"),
    "q_rows_in": ("读入行", "Rows in"),
    "q_rows_loaded": ("载入", "Loaded"),
    "q_rows_fixed": ("修正", "Fixed"),
    "q_rows_quarantined": ("隔离", "Set aside"),
    "q_crs": ("坐标系", "CRS"),
    "q_encoding": ("编码", "Encoding"),
    "q_sha256": ("校验", "SHA-256"),
    "q_issues": ("问题", "Faults"),
    "q_severity": ("级别", "Severity"),
    "q_code": ("代码", "Code"),
    "q_source": ("来源", "Source"),
    "q_row": ("行", "Row"),
    "q_message": ("说明", "What is wrong"),
    "q_action": ("怎么办", "What to do"),
    "q_effect": ("影响网格", "Grids affected"),
    "q_checks": ("不变量检查", "Invariants checked"),
    "q_check": ("检查", "Check"),
    "q_ok": ("结果", "Result"),
    "q_detail": ("明细", "Detail"),
    "q_passed": ("✓ 通过", "✓ holds"),
    "q_failed": ("✗ 不通过", "✗ broken"),
    "q_rejected": ("没有载入的行", "Rows that did not enter"),
    "q_content": ("原文", "As read"),
    "q_none": ("没有。", "None."),
    "q_cut": ("只列前 {shown} 条，共 {all} 条。", "The first {shown} of {all}."),
    "severity_blocking": ("✗ 阻断", "✗ Blocking"),
    "severity_warning": ("△ 警告", "△ Warning"),
    "severity_note": ("– 提示", "– Note"),
    "kind_grids": ("网格", "Grids"),
    "kind_demand": ("楼栋", "Buildings"),
    "kind_facilities": ("设施", "Facilities"),
    "kind_network": ("路网", "Streets"),
    "kind_basemap": ("底图", "Base map"),
    "kind_communities": ("台账", "Ledger"),
    "kind_ledgers": ("台账", "Ledger"),
}

_BOTH: Final[dict[str, tuple[str, str]]] = {
    **_OWN,
    **CHANGE_WORDS,
    **GAPS_WORDS,
    **MAP_WORDS,
    **OPENINGS_WORDS,
    **RULES_WORDS,
    **STANDARDS_WORDS,
    **TASKS_WORDS,
}

WORDS: Final[dict[str, dict[str, str]]] = {
    "zh": {key: pair[0] for key, pair in _BOTH.items()},
    "en": {key: pair[1] for key, pair in _BOTH.items()},
}


def word(lang: str, key: str, **values: object) -> str:
    """Give one string with its gaps filled; an unknown key is a bug and raises."""
    text = WORDS[lang][key]
    return text.format(**values) if values else text


def word_or(lang: str, key: str, otherwise: str) -> str:
    """Give the string of a key that comes from data, or the data itself."""
    return WORDS[lang].get(key, otherwise)
