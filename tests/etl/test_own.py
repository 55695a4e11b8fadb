"""Only the own district's facilities: against a city that has nothing but those."""

from pathlib import Path

import pytest

from etl.build import BuildOptions, build_city
from etl.export import export
from etl.table import Filters
from geo.store.connect import open_release
from geo.store.release import release_path, serving
from tests.bench.lattice_city import LatticeCity, write_lattice_city

CITY = LatticeCity(
    side=6,
    grid_m=400.0,
    street_m=80.0,
    spacing_m=100.0,
    categories=2,
    facilities=14,
    per_district=3,
)


def _rows(store: Path, out: Path, **filters: object) -> dict[tuple[str, ...], tuple[str, ...]]:
    export(store, "coverage", "csv", out, Filters(minutes=8, **filters))  # pyright: ignore
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    cells = [line.split(",") for line in lines[1:]]
    return {tuple(row[:3]): tuple(row[5:13]) for row in cells}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The whole city, and the same city four times with the facilities of one district only."""
    folder = tmp_path_factory.mktemp("own")
    toml = write_lattice_city(folder / "city", CITY)
    found = {"whole": folder / "whole"}
    build_city(toml, found["whole"], BuildOptions(workers=1))
    header, *lines = (folder / "city" / "facilities.csv").read_text(encoding="utf-8").splitlines()
    for district, ids in _facilities_by_district(found["whole"]).items():
        one = write_lattice_city(folder / district, CITY)
        kept = [line for line in lines if line.split(",")[0] in ids]
        text = "\n".join([header, *kept]) + "\n"
        (folder / district / "facilities.csv").write_text(text, encoding="utf-8")
        found[district] = folder / f"store-{district}"
        build_city(one, found[district], BuildOptions(workers=1))
    return found


def _facilities_by_district(store: Path) -> dict[str, set[str]]:
    con = open_release(release_path(store, serving(store)[0]))
    rows = con.execute(
        "select area.name, facility.facility_id, facility.category_idx from facility "
        "inner join area on area.area_idx = facility.district_idx"
    ).fetchall()
    con.close()
    by_district: dict[str, set[str]] = {}
    categories: dict[str, set[int]] = {}
    for name, facility_id, category in rows:
        by_district.setdefault(name, set()).add(facility_id)
        categories.setdefault(name, set()).add(category)
    # "all" means the categories a city knows: every district has to know them all
    assert len(by_district) == 4
    assert all(len(known) == CITY.categories for known in categories.values())
    return by_district


def test_own_scope_equals_a_city_without_the_neighbours_facilities(
    stores: dict[str, Path], tmp_path: Path
) -> None:
    own = _rows(stores["whole"], tmp_path / "own.csv", scope="own")
    compared = 0
    for district, store in stores.items():
        if district == "whole":
            continue
        alone = _rows(store, tmp_path / "alone.csv", area=district)
        compared += len(alone)
        assert {key: own[key] for key in alone} == alone
    assert compared == len(own)


def test_leaving_the_neighbours_out_never_covers_more_and_matters_somewhere(
    stores: dict[str, Path], tmp_path: Path
) -> None:
    every = _rows(stores["whole"], tmp_path / "all.csv")
    own = _rows(stores["whole"], tmp_path / "own.csv", scope="own")
    assert every.keys() == own.keys()
    assert all(float(own[key][1]) <= float(every[key][1]) for key in every)
    assert all(float(own[key][5]) <= float(every[key][5]) for key in every)
    assert sum(float(own[key][1]) for key in every) < sum(float(every[key][1]) for key in every)
