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
from etl.table import Filters
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


def _value(client, address):
    release = client.get("/readyz").json["release"]
    answer = client.get(f"/values/{release}/{address}")
    assert answer.status_code == 200, answer.text[:200]
    return answer.json


def test_the_map_has_the_values_of_the_api_in_the_order_of_its_units(client):
    layer = _value(client, "indicator?i=waste_accuracy&u=grid")
    names = _value(client, "names?u=grid")
    listed = client.get("/api/v1/indicators?i=waste_accuracy&level=grid&period=2026-10").json
    expected = {one["unit_id"]: one["value"] for one in listed["values"]}
    assert layer["period"] == "2026-10"  # November lies after the month of the data
    assert layer["target"] == 0.9
    shown = dict(zip(names["ids"], layer["values"], strict=True))
    assert {key: value for key, value in shown.items() if value is not None} == expected
    assert layer["missing"] == len(names["ids"]) - len(expected)
    assert sum(one["n"] for one in layer["classes"]) == len(expected)
    assert [code == 255 for code in layer["codes"]] == [one is None for one in layer["values"]]


def test_the_card_of_an_area_has_its_periods_and_children(client):
    card = _value(client, "indicator-area?i=waste_accuracy")
    assert [row["period"] for row in card["periods"]] == ["2026-09", "2026-10", "2026-11"]
    assert card["level"] == "street"
    assert sorted(row["value"] for row in card["children"]) == [10 / 40, 29 / 30]


def test_an_indicator_that_is_not_there_is_refused(client):
    release = client.get("/readyz").json["release"]
    answer = client.get(f"/values/{release}/indicator?i=nothing&u=grid")
    assert answer.status_code == 400
    assert "waste_accuracy" in answer.json["error"]


def test_a_withheld_count_is_nowhere_on_the_way_out(tmp_path):
    (tmp_path / "city").mkdir()
    lines = ["网格,人数", "G00,3", "G01,30", "G02,40", "G10,50", "G11,60"]
    (tmp_path / "city" / "重点.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    toml = SmallCity(
        extra='[[ledgers]]\nname = "重点"\npath = "重点.csv"\nkey = "网格"\ngrain = "unit"\n'
        '[[indicators]]\nid = "special"\ntitle = { zh = "重点人群", en = "Special group" }\n'
        'from = "重点"\nformula = "sum(人数)"\nfloor = 5\n'
    ).write(tmp_path / "city")
    build_city(toml, tmp_path / "store", BuildOptions(workers=1))
    own = create_app(Snapshots(tmp_path / "store")).server.test_client()
    values = {
        (one["unit_kind"], one["unit_id"]): one
        for one in own.get("/api/v1/indicators?i=special").json["values"]
    }
    hidden = values["grid", "G00"]
    assert (hidden["value"], hidden["numerator"], hidden["n_rows"]) == (None, None, None)
    assert hidden["is_withheld"] is True
    assert values["grid", "G02"]["value"] == 40
    layer = _value(own, "indicator?i=special&u=grid")
    assert layer["codes"][0] == 253
    assert layer["withheld"] == 2
    assert 3.0 not in layer["values"]
    export(tmp_path / "store", "indicators", "csv", tmp_path / "out.csv", Filters())
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["value"] for row in rows if row["unit_id"] == "G00"] == [""]
