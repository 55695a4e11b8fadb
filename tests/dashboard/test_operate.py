"""The operator's page from the server's side: who may, what is taken, what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.inbox_state import state
from dashboard.snapshots import Snapshots
from dashboard.state import BadRequestError
from dashboard.toml_text import edited, read_edits
from geo.errors import InputDataError, StoreError
from geo.store import inbox, inbox_files, jobs, publications
from geo.store.release import Release

HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def operator(store: Path) -> FlaskClient:
    """A browser on the server's own machine."""
    app = create_app(Snapshots(store), listens_on="127.0.0.1")
    return app.server.test_client()


def post(client: FlaskClient, path: str, body: object = None, **headers: str) -> Any:
    return client.post(path, json=body or {}, headers={**HERE, **headers})


def new_set(client: FlaskClient, base: str | None = None) -> str:
    answer = post(client, "/inbox/new", {"base": base})
    assert answer.status_code == 200, answer.text
    return answer.json["set"]


def send(client: FlaskClient, one: str, name: str, content: bytes) -> Any:
    return client.post(f"/inbox/{one}/{name}", data=content, headers=HERE)


def test_a_file_lands_whole_under_its_name_and_replaces_the_one_before(operator, store):
    one = new_set(operator)
    assert send(operator, one, "网格.csv", b"a,b\n1,2\n").json == {"path": "网格.csv"}
    folder = store / "inbox" / one
    assert (folder / "网格.csv").read_bytes() == b"a,b\n1,2\n"
    send(operator, one, "网格.csv", b"other")
    assert [path.name for path in folder.iterdir()] == ["网格.csv"]
    assert (folder / "网格.csv").read_bytes() == b"other"


def test_a_decomposed_name_is_kept_composed(operator, store):
    one = new_set(operator)
    send(operator, one, "Cafe\u0301.csv", b"x")
    assert [path.name for path in (store / "inbox" / one).iterdir()] == ["Caf\u00e9.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "..%2F..%2Fstate%2Fstate.csv",
        "a%2Fb.csv",
        ".hidden.csv",
        "a%00b.csv",
        "a%5Cb.csv",
        "release.duckdb",
        "state.sqlite",
        "run.exe",
        "no_ending",
        "%E2%80%AEvsc.csv",
        "x" * 260 + ".csv",
    ],
)
def test_a_name_that_could_mean_another_place_or_kind_is_refused(operator, store, name):
    one = new_set(operator)
    answer = send(operator, one, name, b"x")
    assert answer.status_code in (400, 404), answer.text
    assert list((store / "inbox" / one).iterdir()) == []
    assert not (store / "state" / "state.csv").exists()


def test_an_empty_or_cut_file_leaves_nothing_behind(operator, store):
    one = new_set(operator)
    assert send(operator, one, "a.csv", b"").status_code == 400
    found = inbox.find(store, one)
    with pytest.raises(InputDataError, match="3 of 9 bytes"):
        inbox_files.receive(found, "a.csv", io.BytesIO(b"abc"), 9)
    assert list(found.folder.iterdir()) == []


def test_a_file_beyond_the_limit_is_refused_without_being_kept(operator, store, monkeypatch):
    monkeypatch.setattr(inbox_files, "LARGEST_FILE", 1_000_000)
    one = new_set(operator)
    assert send(operator, one, "a.csv", b"x" * 1_000_001).status_code == 413
    found = inbox.find(store, one)
    with pytest.raises(InputDataError, match="larger than 1,000,000 bytes"):
        inbox_files.receive(found, "a.csv", io.BytesIO(b"x" * 1_500_000), None)
    assert list(found.folder.iterdir()) == []


def test_everything_else_keeps_the_small_limit(operator):
    one = new_set(operator)
    answer = post(operator, f"/inbox/{one}/remove", {"file": "x" * 300_000})
    assert answer.status_code in (400, 413)
    assert send(operator, one, "big.csv", b"x" * 300_000).status_code == 200


