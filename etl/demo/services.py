"""Say how common each kind of facility is: one line a category of the catalogue.

`people` is people a facility, or 0 where it goes by administrative unit. `lag` is how far new
districts fall behind (0 not at all, 1 hardly any there). `near` is where it stands. The counts
follow what Chinese cities of this size have; they are there to look right, not to be quoted.
"""

from dataclasses import dataclass
from typing import Final

SHOPS: Final = "便民商业.csv"
SERVICES: Final = "设施.xlsx"


@dataclass(frozen=True)
class Kind:
    """A category as the demo's files write it.

    Attributes
    ----------
    word
        What the file calls it.
    people
        People a facility.
    lag
        0..1.
    near
        any, road (main street), street (one a sub-district), community (one each), park, metro.
    share
        Of the units of `near` that have one.
    floor_m2, capacity
        Usual ranges; (0, 0) where the file leaves the cell empty.
    """

    code: str
    word: str
    people: int
    lag: float
    near: str = "any"
    share: float = 1.0
    floor_m2: tuple[int, int] = (0, 0)
    capacity: tuple[int, int] = (0, 0)

    @property
    def file(self) -> str:
        """Name the file it is listed in."""
        return SHOPS if self.code.startswith("COM_") or self.code == "MED_PHARM" else SERVICES


