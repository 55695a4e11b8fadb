"""Topologies that lie about their arcs."""

import json

from tests.etl.broken import Refused, holding
from tests.etl.broken.vectors import DEEP, as_grids


def _topology(arcs: object, geometries: object) -> bytes:
    objects = {"grids": {"type": "GeometryCollection", "geometries": geometries}}
    return json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}).encode()


def _ways(*arcs: object) -> list[dict[str, object]]:
    return [{"type": "Polygon", "properties": {"id": "a"}, "arcs": each} for each in arcs]


ARC = [[[117.0, 39.7], [117.1, 39.7], [117.1, 39.8], [117.0, 39.7]]]
LONG = [[[117 + at / 1e6, 39.0] for at in range(20_000)]]
DEFECTS = [
    Refused(
        "a topology whose outlines share one long arc",
        as_grids("more.topojson", holding(_topology(LONG, _ways(*([[[0] * 60]] * 50))))),
        "more.topojson",
        ("an outline of 1,200,000 vertices", "(LIMIT)"),
    ),
    Refused(
        "a topology that lacks an arc",
        as_grids("more.topojson", holding(_topology(ARC, _ways([[7]])))),
        "more.topojson",
        ("is not a readable topology", "Export it again"),
    ),
    Refused(
        "a topology with a number too large for an arc",
        as_grids("more.topojson", holding(_topology(ARC, _ways([[10**30]])))),
        "more.topojson",
        ("is not a readable topology", "Export it again"),
    ),
    Refused(
        "a topology of lists in lists in lists",
        as_grids("more.topojson", holding(b'{"objects": ' + b"[" * DEEP + b"]" * DEEP + b"}")),
        "more.topojson",
        ("is not a readable topology", "Export it again"),
    ),
    Refused(
        "a topology without objects",
        as_grids("more.topojson", holding(b'{"type": "Topology", "arcs": []}')),
        "more.topojson",
        ("is not a readable topology", '"objects"'),
    ),
]
