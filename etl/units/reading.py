"""Read the files of further places beside the other files of a city."""

from etl.layers import Layer
from etl.readers import Reading
from etl.readers.crosscheck import checked_beside
from etl.readers.layer import read_layer
from etl.settings import CitySettings
from etl.units.declared import declared_units


def read_units(settings: CitySettings, reading: Reading) -> list[Layer]:
    """Read the [[units]] of a city: polygons, points, or a plain register without places."""
    return reading.parts(
        lambda: declared_units(settings), lambda source: read_layer(source, "units")
    )


def checked_units(settings: CitySettings, units: list[Layer], grids: Layer) -> list[Layer]:
    """Test the coordinate systems of units by the areas that their rows name.

    A contradiction blocks the build where the system is not declared, and is a warning where it is.
    """
    pairs = zip(declared_units(settings), units, strict=True)
    return [checked_beside(settings, source, layer, grids) for source, layer in pairs]
