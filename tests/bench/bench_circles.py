"""How much faster are exact circles than buffers and overlay, and how close are the two?

Ours: every radius of 30, 20,000 grids, 2,000 facilities, one core. GeoPandas: the same grids and
facilities at the 10th and the 20th radius only, times 15, because all 30 take many minutes.
"""

import sys
import time
from statistics import median

import geopandas
import numpy as np
import pytest
import shapely

from geo.circles import Rings, covered_area_m2

pytestmark = pytest.mark.bench

SIDE = 142
GRIDS = 20_000
SITES = 2_000
GRID_M = 500.0
RADII_M = np.arange(1, 31) * 1_000 / 15
SAMPLED = (9, 19)
RUNS = 5


@pytest.fixture(scope="module")
def city():
    """Jittered quadrilaterals that tile a square of 71 km, and facilities at random."""
    rng = np.random.default_rng(20_000)
    corners = np.stack(np.meshgrid(*[np.arange(SIDE + 1) * GRID_M] * 2, indexing="ij"), axis=-1)
    corners += rng.uniform(-120, 120, corners.shape)
    outlines = np.stack(
        [corners[:-1, :-1], corners[1:, :-1], corners[1:, 1:], corners[:-1, 1:]], axis=2
    )
    polygons = shapely.polygons(outlines.reshape(-1, 4, 2)[:GRIDS])
    return polygons, rng.uniform(0, SIDE * GRID_M, (SITES, 2))


def overlaid_areas(polygons, sites, radius_m):
    """Area of each grid inside the union of buffers, the way GeoPandas users write it."""
    grids = geopandas.GeoDataFrame({"grid": np.arange(len(polygons))}, geometry=polygons)
    discs = geopandas.GeoSeries(shapely.points(sites)).buffer(radius_m)
    union = geopandas.GeoDataFrame(geometry=[discs.union_all()]).explode(ignore_index=True)
    pieces = geopandas.overlay(grids, union, how="intersection")
    return np.bincount(pieces["grid"], weights=pieces.area, minlength=len(polygons))


def seconds(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def test_circles_are_a_hundred_times_faster_than_buffers_and_overlay(city, capsys):
    polygons, sites = city
    covered_area_m2(Rings.of(polygons[:10]), sites[:10], RADII_M)  # compile
    ours = [
        seconds(lambda: covered_area_m2(Rings.of(polygons), sites, RADII_M)) for _ in range(RUNS)
    ]
    times, areas = [took for took, _ in ours], ours[0][1]

    theirs = 0.0
    for column in SAMPLED:
        took, reference = seconds(lambda r=RADII_M[column]: overlaid_areas(polygons, sites, r))
        theirs += took
        # 64-gons lie inside their circles and are 0.16 % smaller
        assert np.all(reference <= areas[:, column] + 1e-3)
        assert reference.sum() == pytest.approx(areas[:, column].sum(), rel=2e-3)
    scaled = theirs * len(RADII_M) / len(SAMPLED)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{GRIDS:,} grids x {SITES:,} facilities x {len(RADII_M)} radii: ours "
            f"{median(times):.3f} s (median of {RUNS}, {min(times):.3f}..{max(times):.3f}); "
            f"GeoPandas {theirs:.1f} s for {len(SAMPLED)} radii, scaled to 30: {scaled:.0f} s; "
            f"ratio {scaled / median(times):,.0f}\n"
        )
    assert median(times) < 1.2
    assert scaled / median(times) >= 100


def test_circles_equal_buffers_of_1024_segments(city, capsys):
    polygons, sites = city
    sample = np.random.default_rng(3).choice(GRIDS, 600, replace=False)
    areas = covered_area_m2(Rings.of(polygons[sample]), sites, RADII_M)
    worst = 0.0
    for column in SAMPLED:
        near = shapely.STRtree(shapely.points(sites)).query(
            polygons[sample], predicate="dwithin", distance=RADII_M[column]
        )
        discs = shapely.buffer(shapely.points(sites), RADII_M[column], quad_segs=256)
        for i, polygon in enumerate(polygons[sample]):
            union = shapely.union_all(discs[near[1][near[0] == i]])
            error = abs(areas[i, column] - polygon.intersection(union).area) / polygon.area
            worst = max(worst, error)
    with capsys.disabled():
        sys.stdout.write(
            f"\nlargest difference to 1,024 segments: {worst:.1e} of a grid's area (600 grids)\n"
        )
    assert worst <= 1e-4
