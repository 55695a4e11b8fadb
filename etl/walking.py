"""Turn the streets that were read into the graph of a release, and put people and doors on it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Streets
from etl.shapes import GridShapes
from geo.network import Graph, Snap, build_graph, snap
from geo.store.connect import Connection
from geo.store.write import append

Floats = NDArray[np.float64]
_TOUCHING: Final = 0.5
"""A network that fewer than this share of the demand points can step onto is worth a warning."""


@dataclass(frozen=True)
class Network:
    """The street graph and how far from a street one may be."""

    graph: Graph
    snap_limit_m: float

    def snapped(self, xy_m: Floats, workers: int) -> Snap:
        """Put places on the nearest street."""
        return snap(self.graph, xy_m, self.snap_limit_m, workers=workers)


def build_network(streets: Streets, shapes: GridShapes, snap_limit_m: float) -> Network:
    """Build the graph in the metres of the city."""
    xy_m = shapes.to_metric(np.column_stack([streets.lon, streets.lat]))
    graph = build_graph(xy_m, streets.u, streets.v, node_key=streets.node_key)
    return Network(graph, snap_limit_m)


def store_network(con: Connection, streets: Streets, network: Network) -> None:
    """Write nodes and edges in the order of the graph."""
    graph = network.graph
    append(
        con,
        "node",
        {
            "node_idx": np.arange(graph.nodes),
            "lon": streets.lon[graph.order],
            "lat": streets.lat[graph.order],
        },
    )
    way = graph.edge_order
    append(
        con,
        "edge",
        {
            "edge_idx": np.arange(graph.edges),
            "u": graph.edge_u,
            "v": graph.edge_v,
            "length_cm": graph.weight_cm,
            "name": streets.name[way],
            "kind": streets.kind[way],
            "is_stairs": streets.is_stairs[way],
            "is_gate": streets.is_gate[way],
        },
    )


def store_snaps(con: Connection, kind: str, idx: NDArray[np.integer], snaps: Snap) -> None:
    """Write the places that lie on the network, each under its number; the others have no row."""
    on = np.flatnonzero(snaps.is_on)
    append(
        con,
        "snap",
        {
            "kind": np.full(len(on), kind, dtype=object),
            "idx": idx[on],
            "edge_idx": snaps.edge[on],
            "from_u_cm": snaps.from_u_cm[on],
            "from_v_cm": snaps.from_v_cm[on],
            "leg_cm": snaps.leg_cm[on],
        },
    )


def network_faults(
    source: str, demand: Snap, grid: NDArray[np.int32], grid_ids: NDArray[np.object_]
) -> list[Fault]:
    """Say which grids no street reaches, or that the network is of another place altogether."""
    on = demand.is_on
    if len(on) and not on.any():
        return [
            Fault(
                *("NET_AWAY", "blocking", source, None, None),
                f"None of {len(on):,} demand points lies near a street of the network.",
                "The streets are of another place or their CRS is wrong: declare it in [network].",
            )
        ]
    total = np.bincount(grid, minlength=len(grid_ids))
    off = total - np.bincount(grid[on], minlength=len(grid_ids))
    lost = np.flatnonzero((off == total) & (total > 0))
    faults = [
        Fault(
            *("NET_OFF", "warning", source, None, str(grid_ids[i])),
            "No street reaches this grid; nobody in it counts as covered on foot.",
            "Check the streets around it, or raise snap_limit_m if it is built so.",
        )
        for i in lost
    ]
    if len(on) and on.mean() < _TOUCHING:
        faults.append(
            Fault(
                *("NET_THIN", "warning", source, None, None),
                f"Only {on.mean():.0%} of the demand points lie near a street.",
                "Check that the streets cover the whole city.",
            )
        )
    return faults
