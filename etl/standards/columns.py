"""Know what a ledger of communities may say: its columns, their kinds, and the words in them."""

from collections.abc import Mapping
from typing import Final

from etl.readers.numbers import MEASURES
from etl.synonyms import fold, synonyms

KIND: Final = "communities"
KEYS: Final = ("community", "community_code", "street", "district")
"""The columns that say which community a row is of, and in which area it lies."""
ROOMS: Final = ("rooms", "equipment")
"""Columns of lists, read by the dictionary of components."""
DAYS: Final = ("acceptance_date", "handover_date")
TEXTS: Final = ("exempt_reason", "honours")
WORDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "stage": {
        "built": ("已建成", "已建", "建成", "建成小区", "built"),
        "under_construction": ("在建", "正在建设", "建设中", "under_construction"),
        "planned": ("规划", "拟规划新建", "拟建", "规划中", "规划新建", "planned"),
        "old_town": ("老城区", "老旧小区", "旧城", "old_town"),
    },
    "urban_rural": {"urban": ("城市", "城镇", "城", "urban"), "rural": ("农村", "乡村", "rural")},
    "tenure": {
        "owned": ("自有", "产权自有", "自有产权", "自建", "购买", "owned"),
        "rented": ("租赁", "租用", "租房", "租借", "rented"),
        "shared": ("借用", "共用", "调剂", "共享", "调剂共享", "shared"),
        "none": ("无", "没有", "无房", "none"),
    },
    "build_type": {
        "new": ("新建", "新建设", "new"),
        "renovated": ("改造", "改扩建", "改建", "扩建", "改造提升", "renovated"),
    },
    "acquire_mode": {
        "new": ("新建", "new"),
        "extend": ("改扩建", "改建", "extend"),
        "buy": ("购买", "回购", "buy"),
        "rent": ("租赁", "租用", "rent"),
        "development": ("项目配套", "配套", "development"),
        "share": ("调剂共享", "调剂", "共建", "整合", "帮建", "share"),
    },
    "body": {
        "residents": ("居委会", "居民委员会", "城市社区", "社区", "居", "residents"),
        "village": ("村委会", "村民委员会", "农村社区", "村", "行政村", "village"),
    },
    "honour_level": {
        "national": ("国家级", "全国", "全国示范", "national"),
        "province": ("省级", "省级示范", "province"),
        "city": ("市级", "市级示范", "city"),
        "none": ("无", "未获评", "none"),
    },
}
"""Columns with a fixed vocabulary: code to the words that say it."""
FLAGS: Final = (
    *("has_title", "use_changed", "merge_exempt", "independent_entrance", "parking"),
    *("community_mark", "is_resettlement", "one_stop", "fire_station", "one_post_both"),
    *("has_demolition", "acceptance_passed", "centre_built", "property_managed", "gated"),
)
NUMBERS: Final = (
    *("households", "people", "elderly", "households_registered", "people_registered"),
    *("station_m2", "service_centre_m2", "premises_m2", "office_m2", "usable_m2", "total_m2"),
    *("activity_m2", "staff", "regular", "contract", "labour_staff", "certified_sw"),
    *("legal_advisers", "college_staff", "party_staff", "mean_age", "trained_staff"),
    *("police_officers", "patrol_members", "grid_workers", "lease_years", "boards", "signs"),
    *("hall_floor", "centre_year", "fund_yuan", "development_fund_yuan", "admin_tasks", "tasks"),
    *("satisfaction", "area_km2"),
)
COLUMNS: Final = (*NUMBERS, *FLAGS, *WORDS, *DAYS, *TEXTS, *ROOMS)
"""Every canonical column of a ledger of communities beside `KEYS`."""
_YES: Final = (
    "是",
    "有",
    "已",
    "已办",
    "已办理",
    "√",
    "y",
    "yes",
    "true",
    "1",
    "对",
    "齐全",
    "合格",
    "通过",
)
_NO: Final = (
    "否",
    "无",
    "没有",
    "未",
    "未办",
    "未办理",
    "×",
    "x",
    "n",
    "no",
    "false",
    "0",
    "不",
    "不合格",
    "未通过",
)
_RURAL_CLASS, _URBAN_CLASS = "2", "1"
_CLASS_DIGITS: Final = 3


def code_of(name: str, cell: str) -> str | None:
    """Give the code of a word in a column of `WORDS`, None where nobody knows it.

    `urban_rural` also takes the three digits of the statistical classification: 1xx is urban, 2xx
    rural.

    Examples
    --------
    >>> code_of("stage", "老城區"), code_of("urban_rural", "112"), code_of("tenure", "？")
    ('old_town', 'urban', None)
    """
    word = fold(cell)
    is_class = len(word) == _CLASS_DIGITS and word.isdigit()
    if name == "urban_rural" and is_class and word[0] in (_URBAN_CLASS, _RURAL_CLASS):
        return "urban" if word[0] == _URBAN_CLASS else "rural"
    for code, words in WORDS[name].items():
        if word in {fold(each) for each in words}:
            return code
    return None


def flag_of(cell: str) -> bool | None:
    """Tell whether a cell says yes or no, None where it says neither."""
    word = fold(cell)
    if word in _YES:
        return True
    return False if word in _NO else None


def is_number(name: str) -> bool:
    """Tell whether a canonical column holds numbers."""
    return name in NUMBERS and name in MEASURES


def usual_headers(name: str) -> tuple[str, ...]:
    """Give the folded headers under which a column is found without being declared."""
    return synonyms(KIND)[name]


def explained() -> dict[str, tuple[str, str]]:
    """Give, by canonical column, its usual header and what may be written under it, in Chinese."""
    found: dict[str, tuple[str, str]] = {}
    for name in COLUMNS:
        said = ""
        if name in WORDS:
            said = "、".join(words[0] for words in WORDS[name].values())
        elif name in FLAGS:
            said = "是、否"
        elif name in DAYS:
            said = "年-月-日，如 2026-10-05"
        elif name in ROOMS:
            said = "用顿号分开；共用一间的用 / 连起来，面积写在括号里"
        found[name] = (usual_headers(name)[0], said)
    return found