@pytest.mark.parametrize(
    ("listens_on", "headers", "address"),
    [
        ("0.0.0.0", {}, "127.0.0.1"),
        (None, {}, "127.0.0.1"),
        ("127.0.0.1", {}, "10.0.0.5"),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.5"}, "127.0.0.1"),
        ("127.0.0.1", {"Host": "circle.example", "Origin": "http://circle.example"}, "127.0.0.1"),
    ],
    ids=["listens everywhere", "not known", "from afar", "behind a proxy", "another name"],
)
def test_only_the_servers_own_machine_may_operate(store, listens_on, headers, address):
    client = create_app(Snapshots(store), listens_on=listens_on).server.test_client()
    origin = {"REMOTE_ADDR": address}
    answer = client.post(
        "/inbox/new", json={}, headers={**HERE, **headers}, environ_overrides=origin
    )
    assert answer.status_code == 403
    shown = client.get("/inbox/state", headers=headers, environ_overrides=origin).json
    assert shown["may_operate"] is False
    assert set(shown) == {"may_operate", "releases", "publications"}
    assert not (store / "inbox").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=["another site", "another port", "cross-site", "typed in", "silent"],
)
def test_a_post_that_no_page_of_ours_sends_is_refused(operator, store, headers):
    assert operator.post("/inbox/new", json={}, headers=headers).status_code == 403
    assert not (store / "inbox").exists()


def test_drafts_are_shown_to_the_operator_only(operator, store):
    one = new_set(operator)
    send(operator, one, "city.toml", b"[city]\n")
    assert operator.get(f"/inbox/{one}/city.toml").text == "[city]\n"
    far = {"REMOTE_ADDR": "10.0.0.5"}
    answer = operator.get(f"/inbox/{one}/city.toml", environ_overrides=far)
    assert answer.status_code == 400
    assert "operator" in answer.json["error"]


def test_a_new_month_starts_as_the_last_one_and_leaves_it_alone(operator, store):
    first = new_set(operator)
    send(operator, first, "city.toml", b'[grids]\npath = "g.csv"\n')
    send(operator, first, "g.csv", b"last month")
    second = new_set(operator, first)
    send(operator, second, "g.csv", b"this month, longer")
    send(operator, second, "new.csv", b"x")
    shown = {row["path"]: row for row in state(store, second, may_operate=True)["set"]["files"]}
    assert shown["g.csv"]["state"] == "replaced"
    assert (shown["g.csv"]["bytes"], shown["g.csv"]["before"]) == (18, 10)
    assert shown["g.csv"]["use"] == "grids"
    assert shown["new.csv"]["state"] == "new"
    assert shown["city.toml"]["state"] == "kept"
    assert (store / "inbox" / first / "g.csv").read_bytes() == b"last month"


def test_a_set_of_the_command_line_is_copied_not_linked(store, tmp_path):
    folder = tmp_path / "month"
    (folder / "数据").mkdir(parents=True)
    (folder / "city.toml").write_text(
        '[grids]\npath = "数据/g.shp"\n[network]\npath = "../n.osm"\n'
    )
    for ending in (".shp", ".dbf", ".shx"):
        (folder / "数据" / f"g{ending}").write_bytes(b"1")
    (folder / "diary.txt").write_bytes(b"not of the city")
    inbox.built(store, folder / "city.toml", "2026-09", "城", "1-abc", publications.COMMAND_LINE)
    (base,) = inbox.listed(store)
    made = inbox.create(store, base)
    assert sorted(inbox_files.walk(made.folder)) == [
        "city.toml",
        "数据/g.dbf",
        "数据/g.shp",
        "数据/g.shx",
    ]
    assert (made.folder / "数据" / "g.shp").stat().st_nlink == 1
    assert made.month == "2026-09"
    missing = [row["path"] for row in inbox_files.files(made) if row["state"] == "missing"]
    assert missing == ["../n.osm"]


def test_a_file_replaces_the_one_of_its_name_in_a_folder_below(store, tmp_path):
    made = inbox.create(store)
    (made.folder / "数据").mkdir()
    (made.folder / "数据" / "g.csv").write_bytes(b"1")
    assert inbox_files.receive(made, "g.csv", io.BytesIO(b"22"), 2) == "数据/g.csv"
    assert (made.folder / "数据" / "g.csv").read_bytes() == b"22"


