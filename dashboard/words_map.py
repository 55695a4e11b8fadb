"""Hold the strings that the scripts of the page say: sentence, figures, legend, map, place card.

Chinese first, English second. `**` around a piece makes it bold; the script fills in `{name}`.
"""

from typing import Final

_UNITS: Final[dict[str, tuple[str, str]]] = {
    "unit_wan": ("万", "×10,000"),
    "unit_yi": ("亿", "×100 million"),
    "unit_thousand": ("千", "k"),
    "unit_million": ("百万", "M"),
    "unit_people": ("人", "people"),
    "unit_households": ("户", "households"),
    "unit_km2": ("平方公里", "km²"),
    "unit_m": ("米", "m"),
    "minutes_word": ("分钟", "min"),
    "minutes_label": ("时限，分钟", "Time limit, minutes"),
    "points": ("{n} 百分点", "{n} pp"),
    "change_none": ("与上月持平", "as last month"),
    "unit_grid": ("网格", "grids"),
    "unit_community": ("社区", "communities"),
    "unit_street": ("街道", "subdistricts"),
    "unit_district": ("区", "districts"),
    "unit_city": ("全市", "city"),
    "unit_auto": ("自动", "Automatic"),
    "neighbours_count": ("计入邻区的设施", "Count other districts' facilities"),
    "neighbours_why": (
        "取消后只算本区设施，可看出哪些网格靠邻区才达标",
        "Without them, you see which grids meet the target only thanks to a neighbour",
    ),
    "without_neighbours": ("（不计邻区）", " (own district only)"),
    "unit_label": ("地图单元", "Map units"),
    "one_grid": ("网格", "grid"),
    "one_community": ("社区", "community"),
    "one_street": ("街道", "subdistrict"),
    "one_district": ("区", "district"),
    "go_walk": ("步行", "walk"),
    "go_line": ("直线", "straight line"),
    "counted_people": ("人口", "people"),
    "counted_households": ("户数", "households"),
    "counted_area": ("面积", "the area"),
    "counted_elderly": ("老人", "people over 60"),
    "counted_children": ("婴幼儿", "children under 7"),
    "gap_people": ("缺口人口", "People not reached"),
    "gap_households": ("缺口户数", "Households not reached"),
    "gap_area": ("缺口面积", "Area not reached"),
    "gap_elderly": ("缺口老人", "Over-60s not reached"),
    "gap_children": ("缺口婴幼儿", "Children not reached"),
    "short_gap_people": ("缺口人数", "Not reached"),
    "short_gap_households": ("缺口户数", "Not reached"),
    "short_gap_area": ("缺口面积", "Not reached"),
    "short_gap_elderly": ("缺口人数", "Not reached"),
    "short_gap_children": ("缺口人数", "Not reached"),
}

_SENTENCE: Final[dict[str, tuple[str, str]]] = {
    "sentence": (
        "{area} {m} 分钟{mode}{category}覆盖 **{share}** {basis}，"
        "缺口 **{gap_amount}**，其中 {part}% 在{names}。",
        "In {area}, **{share}** of {basis} reach {category} in {m} min ({mode}); "
        "**{gap_amount}** do not, {part}% of them in {names}.",
    ),
    "sentence_short": (
        "{area} {m} 分钟{mode}{category}覆盖 **{share}** {basis}，缺口 **{gap_amount}**。",
        "In {area}, **{share}** of {basis} reach {category} in {m} min ({mode}); "
        "**{gap_amount}** do not.",
    ),
    "sentence_all": (
        "{area} {m} 分钟{mode}{category}覆盖全部{basis}，没有缺口。",
        "In {area}, all {basis} reach {category} in {m} min ({mode}).",
    ),
    "sentence_no_facility": (
        "{area}没有登记{category}设施，覆盖率按 0% 计。请先核对数据。",
        "No {category} is on record for {area}, so coverage counts as 0%. Check the data first.",
    ),
    "sentence_unknown": (
        "{area}缺少{basis}数据，无法按{basis}计算。请换一种口径。",
        "{area} has no data on {basis}. Choose another basis.",
    ),
    "sentence_nobody": (
        "{area}没有可计算的{basis}。",
        "There are no {basis} to count in {area}.",
    ),
    "copy": ("复制", "Copy"),
    "copied": ("已复制结论和口径。", "The answer and its basis are on the clipboard."),
    "copy_line": (
        "口径：{m} 分钟{mode}，按{basis}；数据截止 {month}。{url}",
        "Basis: {m} min, {mode}, by {basis}; data as of {month}. {url}",
    ),
    "close": ("关闭", "Close"),
    "info_label": ("口径说明", "How this is counted"),
    "no_category": ("设施", "facilities"),
    "sentence_no_category": (
        "{area}还没有任何设施数据。请先载入设施。",
        "{area} has no facilities at all yet. Load some first.",
    ),
    "header_month": ("数据 {month}", "Data {month}"),
    "quality_good": ("·没有警告", " · no warnings"),
    "quality_warnings": ("·警告 {n}", " · warnings: {n}"),
    "quality_bad": ("·阻断 {n}", " · blocking faults: {n}"),
    "dropped": (
        "链接中的 {key}={value} 已不存在，已忽略。",
        "The link asks for {key}={value}, which does not exist; it was left out.",
    ),
    "no_network": (
        "这份数据没有路网，只能按直线计算（偏乐观）。",
        "This release has no streets: straight lines only, which is optimistic.",
    ),
    "no_people": ("缺少人口数据，无法按人口计算。", "No population data: cannot count people."),
    "no_households": ("缺少户数数据，无法按户数计算。", "No household data: cannot count them."),
    "no_elderly": ("缺少老人数据，无法按老人计算。", "No data on people over 60."),
    "no_children": ("缺少婴幼儿数据，无法按婴幼儿计算。", "No data on children."),
    "no_categories": ("这份数据没有设施。", "This release has no facilities."),
    "no_facility": (
        "没有开放的这类设施（{category}）。覆盖率为 0%，请先核对数据。",
        "No facility of this kind is open ({category}): coverage is 0%. Check the data.",
    ),
    "notice_dropped": (
        "链接中有认不出的内容，已忽略：{list}。",
        "The link holds values that are not known and were left out: {list}.",
    ),
    "title_gap": ("·", " · "),
    "page_overview": ("总览", "Overview"),
    "page_coverage": ("覆盖", "Coverage"),
    "page_data": ("数据", "Data"),
    "page_other": ("社区网格设施覆盖", "Community facility coverage"),
}

