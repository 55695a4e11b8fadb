"""Read streets from OSM XML and walk them by networkx: slow, plain, and not the product's way."""

import gzip
import math
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

SAME_PLACE_M = 1.0
Floats = NDArray[np.float64]


def highway_segments(path: Path) -> set[frozenset[tuple[float, float]]]:
    """Give every stretch between two neighbouring nodes of a way that is a highway, in lon/lat."""
    with gzip.open(path) as file:
        root = ElementTree.parse(file).getroot()
    place = {
        node.get("id"): (float(node.get("lon", "nan")), float(node.get("lat", "nan")))
        for node in root.iter("node")
    }
    segments: set[frozenset[tuple[float, float]]] = set()
    for way in root.iter("way"):
        if not any(tag.get("k") == "highway" for tag in way.iter("tag")):
            continue
        known = [place[nd.get("ref")] for nd in way.iter("nd") if nd.get("ref") in place]
        segments |= {frozenset(pair) for pair in pairwise(known)}
    return segments


def walks_m(
    nodes_m: Floats, edges: NDArray[np.int64], points_m: Floats, doors_m: Floats, snap_m: float
) -> Floats:
    """Walk from every point to its nearest door, shape (points,); inf where there is no way.

    Parameters
    ----------
    nodes_m, points_m, doors_m
        Shape (n, 2), projected metres.
    edges
        Shape (m, 2), positions in `nodes_m`.
    snap_m
        How far from a street one may be. Nobody steps onto a part of the network that holds less
        than a hundredth of its metres.
    """
    graph = nx.Graph()
    for u, v in edges.tolist():
        # every stretch is as long as its chord, rounded up to whole centimetres
        cm = math.ceil(math.dist(nodes_m[u], nodes_m[v]) * 100 - 1e-6)
        graph.add_edge(u, v, length=max(cm, 1) / 100)
    main = _main_edges(graph, edges)
    lines = shapely.linestrings(nodes_m[main])
    doors = _steps(lines, doors_m, snap_m)
    for door, (at, along, leg) in doors.items():
        u, v = main[at].tolist()
        graph.add_edge(("door", door), u, length=leg + along)
        graph.add_edge(("door", door), v, length=leg + lines[at].length - along)
    sources = {("door", door) for door in doors}
    reached = nx.multi_source_dijkstra_path_length(graph, sources, weight="length")
    walk = np.full(len(points_m), np.inf)
    for point, (at, along, leg) in _steps(lines, points_m, snap_m).items():
        u, v = main[at].tolist()
        ways = [reached.get(u, np.inf) + along, reached.get(v, np.inf) + lines[at].length - along]
        ways += [abs(along - there) + far for on, there, far in doors.values() if on == at]
        walk[point] = leg + min(ways)
        if min(math.dist(points_m[point], doors_m[door]) for door in doors) <= SAME_PLACE_M:
            walk[point] = 0.0
    return walk


def _main_edges(graph: nx.Graph, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    metres = graph.size(weight="length")
    held: set[int] = set()
    for part in nx.connected_components(graph):
        if graph.subgraph(part).size(weight="length") >= metres / 100:
            held |= part
    return edges[[u in held for u in edges[:, 0].tolist()]]


def _steps(
    lines: NDArray[np.object_], places_m: Floats, snap_m: float
) -> dict[int, tuple[int, float, float]]:
    """Step onto the nearest street: which, how far along, how far beside; by place."""
    dots = shapely.points(places_m)
    (place, at), leg = shapely.STRtree(lines).query_nearest(
        dots, max_distance=snap_m, return_distance=True, all_matches=False
    )
    along = shapely.line_locate_point(lines[at], dots[place])
    rows = zip(place.tolist(), at.tolist(), along.tolist(), leg.tolist(), strict=True)
    return {p: (line, far, beside) for p, line, far, beside in rows}
