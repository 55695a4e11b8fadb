"""What SQL sums and joins, against geopandas and pandas over the files and the raw tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from etl.build import BuildOptions, build_city
from etl.export import export
from etl.table import Filters
from geo.store import release as releases
from geo.store.asking import resolve
from geo.store.connect import Connection, open_release
from geo.store.numbers import area_numerators
from geo.store.opened import OpenRelease
from geo.store.views import view
from geo.walk import MODES
from tests.bench.lattice_city import CRS, LatticeCity, write_lattice_city

CITY = LatticeCity(
    side=18,
    grid_m=300.0,
    street_m=100.0,
    spacing_m=75.0,
    categories=3,
    facilities=10,
    per_community=3,
    per_street=6,
    per_district=12,
)
UNKNOWN, NOBODY = [5, 60, 61, 200], [7, 111]
MINUTES = (2, 7, 15)
METRES_A_MINUTE = Fraction(1000, 15)
KEY = ["grid_id", "category", "mode"]


@dataclass(frozen=True)
class Built:
    """A release on disk, open, and the files it was made of."""

    files: Path
    store: Path
    con: Connection
    release: OpenRelease

    def frame(self, query: str) -> pd.DataFrame:
        """Read raw tables; integers with gaps stay exact."""
        return self.con.execute(query).df(date_as_object=False).convert_dtypes()

    def outlines(self, query: str) -> geopandas.GeoDataFrame:
        """Read shapes in metres; the query gives their WKB as `wkb`."""
        found = self.con.execute(query).df()
        shapes = shapely.from_wkb(found.pop("wkb").map(bytes).to_numpy())
        return geopandas.GeoDataFrame(found, geometry=shapes, crs="EPSG:4326").to_crs(CRS)


def _build(toml: Path, store: Path) -> Built:
    built = build_city(toml, store, BuildOptions(workers=2))
    path = releases.release_path(store, built.release)
    return Built(
        toml.parent,
        store,
        open_release(path),
        OpenRelease(built.release.release, open_release(path)),
    )


@pytest.fixture(scope="module")
def lattice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """324 grids in 4 districts, the people of some unknown, some with nobody."""
    folder = tmp_path_factory.mktemp("oracle")
    toml = write_lattice_city(folder / "city", CITY)
    grids = geopandas.read_file(folder / "city" / "grids.gpkg")
    grids["常住人口"] = grids["常住人口"].astype("Int64")
    grids.loc[UNKNOWN, "常住人口"] = pd.NA
    grids.loc[NOBODY, "常住人口"] = 0
    grids.to_file(folder / "city" / "grids.gpkg", layer="grids")
    held = _build(toml, folder / "store")
    yield held
    held.con.close()
    held.release.close()


@pytest.fixture(scope="module")
def microcity(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The seven grids that were made to be checked by hand."""
    folder = tmp_path_factory.mktemp("oracle-micro")
    held = _build(real_data / "microcity" / "city.toml", folder / "store")
    yield held
    held.con.close()
    held.release.close()


