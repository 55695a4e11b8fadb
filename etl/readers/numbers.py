"""Read numbers as people write them: 1,538 and 约300 and 3.1万 and 5亩, and what is none.

Header, unit and file are known here and no longer in staging, so a cell becomes a plain number
here, or stays as it was written and is reported there. An empty mark is empty, never zero, and a
masked number (`20xx`) is empty and flagged: nobody knows what stood there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final

M2_OF_MU: Final = Fraction(2000, 3)
"""One 亩 in square metres: fifteen to the hectare."""

_AREA_UNITS: Final = {
    "平方米": Fraction(1),
    "平米": Fraction(1),
    "平方": Fraction(1),
    "平": Fraction(1),
    "亩": M2_OF_MU,
    "市亩": M2_OF_MU,
    "公顷": Fraction(10_000),
    "ha": Fraction(10_000),
    "平方公里": Fraction(1_000_000),
    "平方千米": Fraction(1_000_000),
}
_SCALES: Final = {
    "十": 10,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
}
_SHARES: Final = {"%": Fraction(1, 100), "‰": Fraction(1, 1000)}
_EMPTY: Final = frozenset(
    (
        *(
            "无",
            "暂无",
            "没有",
            "未知",
            "不详",
            "不明",
            "待定",
            "待填",
            "待补充",
            "空",
            "缺",
            "暂缺",
        ),
        *("未统计", "无数据", "暂无数据", "n/a", "na", "#n/a", "nan", "null", "none", "nil"),
        *("[]", "{}", "()", "\\n"),
    )
)
_DASHES: Final = re.compile(r"[-—–―－─/\\_~·.。…\s]+")
_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
_MASK_MARKS: Final = "xX×✕*?#•●"
_MASKED: Final = re.compile(
    rf"[0-9,.]*[{re.escape(_MASK_MARKS)}][0-9,.{re.escape(_MASK_MARKS)}]*(?P<unit>\D*)"
)
_WRITTEN: Final = re.compile(
    r"(?P<about>约为|约有|大约|大概|将近|接近|约|近|≈|~)?"
    r"(?P<digits>\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d+)?|\d{1,4}(?:,\d{4})+(?:\.\d+)?"
    r"|\d+(?P<dot>[.。·])\d+|\d+)"
    r"(?P<more>余|多|来)?(?P<scale>[十百千]?万|亿|[十百千])?(?P<still>余|多)?"
    r"(?P<unit>[^\d余多左上许]*)(?P<end>左右|上下|许|余|多)?"
)
_SQUARES: Final = (
    (re.compile("㎢|km[2²]", re.IGNORECASE), "平方公里"),
    (re.compile("hm[2²]", re.IGNORECASE), "公顷"),
    (re.compile("㎡|m[2²]", re.IGNORECASE), "平方米"),
)
# a blank between two digits may part thousands, or two numbers
_BLANKS: Final = re.compile(r"^\s+|\s+$|(?<!\d)\s+|\s+(?!\d)")
_LONGEST: Final = 40
_DECIMALS: Final = 6
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, eq=False)
class Measure:
    """What a column counts, and what its units are worth; compared by identity, for speed.

    Attributes
    ----------
    units
        Unit, the empty one included, to its size in the unit of the column; a cell with any other
        unit is not a number.
    factor
        What one of a bare number is worth: 10,000 under a header like 人口（万人）.
    """

    units: Mapping[str, Fraction]
    factor: Fraction = Fraction(1)


@dataclass(frozen=True)
class Number:
    """A cell as a number.

    Attributes
    ----------
    text
        Canonical decimal text; None where nothing is known; the cell itself where it is no number.
    flag
        NUM_MASK, NUM_UNIT, NUM_TEXT, or None.
    is_changed
        The number is written otherwise in the file.
    """

    text: str | None
    flag: str | None = None
    is_changed: bool = False


def _counted(*words: str) -> dict[str, Fraction]:
    return dict.fromkeys(("", *words), Fraction(1))


_PEOPLE: Final = Measure(_counted("人", "口", "名", "个", "位", "人口"))
_AREA: Final = Measure({"": Fraction(1), **_AREA_UNITS})
_KM2: Final = Measure(
    {"": Fraction(1), **{unit: size / 1_000_000 for unit, size in _AREA_UNITS.items()}}
)
SHARE: Final = Measure({"": Fraction(1), **_SHARES})
"""A ratio: 12% is 0.12, and a bare number stays what it is."""
MEASURES: Final[Mapping[str, Measure]] = {
    "people": _PEOPLE,
    "people_registered": _PEOPLE,
    "elderly": _PEOPLE,
    "children": _PEOPLE,
    "workers": _PEOPLE,
    "households": Measure(_counted("户", "个")),
    "households_registered": Measure(_counted("户", "个")),
    "capacity": Measure(_counted("张", "床", "位", "人", "名", "个", "张床", "床位", "学位", "座")),
    "floors": Measure(_counted("层", "f", "楼")),
    "floor_area_m2": _AREA,
    "land_area_m2": _AREA,
    **dict.fromkeys(
        (
            *("station_m2", "service_centre_m2", "premises_m2", "office_m2", "usable_m2"),
            *("total_m2", "activity_m2"),
        ),
        _AREA,
    ),
    **dict.fromkeys(
        (
            *("staff", "regular", "contract", "labour_staff", "certified_sw", "legal_advisers"),
            *("college_staff", "party_staff", "trained_staff", "police_officers"),
            *("patrol_members", "grid_workers"),
        ),
        _PEOPLE,
    ),
    "mean_age": Measure(_counted("岁", "周岁")),
    "lease_years": Measure(_counted("年")),
    "centre_year": Measure(_counted("年")),
    "boards": Measure(_counted("块", "个", "牌")),
    "signs": Measure(_counted("块", "个", "处")),
    "hall_floor": Measure(_counted("层", "楼", "f")),
    "fund_yuan": Measure(_counted("元")),
    "development_fund_yuan": Measure(_counted("元")),
    "admin_tasks": Measure(_counted("项", "件")),
    "tasks": Measure(_counted("项", "件")),
    "satisfaction": SHARE,
    "enrolled": _PEOPLE,
    "support_capacity": _PEOPLE,
    "staff_total": _PEOPLE,
    "staff_service": _PEOPLE,
    "staff_social_work": _PEOPLE,
    "extra_person_months": Measure(_counted("人月")),
    "inspections": Measure(_counted("次")),
    "purchased_yuan": Measure(_counted("元")),
    "green_m2": _AREA,
    "paved_m2": _AREA,
    "books": Measure(_counted("册", "本")),
    "area_km2": _KM2,
}
"""The columns that hold numbers, by canonical name."""


@lru_cache(maxsize=1 << 16)
def read_number(cell: str, measure: Measure) -> Number:
    """Read one cell.

    Examples
    --------
    >>> people, area = MEASURES["people"], MEASURES["land_area_m2"]
    >>> [read_number(cell, people).text for cell in ("1,538", "约300", "3.1万", "83。5", "—")]
    ['1538', '300', '31000', '83.5', None]
    >>> read_number("20xx", people), read_number("3公顷", area).text
    (Number(text=None, flag='NUM_MASK', is_changed=True), '30000')
    >>> read_number("120户", people).flag, read_number("12%", SHARE).text
    ('NUM_TEXT', '0.12')
    """
    text = _narrow(cell)
    if is_nothing(text):
        return Number(None)
    if len(text) > _LONGEST:
        return Number(cell, "NUM_TEXT")
    if _PLAIN.fullmatch(text):
        return _plain(cell, text, measure)
    masked = _MASKED.fullmatch(text)
    if masked and masked["unit"].strip() in {*measure.units, *_SCALES}:
        return Number(None, "NUM_MASK", is_changed=True)
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return Number(cell, "NUM_TEXT")
    return _written(cell, written, measure)


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is nothing: 无, —, /, [], N/A."""
    bare = text.strip()
    return not bare or bare.casefold() in _EMPTY or _DASHES.fullmatch(bare) is not None


