"""Coordinate systems: declared wins, undeclared and contradictory is refused."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from etl.layers import Layer
from etl.readers.layer import read_layer
from etl.settings import FacilitySource, Source
from geo.errors import InputDataError, SettingsError

PLACE = (121.5272106, 31.1774276)
# published pair for the offset of Chinese web maps, longitude first
PLACE_GCJ = (121.531541859215, 31.17530398364597)


def points(folder: Path, rows: list[tuple[float, float]], crs: str = "auto") -> Layer:
    file = folder / "p.csv"
    lines = ["name,lon,lat", *(f"n,{x!r},{y!r}" for x, y in rows)]
    file.write_text("\n".join(lines), encoding="utf-8")
    source = FacilitySource("[[facilities]]", file.name, file, crs=crs, category="EDU_PRIMARY")
    return read_layer(source, "facilities")


def areas(folder: Path, own: str | None, shape: shapely.Polygon, crs: str = "auto") -> Layer:
    file = folder / "g.gpkg"
    file.unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        gpd.GeoDataFrame({"id": ["1"]}, geometry=[shape], crs=own).to_file(file, layer="g")
    return read_layer(Source("[grids]", file.name, file, crs=crs), "grids")


def square(x: float, y: float, size: float) -> shapely.Polygon:
    return shapely.box(x, y, x + size, y + size)


def test_points_of_a_chinese_web_map_move_back_when_declared(tmp_path: Path) -> None:
    layer = points(tmp_path, [PLACE_GCJ], "GCJ-02")
    assert (layer.geometry[0].x, layer.geometry[0].y) == pytest.approx(PLACE, abs=1e-8)
    assert layer.crs == "GCJ-02"


@pytest.mark.parametrize("name", ["WGS84", "wgs-84", "EPSG:4326", "CGCS2000", "EPSG:4490"])
def test_spellings_of_wgs84_and_its_equal_leave_points_alone(tmp_path: Path, name: str) -> None:
    layer = points(tmp_path, [PLACE], name)
    assert (layer.geometry[0].x, layer.geometry[0].y) == PLACE


def test_a_projected_system_is_undone(tmp_path: Path) -> None:
    x, y = pyproj.Transformer.from_crs(4326, 32651, always_xy=True).transform(*PLACE)
    layer = points(tmp_path, [(x, y)], "EPSG:32651")
    assert (layer.geometry[0].x, layer.geometry[0].y) == pytest.approx(PLACE, abs=1e-9)
    own = areas(tmp_path, "EPSG:32651", square(x, y, 100))
    assert own.crs == "EPSG:32651"
    assert own.geometry[0].bounds[:2] == pytest.approx(PLACE, abs=1e-4)
    assert own.faults == []


def test_degrees_without_a_statement_are_wgs84_and_say_so(tmp_path: Path) -> None:
    assert "read as WGS84" in str(points(tmp_path, [PLACE]).note)


@pytest.mark.parametrize(
    ("easting", "hint"),
    [(40_500_000.0, "EPSG:4528"), (500_000.0, "does not tell its meridian")],
)
def test_metres_without_a_statement_are_refused_with_a_hint(
    tmp_path: Path, easting: float, hint: str
) -> None:
    with pytest.raises(InputDataError, match=f"CRS_MISSING.*{hint}"):
        points(tmp_path, [(easting, 3_450_000.0)])


def test_a_declaration_wins_over_the_file_and_both_are_shown(tmp_path: Path) -> None:
    layer = areas(tmp_path, "EPSG:4326", square(*PLACE_GCJ, 0.001), "GCJ-02")
    (fault,) = layer.faults
    assert (fault.code, fault.severity) == ("CRS_DECLARED", "warning")
    assert "GCJ-02" in fault.message
    assert "WGS84" in fault.message
    corner = layer.geometry[0].bounds[:2]
    assert corner == pytest.approx(PLACE, abs=1e-6)


def test_a_declaration_that_the_numbers_contradict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match="said to be WGS84, but its numbers are not degrees"):
        areas(tmp_path, None, square(500_000, 3_450_000, 100), "WGS84")
    with pytest.raises(InputDataError, match=r"CRS_WRONG.*expected metres"):
        points(tmp_path, [PLACE], "EPSG:4528")
    with pytest.raises(SettingsError, match=r'"GCJ-2" is not a known .* expected `GCJ-02`'):
        points(tmp_path, [PLACE], "GCJ-2")
    with pytest.raises(SettingsError, match="EPSG:999999"):
        points(tmp_path, [PLACE], "EPSG:999999")


@pytest.mark.parametrize("place", [PLACE[::-1], (-30.0, -151.2)])
def test_latitude_in_the_place_of_longitude_is_refused(
    tmp_path: Path, place: tuple[float, float]
) -> None:
    with pytest.raises(InputDataError, match="CRS_SWAP"):
        points(tmp_path, [place])


def test_one_place_off_the_globe_does_not_refuse_the_file(tmp_path: Path) -> None:
    layer = points(tmp_path, [PLACE, PLACE, (1215.0, 31.0)])
    assert [entry.reason for entry in layer.rejected] == ["XY_RANGE"]
    assert len(layer.row) == 2


def test_the_centres_that_grids_name_move_with_their_outlines(tmp_path: Path) -> None:
    file = tmp_path / "g.csv"
    wkt = square(*PLACE_GCJ, 0.001).wkt
    file.write_text(f"id;wkt;lon;lat\n1;{wkt};{PLACE_GCJ[0]};{PLACE_GCJ[1]}\n", encoding="utf-8")
    source = Source("[grids]", file.name, file, crs="GCJ-02", wkt="wkt")
    columns = read_layer(source, "grids").columns
    own = np.array([float(columns["lon"][0]), float(columns["lat"][0])])
    assert own == pytest.approx(PLACE, abs=1e-8)
