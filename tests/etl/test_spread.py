"""Prove that points lie where people may live, that none is lost and none counted twice."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.spread import area_lattice, centres, lattice_points, scale_to_grid
from geo.errors import InputDataError

SQUARE = shapely.box(0, 0, 200, 100)
FRAME = shapely.box(-300, -300, 300, 300).difference(shapely.box(-151, -151, 151, 151))
SLIVER = shapely.Polygon([(7, 7), (1_007, 8), (1_007, 8.05)])
PARTS = shapely.MultiPolygon([shapely.box(0, 0, 70, 70), shapely.box(500, 500, 580, 590)])


def shapes(*polygons):
    return np.array(polygons, dtype=object)


def turned(polygon, degrees):
    return shapely.affinity.rotate(polygon, degrees, origin=(0, 0))


def all_multiples_inside(polygon, spacing):
    """Every multiple of the spacing strictly inside a polygon, by shapely."""
    west, south, east, north = polygon.bounds
    columns = np.arange(np.floor(west / spacing), np.ceil(east / spacing) + 1) * spacing
    rows = np.arange(np.floor(south / spacing), np.ceil(north / spacing) + 1) * spacing
    places = np.array([(x, y) for y in rows for x in columns])
    return places[shapely.contains_properly(polygon, shapely.points(places))]


def test_lattice_points_are_multiples_of_the_spacing_and_own_their_lower_edges():
    grid, xy = lattice_points(shapes(SQUARE), 50)
    assert grid.tolist() == [0] * 8
    assert xy.tolist() == [[x, y] for y in (0, 50) for x in (0, 50, 100, 150)]


@settings(max_examples=60, deadline=None)
@given(degrees=st.floats(1, 89), spacing=st.floats(15, 90))
def test_lattice_points_are_those_that_lie_inside(degrees, spacing):
    polygons = shapes(*(turned(p, degrees) for p in (SQUARE, FRAME, PARTS)))
    grid, xy = lattice_points(polygons, spacing)
    for i, polygon in enumerate(polygons):
        inside = all_multiples_inside(polygon, spacing)
        if len(inside):
            assert np.allclose(xy[grid == i], inside, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spacing=st.sampled_from([7.0, 12.5, 31.0]))
def test_neighbours_neither_share_nor_lose_a_point(seed, spacing):
    # Quadrilaterals between jittered nodes fill the square exactly and share their vertices.
    side = 5
    nodes = np.stack(np.meshgrid(*[np.linspace(0, 600, side + 1)] * 2, indexing="ij"), axis=-1)
    nodes[1:-1, 1:-1] += np.random.default_rng(seed).uniform(-50, 50, (side - 1, side - 1, 2))
    cells = [
        shapely.Polygon([nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]])
        for i in range(side)
        for j in range(side)
    ]
    xy = lattice_points(shapes(*cells), spacing)[1]
    found = np.round(xy / spacing).astype(int)
    along = range(int(np.ceil(600 / spacing)))
    assert sorted(map(tuple, found.tolist())) == [(x, y) for x in along for y in along]


def test_a_polygon_without_a_lattice_point_gets_one_inside():
    grid, xy = lattice_points(shapes(SQUARE, SLIVER, SQUARE), 50)
    assert np.all(np.diff(grid) >= 0)
    assert np.bincount(grid).tolist() == [8, 1, 8]
    assert SLIVER.contains(shapely.Point(xy[grid == 1][0]))


def test_a_point_of_the_lattice_does_not_depend_on_the_other_polygons():
    alone = lattice_points(shapes(FRAME), 40)[1]
    grid, xy = lattice_points(shapes(SQUARE, FRAME), 40)
    assert np.array_equal(xy[grid == 1], alone)


@pytest.mark.parametrize("least", [1, 16, 40])
def test_an_area_lattice_has_enough_points_and_its_share_estimates_areas(least):
    polygons = shapes(*(turned(p, 23) for p in (SQUARE, FRAME, PARTS, SLIVER)))
    grid, xy = area_lattice(polygons, min_points=least)
    assert np.all(np.bincount(grid, minlength=4) >= least)
    assert shapely.intersects(polygons[grid], shapely.points(xy)).all()


def test_an_area_lattice_is_even():
    _, xy = area_lattice(shapes(shapely.box(10, 10, 1_010, 1_010)))
    assert np.mean(xy[:, 0] < 510) == pytest.approx(0.5, abs=0.11)
    assert np.mean(xy[:, 1] < 510) == pytest.approx(0.5, abs=0.11)


def test_an_area_lattice_moves_with_its_polygon():
    here = area_lattice(shapes(FRAME))[1]
    there = area_lattice(shapes(shapely.affinity.translate(FRAME, 12_345, 67_890)))[1]
    assert there - [12_345, 67_890] == pytest.approx(here, abs=1e-6)


def test_centres_are_the_given_ones_else_inside():
    given_xy = np.array([[5.0, -9.0], [np.nan, np.nan]])
    grid, xy = centres(shapes(SQUARE, FRAME), given_xy)
    assert grid.tolist() == [0, 1]
    assert xy[0].tolist() == [5.0, -9.0]
    assert FRAME.contains(shapely.Point(xy[1]))
    assert SQUARE.contains(shapely.Point(centres(shapes(SQUARE), None)[1][0]))


def test_no_polygons_have_no_points():
    for grid, xy in (
        lattice_points(shapes(), 50),
        area_lattice(shapes()),
        centres(shapes(), None),
    ):
        assert len(grid) == 0
        assert xy.shape == (0, 2)


@pytest.mark.parametrize("place", [lambda p: lattice_points(p, 50), area_lattice])
def test_a_grid_without_a_shape_is_said(place):
    with pytest.raises(InputDataError, match="have no shape"):
        place(shapes(SQUARE, None))
    with pytest.raises(InputDataError, match=r"1 of \d grids have no shape"):
        place(shapes(shapely.Polygon(), SQUARE))


@pytest.mark.parametrize("spacing", [0, -5, float("nan"), float("inf")])
def test_a_spacing_that_cannot_be_used_is_said(spacing):
    with pytest.raises(InputDataError, match="spacing_m"):
        lattice_points(shapes(SQUARE), spacing)


def test_buildings_are_scaled_to_their_grid_exactly():
    amounts = np.array([30_000, 10_000, -1, 5, 0, 0, 7])
    grid = np.array([0, 0, 0, 1, 3, 3, 4])
    totals = np.array([100_001, 70, 9_000, 5, -1])
    parts = scale_to_grid(amounts, grid, totals)
    assert parts.tolist() == [75_001, 25_000, 0, 70, 3, 2, -1]


def test_no_buildings_hold_nobody():
    none = np.array([], dtype=np.int64)
    assert scale_to_grid(none, none, np.array([5])).tolist() == []