@cache
def header_measure(name: str, unit: str | None) -> Measure:
    """Give the measure of a column, with the unit that stands in its header or in a row of units.

    Parameters
    ----------
    name
        Canonical, a key of `MEASURES`.
    unit
        As written, `万平方米` or `人、亩`; one that means nothing here, like `个`, changes nothing.
    """
    measure = MEASURES[name]
    sizes = [unit_size(word, measure) for word in unit_words(unit or "")]
    size = next((size for size in sizes if size is not None), None)
    return measure if size in (None, 1) else Measure(measure.units, size)


def unit_words(text: str) -> list[str]:
    """Part the units that are written together: 单位：人、亩."""
    return [word for word in re.split(r"[、,，;；\s]+", text) if word]


def unit_size(unit: str, measure: Measure) -> Fraction | None:
    """Give what one of a unit is worth, None where the unit is none of the measure's."""
    word = _narrow(unit).casefold()
    if word in measure.units:
        return measure.units[word]
    for scale in sorted(_SCALES, key=len, reverse=True):
        rest = word.removeprefix(scale)
        if rest != word and rest in measure.units:
            return _SCALES[scale] * measure.units[rest]
    return None


def is_unit(text: str) -> bool:
    """Tell whether a cell is nothing but the unit of some column: 亩, 万人, （户）."""
    word = _narrow(text).strip("()[] ")
    return bool(word) and any(unit_size(word, each) is not None for each in MEASURES.values())


def _plain(cell: str, text: str, measure: Measure) -> Number:
    if measure.factor == 1:
        return Number(text.removeprefix("+"), is_changed=text != cell.strip())
    # the header gave the unit, and that is said once for the column
    return Number(_decimal(Fraction(text) * measure.factor), is_changed=True)


def _written(cell: str, written: re.Match[str], measure: Measure) -> Number:
    unit = written["unit"].strip().casefold()
    if unit not in measure.units:
        return Number(cell, "NUM_TEXT")
    digits = re.sub(r"[,'’ ]", "", written["digits"]).replace("。", ".").replace("·", ".")
    scale = written["scale"]
    size = measure.units[unit] * _SCALES.get(scale or "", 1)
    # a cell that states its own unit or scale does not take that of the header
    size = size if unit or scale else measure.factor
    parts = ("about", "more", "scale", "still", "end")
    is_told = bool(unit) or any(written[part] for part in parts)
    is_odd = written["dot"] in ("。", "·")
    flag = "NUM_UNIT" if is_told or is_odd else None
    return Number(_decimal(Fraction(digits) * size), flag, is_changed=True)


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):.{_DECIMALS}f}"
    return text.rstrip("0").rstrip(".")


def _narrow(cell: str) -> str:
    """Give characters their usual width, squares a name without a digit, and take blanks out."""
    text = cell.translate(_WIDE)
    for sign, usual in _SQUARES:
        text = sign.sub(usual, text)
    return _BLANKS.sub("", text)
