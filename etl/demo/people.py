"""Put households into grids and buildings: about 225 a grid, older in the old town."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from etl.demo.blocks import Blocks
from etl.demo.terrain import Terrain

Ints = NDArray[np.int64]

PATH_INSET_M: Final = 21.0
"""How far inside its edge the path around a block runs."""
BUILDING_INSET_M: Final = 33.0
SMALL_INSET_SHARE: Final = 0.2
"""In a small block the path runs this share of the block's width inside instead."""
SHARE_WITHOUT_PEOPLE: Final = 0.011

# by zone: share of 60+, share of 0-6, people a household
_COHORTS: Final = {
    "old": (0.285, 0.042, 2.42),
    "inner": (0.215, 0.056, 2.58),
    "outer": (0.135, 0.083, 2.78),
}


@dataclass(frozen=True)
class Population:
    """Counts a grid: households, people, 60+, 0-6; shape (n, 4)."""

    counts: Ints
    is_empty: NDArray[np.bool_]


@dataclass(frozen=True)
class Buildings:
    """Buildings in order of grid: grid, place in metres, and counts shaped (m, 4)."""

    grid: Ints
    xy_m: NDArray[np.float64]
    counts: Ints


def inset_m(shape: BaseGeometry, wanted_m: float) -> float:
    """Give how far inside a block something `wanted_m` inside stands, less in a small one."""
    width = 2 * shape.area / shape.length * 2
    return min(wanted_m, SMALL_INSET_SHARE * width * wanted_m / PATH_INSET_M)


def settle(rng: np.random.Generator, terrain: Terrain, blocks: Blocks) -> Population:
    """Give every grid its households and people; a few, together, are works and warehouses."""
    count = len(blocks.shapes)
    ratio = np.array([_COHORTS[zone] for zone in blocks.zone])
    households = np.round(rng.normal(225, 13, count)).clip(200, 250)
    odd = rng.random(count) < 0.06
    households[odd] = np.round(households[odd] * rng.choice([0.62, 0.8, 1.18, 1.4], odd.sum()))
    households[-2:] = [86, 41]
    people = np.round(households * ratio[:, 2] * rng.normal(1, 0.04, count))
    elderly = np.round(people * ratio[:, 0] * rng.normal(1, 0.16, count).clip(0.5, 1.6))
    children = np.round(people * ratio[:, 1] * rng.normal(1, 0.18, count).clip(0.4, 1.7))
    counts = np.column_stack([households, people, elderly, children]).astype(np.int64)
    empty = _works(rng, terrain, blocks)
    counts[empty] = 0
    return Population(counts, empty)


def _works(rng: np.random.Generator, terrain: Terrain, blocks: Blocks) -> NDArray[np.bool_]:
    """Choose the grids where nobody lives: two clusters beside the railway and a few others."""
    xy_m = shapely.get_coordinates(shapely.centroid(blocks.shapes))
    count = len(xy_m)
    total = max(2, round(count * SHARE_WITHOUT_PEOPLE))
    empty = np.zeros(count, dtype=bool)
    for x, y, share in ((4.9, 2.7, 0.4), (-5.1, 1.6, 0.25)):
        away = np.hypot(*(xy_m - np.array([x, y]) * 1_000 * terrain.scale).T)
        away[-2:] = np.inf
        empty[np.argsort(away, kind="stable")[: max(1, round(total * share))]] = True
    rest = rng.permutation(count - 2)[: max(0, total - int(empty.sum()))]
    empty[rest] = True
    return empty


def build(rng: np.random.Generator, blocks: Blocks, population: Population) -> Buildings:
    """Place 6 to 12 buildings in each grid where people live, along the path around its middle."""
    grids: list[int] = []
    places: list[NDArray[np.float64]] = []
    rows: list[Ints] = []
    for grid, shape in enumerate(blocks.shapes):
        if population.counts[grid, 0] == 0:
            continue
        number = max(3, round(population.counts[grid, 0] / 225 * rng.integers(7, 12)))
        places.append(_places(rng, shape, number))
        rows.append(_spread(rng, population.counts[grid], number))
        grids += [grid] * number
    return Buildings(np.array(grids), np.vstack(places), np.vstack(rows))


def _places(rng: np.random.Generator, shape: Polygon, number: int) -> NDArray[np.float64]:
    """Spread places along two rings inside a block, most on the outer one."""
    outer = shape.buffer(-inset_m(shape, BUILDING_INSET_M), join_style="mitre")
    inner = shape.buffer(-inset_m(shape, 2.1 * BUILDING_INSET_M), join_style="mitre")
    within = 0 if inner.is_empty else number // 4
    parts = [(outer, number - within), (inner, within)]
    found: list[NDArray[np.float64]] = []
    for area, count in parts:
        if count == 0:
            continue
        ring = shape.boundary if area.is_empty else area.boundary
        at = (np.arange(count) + rng.uniform(-0.28, 0.28, count) + rng.random()) / count % 1.0
        found.append(
            shapely.get_coordinates(shapely.line_interpolate_point(ring, at, normalized=True))
        )
    return np.round(np.vstack(found), 2)


def _spread(rng: np.random.Generator, counts: Ints, number: int) -> Ints:
    """Spread counts over buildings so that they add up exactly."""
    weight = rng.uniform(0.7, 1.3, number)
    shares = weight / weight.sum()
    bounds = np.round(np.cumsum(shares)[:, None] * counts[None, :]).astype(np.int64)
    return np.diff(bounds, axis=0, prepend=0)
