"""The areas to choose from, in a city that has too many to list them all."""

from pathlib import Path

import pytest

from dashboard.app import create_app
from dashboard.features.scope import figures
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from tests.bench.lattice_city import LatticeCity, write_lattice_city

CITY = LatticeCity(
    side=6,
    grid_m=400.0,
    street_m=200.0,
    categories=1,
    facilities=4,
    per_community=1,
    per_street=2,
    per_district=3,
    method="centre",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scope")
    build_city(write_lattice_city(folder / "city", CITY), folder / "store", BuildOptions(workers=1))
    return folder / "store"


def test_a_city_of_many_areas_lists_what_lies_around_the_chosen_one(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = Snapshots(store)
    create_app(snapshots)
    release = snapshots.for_month(None, 0)
    assert release is not None
    facts = release.facts
    district = facts.level("district")[0]
    every = [option["value"] for option in figures.area_options(facts, district)]
    assert sorted(map(str, every)) == sorted(area.code for area in facts.areas)
    monkeypatch.setattr(figures, "MOST_AREAS", 10)
    around = [str(option["value"]) for option in figures.area_options(facts, district)]
    wanted = {facts.areas[0].code, *(one.code for one in facts.level("district"))}
    wanted |= {one.code for one in facts.children[district.idx]}
    assert len(around) == len(set(around))
    assert set(around) == wanted
    assert len(around) < len(every)
