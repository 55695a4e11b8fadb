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
from etl.readers.systems import Zone, named, zone_of
from etl.settings import FacilitySource, Source, load_city
from geo.datum import wgs84_to_bd09, wgs84_to_bd09mc, wgs84_to_gcj02
from geo.errors import InputDataError, SettingsError

PLACE = (121.5272106, 31.1774276)
# published pair for the offset of Chinese web maps, longitude first
PLACE_GCJ = (121.531541859215, 31.17530398364597)


def points(folder: Path, rows: list[tuple[float, float]], crs: str = "auto") -> Layer:
    file = folder / "p.csv"
    lines = ["name,lon,lat", *(f"n,{float(x)!r},{float(y)!r}" for x, y in rows)]
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
    [
        (40_500_000.0, "EPSG:4528"),
        (18_500_000.0, "EPSG:4496"),
        (500_000.0, "does not tell its meridian"),
        (12_958_175.0, "BD-09MC, Baidu's metres, and EPSG:3857"),
        (62_000.0, "control_points"),
    ],
)
def test_metres_without_a_statement_are_refused_with_a_hint(
    tmp_path: Path, easting: float, hint: str
) -> None:
    with pytest.raises(InputDataError, match=f"CRS_MISSING.*{hint}"):
        points(tmp_path, [(easting, 3_450_000.0)])


def test_northings_that_stand_first_are_named_in_the_hint(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match=r"CRS_MISSING.*northing stands first.*EPSG:4528"):
        points(tmp_path, [(3_450_000.0, 40_500_000.0)])


def test_zones_are_known_by_every_usual_name() -> None:
    datums = {"CGCS2000": "国家2000", "Xian 1980": "西安80", "Beijing 1954": "北京54"}
    for code in [*range(4491, 4555), *range(2327, 2391), *range(2401, 2443)]:
        zone = zone_of(f"EPSG:{code}")
        assert zone is not None
        name = datums[zone.datum]
        easting = 500_000.0 + zone.is_prefixed * zone.number * 1_000_000
        for text in (
            f"{name} {zone.width}度带 {zone.number}带",
            f"{name}{zone.width}度带第{zone.number}带",
            pyproj.CRS(code).name,
        ):
            found = named(text)
            assert isinstance(found, Zone)
            told = found.fitting(easting)
            assert (told.meridian, told.is_prefixed) == (zone.meridian, zone.is_prefixed)
            if zone.is_prefixed:
                assert told == zone


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


# As people write them, with the code whose projection writes the points of the test.
NAMED = [
    ("WGS84", 4326),
    ("CGCS2000", 4490),
    ("国家2000", 4490),
    ("大地2000", 4490),
    *((f"EPSG:{code}", code) for code in (4491, 4502, 4513, 4534, 4533, 4554, 4501, 4512)),
    ("EPSG:4545", 4545),
    ("CGCS2000 3度带 36带", 4545),
    ("CGCS2000 3度带 36带", 4524),
    ("CGCS2000_3_Degree_GK_CM_108E", 4545),
    ("CGCS2000 / 3-degree Gauss-Kruger zone 36", 4524),
    ("国家2000 中央经线105", 4507),
    ("大地2000 6度带 18带", 4496),
]
OLD = [
    ("西安80", 4610),
    ("EPSG:4610", 4610),
    ("西安80 3度带 36带", 2360),
    ("EPSG:2381", 2381),
    ("西安80 6度带 18带", 2332),
    ("EPSG:2343", 2343),
    ("北京54", 4214),
    ("EPSG:2412", 2412),
    ("北京54 中央经线108", 2433),
    ("北京54 18带", 21418),
    ("EPSG:21458", 21458),
]


