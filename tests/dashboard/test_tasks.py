"""Tasks over HTTP: the list, one with its evidence, changes with their record, the files."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from dashboard.words_task_file import CODES, COLUMNS
from etl.__main__ import main
from etl.build import BuildOptions, build_city
from geo.store.state import state_path
from geo.store.task_edits import latest_edits
from geo.store.tasks import of_grid
from geo.store.values import names
from tests.dashboard.test_words import HALF_WIDTH
from tests.etl.cities import SmallCity
from tests.etl.test_tasks import HEAD, INSPECTIONS

HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
AUGUST = [
    "G00,2026-08-05,楼道,70,物业,2026-08-20,",
    "G01,2026-08-05,楼道,60,物业,2026-11-20,2026-08-09",
    "G12,2026-08-05,绿化,50,居委会,2026-11-30,",
    "G22,2026-08-05,=cmd,50,,2026-09-20,",
]
SEPTEMBER = ["G00,2026-09-10,楼道,96,物业,,"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    (folder / "city").mkdir()
    for month, rows in (("2026-08", AUGUST), ("2026-09", SEPTEMBER)):
        (folder / "city" / "检查.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        toml = SmallCity(as_of=month, extra=INSPECTIONS).write(folder / "city")
        build_city(toml, folder / "store", BuildOptions(workers=1))
    return folder / "store"


@pytest.fixture
def store(built: Path) -> Iterator[Path]:
    yield built
    state_path(built).unlink(missing_ok=True)


@pytest.fixture
def operator(store: Path) -> FlaskClient:
    """A browser on the server's own machine."""
    return create_app(Snapshots(store), listens_on="127.0.0.1").server.test_client()


