"""Write empty ledgers with their headers, and a city.toml that reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import xlsxwriter

from etl.ledgers.packs import templates
from etl.standards.columns import explained
from geo.errors import SettingsError

PACKS_IN: Final = "台账"
"""The folder of the ledgers that come with a pack."""
_NOTES: Final = "说明"
_HEADS: Final = ("列", "含义", "单位", "示例", "必填")


@dataclass(frozen=True)
class Column:
    """A column of a ledger: its header, what it means, its unit, an example, whether it must be."""

    header: str
    meaning: str
    unit: str
    example: str
    is_required: bool = False


@dataclass(frozen=True)
class Ledger:
    """An empty ledger; `about` is said above the columns."""

    file: str
    about: str
    columns: Sequence[Column]


_COMMUNITIES_FIRST: Final = (
    *("households", "people", "station_m2", "premises_m2", "office_m2", "stage", "urban_rural"),
    *("staff", "rooms", "grid_workers", "tenure"),
)
"""Columns of the ledger of communities that stand before the others, each with an example."""
# fmt: off
LEDGERS: Final[tuple[Ledger, ...]] = (
    Ledger("网格属性.xlsx", "一行一个网格。边界另交矢量文件，用网格编码对上。", (
        Column("网格编码", "全市唯一，按文本存，不要变成科学计数", "", "522601001001001", True),
        Column("网格名称", "", "", "第一网格"),
        Column("社区", "所在社区名称", "", "东门社区"),
        Column("社区编码", "统计用区划代码 12 位，按文本存", "", "522601001001"),
        Column("街道", "所在街道或乡镇名称", "", "城西街道"),
        Column("街道编码", "9 位，按文本存", "", "522601001"),
        Column("区县", "", "", "凯里市"),
        Column("区县编码", "6 位，按文本存", "", "522601"),
        Column("常住人口", "住满半年的人，与户籍人口分开填", "人", "680"),
        Column("户籍人口", "", "人", "612"),
        Column("户数", "常住户", "户", "231"),
        Column("老年人口", "60 岁及以上", "人", "102"),
        Column("儿童人口", "0 到 6 岁", "人", "57"),
        Column("网格类型", "", "", "居民小区"),
        Column("城乡分类", "统计代码的城乡分类，不要按名称猜", "", "111"),
        Column("网格员", "只给操作员看，从不导出", "", ""),
    )),
    Ledger("楼栋.xlsx", "一行一栋。没有这份表时，人口按 50 米格点摊开。", (
        Column("楼栋编码", "", "", "LD0001"),
        Column("经度", "东经，十进制度", "度", "107.981234", True),
        Column("纬度", "北纬，十进制度", "度", "26.583456", True),
        Column("常住人口", "", "人", "86", True),
        Column("户数", "", "户", "30"),
        Column("60岁以上", "", "人", "14"),
        Column("0-6岁", "", "人", "7"),
        Column("楼层", "", "层", "11"),
    )),
    Ledger("设施.xlsx", "一行一处设施。停用、规划、存疑的也填，写在状态里，不计入覆盖。", (
        Column("编号", "本表内唯一", "", "S0001", True),
        Column("名称", "", "", "东门社区卫生服务站", True),
        Column("类别", "用目录里的名称，别的叫法写进 category_map", "", "社区卫生服务站", True),
        Column("经度", "东经，十进制度", "度", "107.981234", True),
        Column("纬度", "北纬，十进制度", "度", "26.583456", True),
        Column("状态", "正常、停用、规划、存疑", "", "正常"),
        Column("床位学位", "能接待多少", "个", "40"),
        Column("建筑面积", "不是占地面积", "平方米", "260"),
        Column("占地面积", "", "平方米", "800"),
        Column("建成年份", "", "年", "2018"),
        Column(
            "开放时间",
            "写明哪几天，晚间、周末覆盖由它算",
            "",
            "周一至周五 8:00-21:00；周六日 9:00-17:00",
        ),
        Column("是否对外开放", "否：不计入覆盖", "", "是"),
        Column("权属", "出租、转租：不计入覆盖", "", "自有"),
        Column("地址", "", "", "营盘东路 12 号"),
    )),
    Ledger("社区台账.xlsx", "一行一个社区，用于达标核对。", (
        Column("社区名称", "与网格里的写法一致", "", "东门社区", True),
        Column("社区编码", "12 位，按文本存", "", "522601001001"),
        Column("户数", "", "户", "2850"),
        Column("常住人口", "", "人", "7800"),
        Column("社区服务站面积", "建筑面积", "平方米", "620"),
        Column("社区居委会办公和服务用房面积", "建筑面积", "平方米", "850"),
        Column("办公用房面积", "", "平方米", "200"),
        Column("建设阶段", "已建成、在建、规划、老城区", "", "已建成"),
        Column("城乡分类", "城市、农村，或统计用三位城乡分类代码", "", "城镇"),
        Column("社区工作人员数", "", "人", "16"),
        Column(
            "功能室",
            "用顿号分开；共用一间的用 / 连，面积写在括号里",
            "",
            "警务室、图书室（60㎡）",
        ),
        Column("网格员数", "", "人", "12"),
        Column("权属", "自有、租赁、借用、无", "", "自有"),
        *(
            Column(header, meaning, "", "")
            for name, (header, meaning) in explained().items()
            if name not in _COMMUNITIES_FIRST
        ),
    )),
)
# fmt: on

_TOML: Final = """\
# 每一行都可以改；井号后面是说明。路径相对于本文件所在的文件夹。
[city]
name = "请填写城市名称"
as_of = "2026-01"  # 数据月份
# metric_crs = "EPSG:4544"  # 不填则按范围选

