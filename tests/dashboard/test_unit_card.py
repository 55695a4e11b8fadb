"""The card of an estate: where it belongs, what its file says, its indicators."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from tests.etl.units_city import write_units_city


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Serve a small city with estates."""
    folder = tmp_path_factory.mktemp("cards")
    toml = write_units_city(folder / "city")
    build_city(toml, folder / "store", BuildOptions(workers=1))
    return create_app(Snapshots(folder / "store")).server.test_client()


def _json(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return answer.get_json()


def _card(client: FlaskClient, unit_id: str) -> dict[str, Any]:
    release = _json(client, "/readyz")["release"]
    at = _json(client, f"/values/{release}/names?u=estate")["ids"].index(unit_id)
    return _json(client, f"/values/{release}/unit?u=estate&i={at}")


def test_a_card_has_the_areas_the_columns_and_the_indicators_of_its_place(
    client: FlaskClient,
) -> None:
    card = _card(client, "E2")
    assert (card["kind"], card["zh"], card["id"], card["name"]) == ("estate", "小区", "E2", "乙苑")
    listed = _json(client, "/api/v1/units?u=estate")["units"]
    same = next(one for one in listed if one["id"] == "E2")
    for name in ("street_share", "is_tied", "people", "area_m2", "attributes"):
        assert card[name] == same[name], name
    own = {one["indicator"]: one["value"] for one in card["indicators"]}
    assert {"satisfied", "cases", "managed"} <= own.keys()
    for name in ("satisfied", "cases", "managed"):
        rows = _json(client, f"/api/v1/indicators?i={name}&level=estate")["values"]
        assert [one["value"] for one in rows if one["unit_id"] == "E2"] == [own[name]], name
    hidden = {one["indicator"] for one in card["indicators"] if one["is_withheld"]}
    assert "in_need" in hidden
    assert own["in_need"] is None
    assert all(one["zh"] and one["en"] for one in card["indicators"])


@pytest.mark.parametrize("asked", ["u=estate&i=99", "u=estate&i=x", "u=estate&i=-1", "u=a&i=0", ""])
def test_a_place_that_is_not_there_is_404(client: FlaskClient, asked: str) -> None:
    release = _json(client, "/readyz")["release"]
    assert client.get(f"/values/{release}/unit?{asked}").status_code == 404
