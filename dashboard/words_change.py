"""Hold what the change card says, Chinese and English side by side."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "why_title": ("为什么变了", "Why it changed"),
    "why_open": ("{change}，为什么变了", "{change}: why it changed"),
    "why_ask": ("比上月 {change}，为什么？", "{change} since last month. Why?"),
    "why_ask_same": ("与上月持平，为什么？", "As last month. Why?"),
    "why_method": ("口径有变", "counted otherwise"),
    "why_close": ("关闭", "Close"),
    "why_wait": ("正在算…", "Working it out…"),
    "why_failed": ("没有问到，请再点一次。", "No answer came. Open it again."),
    "why_question": (
        "{area}，{category}，{mode}，{m} 分钟，按{basis}",
        "{area}, {category}, {mode}, {m} minutes, by {basis}",
    ),
    "why_share": ("{n}%", "{n}%"),
    "why_from_to": (
        "{old} {before} → {new} {after}",
        "{old} {before} → {new} {after}",
    ),
    "why_from_unknown": (
        "{old}没有这个数，{new}是 {after}",
        "{old} has no such number; {new} has {after}",
    ),
    "why_step": ("原因", "Cause"),
    "why_points": ("百分点", "Points"),
    "why_amount_people": ("人", "People"),
    "why_amount_households": ("户", "Households"),
    "why_amount_elderly": ("人", "People"),
    "why_amount_children": ("人", "People"),
    "why_amount_area": ("平方米", "m²"),
    "why_sum": ("合计", "Total"),
    "why_still": ("对这个数没有影响：{names}。", "No effect on this number: {names}."),
    "why_added": (
        "各项按显示的位数相加，正好等于合计。",
        "The parts as they are shown add up to the total exactly.",
    ),
    "why_how": ("怎么算的", "How it is worked out"),
    "why_how_text": (
        "从上一版开始，按下面的次序每次只换一样，每一步都把全部网格重新算一遍；"
        "前后两次之差就是这一步的影响。最后一步必须与本版逐位相同。",
        "From the earlier release on, one thing is replaced at a time, in this order, and every "
        "grid is measured again; the difference is what the step did. The last step must equal "
        "this release to the digit.",
    ),
    "why_step_rules": ("规则", "Rules"),
    "why_step_streets": ("路网", "Streets"),
    "why_step_grids": ("网格", "Grids"),
    "why_step_corrections": ("数据更正", "Corrections"),
    "why_step_closed": ("设施关停", "Closed"),
    "why_step_opened": ("设施新开", "Opened"),
    "why_step_opened_undated": ("新增，日期不明", "Added, no date"),
    "why_step_people": ("人口", "People"),
    "why_def_rules": (
        "步速、服务半径、必备类别、上路距离、算法",
        "speeds, radii, required categories, snap distance, method",
    ),
    "why_def_streets": ("可走的道路", "walkable streets"),
    "why_def_grids": (
        "网格边界、所属区域、人口所在的点；两月都有的网格仍用上月人数",
        "outlines, the areas above them and where people stand; a grid of both months keeps last "
        "month's people",
    ),
    "why_def_corrections": (
        "同一编号、或 100 米内同名的设施改了位置、类别或状态，且没有注明日期",
        "a facility with the same key, or the same name within 100 m, has another place, category "
        "or state, and no date says when",
    ),
    "why_def_closed": (
        "上月开放，本月不在册或注明本月停用",
        "open last month; this month gone, or closed on a date of this month",
    ),
    "why_def_opened": ("注明本月启用", "opened on a date of this month"),
    "why_def_opened_undated": (
        "上月不在册，没有注明本月启用；可能是新开，也可能是补登",
        "not there last month and no date of this month: newly opened, or listed late",
    ),
    "why_def_people": ("人口和户数", "people and households"),
    "why_near": ("附近变化最大的几处", "What changed most nearby"),
    "why_near_none": (
        "附近没有这类设施或网格的变化。",
        "No facility of this kind and no grid nearby changed.",
    ),
    "why_counts": ("附近共{counts}。", "Nearby: {counts}."),
    "why_count": ("{kind} {n} 处", "{n} {kind}"),
    "why_kind_corrected": ("更正", "corrected"),
    "why_kind_closed": ("关停", "closed"),
    "why_kind_opened": ("新开", "opened"),
    "why_kind_opened_undated": ("新增（日期不明）", "added (no date)"),
    "why_kind_grid_added": ("新增网格", "grid added"),
    "why_kind_grid_removed": ("撤销网格", "grid removed"),
    "why_kind_grid_split": ("拆分网格", "grid split"),
    "why_kind_grid_merged": ("合并网格", "grid merged"),
    "why_kind_grid_reshaped": ("网格改界", "grid reshaped"),
    "why_kind_grid_people": ("网格人口变化", "grid's people"),
    "why_what_moved": ("位置移了 {metres} 米", "moved {metres} m"),
    "why_what_entrances": ("出入口", "entrances"),
    "why_what_recategorised": ("类别", "category"),
    "why_what_status": ("{before} → {after}", "{before} → {after}"),
    "why_what_renamed": ("改名", "renamed"),
    "why_what_listed": ("{after}", "{after}"),
    "why_what_delisted": ("不在册", "no longer listed"),
    "why_served": ("15 分钟内最近的是它的有 {people}", "the nearest within 15 min of {people}"),
    "why_people_from_to": ("{before} → {after} 人", "{before} → {after} people"),
    "why_parts": ("分为 {parts}", "into {parts}"),
    "why_joined": ("由 {parts} 合成", "from {parts}"),
    "why_status_open": ("开放", "open"),
    "why_status_closed": ("停用", "closed"),
    "why_status_planned": ("规划", "planned"),
    "why_status_doubtful": ("存疑", "doubtful"),
    "why_data": ("到数据页看文件和问题", "Files and faults on the data page"),
    "why_first": (
        "这是第一版数据，没有更早的可比。",
        "This is the first release: there is nothing earlier to compare it with.",
    ),
    "why_missing": (
        "这一版还没有与上一版比较过（例如退回过，或比较文件已清理）。在服务器上运行：",
        "This release was not compared with the one before, after a roll back for example, or the "
        "file was pruned. On the server, run:",
    ),
    "why_not_carried": (
        "只有默认步速、计入邻区设施、全时开放时才逐月比较。请换回这三项。",
        "Months are compared at the default speed, with neighbours' facilities and at any hour "
        "only. Choose those.",
    ),
    "why_whole_schema": (
        "上一版由另一版程序算出，不能逐步重算，变化全部列在规则下。",
        "The earlier release was made by another version of the program, so it cannot be replayed; "
        "the whole change stands under rules.",
    ),
    "why_whole_crs": (
        "两个月的计算坐标系不同，不能逐步重算，变化全部列在规则下。",
        "The two months are measured in different projections, so they cannot be replayed; the "
        "whole change stands under rules.",
    ),
}
