"""Fill the tables that do not depend on distances: city, areas, grids, facilities, ground."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import CityLayers, Fault, Layer
from etl.settings import CitySettings
from etl.shapes import GridShapes, area_outlines, boundaries, containing_grid
from etl.staging import run
from geo.openings import OPENINGS, window_text
from geo.store.connect import SCHEMA_VERSION, Connection
from geo.store.queries import fetch_columns
from geo.store.write import append, register

Objects = NDArray[np.object_]
BASEMAP_ORDER: Final = ("water", "green", "buildings", "roads", "railways", "barriers")
_MAJOR: Final = ("motorway", "trunk", "primary", "secondary", "major", "主干路", "次干路", "快速路")
_PATH: Final = ("path", "footway", "steps", "pedestrian", "cycleway", "track", "步行")
_FAR_M: Final = 5_000.0
"""A facility further than this from every grid serves nobody at any speed's 15 minutes."""
_SCALE_WARNING: Final = 1e-3


def store_release(
    con: Connection, settings: CitySettings, shapes: GridShapes, has_network: bool
) -> None:
    """Write the one row that says what this release is, and its speeds."""
    city = settings.city
    known = con.execute("select count(people_milli) from stg_grid").fetchone()
    built = con.execute("select count(people_milli) from stg_building").fetchone()
    speeds = settings.walk.speeds
    append(
        con,
        "release",
        {
            "city": _one(city.name),
            "as_of": _one(city.as_of),
            "is_synthetic": np.array([city.is_synthetic]),
            "metric_crs": _one(shapes.crs),
            "scale_error": np.array([shapes.scale_error]),
            "has_network": np.array([has_network]),
            "has_people": np.array([bool((known and known[0]) or (built and built[0]))]),
            "demand_method": _one(settings.demand.method),
            "default_speed": _one(speeds[0].name),
            "max_minutes": np.array([settings.walk.max_minutes], dtype=np.uint8),
            "snap_limit_m": np.array([settings.walk.snap_limit_m], dtype=np.float64),
            "target_share": np.array([0.9]),
            "standards": _one(",".join(city.standards)),
            "map_approval": _one(city.map_approval),
            "security": _one(city.security),
            "attribution": _one(city.attribution),
            "schema_version": np.array([SCHEMA_VERSION], dtype=np.int32),
            **{name: _one(window_text(settings.openings.windows(name))) for name in OPENINGS},
        },
    )
    append(
        con,
        "speed",
        {
            "speed_idx": np.arange(len(speeds), dtype=np.uint8),
            "name": _texts([speed.name for speed in speeds]),
            "numerator": np.array([speed.metres_per_minute.numerator for speed in speeds]),
            "denominator": np.array([speed.metres_per_minute.denominator for speed in speeds]),
        },
    )


def store_places(con: Connection, shapes: GridShapes) -> None:
    """Write grids, the areas above them and the boundaries between those."""
    _register_shapes(
        con, "grid_shape", "grid_idx", shapes.lonlat, shapes.inside, {"area_dm2": shapes.area_dm2}
    )
    run(con, "marts/grid")
    con.unregister("grid_shape")
    areas = fetch_columns(con, "select level, grid_lo, grid_hi from stg_area order by area_idx")
    outlines, labels = area_outlines(shapes.lonlat, areas["grid_lo"], areas["grid_hi"])
    _register_shapes(con, "area_shape", "area_idx", outlines, labels, {})
    run(con, "marts/grid_owner")
    run(con, "marts/area")
    con.unregister("area_shape")
    drawn = boundaries([str(level) for level in areas["level"]], outlines)
    lines = [line for _, parts in drawn for line in parts]
    append(
        con,
        "boundary",
        {
            "boundary_idx": np.arange(len(lines)),
            "level": _texts([level for level, parts in drawn for _ in parts]),
            "geom": _wkb(lines),
        },
    )


def store_facilities(con: Connection, shapes: GridShapes) -> None:
    """Write facilities and their entrances, and count them by category."""
    rows = fetch_columns(
        con,
        "select facility_key.pos, lon, lat from facility_key "
        "inner join stg_facility on stg_facility.pos = facility_key.pos order by facility_key.pos",
    )
    grid = containing_grid(shapes.lonlat, np.column_stack([rows["lon"], rows["lat"]]))
    inside = grid >= 0
    register(con, "facility_place", {"pos": rows["pos"][inside], "grid_idx": grid[inside]})
    run(con, "marts/facility")
    con.unregister("facility_place")
    run(con, "marts/entrance")
    run(con, "marts/category_counts")
    run(con, "marts/category_openings")


