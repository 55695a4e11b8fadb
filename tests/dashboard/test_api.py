"""The JSON interface by value, and what it refuses."""

from __future__ import annotations

import gzip

import pytest

from tests.dashboard import mvt
from tests.dashboard import small_release as city

RELEASE = "1-0123456789ab"


def test_summary_is_the_exact_share(client):
    got = client.get("/api/v1/summary?c=ELD_CARE&m=15&t=walk&a=D1").json
    part = sum(city.reached(grid, 0, 1, 15) for grid in range(18))
    whole = sum(city.people_milli(grid) or 0 for grid in range(18))
    assert got["value"] == part / whole
    assert (got["numerator"], got["denominator"]) == (part / 1000, whole / 1000)
    assert (got["unit"], got["mode"], got["metres"]) == ("share", "walk", 1000.0)
    assert (got["as_of"], got["release"]) == ("2026-10", RELEASE)


def test_a_summary_of_what_nobody_knows_is_null(client):
    got = client.get("/api/v1/summary?b=households").json
    assert got["value"] is None
    assert got["denominator"] is None


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("m=0", "1 to 60"),
        ("m=61", "1 to 60"),
        ("m=x", "1 to 60"),
        ("a=nowhere", "a is 'nowhere'; expected one of 小城"),
        ("c=NOPE", "ELD_CARE"),
        ("t=fly", "walk, line"),
        ("b=cats", "people, households"),
        ("v=fast", "standard, elderly"),
        ("d=1999-01", "2026-10"),
        ("zz=1", "is no parameter"),
    ],
)
def test_bad_parameters_are_refused_with_the_reason(client, query, reason):
    answer = client.get(f"/api/v1/summary?{query}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_grids_list_every_grid_in_order(client):
    got = client.get("/api/v1/grids?c=ELD_CARE&m=15&limit=1000").json
    assert got["total"] == 36
    assert [grid["id"] for grid in got["grids"]] == [f"G{n:02d}" for n in range(1, 37)]
    unknown = got["grids"][city.UNKNOWN_PEOPLE]
    assert (unknown["numerator"], unknown["denominator"], unknown["class"]) == (
        None,
        None,
        "no_data",
    )
    assert got["grids"][city.NOBODY]["class"] == "no_people"
    assert got["grids"][0]["numerator"] == city.reached(0, 0, 1, 15) / 1000
    assert client.get("/api/v1/grids?limit=5000").status_code == 400


def test_one_grid(client):
    got = client.get("/api/v1/grids/G01?c=ELD_CARE").json
    assert got["value"] == city.reached(0, 0, 1, 15) / city.people_milli(0)
    assert client.get("/api/v1/grids/NO").status_code == 404


def test_categories_release_facilities_and_description(client):
    assert client.get("/api/v1/categories").json == [
        {"code": "ELD_CARE", "zh": "养老", "en": "Elderly care", "level": "15", "radius_m": 300}
        | {"facilities": 2, "hours": {}},
        {"code": "MED_STATION", "zh": "卫生站", "en": "Clinic", "level": "15", "radius_m": None}
        | {"facilities": 2, "hours": {}},
    ]
    assert client.get("/api/v1/release").json["grids"] == 36
    found = client.get("/api/v1/facilities?c=MED_STATION").json
    assert [one["status"] for one in found["facilities"]] == ["open", "open", "planned"]
    paths = client.get("/api/v1/openapi.json").json["paths"]
    for path in paths:
        expected = 404 if path == "/tasks/{id}" else 200  # the small city has no task
        assert client.get("/api/v1" + path.replace("{id}", "G01")).status_code == expected


def test_nothing_published_is_told(bare_client):
    assert bare_client.get("/api/v1/summary").status_code == 503
    assert bare_client.get("/readyz").status_code == 503
    assert bare_client.get("/healthz").status_code == 200
    page = bare_client.get("/coverage?lang=en")
    assert page.status_code == 200
    assert "python -m etl build" in page.text
    assert "No data yet" in page.text


def test_values_are_kept_for_ever_and_tagged(client):
    address = f"/values/{RELEASE}/steps?c=ELD_CARE&u=street"
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "private, immutable, max-age=31536000"
    plain = client.get(address)
    assert gzip.decompress(answer.data) == plain.data
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/values/{RELEASE}/steps?u=moon", 400),
        (f"/values/{RELEASE}/steps?c=NOPE", 400),
        (f"/values/{RELEASE}/minutes?u=street", 400),
        (f"/values/{RELEASE}/secrets", 404),
        ("/values/7-ffffffffffff/steps", 409),
        (f"/tiles/{RELEASE}/moon/1/0/0.mvt", 404),
        (f"/tiles/{RELEASE}/grid/1/2/0.mvt", 400),
        (f"/tiles/{RELEASE}/grid/40/0/0.mvt", 400),
        ("/tiles/7-ffffffffffff/grid/1/0/0.mvt", 409),
    ],
)
def test_addresses_of_data_that_is_not_there(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.json["error"]


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    import math

    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
    return x, y


def tiles_of_city(client, layer: str, zoom: int) -> list[dict]:
    west, north = tile_of(city.WEST, city.SOUTH + city.SIDE * city.STEP, zoom)
    east, south = tile_of(city.WEST + city.SIDE * city.STEP, city.SOUTH, zoom)
    found = []
    for x in range(west, east + 1):
        for y in range(north, south + 1):
            body = client.get(f"/tiles/{RELEASE}/{layer}/{zoom}/{x}/{y}.mvt").data
            found += [f for features in mvt.layers(body).values() for f in features]
    return found


def test_tiles_hold_every_grid(client):
    assert {one["i"] for one in tiles_of_city(client, "grid", 14)} == set(range(36))
    assert {one["i"] for one in tiles_of_city(client, "street", 12)} == set(range(4))


def test_facilities_stand_alone_near_and_in_clusters_far(client):
    near = tiles_of_city(client, "facility-ELD_CARE", 15)
    assert sorted(one["name"] for one in near) == ["养老0<b>", "养老1<b>", "养老2<b>"]
    assert {one["n"] for one in near} == {1}
    far = tiles_of_city(client, "facility-ELD_CARE", 5)
    assert sorted((one["status"], one["n"]) for one in far) == [("open", 2), ("planned", 1)]


def test_a_tile_far_away_is_empty(client):
    assert client.get(f"/tiles/{RELEASE}/grid/14/0/0.mvt").data == b""
