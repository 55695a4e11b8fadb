"""Know coordinate systems by the names that people and files give them."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

WGS84: Final = "WGS84"
CGCS2000: Final = "CGCS2000"
GCJ02: Final = "GCJ-02"
BD09: Final = "BD-09"
BD09MC: Final = "BD-09MC"
LOCAL: Final = "local"
XIAN80: Final = "Xian 1980"
BEIJING54: Final = "Beijing 1954"

DEGREES: Final = (WGS84, CGCS2000, GCJ02, BD09)
"""Systems of degrees that `named` gives by name; EPSG:4610 and 4214 are degrees as well."""
KNOWN: Final = (WGS84, CGCS2000, GCJ02, BD09, BD09MC, LOCAL)

# Folded as `_fold` does: lower case, half width, no blanks, joints or brackets.
_NAMES: Final = {
    WGS84: ("wgs84", "epsg:4326", "ogc:crs84", "wgs1984", "gps", "gps坐标"),
    CGCS2000: (
        "cgcs2000", "epsg:4490", "天地图", "大地2000", "国家2000", "2000国家大地坐标系",
        "国家大地2000",
    ),
    GCJ02: (
        "gcj02", "火星坐标", "火星坐标系", "火星", "国测局坐标", "国测局坐标系", "高德", "高德坐标",
        "高德坐标系", "腾讯坐标", "amap",
    ),
    BD09: ("bd09", "bd09ll", "百度坐标", "百度坐标系", "百度", "百度经纬度", "百度经纬度坐标"),
    BD09MC: ("bd09mc", "百度墨卡托", "百度墨卡托坐标", "百度米制坐标", "百度平面坐标"),
    LOCAL: ("local", "地方坐标", "地方坐标系", "城市坐标系", "独立坐标系", "城市独立坐标系"),
    "EPSG:4610": ("epsg:4610", "西安80", "1980西安坐标系", "西安1980", "xian80", "xian1980"),
    "EPSG:4214": ("epsg:4214", "北京54", "1954北京坐标系", "北京1954", "beijing54", "beijing1954"),
}  # fmt: skip
_BY_NAME: Final = {form: name for name, forms in _NAMES.items() for form in forms}

# First EPSG code and first zone of each family of Gauss-Kruger zones: (datum, width in degrees,
# whether eastings begin with the zone). 3-degree zones are 25..45, 6-degree zones 13..23.
_FAMILIES: Final = {
    (CGCS2000, 3, True): 4513,
    (CGCS2000, 3, False): 4534,
    (CGCS2000, 6, True): 4491,
    (CGCS2000, 6, False): 4502,
    (XIAN80, 3, True): 2349,
    (XIAN80, 3, False): 2370,
    (XIAN80, 6, True): 2327,
    (XIAN80, 6, False): 2338,
    (BEIJING54, 3, True): 2401,
    (BEIJING54, 3, False): 2422,
    (BEIJING54, 6, True): 21413,
    (BEIJING54, 6, False): 21453,
}
_ZONES: Final = {3: range(25, 46), 6: range(13, 24)}
_DATUMS: Final = (
    (CGCS2000, re.compile(r"cgcs2000|大地2000|国家2000|2000国家大地|china2000")),
    (XIAN80, re.compile(r"西安80|西安1980|1980西安|xian_?19?80|xi'an_?19?80")),
    (BEIJING54, re.compile(r"北京54|北京1954|1954北京|beijing_?(19)?54|bj54")),
)
_WIDTH: Final = re.compile(r"([36三六])(?:度|°|deg)")
_ZONE: Final = re.compile(r"(?:zone|带号|第)(\d{2})(?!\d)|(?<!\d)(\d{2})(?:度)?带")
_MERIDIAN: Final = re.compile(
    r"(?:cm|中央经线|中央子午线|东经)(\d{2,3})(?!\d)|(?<!\d)(\d{2,3})(?:°?e|度?东经)"
)


@dataclass(frozen=True)
class Zone:
    """A Gauss-Kruger zone; its eastings begin with `number` where `is_prefixed`."""

    datum: str
    width: int
    number: int
    is_prefixed: bool = False

    @property
    def crs(self) -> str:
        """The EPSG code."""
        first = _FAMILIES[self.datum, self.width, self.is_prefixed]
        return f"EPSG:{first + self.number - _ZONES[self.width].start}"

    @property
    def meridian(self) -> int:
        """Degrees east of its middle."""
        return self.number * 3 if self.width == 3 else self.number * 6 - 3

    def fitting(self, easting_m: float) -> "Zone":
        """Give the zone of the same datum and meridian that such an easting belongs to.

        Eastings of 6 digits have no prefix, those of 8 begin with the zone. Where the prefix is
        that of another meridian the zone stays as it is.
        """
        if easting_m < 1_000_000:
            return replace(self, is_prefixed=False)
        told = zone_by_prefix(self.datum, easting_m)
        return told if told and told.meridian == self.meridian else self


def named(name: str) -> str | Zone | None:
    """Give the system that a name means.

    Returns
    -------
    One of `KNOWN`; `EPSG:n` in one spelling, not looked up; a `Zone` for names like
    `CGCS2000 3度带 36带` or `西安80 中央经线108`, whose prefix the eastings tell; None for what is
    not known, and for a zone that does not exist.
    """
    folded = _fold(name)
    if known := _BY_NAME.get(folded):
        return known
    if folded.startswith("epsg:"):
        return folded.upper()
    return _zone_named(folded)


def zone_of(crs: str) -> Zone | None:
    """Give the Gauss-Kruger zone of an EPSG code of China; None for any other system."""
    if not crs.startswith("EPSG:") or not crs[5:].isdigit():
        return None
    code = int(crs[5:])
    for (datum, width, is_prefixed), first in _FAMILIES.items():
        zones = _ZONES[width]
        if first <= code < first + len(zones):
            return Zone(datum, width, zones.start + code - first, is_prefixed)
    return None


def zone_by_prefix(datum: str, easting_m: float) -> Zone | None:
    """Give the zone that an easting of 8 digits begins with; None for any other easting."""
    prefix = int(easting_m // 1_000_000)
    width = next((width for width, zones in _ZONES.items() if prefix in zones), None)
    return Zone(datum, width, prefix, is_prefixed=True) if width else None


def _fold(name: str) -> str:
    return re.sub(r"[\s\-_()/]+", "", unicodedata.normalize("NFKC", name).casefold())


def _zone_named(folded: str) -> Zone | None:
    datum = next((datum for datum, form in _DATUMS if form.search(folded)), None)
    if datum is None:
        return None
    rest = next(form.sub("", folded) for name, form in _DATUMS if name == datum)
    stated = _WIDTH.search(rest)
    width = {"3": 3, "三": 3, "6": 6, "六": 6}[stated[1]] if stated else None
    if stated:
        rest = rest.replace(stated[0], "", 1)
    if found := _ZONE.search(rest):
        number = int(found[1] or found[2])
        width = width or next((w for w, zones in _ZONES.items() if number in zones), None)
        return Zone(datum, width, number) if width and number in _ZONES[width] else None
    if found := _MERIDIAN.search(rest):
        # a 6-degree zone of the same meridian is the same plane
        number, rest = divmod(int(found[1] or found[2]), 3)
        return Zone(datum, 3, number) if not rest and number in _ZONES[3] else None
    return None
