"""Small random street networks, and slow plain answers to compare with."""

from dataclasses import dataclass

import networkx
import numpy as np
import shapely

from geo.network import Graph, Snap, build_graph, snap

FAR = 10**9
CORNER_M = np.array([500_000.0, 3_400_000.0])  # sizes of a real projection


@dataclass(frozen=True)
class Town:
    """A network, places to start from and entrances to go to."""

    graph: Graph
    points: np.ndarray
    entrances: np.ndarray
    facility: np.ndarray


def random_segments(rng, nodes=30, segments=45, side_m=1500.0):
    """Nodes near UTM sizes and segments between near nodes, so that parts may stay apart."""
    xy = rng.uniform(0, side_m, (nodes, 2)) + CORNER_M
    u = rng.integers(0, nodes, segments)
    near = np.argsort(np.hypot(*(xy[u][:, None] - xy[None]).transpose(2, 0, 1)), axis=1)
    return xy, u, near[np.arange(segments), rng.integers(0, 6, segments)]


def random_town(seed, points=25, entrances=8, facilities=4, snap_spread_m=150.0):
    rng = np.random.default_rng(seed)
    xy, u, v = random_segments(rng)
    graph = build_graph(xy, u, v)
    low, high = xy.min(axis=0) - snap_spread_m, xy.max(axis=0) + snap_spread_m
    doors = rng.uniform(low, high, (entrances, 2))
    people = rng.uniform(low, high, (points, 2))
    people[0] = doors[0]  # one lives at a door
    people[1] = doors[1] + (0.6, 0.6)
    return Town(graph, people, doors, rng.integers(0, facilities, entrances).astype(np.int32))


def snap_anywhere(graph, xy, limit_m, **more) -> Snap:
    """Snap in towns so small that every scrap of a street counts."""
    return snap(graph, xy, limit_m, least_share=0.0, **more)


def edge_lines(graph):
    return shapely.linestrings(np.stack([graph.xy_m[graph.edge_u], graph.xy_m[graph.edge_v]], 1))


def split_graph(graph, places, limit_m):
    """A networkx graph in float metres in which each place in reach is a node ("at", k)."""
    lines = edge_lines(graph)
    on_edge = {edge: [] for edge in range(graph.edges)}
    for k, place in enumerate(places):
        distance = shapely.distance(lines, shapely.Point(place))
        edge = int(np.argmin(distance)) if graph.edges else -1
        if edge >= 0 and distance[edge] <= limit_m:
            along = shapely.line_locate_point(lines[edge], shapely.Point(place))
            on_edge[edge].append((float(along), k, float(distance[edge])))
    streets = networkx.Graph()
    streets.add_nodes_from(range(graph.nodes))
    for edge, stops in on_edge.items():
        here, at = int(graph.edge_u[edge]), 0.0
        for along, k, leg in sorted(stops):
            streets.add_edge(here, ("on", k), weight=along - at)
            streets.add_edge(("on", k), ("at", k), weight=leg)
            here, at = ("on", k), along
        streets.add_edge(here, int(graph.edge_v[edge]), weight=float(lines[edge].length) - at)
    return streets


def nearest_by_networkx(graph, seeds, cutoff):
    """Distance and label of the nearest seed of each node, by one search a seed."""
    streets = networkx.Graph()
    streets.add_nodes_from(range(graph.nodes))
    for u, v, cm in zip(graph.edge_u, graph.edge_v, graph.weight_cm, strict=True):
        streets.add_edge(int(u), int(v), weight=int(cm))
    best = dict.fromkeys(streets, (FAR, -1))
    for node, start, label in seeds:
        for other, way in networkx.single_source_dijkstra_path_length(streets, node).items():
            if start + way <= cutoff:
                best[other] = min(best[other], (start + way, label))
    return [best[node] for node in range(graph.nodes)]