[walk]  # 步速，米每分钟
standard = "1000/15"  # GB 50180：15 分钟走 1,000 米
# elderly = 50.0

[grids]  # 边界文件：shp、gpkg、geojson；shp 的几个部分可以打成一个 zip
path = "网格.shp"
id = "网格编码"
name = "网格名称"
community = "社区"
street = "街道"
district = "区县"
people = "常住人口"
households = "户数"
elderly = "老年人口"
children = "儿童人口"
crs = "auto"  # 或 "CGCS2000"、"EPSG:4544"、"GCJ-02"、"BD-09"

[demand]  # 没有楼栋表就写 method = "lattice"，并去掉下面几行
method = "buildings"
path = "楼栋.xlsx"
lon = "经度"
lat = "纬度"
people = "常住人口"
households = "户数"
elderly = "60岁以上"
children = "0-6岁"

[[facilities]]  # 每个文件一段
path = "设施.xlsx"
id = "编号"
name = "名称"
lon = "经度"
lat = "纬度"
category_column = "类别"
# category_map = { "卫生站" = "MED_STATION" }  # 别的叫法
status = "状态"
capacity = "床位学位"
floor_area_m2 = "建筑面积"
opened = "建成年份"
hours = "开放时间"
open_to_public = "是否对外开放"
tenure = "权属"
crs = "auto"  # 从网上地图取的点多半是 "GCJ-02" 或 "BD-09"

# [network]  # 没有路网就只有直线距离，页面会说明
# path = "路网.osm.pbf"

# [[communities]]
# path = "社区台账.xlsx"

# [basemap]
# water = "水系.geojson"
"""

_PACKS_HEAD: Final = """
# 随程序的台账：填好哪一份，就去掉那一段的井号。列名不同的写 columns = { "模板列" = "文件列" }；
# 指标和规定动作随台账而来，见 docs/indicators.md。
"""


def pack_ledgers() -> dict[str, Ledger]:
    """Give the templates of the packs as empty ledgers, by their id."""
    found: dict[str, Ledger] = {}
    for key, template in templates().items():
        needed = {template.roles.get("key")}
        columns = [
            Column(each.header, each.meaning, each.unit, each.example, each.header in needed)
            for each in template.columns.values()
        ]
        about = f"{template.zh}：{template.note}"
        found[key] = Ledger(f"{PACKS_IN}/{template.zh}.xlsx", about, columns)
    return found


def write_template(folder: Path) -> list[Path]:
    """Write one empty workbook a ledger and a city.toml.

    Each workbook has the headers on line 1 of its first sheet, and a sheet 说明 with what every
    column means, its unit, an example and whether it must be filled. The ledgers of the packs stand
    in a folder of their own; the lines that read them stand in city.toml behind a mark.

    Raises
    ------
    SettingsError
        A file of that name is there already, or the folder cannot be written; nothing is replaced.
    """
    packed = pack_ledgers()
    ledgers = [*LEDGERS, *packed.values()]
    names = [*(ledger.file for ledger in ledgers), "city.toml"]
    present = [name for name in names if (folder / name).exists()]
    if present:
        raise SettingsError(
            f"{folder} holds {present[0]} already; nothing was written over it. "
            "Name another folder."
        )
    try:
        (folder / PACKS_IN).mkdir(parents=True, exist_ok=True)
        for ledger in ledgers:
            _write_book(folder / ledger.file, ledger)
        (folder / "city.toml").write_text(_TOML + _pack_blocks(packed), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be written ({error.strerror}); expected a folder. Name another one."
        ) from error
    return [folder / name for name in names]


def _pack_blocks(packed: Mapping[str, Ledger]) -> str:
    """Write the lines of city.toml for every ledger of a pack, each behind a mark."""
    blocks = [
        f'\n# [[ledgers]]  # {ledger.about}\n# pack = "{key}"\n# path = "{ledger.file}"\n'
        for key, ledger in packed.items()
    ]
    return _PACKS_HEAD + "".join(blocks)


def _write_book(path: Path, ledger: Ledger) -> None:
    book = xlsxwriter.Workbook(str(path))
    bold = book.add_format({"bold": True, "bg_color": "#E6F0FA", "bottom": 1})
    text = book.add_format({"num_format": "@"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(path.stem)
    for at, column in enumerate(ledger.columns):
        # Codes and ids as text from the first cell on: a spreadsheet rounds them otherwise.
        is_text = not column.unit
        sheet.set_column(at, at, max(10, 2 * len(column.header) + 2), text if is_text else None)
        sheet.write_string(0, at, column.header, bold)
    sheet.freeze_panes(1, 0)
    notes = book.add_worksheet(_NOTES)
    notes.write_string(0, 0, ledger.about)
    for at, head in enumerate(_HEADS):
        notes.write_string(2, at, head, bold)
    for row, column in enumerate(ledger.columns, start=3):
        required = "是" if column.is_required else ""
        cells = (column.header, column.meaning, column.unit, column.example, required)
        for at, cell in enumerate(cells):
            notes.write_string(row, at, cell, wrap)
    for at, width in enumerate((30, 52, 10, 24, 8)):
        notes.set_column(at, at, width)
    book.close()
