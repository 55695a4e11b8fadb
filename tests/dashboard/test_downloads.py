"""The file of a table by value: the numbers of the interface, text that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest

from dashboard.app import create_app
from dashboard.snapshots import OneRelease, Snapshots
from etl.build import BuildOptions, build_city
from geo.store.opened import OpenRelease
from geo.walk import BASES
from tests.bench.lattice_city import LatticeCity, write_lattice_city
from tests.dashboard import small_release

CITY = LatticeCity(
    side=6, grid_m=400.0, street_m=80.0, spacing_m=100.0, categories=1, facilities=8, per_district=3
)


@pytest.fixture(scope="module")
def lattice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("downloads")
    build_city(write_lattice_city(folder / "city", CITY), folder / "store", BuildOptions(workers=1))
    return create_app(Snapshots(folder / "store")).server.test_client()


def download(client, query=""):
    answer = client.get(f"/download/grids.csv?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def number(text):
    return float(text) if text else None


@pytest.mark.parametrize(
    "query", ["m=6", "m=6&n=own", "m=9&t=line&b=households", "m=5&b=area", "m=12&a=区000-001"]
)
def test_the_file_holds_the_numbers_of_the_interface(lattice, query):
    rows = download(lattice, f"{query}&lang=en")
    found = lattice.get(f"/api/v1/grids?{query}&limit=1000").json
    assert len(rows) == len(found["grids"]) == found["total"] > 0
    speed = lattice.get("/api/v1/release").json["speeds"][0]["m_per_min"]
    for row, grid in zip(rows, found["grids"], strict=True):
        whole, part = grid["denominator"], grid["numerator"]
        amount, covered, uncovered, share, metres, minutes = list(row.values())[6:12]
        assert (row["Grid ID"], row["Grid name"]) == (grid["id"], grid["name"])
        assert (number(amount), number(covered)) == (whole, part)
        assert number(uncovered) == (None if whole is None else pytest.approx(whole - part))
        assert number(metres) == grid["nearest_m"]
        assert number(minutes) == pytest.approx(grid["nearest_m"] / speed, rel=1e-12)
        one = lattice.get(f"/api/v1/grids/{grid['id']}?{query}").json
        assert (one["value"], one["numerator"]) == (number(share), part)
        assert one[f"{one['mode']}_m"] == number(metres)


def test_own_districts_change_what_is_covered_and_how_far_it_is(lattice):
    every, own = download(lattice, "m=6&lang=en"), download(lattice, "m=6&n=own&lang=en")
    pairs = list(zip(every, own, strict=True))
    for column, sign in (("People reached", -1), ("Nearest, m", 1)):
        changes = [sign * (float(b[column]) - float(a[column])) for a, b in pairs if b[column]]
        assert min(changes) >= 0 < max(changes)


def test_titles_and_classes_speak_the_language_asked_for(client):
    zh = client.get("/download/grids.csv").data.decode("utf-8-sig").splitlines()
    assert zh[0] == (
        "网格编码,网格名称,社区,街道,区,覆盖,人口,覆盖人口,缺口人口,覆盖率,最近米数,最近分钟,可靠性"
    )
    english = client.get("/download/grids.csv?lang=en&b=area").data.decode("utf-8-sig").splitlines()
    assert english[0] == (
        'Grid ID,Grid name,Community,Subdistrict,District,Class,"Area, m²","Area reached, m²",'
        '"Area not reached, m²",Share,"Nearest, m","Nearest, min",Reliability'
    )
    words = {row["Class"] for row in download(client, "lang=en")}
    assert {"Full", "Blind spot", "No people", "No data"} <= words


def test_what_is_not_known_is_empty_and_never_zero(client):
    rows = download(client)
    unknown, nobody = rows[small_release.UNKNOWN_PEOPLE], rows[small_release.NOBODY]
    assert [unknown[key] for key in ("人口", "覆盖人口", "缺口人口", "覆盖率")] == [""] * 4
    assert [nobody[key] for key in ("人口", "覆盖人口", "缺口人口", "覆盖率")] == ["0"] * 3 + [""]
    unreached = [row for grid, row in enumerate(rows) if not small_release.arrivals(grid, 0, 1)]
    assert {row["最近米数"] + row["最近分钟"] for row in unreached} == {""}
    for grid, row in enumerate(rows):
        whole = small_release.people_milli(grid)
        if whole:
            part = small_release.reached(grid, 0, 1, 15)
            assert (float(row["人口"]), float(row["覆盖人口"])) == (whole / 1000, part / 1000)
            assert float(row["覆盖率"]) == part / whole
    assert all(row["社区"] == "" for row in rows)
    assert {row["区"] for row in rows} == {"东区", "西区"}


def test_text_that_looks_like_a_formula_is_not_run_and_numbers_stay_numbers(tmp_path):
    opened = small_release.build()
    opened._con.execute("update grid set name = '=cmd|1' where grid_idx = 0")
    opened._con.execute("update grid set grid_id = '-3' where grid_idx = 1")
    opened._con.execute("update area set name = '＋街' where code = 'S1'")
    rows = download(create_app(OneRelease(opened)).server.test_client())
    opened.close()
    assert rows[0]["网格名称"] == "'=cmd|1"
    assert rows[1]["网格编码"] == "'-3"
    assert rows[0]["街道"] == "'＋街"
    assert rows[0]["人口"] == "100"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_basis_has_titles_of_its_own(client, lang):
    heads = [
        client.get(f"/download/grids.csv?b={basis}&lang={lang}").text.splitlines()[0]
        for basis in BASES
    ]
    assert len(set(heads)) == len(BASES)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("a=D1", "东区_养老_15分钟步行_覆盖_202610.csv"),
        ("m=9&t=line&b=area", "小城_养老_9分钟直线_覆盖_面积_202610.csv"),
        ("v=elderly&n=own", "小城_养老_15分钟步行_elderly_覆盖_不计邻区_202610.csv"),
        ("c=ELD_CARE&lang=en", "小城_Elderly-care_15-min-walk_coverage_202610.csv"),
    ],
)
def test_the_file_is_named_after_what_is_in_it(client, query, name):
    answer = client.get(f"/download/grids.csv?{query}")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=\"grids.csv\"; filename*=UTF-8''")
    assert unquote(disposition.split("UTF-8''")[1]) == name
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_name_leads_out_of_the_folder():
    opened = small_release.build()
    opened._con.execute("update area set name = '../a b\"' where code = 'D1'")
    answer = (
        create_app(OneRelease(OpenRelease("1-2", opened._con)))
        .server.test_client()
        .get("/download/grids.csv?a=D1")
    )
    opened.close()
    assert unquote(answer.headers["Content-Disposition"]).endswith(
        "''a-b_养老_15分钟步行_覆盖_202610.csv"
    )


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("m=61", "1 to 60"),
        ("t=fly", "walk, line"),
        ("c=NONE", "ELD_CARE"),
        ("a=nowhere", "D1"),
        ("n=some", "all, own"),
        ("d=1999-01", "2026-10"),
        ("lang=fr", "zh, en"),
        ("limit=3", "'limit' is no parameter"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_reason(client, query, reason):
    answer = client.get(f"/download/grids.csv?{query}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_without_a_release_there_is_no_file(bare_client):
    answer = bare_client.get("/download/grids.csv")
    assert answer.status_code == 503
    assert "python -m etl build" in answer.json["error"]