_FIGURES: Final[dict[str, tuple[str, str]]] = {
    "kpi_share": ("{basis}覆盖率", "Share of {basis}"),
    "kpi_share_met": ("目标 {target}%，已达到", "Target {target}%, met"),
    "kpi_share_short": ("目标 {target}%，还差 {n} 百分点", "Target {target}%, {n} pp short"),
    "kpi_gap_note": (
        "占{basis} {share}，目标 {n}% 以内",
        "{share} of {basis}, target at most {n}%",
    ),
    "kpi_grids": ("达标网格", "Grids on target"),
    "kpi_grids_note": ("{share}，覆盖率 ≥ {target}% 为达标", "{share}; on target from {target}%"),
    "kpi_worst": ("最差{child_one}", "Lowest {child_one}"),
    "kpi_worst_note": ("比最好的{best}低 {n} 百分点", "{n} pp below the best, {best}"),
    "kpi_only_one": ("只有一个{child_one}", "The only {child_one}"),
    "kpi_unknown": ("数据不足，无法计算", "Not enough data to tell"),
    "info_share_people": (
        "走 {m} 分钟能到至少一处{category}的人口占比。\n公式：覆盖人口 ÷ 常住人口。\n"
        "来源：网格人口、设施、路网。",
        "Share of residents who reach at least one place of {category} in {m} min.\n"
        "Covered people ÷ people.\nSource: grid population, facilities, streets.",
    ),
    "info_share_households": (
        "走 {m} 分钟能到至少一处{category}的户数占比。\n公式：覆盖户数 ÷ 总户数。\n"
        "来源：网格户数、设施、路网。",
        "Share of households that reach at least one place of {category} in {m} min.\n"
        "Covered households ÷ households.\nSource: grid households, facilities, streets.",
    ),
    "info_share_area": (
        "服务范围占本区面积（含无人区，仅供参考）。\n公式：服务范围面积 ÷ 区域面积。\n"
        "来源：边界、设施。",
        "Share of the ground in reach, empty ground included: for orientation only.\n"
        "Area in reach ÷ area.\nSource: boundaries, facilities.",
    ),
    "info_share_elderly": (
        "走 {m} 分钟能到至少一处{category}的老人占比。\n公式：覆盖老人 ÷ 老人总数。",
        "Share of people over 60 who reach at least one place of {category} in {m} min.",
    ),
    "info_share_children": (
        "走 {m} 分钟能到至少一处{category}的婴幼儿占比。\n公式：覆盖婴幼儿 ÷ 婴幼儿总数。",
        "Share of children under 7 who reach at least one place of {category} in {m} min.",
    ),
    "info_gap": (
        "走 {m} 分钟到不了任何一处{category}的{basis}。\n公式：总数 − 覆盖数。"
        "数据不足的网格不计入。",
        "The {basis} that reach no place of {category} in {m} min.\n"
        "Total − covered; grids without data are left out.",
    ),
    "info_grids": (
        "覆盖率达到 {target}% 的网格数。\n公式：达标网格 ÷ 有居民的网格。"
        "无居民和数据不足的网格不计入。",
        "Grids with a share of at least {target}%, among grids where people live.\n"
        "Empty grids and grids without data are left out.",
    ),
    "info_worst": (
        "{m} 分钟覆盖率最低的{child_one}。\n差距以百分点计。",
        "The {child_one} with the lowest share in {m} min; differences in percentage points.",
    ),
    "rank_title": ("各{child_one}覆盖率", "Coverage by {child_one}"),
    "rank_before": ("上月", "last month"),
    "rank_target": ("目标 {target}%", "target {target}%"),
    "rank_enter": ("进入 {name}", "Go to {name}"),
    "rank_none": ("这里没有下一级区域。", "There is no smaller area here."),
    "rank_unknown": ("下级区域的数据不足，无法排名。", "Not enough data to rank the parts."),
    "cat_title": ("各类设施", "By category"),
    "cat_empty": ("另有 {n} 类没有登记设施，未列出", "{n} more without any facility on record"),
    "trend_title": ("近 {n} 个月", "Last {n} months"),
    "trend_one": ("本月", "This month"),
    "trend_target": ("目标 {target}%", "target {target}%"),
    "trend_broken": ("断开处：口径变化", "gap: method changed"),
}

