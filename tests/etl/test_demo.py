"""The demo city: a plan that holds together, and files as users have them."""

import csv
import hashlib
import tomllib
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from etl.demo import write_demo
from etl.demo.city import City, make_city
from etl.demo.services import KINDS
from etl.layers import CityLayers
from etl.readers import read_city
from etl.settings import load_city
from geo.datum import gcj02_to_wgs84
from geo.errors import InputDataError
from geo.network import build_graph, snap
from geo.reach import line_reach, walk_reach
from tests.etl.demo_files import GRIDS, sheet_rows

ROOT = Path(__file__).resolve().parents[2]


def _bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _shops(folder: Path) -> list[dict[str, str]]:
    text = (folder / "便民商业.csv").read_bytes().decode("gbk")
    return list(csv.DictReader(text.splitlines()))


# The plan


@pytest.mark.parametrize(("grids", "seed"), [(GRIDS, 1), (GRIDS, 2), (420, 7)])
def test_there_are_exactly_as_many_grids_as_asked_for(grids: int, seed: int) -> None:
    made = make_city(grids, seed, lambda _share, _message: None)
    assert len(made.blocks.shapes) == grids
    assert len(set(made.areas.code)) == grids
    assert shapely.area(made.blocks.shapes).min() > 1_000


def test_grids_neither_overlap_nor_cover_water_railway_or_parks(demo_plan: City) -> None:
    shapes = demo_plan.blocks.shapes[:-2]
    assert shapely.area(shapes).sum() == pytest.approx(shapely.union_all(shapes).area, abs=1.0)
    kept_free = demo_plan.terrain.no_build()
    assert shapely.union_all(shapes).intersection(kept_free).area < 500


def test_grids_leave_no_hole_in_the_city(demo_plan: City) -> None:
    covered = shapely.union_all([*demo_plan.blocks.shapes, *demo_plan.blocks.pockets])
    left = demo_plan.terrain.outline.difference(
        shapely.union_all([covered, demo_plan.terrain.no_build()])
    )
    assert left.area < 0.004 * demo_plan.terrain.outline.area


def test_every_area_lies_in_one_area_above(demo_plan: City) -> None:
    areas = demo_plan.areas
    for lower, upper in ((areas.community, areas.street), (areas.street, areas.district)):
        pairs = {(int(low), int(up)) for low, up in zip(lower, upper, strict=True)}
        assert len(pairs) == len(set(lower.tolist()))
    for code, community in zip(areas.code, areas.community, strict=True):
        assert len(code) == 15
        assert code.startswith(areas.community_code[community])


def test_names_are_not_used_twice(demo_plan: City) -> None:
    for names in (
        demo_plan.areas.community_name,
        demo_plan.areas.street_name,
        demo_plan.areas.district_name,
    ):
        assert len(names) == len(set(names))


def test_grids_and_communities_have_the_usual_number_of_households(demo_plan: City) -> None:
    households = demo_plan.population.counts[:, 0]
    lived = households[:-2][households[:-2] > 0]
    assert np.mean((lived >= 200) & (lived <= 250)) > 0.85
    assert (households == 0).sum() >= 2
    communities = np.bincount(demo_plan.areas.community, weights=households)
    assert 2_300 < np.median(communities) < 3_700


def test_buildings_stand_in_their_grid_and_add_up_to_it(demo_plan: City) -> None:
    buildings, shapes = demo_plan.buildings, demo_plan.blocks.shapes
    places = shapely.points(buildings.xy_m)
    inside = shapely.dwithin(shapes[buildings.grid], places, 0.1)
    assert inside.all()
    for column in range(4):
        total = np.bincount(
            buildings.grid, weights=buildings.counts[:, column], minlength=len(shapes)
        )
        assert (total == demo_plan.population.counts[:, column]).all()


# The streets


def _graph(city: City) -> nx.Graph:
    graph = nx.Graph()
    for way in city.network.ways:
        nx.add_path(graph, way.nodes)
    return graph


def test_nearly_all_streets_hang_together(demo_plan: City) -> None:
    graph = _graph(demo_plan)
    largest = max(nx.connected_components(graph), key=len)
    assert len(largest) / graph.number_of_nodes() > 0.97


