"""A real city through the whole build: published shares straight, an oracle's shares on foot."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from etl.build import BuildOptions, build_city
from geo.crs import to_metric
from geo.store.connect import Connection
from tests.etl.conftest import opened

MINUTES = 15  # at 80 m/min: 1,200 m
LIMIT_M = 1_200.0
POINTS = 0.05  # percentage points
SNAP_M = 200.0


def _city_toml(folder: Path) -> str:
    grid = (folder / "poa_hexgrid.csv").as_posix()
    block = f'[[facilities]]\npath = "{grid}"\nid = "id"\nlon = "lon"\nlat = "lat"\n'
    return (
        '[city]\nname = "Porto Alegre"\nas_of = "2026-10"\n'
        'attribution = "© OpenStreetMap contributors"\n[walk]\nbrisk = 80.0\n'
        f'[grids]\npath = "{grid}"\nid = "id"\nh3 = "id"\npeople = "population"\n'
        '[demand]\nmethod = "centre"\n'
        f'{block}category = "EDU_PRIMARY"\nwhere = "schools > 0"\n'
        f'{block}category = "MED_STATION"\nwhere = "healthcare > 0"\n'
        f'[network]\npath = "{(folder / "poa_osm.pbf").as_posix()}"\n'
    )


@pytest.fixture(scope="module")
def con(real_data: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("poa")
    toml = folder / "city.toml"
    toml.write_text(_city_toml(real_data / "poa"), encoding="utf-8")
    build_city(toml, folder / "store", BuildOptions(workers=2))
    held = opened(folder / "store")
    yield held
    held.close()


def _share(con: Connection, category: str, mode: int) -> float:
    ((share,),) = con.execute(
        "select 100.0 * sum(p.people) / (select people_milli from area where area_idx = 0) "
        "from area_profile as p join category as c using (category_idx) "
        "where p.area_idx = 0 and c.code = $category and p.mode = $mode and p.minute <= $minutes",
        {"category": category, "mode": mode, "minutes": MINUTES},
    ).fetchall()
    return float(share)


def test_the_city_arrives_whole(con: Connection) -> None:
    assert con.execute("select count(*), sum(people_milli) from grid").fetchall() == [
        (1_227, 812_935_000)
    ]
    assert con.execute(
        "select code, facilities from category where code in ('EDU_PRIMARY', 'MED_STATION') "
        "order by code"
    ).fetchall() == [("EDU_PRIMARY", 177), ("MED_STATION", 117)]
    assert con.execute("select bool_and(ok) from check_result").fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("category", "published"), [("EDU_PRIMARY", 99.77), ("MED_STATION", 97.18)]
)
def test_straight_shares_are_the_published_ones(
    con: Connection, category: str, published: float
) -> None:
    assert _share(con, category, 0) == pytest.approx(published, abs=POINTS)


@pytest.mark.parametrize("category", ["EDU_PRIMARY", "MED_STATION"])
def test_shares_on_foot_are_those_of_the_oracle(con: Connection, category: str) -> None:
    walk_m, people = _oracle(con, category)
    expected = 100.0 * people[walk_m <= LIMIT_M].sum() / people.sum()
    assert _share(con, category, 1) == pytest.approx(expected, abs=POINTS)


def test_what_no_street_reaches_is_reported_and_never_covered(con: Connection) -> None:
    lost = con.execute(
        "select feature_id from issue where code = 'NET_OFF' order by feature_id"
    ).fetchall()
    assert lost
    codes = con.execute(
        "select distinct n.code, n.nearest_dm from nearest as n join grid using (grid_idx) "
        "join issue on feature_id = grid_id where n.mode = 1 and issue.code = 'NET_OFF'"
    ).fetchall()
    assert codes == [(253, None)]
    # its people stand off the streets; a part of its ground may still lie along one
    assert con.execute(
        "select sum(people) from profile join grid using (grid_idx) "
        "join issue on feature_id = grid_id where mode = 1 and issue.code = 'NET_OFF'"
    ).fetchall() == [(0,)]


def _oracle(con: Connection, category: str) -> tuple[np.ndarray, np.ndarray]:
    """Walk from every cell by shapely's nearest edge and scipy's Dijkstra, in float metres.

    As in the published shares, only the largest connected part of the streets is stepped onto.
    """
    ((crs,),) = con.execute("select metric_crs from release").fetchall()
    nodes = _xy(con, crs, "select lon, lat from node order by node_idx")
    edges = np.array(con.execute("select u, v from edge order by edge_idx").fetchall())
    edges = edges[_in_largest_part(edges, len(nodes))]
    points = _xy(con, crs, "select lon, lat from demand order by demand_idx")
    doors = _xy(
        con,
        crs,
        "select e.lon, e.lat from entrance as e join facility as f using (facility_idx) "
        f"join category as c using (category_idx) where c.code = '{category}' and f.is_open",
    )
    lines = shapely.linestrings(nodes[edges])
    tree = shapely.STRtree(lines)
    length = shapely.length(lines)
    entry = _steps(tree, lines, doors)
    here = _steps(tree, lines, points)
    distance = _to_nodes(nodes, edges, length, entry)
    walk = np.full(len(points), np.inf)
    for point, edge, along, leg in zip(*here, strict=True):
        u, v = edges[edge]
        walk[point] = leg + min(distance[u] + along, distance[v] + length[edge] - along)
        for _, other, place, door_leg in zip(*entry, strict=True):
            if other == edge:
                walk[point] = min(walk[point], leg + abs(along - place) + door_leg)
    near = shapely.STRtree(shapely.points(doors)).query(
        shapely.points(points), predicate="dwithin", distance=1.0
    )[0]
    on = np.isin(near, here[0])
    walk[near[on]] = 0.0
    rows = con.execute("select people_milli from demand order by demand_idx").fetchall()
    return walk, np.array(rows)[:, 0]


def _in_largest_part(edges: np.ndarray, nodes: int) -> np.ndarray:
    links = csr_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
    part = connected_components(links, directed=False)[1]
    return part[edges[:, 0]] == np.bincount(part).argmax()


def _xy(con: Connection, crs: str, query: str) -> np.ndarray:
    return to_metric(crs, np.array(con.execute(query).fetchall(), dtype=float))


def _steps(
    tree: shapely.STRtree, lines: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Step onto the nearest edge: which place, which edge, how far along, how far beside."""
    dots = shapely.points(places)
    (place, edge), leg = tree.query_nearest(
        dots, max_distance=SNAP_M, return_distance=True, all_matches=False
    )
    return place, edge, shapely.line_locate_point(lines[edge], dots[place]), leg


def _to_nodes(
    nodes: np.ndarray,
    edges: np.ndarray,
    length: np.ndarray,
    entry: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> np.ndarray:
    """Measure from every node to the nearest door; one more node leads to the doors' edges."""
    _, edge, along, leg = entry
    hub = len(nodes)
    tail = np.concatenate([edges[:, 0], edges[:, 1], np.full(2 * len(edge), hub)])
    head = np.concatenate([edges[:, 1], edges[:, 0], edges[edge, 0], edges[edge, 1]])
    cost = np.concatenate([length, length, along + leg, length[edge] - along + leg])
    order = np.lexsort((cost, head, tail))
    first = np.unique(np.column_stack([tail, head])[order], axis=0, return_index=True)[1]
    kept = order[first]
    graph = csr_array(
        (np.maximum(cost[kept], 1e-9), (tail[kept], head[kept])), shape=(hub + 1,) * 2
    )
    return dijkstra(graph, indices=hub)[:-1]
