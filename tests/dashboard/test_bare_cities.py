"""Cities with a part missing: built, asked on every address, drawn; missing is null, never 0."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from geo.store import release as releases
from geo.walk import CLASSES
from tests.dashboard.test_guard import send
from tests.etl.cities import SmallCity

OUTSIDE = (
    ("F1", "一号站", "MED_STATION", -300.0, 600.0, "open"),
    ("S1", "小学", "EDU_PRIMARY", 1500.0, 600.0, "open"),
)
ONE_SHUT = (
    ("S1", "小学", "EDU_PRIMARY", 600.0, 600.0, "open"),
    ("M1", "药店", "MED_PHARM", 600.0, 600.0, "closed"),
)
CITIES = {
    "no network": SmallCity(has_network=False),
    "no people": SmallCity(has_people=False),
    "no hierarchy": SmallCity(has_hierarchy=False),
    "no facilities": SmallCity(facilities=()),
    "one grid": SmallCity(grid_ids=("G00",)),
    "facilities outside": SmallCity(facilities=OUTSIDE),
    "one service shut": SmallCity(facilities=ONE_SHUT),
    "nothing but grids": SmallCity(
        has_network=False, has_people=False, has_hierarchy=False, facilities=()
    ),
}


@dataclass(frozen=True)
class Bare:
    """A client of a bare city, and what the contract asks for in short."""

    client: FlaskClient
    release: str

    def get(self, address: str) -> Any:
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.text[:300])
        return answer.json

    def view(self, **query: str) -> dict[str, Any]:
        got = send(self.client, "view.data", {"lang": "en", **query})
        assert got.status_code == 200, got.text[:300]
        return got.json["response"]["view"]["data"]

    def told(self, **query: str) -> set[str]:
        """The notices of a view, by key."""
        return {one["key"] for one in self.view(**query)["notices"]}


@pytest.fixture(scope="module")
def open_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bare]]:
    """Build each city once, when it is first asked for."""
    held: dict[str, Bare] = {}

    def of(name: str) -> Bare:
        if name not in held:
            folder: Path = tmp_path_factory.mktemp("bare")
            built = build_city(
                CITIES[name].write(folder / "city"), folder / "store", BuildOptions(workers=1)
            )
            assert releases.current(folder / "store") == built.release
            client = create_app(Snapshots(folder / "store")).server.test_client()
            held[name] = Bare(client, built.release.release)
        return held[name]

    yield of
    held.clear()


@pytest.mark.parametrize("name", CITIES)
def test_no_address_and_no_callback_fails(open_city: Callable[[str], Bare], name: str) -> None:
    city = open_city(name)
    assert {city.client.get(page).status_code for page in ("/", "/coverage", "/data")} == {200}
    assert city.get("/readyz")
    facts = city.get("/api/v1/release")
    codes = [one["code"] for one in city.get("/api/v1/categories")]
    grids = city.get("/api/v1/grids")["grids"]
    units = ["grid", *city.view()["units"]]
    for mode in facts["modes"]:
        for code in codes[:3] + ["all"] * ("all" in codes):
            asked = f"c={code}&t={mode}"
            city.get(f"/api/v1/summary?{asked}")
            city.get(f"/api/v1/grids/{grids[0]['id']}?{asked}")
            for unit in set(units):
                address = f"/values/{city.release}/steps?{asked}&u={unit}"
                assert city.client.get(address).status_code == 200
    for basis in ("people", "households", "elderly", "children", "area"):
        city.get(f"/api/v1/summary?b={basis}")
        json.dumps(city.view(b=basis), allow_nan=False)
    for address in (f"/values/{city.release}/minutes", f"/values/{city.release}/names"):
        assert city.client.get(address).status_code == 200
    for layer in ("grid", "ground", *(f"facility-{code}" for code in codes[:2])):
        assert city.client.get(f"/tiles/{city.release}/{layer}/0/0/0.mvt").status_code == 200
    picked = send(city.client, "place.data", {"s": grids[0]["id"]}, {})
    assert picked.json["response"]["place"]["data"]["grid_id"] == grids[0]["id"]
    assert send(city.client, "grids.data", {"m": 15}).status_code == 200
    assert send(city.client, "quality.children", {"p": "data", "lang": "en"}).status_code == 200


def test_without_a_network_lines_answer_and_a_walk_is_refused(
    open_city: Callable[[str], Bare],
) -> None:
    city = open_city("no network")
    assert city.get("/api/v1/release")["modes"] == ["line"]
    assert city.get("/api/v1/summary")["mode"] == "line"
    assert city.client.get("/api/v1/summary?t=walk").status_code == 400
    assert city.told() == {"no_network"}
    # a link that asks for a walk is answered straight and told so once
    assert city.told(t="walk") == {"no_network", "dropped"}
    grid = city.get("/api/v1/grids/G22?c=MED_STATION")
    assert (grid["walk_m"], grid["detour"]) == (None, None)
    assert grid["line_m"] == 1131.3  # 800 * sqrt 2, rounded down


def test_without_people_ground_is_counted_and_people_are_not_known(
    open_city: Callable[[str], Bare],
) -> None:
    city = open_city("no people")
    assert city.get("/api/v1/release")["bases"] == ["area"]
    unknown = city.get("/api/v1/summary?b=people")
    assert [unknown[key] for key in ("value", "numerator", "denominator")] == [None] * 3
    ground = city.get("/api/v1/summary?c=EDU_PRIMARY&t=line&m=60")
    assert (ground["basis"], ground["value"]) == ("area", 1.0)
    assert ground["denominator"] == pytest.approx(9 * 400 * 400, rel=1e-3)
    row = city.get("/api/v1/grids?b=people")["grids"][0]
    assert (row["numerator"], row["denominator"], row["class"]) == (None, None, "no_data")
    assert "no_people" in city.told()
    view = city.view(b="people")
    assert (view["denominator"], view["missing"]) == (None, {"grids": 9, "share": 1.0})
    assert view["classes"]["units"][15][CLASSES.index("no_data")] == 9


def test_without_a_hierarchy_the_city_lists_its_grids(open_city: Callable[[str], Bare]) -> None:
    view = open_city("no hierarchy").view()
    assert view["units"] == {"grid": 9}
    assert view["area"]["children_level"] == "grid"
    assert len(view["children"]) == 9
    address = f"/values/{open_city('no hierarchy').release}/steps?u=street"
    assert open_city("no hierarchy").client.get(address).status_code == 400


def test_without_facilities_there_is_no_share_to_tell(open_city: Callable[[str], Bare]) -> None:
    city = open_city("no facilities")
    view = city.view()
    assert "no_categories" in {one["key"] for one in view["notices"]}
    assert view["categories"] == [] or {one["facilities"] for one in view["categories"]} == {0}
    assert len(view["missing_mandatory"]) == 30
    grid = city.get("/api/v1/grids/G00")
    assert (grid["line_m"], grid["walk_m"], grid["nearest"]) == (None, None, None)


def test_one_grid_is_a_whole_city(open_city: Callable[[str], Bare]) -> None:
    city = open_city("one grid")
    view = city.view(c="MED_STATION")
    assert (view["area"]["grids"], view["denominator"]) == (1, 100_000)
    # the station stands in the middle of the grid, where its people are counted
    assert city.get("/api/v1/summary?c=MED_STATION&m=1")["value"] == 1.0


def test_facilities_outside_serve_whom_they_reach(open_city: Callable[[str], Bare]) -> None:
    city = open_city("facilities outside")
    found = city.get("/api/v1/facilities?c=MED_STATION")["facilities"]
    assert [(one["id"], one["grid_id"]) for one in found] == [("F1", None)]
    # 500 m west of the middle of G10, whose column reaches it straight in 8 minutes (533 m)
    got = city.get("/api/v1/summary?c=MED_STATION&t=line&m=8")
    assert (got["numerator"], got["denominator"]) == (400.0, 4500.0)
    # the streets end at the city: 300 m to the first of them is further than anyone steps
    lost = city.get("/api/v1/grids/G10?c=MED_STATION&t=walk")
    assert (lost["walk_m"], lost["line_m"]) == (None, 500.0)
    assert lost["numerator"] == 0.0


def test_one_service_shut_leaves_nobody_with_all_of_them(
    open_city: Callable[[str], Bare],
) -> None:
    city = open_city("one service shut")
    every = city.get("/api/v1/summary?c=all&m=60")
    assert (every["value"], every["numerator"], every["denominator"]) == (0.0, 0.0, 4500.0)
    assert city.get("/api/v1/summary?c=EDU_PRIMARY&m=60")["value"] == 1.0
    assert "MED_PHARM" in city.view(c="all")["missing_mandatory"]
    assert {one["class"] for one in city.get("/api/v1/grids?c=all")["grids"]} == {"none"}
    shut = city.view(c="all")["notices"]
    pharmacy = {"zh": "药店", "en": "Pharmacy"}
    assert {"key": "no_facility", "params": {"category": pharmacy}} in shut


def test_the_standard_of_all_is_told_where_there_is_one(
    open_city: Callable[[str], Bare],
) -> None:
    # within the school's 500 m: its own grid G21 and the middles 400 m away, G20, G22 and G11
    city = open_city("no network")
    assert city.view(c="EDU_PRIMARY", t="line")["standard"] == 2_900_000
    assert city.view(c="all", t="line")["standard"] == 2_900_000
    assert open_city("no people").view(c="all", b="people")["standard"] is None
    assert open_city("one service shut").view(c="all")["standard"] == 0
    assert open_city("no facilities").view(c="ENV_RECYCLE")["standard"] is None