def test_the_river_is_crossed_on_bridges_and_the_railway_in_underpasses(demo_plan: City) -> None:
    xy_m = np.array(demo_plan.network.xy_m)
    water = demo_plan.terrain.water().difference(demo_plan.terrain.island)
    rail = demo_plan.terrain.railway
    crossings = Counter[str]()
    for way in demo_plan.network.ways:
        line = shapely.LineString(xy_m[way.nodes])
        if line.intersection(water).length > 5:
            assert way.tags.get("bridge") == "yes"
            crossings["bridge"] += 1
        if line.crosses(rail):
            assert way.tags.get("tunnel") == "yes"
            crossings["tunnel"] += 1
    assert 3 <= crossings["tunnel"] <= 12
    assert crossings["bridge"] >= 4


def test_walled_estates_meet_the_streets_at_gates(demo_plan: City) -> None:
    public = {"primary", "secondary", "tertiary", "residential"}
    streets = {n for w in demo_plan.network.ways if w.tags["highway"] in public for n in w.nodes}
    paths = {n for w in demo_plan.network.ways if w.tags["highway"] == "service" for n in w.nodes}
    meeting = streets & paths
    assert meeting
    assert np.mean([node in demo_plan.network.gates for node in meeting]) > 0.9
    assert len(demo_plan.network.gates) > 100


def test_everybody_is_near_a_street_but_the_hamlet_in_the_forest(demo_plan: City) -> None:
    xy_m = np.array(demo_plan.network.xy_m)
    ends = np.array(list(_graph(demo_plan).edges))
    graph = build_graph(xy_m, ends[:, 0], ends[:, 1])
    off = snap(graph, demo_plan.buildings.xy_m, 200.0).edge < 0
    assert set(demo_plan.buildings.grid[off].tolist()) == {GRIDS - 1}


def test_a_walk_reaches_fewer_people_than_a_circle(demo_plan: City) -> None:
    xy_m, homes = np.array(demo_plan.network.xy_m), demo_plan.buildings
    ends = np.array(list(_graph(demo_plan).edges))
    graph = build_graph(xy_m, ends[:, 0], ends[:, 1])
    places = np.array(
        [(f.x_m, f.y_m) for f in demo_plan.facilities if f.kind.code == "EDU_PRIMARY"]
    )
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


def test_every_category_of_the_catalogue_is_there(demo_plan: City) -> None:
    content = tomllib.loads((ROOT / "data/catalogue/categories.toml").read_text("utf-8"))
    codes = {entry["code"] for entry in content["category"]}
    assert {kind.code for kind in KINDS} == codes
    assert {one.kind.code for one in demo_plan.facilities} == codes


def test_no_word_of_a_file_means_two_categories() -> None:
    words = Counter((kind.file, kind.word) for kind in KINDS)
    assert max(words.values()) == 1


def test_new_districts_have_fewer_school_places_a_head(demo_plan: City) -> None:
    zone = np.array(demo_plan.blocks.zone)
    centre = shapely.get_coordinates(shapely.centroid(demo_plan.blocks.shapes))
    seats = dict.fromkeys(("old", "inner", "outer"), 0)
    for one in demo_plan.facilities:
        if one.kind.code in ("EDU_PRIMARY", "EDU_NURSERY", "EDU_KINDER"):
            near = np.argmin(np.hypot(*(centre - np.array([one.x_m, one.y_m])).T))
            seats[str(zone[near])] += int(one.capacity)
    people = {name: demo_plan.population.counts[zone == name, 1].sum() for name in seats}
    assert seats["outer"] / people["outer"] < seats["old"] / people["old"]


# The files


def test_the_same_seed_writes_the_same_bytes(demo_folder: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, grids=GRIDS)
    assert _bytes_of(tmp_path) == _bytes_of(demo_folder)


def test_another_seed_draws_another_city(demo_plan: City) -> None:
    other = make_city(GRIDS, 2, lambda _share, _message: None)
    assert other.terrain.outline.symmetric_difference(demo_plan.terrain.outline).area > 1e5


def test_the_shapefile_is_gbk_and_does_not_say_so(demo_folder: Path) -> None:
    assert not (demo_folder / "网格.cpg").exists()
    head = (demo_folder / "网格.dbf").read_bytes()
    assert head[29] == 0
    assert tuple(head[1:4]) == (126, 10, 31)
    assert "网格编码".encode("gbk") in head[:500]
    assert "CGCS2000" in (demo_folder / "网格.prj").read_text().replace(
        "China Geodetic", "CGCS2000"
    )