def near_meridian(code: int) -> np.ndarray:
    """Places in the zone of a code, or in Kaili for degrees."""
    crs = pyproj.CRS(code)
    meridian = 108.0
    if crs.is_projected:
        assert crs.coordinate_operation is not None
        meridian = crs.coordinate_operation.params[1].value
    return np.array([[meridian - 0.3, 39.9], [meridian + 0.2, 40.1], [meridian + 0.01, 40.0]])


def metres_between(layer: Layer, lonlat: np.ndarray) -> float:
    read = shapely.get_coordinates(layer.geometry)
    geod = pyproj.Geod(ellps="WGS84")
    return float(np.max(geod.inv(read[:, 0], read[:, 1], lonlat[:, 0], lonlat[:, 1])[2]))


@pytest.mark.parametrize(("name", "code"), NAMED)
def test_every_system_of_china_comes_back_to_a_centimetre(
    tmp_path: Path, name: str, code: int
) -> None:
    lonlat = near_meridian(code)
    written = pyproj.Transformer.from_crs(4490, code, always_xy=True).transform(*lonlat.T)
    layer = points(tmp_path, list(zip(*written, strict=True)), name)
    assert metres_between(layer, lonlat) < 0.01
    assert layer.faults == []


@pytest.mark.parametrize(("name", "code"), OLD)
def test_old_systems_are_read_on_their_own_ellipsoid_with_a_warning(
    tmp_path: Path, name: str, code: int
) -> None:
    lonlat = near_meridian(code)
    base = pyproj.CRS(code).geodetic_crs
    written = pyproj.Transformer.from_crs(base, code, always_xy=True).transform(*lonlat.T)
    layer = points(tmp_path, list(zip(*written, strict=True)), name)
    assert metres_between(layer, lonlat) < 0.01
    (fault,) = layer.faults
    assert (fault.code, fault.severity) == ("CRS_OLD_DATUM", "warning")
    assert "control_points" in fault.action


@pytest.mark.parametrize(
    ("names", "write"),
    [
        (("GCJ-02", "gcj02", "火星坐标", "高德坐标"), wgs84_to_gcj02),
        (("BD-09", "BD09LL", "百度坐标"), wgs84_to_bd09),
        (("BD-09MC", "百度墨卡托"), wgs84_to_bd09mc),
    ],
)
def test_web_maps_come_back_to_a_centimetre(tmp_path: Path, names, write) -> None:
    lonlat = np.array([[116.30, 39.9], [108.0, 26.6], [113.95, 22.54]])
    for name in names:
        layer = points(tmp_path, write(lonlat).tolist(), name)
        assert metres_between(layer, lonlat) < 0.01
        assert layer.faults == []


def test_places_where_web_maps_shift_nothing_are_counted(tmp_path: Path) -> None:
    hong_kong = [114.158, 22.282]
    places = np.array([[113.95, 22.54], hong_kong])
    layer = points(tmp_path, wgs84_to_gcj02(places).tolist(), "GCJ-02")
    assert metres_between(layer, places) < 0.01
    (fault,) = layer.faults
    assert (fault.code, fault.severity) == ("CRS_OUTSIDE", "note")
    assert fault.message.startswith("1 coordinate of 2 outside mainland China, first 114.158")


def test_every_zone_code_is_the_zone_that_its_registry_says() -> None:
    codes = [*range(4491, 4555), *range(2327, 2391), *range(2401, 2443)]
    codes += [*range(21413, 21424), *range(21453, 21464)]
    for code in codes:
        zone = zone_of(f"EPSG:{code}")
        assert zone is not None
        assert zone.crs == f"EPSG:{code}"
        crs = pyproj.CRS(code)
        assert crs.coordinate_operation is not None
        _, meridian, scale, easting, northing = (p.value for p in crs.coordinate_operation.params)
        start = zone.number * 1_000_000 if zone.is_prefixed else 0
        assert (meridian, scale, easting, northing) == (zone.meridian, 1.0, start + 500_000, 0)
        assert zone.datum in crs.name
        assert ("3-degree" in crs.name) == (zone.width == 3)
    assert zone_of("EPSG:4555") is None
    assert zone_of("EPSG:3857") is None


