"""Only the own district's facilities: one number in the view, the map and the interface."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from tests.bench.lattice_city import LatticeCity, write_lattice_city

CITY = LatticeCity(
    side=6, grid_m=400.0, street_m=80.0, spacing_m=100.0, categories=1, facilities=8, per_district=3
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("own")
    store = folder / "store"
    build_city(write_lattice_city(folder / "city", CITY), store, BuildOptions(workers=1))
    return create_app(Snapshots(store)).server.test_client()


def _steps(octets: bytes) -> dict[str, np.ndarray]:
    n, total = np.frombuffer(octets, "<u4", 2)
    body = np.frombuffer(octets, np.uint8, offset=8)
    ends = np.cumsum([n, n, total, total])
    base, count, minute, code = np.split(body, ends[:-1])
    return {"base": base, "count": count, "minute": minute, "code": code}


def _get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer


def test_summary_and_map_change_together_when_neighbours_do_not_count(client: FlaskClient) -> None:
    release = _get(client, "/api/v1/release").get_json()["release"]
    every = _get(client, "/api/v1/summary?m=6").get_json()
    own = _get(client, "/api/v1/summary?m=6&n=own").get_json()
    assert own["denominator"] == every["denominator"]
    assert 0 < own["numerator"] < every["numerator"]
    assert (every["neighbours"], own["neighbours"]) == ("all", "own")
    query = f"/values/{release}/steps?c={own['category']}&t=walk&b=people"
    with_neighbours = _steps(_get(client, query).data)
    without = _steps(_get(client, f"{query}&n=own").data)
    assert len(without["base"]) == CITY.side**2
    assert without["code"].tobytes() != with_neighbours["code"].tobytes()


def test_the_districts_sum_to_the_city_without_neighbours(client: FlaskClient) -> None:
    city = _get(client, "/api/v1/summary?m=9&n=own").get_json()["numerator"]
    parts = [
        _get(client, f"/api/v1/summary?m=9&n=own&a=区{row:03}-{column:03}").get_json()["numerator"]
        for row in (0, 1)
        for column in (0, 1)
    ]
    assert sum(parts) == pytest.approx(city, abs=1e-6)


def test_an_unknown_choice_of_neighbours_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/v1/summary?n=some")
    assert answer.status_code == 400
    assert "all, own" in answer.get_data(as_text=True)
