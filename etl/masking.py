"""Hide personal data in text: identity numbers, mobile phones, and cells under personal headers."""

import re
from typing import Final

from etl.synonyms import fold

STARS: Final = "***"
# Six digits of a place, a date of birth, three of order and the check character of GB 11643-1999.
_IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
# Eleven digits in the mobile ranges, in one piece or as people space them. A decimal is none.
_MOBILE: Final = re.compile(r"(?<![0-9.])1[3-9]\d(?:[ -]?\d{4}){2}(?![0-9.])")
_NAMES: Final = ("姓名", "居民姓名", "户主", "户主姓名", "业主", "业主姓名", "residentname")
"""Folded headers of the names of residents."""
_CONTACTS: Final = (
    *("联系人", "联系人姓名", "负责人", "负责人姓名", "网格员", "网格长", "网格员姓名"),
    *("workername", "联系电话", "电话", "手机", "手机号", "手机号码", "tel", "phone", "mobile"),
    *("telephone", "身份证", "身份证号", "身份证号码", "证件号码"),
)
_CODES: Final = ("编码", "代码", "编号", "序号", "id", "code", "key")
"""Ends of folded headers under which eleven digits are a code, not a telephone."""


def identities(text: str) -> list[str]:
    """List the identity numbers of residents in a text: 18 characters with a right check digit.

    Examples
    --------
    >>> identities("11010519491231002X"), identities("110105194912310021")
    (['11010519491231002X'], [])
    """
    return [found for found in _IDENTITY.findall(text) if _is_checked(found)]


def mobiles(text: str) -> list[str]:
    """List the mobile telephone numbers of the mainland in a text.

    Examples
    --------
    >>> mobiles("王 138-0013-8000"), mobiles("116.13800138000")
    (['138-0013-8000'], [])
    """
    return _MOBILE.findall(text)


def mask(text: str, *, is_code: bool = False) -> str:
    """Give a text with its identity numbers, and unless it is a code its mobiles, as stars."""
    shown = _IDENTITY.sub(_stars_if_checked, text)
    return shown if is_code else _MOBILE.sub(STARS, shown)


def masked_cell(header: str, cell: str | None) -> str | None:
    """Give a cell as it may be shown: nothing of it under a personal header."""
    if not cell:
        return cell
    if is_personal(header):
        return STARS
    return mask(cell, is_code=is_code(header))


def is_personal(header: str) -> bool:
    """Tell whether a column holds names or numbers of persons, by its header."""
    return names_residents(header) or fold(header) in _CONTACTS


def names_residents(header: str) -> bool:
    """Tell whether a column holds the names of residents, by its header."""
    return fold(header) in _NAMES


def is_code(header: str) -> bool:
    """Tell whether a column holds codes, by its header."""
    return fold(header).endswith(_CODES)


def _is_checked(found: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, found, strict=False))
    return _CHECKS[total % 11] == found[-1].upper()


def _stars_if_checked(match: re.Match[str]) -> str:
    return STARS if _is_checked(match.group()) else match.group()
