"""Lists of the page of gaps as files: the rows of the answers, in the order asked for."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest
from python_calamine import CalamineWorkbook

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def client(real_data, tmp_path_factory):
    store = tmp_path_factory.mktemp("gap-files")
    source = real_data / "microcity" / "city.toml"
    subprocess.run(
        [sys.executable, "-m", "etl", "build", str(source), "--store", str(store)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return create_app(Snapshots(store)).server.test_client()


def _rows(client, query):
    got = client.get(f"/download/underserved.csv?c=MED_STATION&m=15&t=walk&lang=en&{query}")
    assert got.status_code == 200, got.text
    return list(csv.DictReader(io.StringIO(got.data.decode("utf-8-sig"))))


def test_the_file_says_what_the_micro_city_describes(client):
    rows = _rows(client, "list=far&o=over")
    assert [(row["Grid id"], row["Cause"]) for row in rows] == [
        ("G7", "No facility"),
        ("G3", "Barrier"),
    ]
    assert rows[0]["Nearest walk, m"] == ""
    assert float(rows[1]["Straight line, m"]) == pytest.approx(400.0, abs=0.2)
    assert sum(float(row["Not reached"]) for row in rows) == 1800.0


def test_a_cause_and_a_search_narrow_the_file_down(client):
    assert [row["Grid id"] for row in _rows(client, "list=far&f=barrier")] == ["G3"]
    assert [row["Grid id"] for row in _rows(client, "list=far&q=g7")] == ["G7"]
    assert _rows(client, "list=far&q=nothing") == []


def test_the_workbook_holds_the_same_rows(client):
    got = client.get("/download/underserved.xlsx?c=MED_STATION&m=15&t=walk&lang=en&list=far")
    assert got.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(got.data))
    table = book.get_sheet_by_index(0).to_python()
    rows = _rows(client, "list=far")
    assert table[0] == list(rows[0])
    assert [row[0] for row in table[1:]] == [row["Grid id"] for row in rows]


@pytest.mark.parametrize("which", ["short", "foot", "sole"])
def test_every_list_has_a_file_with_the_rows_of_its_answer(client, which):
    release = client.get("/readyz").json["release"]
    answers = {"short": "underserved", "foot": "paper", "sole": "dependence"}
    asked = f"/values/{release}/{answers[which]}?c=MED_STATION&m=15&t=walk"
    found = client.get(asked).json
    if which == "short":
        expected = len(found["short"]["i"])
    elif which == "foot":
        expected = len(found["rows"]["i"]) if found["rows"] else 0
    else:
        expected = len(found)
    assert len(_rows(client, f"list={which}")) == expected


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("list=near", "list is 'near'; expected one of far, short, foot, sole"),
        ("list=far&f=capacity", "f is 'capacity'; expected one of doubtful"),
        ("list=short&o=gap", "o is 'gap'; expected one of whole"),
        ("list=far&q=" + "x" * 201, "q has 201 characters"),
        ("list=far&zz=1", "'zz' is no parameter"),
    ],
)
def test_what_cannot_be_asked_is_said(client, query, said):
    got = client.get(f"/download/underserved.csv?{query}")
    assert got.status_code == 400
    assert said in got.json["error"]
    assert client.get("/download/underserved.ods?list=far").status_code == 404
