"""Declare the demo's ledgers and indicators, as a user would in city.toml."""

from typing import Final

_UNITS: Final = """\
[[units]]
kind = "estate"
path = "小区.geojson"
id = "小区编码"
name = "小区名称"
street = "街道"
community = "社区"

"""

_SOURCES: Final = """\
[[ledgers]]  # a shipped pack says what its columns are and what is worked out of them
name = "人员"
pack = "staff"
path = "人员.xlsx"
columns = { "编制类型" = "编制" }

[[ledgers]]
name = "环境卫生检查"
pack = "inspection"
path = "环境卫生检查.csv"
fails = "得分 < 90"  # what failed is a task until a later month shows that it passed

[[ledgers]]
name = "垃圾分类"
path = "垃圾分类.xlsx"
unit = "grid"
key = "网格编码"
grain = "unit+period"
date = "月份"

[[ledgers]]
name = "清运台账"
path = "清运台账.csv"
unit = "community"
key = "社区代码"
grain = "event"
date = "清运日期"
item = "去向"

[[ledgers]]
name = "走访"
path = "走访.csv"
unit = "community"
key = "社区代码"
grain = "unit+period"
date = "月份"
value = "走访人次"

[[ledgers]]
name = "五类活动"
pack = "grid_event"
path = "五类活动.tsv"

[[ledgers]]
name = "案件"
pack = "case"
path = "案件.csv"
lon = "经度"
lat = "纬度"
crs = "GCJ-02"
id = "工单号"

[[ledgers]]
name = "满意度调查"
pack = "survey"
path = "满意度调查.xlsx"
columns = { "受访人数" = "有效问卷", "满意人数" = "满意", "参加过活动人数" = "参加过活动" }

[[ledgers]]
name = "小区台账"
path = "小区台账.xlsx"
unit = "estate"
key = "小区名称"
community = "所属社区"
grain = "unit"

[[ledgers]]
name = "康复服务"
path = "康复服务.csv"
unit = "facility"
key = "机构编号"
grain = "unit+period"
date = "月份"

[[ledgers]]
name = "经费"
path = "经费.xlsx"
unit = "community"
key = "社区代码"
grain = "unit+period"
date = "年度"

[[ledgers]]
name = "荣誉"
pack = "honours"
path = "荣誉.csv"
columns = { "授予日期" = "授予年份" }
"""

_INDICATORS: Final = """
[[indicators]]
id = "items_passed"
title = { zh = "检查项目合格率", en = "Inspected items that passed" }
from = "环境卫生检查"
formula = "count(得分 >= 90)/count()"
unit = "%"
target = { 2026 = 0.9 }
owner_role = "街道办事处"
group = "社区环境"

[[indicators]]
id = "waste_accuracy"
title = { zh = "垃圾分类准确率", en = "Waste sorted correctly" }
from = "垃圾分类"
formula = "sum(准确户数)/sum(检查户数)"
unit = "%"
target = { 2026 = 0.9 }
owner_role = "街道办事处"
group = "社区环境"

[[indicators]]
id = "waste_taking_part"
title = { zh = "垃圾分类参与率", en = "Households that sort waste" }
from = "垃圾分类"
formula = "sum(参与户数)/sum(总户数)"
unit = "%"
target = { 2026 = 0.9 }
owner_role = "街道办事处"
group = "社区环境"

[[indicators]]
id = "waste_hauled"
title = { zh = "生活垃圾清运量", en = "Waste taken away" }
from = "清运台账"
formula = "sum(`清运量（吨）`)"
unit = "吨"
better = "low"
group = "社区环境"

[[indicators]]
id = "visits_made"
title = { zh = "重点对象走访率", en = "Visits made" }
from = "走访"
formula = "sum(走访人次)/sum(重点对象数)"
unit = "%"
target = { 2026 = 0.9 }
owner_role = "社区居委会"
due = "2026-12-31"  # every community under the target is a task
group = "民生服务"

[[indicators]]
id = "grid_activities"
title = { zh = "五类活动次数", en = "What grid workers did" }
from = "五类活动"
formula = "sum(次数)"
unit = "次"
group = "党建网格"

[[indicators]]
id = "estates_managed"
title = { zh = "有物业管理的小区比例", en = "Estates with a manager" }
from = "小区台账"
formula = "count(物业管理 = '是')/count()"
unit = "%"
group = "居民管理"

[[indicators]]
id = "grids_staffed"
title = { zh = "定人定责网格比例", en = "Grids with a worker and a duty" }
from = "grids"
formula = "count(网格员 is not null and 职责 is not null)/count()"
unit = "%"
target = { 2026 = 1.0 }
group = "党建网格"

[[indicators]]
id = "rehab_enrolled"
title = { zh = "康复服务在册人数", en = "Enrolled in rehabilitation" }
from = "康复服务"
formula = "sum(在册人数)"
unit = "人"
floor = 5
group = "民生服务"

[[indicators]]
id = "subsidy_share"
title = { zh = "市级补贴占支出比例", en = "City subsidy over spending" }
from = "经费"
formula = "sum(`市级补贴（万元）`)/sum(`支出（万元）`)"
unit = "%"
group = "文档管理"

[[indicators]]
id = "honours_of_province"
title = { zh = "省级以上称号", en = "Honours of province or nation" }
from = "荣誉"
formula = "count(级别 in ('省级', '国家级'))"
unit = "个"
group = "居民管理"
"""

_DUTIES: Final = """
[[duties]]
id = "monthly_check"
title = { zh = "每月环境卫生检查", en = "Inspection every month" }
every = "month"
shown_by = "环境卫生检查"
owner = "街道办事处"

[[duties]]
id = "quarterly_survey"
title = { zh = "每季度居民满意度调查", en = "Survey of residents every quarter" }
every = "quarter"
days_after = 10
shown_by = "满意度调查"
owner = "社区居委会"

[[duties]]
id = "yearly_settlement"
title = { zh = "康复服务经费结算", en = "Settlement of rehabilitation funds" }
on = "01-30"
owner = "区残联"
"""

LEDGERS: Final = _UNITS + _SOURCES + _INDICATORS + _DUTIES