@pytest.mark.parametrize(
    ("crs", "place", "message"),
    [
        ("EPSG:4545", (36_500_000.0, 2_950_000.0), r"CRS_WRONG.*6 digits.*EPSG:4524 would fit"),
        ("EPSG:4524", (500_000.0, 2_950_000.0), r"8 digits that begin with 36.*EPSG:4545 would"),
        ("EPSG:4524", (37_500_000.0, 2_950_000.0), "EPSG:4525 would fit"),
        ("EPSG:4545", (2_950_000.0, 500_000.0), r"northings where eastings belong.*CRS_SWAP"),
        ("EPSG:4524", (2_950_000.0, 36_500_000.0), "CRS_SWAP"),
        ("百度坐标", (12_958_175.0, 4_825_923.0), r"not degrees.*BD-09MC"),
        ("西安80", (36_500_000.0, 2_950_000.0), "begins with 36"),
        ("local", (108.0, 26.5), "control_points"),
        ("CGCS2000 3度带 99带", (108.0, 26.5), "not a known coordinate system"),
    ],
)
def test_eastings_that_are_not_those_of_the_zone_are_refused(
    tmp_path: Path, crs: str, place: tuple[float, float], message: str
) -> None:
    with pytest.raises((InputDataError, SettingsError), match=message):
        points(tmp_path, [place], crs)


LOCAL_ROWS = [(12_000.0, 8_000.0), (31_000.0, 9_500.0), (20_000.0, 26_000.0), (25_000.0, 17_000.0)]


def planted_local(rows: list[tuple[float, float]]) -> np.ndarray:
    """A city's own plane: zone 36 moved by whole kilometres and turned by half a degree."""
    turn = np.radians(0.5)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    metric = np.array(rows) @ matrix.T + np.array([480_000.0, 2_940_000.0])
    lon, lat = pyproj.Transformer.from_crs(4545, 4326, always_xy=True).transform(*metric.T)
    return np.column_stack([lon, lat])


def local_points(folder: Path, control: np.ndarray, crs: str = "local") -> Layer:
    file = folder / "p.csv"
    lines = ["name,lon,lat", *(f"n,{x!r},{y!r}" for x, y in LOCAL_ROWS)]
    file.write_text("\n".join(lines), encoding="utf-8")
    rows = tuple(tuple(row) for row in control.tolist())
    source = FacilitySource(
        "[[facilities]]", file.name, file, crs=crs, category="EDU_PRIMARY", control_points=rows
    )
    return read_layer(source, "facilities")


@pytest.mark.parametrize(("number", "crs"), [(2, "local"), (3, "地方坐标"), (4, "auto")])
def test_a_citys_own_plane_is_read_by_its_control_points(
    tmp_path: Path, number: int, crs: str
) -> None:
    lonlat = planted_local(LOCAL_ROWS)
    control = np.column_stack([LOCAL_ROWS, lonlat])[:number]
    layer = local_points(tmp_path, control, crs)
    assert metres_between(layer, lonlat) < 0.01
    (fault,) = layer.faults
    assert (fault.code, fault.severity) == ("CRS_CONTROL", "note")
    assert f"{number} control points" in fault.message
    assert "2: 0.000 m" in str(layer.note)
    assert layer.crs == "local"


def test_control_points_that_do_not_fit_are_a_warning_with_every_residual(tmp_path: Path) -> None:
    control = np.column_stack([LOCAL_ROWS, planted_local(LOCAL_ROWS)])
    control[1, 0] += 6.0
    (fault,) = local_points(tmp_path, control).faults
    assert fault.severity == "warning"
    assert "misses by more than 1 m" in fault.action
    assert fault.message.count(" m,") == 3
    exchanged = np.column_stack([LOCAL_ROWS, planted_local(LOCAL_ROWS)])[:2]
    exchanged[:, [0, 1]] = exchanged[:, [1, 0]]
    assert "axes are turned" in local_points(tmp_path, exchanged).faults[0].action
    feet = np.column_stack([np.array(LOCAL_ROWS) / 0.3048, planted_local(LOCAL_ROWS)])
    assert "not that of metres" in local_points(tmp_path, feet).faults[0].action


