"""Read the files of further places beside the other files of a city."""

from dataclasses import replace

from etl.layers import CityLayers, Layer, Say
from etl.readers.layer import read_layer
from etl.settings import CitySettings
from etl.units.declared import declared_units


def with_units(settings: CitySettings, layers: CityLayers, say: Say) -> CityLayers:
    """Read the [[units]] of a city: polygons, points, or a plain register without places.

    Raises
    ------
    SourceMissingError, SettingsError, InputDataError
        A section is wrong, or a file, a declared column or its coordinates cannot be used.
    """
    found: list[Layer] = []
    for source in declared_units(settings):
        say(f"{source.title} {source.shown}")
        found.append(read_layer(source, "units"))
    return replace(layers, units=found)