KINDS: Final = (
    Kind(
        "EDU_JUNIOR", "初中", 20_000, 0.45, "road", floor_m2=(9_000, 21_000), capacity=(900, 1_800)
    ),
    Kind("EDU_PRIMARY", "小学", 13_500, 0.4, floor_m2=(6_000, 15_000), capacity=(720, 1_620)),
    Kind("EDU_KINDER", "幼儿园", 8_200, 0.35, floor_m2=(2_200, 4_600), capacity=(180, 360)),
    Kind("EDU_NURSERY", "托育机构", 16_500, 0.6, floor_m2=(210, 900), capacity=(30, 120)),
    Kind("MED_CENTRE", "社区卫生服务中心", 24_000, 0.5, "road", floor_m2=(1_500, 3_200)),
    Kind("MED_OUTPT", "门诊部", 17_000, 0.45, "road", floor_m2=(400, 1_200)),
    Kind("MED_STATION", "社区卫生服务站", 0, 0.55, "community", 0.66, floor_m2=(110, 280)),
    Kind("MED_HOSPITAL", "综合医院", 82_000, 0.5, "road", capacity=(260, 1_200)),
    Kind("MED_PHARM", "药店", 4_300, 0.2, "road", floor_m2=(60, 220)),
    Kind("ELD_HOME", "养老院", 19_500, 0.55, floor_m2=(2_400, 9_000), capacity=(60, 260)),
    Kind("ELD_DAYCARE", "日间照料中心", 14_800, 0.6, floor_m2=(280, 900), capacity=(15, 50)),
    Kind("ELD_STATION", "养老服务驿站", 10_500, 0.5, floor_m2=(90, 320), capacity=(6, 20)),
    Kind("ELD_CANTEEN", "社区食堂", 14_500, 0.55, floor_m2=(100, 420), capacity=(80, 300)),
    Kind("REH_MENTAL", "精神康复综合服务中心", 390_000, 0.2, capacity=(100, 200)),
    Kind("REH_DISABLED", "残疾人康复室", 0, 0.5, "community", 0.34, floor_m2=(40, 120)),
    Kind("CUL_CENTRE", "文化活动中心", 26_000, 0.45, "road", floor_m2=(3_000, 6_200)),
    Kind("CUL_STATION", "文化活动站", 0, 0.45, "community", 0.72, floor_m2=(220, 1_200)),
    Kind("CUL_LIBRARY", "图书阅览室", 0, 0.4, "community", 0.55, floor_m2=(60, 320)),
    Kind("SPO_BIG", "大型运动场", 22_000, 0.4, "road", floor_m2=(0, 0)),
    Kind("SPO_MID", "中型运动场", 15_500, 0.35),
    Kind("SPO_SMALL", "小型球场", 8_500, 0.3),
    Kind("SPO_FITNESS", "健身场地", 4_600, 0.3),
    Kind("SPO_HALL", "全民健身中心", 48_000, 0.4, "road", floor_m2=(2_000, 5_000)),
    Kind("GRN_PARK", "公园", 0, 0.0, "park"),
    Kind("GRN_PLAZA", "文体广场", 13_000, 0.3, "road"),
    Kind("ADM_STREET", "街道办事处", 0, 0.0, "street", floor_m2=(1_800, 4_200)),
    Kind("ADM_CENTRE", "便民服务中心", 23_000, 0.2, "road", floor_m2=(650, 1_500)),
    Kind("ADM_STATION", "党群服务中心", 0, 0.25, "community", 0.95, floor_m2=(240, 1_150)),
    Kind("ADM_JUSTICE", "司法所", 0, 0.0, "street", floor_m2=(80, 240)),
    Kind("SEC_POLICE", "派出所", 25_000, 0.3, "road", floor_m2=(1_000, 1_700)),
    Kind("SEC_POST", "警务室", 0, 0.2, "community", 0.85, floor_m2=(25, 60)),
    Kind("SEC_FIRE", "微型消防站", 9_000, 0.2, "road"),
    Kind("SEC_SHELTER", "应急避难场所", 15_500, 0.3, capacity=(400, 5_000)),
    Kind("COM_MALL", "商场", 27_000, 0.5, "road", floor_m2=(8_000, 60_000)),
    Kind("COM_MARKET", "菜市场", 14_000, 0.4, floor_m2=(760, 2_600)),
    Kind("COM_SUPER", "综合超市", 9_500, 0.35, "road", floor_m2=(320, 3_800)),
    Kind("COM_CONV", "便利店", 2_300, 0.2, floor_m2=(45, 110)),
    Kind("COM_FOOD", "早餐店", 2_600, 0.3, "road", floor_m2=(30, 160)),
    Kind("COM_SERVICE", "生活服务", 3_200, 0.3, floor_m2=(20, 90)),
    Kind("COM_BANK", "银行网点", 11_500, 0.5, "road", floor_m2=(150, 600)),
    Kind("COM_POST", "邮政所", 20_000, 0.3, "road", floor_m2=(90, 300)),
    Kind("COM_EXPRESS", "快递驿站", 1_900, 0.1, floor_m2=(18, 90)),
    Kind("ENV_WASTE_ST", "垃圾收集站", 14_500, 0.15),
    Kind("ENV_WASTE_PT", "垃圾投放点", 640, 0.0),
    Kind("ENV_RECYCLE", "废品回收点", 9_000, 0.2),
    Kind("ENV_TOILET", "公共厕所", 5_600, 0.4, "road", floor_m2=(30, 90)),
    Kind("TRA_BUS", "公交站", 3_300, 0.2, "road"),
    Kind("TRA_METRO", "地铁站", 0, 0.0, "metro"),
    Kind("TRA_PARK", "停车充电站", 8_500, 0.2, capacity=(40, 420)),
    Kind("LAB_STATION", "劳动保障工作站", 0, 0.3, "community", 0.6),
    Kind("LEG_MEDIATE", "人民调解室", 0, 0.2, "community", 0.7),
    Kind("CHI_HOME", "儿童之家", 0, 0.35, "community", 0.45, floor_m2=(40, 160)),
)

# Families of categories that whole sub-districts lack: which family, and where such a sub-district
# lies, in kilometres at full size. They are the pattern a reader should find on the map.
GAPS: Final = (
    *(("ELD_", -3.0, 3.2), ("ELD_", 0.6, 3.3), ("ELD_", 1.0, -3.6)),
    *(("EDU_", 5.0, 1.6), ("EDU_", 5.2, -1.2), ("EDU_", -5.2, 1.3)),
    *(("MED_", -5.2, -1.4), ("MED_", 3.9, 3.6), ("MED_", -3.4, -2.6)),
    *(("CUL_", 3.0, -3.2), ("CUL_", -3.2, 2.9), ("CUL_", 5.2, 2.2)),
    *(("SPO_", -4.6, 0.2), ("SPO_", 0.4, 3.2), ("SPO_", 4.4, -3.2)),
    *(("COM_", 4.6, 3.6), ("COM_", -3.4, -3.2), ("SEC_", -3.2, 3.4), ("ENV_", 3.2, -3.4)),
)