def test_files_outside_the_inbox_are_never_changed(operator, store, tmp_path):
    (tmp_path / "city.toml").write_text("[city]\n")
    inbox.built(store, tmp_path / "city.toml", "2026-09", "城", "1-a", publications.COMMAND_LINE)
    (one,) = inbox.listed(store)
    for path, body in (("settings", {"text": "x"}), ("discard", {}), ("remove", {"file": "a"})):
        assert post(operator, f"/inbox/{one.set_id}/{path}", body).status_code == 409, path
    assert send(operator, one.set_id, "a.csv", b"x").status_code == 409
    assert (tmp_path / "city.toml").read_text() == "[city]\n"


def test_orders_are_queued_and_cancelled(operator, store):
    one = new_set(operator)
    number = post(operator, f"/inbox/{one}/job", {"kind": "check"}).json["job"]
    job = jobs.find(store, number)
    assert (job.kind, job.params, job.state) == ("check", {"set": one}, "queued")
    assert operator.get("/inbox/state").json["busy"] == 1
    assert post(operator, f"/inbox/job/{number}/cancel").json == {"state": "cancelled"}
    assert operator.get("/inbox/state").json["busy"] == 0


def test_files_do_not_change_under_a_job_that_reads_them(operator, store):
    one = new_set(operator)
    number = post(operator, f"/inbox/{one}/job", {"kind": "check"}).json["job"]
    assert send(operator, one, "a.csv", b"1").status_code == 200
    jobs.claim(store)
    answer = send(operator, one, "a.csv", b"2")
    assert answer.status_code == 400
    assert "reading this set" in answer.json["error"]
    assert send(operator, new_set(operator), "a.csv", b"2").status_code == 200
    jobs.finish(store, number, "done", "")
    assert send(operator, one, "a.csv", b"2").status_code == 200


def test_an_unknown_order_is_refused(operator):
    one = new_set(operator)
    assert post(operator, f"/inbox/{one}/job", {"kind": "publish"}).status_code == 400
    assert post(operator, "/inbox/job", {"kind": "check"}).status_code == 400
    assert post(operator, "/inbox/job", {"kind": "publish", "release": "9"}).status_code == 409
    assert post(operator, "/inbox/job", ["publish"]).status_code == 400


def test_publishing_warnings_needs_a_word_of_why_and_going_back_does_not(operator, store):
    note = {
        **{"release": "1-abc", "file": "release-1-abcabcabcabc.duckdb", "content": "c"},
        **{"sha256": "s", "bytes": 1, "month": "2026-10", "city": "城", "built_at": "t"},
        **{"reason": None, "warnings": 2},
    }
    (store / "data").mkdir(parents=True)
    (store / "data" / note["file"]).write_bytes(b"x")
    (store / "data" / f"{note['file']}.json").write_text(json.dumps(note))
    order = {"kind": "publish", "release": "1-abc", "reason": "ok"}
    refused = post(operator, "/inbox/job", order)
    assert refused.status_code == 409
    assert "2 warnings" in refused.json["error"]
    assert post(operator, "/inbox/job", {**order, "reason": "警告已核对"}).status_code == 200
    assert post(operator, "/inbox/job", {**order, "kind": "rollback"}).status_code == 200


def test_warnings_need_a_word_of_why():
    release = Release("1-a", "f", "c", "s", 1, "2026-10", "城", "t", None, warnings=2)
    with pytest.raises(StoreError, match="2 warnings"):
        publications.require_reason(release, " ok ")
    publications.require_reason(release, "警告已核对")


def test_the_page_says_that_no_worker_is_running(operator, store):
    assert operator.get("/inbox/state").json["worker"]["is_alive"] is False
    jobs.worker_file(store).parent.mkdir(parents=True, exist_ok=True)
    jobs.beat(store)
    assert operator.get("/inbox/state").json["worker"]["is_alive"] is True
    jobs.rest(store)
    assert operator.get("/inbox/state").json["worker"]["is_alive"] is False