_MAP: Final[dict[str, tuple[str, str]]] = {
    "class_none": ("盲区", "Blind spot"),
    "class_low": ("覆盖不足", "Low"),
    "class_partial": ("部分覆盖", "Partial"),
    "class_near": ("基本覆盖", "Nearly full"),
    "class_full": ("全覆盖", "Full"),
    "class_no_people": ("无居民", "No people"),
    "class_no_data": ("数据不足", "No data"),
    "break_none": ("0", "0"),
    "break_low": (">0–50%", ">0–50%"),
    "break_partial": ("50–90%", "50–90%"),
    "break_near": ("90–<100%", "90–<100%"),
    "break_full": ("100%", "100%"),
    "break_no_people": ("", ""),
    "break_no_data": ("", ""),
    "legend_label": ("图例，点一类只看一类", "Legend; choose a class to see only that"),
    "legend_count": ("{n} 网格·{amount}", "{n} grids · {amount}"),
    "legend_plain": ("{n} 网格，未计入", "{n} grids, left out"),
    "legend_selected": ("选中", "selected"),
    "legend_title": (
        "{m} 分钟{mode}{category}覆盖率",
        "{category}: share reached in {m} min, {mode}",
    ),
    "legend_sub": ("按{basis}·点一类只看一类", "By {basis} · choose a class to see only it"),
    "legend_title_minutes": (
        "到最近{category}的{mode}分钟",
        "Minutes to the nearest {category}, {mode}",
    ),
    "legend_sub_minutes": ("网格内居民的中位数", "Median of a grid's residents"),
    "legend_amount_people": ("人", "People"),
    "legend_amount_households": ("户", "Households"),
    "legend_amount_area": ("平方公里", "km²"),
    "legend_amount_elderly": ("老人", "Over 60"),
    "legend_amount_children": ("婴幼儿", "Under 7"),
    "minutes_more": ("> {n}", "> {n}"),
    "minutes_code_252": ("超过 60 分钟", "over 60 min"),
    "minutes_code_253": ("离路网太远", "off the streets"),
    "minutes_code_254": ("没有通路", "no way there"),
    "minutes_code_255": ("数据不足", "no data"),
    "minutes_short_252": (">60", ">60"),
    "minutes_short_253": ("离网", "off"),
    "minutes_short_254": ("不通", "none"),
    "minutes_short_255": ("–", "–"),
    "map_title": ("盲区在哪", "Where the gaps are"),
    "map_sub": (
        "{m} 分钟{mode}{category}覆盖率，按{basis}·{n} 个网格",
        "{category} in {m} min, {mode}, by {basis} · {n} grids",
    ),
    "map_facilities": ("○ {category} {n} 处", "○ {category}: {n}"),
    "map_facilities_city": ("○ {category}全市 {n} 处", "○ {category}: {n} in the city"),
    "print_basis": (
        "口径：{m} 分钟{mode}，按{basis}，达标线 {target}%。数据截止 {month}，版本 {release}。",
        "Basis: {m} min, {mode}, by {basis}, target {target}%. Data: {month}, release {release}.",
    ),
    "map_label": (
        "覆盖地图。方向键移动，加减键缩放；名单里有同样的内容。",
        "Coverage map. Arrows move, plus and minus zoom; the list holds the same.",
    ),
    "map_nearer": ("放大", "Zoom in"),
    "map_farther": ("缩小", "Zoom out"),
    "map_fit": ("看全图", "Show the whole area"),
    "map_fit_short": ("全图", "Fit"),
    "map_north": ("北", "N"),
    "tip_about": ("{word}，约 {n}%", "{word}, about {n}%"),
    "tip_minutes": ("最近一处 {n} 分钟", "nearest: {n} min"),
    "tip_cluster": ("{n} 处，放大后分开", "{n} places; zoom in to part them"),
    "tip_click": ("点一下看原因", "Click to see why"),
    "tip_click_overview": ("点一下选中，双击进入", "Click to select, double-click to enter"),
}

