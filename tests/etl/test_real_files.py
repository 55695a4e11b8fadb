"""Files with parts missing, as they come: outlines alone, districts without codes."""

import csv
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from etl.build import BuildOptions, build_city, check_city
from geo.errors import InputDataError
from tests.etl.conftest import opened

AREAS = "ServiceAreas_4.shp"
TRACTS = "SF_demand_205_centroid_uniform_weight.csv"
STORES = "SF_store_site_16_longlat.csv"


def _city_toml(folder: Path, files: Path, grid_id: str) -> Path:
    toml = folder / "city.toml"
    there = files.as_posix()
    toml.write_text(
        '[city]\nname = "San Francisco"\nas_of = "2026-10"\n'
        f'[grids]\npath = "{there}/{AREAS}"\n{grid_id}\n'
        f'[demand]\nmethod = "buildings"\npath = "{there}/{TRACTS}"\nid = "ID"\nlon = "long"\n'
        'lat = "lat"\npeople = "POP2000"\nhouseholds = "HOUSEHOLDS"\n'
        f'[[facilities]]\npath = "{there}/{STORES}"\nid = "NAME"\nname = "NAME"\nlon = "long"\n'
        'lat = "lat"\ncategory = "COM_SUPER"\n',
        encoding="utf-8",
    )
    return toml


def test_outlines_alone_are_refused_with_the_missing_parts_and_a_way_on(
    real_data: Path, tmp_path: Path
) -> None:
    toml = _city_toml(tmp_path, real_data / "spopt_sf", "")
    with pytest.raises(InputDataError) as refusal:
        check_city(toml)
    for said in (AREAS, ".dbf is missing", ".prj is missing", 'id = "#row"'):
        assert said in str(refusal.value)


def test_outlines_alone_become_grids_numbered_by_row(real_data: Path, tmp_path: Path) -> None:
    files = real_data / "spopt_sf"
    toml = _city_toml(tmp_path, files, 'id = "#row"')
    build_city(toml, tmp_path / "store", BuildOptions(workers=1))
    con = opened(tmp_path / "store")
    sources = {
        path: row
        for path, *row in con.execute(
            "select path, rows_in, rows_loaded, rows_quarantined, crs, note from source"
        ).fetchall()
    }
    grids = con.execute("select grid_id, people_milli from grid order by grid_idx").fetchall()
    shapes = shapely.from_wkb(
        [row[0] for row in con.execute("select st_aswkb(geom)::blob from grid").fetchall()]
    )
    issues = con.execute("select distinct code from issue").fetchall()
    con.close()

    shown = (files / AREAS).as_posix()
    assert sources[shown][:4] == [16, 16, 0, "WGS84"]
    assert ".dbf is missing" in sources[shown][4]
    assert ".prj is missing" in sources[shown][4]
    assert sorted(grid_id for grid_id, _ in grids) == sorted(str(n) for n in range(1, 17))

    with (files / TRACTS).open(encoding="utf-8-sig") as handle:
        tracts = list(csv.DictReader(handle))
    points = shapely.points([(float(one["long"]), float(one["lat"])) for one in tracts])
    people = np.array([int(one["POP2000"]) for one in tracts])
    # published with the data: everybody in the 205 tracts
    assert people.sum() == 955_113
    inside = np.array([shapely.intersects(shapes, point).any() for point in points])
    assert sum(milli or 0 for _, milli in grids) == 1000 * people[inside].sum()
    loaded, aside = sources[(files / TRACTS).as_posix()][1:3]
    assert (loaded, aside) == (inside.sum(), (~inside).sum())
    assert (("XY_RANGE",) in issues) is bool((~inside).any())


def test_districts_known_by_name_only_keep_their_outlines_and_centres(
    real_data: Path, tmp_path: Path
) -> None:
    path = real_data / "shenzhen_tbd" / "sz.json"
    toml = tmp_path / "city.toml"
    toml.write_text(
        f'[city]\nname = "深圳市"\nas_of = "2026-10"\n[grids]\npath = "{path.as_posix()}"\n'
        'id = "qh"\nname = "qh"\nlon = "centroid_x"\nlat = "centroid_y"\n'
        '[demand]\nmethod = "centre"\n',
        encoding="utf-8",
    )
    found = check_city(toml)
    (grids,) = [source for source in found.sources if source.kind == "grids"]
    assert (grids.rows_in, grids.rows_loaded, grids.rows_quarantined) == (10, 10, 0)
    assert not [fault for fault in found.faults if fault.severity == "blocking"]

    build_city(toml, tmp_path / "store", BuildOptions(workers=1))
    con = opened(tmp_path / "store")
    stored = dict(con.execute("select grid_id, area_dm2 from grid").fetchall())
    places = {
        grid_id: (lon, lat)
        for grid_id, lon, lat in con.execute(
            "select grid_id, demand.lon, demand.lat from demand join grid using (grid_idx)"
        ).fetchall()
    }
    con.close()
    geod = pyproj.Geod(ellps="WGS84")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert len(stored) == len(features) == 10
    for feature in features:
        properties = feature["properties"]
        shape = shapely.geometry.shape(feature["geometry"])
        area_m2 = abs(geod.geometry_area_perimeter(shape)[0])
        assert stored[properties["qh"]] / 100 == pytest.approx(area_m2, rel=1e-3)
        assert places[properties["qh"]] == pytest.approx(
            (properties["centroid_x"], properties["centroid_y"]), abs=1e-7
        )