def far_faults(con: Connection, shapes: GridShapes) -> list[Fault]:
    """List the facilities that stand far from every grid; they are kept."""
    rows = con.execute(
        "select source, row, facility_id, name, lon, lat from facility "
        "where grid_idx is null order by facility_idx"
    ).fetchall()
    if not rows:
        return []
    places = shapely.points(shapes.to_metric(np.array([row[4:6] for row in rows], dtype=float)))
    _, apart = shapely.STRtree(shapes.metric).query_nearest(
        places, return_distance=True, all_matches=False
    )
    return [
        Fault(
            *("XY_FAR", "warning", source, int(row), facility_id),
            f"{name} stands {distance / 1000:,.1f} km from the nearest grid.",
            "It is kept, and serves whom it reaches. Check its coordinates and their CRS.",
        )
        for (source, row, facility_id, name, _, _), distance in zip(rows, apart, strict=True)
        if distance > _FAR_M
    ]


def scale_faults(shapes: GridShapes) -> list[Fault]:
    """Warn where the metres of the plane are not those of the ground."""
    if shapes.scale_error <= _SCALE_WARNING:
        return []
    return [
        Fault(
            *("CRS_SCALE", "warning", "city.toml", None, None),
            f"Lengths in {shapes.crs} differ from the ground by up to {shapes.scale_error:.2%}.",
            "Name a metric_crs whose zone holds the city.",
        )
    ]


def store_basemap(con: Connection, layers: CityLayers) -> None:
    """Write the city's own ground; roads that cross its water are bridges there."""
    water = layers.basemap["water"].geometry if "water" in layers.basemap else None
    layer_names: list[str] = []
    names: list[str | None] = []
    kinds: list[str] = []
    shapes: list[shapely.Geometry] = []
    for name in BASEMAP_ORDER:
        layer = layers.basemap.get(name)
        for title, kind, shape in _ground(name, layer, water) if layer is not None else []:
            layer_names.append(name)
            names.append(title)
            kinds.append(kind)
            shapes.append(shape)
    append(
        con,
        "basemap",
        {
            "basemap_idx": np.arange(len(shapes)),
            "layer": _texts(layer_names),
            "name": _texts(names),
            "kind": _texts(kinds),
            "geom": _wkb(shapes),
        },
    )


def _ground(
    name: str, layer: Layer, water: Objects | None
) -> list[tuple[str | None, str, shapely.Geometry]]:
    n = len(layer.row)
    empty = np.full(n, None, dtype=object)
    titles, kinds = layer.columns.get("name", empty), layer.columns.get("kind", empty)
    if name != "roads":
        return [(titles[i], kinds[i] or name, layer.geometry[i]) for i in range(n)]
    roads: list[tuple[str | None, str, shapely.Geometry]] = []
    rivers = shapely.union_all(water) if water is not None and len(water) else None
    for i in range(n):
        kind = _road_kind(kinds[i])
        roads += [(titles[i], k, part) for k, part in _split(kind, layer.geometry[i], rivers)]
    return roads


def _road_kind(text: str | None) -> str:
    word = (text or "").strip().lower()
    bridge = "_bridge" if word.endswith("_bridge") else ""
    stem = word.removesuffix("_bridge").removesuffix("_link")
    if stem in _MAJOR:
        return "major" + bridge
    return ("path" if stem in _PATH else "minor") + bridge


def _split(
    kind: str, road: shapely.Geometry, rivers: shapely.Geometry | None
) -> list[tuple[str, shapely.Geometry]]:
    if rivers is None or kind.endswith("_bridge") or not shapely.intersects(road, rivers):
        return [(kind, road)]
    parts = [
        (kind, shapely.difference(road, rivers)),
        (kind + "_bridge", shapely.intersection(road, rivers)),
    ]
    return [
        (name, part)
        for name, part in parts
        if not shapely.is_empty(part) and shapely.get_dimensions(part) == 1
    ]


def _register_shapes(
    con: Connection,
    view: str,
    key: str,
    shapes: Objects,
    labels: NDArray[np.float64],
    more: Mapping[str, NDArray[np.generic]],
) -> None:
    register(
        con,
        view,
        {
            key: np.arange(len(shapes), dtype=np.int32),
            "wkb": shapely.to_wkb(shapes, byte_order=1),
            "lon": labels[:, 0],
            "lat": labels[:, 1],
            **more,
        },
    )


def _wkb(shapes: list[shapely.Geometry]) -> NDArray[np.generic]:
    return shapely.to_wkb(np.array(shapes, dtype=object), byte_order=1)


def _one(value: str | None) -> Objects:
    return _texts([value])


def _texts(values: list[str] | list[str | None]) -> Objects:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