@pytest.fixture(params=["lattice", "microcity"])
def built(request: pytest.FixtureRequest) -> Built:
    """Either city."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def drawn(lattice: Built) -> geopandas.GeoDataFrame:
    """The grids as geopandas reads them, in metres, by id."""
    return geopandas.read_file(lattice.files / "grids.gpkg").set_index("网格编码")


def test_areas_sum_what_geopandas_groups(lattice: Built, drawn: geopandas.GeoDataFrame) -> None:
    grids = lattice.frame("select grid_id, area_dm2, people_milli from grid").set_index("grid_id")
    area = (drawn.geometry.area * 100).reindex(grids.index)
    assert np.abs(grids["area_dm2"] - area).max() < 1
    for level, column in (("district", "区县"), ("street", "街道"), ("community", "社区")):
        found = lattice.frame(
            f"select name, area_dm2, people_milli, households_milli, grid_hi - grid_lo as grids "
            f"from area where level = '{level}'"
        ).set_index("name")
        groups = drawn.assign(area=drawn.geometry.area * 100).groupby(column)
        wanted = groups[["area", "常住人口", "户数"]].sum()
        assert sorted(found.index) == sorted(wanted.index)
        wanted = wanted.reindex(found.index)
        assert (np.abs(found["area_dm2"] - wanted["area"]) <= found["grids"]).all()
        assert (found["people_milli"] == wanted["常住人口"] * 1000).all()
        assert (found["households_milli"] == wanted["户数"] * 1000).all()


def test_outlines_and_boundaries_are_those_that_geopandas_dissolves(
    lattice: Built, drawn: geopandas.GeoDataFrame
) -> None:
    for level, column in (("district", "区县"), ("street", "街道"), ("community", "社区")):
        query = f"select name, st_aswkb(geom) as wkb, lon, lat from area where level = '{level}'"
        ours = lattice.outlines(query).set_index("name").sort_index()
        theirs = drawn.dissolve(by=column).sort_index()
        apart = ours.geometry.symmetric_difference(theirs.geometry, align=True).area
        assert (apart / theirs.geometry.area).max() < 1e-7
        labels = geopandas.points_from_xy(ours["lon"], ours["lat"], crs="EPSG:4326").to_crs(CRS)
        assert ours.geometry.contains(geopandas.GeoSeries(labels, index=ours.index)).all()
    lines = lattice.outlines("select level, st_aswkb(geom) as wkb from boundary")
    length = lines.assign(length=lines.geometry.length).groupby("level")["length"].sum()
    edges = {
        level: drawn.dissolve(by=column).geometry.boundary.union_all()
        for level, column in (("district", "区县"), ("street", "街道"), ("community", "社区"))
    }
    # drawn once, at the highest level: together they are every edge of a community
    assert length.sum() == pytest.approx(edges["community"].length, rel=1e-6)
    assert length["city"] == pytest.approx(drawn.union_all().exterior.length, rel=1e-6)
    assert length["city"] + length["district"] == pytest.approx(edges["district"].length, rel=1e-6)


def test_facilities_stand_in_the_grid_that_a_spatial_join_gives(
    lattice: Built, drawn: geopandas.GeoDataFrame
) -> None:
    rows = pd.read_csv(lattice.files / "facilities.csv")
    places = geopandas.GeoDataFrame(
        rows, geometry=geopandas.points_from_xy(rows["x"], rows["y"]), crs=CRS
    )
    joined = places.sjoin(drawn[["geometry"]], how="left", predicate="within")
    wanted = joined.set_index("编号")["网格编码"].astype(object)
    wanted = wanted.where(wanted.notna(), None)
    found = lattice.con.execute(
        "select facility_id, grid_id from facility left join grid using (grid_idx)"
    ).fetchall()
    assert dict(found) == wanted.to_dict()
    assert any(grid is not None for _, grid in found)


def _reach(built: Built) -> pd.DataFrame:
    """One row a point, category and mode: whose it is and how far, 'all' folded here."""
    raw = built.frame(
        "select grid_id, category.code as category, is_mandatory, demand_idx, line_dm, walk_dm, "
        "demand.people_milli, demand.households_milli, district_idx, street_idx, community_idx "
        "from reach join category using (category_idx) join demand using (demand_idx) "
        "join grid using (grid_idx)"
    )
    both = [
        raw.drop(columns=["line_dm", "walk_dm"]).assign(mode=mode, dm=raw[f"{mode}_dm"])
        for mode in ("line", "walk")
    ]
    long = pd.concat(both, ignore_index=True)
    required = long[long["is_mandatory"]]
    if len(required) == 0:
        return long
    by_point = required.groupby(["demand_idx", "mode"])["dm"]
    farthest = by_point.max().where(by_point.count() == required["category"].nunique())
    first = required.drop_duplicates(["demand_idx", "mode"]).set_index(["demand_idx", "mode"])
    together = first.assign(category="all", dm=farthest).reset_index()
    return pd.concat([long, together], ignore_index=True)


def _within(reach: pd.DataFrame, minutes: int) -> pd.DataFrame:
    limit_dm = int(METRES_A_MINUTE * minutes * 10)
    return reach[(reach["dm"] <= limit_dm).fillna(False)]


@pytest.mark.parametrize("minutes", MINUTES)
def test_the_coverage_export_is_what_pandas_counts(
    built: Built, tmp_path: Path, minutes: int
) -> None:
    out = tmp_path / "coverage.csv"
    export(built.store, "coverage", "csv", out, Filters(minutes=minutes))
    rows = pd.read_csv(out, dtype={"grid_id": str})
    reach = _reach(built)
    rows = rows[rows["category"].isin(set(reach["category"]))].set_index(KEY)
    sums = _within(reach, minutes).groupby(KEY)[["people_milli", "households_milli"]].sum()
    sums = sums.reindex(rows.index).fillna(0)
    held = built.frame("select grid_id, people_milli, households_milli from grid")
    held = held.set_index("grid_id").reindex(rows.index.get_level_values("grid_id"))
    assert len(rows) >= 28
    for basis in ("people", "households"):
        known = held[f"{basis}_milli"].notna().to_numpy()
        covered = rows[f"{basis}_covered"]
        assert covered[~known].isna().all()
        ours = (covered[known] * 1000).round().astype("int64")
        assert (ours == sums.loc[known, f"{basis}_milli"].astype("int64")).all()
        assert (rows.loc[known, basis] * 1000 == held[f"{basis}_milli"][known].to_numpy()).all()


def test_nearest_is_the_lower_weighted_median_of_the_points(built: Built) -> None:
    reach = _reach(built)
    found = built.frame(
        "select grid_id, category.code as category, "
        "case mode when 0 then 'line' else 'walk' end as mode, nearest_dm "
        "from nearest join category using (category_idx) join grid using (grid_idx)"
    ).set_index(KEY)["nearest_dm"]
    wanted = {key: _lower_median(points) for key, points in reach.groupby(KEY)}
    assert len(wanted) >= 28
    for key, distance in wanted.items():
        ours = found[key]
        assert (None if pd.isna(ours) else int(ours)) == distance, key


def _lower_median(points: pd.DataFrame) -> int | None:
    weight = points["people_milli"]
    if weight.isna().any() or not weight.sum():
        weight = pd.Series(1, index=points.index)
    distance = points["dm"].astype("Float64").fillna(np.inf).astype(float)
    order = np.argsort(distance.to_numpy(), kind="stable")
    held = weight.to_numpy(dtype="int64")[order].cumsum()
    at = distance.to_numpy()[order][np.searchsorted(2 * held, held[-1], side="left")]
    return None if np.isinf(at) else int(at)


@pytest.mark.parametrize("mode", ["line", "walk"])
def test_every_area_holds_what_pandas_counts(built: Built, mode: str) -> None:
    reach = _reach(built)
    reach = reach[reach["mode"] == mode].assign(city_idx=0)
    areas = built.release.facts.areas
    for category, mine in reach.groupby("category"):
        question, dropped = resolve(built.release, {"c": category, "t": mode, "b": "people"})
        assert dropped == ()
        found = area_numerators(built.release, question, [area.idx for area in areas])
        for minute in MINUTES:
            wanted = _by_area(_within(mine, minute))
            ours = dict(zip((area.idx for area in areas), found[:, minute], strict=True))
            assert ours == {area.idx: wanted.get(area.idx, 0) for area in areas}, category
        shown = view(built.release, question)
        assert [shown["numerators"][minute] for minute in MINUTES] == found[0, MINUTES].tolist()


@pytest.mark.parametrize("mode", ["line", "walk"])
def test_every_area_holds_what_lies_within_the_own_radius(built: Built, mode: str) -> None:
    reach = _reach(built)
    reach = reach[reach["mode"] == mode].assign(city_idx=0)
    radii = {one.code: one.radius_m for one in built.release.facts.categories}
    near = reach[(reach["dm"] <= reach["category"].map(radii) * 10).fillna(False)]
    asked = reach[reach["is_mandatory"] & reach["category"].map(radii).notna()]
    asked = asked[asked["category"] != "all"]
    met = near[near["is_mandatory"]].groupby("demand_idx")["category"].nunique()
    whole = met.index[met == asked["category"].nunique()]
    every = reach[(reach["category"] == "all") & reach["demand_idx"].isin(whole)]
    for category in sorted(set(reach["category"])):
        wanted = _by_area(every if category == "all" else near[near["category"] == category])
        found = built.con.execute(
            "select area_idx, people from area_standard join category using (category_idx) "
            "where code = $code and mode = $mode and people > 0",
            {"code": category, "mode": MODES.index(mode)},
        ).fetchall()
        assert dict(found) == {area: people for area, people in wanted.items() if people}
        assert found


def _by_area(rows: pd.DataFrame) -> dict[int, int]:
    """Sum people by every area that holds them, the city included."""
    sums: dict[int, int] = {}
    for level in ("city", "district", "street", "community"):
        known = rows[rows[f"{level}_idx"].notna()]
        sums |= known.groupby(f"{level}_idx")["people_milli"].sum().astype("int64").to_dict()
    return sums


@pytest.mark.parametrize("minutes", [2, 7])
def test_straight_area_is_that_of_a_buffer_and_an_overlay(
    lattice: Built, drawn: geopandas.GeoDataFrame, minutes: int
) -> None:
    rows = pd.read_csv(lattice.files / "facilities.csv")
    radius_m = int(METRES_A_MINUTE * minutes * 10) / 10
    found = lattice.frame(
        "select grid_id, category.code as category, sum(area)::bigint as area "
        "from profile join category using (category_idx) join grid using (grid_idx) "
        f"where mode = 0 and speed_idx = 0 and minute <= {minutes} group by all"
    )
    for category, mine in rows.groupby("类别"):
        circles = geopandas.GeoSeries.from_xy(mine["x"], mine["y"], crs=CRS)
        reached = circles.buffer(radius_m, quad_segs=256).union_all()
        wanted = drawn.geometry.intersection(reached).area * 100
        ours = found[found["category"] == category].set_index("grid_id")["area"]
        ours = ours.reindex(wanted.index).fillna(0).astype("int64")
        assert (np.abs(ours - wanted) / (drawn.geometry.area * 100)).max() < 1e-4
        assert wanted.sum() > 0
