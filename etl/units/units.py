"""Hold the further places of one kind as they enter a release."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Objects
from etl.shapes import GridShapes
from etl.units.place import UnitPlaces, in_metres
from etl.units.rows import UNKNOWN_AMOUNT
from geo.circles import whole_dm2
from geo.store.connect import Connection
from geo.store.write import append

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Places of one kind, shape (k,) each; ids are unique. Amounts are thousandths, -1 unknown."""

    kind: str
    ids: Objects
    names: Objects
    places: UnitPlaces
    geometry: Objects
    people_milli: Ints
    households_milli: Ints
    attributes: Objects

    def taken(self, at: Ints) -> "Units":
        """Give some of them, in the order asked for."""
        found = self.places
        places = UnitPlaces(
            *(found.grid[at], found.community[at], found.street[at], found.district[at]),
            street_share=found.street_share[at],
            is_tied=found.is_tied[at],
            rivals=[found.rivals[one] for one in at],
        )
        return replace(
            self,
            ids=self.ids[at],
            names=self.names[at],
            places=places,
            geometry=self.geometry[at],
            people_milli=self.people_milli[at],
            households_milli=self.households_milli[at],
            attributes=self.attributes[at],
        )

    def order(self) -> Ints:
        """Give the order of the release: by district, street, community (unknown last), id."""
        last = np.iinfo(np.int64).max
        places = self.places
        keys = [
            np.where(level >= 0, level, last)
            for level in (places.district, places.street, places.community)
        ]
        rows = zip(*keys, self.ids.tolist(), range(len(self.ids)), strict=True)
        return np.array([row[-1] for row in sorted(rows)], dtype=np.int64)


def write_units(con: Connection, shapes: GridShapes, units: Units, start: int) -> None:
    """Write places in the order given, numbered from `start`."""
    count, places = len(units.ids), units.places
    is_area = np.isin(
        shapely.get_type_id(units.geometry),
        (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON),
    )
    polygons = units.geometry.copy()
    polygons[~is_area] = None
    inside = shapely.point_on_surface(units.geometry)
    area_dm2 = np.zeros(count, dtype=np.int64)
    area_dm2[is_area] = whole_dm2(shapely.area(in_metres(shapes, polygons[is_area])))
    columns: dict[str, NDArray[Any]] = {
        "unit_idx": np.arange(start, start + count),
        "kind": np.full(count, units.kind, dtype=object),
        "unit_id": units.ids,
        "name": units.names,
        "grid_idx": _known(places.grid),
        "community_idx": _known(places.community),
        "street_idx": _known(places.street),
        "district_idx": _known(places.district),
        "street_share": np.ma.masked_invalid(places.street_share),
        "is_tied": places.is_tied,
        "people_milli": _known(units.people_milli),
        "households_milli": _known(units.households_milli),
        "area_dm2": np.ma.array(area_dm2, mask=~is_area),
        "lon": np.ma.masked_invalid(shapely.get_x(inside)),
        "lat": np.ma.masked_invalid(shapely.get_y(inside)),
        "geom": shapely.to_wkb(polygons, byte_order=1),
        "attributes": units.attributes,
    }
    append(con, "unit", columns)


def _known(values: Ints) -> "np.ma.MaskedArray[Any, Any]":
    return np.ma.array(values, mask=values == UNKNOWN_AMOUNT)
