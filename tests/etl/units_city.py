"""Write a small city with estates, points, a register of committees and ledgers kept by them."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.etl.cities import SmallCity, lonlat

Box = tuple[float, float, float, float]
WORKERS: dict[str, dict[str, str]] = {
    "网格员": {"G00": "张三", "G01": "空缺", "G02": "李四"},
    "职责": {"G00": "巡查", "G01": "走访"},
}
ESTATES: list[tuple[str, str, str, str, Box]] = [
    ("E1", "甲苑", "街0", "", (50, 50, 150, 150)),
    # 50 m of it in 街0, under which it is listed, and 80 m in 街1
    ("E2", "乙苑", "街0", "", (50, 350, 150, 480)),
    ("E3", "丙苑", "街0", "", (450, 360, 550, 440)),
    ("E4", "丁苑", "街0", "街1", (850, 360, 950, 440)),
    ("E5", "戊苑", "", "", (5_000, 50, 5_100, 150)),
    ("E1", "己苑", "街0", "", (200, 50, 250, 150)),
    ("E7", "庚苑", "街2", "", (300, 900, 450, 1_000)),
    ("E8", "同名苑", "街0", "", (450, 50, 500, 100)),
    ("E9", "同名苑", "街2", "", (450, 1_050, 500, 1_100)),
]
UNITS = """
[[units]]
kind = "estate"
path = "小区.geojson"
id = "编码"
name = "小区"
street = "街道"
decided_street = "定"
[[units]]
kind = "party_grid"
path = "党建.csv"
lon = "经度"
lat = "纬度"
crs = "WGS84"
[[units]]
kind = "committee"
path = "居委会.csv"
name = "名称"
community = "社区"
[[units]]
kind = "school_zone"
title = { zh = "学区", en = "School zone" }
path = "学区.csv"
[[ledgers]]
name = "满意度"
path = "满意度.csv"
unit = "estate"
key = "小区"
street = "街道"
grain = "unit"
[[ledgers]]
name = "案件"
path = "案件.csv"
unit = "estate"
lon = "经度"
lat = "纬度"
crs = "WGS84"
[[ledgers]]
name = "走访"
path = "走访.csv"
key = "网格"
grain = "unit"
[[indicators]]
id = "satisfied"
title = { zh = "满意率", en = "Satisfied" }
from = "满意度"
formula = "sum(满意)/sum(户)"
[[indicators]]
id = "cases"
title = { zh = "案件", en = "Cases" }
from = "案件"
formula = "count()"
[[indicators]]
id = "visits"
title = { zh = "走访", en = "Visits" }
from = "走访"
formula = "sum(次)"
[[indicators]]
id = "visits_few"
title = { zh = "走访", en = "Visits" }
from = "走访"
formula = "sum(次)"
floor = 2
[[indicators]]
id = "managed"
title = { zh = "物业管理", en = "Managed" }
from = "units:estate"
formula = "count(物业管理 = '是')/count()"
[[indicators]]
id = "in_need"
title = { zh = "低保户", en = "In need" }
from = "units:estate"
formula = "sum(低保户)"
floor = 5
[[indicators]]
id = "named_and_charged"
title = { zh = "定人定责", en = "Worker and duty" }
from = "grids"
formula = "count(网格员 is not null and 职责 is not null)/count()"
"""


def _rectangle(box: Box) -> list[list[list[float]]]:
    west, south, east, north = box
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return [lonlat(corners)]


def _geojson(path: Path, rows: Sequence[tuple[Mapping[str, object], Box]]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": dict(properties),
            "geometry": {"type": "Polygon", "coordinates": _rectangle(box)},
        }
        for properties, box in rows
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def _csv(path: Path, *rows: Sequence[object]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def patched(toml: Path, columns: Mapping[str, Mapping[str, str]]) -> Path:
    """Give the grids of a small city more columns: name to cells by the grid's code."""
    path = toml.parent / "grids.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    for feature in content["features"]:
        code = feature["properties"]["网格编码"]
        feature["properties"] |= {name: cells.get(code) for name, cells in columns.items()}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return toml


def _write_files(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[Mapping[str, object], Box]] = []
    for code, name, street, decided, box in ESTATES:
        named = {"编码": code, "小区": name, "街道": street or None, "定": decided or None}
        managed = "是" if code in ("E2", "E3") else "否"
        rows.append((named | {"物业管理": managed, "电话": "1", "低保户": "3"}, box))
    _geojson(folder / "小区.geojson", rows)
    inside, outside = lonlat([[600.0, 200.0], [-900.0, 200.0]])
    _csv(folder / "党建.csv", ["编码", "经度", "纬度"], ["P1", *inside], ["P2", *outside])
    _csv(
        folder / "居委会.csv",
        ["名称", "社区", "户数"],
        ["第一居委会", "社00", "120"],
        ["第一居委会", "社01", "约300"],
        ["第二居委会", "社01", "很多"],
        ["第三居委会", "社99", ""],
    )
    _csv(folder / "学区.csv", ["名称", "街道"], ["东区", "街1"], ["", "街0"])
    _csv(
        folder / "满意度.csv",
        ["小区", "街道", "满意", "户"],
        ["E2", "", "8", "10"],
        ["丙苑", "", "1", "10"],
        ["同名苑", "街2", "3", "4"],
        ["同名苑", "", "3", "4"],
    )
    spots = lonlat([[100.0, 100.0], [100.0, 400.0], [390.0, 390.0]])
    _csv(folder / "案件.csv", ["经度", "纬度"], *spots)
    _csv(folder / "走访.csv", ["网格", "次"], ["G00", "3"], ["G01", "5"], ["G02", "1"])


def write_units_city(folder: Path) -> Path:
    """Write the files and give the path of city.toml."""
    _write_files(folder)
    named = {"G00": "第一居委会", "G01": "第一居委会", "G02": "第二居委会", "G22": "第九居委会"}
    return patched(SmallCity(extra=UNITS).write(folder), {"居委会": named, **WORKERS})
