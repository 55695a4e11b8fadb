"""The evidence for a coordinate system: planted offsets are found, clean places never accused."""

from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from etl.build import BuildOptions, build_city
from etl.demo import write_demo
from etl.layers import CityLayers, Fault, Layer
from etl.readers import read_city
from etl.readers.evidence import GRIDS_BD09, GRIDS_GCJ02, SWAPPED, weigh
from etl.settings import load_city
from geo import datum
from geo.errors import LivingCircleError
from geo.mainland import is_mainland
from geo.store import release as releases
from tests.etl.conftest import opened

SIDE_M = 350.0
MANY = settings(max_examples=60, deadline=None)
MIDDLES = st.tuples(st.floats(75, 134), st.floats(18.3, 53))
PLANT = {
    "WGS84": np.asarray,
    "GCJ-02": datum.wgs84_to_gcj02,
    "BD-09": datum.wgs84_to_bd09,
    SWAPPED: lambda lonlat: lonlat[:, ::-1],
}


def mosaic(middle: tuple[float, float], across: int) -> tuple[np.ndarray, np.ndarray]:
    """Square grids round a place, and for each the community of 2 x 2 grids that it belongs to."""
    lon, lat = middle
    east, north = SIDE_M / 111_320 / np.cos(np.radians(lat)), SIDE_M / 111_320
    column, row = np.meshgrid(np.arange(across), np.arange(across))
    west = lon + (column.ravel() - across / 2) * east
    south = lat + (row.ravel() - across / 2) * north
    community = (row.ravel() // 2) * across + column.ravel() // 2
    return shapely.box(west, south, west + east, south + north), community


def scattered(
    polygons: np.ndarray, group: np.ndarray, number: int, seed: int, noise_m: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Places inside random grids, moved by some noise, and the group each says it is in."""
    rng = np.random.default_rng(seed)
    grid = rng.integers(0, len(polygons), number)
    west, south, east, north = shapely.bounds(polygons[grid]).T
    lonlat = np.column_stack([rng.uniform(west, east), rng.uniform(south, north)])
    spread = noise_m / 111_320 / np.array([np.cos(np.radians(lonlat[0, 1])), 1.0])
    return lonlat + rng.normal(0, 1, lonlat.shape) * spread, group[grid]


@MANY
@given(MIDDLES, st.sampled_from(["GCJ-02", "BD-09", SWAPPED]), st.integers(0, 999))
def test_a_planted_system_is_found_by_where_the_places_belong(middle, planted, seed):
    polygons, community = mosaic(middle, 12)
    assume(is_mainland(np.array([middle, *shapely.get_coordinates(polygons[[0, -1]])])).all())
    lonlat, own = scattered(polygons, community, 150, seed)
    written = PLANT[planted](lonlat)
    shift = np.hypot(*np.median((written - lonlat) * 111_320, axis=0))
    assume(shift > SIDE_M / 2)
    found = weigh(written, own, polygons, community, basis="own community")
    assert found.is_clear
    assert found.best == planted
    assert found.share(planted) == 1.0
    assert found.basis == "own community"
    assert 1 - found.share("WGS84") > 0.1


@MANY
@given(
    MIDDLES, st.integers(0, 9_999), st.floats(0, 400), st.floats(0, 1), st.integers(30, 300)
)  # fmt: skip
def test_clean_places_are_never_accused(middle, seed, noise_m, mistaken, number):
    """However inexact they are, and however many name another community than their own."""
    polygons, community = mosaic(middle, 12)
    lonlat, own = scattered(polygons, community, number, seed, noise_m)
    rng = np.random.default_rng(seed)
    wrong = rng.random(number) < mistaken
    own = np.where(wrong, rng.choice(community, number), own)
    for stated in (own, np.full(number, -1)):
        found = weigh(lonlat, stated, polygons, community)
        assert not found.is_clear
        assert not found.is_hint


@MANY
@given(MIDDLES, st.integers(0, 9_999), st.integers(100, 600))
def test_places_that_reach_beyond_the_grids_are_not_accused(middle, seed, number):
    """Facilities of the whole city against the grids of one part of it."""
    polygons, community = mosaic(middle, 8)
    around, owner = mosaic(middle, 24)
    lonlat, _ = scattered(around, owner, number, seed)
    found = weigh(lonlat, np.full(number, -1), polygons, community)
    assert found.basis == "any grid"
    assert not found.is_hint


@MANY
@given(MIDDLES, st.integers(0, 9_999), st.integers(2, 12), st.floats(30, 700))
def test_clusters_at_the_edge_are_not_accused(middle, seed, clusters, spread_m):
    """Clean places in a few crowds, some of them half outside what they say they are in."""
    polygons, community = mosaic(middle, 10)
    rng = np.random.default_rng(seed)
    grid = rng.integers(0, len(polygons), clusters)[rng.integers(0, clusters, 250)]
    centre = shapely.get_coordinates(shapely.centroid(polygons[grid]))
    lonlat = centre + rng.normal(0, spread_m / 111_320, centre.shape)
    for stated in (community[grid], np.full(250, -1)):
        assert not weigh(lonlat, stated, polygons, community).is_hint


def test_grids_in_a_web_maps_system_are_told_from_places_in_one():
    polygons, community = mosaic((116.4, 39.9), 12)
    lonlat, own = scattered(polygons, community, 200, 1)
    for shift, name in ((datum.wgs84_to_gcj02, GRIDS_GCJ02), (datum.wgs84_to_bd09, GRIDS_BD09)):
        moved = shapely.set_coordinates(polygons.copy(), shift(shapely.get_coordinates(polygons)))
        found = weigh(lonlat, own, moved, community)
        assert found.is_clear
        assert found.best == name


def test_the_line_for_city_toml_names_a_system_only_where_it_is_certain():
    polygons, community = mosaic((116.4, 39.9), 12)
    lonlat, own = scattered(polygons, community, 100, 1)
    clean = weigh(lonlat, own, polygons, community).crs_line()
    assert clean.startswith('crs = "auto"  # WGS84 100.0%, GCJ-02 ')
    shifted = weigh(datum.wgs84_to_gcj02(lonlat), own, polygons, community)
    assert shifted.crs_line().startswith('crs = "GCJ-02"  # WGS84 ')
    few = weigh(datum.wgs84_to_gcj02(lonlat[:9]), own[:9], polygons, community)
    assert few.crs_line() == 'crs = "auto"  # too few places name their own area to test it'
    exchanged = weigh(lonlat[:, ::-1], own, polygons, community)
    assert exchanged.is_clear
    assert exchanged.crs_line().startswith('crs = "auto"')


def test_the_offset_is_that_of_the_shift():
    polygons, community = mosaic((116.4, 39.9), 12)
    lonlat, own = scattered(polygons, community, 200, 1)
    found = weigh(datum.wgs84_to_gcj02(lonlat), own, polygons, community)
    # Beijing's offset is known: about 555 m, east and slightly north
    assert found.offset_m == pytest.approx(555, abs=30)
    assert found.wind == "east"
    assert found.chance < 1e-20


def test_large_districts_give_a_hint_that_is_not_clear():
    polygons, _ = mosaic((116.4, 39.9), 60)
    row, column = np.divmod(np.arange(3_600), 60)
    district = row // 30 * 2 + column // 30
    lonlat, own = scattered(polygons, district, 1_500, 1)
    found = weigh(datum.wgs84_to_gcj02(lonlat), own, polygons, district, basis="own district")
    # 555 m, a little of it to the north, of a district 10.5 km across
    assert found.share("GCJ-02") == 1.0
    assert 0.9 < found.share("WGS84") < 0.95
    assert found.is_hint
    assert not found.is_clear


def test_a_heap_is_one_witness_and_few_places_say_nothing():
    polygons, community = mosaic((116.4, 39.9), 12)
    lonlat, own = scattered(polygons, community, 29, 1)
    written = datum.wgs84_to_gcj02(lonlat)
    assert not weigh(written, own, polygons, community).is_enough
    heaped = np.repeat(written, 50, axis=0)
    found = weigh(heaped, np.repeat(own, 50), polygons, community)
    assert found.tested <= 29
    assert not found.is_enough
    none = weigh(written[:0], own[:0], polygons, community)
    assert (none.tested, none.is_hint) == (0, False)


def test_the_sign_test_is_exact():
    polygons, community = mosaic((116.4, 39.9), 12)
    lonlat, own = scattered(polygons, community, 40, 1)
    assert weigh(lonlat, own, polygons, community).chance == 1.0
    found = weigh(datum.wgs84_to_gcj02(lonlat), own, polygons, community)
    won = 40 - found.hits["WGS84"]
    # nothing is lost, so only one outcome of all is as good
    assert found.chance == pytest.approx(0.5**won)


def test_places_in_hong_kong_have_no_reading_of_a_web_map():
    polygons, community = mosaic((114.16, 22.29), 4)
    lonlat, own = scattered(polygons, community, 60, 1)
    assert set(weigh(lonlat, own, polygons, community).hits) == {"WGS84", SWAPPED}


class City:
    """A city of 12 x 12 grids on disk, its clinics written in some system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.polygons, self.community = mosaic((116.4, 39.9), 12)
        self.lonlat, self.own = scattered(self.polygons, self.community, 120, 7)

    def write(
        self, planted: str, *, crs: str = "", column: str = "所属社区", grids: str = ""
    ) -> Path:
        rows = [
            f"{at},社{community},{shapely.to_wkt(polygon, 9)}"
            for at, (community, polygon) in enumerate(
                zip(self.community, self.polygons, strict=True)
            )
        ]
        text = "\n".join(["id,社区,wkt", *(row.replace(", ", ";") for row in rows)])
        text = text.replace(",POLYGON", ',"POLYGON').replace("))", '))"').replace(";", ", ")
        (self.folder / "g.csv").write_text(text, encoding="utf-8")
        places = zip(PLANT[planted](self.lonlat).tolist(), self.own, strict=True)
        lines = [f"站{at},{x!r},{y!r},社{own}社区" for at, ((x, y), own) in enumerate(places)]
        text = "\n".join([f"name,lon,lat,{column}", *lines])
        (self.folder / "f.csv").write_text(text, encoding="utf-8")
        path = self.folder / "city.toml"
        path.write_text(
            '[city]\nname = "甲"\nas_of = "2026-10"\n[grids]\npath = "g.csv"\nwkt = "wkt"\n'
            f"{grids}\n"
            f'[[facilities]]\npath = "f.csv"\ncategory = "MED_STATION"\n{crs}\n',
            encoding="utf-8",
        )
        return path

    def read(self, planted: str, **options: str) -> CityLayers:
        return read_city(load_city(self.write(planted, **options)))


@pytest.fixture
def planted_city(tmp_path: Path) -> City:
    return City(tmp_path)


def of_crs(layer: Layer) -> list[Fault]:
    return [fault for fault in layer.faults if fault.code.startswith("CRS_")]


@pytest.mark.parametrize(("planted", "code"), [("GCJ-02", "CRS_GCJ"), ("BD-09", "CRS_BD")])
def test_an_undeclared_web_map_blocks_and_says_what_to_write(
    planted_city: City, planted: str, code: str
) -> None:
    (layer,) = planted_city.read(planted).facilities
    (fault,) = of_crs(layer)
    assert (fault.code, fault.severity, fault.source) == (code, "blocking", "f.csv")
    assert "of 120 places lie in own community" in fault.message
    assert f"read as {planted}, 100.0% do" in fault.message
    assert f'crs = "{planted}"' in fault.action
    assert 'crs = "WGS84" keeps' in fault.action
    written = PLANT[planted](planted_city.lonlat)
    outside = [
        not shapely.union_all(planted_city.polygons[planted_city.community == own]).covers(place)
        for place, own in zip(shapely.points(written), planted_city.own, strict=True)
    ]
    assert f"(first: row {outside.index(True) + 2})" in fault.message
    assert f"{planted} 100.0%" in str(layer.note)
    assert shapely.get_coordinates(layer.geometry) == pytest.approx(written, abs=1e-12)


@pytest.mark.parametrize(
    ("planted", "declared", "code"),
    [
        ("GCJ-02", "WGS84", "CRS_GCJ"),
        ("WGS84", "GCJ-02", "CRS_WRONG"),
        ("BD-09", "GCJ-02", "CRS_BD"),
    ],
)
def test_a_declaration_wins_and_the_evidence_is_a_warning(
    planted_city: City, planted: str, declared: str, code: str
) -> None:
    (layer,) = planted_city.read(planted, crs=f'crs = "{declared}"').facilities
    (fault,) = of_crs(layer)
    assert (fault.code, fault.severity) == (code, "warning")
    assert fault.message.startswith(f"Read as {declared} (declared)")
    assert f'crs = "{planted}"' in fault.action


@pytest.mark.parametrize("planted", ["WGS84", "GCJ-02", "BD-09"])
def test_what_is_declared_and_right_has_no_fault_but_a_note(
    planted_city: City, planted: str
) -> None:
    (layer,) = planted_city.read(planted, crs=f'crs = "{planted}"').facilities
    assert of_crs(layer) == []
    assert f"Evidence for the coordinate system: {planted} 100.0%" in str(layer.note)
    read = shapely.get_coordinates(layer.geometry)
    assert read == pytest.approx(planted_city.lonlat, abs=1e-8)


def test_without_a_column_that_says_where_nothing_is_accused(planted_city: City) -> None:
    (layer,) = planted_city.read("WGS84", column="备注").facilities
    assert of_crs(layer) == []
    assert "Too few places name their grid" in str(layer.note)


def test_names_that_speak_of_a_community_are_evidence_too(planted_city: City) -> None:
    path = planted_city.write("GCJ-02", column="备注")
    file = planted_city.folder / "f.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    named = [f"社{own}社区卫生服务站{row}" for row, own in zip(rows, planted_city.own, strict=True)]
    file.write_text("\n".join([head, *named]), encoding="utf-8")
    (layer,) = read_city(load_city(path)).facilities
    (fault,) = of_crs(layer)
    assert (fault.code, fault.severity) == ("CRS_GCJ", "blocking")
    assert "lie in the community of their name; read as GCJ-02, 100.0% do" in fault.message


def test_a_shapefile_whose_prj_claims_cgcs2000_is_caught(planted_city: City) -> None:
    path = planted_city.write("BD-09")
    places = shapely.points(datum.wgs84_to_bd09(planted_city.lonlat))
    frame = gpd.GeoDataFrame({"社区": [f"社{own}" for own in planted_city.own]}, geometry=places)
    frame.set_crs(4490).to_file(planted_city.folder / "f.shp", encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("f.csv", "f.shp"), "utf-8")
    (layer,) = read_city(load_city(path)).facilities
    (fault,) = of_crs(layer)
    assert (fault.code, fault.severity) == ("CRS_BD", "blocking")
    assert fault.message.startswith("Read as CGCS2000 (not declared in city.toml)")
    assert 'Write crs = "BD-09"' in fault.action


def test_metres_made_of_web_map_degrees_block_without_a_line_to_write(planted_city: City) -> None:
    path = planted_city.write("GCJ-02", crs="")
    shifted = datum.wgs84_to_gcj02(planted_city.lonlat)
    frame = gpd.GeoDataFrame(
        {"社区": [f"社{own}" for own in planted_city.own]},
        geometry=shapely.points(shifted),
        crs=4490,
    )
    frame.to_crs(4548).to_file(planted_city.folder / "f.gpkg", layer="f")
    path.write_text(path.read_text(encoding="utf-8").replace("f.csv", "f.gpkg"), "utf-8")
    (layer,) = read_city(load_city(path)).facilities
    (fault,) = of_crs(layer)
    assert (fault.code, fault.severity) == ("CRS_WRONG", "blocking")
    assert "made of GCJ-02 degrees" in fault.action
    assert 'crs = "EPSG:4548" keeps' in fault.action


def test_a_geojson_that_only_claims_wgs84_is_caught(planted_city: City) -> None:
    path = planted_city.write("GCJ-02")
    features = [
        f'{{"type":"Feature","properties":{{"name":"站{at}","社区":"社{own}"}},'
        f'"geometry":{{"type":"Point","coordinates":[{x!r},{y!r}]}}}}'
        for at, ((x, y), own) in enumerate(
            zip(datum.wgs84_to_gcj02(planted_city.lonlat).tolist(), planted_city.own, strict=True)
        )
    ]
    text = '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"
    (planted_city.folder / "f.geojson").write_text(text, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("f.csv", "f.geojson"), "utf-8")
    (layer,) = read_city(load_city(path)).facilities
    (fault,) = of_crs(layer)
    assert (fault.code, fault.severity) == ("CRS_GCJ", "blocking")


def test_grids_in_a_web_maps_system_are_said_once_and_of_the_grids(planted_city: City) -> None:
    planted_city.polygons = shapely.set_coordinates(
        planted_city.polygons.copy(),
        datum.wgs84_to_gcj02(shapely.get_coordinates(planted_city.polygons)),
    )
    layers = planted_city.read("WGS84")
    (fault,) = of_crs(layers.grids)
    assert (fault.code, fault.severity, fault.source) == ("CRS_GCJ", "blocking", "g.csv")
    assert 'Write crs = "GCJ-02" in [grids]' in fault.action
    assert of_crs(layers.facilities[0]) == []
    layers = planted_city.read("WGS84", grids='crs = "GCJ-02"')
    assert of_crs(layers.grids) == []
    assert of_crs(layers.facilities[0]) == []


def test_a_build_stops_at_the_contradiction_and_goes_on_when_it_is_declared(
    planted_city: City, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    with pytest.raises(LivingCircleError, match=r"CRS_GCJ in f.csv.*Write crs = \"GCJ-02\""):
        build_city(planted_city.write("GCJ-02"), store, BuildOptions())
    assert releases.current(store) is None
    build_city(planted_city.write("GCJ-02", crs='crs = "火星坐标"'), store, BuildOptions())
    with closing(opened(store)) as con:
        rows = con.execute("select path, crs from source order by path").fetchall()
        codes = con.execute("select code from issue where code like 'CRS%'").fetchall()
    assert rows == [("f.csv", "GCJ-02"), ("g.csv", "WGS84")]
    assert codes == []


def test_the_demos_shops_are_caught_without_their_declaration(tmp_path: Path) -> None:
    write_demo(tmp_path, grids=300)
    toml = tmp_path / "city.toml"
    text = toml.read_text(encoding="utf-8")
    assert of_crs(read_city(load_city(toml)).facilities[1]) == []
    toml.write_text(text.replace('crs = "GCJ-02"', ""), encoding="utf-8")
    layers = read_city(load_city(toml))
    found = [fault for part in layers.parts() for fault in part.faults if fault.code[:4] == "CRS_"]
    assert [(fault.code, fault.severity, fault.source) for fault in found] == [
        ("CRS_GCJ", "blocking", "便民商业.csv")
    ]