_PLACE: Final[dict[str, tuple[str, str]]] = {
    "sheet_handle": ("拉高或收起详情", "Raise or lower the details"),
    "layers_title": ("图层", "Layers"),
    "layers_colour": ("底色", "Colour"),
    "layers_facilities": ("设施", "Facilities"),
    "layers_more": ("其余 {n} 类", "{n} more"),
    "layers_less": ("收起", "Fewer"),
    "colour_gap": ("覆盖缺口", "Coverage"),
    "colour_min": ("最近步行分钟", "Minutes to the nearest"),
    "hist_title": ("居民走到最近一处要几分钟", "Minutes to the nearest"),
    "hist_note": ("{m} 分钟内 {inside}，超过 {beyond}", "{inside} within {m} min, {beyond} beyond"),
    "hist_standard": ("标准", "norm"),
    "detail_hint": (
        "点地图或名单里的网格，看它为什么没有覆盖。",
        "Choose a grid on the map or in the list to see why.",
    ),
    "area_lowest": ("缺口最大的{child_one}", "Largest gaps"),
    "chip_detour": ("阻隔绕行", "Detour"),
    "chip_reliability": ("可靠性 {grade}", "Reliability {grade}"),
    "over_by": ("，超 {n}", ", {n} over"),
    "of_people": ("共 {n}", "of {n}"),
    "nearest_of": ("最近{category}", "Nearest {category}"),
    "walk_and_line": ("步行 / 直线", "On foot / straight"),
    "detour": ("绕行系数", "Detour ratio"),
    "detour_note": ("≥ 1.6 为阻隔", "≥ 1.6: barrier"),
    "reason_none": ("没有找到可以到的{category}。", "No {category} in reach was found."),
    "reason_line": (
        "最近的{name}，直线 {line} 米。",
        "The nearest is {name}, {line} m in a straight line.",
    ),
    "reason_walk": (
        "最近的{name}，直线 {line} 米，步行 {walk} 米。",
        "The nearest is {name}: {line} m straight, {walk} m on foot.",
    ),
    "reason_detour": (
        "最近的{name}直线只有 {line} 米，但要绕行 {walk} 米才能走到。",
        "{name} is only {line} m away in a straight line, but {walk} m on foot.",
    ),
    "reason_code_253": (
        "最近的{name}直线 {line} 米，但这个网格离路网太远，走不到。",
        "{name} is {line} m away in a straight line, but the grid lies off the streets.",
    ),
    "reason_code_254": (
        "最近的{name}直线 {line} 米，但路网不相通。",
        "{name} is {line} m away in a straight line, but no street leads there.",
    ),
    "strip_title": ("到各类设施的步行分钟", "Minutes to each category"),
    "strip_note": (
        "● 本网格 ┃ 全市中位·浅色带为 {m} 分钟内",
        "● this grid ┃ city median · band: within {m} min",
    ),
    "compare_title": ("和上级比", "Beside its parents"),
    "this_grid": ("本网格", "This grid"),
    "share_word": ("覆盖率", "Share"),
    "drawer_title": ("网格名单", "Grids"),
    "drawer_note": (
        "{area}·{m} 分钟·缺口最大的 {n} 个·与地图联动",
        "{area} · {m} min · the {n} largest gaps · linked to the map",
    ),
    "drawer_empty": ("没有符合条件的网格。", "No grid matches."),
    "drawer_fold": ("收起", "Fold"),
    "drawer_unfold": ("展开", "Unfold"),
    "column_grid": ("网格", "Grid"),
    "column_street": ("街道", "Subdistrict"),
    "column_class": ("覆盖", "Class"),
    "column_share": ("覆盖率", "Share"),
    "column_gap": ("{gap}", "{gap}"),
    "column_amount": ("{basis}", "All {basis}"),
    "column_nearest": ("最近分钟", "Nearest, min"),
    "column_reliability": ("可靠性", "Reliability"),
}

WORDS: Final[dict[str, tuple[str, str]]] = {**_UNITS, **_SENTENCE, **_FIGURES, **_MAP, **_PLACE}
