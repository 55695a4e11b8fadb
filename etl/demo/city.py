"""Put one demo city together, in metres, and place it on the globe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.demo.areas import Areas, group_grids
from etl.demo.blocks import Blocks, cut_grids
from etl.demo.facilities import Facility, place_facilities
from etl.demo.people import Buildings, Population, build, settle
from etl.demo.streets import Network, draw_streets
from etl.demo.terrain import Terrain, lay_out
from geo.crs import to_lonlat, to_metric

METRIC_CRS: Final = "EPSG:4548"
"""CGCS2000 / 3-degree Gauss-Kruger, central meridian 117 E: the zone the city lies in."""
MIDDLE_LONLAT: Final = (117.32, 30.62)
"""Where the middle of the old town is put; nothing of the place that is really there is used."""

Step = Callable[[float, str], None]


@dataclass(frozen=True)
class City:
    """All of a city, in metres around the middle of its old town."""

    terrain: Terrain
    blocks: Blocks
    areas: Areas
    population: Population
    buildings: Buildings
    network: Network
    facilities: list[Facility]


def make_city(grids: int, seed: int, step: Step) -> City:
    """Make a city; the same number of grids and seed give the same city."""

    def rng(part: int) -> np.random.Generator:
        return np.random.default_rng([seed, part])

    step(0.0, "Lay out river, railway and roads")
    terrain = lay_out(rng(1), grids)
    blocks = cut_grids(rng(2), terrain, grids)
    step(0.1, "Group grids into communities, streets and districts")
    areas = group_grids(rng(3), terrain, blocks)
    step(0.3, "Settle people")
    population = settle(rng(4), terrain, blocks)
    buildings = build(rng(5), blocks, population)
    step(0.35, "Draw streets")
    network = draw_streets(rng(6), terrain, blocks)
    step(0.55, "Place facilities")
    facilities = place_facilities(rng(7), terrain, blocks, areas, population)
    return City(terrain, blocks, areas, population, buildings, network, facilities)


def lonlat_of(xy_m: NDArray[np.float64], *, decimals: int = 7) -> NDArray[np.float64]:
    """Give the place on the globe of places in the city, WGS 84; seven decimals are 1 cm."""
    origin = to_metric(METRIC_CRS, np.array([MIDDLE_LONLAT]))
    return np.round(to_lonlat(METRIC_CRS, np.asarray(xy_m, dtype=float) + origin), decimals)


def in_metres(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the place in the city of places on the globe: the inverse of `lonlat_of`."""
    return to_metric(METRIC_CRS, lonlat) - to_metric(METRIC_CRS, np.array([MIDDLE_LONLAT]))


def on_globe(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give shapes in the city as shapes in WGS 84 lon/lat."""
    return np.asarray(shapely.transform(shapes, lonlat_of))


def lines_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """List the lines in a shape that may hold other things too."""
    return [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
