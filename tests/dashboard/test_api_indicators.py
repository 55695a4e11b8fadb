"""Indicators over HTTP: the list, the values of one, the same numbers as the export."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from etl.export import export
from etl.tables import Filters
from tests.etl.cities import SmallCity
from tests.etl.test_ledgers import CHECKS, TOML


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indicators")
    (folder / "city").mkdir()
    (folder / "city" / "检查.csv").write_text("\n".join([*CHECKS, ""]), encoding="utf-8")
    toml = SmallCity(extra=TOML).write(folder / "city")
    build_city(toml, folder / "store", BuildOptions(workers=1))
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return create_app(Snapshots(store)).server.test_client()


def test_the_list_says_what_each_is_made_of(client):
    (one,) = client.get("/api/v1/indicators").json["indicators"]
    assert one["id"] == "waste_accuracy"
    assert (one["zh"], one["en"]) == ("垃圾分类准确率", "Waste sorted correctly")
    assert one["formula"] == "sum(准确户数)/sum(检查户数)"
    assert (one["is_share"], one["better"], one["unit"]) == (True, "high", "%")
    assert (one["ledger"], one["unit_kind"], one["facet"]) == ("检查", "grid", "社区环境")
    assert one["targets"] == {"2025": 0.8, "2026": 0.9}
    assert one["periods"] == ["2026-09", "2026-10", "2026-11"]


def test_values_of_one_level_area_and_period(client):
    address = "/api/v1/indicators?i=waste_accuracy&level=grid&period=2026-10"
    values = {one["unit_id"]: one for one in client.get(address).json["values"]}
    assert sorted(values) == ["G00", "G01", "G12"]
    assert (values["G00"]["value"], values["G00"]["verdict"]) == (0.9, "pass")
    assert (values["G12"]["value"], values["G12"]["verdict"]) == (0.25, "fail")
    assert values["G12"]["target"] == 0.9
    (city,) = client.get("/api/v1/indicators?i=waste_accuracy&level=city&period=2026-10").json[
        "values"
    ]
    assert city["value"] == 39 / 70
    streets = client.get("/api/v1/indicators?i=waste_accuracy&level=street").json["values"]
    code = next(one["unit_id"] for one in streets if one["denominator"] == 40)
    inside = client.get(f"/api/v1/indicators?i=waste_accuracy&level=grid&a={code}").json["values"]
    assert [one["unit_id"] for one in inside] == ["G12"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("i=nothing", "expected one of waste_accuracy"),
        ("i=waste_accuracy&level=moon", "expected one of city, district"),
        ("i=waste_accuracy&a=nowhere", "there is no area 'nowhere'"),
        ("zz=1", "is no parameter"),
    ],
)
def test_what_is_not_there_is_refused_with_the_reason(client, query, reason):
    answer = client.get(f"/api/v1/indicators?{query}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_the_export_holds_the_same_numbers(client, store, tmp_path):
    export(store, "indicators", "csv", tmp_path / "out.csv", Filters())
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    values = client.get("/api/v1/indicators?i=waste_accuracy").json["values"]
    assert len(rows) == len(values) > 5

    def shown(value: object) -> str:
        return "" if value is None else str(value)

    for row, one in zip(rows, values, strict=True):
        for key in ("unit_kind", "unit_id", "period", "value", "target", "verdict"):
            assert row[key] == shown(one[key])
