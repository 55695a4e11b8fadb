"""The matrix of places by rules: the numbers of the export, counts with denominators, files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from etl.export import export
from etl.table import Filters
from tests.etl.cities import SmallCity

# 1,000 households ask for 600 m2 (30 per 100 are 300); 3,000 households ask for 900.
LEDGER = """社区,城乡,户数,人口,社区服务站面积,租期
社00,城市,1000,2500,700,6
社01,城市,1000,2500,500,3
社10,城市,3000,5000,850,
社11,城市,3000,9000,800,
社20,城市,2000,4000,,
社21,农村,500,1500,420,
"""
TOML = '[[communities]]\npath = "社区.csv"\n'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "city").mkdir()
    (folder / "city" / "社区.csv").write_text(LEDGER, encoding="utf-8")
    packs = ["kaili", "gb50180", "tengzhou"]
    toml = SmallCity(standards=packs, extra=TOML).write(folder / "city")
    build_city(toml, folder / "store", BuildOptions(workers=1))
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> FlaskClient:
    return create_app(Snapshots(store)).server.test_client()


def _get(client: FlaskClient, name: str, address: str) -> dict:
    release = client.get("/readyz").json["release"]
    answer = client.get(f"/values/{release}/{name}?{address}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.json


@pytest.fixture(scope="module")
def exported(store: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    out = tmp_path_factory.mktemp("out") / "standards.csv"
    export(store, "standards", "csv", out, Filters())
    return list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))


def _floor(client: FlaskClient, **more: str) -> tuple[dict, dict, int]:
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    table = _get(client, "standards", f"p=kaili&by=kaili:A01{extra}")
    at = next(k for k, one in enumerate(table["columns"]) if one["key"] == "A01")
    return table, table["columns"][at], at


def test_tiers_of_one_demand_are_one_column_with_its_denominator(client):
    table, column, at = _floor(client)
    assert [one["rule"] for one in column["rules"]] == ["A01", "A02", "A03", "A04"]
    cells = {row["name"]: row["cells"][at] for row in table["rows"]}
    found = {
        name: (one["rule"], one["state"], one["threshold"], one["gap"])
        for name, one in cells.items()
    }
    assert found == {
        "社00": ("A01", "pass", 600, None),
        "社01": ("A01", "fail", 600, 100),
        # exactly 5,000 people: the stricter tier, whose 30 m2 per 100 households bind either way
        "社10": ("A02", "fail", 900, 50),
        "社11": ("A02", "fail", 900, 100),
        "社20": ("A01", "not_assessable", 600, None),
        "社21": ("A03", "pass", 400, None),
    }
    assert (column["counts"]["pass"], column["judged"]) == (2, 5)
    assert column["counts"]["not_assessable"] == 1
    assert (column["gap"], column["streets"]) == (250, 2)


def test_every_cell_is_a_row_of_the_export(client, exported):
    table = _get(client, "standards", "p=kaili,gb50180")
    shown: Counter[tuple[str, ...]] = Counter()
    for row in table["rows"]:
        for column, one in zip(table["columns"], row["cells"], strict=True):
            if one is not None:
                shown[column["pack"], one["rule"], row["id"], _number(one["value"])] += 1
    wanted = Counter(
        (row["pack"], row["rule"], row["unit_id"], row["value"])
        for row in exported
        if row["unit_kind"] == "community" and row["pack"] in ("kaili", "gb50180")
    )
    assert shown == wanted


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value))


def test_two_packs_stand_side_by_side_and_are_counted_apart(client):
    one = _get(client, "standards", "p=kaili")
    both = _get(client, "standards", "p=kaili,gb50180")
    assert [each["pack"] for each in both["whole"]] == ["kaili", "gb50180"]
    assert both["whole"][0] == one["whole"][0]
    packs = [column["pack"] for column in both["columns"]]
    assert packs == sorted(packs, key=["kaili", "gb50180"].index)
    for each in both["whole"]:
        assert each["met"] + each["missed"] + each["open"] <= both["all"] == 6


def test_rows_are_narrowed_down_and_ordered(client):
    failed, _, _ = _floor(client, f="fail", o="gap")
    assert [row["name"] for row in failed["rows"]] == ["社01", "社11", "社10"]
    assert failed["counts"]["fail"] == 3
    named, _, _ = _floor(client, q="街1")
    assert [row["name"] for row in named["rows"]] == ["社10", "社11"]
    paged, _, _ = _floor(client, limit="1", offset="2")
    assert ([row["name"] for row in paged["rows"]], paged["total"]) == (["社10"], 6)


def test_an_area_keeps_its_own_places_and_counts(client):
    street = next(
        one for one in _get(client, "standards", "p=kaili")["rows"] if one["name"] == "社01"
    )["id"].rsplit("/", 1)[0]
    table, column, _ = _floor(client, a=street)
    assert [row["name"] for row in table["rows"]] == ["社00", "社01"]
    assert (column["counts"]["pass"], column["judged"], column["gap"]) == (1, 2, 100)


def test_a_cell_shows_its_calculation_and_its_file(client):
    table, _, _ = _floor(client)
    place = next(row["id"] for row in table["rows"] if row["name"] == "社11")
    found = _get(client, "verdict", f"p=kaili&u=community&r=A02&s={place}")
    assert found["verdict"]["clause"] == "每百户 30 平方米"
    assert (found["verdict"]["value"], found["verdict"]["threshold"]) == (800, 900)
    inputs = {one["name"]: (one["value"], one["origin"]) for one in found["inputs"]}
    assert inputs["station_m2"] == (800, "ledger")
    assert inputs["households"] == (3000, "ledger")
    assert inputs["m2_per_100_households"] == (30, "pack")
    assert found["file"] == {"source": "社区.csv", "row": 5}
    assert found["pack"]["confidence"] == "V"


def test_a_rule_that_does_not_speak_of_a_place_gives_no_verdict(client):
    table, _, _ = _floor(client)
    place = next(row["id"] for row in table["rows"] if row["name"] == "社21")
    tier = _get(client, "verdict", f"p=kaili&u=community&r=A01&s={place}")
    assert tier["rule"]["rule"] == "A03"
    lease = _get(client, "verdict", f"p=kaili&u=community&r=R01&s={place}")
    assert lease["verdict"] is None


def test_a_checklist_says_what_is_not_there_and_what_nobody_wrote(client):
    table, _, _ = _floor(client)
    place = table["rows"][0]["id"]
    found = _get(client, "verdict", f"p=kaili&u=community&r=R01&s={place}")
    assert found["verdict"]["verdict"] == "not_assessable"
    assert len(found["components"]) == 12
    assert {one["is_there"] for one in found["components"]} == {None}


def test_the_map_and_the_strip_have_the_values_of_the_column(client):
    table, _, at = _floor(client)
    layer = _get(client, "verdicts", "p=kaili&u=community&r=A01")
    for row in table["rows"]:
        assert layer["states"][row["i"]] == row["cells"][at]["state"]
        assert layer["values"][row["i"]] == row["cells"][at]["value"]
    assert layer["strip"]["line"] == 30
    assert layer["strip"]["x"] == [
        pytest.approx(each) if each is not None else None
        for each in (70, 50, 2833.333333333 / 100, 2666.666666666 / 100, None, 84)
    ]


def test_small_communities_are_offered_neighbours(client):
    found = _get(client, "remedies", "p=tengzhou&u=community&r=G01")
    first = next(one for one in found["merges"] if one["name"] == "社00")
    assert first["households"] == 1000
    # 社01 and 社10 touch it: 2,000 and 4,000 together are both 1,000 from the size
    assert sorted(one["households"] for one in first["options"]) == [2000, 4000]
    assert [one["apart"] for one in first["options"]] == [1000, 1000]


def test_targets_of_the_area_print_numerator_and_denominator(client):
    found = _get(client, "remedies", "p=kaili&u=community&r=A01")
    target = next(one for one in found["targets"] if one["rule"] == "T02")
    assert (target["numerator"], target["unknown"], target["denominator"]) == (2, 1, 6)
    assert target["verdict"] == "fail"


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        ("standards", "p=kayli", "'kayli' is no pack that applies here"),
        ("standards", "p=kaili,gb50180,tengzhou", "p names 3 packs"),
        ("standards", "f=moon", "'moon' is no state"),
        ("standards", "o=moon", "'moon' is no order"),
        ("standards", "a=nowhere", "there is no area"),
        ("standards", "limit=501", "limit is '501'"),
        ("standards", "zz=1", "'zz' is no parameter"),
        ("standards", "q=" + "x" * 201, "q has 201 characters"),
        ("verdicts", "p=kaili&u=community&r=moon", "'moon' is no column"),
        ("verdicts", "p=kaili&u=moon&r=A01", "'moon' is no level"),
        ("verdict", "p=kaili&u=community&r=A01&s=moon", "there is no community"),
        ("verdict", "p=kaili&u=community&r=moon&s=x", "'moon' is no rule"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(client, name, address, reason):
    release = client.get("/readyz").json["release"]
    answer = client.get(f"/values/{release}/{name}?{address}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_the_files_hold_the_matrix_and_every_verdict(client, exported):
    plain = client.get("/download/standards.csv?p=kaili&by=kaili:A01&f=fail&lang=en")
    assert plain.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(plain.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["Name"], row["kaili:A01 Verdict"], row["kaili:A01 Gap"]) for row in rows] == [
        ("社01", "✗ not met", "100.0"),
        ("社10", "✗ not met", "50.0"),
        ("社11", "✗ not met", "100.0"),
    ]
    book = client.get("/download/verdicts.xlsx?p=kaili&lang=zh")
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).sheet_names
    lines = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_name(sheet)
    own = [row for row in exported if row["pack"] == "kaili"]
    assert len(lines.to_python()) == 1 + len(own)
    assert client.get("/download/standards.pdf?p=kaili").status_code == 404
    assert client.get("/download/standards.csv?lang=fr").status_code == 400


def test_the_interface_for_programs_gives_packs_rules_and_verdicts(client, exported):
    listed = client.get("/api/v1/standards").json
    applied = [one["pack"] for one in listed["packs"] if one["is_applied"]]
    assert applied == ["gb50180", "kaili", "tengzhou"]
    rule = next(one for one in listed["rules"] if (one["pack"], one["rule"]) == ("kaili", "A02"))
    assert (rule["passed"], rule["failed"], rule["not_applicable"]) == (0, 2, 4)
    found = client.get("/api/v1/standards?p=kaili&r=A02").json["verdicts"]
    wanted = [row for row in exported if (row["pack"], row["rule"]) == ("kaili", "A02")]
    assert [one["unit_id"] for one in found] == [row["unit_id"] for row in wanted]
    assert [one["gap"] for one in found] == [50, 100]
    assert client.get("/api/v1/standards?p=moon").status_code == 400
    assert client.get("/api/v1/standards?r=A01").status_code == 400


def test_a_city_without_packs_answers_that_there_is_none(tmp_path):
    toml = SmallCity().write(tmp_path / "city")
    build_city(toml, tmp_path / "store", BuildOptions(workers=1))
    client = create_app(Snapshots(tmp_path / "store")).server.test_client()
    found = _get(client, "standards", "")
    assert (found["columns"], found["rows"]) == ([], [])
    assert client.get("/download/standards.csv").status_code == 400
