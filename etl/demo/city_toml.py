"""Write the demo's city.toml, as a user would."""

from etl.demo import names
from etl.demo.ledger_toml import LEDGERS
from etl.demo.services import KINDS, SERVICES, SHOPS

_TEXT = """\
# A synthetic city: every name and number in it is made up.
[city]
name = "{name}"
as_of = "{as_of}"
synthetic = true
attribution = "示例数据（合成），与任何真实城市无关"
standards = ["gb50180", "kaili", "tengzhou", "wanzheng"]

[walk]
standard = "1000/15"  # GB 50180: 1,000 m in 15 minutes
elderly = 50.0
brisk = 80.0
snap_limit_m = 200

[grids]  # GBK without .cpg: the encoding is found by reading
path = "网格.shp"
id = "网格编码"
name = "网格名称"
community = "社区"
community_code = "社区编码"
street = "街道"
street_code = "街道编码"
district = "区县"
district_code = "区县编码"
people = "常住人口"
households = "户数"
elderly = "老年人口"
children = "儿童人口"
committee = "居委会"
party_org = "党小组"
worker_name = "网格员"  # read as somebody or nobody; the name goes no further
duty = "职责"

[demand]
method = "buildings"
path = "楼栋.csv"
lon = "经度"
lat = "纬度"
people = "常住人口"
households = "户数"
elderly = "60岁以上"
children = "0-6岁"
crs = "WGS84"

[[facilities]]
path = "{services}"
id = "编号"
name = "名称"
lon = "经度"
lat = "纬度"
crs = "WGS84"
status = "状态"
capacity = "床位学位"
floor_area_m2 = "建筑面积"
opened = "建成年份"
hours = "开放时间"
open_to_public = "是否对外开放"
category_column = "类别"
category_map = {{ {service_map} }}

[[facilities]]  # points of a map provider, shifted by GCJ-02
path = "{shops}"
id = "编号"
name = "名称"
lon = "经度"
lat = "纬度"
crs = "GCJ-02"
encoding = "auto"
status = "状态"
floor_area_m2 = "建筑面积"
address = "地址"
hours = "营业时间"
category_column = "类别"
category_map = {{ {shop_map} }}

[network]
path = "路网.osm"
barriers = "围墙.geojson"

[[communities]]
path = "社区台账.xlsx"

[standards.tengzhou]  # where a rule of this pack fails is a task
owner = "街道办事处"
due = "2026-12-31"
tasks = {{ A07 = {{ owner = "区民政局", due = "2026-06-30" }} }}

{ledgers}
[basemap]
water = "水系.geojson"
green = "绿地.geojson"
roads = "道路.geojson"
railways = "铁路.geojson"
"""


def city_toml(as_of: str) -> str:
    """Give the text of city.toml for a month."""
    return _TEXT.format(
        name=names.CITY,
        as_of=as_of,
        ledgers=LEDGERS,
        services=SERVICES,
        shops=SHOPS,
        service_map=_category_map(SERVICES),
        shop_map=_category_map(SHOPS),
    )


def _category_map(file: str) -> str:
    pairs = [f'"{kind.word}" = "{kind.code}"' for kind in KINDS if kind.file == file]
    return ", ".join(pairs)