def test_a_store_without_a_release_offers_to_load_one(operator):
    page = operator.get("/data")
    assert page.status_code == 200
    assert 'id="operate"' in page.text
    for script in ("dom.js", "operate.js", "operate_publish.js"):
        with operator.get(f"/assets/{script}") as answer:
            assert answer.status_code == 200


def test_every_word_is_there_in_both_languages(operator):
    said = operator.get("/inbox/words").json
    assert set(said["words"]["zh"]) == set(said["words"]["en"])
    assert {"code", "zh", "en"} == set(said["choices"][0])
    assert said["issues"]["zh"]["CAT_UNKNOWN"]["title"]


TOML = """\
# the city
[city]
name = "城"  # its name

[grids]
path = "g.csv"
crs = "auto"

[[facilities]]
path = "a.csv"

[[facilities]]  # second
path = "b.csv"
category_map = { "小学" = "EDU_PRIMARY" }
"""


def edit(section: str, number: int, key: str, value: object) -> dict[str, object]:
    return {"section": section, "number": number, "key": key, "value": value}


def test_an_edit_changes_one_line_and_keeps_the_comments():
    text = edited(TOML, read_edits([edit("grids", 0, "crs", "GCJ-02")]))
    assert text == TOML.replace('crs = "auto"', 'crs = "GCJ-02"')


def test_a_map_is_merged_into_the_right_block():
    value = {'棋"牌': "CUL_STATION", "小学": "EDU_JUNIOR"}
    text = edited(TOML, read_edits([edit("facilities", 1, "category_map", value)]))
    assert '{ "小学" = "EDU_JUNIOR", "棋\\"牌" = "CUL_STATION" }' in text
    first = edited(TOML, read_edits([edit("facilities", 0, "category_map", {"a": "B"})]))
    assert first.index('{ "a" = "B" }') < first.index("# second")


def test_a_map_that_is_a_table_of_its_own_is_merged_too():
    table = TOML.replace(
        'category_map = { "小学" = "EDU_PRIMARY" }',
        '[facilities.category_map]\n"小学" = "EDU_PRIMARY"',
    )
    text = edited(table, read_edits([edit("facilities", 1, "category_map", {"店": "COM_STORE"})]))
    assert '"店" = "COM_STORE"' in text
    assert '"小学" = "EDU_PRIMARY"' in text


def test_a_line_can_be_taken_out():
    text = edited(TOML, read_edits([edit("grids", 0, "crs", None)]))
    assert text == TOML.replace('crs = "auto"\n', "")


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        [],
        [{"section": "grids"}],
        [edit("grids", 0, "path]", "x")],
        [edit("walk", -1, "a", "x")],
        [edit("grids", 0, "crs", 5)],
        [edit("grids", 0, "crs", ["x"])],
    ],
)
def test_a_malformed_edit_is_refused(sent):
    with pytest.raises(BadRequestError):
        read_edits(sent)


def test_an_edit_that_one_line_cannot_make_is_refused():
    text = TOML.replace('crs = "auto"', 'crs = """\nauto"""')
    with pytest.raises(BadRequestError, match="several lines"):
        edited(text, read_edits([edit("grids", 0, "crs", "WGS84")]))
    with pytest.raises(BadRequestError, match="cannot be read"):
        edited("[grids", read_edits([edit("grids", 0, "crs", "WGS84")]))
    with pytest.raises(BadRequestError, match="number 3"):
        edited(TOML, read_edits([edit("facilities", 2, "crs", "WGS84")]))


def test_settings_are_saved_as_a_whole(operator, store):
    one = new_set(operator)
    post(operator, f"/inbox/{one}/settings", {"text": TOML})
    answer = post(
        operator, f"/inbox/{one}/settings", {"edits": [edit("city", 0, "as_of", "2026-11")]}
    )
    assert 'as_of = "2026-11"' in answer.json["text"]
    assert state(store, one, may_operate=True)["set"]["as_of"] == "2026-11"
