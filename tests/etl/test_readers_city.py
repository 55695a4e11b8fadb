"""A whole city read through its city.toml."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from etl.layers import CityLayers
from etl.readers import read_city
from etl.settings import load_city
from geo.errors import InputDataError, SourceMissingError

GRIDS = "id;wkt\n1;POLYGON((117 39,117.01 39,117.01 39.01,117 39))\n"
CITY = '[city]\nname = "甲市"\nas_of = "2026-10"\n[grids]\npath = "g.csv"\nwkt = "wkt"\n'


def city(folder: Path, text: str) -> CityLayers:
    (folder / "g.csv").write_text(GRIDS, encoding="utf-8")
    (folder / "city.toml").write_text(CITY + text, encoding="utf-8")
    return read_city(load_city(folder / "city.toml"))


def test_microcity_is_read_as_it_was_made(real_data: Path) -> None:
    said: list[str] = []
    layers = read_city(load_city(real_data / "microcity" / "city.toml"), said.append)
    assert layers.grids.columns["id"].tolist() == [f"G{at}" for at in range(1, 8)]
    assert layers.grids.columns["people"].tolist()[3:5] == ["0", None]
    (facilities,) = layers.facilities
    assert facilities.columns["status"].tolist() == ["open", "closed", "open"]
    assert facilities.columns["capacity"].tolist() == ["10", "5", "100"]
    assert layers.streets is not None
    assert "二路" in layers.streets.name
    assert list(layers.basemap) == ["water"]
    assert layers.all_faults() == []
    assert len(said) == 4


def test_porto_alegre_has_its_people_schools_and_clinics(real_data: Path, tmp_path: Path) -> None:
    folder = (real_data / "poa").as_posix()
    text = f"""[city]
name = "Porto Alegre"
as_of = "2020-01"
[grids]
path = "{folder}/poa_hexgrid.csv"
h3 = "id"
[[facilities]]
path = "{folder}/poa_hexgrid.csv"
h3 = "id"
category = "EDU_PRIMARY"
where = "schools > 0"
[[facilities]]
path = "{folder}/poa_hexgrid.csv"
h3 = "id"
category = "MED_STATION"
where = "healthcare > 0"
"""
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")
    layers = read_city(load_city(tmp_path / "city.toml"))
    assert layers.grids.rows_in == 1227
    assert sum(int(cell) for cell in layers.grids.columns["people"]) == 812_935
    schools, clinics = layers.facilities
    assert (len(schools.row), sum(map(int, schools.columns["schools"]))) == (177, 194)
    assert (len(clinics.row), sum(map(int, clinics.columns["healthcare"]))) == (117, 141)
    # the file gives each cell's centre as well, equal to a metre: a check of the cells
    at = np.column_stack([shapely.get_x(schools.geometry), shapely.get_y(schools.geometry)])
    own = dict(
        zip(
            layers.grids.columns["id"],
            zip(layers.grids.columns["lon"], layers.grids.columns["lat"], strict=True),
            strict=True,
        )
    )
    expected = [[float(value) for value in own[cell]] for cell in schools.columns["id"]]
    assert at == pytest.approx(np.array(expected), abs=1e-5)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = (
        '[[facilities]]\npath = "none.csv"\ncategory = "EDU_PRIMARY"\n'
        '[network]\npath = "none.osm"\n'
    )
    with pytest.raises(SourceMissingError, match=r"(?s)2 inputs.*1\. .*none\.csv.*2\. .*none\.osm"):
        city(tmp_path, text)


def test_points_that_fit_only_when_exchanged_are_refused(tmp_path: Path) -> None:
    # (40, 50) is neither beyond 90 degrees nor in China: only the grids tell
    (tmp_path / "g.csv").write_text(
        "id;wkt\n1;POLYGON((40 50,40.01 50,40.01 50.01,40 50))\n", encoding="utf-8"
    )
    (tmp_path / "f.csv").write_text("name,lon,lat\na,50.001,40.001\n", encoding="utf-8")
    block = '[[facilities]]\npath = "f.csv"\ncategory = "EDU_PRIMARY"\n'
    (tmp_path / "city.toml").write_text(CITY + block, encoding="utf-8")
    with pytest.raises(InputDataError, match="only with longitude and latitude exchanged"):
        read_city(load_city(tmp_path / "city.toml"))


def test_facilities_far_outside_are_kept(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("name,lon,lat\na,87.5,43.8\n", encoding="utf-8")
    layers = city(tmp_path, '[[facilities]]\npath = "f.csv"\ncategory = "EDU_PRIMARY"\n')
    assert len(layers.facilities[0].row) == 1


def test_a_category_that_is_not_in_the_catalogue_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("name,lon,lat\na,117,39\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"EDU_PRIMRY is not in the cat.*`EDU_PRIMARY`"):
        city(tmp_path, '[[facilities]]\npath = "f.csv"\ncategory = "EDU_PRIMRY"\n')


def test_a_street_extract_is_no_layer_of_the_basemap(tmp_path: Path) -> None:
    (tmp_path / "f.osm").write_text("<osm/>", encoding="utf-8")
    with pytest.raises(InputDataError, match=r"OpenStreetMap file; .*Use it as \[network\]"):
        city(tmp_path, '[basemap]\ngreen = "f.osm"\n')


def test_the_layers_of_the_basemap_need_no_columns(real_data: Path, tmp_path: Path) -> None:
    shape = (real_data / "spopt_sf" / "ServiceAreas_4.shp").as_posix()
    layers = city(tmp_path, f'[basemap]\ngreen = "{shape}"\n')
    assert len(layers.basemap["green"].row) == 16
    assert ".dbf is missing" in str(layers.basemap["green"].note)


def test_districts_by_their_own_field(real_data: Path) -> None:
    from etl.readers.layer import read_layer
    from etl.settings import Source

    file = real_data / "shenzhen_tbd" / "sz.json"
    layer = read_layer(Source("[grids]", file.name, file, {"id": "qh"}), "grids")
    assert len(layer.row) == 10
    assert "罗湖" in layer.columns["id"]
