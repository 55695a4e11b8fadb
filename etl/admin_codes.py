"""Read the official codes of places: what a code says about where its place belongs.

Codes are text. A code says which county, street and community it lies in, never their names.
"""

from dataclasses import dataclass
from typing import Final

# GB/T 2260: the first two digits of every administrative code
# fmt: off
PROVINCES: Final[dict[str, str]] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古",
    "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西",
    "37": "山东",
    "41": "河南", "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南",
    "50": "重庆", "51": "四川", "52": "贵州", "53": "云南", "54": "西藏",
    "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
    "71": "台湾", "81": "香港", "82": "澳门",
}
# fmt: on
URBAN_CLASSES: Final = ("111", "112", "121", "122", "123")
RURAL_CLASSES: Final = ("210", "220")

_KINDS: Final = {
    12: "community",
    14: "old_unit_grid",
    15: "unit_grid",
    17: "classified",
    20: "community_grid",
}
LENGTHS: Final = tuple(_KINDS)
_AREA_LENGTHS: Final = (6, 9, 12)


@dataclass(frozen=True)
class AdminCode:
    """A code taken apart.

    Attributes
    ----------
    kind
        community, classified, unit_grid, old_unit_grid or community_grid; see `parse`.
    county, street, community
        The first 6, 9 and 12 digits of the place's own code.
    serial
        The number of the grid inside its community; "" where the code is the community's own.
    managed
        Class of the managed object, the first six digits of a `community_grid`; else "".
    class_code
        The three digits of the division into town and country of a `classified` code; else "".
    """

    kind: str
    county: str
    street: str
    community: str
    serial: str = ""
    managed: str = ""
    class_code: str = ""

    @property
    def province(self) -> str:
        """Give the first two digits of the place."""
        return self.county[:2]

    @property
    def urban_rural(self) -> str | None:
        """Give urban or rural by the class; None where the code has none."""
        return urban_rural(self.class_code)


def parse(code: str | None) -> AdminCode | None:
    """Take a code of a community or a grid apart; None where no rule fits.

    The kinds, by length:

    - 12 `community`: statistical code, 2 province + 2 prefecture + 2 county + 3 street or town +
      3 residents' or villagers' committee. National Bureau of Statistics, rules for statistical
      area codes (2009, no. 91); counties by GB/T 2260, towns by GB/T 10114.
    - 17 `classified`: the same 12, 2 digits of attribute, 3 of class. The class decides between
      town (111, 112, 121, 122, 123) and country (210, 220), never the name: a residents' committee
      may be 2xx and a villagers' committee 111.
    - 15 `unit_grid`: 6 county + 3 street + 3 community + 3 grid, GB/T 30428.1 and Beijing's local
      standard. The police code of a community (GA/T 2000.33, 12 digits widened to 15) has the same
      shape, and its first 12 digits mean the same.
    - 14 `old_unit_grid`: 6 + 3 + 3 + 2 grid, CJ/T 213.
    - 20 `community_grid`: 6 managed object + 6 county + 3 street + 3 community + 2 grid, CJ/T 349.

    A code that is all zeros below the county, or names no community (000), belongs to a larger
    area and is no code of a community or a grid.

    Examples
    --------
    >>> parse("522601001003007").community, parse("52260100100311111").urban_rural
    ('522601001003', 'urban')
    >>> parse("G12") is None
    True
    """
    text = (code or "").strip()
    kind = _KINDS.get(len(text))
    if kind is None or not (text.isascii() and text.isdigit()):
        return None
    managed, place = (text[:6], text[6:]) if kind == "community_grid" else ("", text)
    class_code = place[14:] if kind == "classified" else ""
    if place[:2] not in PROVINCES or place[9:12] == "000":
        return None
    if class_code and class_code not in (*URBAN_CLASSES, *RURAL_CLASSES):
        return None
    serial = "" if kind == "classified" else place[12:]
    return AdminCode(kind, place[:6], place[:9], place[:12], serial, managed, class_code)


def why_not(code: str) -> str | None:
    """Say why a code cannot be taken apart, as the end of a sentence; None where it can."""
    text = code.strip()
    if parse(text) is not None:
        return None
    if not (text.isascii() and text.isdigit()):
        return "it holds something else than digits"
    if len(text) not in _KINDS:
        expected = ", ".join(str(length) for length in LENGTHS)
        return f"it has {len(text)} digits; expected one of {expected}"
    place = text[6:] if len(text) == 20 else text
    if place[:2] not in PROVINCES:
        return f"no province has the number {place[:2]}"
    if place[9:12] == "000":
        return "it names no community (digits 10 to 12 are 000)"
    return f"{place[14:]} is no class of town or country"


def area_code(code: str | None) -> str | None:
    """Give the code of a county, street or community with 6, 9 or 12 digits, without its zeros.

    `522601000000`, the statistical code of a county, becomes `522601`. None where it is no such
    code.

    Examples
    --------
    >>> area_code("522601000000"), area_code("522601001"), area_code("522601001003")
    ('522601', '522601001', '522601001003')
    """
    text = (code or "").strip()
    known = parse(text)
    if known is not None:
        return known.community
    if len(text) not in _AREA_LENGTHS or not (text.isascii() and text.isdigit()):
        return None
    if text[:2] not in PROVINCES:
        return None
    while len(text) > 6 and text.endswith("000"):
        text = text[:-3]
    return text


def urban_rural(class_code: str | None) -> str | None:
    """Give urban for a class 1xx and rural for 2xx of the official division, else None."""
    if class_code in URBAN_CLASSES:
        return "urban"
    return "rural" if class_code in RURAL_CLASSES else None