def _list(client: FlaskClient, query: str = "") -> dict:
    answer = client.get(f"/api/v1/tasks{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def _id(client: FlaskClient, place: str) -> str:
    return next(one["task"] for one in _list(client)["tasks"] if one["unit_id"] == place)


def _change(client: FlaskClient, task: str, **body: object):
    return client.post(f"/tasks/{task}", json={"reason": "街道会议定", **body}, headers=HERE)


def test_the_list_has_what_is_overdue_first_and_counts_them_all(operator):
    found = _list(operator)
    assert [(one["unit_id"], one["state"]) for one in found["tasks"]] == [
        ("G22", "overdue"),
        ("G01", "open"),
        ("G12", "open"),
        ("G00", "closed"),
    ]
    assert found["counts"] == {"open": 2, "overdue": 1, "closed": 1, "reported": 1}
    assert (found["as_of"], found["until"], found["total"]) == ("2026-09", "2026-09-30", 4)
    assert (found["page"], found["pages"], found["is_audit_whole"]) == (1, 1, True)
    assert [(one["owner"], one["overdue"], one["open"]) for one in found["owners"]] == [
        (None, 1, 0),
        ("居委会", 0, 1),
        ("物业", 0, 1),
    ]
    (source,) = found["sources"]
    assert (source["kind"], source["source"], source["open"]) == ("ledger", "检查", 2)
    late = found["tasks"][0]
    assert (late["days_over"], late["due"], late["owner"]) == (10, "2026-09-20", None)
    assert late["grid_id"] == "G22"


def test_a_task_shows_both_values_and_the_releases(operator):
    one = operator.get(f"/api/v1/tasks/{_id(operator, 'G00')}").json
    assert one["failed"] == {"value": "70", "on": "2026-08-05", "row": 2}
    assert one["passed"] == {"value": "96", "on": "2026-09-10", "row": 2}
    assert one["closed_release"] == one["release"]
    assert one["opened_release"].startswith("1-")
    assert (one["edits"], one["may_edit"], one["zh"]) == ([], False, "检查")
    still = operator.get(f"/api/v1/tasks/{_id(operator, 'G01')}").json
    assert (still["passed"], still["may_edit"], still["is_reported_done"]) == (None, True, True)


def test_filters_leave_the_counts_by_state_alone(operator):
    late = _list(operator, "?state=overdue,closed")
    assert [one["unit_id"] for one in late["tasks"]] == ["G22", "G00"]
    assert late["counts"]["open"] == 2
    mine = _list(operator, "?owner=物业&state=open")
    assert [one["unit_id"] for one in mine["tasks"]] == ["G01"]
    assert len(mine["owners"]) == 3
    assert [one["unit_id"] for one in _list(operator, "?owner=-")["tasks"]] == ["G22"]
    assert [one["unit_id"] for one in _list(operator, "?u=grid&s=G12")["tasks"]] == ["G12"]
    second = _list(operator, "?size=3&page=2")
    assert ([one["unit_id"] for one in second["tasks"]], second["pages"]) == (["G00"], 2)
    beyond = _list(operator, "?size=3&page=9")
    assert (beyond["tasks"], beyond["total"]) == ([], 4)
    codes = _codes(operator)
    assert [one["unit_id"] for one in _list(operator, f"?a={codes['街1']}")["tasks"]] == ["G12"]
    assert _list(operator, f"?a={codes['小城']}")["total"] == 4


def _codes(client: FlaskClient) -> dict[str, str]:
    """Give the codes of areas by name, as the map names them."""
    release = client.get("/readyz").json["release"]
    names: dict[str, str] = {}
    for unit in ("street", "community"):
        found = client.get(f"/values/{release}/names?u={unit}").json
        names |= dict(zip(found["names"], found["ids"], strict=True))
    return names | {"小城": client.get("/api/v1/summary").json["area"]}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("state=late", "expected open, overdue, closed"),
        ("a=nowhere", "there is no area 'nowhere'"),
        ("kind=x", "expected ledger, indicator, rule"),
        ("page=0", "expected 1 to"),
        ("size=501", "expected 1 to 500"),
        ("zz=1", "is no parameter"),
    ],
)
def test_what_is_not_there_is_refused_with_the_reason(operator, query, reason):
    answer = operator.get(f"/api/v1/tasks?{query}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_a_change_is_shown_recorded_and_counted(operator, store):
    task = _id(operator, "G22")
    assert _change(operator, task, field="owner", value=" 城管局  一中队 ").status_code == 200
    answer = _change(operator, task, field="due", value="2026-10-31")
    assert answer.status_code == 200, answer.text
    one = answer.json
    assert (one["owner"], one["due"], one["state"]) == ("城管局 一中队", "2026-10-31", "open")
    assert (one["given"], one["edited"]) == (
        {"owner": None, "due": "2026-09-20"},
        ["owner", "due"],
    )
    assert [(edit["field"], edit["before"], edit["after"]) for edit in one["edits"]] == [
        ("due", "2026-09-20", "2026-10-31"),
        ("owner", None, "城管局 一中队"),
    ]
    assert {edit["reason"] for edit in one["edits"]} == {"街道会议定"}
    assert one["edits"][0]["who"] == "operator"
    again = _list(operator)
    assert again["counts"] == {"open": 3, "overdue": 0, "closed": 1, "reported": 1}
    calendar = operator.get("/api/v1/calendar?from=2026-09-01&to=2026-12-31").json
    due = [(one["due_on"], one["owner"], one["state"]) for one in calendar["entries"]]
    assert due[0] == ("2026-10-31", "城管局 一中队", "due")
    assert calendar["counts"]["missed"] == 0
    assert "城管局 一中队" in calendar["owners"]
    assert again["owners"][0]["owner"] in ("城管局 一中队", "居委会", "物业")
    # another process that opens the store sees the same
    other = create_app(Snapshots(store), listens_on="127.0.0.1").server.test_client()
    assert _list(other)["counts"]["overdue"] == 0
    assert _change(operator, task, field="due", value=None).json["due"] is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"field": "state", "value": "closed"}, "expected one of owner, due"),
        ({"field": "due", "value": "2026-9-1"}, "expected a day"),
        ({"field": "due", "value": "1026-09-01"}, "expected a day"),
        ({"field": "due", "value": 5}, "expected a day"),
        ({"field": "due", "value": "2026-09-20"}, "already"),
        ({"field": "owner", "value": ""}, "expected an office"),
        ({"field": "owner", "value": "x" * 61}, "expected an office"),
        ({"field": "owner", "value": "王 13800138000"}, "no telephone"),
        ({"field": "owner", "value": "物业", "reason": "x"}, "expected 2 to 200"),
        ({"field": "owner", "value": "物业", "reason": None}, "expected 2 to 200"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(operator, body, reason):
    answer = _change(operator, _id(operator, "G22"), **body)
    assert answer.status_code == 400
    assert reason in answer.json["error"]
    assert _list(operator)["counts"]["overdue"] == 1


def test_nobody_changes_tasks_from_outside(operator, store):
    task = _id(operator, "G22")
    body = {"field": "owner", "value": "物业", "reason": "试一试"}
    assert operator.post(f"/tasks/{task}", json=body).status_code == 403
    foreign = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert operator.post(f"/tasks/{task}", json=body, headers=foreign).status_code == 403
    proxied = {**HERE, "X-Forwarded-For": "10.0.0.9"}
    assert operator.post(f"/tasks/{task}", json=body, headers=proxied).status_code == 403
    open_server = create_app(Snapshots(store), listens_on="0.0.0.0").server.test_client()
    assert open_server.post(f"/tasks/{task}", json=body, headers=HERE).status_code == 403
    assert open_server.get(f"/api/v1/tasks/{task}").json["may_edit"] is False
    assert not state_path(store).exists()


def test_closed_and_unknown_tasks_cannot_be_changed(operator):
    closed = _change(operator, _id(operator, "G00"), field="owner", value="物业二部")
    assert closed.status_code == 409
    assert _change(operator, "0" * 12, field="owner", value="物业").status_code == 404
    assert operator.get("/api/v1/tasks/zzz").status_code == 404
    form = operator.post(f"/tasks/{_id(operator, 'G22')}", data=b"[]", headers=HERE)
    assert form.status_code == 400


def test_a_record_that_was_tampered_with_shows(operator, store):
    task = _id(operator, "G22")
    _change(operator, task, field="due", value="2026-10-31")
    _change(operator, task, field="due", value="2026-12-31")
    assert _list(operator)["is_audit_whole"] is True
    with sqlite3.connect(state_path(store)) as con:
        con.execute("update task_edit set after = '2026-11-30' where edit_id = 1")
    con.close()
    assert _list(operator)["is_audit_whole"] is False


def test_the_files_hold_the_list_as_it_is_shown(operator):
    _change(operator, _id(operator, "G22"), field="owner", value="城管局")
    answer = operator.get("/download/tasks.csv?state=overdue,open")
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["编号", "状态", "地点类型"]
    shown = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]
    assert [row["unit_id"] for row in shown] == ["G22", "G01", "G12"]
    assert (shown[0]["owner"], shown[0]["state"], shown[0]["item"]) == ("城管局", "逾期", "'=cmd")
    assert shown[1]["is_reported_done"] == "是"
    book = operator.get("/download/tasks.xlsx?lang=en")
    with zipfile.ZipFile(io.BytesIO(book.data)) as parts:
        assert "Overdue" in parts.read("xl/sharedStrings.xml").decode()
    assert operator.get("/download/tasks.pdf").status_code == 404
    assert operator.get("/download/tasks.csv?page=2").status_code == 400
    assert operator.get("/download/tasks.csv?lang=fr").status_code == 400


