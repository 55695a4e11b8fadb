"""Write a large, plain city as source files: a jittered lattice of grids and streets.

It is made for measuring, not for looking at: every size is a parameter, the seed is fixed, the
files are read through the same readers as any city's.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

CRS = "EPSG:4548"  # CGCS2000, central meridian 117E, no prefix
ORIGIN_M = (450_000.0, 3_400_000.0)
CATEGORIES = (
    *("EDU_JUNIOR", "EDU_PRIMARY", "EDU_KINDER", "EDU_NURSERY", "MED_CENTRE", "MED_OUTPT"),
    *("MED_STATION", "MED_PHARM", "ELD_HOME", "ELD_DAYCARE", "ELD_CANTEEN", "CUL_CENTRE"),
    *("CUL_STATION", "SPO_BIG", "SPO_MID", "SPO_SMALL", "SPO_FITNESS", "SPO_HALL"),
    *("GRN_PARK", "ADM_STREET", "ADM_CENTRE", "ADM_STATION", "ADM_JUSTICE", "SEC_POLICE"),
    *("COM_MALL", "COM_MARKET", "COM_SUPER", "COM_CONV", "COM_BANK", "COM_POST"),
)


@dataclass(frozen=True)
class LatticeCity:
    """Sizes of a lattice city; the default is the one the full-build target names.

    `side` grids a side of `grid_m` metres, a street node every `street_m` metres, demand points
    every `spacing_m` metres, `facilities` a category in the first `categories` of `CATEGORIES`.
    """

    side: int = 142
    grid_m: float = 500.0
    street_m: float = 71.0
    spacing_m: float = 50.0
    categories: int = 30
    facilities: int = 2_000
    per_community: int = 4
    per_street: int = 12
    per_district: int = 48
    method: str = "lattice"
    seed: int = 1


def write_lattice_city(out: Path, city: LatticeCity) -> Path:
    """Write the files of a lattice city and give the path of its city.toml."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(city.seed)
    _write_grids(out, city, rng)
    _write_streets(out, city, rng)
    _write_facilities(out, city, rng)
    toml = out / "city.toml"
    toml.write_text(_city_toml(city), encoding="utf-8")
    return toml


def _jittered_corners(
    n: int, step: float, jitter: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    xs, ys = np.meshgrid(np.arange(n) * step, np.arange(n) * step)
    corners = np.stack([xs, ys], axis=-1) + np.array(ORIGIN_M)
    return corners + rng.uniform(-jitter, jitter, corners.shape)


def _write_grids(out: Path, city: LatticeCity, rng: np.random.Generator) -> None:
    corners = _jittered_corners(city.side + 1, city.grid_m, city.grid_m * 0.15, rng)
    ring = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2
    ).reshape(-1, 4, 2)
    row, column = np.divmod(np.arange(city.side**2), city.side)
    people = rng.integers(200, 900, city.side**2)

    def block(size: int) -> NDArray[np.str_]:
        return np.char.add(
            np.char.add(np.char.zfill((row // size).astype(str), 3), "-"),
            np.char.zfill((column // size).astype(str), 3),
        )

    frame = geopandas.GeoDataFrame(
        {
            "网格编码": np.char.zfill(np.arange(city.side**2).astype(str), 7),
            "社区": np.char.add("社区", block(city.per_community)),
            "街道": np.char.add("街道", block(city.per_street)),
            "区县": np.char.add("区", block(city.per_district)),
            "常住人口": people,
            "户数": np.maximum(1, people // 3),
        },
        geometry=shapely.polygons(ring),
        crs=CRS,
    )
    pyogrio.write_dataframe(frame, out / "grids.gpkg", layer="grids")


def _write_streets(out: Path, city: LatticeCity, rng: np.random.Generator) -> None:
    n = int(city.side * city.grid_m / city.street_m) + 1
    nodes = _jittered_corners(n, city.street_m, city.street_m * 0.2, rng)
    lines = shapely.linestrings(np.concatenate([nodes, nodes.transpose(1, 0, 2)]))
    frame = geopandas.GeoDataFrame(
        {"name": [f"路{i}" for i in range(len(lines))]}, geometry=lines, crs=CRS
    )
    pyogrio.write_dataframe(frame, out / "streets.gpkg", layer="streets")


def _write_facilities(out: Path, city: LatticeCity, rng: np.random.Generator) -> None:
    extent = city.side * city.grid_m
    codes = np.repeat(np.array(CATEGORIES[: city.categories]), city.facilities)
    xy = rng.uniform(0, extent, (len(codes), 2)) + np.array(ORIGIN_M)
    with (out / "facilities.csv").open("w", encoding="utf-8") as file:
        file.write("编号,名称,类别,x,y\n")
        file.writelines(
            f"F{i},设施{i},{code},{x:.2f},{y:.2f}\n"
            for i, (code, (x, y)) in enumerate(zip(codes, xy, strict=True))
        )


def _city_toml(city: LatticeCity) -> str:
    return f"""
[city]
name = "格城"
as_of = "2026-10"
metric_crs = "{CRS}"
[grids]
path = "grids.gpkg"
id = "网格编码"
community = "社区"
street = "街道"
district = "区县"
people = "常住人口"
households = "户数"
[demand]
method = "{city.method}"
{f"spacing_m = {city.spacing_m:g}" if city.method == "lattice" else ""}
[[facilities]]
path = "facilities.csv"
id = "编号"
name = "名称"
lon = "x"
lat = "y"
crs = "{CRS}"
category_column = "类别"
[network]
path = "streets.gpkg"
"""
