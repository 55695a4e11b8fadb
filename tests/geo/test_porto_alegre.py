"""Hold the shares of a real city against networkx, by both ways of stepping onto a street.

Facilities are the centres of the cells that have any; a cell's people stand at its centre.
"""

import csv
from dataclasses import dataclass

import networkx
import numpy as np
import pytest
import shapely
from scipy.spatial import KDTree

from etl.readers.streets import read_streets
from etl.settings import Source
from geo.crs import choose_metric_crs, to_metric
from geo.network import Graph, build_graph, is_main, snap
from geo.reach import line_reach, walk_reach
from geo.walk import OFF_NETWORK, OK
from tests.geo.networks import edge_lines

REACH_M, SNAP_M, NO_LIMIT_M = 1_200, 200.0, 1e7
POINTS = 0.05  # percentage points by which a share may differ from its oracle
EARTH_M = 6_371_008.8


@dataclass(frozen=True)
class City:
    """Porto Alegre: streets, and cells with people and facilities."""

    graph: Graph
    street_lonlat: np.ndarray
    lonlat: np.ndarray
    xy_m: np.ndarray
    people: np.ndarray
    has: dict


@pytest.fixture(scope="module")
def city(real_data):
    folder = real_data / "poa"
    with (folder / "poa_hexgrid.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lonlat = np.array([[float(row["lon"]), float(row["lat"])] for row in rows])
    crs = choose_metric_crs((*lonlat.min(axis=0), *lonlat.max(axis=0)))
    streets = read_streets(Source("[network]", "poa_osm.pbf", folder / "poa_osm.pbf"))
    street_lonlat = np.column_stack([streets.lon, streets.lat])
    graph = build_graph(
        to_metric(crs, street_lonlat), streets.u, streets.v, node_key=streets.node_key
    )
    return City(
        graph,
        street_lonlat[graph.order],
        lonlat,
        to_metric(crs, lonlat),
        np.array([int(row["population"]) for row in rows]),
        {
            kind: np.array([int(row[kind] or "0") > 0 for row in rows])
            for kind in ("schools", "healthcare")
        },
    )


def share(city, is_covered):
    return 100 * city.people[is_covered].sum() / city.people.sum()


def product(city, kind, snap_m):
    """Straight and walking distances of the product, in dm, and the codes of the walk."""
    doors = city.xy_m[city.has[kind]]
    name = np.arange(len(doors), dtype=np.int32)
    line_dm, _ = line_reach(city.xy_m, doors, name)
    at = snap(city.graph, city.xy_m, snap_m)
    walk = walk_reach(
        city.graph,
        at,
        city.xy_m,
        at.take(city.has[kind]),
        doors,
        name,
        limit_dm=REACH_M * 10,
        line_dm=line_dm,
    )
    return line_dm, walk


def largest_part(graph):
    """Edges of the connected part with most nodes: the only one of a size, measured here."""
    part = graph.component[graph.edge_u]
    return np.flatnonzero(part == np.bincount(graph.component).argmax())


def walked_by_edges(city, kind, snap_m):
    """Metres on foot of each cell by networkx on streets split at the place nearest to it."""
    lines, main = edge_lines(city.graph), largest_part(city.graph)
    tree = shapely.STRtree(lines[main])
    stops = {}
    points = shapely.points(city.xy_m)
    for k, point in enumerate(points):
        edge = int(main[tree.nearest(point)])
        leg = float(shapely.distance(lines[edge], point))
        if leg <= snap_m:
            along = float(shapely.line_locate_point(lines[edge], point))
            stops.setdefault(edge, []).append((along, k, leg))
    streets = networkx.Graph()
    for edge, line in enumerate(lines):
        here, at = int(city.graph.edge_u[edge]), 0.0
        for along, k, leg in sorted(stops.get(edge, [])):
            streets.add_edge(here, ("on", k), weight=along - at)
            streets.add_edge(("on", k), ("at", k), weight=leg)
            here, at = ("on", k), along
        streets.add_edge(here, int(city.graph.edge_v[edge]), weight=float(line.length) - at)
    starts = {("at", int(k)) for k in np.flatnonzero(city.has[kind])} & set(streets)
    way = networkx.multi_source_dijkstra_path_length(streets, starts)
    return np.array([way.get(("at", k), np.inf) for k in range(len(points))])


def haversine_m(one, other):
    """Great-circle metres between places in degrees, longitude first."""
    (lon1, lat1), (lon2, lat2) = np.radians(one).T, np.radians(other).T
    half = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_M * np.arcsin(np.sqrt(half))


def walked_by_nodes(city, kind):
    """Metres on foot by the nearest street corner of the largest part, on the sphere."""
    graph = city.graph
    edges = largest_part(graph)
    corner = np.union1d(graph.edge_u[edges], graph.edge_v[edges])
    _, nearest = KDTree(graph.xy_m[corner]).query(city.xy_m)
    nearest = corner[nearest]
    leg = haversine_m(city.lonlat, city.street_lonlat[nearest])
    length = haversine_m(city.street_lonlat[graph.edge_u], city.street_lonlat[graph.edge_v])
    streets = networkx.Graph()
    ends = zip(graph.edge_u.tolist(), graph.edge_v.tolist(), length.tolist(), strict=True)
    streets.add_weighted_edges_from(ends)
    door = "door"
    for k in np.flatnonzero(city.has[kind]):
        before = streets.get_edge_data(door, int(nearest[k]), {"weight": np.inf})["weight"]
        streets.add_edge(door, int(nearest[k]), weight=min(before, float(leg[k])))
    way = networkx.single_source_dijkstra_path_length(streets, door)
    walked = leg + np.array([way.get(int(node), np.inf) for node in nearest])
    return np.where(city.has[kind], 0.0, walked)


@pytest.mark.parametrize(("kind", "published"), [("schools", 99.77), ("healthcare", 97.18)])
def test_the_straight_share_is_the_published_one(city, kind, published):
    line_dm, _ = product(city, kind, SNAP_M)
    assert share(city, line_dm <= REACH_M * 10) == pytest.approx(published, abs=POINTS)


@pytest.mark.parametrize("kind", ["schools", "healthcare"])
@pytest.mark.parametrize("snap_m", [SNAP_M, NO_LIMIT_M])
def test_the_walking_share_equals_networkx_on_the_nearest_edge(city, kind, snap_m):
    _, walk = product(city, kind, snap_m)
    oracle = walked_by_edges(city, kind, snap_m)
    assert share(city, walk.code == OK) == pytest.approx(share(city, oracle <= REACH_M), abs=POINTS)
    both = (walk.code == OK) & np.isfinite(oracle)
    assert np.all(np.abs(walk.distance_dm[both] / 10 - oracle[both]) < 2.0)


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("schools", 98.1, 98.3), ("healthcare", 89.7, 89.8)]
)
def test_the_oracle_on_the_nearest_corner_gives_the_published_shares(city, kind, low, high):
    walked = share(city, walked_by_nodes(city, kind) <= REACH_M)
    assert low - POINTS <= walked <= high + POINTS


def test_only_the_largest_part_of_the_city_is_stepped_onto(city):
    assert np.array_equal(np.flatnonzero(is_main(city.graph)), largest_part(city.graph))


def test_the_cell_three_kilometres_off_is_reported_and_never_covered(city):
    lines = edge_lines(city.graph)[largest_part(city.graph)]
    _, far = shapely.STRtree(lines).query_nearest(
        shapely.points(city.xy_m), return_distance=True, all_matches=False
    )
    assert far.max() == pytest.approx(3_052, abs=1)
    _, walk = product(city, "schools", SNAP_M)
    assert walk.code[far.argmax()] == OFF_NETWORK
    assert np.array_equal(walk.code == OFF_NETWORK, np.ceil(far * 100) > SNAP_M * 100)


@pytest.mark.parametrize(("kind", "published"), [("schools", 98.6), ("healthcare", 90.7)])
def test_the_walking_share_rounds_to_the_published_one(city, kind, published):
    _, walk = product(city, kind, SNAP_M)
    assert share(city, walk.code == OK) == pytest.approx(published, abs=POINTS)
