"""Write the demo's city.toml, as a user would."""

from etl.demo import names
from etl.demo.services import KINDS, SERVICES, SHOPS

_TEXT = """\
# A synthetic city: every name and number in it is made up.
[city]
name = "{name}"
as_of = "{as_of}"
synthetic = true
attribution = "示例数据（合成），与任何真实城市无关"
standards = ["gb50180", "kaili", "tengzhou"]

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
category_column = "类别"
category_map = {{ {shop_map} }}

[network]
path = "路网.osm"

[[communities]]
path = "社区台账.xlsx"

[[ledgers]]
name = "人员"
path = "人员.xlsx"
unit = "community"
key = "社区代码"
grain = "event"
date = "到岗日期"
item = "岗位"

[[ledgers]]
name = "环境卫生检查"
path = "环境卫生检查.csv"
unit = "grid"
key = "网格编码"
grain = "event"
date = "检查日期"
item = "项目"
value = "得分"
owner = "责任单位"
due = "整改期限"
closed = "闭环日期"

[[ledgers]]
name = "走访"
path = "走访.csv"
unit = "community"
key = "社区代码"
grain = "unit+period"
date = "月份"
value = "走访人次"

[[ledgers]]
name = "案件"
path = "案件.csv"
unit = "grid"
lon = "经度"
lat = "纬度"
crs = "GCJ-02"
grain = "event"
date = "受理日期"
item = "类型"
owner = "责任单位"
due = "办结期限"
closed = "办结日期"

[[indicators]]
id = "waste_accuracy"
title = {{ zh = "垃圾分类准确率", en = "Waste sorted correctly" }}
from = "环境卫生检查"
formula = "sum(准确户数)/sum(检查户数)"
unit = "%"
target = {{ 2026 = 0.9 }}
owner_role = "街道办事处"
group = "社区环境"

[[indicators]]
id = "mended_in_time"
title = {{ zh = "整改按期完成率", en = "Mended in time" }}
from = "环境卫生检查"
formula = "count(闭环日期 is not null and 闭环日期 <= 整改期限)/count(整改期限 is not null)"
unit = "%"
target = {{ 2026 = 1.0 }}
owner_role = "街道办事处"
group = "社区环境"

[[indicators]]
id = "visits_made"
title = {{ zh = "重点对象走访率", en = "Visits made" }}
from = "走访"
formula = "sum(走访人次)/sum(重点对象数)"
unit = "%"
target = {{ 2026 = 0.9 }}
owner_role = "社区居委会"
group = "民生服务"

[[indicators]]
id = "cases"
title = {{ zh = "群众反映案件数", en = "Cases reported" }}
from = "案件"
formula = "count()"
better = "low"
group = "居民管理"

[[indicators]]
id = "cases_closed_in_time"
title = {{ zh = "案件按期办结率", en = "Cases closed in time" }}
from = "案件"
formula = "count(办结日期 is not null and 办结日期 <= 办结期限)/count(办结期限 is not null)"
unit = "%"
target = {{ 2026 = 0.95 }}
owner_role = "街道办事处"
group = "居民管理"

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
        services=SERVICES,
        shops=SHOPS,
        service_map=_category_map(SERVICES),
        shop_map=_category_map(SHOPS),
    )


def _category_map(file: str) -> str:
    pairs = [f'"{kind.word}" = "{kind.code}"' for kind in KINDS if kind.file == file]
    return ", ".join(pairs)
