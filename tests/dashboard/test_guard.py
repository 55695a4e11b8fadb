"""What browsers are told, what is refused, and with which answer."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

PAGES = ["/", "/coverage", "/gaps", "/standards", "/data"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_with_a_strict_policy(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"].startswith("'self'")
    assert "unsafe" not in policy["script-src"]
    assert "sha256-" in policy["script-src"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert 'data-page="' in answer.get_data(as_text=True)


def test_the_index_names_language_and_page(client):
    assert '<html lang="en" data-page="coverage">' in client.get("/coverage?lang=en").text
    assert '<html lang="zh-CN" data-page="overview">' in client.get("/?lang=fr").text


@pytest.mark.parametrize("path", ["/nope", "/gaps/deeper", "/plan", "/report", "/_mcp"])
def test_unknown_paths_are_404_with_one_heading(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.text.count("<h1>") == 1


def test_a_missing_script_is_404(client):
    assert client.get("/assets/nope.js").status_code == 404


def callbacks(client) -> dict[str, dict]:
    found = client.get("/_dash-dependencies").json
    return {one["output"]: one for one in found if not one.get("clientside_function")}


def body_of(callback: dict, *values: object) -> dict:
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
        for name in callback["output"].strip(".").split("...")
    ]
    is_many = callback["output"].startswith("..")
    names = [*callback["inputs"], *callback["state"]]
    padded = [*values, *[None] * (len(names) - len(values))]
    filled = [{**name, "value": value} for name, value in zip(names, padded, strict=True)]
    inputs, state = filled[: len(callback["inputs"])], filled[len(callback["inputs"]) :]
    return {
        "output": callback["output"],
        "outputs": outputs if is_many else outputs[0],
        "inputs": inputs,
        "state": state,
        "changedPropIds": [f"{name['id']}.{name['property']}" for name in inputs],
    }


def send(client, name: str, *values: object, **change: object):
    found = next(one for output, one in callbacks(client).items() if name in output)
    return client.post("/_dash-update-component", json={**body_of(found, *values), **change})


def test_a_query_is_answered_with_a_view_and_options(client):
    got = send(client, "view.data", {"c": "MED_STATION", "lang": "en", "p": "overview"})
    assert got.status_code == 200
    response = got.json["response"]
    assert response["view"]["data"]["category"]["code"] == "MED_STATION"
    assert [one["value"] for one in response["scope-area"]["options"]] == [
        *("小城", "D1", "S1", "S2", "D2", "S3", "S4"),
    ]
    assert response["scope-basis"]["options"][1]["disabled"] is True
    again = send(client, "view.data", {"c": "ELD_CARE", "lang": "en"}, response["offered"]["data"])
    assert set(again.json["response"]) == {"view"}


def test_a_click_a_pick_and_the_worst_grids(client):
    found = send(client, "action.data", {"lon": 116.302, "lat": 39.902, "n": 4}, {}).json
    assert found["response"]["action"]["data"] == {"patch": {"s": "G01"}, "n": 4}
    place = send(client, "place.data", {"s": "G05"}, {}).json["response"]["place"]["data"]
    assert place["grid_id"] == "G05"
    gone = send(client, "place.data", {"s": "G99"}, {}).json["response"]["place"]["data"]
    assert gone == {"grid_id": None, "missing": "G99"}
    rows = send(client, "grids.data", {"m": 10}).json["response"]["grids"]["data"]
    assert rows["minute"] == 10
    assert len(rows["rows"]) == rows["all"]


def test_the_data_page_shows_text_as_text(client):
    got = send(client, "quality.children", {"p": "data", "lang": "en"})
    assert got.status_code == 200
    assert '{\\"a\\": \\"<b>\\"}' in json.dumps(got.json["response"]["quality"]["children"])
    assert send(client, "quality.children", {"p": "overview"}).status_code == 204


MALFORMED = [
    None,
    [],
    "x",
    {},
    {"output": 5},
    {"output": "nothing.data"},
    {"output": "view.data", "inputs": []},
    {"output": "../../etc", "inputs": [{"id": "query", "property": "data"}]},
]


@pytest.mark.parametrize("body", MALFORMED)
def test_malformed_callbacks_are_refused_not_failed(client, body):
    answer = client.post("/_dash-update-component", json=body)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": []},
        {"inputs": [{"id": "query", "property": "data", "value": [1]}]},
        {"inputs": [{"id": "query", "property": "data", "value": {"a": {"b": {}}}}]},
        {"inputs": [{"id": {"x": 1}, "property": "data"}]},
        {"inputs": "x"},
        {"outputs": 5},
        {"outputs": [{"id": "x", "property": "y"}]},
        {"state": [{"id": "x", "property": "y"}]},
        {"changedPropIds": 4},
    ],
)
def test_callbacks_of_the_wrong_shape_are_refused(client, change):
    answer = send(client, "view.data", {}, **change)
    assert answer.status_code == 400
    assert answer.json["error"]


@pytest.mark.parametrize("value", ["9" * 5000, "'; drop table grid; --", "\x00", "<script>"])
def test_hostile_values_are_dropped_and_told(client, value):
    got = send(client, "view.data", {"a": value})
    assert got.status_code == 200
    assert got.json["response"]["view"]["data"]["notices"][0]["key"] == "dropped"
    assert got.json["response"]["view"]["data"]["area"]["level"] == "city"


def test_other_sites_and_other_types_are_refused(client):
    path = "/_dash-update-component"
    assert client.post(path, json={}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(path, json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    home = {"Origin": "http://localhost:9999", "Sec-Fetch-Site": "same-origin"}
    assert client.post(path, json={}, headers=home).status_code == 400
    assert client.post(path, data="x", content_type="text/plain").status_code == 415
    deep = '{"a":' * 20_000 + "1" + "}" * 20_000
    assert client.post(path, data=deep, content_type="application/json").status_code == 400
    large = b'{"a":"' + b"x" * 3_000_000 + b'"}'
    assert client.post(path, data=large, content_type="application/json").status_code == 413


def test_texts_travel_compressed(client):
    answer = client.get("/_dash-layout", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < len(client.get("/_dash-layout").data) / 3


def test_scripts_are_kept_by_the_browser(client):
    script = client.get("/").text.split('src="/assets/', 1)[1].split('"', 1)[0]
    with closing(client.get(f"/assets/{script}")) as answer:
        assert answer.status_code == 200
        assert "max-age=604800" in answer.headers["Cache-Control"]


def test_a_fresh_process_serves_scripts_at_once(small):
    """Dash fills its registry of scripts at the first page; before that they get a 500."""
    from dashboard.app import create_app
    from dashboard.snapshots import OneRelease

    fresh = create_app(OneRelease(small)).server.test_client()
    suites = [
        part.split('"', 1)[0]
        for part in fresh.get("/").text.split('src="')[1:]
        if part.startswith("/_dash-component-suites/")
    ]
    assert suites
    assert {fresh.get(path).status_code for path in suites} == {200}