def test_the_card_of_a_place_has_its_tasks(store):
    snapshots = Snapshots(store)
    release = snapshots.current()
    ids = {one: at for at, one in enumerate(names(release, "grid")["ids"])}
    (task,) = of_grid(release, ids["G22"], latest_edits(store))
    assert (task["unit_id"], task["state"], task["failed"]["value"]) == ("G22", "overdue", "50")
    assert of_grid(release, ids["G02"], latest_edits(store)) == []


def test_the_export_sees_the_changes_and_says_so(operator, store, tmp_path):
    _change(operator, _id(operator, "G22"), field="due", value="2026-12-31")
    assert main([*("export", "--store", str(store), "--what", "tasks"), *_to(tmp_path)]) == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:9] == [
        *("task", "unit_kind", "unit_id", "source", "owner", "due", "state"),
        *("opened_release", "closed_release"),
    ]
    assert [row["task"] for row in rows] == sorted(row["task"] for row in rows)
    shown = {one["task"]: one for one in _list(operator)["tasks"]}
    assert len(rows) == len(shown)
    for row in rows:
        one = shown[row["task"]]
        for key in ("state", "owner", "due", "opened_release", "closed_release", "unit_id"):
            assert row[key].removeprefix("'") == (one[key] or "")
        assert row["failed_value"] == one["failed"]["value"]
    changed = next(row for row in rows if row["unit_id"] == "G22")
    assert (changed["state"], changed["due"], changed["given_due"]) == (
        *("open", "2026-12-31"),
        "2026-09-20",
    )
    meta = json.loads((tmp_path / "out.csv.meta.json").read_text("utf-8"))
    assert meta["edits"] == {"changed": 1, "is_audit_whole": True}
    assert all(row["opened_release"] for row in rows)


def _to(folder: Path) -> list[str]:
    return ["--format", "csv", "--out", str(folder / "out.csv")]


def test_the_interface_is_described(operator):
    paths = operator.get("/api/v1/openapi.json").json["paths"]
    named = {one["name"] for one in paths["/tasks"]["get"]["parameters"]}
    assert {"state", "owner", "kind", "source", "a", "u", "s", "page", "size"} <= named
    assert paths["/tasks/{id}"]["get"]["parameters"][0]["in"] == "path"


def test_the_words_of_the_file_are_in_both_languages():
    pairs = [*COLUMNS.values(), *(pair for codes in CODES.values() for pair in codes.values())]
    assert all(zh and en and zh != en for zh, en in pairs)
    assert [zh for zh, _ in pairs if HALF_WIDTH.search(zh)] == []
    assert json.dumps([en for _, en in pairs]).isascii()
