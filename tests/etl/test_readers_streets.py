"""Streets: one tag rule for every OpenStreetMap format, and line layers."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from etl.layers import Streets
from etl.readers.streets import read_streets
from etl.readers.walkable import is_walkable
from etl.settings import Source
from geo.errors import InputDataError

OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
 <node id="30" lat="39.0000000" lon="117.0000000"/>
 <node id="10" lat="39.0010000" lon="117.0000000"/>
 <node id="20" lat="39.0020000" lon="117.0000000"><tag k="barrier" v="gate"/></node>
 <node id="40" lat="39.0030000" lon="117.0000000"/>
 <node id="50" lat="39.0040000" lon="117.0000000"/>
 <way id="2"><nd ref="30"/><nd ref="10"/><nd ref="20"/><nd ref="99"/><nd ref="40"/>
  <tag k="highway" v="residential"/><tag k="name" v="人民路"/></way>
 <way id="3"><nd ref="20"/><nd ref="10"/><tag k="highway" v="steps"/></way>
 <way id="1"><nd ref="40"/><nd ref="50"/><tag k="highway" v="steps"/></way>
 <way id="4"><nd ref="30"/><nd ref="50"/><tag k="highway" v="motorway"/></way>
 <way id="5"><nd ref="30"/><nd ref="50"/><tag k="waterway" v="river"/></way>
</osm>
"""


def streets(path: Path, **more: str) -> Streets:
    return read_streets(Source("[network]", path.name, path, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "primary", "sidewalk": "separate"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "cycleway"}, True),
        ({"highway": "cycleway", "foot": "no"}, False),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link", "sidewalk": "no"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "trunk", "sidewalk": "both"}, True),
        ({"highway": "primary", "motorroad": "yes"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "permissive"}, True),
        ({"highway": "service", "access": "no", "foot": "designated"}, True),
        ({"highway": "service", "access": "destination"}, True),
        ({"highway": "construction"}, False),
        ({"highway": "construction", "foot": "yes"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "raceway"}, False),
        ({"highway": None}, False),
    ],
)
def test_who_may_walk_where(tags: dict[str, str | None], expected: bool) -> None:
    assert is_walkable(**tags) is expected  # type: ignore[arg-type]


def test_ways_become_segments_between_consecutive_nodes_each_once(tmp_path: Path) -> None:
    file = tmp_path / "s.osm"
    file.write_text(OSM, encoding="utf-8")
    read = streets(file)
    assert read.node_key.tolist() == [10, 20, 30, 40, 50]
    assert list(zip(read.u.tolist(), read.v.tolist(), strict=True)) == [(0, 1), (0, 2), (3, 4)]
    # 10-20 belongs to way 2 and way 3: the lower id names it
    assert read.kind.tolist() == ["residential", "residential", "steps"]
    assert read.name.tolist() == ["人民路", "人民路", None]
    assert read.is_stairs.tolist() == [False, False, True]
    assert read.is_gate.tolist() == [True, False, False]
    assert (read.rows_in, read.lat.tolist()) == (3, [39.001, 39.002, 39.0, 39.003, 39.004])
    assert "1 way of 4 with a highway tag cannot be walked" in str(read.note)
    assert "1 reference to a node outside" in str(read.note)


def assert_same(left: Streets, right: Streets) -> None:
    for name in ("node_key", "lon", "lat", "u", "v", "name", "kind", "is_stairs", "is_gate"):
        assert getattr(left, name).tolist() == getattr(right, name).tolist(), name


def test_pbf_and_xml_of_the_same_city_give_the_same_streets(
    real_data: Path, tmp_path: Path
) -> None:
    import osmium

    xml = real_data / "graphhopper" / "berlin-siegessaeule.osm.gz"
    pbf = tmp_path / "berlin.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for each in osmium.FileProcessor(str(xml)):
            writer.add(each)
    left, right = streets(xml), streets(pbf)
    assert len(left.u) > 1000
    assert_same(left, right)


def test_a_pbf_without_packed_nodes_is_not_read_as_empty(real_data: Path) -> None:
    read = streets(real_data / "columbus" / "columbus.osm.pbf")
    assert len(read.node_key) > 10_000
    assert "outside the extract" not in str(read.note)


def test_porto_alegre_has_the_ways_it_is_known_to_have(real_data: Path) -> None:
    read = streets(real_data / "poa" / "poa_osm.pbf")
    assert "of 15,886 with a highway tag" in str(read.note)
    assert np.all(read.u < read.v)
    assert np.all(np.diff(read.node_key) > 0)
    order = np.lexsort((read.v, read.u))
    assert np.array_equal(order, np.arange(len(read.u)))
    # an independent count with another filter found 14,348 ways and 45,281 segments
    assert read.rows_in == pytest.approx(14_348, rel=0.01)
    assert len(read.u) == pytest.approx(45_281, rel=0.01)


def test_an_osm_file_without_streets_or_that_is_broken_is_one_message(tmp_path: Path) -> None:
    file = tmp_path / "s.osm"
    file.write_text(OSM.replace("highway", "railway"), encoding="utf-8")
    with pytest.raises(InputDataError, match="none that people may walk"):
        streets(file)
    file.write_text("<osm><node", encoding="utf-8")
    with pytest.raises(InputDataError, match="cannot be read"):
        streets(file)
    broken = tmp_path / "s.osm.pbf"
    broken.write_bytes(b"\x00\x00\x00\x0dno blob at all")
    with pytest.raises(InputDataError, match="cannot be read"):
        streets(broken)


def lines(folder: Path, *shapes: shapely.LineString | shapely.MultiLineString) -> Path:
    file = folder / "s.geojson"
    names = [f"{at}路" for at in range(len(shapes))]
    gpd.GeoDataFrame({"路名": names}, geometry=list(shapes), crs=4326).to_file(file)
    return file


def test_lines_meet_where_they_share_a_vertex_and_only_there(tmp_path: Path) -> None:
    cross = shapely.LineString([(117.0, 39.001), (117.002, 39.001)])
    along = shapely.LineString([(117.001, 39.0), (117.001, 39.002)])
    through = shapely.LineString([(117.0, 39.001), (117.0, 39.002), (117.001, 39.002)])
    read = streets(lines(tmp_path, cross, along, through))
    assert len(read.node_key) == 5
    assert len(read.u) == 4
    assert read.kind.tolist() == ["line"] * 4
    assert sorted(read.name) == ["0路", "1路", "2路", "2路"]
    assert "without a common vertex are not joined" in str(read.note)


def test_the_order_of_lines_does_not_change_the_network(tmp_path: Path) -> None:
    shapes = [
        shapely.LineString([(117, 39), (117.001, 39), (117.001, 39.001)]),
        shapely.MultiLineString(
            [[(117.001, 39.001), (117.001, 39)], [(117.005, 39), (117.005, 39), (117.006, 39)]]
        ),
    ]
    one, two = streets(lines(tmp_path, *shapes)), streets(lines(tmp_path, *shapes[::-1]))
    assert one.lon.tolist() == two.lon.tolist()
    assert one.u.tolist() == two.u.tolist()
    assert one.v.tolist() == two.v.tolist()
    assert len(one.u) == 3


def test_points_are_no_streets(tmp_path: Path) -> None:
    file = tmp_path / "p.geojson"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(117, 39)], crs=4326).to_file(file)
    with pytest.raises(InputDataError, match="1 feature and no line"):
        streets(file)
