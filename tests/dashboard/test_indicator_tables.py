"""The table of units by indicators: order, outcomes, boards, what it refuses, and its files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from geo.store.indicator_table import BOARD, OUTCOMES, Column, boards
from tests.etl.cities import SmallCity
from tests.etl.test_ledgers import CHECKS, TOML

MORE = """
[[indicators]]
id = "checks"
title = { zh = "检查次数", en = "Checks" }
from = "检查"
formula = "count()"
better = "low"
"""


def _client(folder: Path) -> FlaskClient:
    (folder / "city").mkdir()
    (folder / "city" / "检查.csv").write_text("\n".join([*CHECKS, ""]), encoding="utf-8")
    toml = SmallCity(extra=TOML + MORE).write(folder / "city")
    build_city(toml, folder / "store", BuildOptions(workers=1))
    return create_app(Snapshots(folder / "store")).server.test_client()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return _client(tmp_path_factory.mktemp("tables"))


def _table(client: FlaskClient, address: str) -> dict:
    release = client.get("/readyz").json["release"]
    answer = client.get(f"/values/{release}/indicators?{address}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.json


def _ids(table: dict) -> list[str]:
    return [row["id"] for row in table["rows"]]


def test_every_unit_has_a_row_the_worst_first_and_those_without_data_last(client):
    table = _table(client, "i=waste_accuracy,checks&u=grid")
    assert _ids(table)[:3] == ["G12", "G00", "G01"]
    assert table["total"] == table["all"] == 9 == len(table["rows"])
    assert [row["cells"][0]["outcome"] for row in table["rows"]] == [
        *("fail", "pass", "pass"),
        *(["none"] * 6),
    ]
    assert [row["cells"][0]["value"] for row in table["rows"][:3]] == [0.25, 0.9, 1.0]
    assert table["counts"] == {
        "fail": 1,
        "pass": 2,
        "plain": 0,
        "none": 6,
        "withheld": 0,
        "over": 0,
    }
    head, count = table["columns"]
    assert (head["period"], head["before"], head["target"]) == ("2026-10", "2026-09", 0.9)
    assert head["path"] == "检查.csv"
    assert head["whole"]["value"] == 39 / 70
    assert head["whole"]["outcome"] == "fail"
    assert count["target"] is None
    assert count["whole"] == {"value": 4.0, "change": 3.0, "outcome": "plain"}


def test_a_change_is_since_the_period_before_and_missing_where_nothing_was_known(client):
    rows = {row["id"]: row["cells"][0] for row in _table(client, "i=waste_accuracy")["rows"]}
    assert rows["G00"]["change"] == pytest.approx(0.9 - 0.5)
    assert rows["G01"]["change"] is None


def test_rows_are_turned_narrowed_down_and_paged(client):
    assert _ids(_table(client, "i=waste_accuracy&o=-waste_accuracy"))[:3] == ["G01", "G00", "G12"]
    assert _ids(_table(client, "i=waste_accuracy,checks&by=checks"))[:2] == ["G01", "G00"]
    assert _ids(_table(client, "i=waste_accuracy&f=pass")) == ["G00", "G01"]
    named = _table(client, "i=waste_accuracy&q=g1&o=name")
    assert _ids(named) == ["G10", "G11", "G12"]
    assert named["counts"]["fail"] == 1
    assert named["counts"]["none"] == 2
    assert _ids(_table(client, "i=waste_accuracy&limit=1&offset=1")) == ["G00"]
    assert _ids(_table(client, "i=waste_accuracy&o=-name"))[0] == "G22"


def test_an_area_keeps_its_own_units(client):
    whole = _table(client, "i=waste_accuracy&u=street")
    worst = whole["rows"][0]
    inside = _table(client, f"i=waste_accuracy&u=grid&a={worst['id']}")
    assert inside["all"] < 9
    assert _ids(inside)[0] == "G12"
    assert inside["columns"][0]["whole"]["value"] == worst["cells"][0]["value"] == 0.25


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "i names 0 indicators"),
        ("i=nothing", "'nothing' is no indicator"),
        ("i=checks&by=waste_accuracy", "is no indicator of this table"),
        ("i=checks&u=moon", "'moon' is no unit"),
        ("i=checks&a=nowhere", "there is no area"),
        ("i=checks&o=moon", "'moon' is no order"),
        ("i=checks&f=moon", "'moon' is no outcome"),
        ("i=checks&limit=501", "limit is '501'"),
        ("i=checks&offset=-1", "offset is '-1'"),
        ("i=checks&zz=1", "'zz' is no parameter"),
        ("i=checks&q=" + "x" * 201, "q has 201 characters"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(client, address, reason):
    release = client.get("/readyz").json["release"]
    answer = client.get(f"/values/{release}/indicators?{address}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_the_files_hold_the_rows_of_the_table(client):
    address = "i=waste_accuracy,checks&u=grid&f=pass&lang=en"
    plain = client.get(f"/download/indicators.csv?{address}")
    assert plain.status_code == 200
    assert plain.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(plain.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["Code"], row["Indicator"], row["Value"]) for row in rows] == [
        ("G00", "Waste sorted correctly", "0.9"),
        ("G00", "Checks", "1.0"),
        ("G01", "Waste sorted correctly", "1.0"),
        ("G01", "Checks", "2.0"),
    ]
    assert rows[0]["Result"] == "✓ met"
    assert float(rows[0]["Change"]) == pytest.approx(0.4)
    book = client.get(f"/download/indicators.xlsx?{address}")
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).sheet_names
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_name(sheet)
    assert [line[5] for line in cells.to_python()] == ["Value", 0.9, 1.0, 1.0, 2.0]
    assert client.get(f"/download/indicators.pdf?{address}").status_code == 404
    assert client.get(f"/download/indicators.csv?{address[:-2]}fr").status_code == 400


def _column(values: list[float | None], better: str) -> Column:
    numbers = np.array([np.nan if one is None else one for one in values], dtype=np.float64)
    outcomes = np.where(np.isnan(numbers), OUTCOMES.index("none"), OUTCOMES.index("plain"))
    return Column(
        entry={"better": better},
        period=None,
        before=None,
        target=None,
        values=numbers,
        changes=numbers,
        outcomes=outcomes.astype(np.int8),
    )


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 6).map(float))), st.sampled_from(["high", "low"])
)
def test_the_boards_name_the_best_and_the_worst_and_nobody_twice(values, better):
    column = _column(values, better)
    names = [str(at) for at in range(len(values))]
    found = boards(column, np.arange(len(values)), names, names)
    known = sorted((one for one in values if one is not None), reverse=better == "high")
    size = min(BOARD, len(known) // 2)
    best = [one for one in known[:size] if one != known[-1]]
    worst = [one for one in known[::-1][:size] if one != known[0]]
    assert [row["value"] for row in found["best"]] == best
    assert [row["value"] for row in found["worst"]] == worst
    assert not {row["i"] for row in found["best"]} & {row["i"] for row in found["worst"]}
    assert found["ranked"] == len(known)
    assert found["left"] == {"none": len(values) - len(known), "withheld": 0, "over": 0}
    for row in found["best"]:
        assert row["rank"] == 1 + known.index(row["value"])
    assert found["best_tied"] == (known.count(best[-1]) - best.count(best[-1]) if best else 0)
    assert found["worst_tied"] == (known.count(worst[-1]) - worst.count(worst[-1]) if worst else 0)
