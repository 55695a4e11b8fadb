"""Read every file that a city.toml names, whatever its format, into layers of one form."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import CityLayers, Layer, Say
from etl.readers.crosscheck import crosschecked
from etl.readers.layer import read_layer
from etl.readers.names import read_names
from etl.readers.streets import read_streets
from etl.section import count
from etl.settings import CitySettings, Source
from geo.errors import InputDataError, LivingCircleError, SourceMissingError

T = TypeVar("T")
S = TypeVar("S", bound=Source)
_FAR_DEGREES: Final = 1.0
_MOST: Final = 0.9
_FEW: Final = 0.1


def read_city(
    settings: CitySettings,
    progress: Say | None = None,
    further: "Callable[[Reading], None] | None" = None,
) -> CityLayers:
    """Read all files of a city.

    Parameters
    ----------
    progress
        Called with one line before each file is read.
    further
        Reads files of later sections too, so that what is wrong with them is listed with the rest.

    Raises
    ------
    SourceMissingError, SettingsError, InputDataError
        Files that cannot be used. All are looked at first: one fault is raised as it is, several
        as one message that lists them.
    """
    reading = Reading(progress or _silent)
    grids = reading.part(settings.grids, lambda source: read_layer(source, "grids"))
    demand = settings.demand.source
    buildings = reading.part(demand, lambda source: read_layer(source, "demand"))
    facilities = [
        reading.part(block, lambda source: read_layer(source, "facilities"))
        for block in settings.facilities
    ]
    streets = reading.part(settings.network, read_streets)
    basemap = {
        name: reading.part(source, lambda each: read_layer(each, "basemap"))
        for name, source in settings.basemap.items()
    }
    names = reading.part(settings.names, read_names)
    found = [layer for layer in facilities if layer is not None]
    if grids is not None:
        for layer in [*found, *([buildings] if buildings else [])]:
            reading.check(lambda layer=layer: _refuse_swapped(layer, grids))
    if further is not None:
        further(reading)
    reading.stop_if_failed()
    if grids is None:
        raise InputDataError(f"{settings.grids.title} was not read. Correct the section.")
    layers = CityLayers(
        grids=grids,
        buildings=buildings,
        facilities=found,
        streets=streets,
        basemap={name: layer for name, layer in basemap.items() if layer is not None},
        faults=list(settings.notes),
        names=names,
    )
    return crosschecked(settings, layers)


class Reading:
    """Reads on after a failure, so that one run shows everything that is wrong."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._failures: list[LivingCircleError] = []

    def part(self, source: S | None, read: Callable[[S], T]) -> T | None:
        """Read one source; None where there is none, or where it cannot be used."""
        if source is None:
            return None
        self._say(f"{source.title} {source.shown}")
        return self.check(lambda: read(source))

    def parts(self, declare: Callable[[], Sequence[S]], read: Callable[[S], T]) -> list[T]:
        """Read every source of a section that is declared in several blocks."""
        found = [self.part(source, read) for source in self.check(declare) or ()]
        return [part for part in found if part is not None]

    def check(self, step: Callable[[], T]) -> T | None:
        """Give what a step gives; None where it failed, which is told at the end."""
        try:
            return step()
        except LivingCircleError as failure:
            self._failures.append(failure)
            return None

    def stop_if_failed(self) -> None:
        """Raise the one failure as it is, or all of them as one message."""
        if len(self._failures) == 1:
            raise self._failures[0]
        if self._failures:
            kinds = {type(failure) for failure in self._failures}
            kind = SourceMissingError if kinds == {SourceMissingError} else InputDataError
            listed = "\n".join(f"  {at}. {each}" for at, each in enumerate(self._failures, 1))
            raise kind(f"{count(len(self._failures), 'input')} cannot be used:\n{listed}")


def _silent(_: str) -> None:
    """Say nothing."""


def _refuse_swapped(layer: Layer, grids: Layer) -> None:
    """Refuse points that lie at the grids only when longitude and latitude are exchanged."""
    if not len(layer.geometry) or not len(grids.geometry):
        return
    lonlat = shapely.get_coordinates(shapely.centroid(layer.geometry))
    bounds = shapely.total_bounds(grids.geometry)
    if _share_near(lonlat, bounds) < _FEW and _share_near(lonlat[:, ::-1], bounds) > _MOST:
        raise InputDataError(
            f"{layer.source} lies at the grids only with longitude and latitude exchanged "
            f"(first: row {layer.row[0]}, {lonlat[0, 0]:.5f}, {lonlat[0, 1]:.5f}) (CRS_SWAP); "
            "expected longitude first. Exchange `lon` and `lat` in city.toml."
        )


def _share_near(lonlat: NDArray[np.float64], bounds: NDArray[np.float64]) -> float:
    west, south, east, north = bounds
    near = (lonlat >= (west - _FAR_DEGREES, south - _FAR_DEGREES)) & (
        lonlat <= (east + _FAR_DEGREES, north + _FAR_DEGREES)
    )
    return float(near.all(axis=1).mean())
