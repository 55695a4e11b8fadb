"""Hold what the page says of opening hours and of sharing, Chinese and English side by side."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "scope_opening": ("开放时段", "Opening hours"),
    "opening_any": ("全时", "Any hour"),
    "opening_evening": ("晚间", "Evening"),
    "opening_weekend": ("周末", "Weekend"),
    "opening_none": (
        "这类设施没有登记能看懂的开放时间",
        "No hours of these facilities are known",
    ),
    "opening_not_all": (
        "“全部必备设施”不按时段计算：各类开放时间的登记程度不同",
        "Not offered for all services together: their hours are known to different degrees",
    ),
    "opening_why_evening": (
        "只计周一至周五 {hours} 全程开放的设施",
        "Counts only facilities open throughout {hours} from Monday to Friday",
    ),
    "opening_why_weekend": (
        "只计周六、周日 {hours} 全程开放的设施",
        "Counts only facilities open throughout {hours} on Saturday and Sunday",
    ),
    "open_category_evening": ("晚间仍开放的{category}", "{category} open in the evening"),
    "open_category_weekend": ("周末开放的{category}", "{category} open at the weekend"),
    "full_stop": ("。", "."),
    "at_least": ("至少 {value}", "at least {value}"),
    "at_most": ("至多 {value}", "at most {value}"),
    "opening_unknown": (
        "另有 {n} 处开放时间不详，未计入。",
        " Hours of {n} more are unknown; they are not counted.",
    ),
    "sentence_no_open": (
        "{area}没有已知的{category}，覆盖率按 0% 计。",
        "No {category} is known for {area}, so coverage counts as 0%.",
    ),
    "any_hour_note": ("以下各类按全时计算", "At any hour"),
    "no_hours": (
        "{category}没有登记能看懂的开放时间，按全时显示。",
        "No hours of {category} are known: it is shown at any hour.",
    ),
    "tip_hours": ("开放时间：{hours}", "Hours: {hours}"),
    "tip_hours_none": ("开放时间：没有登记", "Hours: not on record"),
    "tip_closed": ("△ 停用，不计入", "△ Closed: not counted"),
    "tip_planned": ("△ 规划中，不计入", "△ Planned: not counted"),
    "tip_doubtful": ("△ 存疑，不计入", "△ Doubtful: not counted"),
    "tip_rented": ("△ 已出租，不计入", "△ Rented out: not counted"),
    "tip_not_shared": ("△ 不对公众开放，不计入", "△ Not open to the public: not counted"),
    "tip_shut_then": ("△ 这个时段不开放，不计入", "△ Shut at these hours: not counted"),
    "tip_hours_unknown": ("△ 开放时间不详，不计入", "△ Hours unknown: not counted"),
    "csv_evening": ("（晚间开放）", ", open in the evening"),
    "csv_weekend": ("（周末开放）", ", open at the weekend"),
    "csv_at_least": ("（至少，{n} 处时间不详）", " (at least; hours of {n} unknown)"),
}