def test_the_shops_are_shifted_as_city_toml_says(demo_folder: Path, demo_plan: City) -> None:
    settings = load_city(demo_folder / "city.toml")
    assert [block.crs for block in settings.facilities] == ["WGS84", "GCJ-02"]
    rows = [row for row in _shops(demo_folder) if row["状态"] == "开放"]
    lonlat = np.array([(float(row["经度"]), float(row["纬度"])) for row in rows])
    home = gcj02_to_wgs84(lonlat)
    assert np.hypot(*((home - lonlat) * (95_800, 111_000)).T).min() > 100
    spread = np.hypot(*((home - home.mean(axis=0)) * (95_800, 111_000)).T)
    assert (
        spread.max()
        < 1.3 * np.hypot(*np.ptp(demo_plan.terrain.outline.exterior.coords, axis=0)) / 2
    )


def test_the_sheet_has_a_title_above_and_a_total_below(demo_folder: Path) -> None:
    rows = sheet_rows(demo_folder / "设施.xlsx")
    assert "台账" in str(rows[0][0])
    assert rows[1][:5] == ["编号", "名称", "类别", "经度", "纬度"]
    assert rows[-1][0] == "合计"


def test_the_month_before_differs_in_people_and_facilities(demo_folder: Path) -> None:
    now, before = (
        load_city(place / "city.toml") for place in (demo_folder, demo_folder / "previous")
    )
    assert (now.city.as_of, before.city.as_of) == ("2026-10", "2026-09")
    assert now.city.is_synthetic
    assert before.city.is_synthetic
    states = [
        {(row[0], row[2]): row[5] for row in sheet_rows(place / "设施.xlsx")[2:-1]}
        for place in (demo_folder, demo_folder / "previous")
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
    people = [
        (place / "楼栋.csv").read_bytes() for place in (demo_folder, demo_folder / "previous")
    ]
    assert people[0] != people[1]


def test_the_readers_take_all_of_it(demo_layers: CityLayers) -> None:
    assert len(demo_layers.grids.row) == GRIDS
    assert demo_layers.grids.encoding.lower() in ("gbk", "gb18030")
    assert demo_layers.streets is not None
    assert set(demo_layers.basemap) == {"water", "green", "roads", "railways", "barriers"}
    assert "major_bridge" in set(demo_layers.basemap["roads"].columns["kind"])
    assert not [fault for fault in demo_layers.all_faults() if fault.severity == "blocking"]


@pytest.mark.parametrize(
    "reason", ["XY_ZERO", "XY_RANGE", "NUM_TEXT", "CAT_UNKNOWN", "TOTAL_ROW", "GRID_INVALID"]
)
def test_a_planted_fault_is_found_by_the_readers(demo_layers: CityLayers, reason: str) -> None:
    found = {fault.code for fault in demo_layers.all_faults()}
    found |= {row.reason for part in demo_layers.parts() for row in part.rejected}
    assert reason in found


def test_planted_faults_of_content_are_in_the_files(
    demo_folder: Path, demo_layers: CityLayers
) -> None:
    public = demo_layers.facilities[0].columns
    ids = Counter(zip(public["id"], public["category"], public["name"], strict=True))
    junior = [name for (_, code, name) in ids if code == "EDU_JUNIOR"]
    number = {one for (one, code, _) in ids if code == "EDU_JUNIOR"}
    assert len(number) < len(junior)
    assert None in set(public["name"])
    written = dict(zip(public["床位学位"], public["capacity"], strict=True))
    assert written["约120"] == "120"
    assert {"停用", "规划", "存疑", "待定"} <= set(public["status"])
    grids = demo_layers.grids.columns
    assert None in set(grids["people"])
    assert "0" in set(grids["people"])
    households = [
        (float(p), float(h))
        for p, h in zip(grids["people"], grids["households"], strict=True)
        if p is not None
    ]
    assert sum(people < number for people, number in households) == 1
    ledger = sheet_rows(demo_folder / "社区台账.xlsx")
    assert ledger[2][5] == "6*0"
    short = [row for row in ledger[3:] if float(str(row[5])) < 0.30 * float(str(row[3]))]
    assert short


def test_one_planted_grid_overlaps_and_one_leaves_a_gap(demo_layers: CityLayers) -> None:
    shapes = demo_layers.grids.geometry
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
