"""Cut vector tiles out of a release: shapes in Web Mercator, an affine map, `ST_AsMVT`.

`ST_AsMVTGeom` is left alone: it is 15 to 40 times slower and one invalid polygon loses the whole
tile.
"""

import math
from typing import Final

import duckdb

from geo.store.connect import Connection
from geo.store.opened import OpenRelease
from geo.store.queries import sql
from geo.store.units import LAYER, drawn_kinds

EXTENT: Final = 4096
UNIT_LAYERS: Final = ("grid", "community", "street", "district")
GROUND_LAYERS: Final = ("green", "water", "buildings", "roads", "railways", "barriers", "boundary")
HIGHEST_ZOOM: Final = 20
CLUSTERED_BELOW: Final = 13

_HALF_WORLD_M: Final = math.pi * 6_378_137.0
_HIGHEST_LATITUDE: Final = 85.051129
_THINNED_BELOW_PX: Final = 0.5
_PIXELS: Final = 256
_CLUSTERS_A_SIDE: Final = 4
_MARGIN: Final = 1 / 16
# A shape this many tiles wide is clipped before it is packed, so that a river is not sent whole
# with every tile.
_CLIPPED_ABOVE: Final = 3.0
# The zoom from which a kind of shape is drawn; below it there is only noise.
_FIRST_ZOOM: Final = {
    "buildings": 14,
    "barriers": 15,
    "roads major": 8,
    "roads minor": 12,
    "roads path": 15,
}


def prepare(con: Connection) -> None:
    """Make table `tile_shape` in a release being built: every drawable shape, in Hilbert order.

    It holds nothing that the other tables do not, so it is no part of the content hash. A city
    without its own roads is drawn with the streets of its walking network.
    """
    con.execute(sql("tile_shape"))


def to_mercator(lon: float, lat: float) -> tuple[float, float]:
    """Give a place (WGS 84 degrees) in Web Mercator metres; the poles are cut off as maps do."""
    south = math.radians(max(-_HIGHEST_LATITUDE, min(_HIGHEST_LATITUDE, lat)))
    x = math.radians(lon) * _HALF_WORLD_M / math.pi
    return x, math.asinh(math.tan(south)) * _HALF_WORLD_M / math.pi


def layers(release: OpenRelease) -> tuple[str, ...]:
    """Give the names of the tile layers of a release."""
    facts = release.facts
    codes = (f"facility-{one.code}" for one in (*facts.categories, *facts.openings.values()))
    kinds = (f"{LAYER}{kind}" for kind in drawn_kinds(release))
    return (*UNIT_LAYERS, *kinds, "ground", *codes)


def tile(release: OpenRelease, layer: str, zoom: int, x: int, y: int) -> bytes:
    """Give one tile of a layer as MVT; empty bytes where nothing is there.

    Parameters
    ----------
    layer
        One of `layers(release)`.
    zoom, x, y
        A tile of the usual scheme, y counted from the north; must lie inside the world.
    """
    size = 2 * _HALF_WORLD_M / 2**zoom
    west, north = x * size - _HALF_WORLD_M, _HALF_WORLD_M - y * size
    frame: dict[str, object] = {
        "west": west,
        "south": north - size,
        "east": west + size,
        "north": north,
        "scale": EXTENT / size,
    }
    with release.cursor() as cursor:
        if layer == "ground":
            return b"".join(_shapes(cursor, name, zoom, size, frame) for name in GROUND_LAYERS)
        if layer.startswith("facility-"):
            return _facilities(cursor, layer.removeprefix("facility-"), zoom, size, frame)
        return _shapes(cursor, layer, zoom, size, frame)


def _shapes(
    cursor: duckdb.DuckDBPyConnection,
    layer: str,
    zoom: int,
    size: float,
    frame: dict[str, object],
) -> bytes:
    kinds = [kind for kind in ("major", "minor", "path") if _FIRST_ZOOM[f"roads {kind}"] <= zoom]
    if _FIRST_ZOOM.get(layer, 0) > zoom or (layer == "roads" and not kinds):
        return b""
    is_unit = layer in UNIT_LAYERS or layer.startswith(LAYER)
    query = "tile_units" if is_unit else "tile_ground"
    return _packed(
        cursor,
        query,
        {
            **frame,
            "layer": layer,
            "margin": size * _MARGIN,
            "pixel": size / _PIXELS * _THINNED_BELOW_PX,
            "large": size * _CLIPPED_ABOVE,
            **({} if is_unit else {"kinds": kinds}),
        },
    )


def _facilities(
    cursor: duckdb.DuckDBPyConnection,
    layer: str,
    zoom: int,
    size: float,
    frame: dict[str, object],
) -> bytes:
    category, _, opening = layer.partition("@")
    cell = size / _CLUSTERS_A_SIDE if zoom < CLUSTERED_BELOW else 0.0
    asked = {"category": category, "opening": opening, "cell": cell}
    return _packed(cursor, "tile_facilities", {**frame, **asked})


def _packed(cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> bytes:
    row = cursor.execute(sql(query), values).fetchone()
    return bytes(row[0]) if row is not None and row[0] is not None else b""