def test_control_points_that_determine_nothing_are_one_clear_error(tmp_path: Path) -> None:
    control = np.column_stack([LOCAL_ROWS, planted_local(LOCAL_ROWS)])
    for few in (control[:1], control[[0, 0]], control[:0]):
        with pytest.raises(SettingsError, match=r"local.*fewer than two places.*control_points = "):
            local_points(tmp_path, few)
    with pytest.raises(SettingsError, match='expected crs = "local"'):
        local_points(tmp_path, control, "EPSG:4545")
    off_globe = control.copy()
    off_globe[:, [2, 3]] = off_globe[:, [0, 1]]
    with pytest.raises(SettingsError, match="the extent of the data"):
        local_points(tmp_path, off_globe)


def test_control_points_stand_in_any_section_and_are_checked(tmp_path: Path) -> None:
    text = (
        '[city]\nname = "甲"\nas_of = "2026-10"\n[grids]\npath = "g.shp"\ncrs = "local"\n'
        "control_points = [[0, 0, 108.0, 26.5], [1000, 0.0, 108.01, {last}]]\n"
    )
    file = tmp_path / "city.toml"
    file.write_text(text.format(last="26.5"), encoding="utf-8")
    expected = ((0.0, 0.0, 108.0, 26.5), (1000.0, 0.0, 108.01, 26.5))
    assert load_city(file).grids.control_points == expected
    file.write_text(text.format(last='"26.5"'), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"control_points.*number 2.*rows of 4 numbers"):
        load_city(file)


@pytest.mark.parametrize("code", [4545, 4524, 4507, 2381, 2412])
def test_a_prj_of_esri_is_known_by_its_parameters(tmp_path: Path, code: int) -> None:
    lonlat = near_meridian(code)
    base = pyproj.CRS(code).geodetic_crs
    x, y = pyproj.Transformer.from_crs(base, code, always_xy=True).transform(*lonlat.T)
    frame = gpd.GeoDataFrame({"name": ["n"] * len(x)}, geometry=gpd.points_from_xy(x, y))
    file = tmp_path / "p.shp"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        frame.to_file(file)
    (tmp_path / "p.prj").write_text(pyproj.CRS(code).to_wkt("WKT1_ESRI"), encoding="utf-8")
    source = FacilitySource("[[facilities]]", file.name, file, category="EDU_PRIMARY")
    layer = read_layer(source, "facilities")
    assert layer.crs == f"EPSG:{code}"
    assert metres_between(layer, lonlat) < 0.01
    assert [fault.code for fault in layer.faults] == ["CRS_OLD_DATUM"] * (code < 4000)


def test_a_prj_whose_zone_is_not_that_of_the_eastings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match=r"CRS_WRONG.*EPSG:4524 would fit"):
        areas(tmp_path, "EPSG:4545", square(36_500_000, 2_950_000, 100))


@pytest.mark.parametrize("cell", ["5226010010010010010", "-1", "f" * 17, "0x89283082803ffff", "甲"])
def test_what_is_no_h3_cell_is_set_aside(tmp_path: Path, cell: str) -> None:
    file = tmp_path / "p.csv"
    file.write_text(f"name,h3\na,89283082803ffff\nb,{cell}\n", encoding="utf-8")
    source = FacilitySource("[[facilities]]", file.name, file, h3="h3", category="EDU_PRIMARY")
    layer = read_layer(source, "facilities")
    assert [(entry.row, entry.reason) for entry in layer.rejected] == [(3, "H3_INVALID")]
