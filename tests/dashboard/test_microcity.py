"""The city small enough to calculate by hand, from its files to the interface."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict

import pytest

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def microcity(real_data, tmp_path_factory):
    store = tmp_path_factory.mktemp("microcity")
    source = real_data / "microcity" / "city.toml"
    subprocess.run(
        [sys.executable, "-m", "etl", "build", str(source), "--store", str(store)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return create_app(Snapshots(store)).server.test_client()


def expected_sums(real_data) -> dict[tuple[str, str, int], list[float]]:
    sums: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    path = real_data / "microcity" / "expected" / "coverage.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["people"]:
                pair = sums[(row["category"], row["mode"], int(row["minutes"]))]
                pair[0] += float(row["people_covered"])
                pair[1] += float(row["people"])
    return sums


def test_the_interface_gives_the_shares_calculated_by_hand(microcity, real_data):
    sums = expected_sums(real_data)
    assert sums
    for (category, mode, minutes), (part, whole) in sums.items():
        got = microcity.get(f"/api/v1/summary?c={category}&t={mode}&m={minutes}").json
        assert (got["numerator"], got["denominator"]) == (part, whole), (category, mode, minutes)
        assert got["value"] == part / whole


def test_every_grid_gives_the_number_calculated_by_hand(microcity, real_data):
    path = real_data / "microcity" / "expected" / "coverage.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["minutes"] == "15"]
    for row in rows:
        got = microcity.get(f"/api/v1/grids/{row['grid_id']}?c={row['category']}&t={row['mode']}")
        number = got.json["numerator"]
        assert number == (float(row["people_covered"]) if row["people"] else None)
        assert got.json["class"] == row["class"]
