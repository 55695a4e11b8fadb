"""A whole release is the same from other files: formats and encodings leave no trace in it."""

import json
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from etl.build import BuildOptions, build_city
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from tests.etl.cities import SmallCity

FILES_ONLY = ("source", "issue", "rejected", "release_stamp", "tile_shape")
"""Tables that tell of the files and of the build; and the tiles, derived from the grids."""


def _query(con: Connection, table: str) -> str:
    """Ask for all rows; an outline may begin at another corner or run the other way round."""
    kinds = con.execute(f"describe {table}").fetchall()
    shapes = [str(name) for name, kind, *_ in kinds if str(kind).startswith("GEOMETRY")]
    plain = ", ".join(f"st_astext(st_normalize({name})) as {name}" for name in shapes)
    return f"select * {f'replace ({plain})' if plain else ''} from {table} order by all"


def _tables(store: Path) -> dict[str, list[tuple[object, ...]]]:
    now = releases.current(store)
    assert now is not None
    con = open_release(releases.release_path(store, now))
    try:
        names = [
            str(name)
            for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()
        ]
        kept = sorted(name for name in names if not name.startswith(FILES_ONLY))
        return {name: con.execute(_query(con, name)).fetchall() for name in kept}
    finally:
        con.close()


def _other_forms(folder: Path, form: str) -> None:
    """Write the grids and the facilities of a small city again, in other files of the same name."""
    plain = json.loads((folder / "grids.geojson").read_text(encoding="utf-8"))
    features = plain["features"]
    shapes = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    headers = [*features[0]["properties"]]
    fields = [np.array([each["properties"][h] for each in features], dtype=object) for h in headers]
    rows = (folder / "facilities.csv").read_text(encoding="utf-8")
    toml = (folder / "city.toml").read_text(encoding="utf-8")
    name, encoding = {
        "GeoPackage and GBK": ("grids.gpkg", "gbk"),
        "shapefile in GBK and UTF-16": ("grids.shp", "utf-16"),
        "FlatGeobuf and a mark": ("grids.fgb", "utf-8-sig"),
    }[form]
    pyogrio.raw.write(
        folder / name,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        fields,
        headers,
        geometry_type="Polygon",
        crs="EPSG:4326",
        encoding="GBK" if name == "grids.shp" else None,
    )
    (folder / "grids.cpg").unlink(missing_ok=True)
    (folder / "grids.geojson").unlink()
    (folder / "facilities.csv").write_bytes(rows.encode(encoding))
    (folder / "city.toml").write_text(toml.replace("grids.geojson", name), encoding="utf-8")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    folder = tmp_path_factory.mktemp("clean")
    build_city(SmallCity().write(folder / "city"), folder / "store", BuildOptions())
    return _tables(folder / "store")


@pytest.mark.parametrize(
    "form", ["GeoPackage and GBK", "shapefile in GBK and UTF-16", "FlatGeobuf and a mark"]
)
def test_a_whole_release_is_the_same_from_other_files(
    clean: dict[str, list[tuple[object, ...]]], tmp_path: Path, form: str
) -> None:
    toml = SmallCity().write(tmp_path / "city")
    _other_forms(toml.parent, form)
    build_city(toml, tmp_path / "store", BuildOptions())
    found = _tables(tmp_path / "store")
    assert found.keys() == clean.keys()
    assert [name for name in clean if found[name] != clean[name]] == []
