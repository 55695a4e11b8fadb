"""A share above one is a fault of the data: shown everywhere, judged nowhere."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from geo.store import release as releases
from geo.store.connect import open_release
from geo.store.indicator_map import NO_VALUE
from tests.etl.cities import SmallCity

TOML = """
[[ledgers]]
name = "月报"
path = "月报.csv"
key = "网格"
date = "月份"
owner = "责任人"

[[indicators]]
id = "right"
title = { zh = "准确率", en = "Right" }
from = "月报"
formula = "sum(准确)/sum(户数)"
unit = "%"
target = { 2026 = 0.6 }
owner_role = "街道办"
due = "2026-12-31"

[[indicators]]
id = "plan"
title = { zh = "计划完成率", en = "Plan" }
from = "月报"
formula = "sum(准确)/sum(户数)"
unit = "%"
target = { 2026 = 1.1 }
"""
# 社00 is G00, 社01 is G01 and G02
ROWS = """\
网格,月份,准确,户数,责任人
G00,2026-10,12,10,王某
G01,2026-10,12,10,居委会
G01,2026-10,2,10,李某
G02,2026-10,15,10,
G10,2026-10,5,10,
G20,2026-10,7,10,
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a city in which three grids report more than there is."""
    folder = tmp_path_factory.mktemp("over")
    (folder / "city").mkdir()
    (folder / "city" / "月报.csv").write_text(ROWS, encoding="utf-8")
    toml = SmallCity(extra=TOML).write(folder / "city")
    build_city(toml, folder / "store", BuildOptions(workers=1))
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    """Serve it."""
    return create_app(Snapshots(store)).server.test_client()


def _ask(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return answer.json


def _verdicts(client: FlaskClient, indicator: str, level: str) -> dict[str, tuple[float, str]]:
    found = _ask(client, f"/api/v1/indicators?i={indicator}&level={level}")
    return {row["unit_name"]: (row["value"], row["verdict"]) for row in found["values"]}


def test_a_value_made_of_a_row_over_100_is_shown_and_not_judged(client: FlaskClient) -> None:
    found = _verdicts(client, "right", "grid")
    assert found == {
        "G00": (1.2, "not_assessable"),
        "G01": (0.7, "not_assessable"),
        "G02": (1.5, "not_assessable"),
        "G10": (0.5, "fail"),
        "G20": (0.7, "pass"),
    }
    # a whole is judged by its own value: 12 of 10, and 29 of 30
    areas = _verdicts(client, "right", "community")
    assert areas["社00"] == (1.2, "not_assessable")
    assert areas["社01"] == (pytest.approx(29 / 30), "pass")


def test_a_target_over_100_asks_for_it(client: FlaskClient) -> None:
    assert _verdicts(client, "plan", "grid")["G00"] == (1.2, "pass")


def test_map_table_boards_trend_and_export_say_the_same(client: FlaskClient) -> None:
    release = _ask(client, "/readyz")["release"]
    table = _ask(client, f"/values/{release}/indicators?i=right&u=grid")
    outcomes = {row["id"]: row["cells"][0]["outcome"] for row in table["rows"]}
    assert {key for key, outcome in outcomes.items() if outcome == "over"} == {"G00", "G01", "G02"}
    assert (table["counts"]["over"], table["boards"]["left"]["over"]) == (3, 3)
    assert [one["id"] for one in table["boards"]["best"]] == ["G20"]
    layer = _ask(client, f"/values/{release}/indicator?i=right&u=grid")
    names = _ask(client, f"/values/{release}/names?u=grid")["ids"]
    code = dict(zip(names, layer["codes"], strict=True))
    value = dict(zip(names, layer["values"], strict=True))
    assert (layer["over"], layer["missing"]) == (3, 4)
    assert (code["G00"], value["G00"], code["G20"] == NO_VALUE) == (NO_VALUE, 1.2, False)
    file = client.get("/download/indicators.csv?i=right&u=grid&lang=zh")
    assert file.status_code == 200
    lines = csv.reader(io.StringIO(file.data.decode("utf-8-sig")))
    assert sum("超过 100%，不判定" in line for line in lines) == 3


def test_it_is_neither_a_task_nor_the_pass_of_one(store: Path) -> None:
    with _opened(store) as con:
        assert con.execute("select unit_id from task where source = 'right'").fetchall() == [
            ("G10",)
        ]


def test_names_of_persons_are_not_in_the_rows_of_a_ledger_without_tasks(store: Path) -> None:
    with _opened(store) as con:
        owners = con.execute("select owner from ledger_row order by row").fetchall()
    assert owners == [("***",), ("居委会",), ("***",), (None,), (None,), (None,)]


def _opened(store: Path) -> Any:
    now = releases.current(store)
    assert now is not None
    return open_release(releases.release_path(store, now))
