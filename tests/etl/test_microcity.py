"""The city that was made to be checked by hand: every number of its expected answers."""

import csv
from pathlib import Path

import pytest

from etl.build import BuildOptions, build_city
from etl.export import export
from etl.table import Filters
from geo.errors import SettingsError
from geo.store import release as releases

EXACT = ("people", "people_covered", "households", "households_covered", "metres")
WORDS = ("class", "nearest_facility_id")


@pytest.fixture(scope="module")
def store(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("microcity") / "store"
    build_city(real_data / "microcity" / "city.toml", folder, BuildOptions(workers=1))
    return folder


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(store: Path, what: str, filters: Filters, out: Path) -> list[dict[str, str]]:
    export(store, what, "csv", out, filters)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("minutes", [5, 10, 15, 19])
def test_coverage_is_what_was_computed_by_hand(
    store: Path, real_data: Path, tmp_path: Path, minutes: int
) -> None:
    rows = _rows(store, "coverage", Filters(minutes=minutes), tmp_path / "coverage.csv")
    got = {(row["grid_id"], row["category"], row["mode"]): row for row in rows}
    with (real_data / "microcity" / "expected" / "coverage.csv").open(encoding="utf-8") as file:
        expected = [row for row in csv.DictReader(file) if int(row["minutes"]) == minutes]
    assert len(expected) == 28
    for want in expected:
        have = got[want["grid_id"], want["category"], want["mode"]]
        for name in WORDS:
            assert have[name] == want[name], (want, name)
        for name in EXACT:
            assert _number(have[name]) == _number(want[name]), (want, name)
        # the contract: distances to 0.2 m, areas to 0.1 m2 per 10,000
        assert (have["nearest_m"] == "") == (want["nearest_m"] == "")
        if want["nearest_m"]:
            assert float(have["nearest_m"]) == pytest.approx(float(want["nearest_m"]), abs=0.2)
        area_m2 = float(want["area_m2"])
        assert float(have["area_m2"]) == pytest.approx(area_m2, abs=area_m2 * 1e-5)
        if want["area_covered_m2"]:
            covered = float(want["area_covered_m2"])
            assert float(have["area_covered_m2"]) == pytest.approx(covered, abs=area_m2 * 1e-5)


def test_area_on_foot_is_never_more_than_straight(store: Path, tmp_path: Path) -> None:
    rows = _rows(store, "coverage", Filters(minutes=15), tmp_path / "coverage.csv")
    area = {(r["grid_id"], r["category"], r["mode"]): float(r["area_covered_m2"]) for r in rows}
    walks = [key for key in area if key[2] == "walk"]
    assert walks
    for grid_id, category, _ in walks:
        assert area[grid_id, category, "walk"] <= area[grid_id, category, "line"]


def test_causes_are_those_of_the_description(store: Path, tmp_path: Path) -> None:
    rows = _rows(store, "underserved", Filters(minutes=15, mode="walk"), tmp_path / "gaps.csv")
    causes = {(row["category"], row["grid_id"]): row["cause"] for row in rows}
    assert causes["MED_STATION", "G3"] == "barrier"
    assert causes["MED_STATION", "G7"] == "no_facility"
    assert causes["EDU_PRIMARY", "G1"] == "distant"
    assert causes["EDU_PRIMARY", "G7"] == "no_facility"
    # nobody lives in G4, and nobody knows who lives in G5
    assert not {"G4", "G5"} & {row["grid_id"] for row in rows}
    (barrier,) = [r for r in rows if r["grid_id"] == "G3" and r["category"] == "MED_STATION"]
    assert float(barrier["detour"]) == pytest.approx(3.0, abs=0.01)


def test_capacity_is_that_of_the_description(store: Path, real_data: Path, tmp_path: Path) -> None:
    rows = _rows(store, "capacity", Filters(), tmp_path / "capacity.csv")
    have = {(r["grid_id"], r["category"], r["method"], r["mode"]): r for r in rows}
    with (real_data / "microcity" / "expected" / "capacity.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert expected
    for want in expected:
        row = have[want["grid_id"], want["category"], want["method"], want["mode"]]
        assert row["people"] == want["people"]
        assert (row["access"] == "") == (want["access"] == "")
        if want["access"]:
            assert float(row["access"]) == pytest.approx(float(want["access"]), rel=1e-12)
    with pytest.raises(SettingsError, match="worked out for 15 minutes"):
        _rows(store, "capacity", Filters(minutes=10), tmp_path / "no.csv")


def test_the_order_is_that_of_the_key(store: Path, tmp_path: Path) -> None:
    rows = _rows(store, "coverage", Filters(), tmp_path / "coverage.csv")
    keys = [(row["grid_id"], row["category"], row["mode"]) for row in rows]
    assert keys == sorted(keys)


def test_workers_and_a_second_build_change_nothing(store: Path, real_data: Path) -> None:
    first = releases.current(store)
    again = build_city(real_data / "microcity" / "city.toml", store, BuildOptions(workers=2))
    assert first is not None
    assert not again.is_new
    assert again.is_published
    assert again.release.content == first.content
    assert releases.current(store) == first
    assert len(releases.list_releases(store)) == 1
