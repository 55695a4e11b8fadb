"""The demo city: a plan that holds together, files as users have them, faults that get found."""

import csv
import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from python_calamine import CalamineWorkbook

from etl.build import Checked, check_city
from etl.demo import write_demo
from etl.demo.city import City, in_metres, make_city, on_globe
from etl.demo.inspections import IDENTITY
from etl.demo.services import KINDS
from etl.layers import CityLayers
from etl.readers import read_city
from etl.settings import load_city
from geo.datum import gcj02_to_wgs84
from geo.errors import InputDataError
from geo.network import build_graph, snap
from geo.reach import line_reach, walk_reach

GRIDS = 300
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(GRIDS, 1, lambda _share, _message: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    write_demo(out, grids=GRIDS)
    return out


@pytest.fixture(scope="module")
def layers(folder: Path) -> CityLayers:
    return read_city(load_city(folder / "city.toml"))


def _bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _shops(folder: Path) -> list[dict[str, str]]:
    text = (folder / "便民商业.csv").read_bytes().decode("gbk")
    return list(csv.DictReader(text.splitlines()))


def _sheet(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


# The plan


@pytest.mark.parametrize(("grids", "seed"), [(GRIDS, 1), (GRIDS, 2), (420, 7)])
def test_there_are_exactly_as_many_grids_as_asked_for(grids: int, seed: int) -> None:
    made = make_city(grids, seed, lambda _share, _message: None)
    assert len(made.blocks.shapes) == grids
    assert len(set(made.areas.code)) == grids
    assert shapely.area(made.blocks.shapes).min() > 1_000


def test_grids_neither_overlap_nor_cover_water_railway_or_parks(city: City) -> None:
    shapes = city.blocks.shapes[:-2]
    assert shapely.area(shapes).sum() == pytest.approx(shapely.union_all(shapes).area, abs=1.0)
    kept_free = city.terrain.no_build()
    assert shapely.union_all(shapes).intersection(kept_free).area < 500


def test_grids_leave_no_hole_in_the_city(city: City) -> None:
    covered = shapely.union_all([*city.blocks.shapes, *city.blocks.pockets])
    left = city.terrain.outline.difference(shapely.union_all([covered, city.terrain.no_build()]))
    assert left.area < 0.004 * city.terrain.outline.area


def test_every_area_lies_in_one_area_above(city: City) -> None:
    areas = city.areas
    for lower, upper in ((areas.community, areas.street), (areas.street, areas.district)):
        pairs = {(int(low), int(up)) for low, up in zip(lower, upper, strict=True)}
        assert len(pairs) == len(set(lower.tolist()))
    for code, community in zip(areas.code, areas.community, strict=True):
        assert len(code) == 15
        assert code.startswith(areas.community_code[community])


def test_names_are_not_used_twice(city: City) -> None:
    for names in (city.areas.community_name, city.areas.street_name, city.areas.district_name):
        assert len(names) == len(set(names))


def test_grids_and_communities_have_the_usual_number_of_households(city: City) -> None:
    households = city.population.counts[:, 0]
    lived = households[:-2][households[:-2] > 0]
    assert np.mean((lived >= 200) & (lived <= 250)) > 0.85
    assert (households == 0).sum() >= 2
    communities = np.bincount(city.areas.community, weights=households)
    assert 2_300 < np.median(communities) < 3_700


def test_buildings_stand_in_their_grid_and_add_up_to_it(city: City) -> None:
    buildings, shapes = city.buildings, city.blocks.shapes
    places = shapely.points(buildings.xy_m)
    inside = shapely.dwithin(shapes[buildings.grid], places, 0.1)
    assert inside.all()
    for column in range(4):
        total = np.bincount(
            buildings.grid, weights=buildings.counts[:, column], minlength=len(shapes)
        )
        assert (total == city.population.counts[:, column]).all()


# The streets


def _graph(city: City) -> nx.Graph:
    graph = nx.Graph()
    for way in city.network.ways:
        nx.add_path(graph, way.nodes)
    return graph


def test_nearly_all_streets_hang_together(city: City) -> None:
    graph = _graph(city)
    largest = max(nx.connected_components(graph), key=len)
    assert len(largest) / graph.number_of_nodes() > 0.97


def test_the_river_is_crossed_on_bridges_and_the_railway_in_underpasses(city: City) -> None:
    xy_m = np.array(city.network.xy_m)
    water = city.terrain.water().difference(city.terrain.island)
    rail = city.terrain.railway
    crossings = Counter[str]()
    for way in city.network.ways:
        line = shapely.LineString(xy_m[way.nodes])
        if line.intersection(water).length > 5:
            assert way.tags.get("bridge") == "yes"
            crossings["bridge"] += 1
        if line.crosses(rail):
            assert way.tags.get("tunnel") == "yes"
            crossings["tunnel"] += 1
    assert 3 <= crossings["tunnel"] <= 12
    assert crossings["bridge"] >= 4


def test_walled_estates_meet_the_streets_at_gates(city: City) -> None:
    public = {"primary", "secondary", "tertiary", "residential"}
    streets = {n for w in city.network.ways if w.tags["highway"] in public for n in w.nodes}
    paths = {n for w in city.network.ways if w.tags["highway"] == "service" for n in w.nodes}
    meeting = streets & paths
    assert meeting
    assert np.mean([node in city.network.gates for node in meeting]) > 0.9
    assert len(city.network.gates) > 100


def test_everybody_is_near_a_street_but_the_hamlet_in_the_forest(city: City) -> None:
    xy_m = np.array(city.network.xy_m)
    ends = np.array(list(_graph(city).edges))
    graph = build_graph(xy_m, ends[:, 0], ends[:, 1])
    off = snap(graph, city.buildings.xy_m, 200.0).edge < 0
    assert set(city.buildings.grid[off].tolist()) == {GRIDS - 1}


def test_a_walk_reaches_fewer_people_than_a_circle(city: City) -> None:
    xy_m, homes = np.array(city.network.xy_m), city.buildings
    ends = np.array(list(_graph(city).edges))
    graph = build_graph(xy_m, ends[:, 0], ends[:, 1])
    places = np.array([(f.x_m, f.y_m) for f in city.facilities if f.kind.code == "EDU_PRIMARY"])
    number = np.arange(len(places), dtype=np.int32)
    line_dm, _ = line_reach(homes.xy_m, places, number)
    touch = [snap(graph, points, 200.0) for points in (homes.xy_m, places)]
    walk = walk_reach(
        graph, touch[0], homes.xy_m, touch[1], places, number, limit_dm=30_000, line_dm=line_dm
    )
    people = homes.counts[:, 1]
    straight = people[line_dm <= 10_000].sum() / people.sum()
    on_foot = people[walk.distance_dm <= 10_000].sum() / people.sum()
    assert 0.45 < on_foot < straight - 0.05 < 0.97


# The facilities


def test_every_category_of_the_catalogue_is_there(city: City) -> None:
    content = tomllib.loads((ROOT / "data/catalogue/categories.toml").read_text("utf-8"))
    codes = {entry["code"] for entry in content["category"]}
    assert {kind.code for kind in KINDS} == codes
    assert {one.kind.code for one in city.facilities} == codes


def test_no_word_of_a_file_means_two_categories() -> None:
    words = Counter((kind.file, kind.word) for kind in KINDS)
    assert max(words.values()) == 1


def test_new_districts_have_fewer_school_places_a_head(city: City) -> None:
    zone = np.array(city.blocks.zone)
    centre = shapely.get_coordinates(shapely.centroid(city.blocks.shapes))
    seats = dict.fromkeys(("old", "inner", "outer"), 0)
    for one in city.facilities:
        if one.kind.code in ("EDU_PRIMARY", "EDU_NURSERY", "EDU_KINDER"):
            near = np.argmin(np.hypot(*(centre - np.array([one.x_m, one.y_m])).T))
            seats[str(zone[near])] += int(one.capacity)
    people = {name: city.population.counts[zone == name, 1].sum() for name in seats}
    assert seats["outer"] / people["outer"] < seats["old"] / people["old"]


# The files


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, grids=GRIDS)
    assert _bytes_of(tmp_path) == _bytes_of(folder)


def test_another_seed_draws_another_city(city: City) -> None:
    other = make_city(GRIDS, 2, lambda _share, _message: None)
    assert other.terrain.outline.symmetric_difference(city.terrain.outline).area > 1e5


def test_the_shapefile_is_gbk_and_does_not_say_so(folder: Path) -> None:
    assert not (folder / "网格.cpg").exists()
    head = (folder / "网格.dbf").read_bytes()
    assert head[29] == 0
    assert tuple(head[1:4]) == (126, 10, 31)
    assert "网格编码".encode("gbk") in head[:500]
    assert "CGCS2000" in (folder / "网格.prj").read_text().replace("China Geodetic", "CGCS2000")


def test_the_shops_are_shifted_as_city_toml_says(folder: Path, city: City) -> None:
    settings = load_city(folder / "city.toml")
    assert [block.crs for block in settings.facilities] == ["WGS84", "GCJ-02"]
    rows = [row for row in _shops(folder) if row["状态"] == "开放"]
    lonlat = np.array([(float(row["经度"]), float(row["纬度"])) for row in rows])
    home = gcj02_to_wgs84(lonlat)
    assert np.hypot(*((home - lonlat) * (95_800, 111_000)).T).min() > 100
    spread = np.hypot(*((home - home.mean(axis=0)) * (95_800, 111_000)).T)
    assert spread.max() < 1.3 * np.hypot(*np.ptp(city.terrain.outline.exterior.coords, axis=0)) / 2


def test_the_sheet_has_a_title_above_and_a_total_below(folder: Path) -> None:
    rows = _sheet(folder / "设施.xlsx")
    assert "台账" in str(rows[0][0])
    assert rows[1][:5] == ["编号", "名称", "类别", "经度", "纬度"]
    assert rows[-1][0] == "合计"


def test_the_month_before_differs_in_people_and_facilities(folder: Path) -> None:
    now, before = (load_city(place / "city.toml") for place in (folder, folder / "previous"))
    assert (now.city.as_of, before.city.as_of) == ("2026-10", "2026-09")
    assert now.city.is_synthetic
    assert before.city.is_synthetic
    states = [
        {(row[0], row[2]): row[5] for row in _sheet(place / "设施.xlsx")[2:-1]}
        for place in (folder, folder / "previous")
    ]
    opened = [
        key for key, state in states[0].items() if state == "开放" and states[1].get(key) != "开放"
    ]
    closed = [key for key, state in states[1].items() if state == "开放" != states[0].get(key)]
    assert len(opened) >= 4
    assert any(word == "日间照料中心" for _, word in opened)
    assert closed
    grids = [read_city(settings).grids.columns["people"] for settings in (now, before)]
    grown = [float(a) / float(b) for a, b in zip(*grids, strict=True) if a and b and b != "0"]
    assert sum(growth > 1.2 for growth in grown) == 1
    people = [(place / "楼栋.csv").read_bytes() for place in (folder, folder / "previous")]
    assert people[0] != people[1]


def test_the_readers_take_all_of_it(layers: CityLayers) -> None:
    assert len(layers.grids.row) == GRIDS
    assert layers.grids.encoding.lower() in ("gbk", "gb18030")
    assert layers.streets is not None
    assert set(layers.basemap) == {"water", "green", "roads", "railways"}
    assert "major_bridge" in set(layers.basemap["roads"].columns["kind"])
    assert not [fault for fault in layers.all_faults() if fault.severity == "blocking"]


@pytest.mark.parametrize(
    "reason", ["XY_ZERO", "XY_RANGE", "NUM_TEXT", "CAT_UNKNOWN", "TOTAL_ROW", "GRID_INVALID"]
)
def test_a_planted_fault_is_found_by_the_readers(layers: CityLayers, reason: str) -> None:
    found = {fault.code for fault in layers.all_faults()}
    found |= {row.reason for part in layers.parts() for row in part.rejected}
    assert reason in found


@pytest.fixture(scope="module")
def checked(folder: Path) -> Checked:
    return check_city(folder / "city.toml")


def test_every_code_that_the_document_names_is_found_and_none_of_them_blocks(
    checked: Checked,
) -> None:
    document = (ROOT / "docs" / "demo.md").read_text("utf-8")
    planted = document.split("## Faults planted in it")[1].split("\n## ")[0]
    named = set(re.findall(r"`([A-Z]{2,}_[A-Z_]+|PII)`", planted))
    found = checked.groups
    assert len(named) > 35
    # only a build knows the month before; tests of months look for that one
    assert named - {group.code for group in found} == {"POP_JUMP"}
    assert [group.code for group in found if group.severity == "blocking"] == []


PLANTED = (
    ("环境卫生检查.csv", "PLACE_UNKNOWN", "网格编码", "990199999999001"),
    ("环境卫生检查.csv", "PLACE_NONE", "网格编码", ""),
    ("环境卫生检查.csv", "DATE_TEXT", "检查日期", "十月"),
    ("环境卫生检查.csv", "DATE_FUTURE", "检查日期", "2026-12-05"),
    ("环境卫生检查.csv", "DATE_ORDER", "整改期限", "2026-10-02"),
    ("环境卫生检查.csv", "NUM_MASK", "得分", "8*"),
    ("环境卫生检查.csv", "NUM_TEXT", "得分", "较好"),
    ("环境卫生检查.csv", "PII", "备注", "王某来电 13900000000"),
    ("环境卫生检查.csv", "PII", "备注", f"证件 {IDENTITY}"),
    ("垃圾分类.xlsx", "DATE_TEXT", "月份", "十月"),
    ("垃圾分类.xlsx", "NUM_MASK", "参与户数", "1*8"),
    ("五类活动.tsv", "NUM_MASK", "次数", "20xx"),
    ("五类活动.tsv", "NUM_UNIT", "次数", "200余"),
    ("五类活动.tsv", "PLACE_UNKNOWN", "网格编码", "9901019999"),
    ("案件.csv", "PLACE_UNKNOWN", "工单号", "20261090001"),
    ("案件.csv", "DATE_ORDER", "工单号", "20261090002"),
    ("案件.csv", "DATE_FUTURE", "工单号", "20261090003"),
    ("案件.csv", "PII", "工单号", "20261090004"),
    ("满意度调查.xlsx", "PLACE_UNKNOWN", "社区名称", "望云台社区"),
    ("小区台账.xlsx", "PLACE_UNKNOWN", "小区名称", "望江小区"),
    ("小区台账.xlsx", "PLACE_AMBIG", "所属社区", ""),
    ("人员.xlsx", "PII", "身份证号", IDENTITY),
    ("经费.xlsx", "NUM_UNIT", "支出（万元）", "约60"),
    ("荣誉.csv", "DATE_TEXT", "授予年份", "20xx"),
)


def _numbered(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a ledger by itself, in the encoding it is known to have; rows as a person counts."""
    if path.suffix == ".xlsx":
        rows = [[str(cell) for cell in row] for row in _sheet(path)]
        head = next(at for at, row in enumerate(rows) if row[1])
        return [
            (at, dict(zip(rows[head], row, strict=True)))
            for at, row in enumerate(rows[head + 1 :], start=head + 2)
        ]
    encoding = "gbk" if path.name in ("环境卫生检查.csv", "荣誉.csv") else "utf-8-sig"
    delimiter = "\t" if path.suffix == ".tsv" else ","
    text = path.read_bytes().decode(encoding)
    return list(enumerate(csv.DictReader(text.splitlines(), delimiter=delimiter), start=2))


@pytest.mark.parametrize(("file", "code", "column", "cell"), PLANTED)
def test_a_fault_of_a_ledger_is_found_in_its_row_and_no_other(
    folder: Path, checked: Checked, file: str, code: str, column: str, cell: str
) -> None:
    (planted,) = [row for row, cells in _numbered(folder / file) if cells[column] == cell]
    (fault,) = [one for one in checked.faults if (one.source, one.code) == (file, code)]
    assert planted in fault.rows
    twice = [one for one in PLANTED if one[:2] == (file, code)]
    is_staff = file == "人员.xlsx"
    assert is_staff or len(fault.rows) == len(twice)


def test_rows_over_100_percent_and_cases_entered_twice_are_found(
    folder: Path, checked: Checked
) -> None:
    said = {(fault.source, fault.code): fault.rows for fault in checked.faults}
    over = [
        row
        for row, cells in _numbered(folder / "垃圾分类.xlsx")
        if cells["网格编码"] and float(cells["准确户数"]) > float(cells["检查户数"])
    ]
    assert said["垃圾分类.xlsx", "RATE_OVER"] == tuple(over)
    cases = _numbered(folder / "案件.csv")
    numbers = [cells["工单号"] for _, cells in cases]
    again = [row for at, (row, _) in enumerate(cases) if numbers[at] in numbers[:at]]
    assert said["案件.csv", "ROW_TWICE"] == tuple(again)
    assert (len(over), len(again)) == (1, 1)


def test_the_estates_that_a_person_must_look_at_are_named(checked: Checked) -> None:
    said = {
        fault.code: fault.feature_id for fault in checked.faults if fault.source == "小区.geojson"
    }
    assert said == {"UNIT_STREET": "XQ0001", "UNIT_TIE": "XQ0059"}


def test_no_personal_data_of_a_ledger_is_left_after_reading(checked: Checked) -> None:
    held = [
        cell
        for part in checked.layers.ledgers
        for cells in part.columns.values()
        for cell in cells
        if cell and (IDENTITY in cell or "13900000000" in cell)
    ]
    assert held == []
    assert not any(IDENTITY in row.content for row in checked.rejected)


def test_planted_faults_of_content_are_in_the_files(folder: Path, layers: CityLayers) -> None:
    public = layers.facilities[0].columns
    ids = Counter(zip(public["id"], public["category"], public["name"], strict=True))
    junior = [name for (_, code, name) in ids if code == "EDU_JUNIOR"]
    number = {one for (one, code, _) in ids if code == "EDU_JUNIOR"}
    assert len(number) < len(junior)
    assert None in set(public["name"])
    written = dict(zip(public["床位学位"], public["capacity"], strict=True))
    assert written["约120"] == "120"
    assert {"停用", "规划", "存疑", "待定"} <= set(public["status"])
    grids = layers.grids.columns
    assert None in set(grids["people"])
    assert "0" in set(grids["people"])
    households = [
        (float(p), float(h))
        for p, h in zip(grids["people"], grids["households"], strict=True)
        if p is not None
    ]
    assert sum(people < number for people, number in households) == 1
    ledger = _sheet(folder / "社区台账.xlsx")
    assert ledger[2][5] == "6*0"
    short = [row for row in ledger[3:] if float(str(row[5])) < 0.30 * float(str(row[3]))]
    assert short


def test_one_planted_grid_overlaps_and_one_leaves_a_gap(layers: CityLayers) -> None:
    shapes = layers.grids.geometry
    overlap = shapely.area(shapes).sum() - shapely.union_all(shapes).area
    metres = 95_800 * 111_000
    assert 500 < overlap * metres < 20_000


def test_too_few_grids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match="expected 300 or more"):
        write_demo(tmp_path / "small", grids=120)
    assert not (tmp_path / "small").exists()


def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[float] = []
    write_demo(tmp_path, grids=GRIDS, progress=lambda share, _message: told.append(share))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def _rows(folder: Path, name: str, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader((folder / name).read_bytes().decode(encoding).splitlines()))


def test_ledgers_speak_of_places_of_the_city(folder: Path, layers: CityLayers) -> None:
    columns = layers.grids.columns
    communities = set(columns["community_code"])
    now, before = folder, folder / "previous"
    checks = _rows(before, "环境卫生检查.csv", "gbk")
    assert {row["网格编码"] for row in checks} <= set(columns["id"])
    assert len({row["项目"] for row in checks}) == 15
    assert {bool(row["整改期限"]) for row in checks} == {True, False}
    visits = _rows(now, "走访.csv") + _rows(before, "走访.csv")
    assert {row["社区代码"] for row in visits} <= communities
    assert {row["月份"] for row in visits} == {"2026-10", "2026-09"}
    staff = _sheet(folder / "人员.xlsx")
    assert {str(row[0]) for row in staff[2:]} == communities
    hauls = _rows(now, "清运台账.csv", "gb18030")
    assert {row["社区代码"] for row in hauls} == communities
    events = [line.split("\t") for line in _lines(before / "五类活动.tsv")][1:]
    assert {code for code, *_ in events} <= set(columns["id"])
    assert len({kind for _, _, kind, _ in events}) == 5


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_what_failed_is_mended_or_not_and_one_item_fails_again(folder: Path) -> None:
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for place in (folder / "previous", folder):
        for row in _rows(place, "环境卫生检查.csv", "gbk"):
            if row["得分"].isdecimal() and row["检查日期"][:8] in ("2026-09-", "2026-10-"):
                key = row["网格编码"], row["项目"]
                found.setdefault(key, []).append((row["检查日期"], int(row["得分"]) >= 90))
    runs = ["".join("+" if passed else "-" for _, passed in sorted(one)) for one in found.values()]
    assert runs.count("-+-") == 1
    assert min(runs.count(run) for run in ("-", "-+", "--", "+")) > 3
    said = [row for row in _rows(folder, "环境卫生检查.csv", "gbk") if row["闭环日期"]]
    assert said
    assert all(int(row["得分"]) < 90 for row in said)


def test_cases_lie_in_the_city_once_their_shift_is_undone(folder: Path, layers: CityLayers) -> None:
    cases = _rows(folder / "previous", "案件.csv")
    shown = np.array([[float(row["经度"]), float(row["纬度"])] for row in cases])
    places = gcj02_to_wgs84(shown)
    whole = shapely.union_all(layers.grids.geometry)
    assert shapely.contains_xy(whole, places[:, 0], places[:, 1]).all()
    later = _rows(folder, "案件.csv")
    open_then = {row["工单号"] for row in cases if not row["办结日期"]}
    closed_now = {row["工单号"] for row in later if row["办结日期"]}
    assert open_then & closed_now
    assert open_then - closed_now
    assert {row["工单号"] for row in cases} < {row["工单号"] for row in later}
    assert any(row["办结日期"] > row["办结期限"] for row in later)
    assert all(row["办结日期"] <= "2026-10-31" for row in later)


def test_estates_stand_in_a_street_or_across_two_and_one_half_and_half(
    folder: Path, city: City
) -> None:
    content = json.loads((folder / "小区.geojson").read_text("utf-8"))
    named = [feature["properties"] for feature in content["features"]]
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in content["features"]])
    shapes = shapely.transform(shapes, in_metres)
    grids = shapely.transform(on_globe(city.blocks.shapes), in_metres)
    shares: list[dict[str, float]] = []
    for shape in shapes:
        area = dict.fromkeys(city.areas.street_name, 0.0)
        for street, piece in zip(
            city.areas.street.tolist(), shapely.intersection(grids, shape), strict=True
        ):
            area[city.areas.street_name[street]] += piece.area
        shares.append({name: size for name, size in area.items() if size > 1})
    across = [k for k, one in enumerate(shares) if len(one) == 2]
    assert across == [0, 1, 2, len(shapes) - 1]
    first, second = shares[-1].values()
    assert abs(first - second) < 0.05
    for k in across[:3]:
        larger = max(shares[k], key=lambda name: shares[k][name])
        assert (named[k]["街道"] == larger) is (k > 0)
    twins = [name for name, n in Counter(one["小区名称"] for one in named).items() if n > 1]
    (twin,) = twins
    assert len({one["社区"] for one in named if one["小区名称"] == twin}) == 2
