"""Hold the words of the file of tasks, Chinese and English side by side."""

from typing import Final

_TITLE: Final = ("任务", "Tasks")
COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "task": ("编号", "Task"),
    "state": ("状态", "State"),
    "unit_kind": ("地点类型", "Kind of place"),
    "unit_id": ("地点编码", "Place code"),
    "unit_name": ("地点", "Place"),
    "kind": ("来源类型", "Kind of source"),
    "zh": ("来源", "Source"),
    "item": ("事项", "Item"),
    "owner": ("责任单位", "Owner"),
    "due": ("期限", "Due"),
    "days_over": ("逾期天数", "Days over"),
    "is_reported_done": ("已报完成，未见合格", "Reported done, no pass shown"),
    "reopened": ("反弹次数", "Times reopened"),
    "opened_month": ("发现月份", "Opened in"),
    "opened_release": ("发现版本", "Opened by release"),
    "closed_month": ("闭环月份", "Closed in"),
    "closed_release": ("闭环版本", "Closed by release"),
    "failed_value": ("不合格值", "Value that failed"),
    "failed_on": ("不合格日期", "Failed on"),
    "failed_row": ("不合格所在行", "Row that failed"),
    "passed_value": ("合格值", "Value that passed"),
    "passed_on": ("合格日期", "Passed on"),
    "passed_row": ("合格所在行", "Row that passed"),
}
"""The columns of the file in order."""
CODES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "state": {
        "open": ("未完成", "Open"),
        "overdue": ("逾期", "Overdue"),
        "closed": ("已闭环", "Closed"),
    },
    "kind": {
        "ledger": ("台账", "Ledger"),
        "indicator": ("指标", "Indicator"),
        "rule": ("标准", "Standard"),
    },
    "unit_kind": {
        "city": ("全市", "City"),
        "district": ("区县", "District"),
        "street": ("街道", "Street"),
        "community": ("社区", "Community"),
        "grid": ("网格", "Grid"),
        "facility": ("设施", "Facility"),
        "estate": ("小区", "Estate"),
        "committee": ("居委会", "Committee"),
    },
    "is": {"True": ("是", "yes"), "False": ("否", "no")},
}


def title(lang: str) -> str:
    """Give the name of the sheet."""
    return _TITLE[lang != "zh"]


def words_of_cell(what: str, code: str, lang: str) -> str:
    """Give the words of a code, or of a `column`; a kind of place of the city's own is its word."""
    known = COLUMNS if what == "column" else CODES[what]
    return known[code][lang != "zh"] if code in known else code
