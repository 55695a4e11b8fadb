"""Why a number changed, asked by programs: the steps lead from one summary to the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from dashboard.words import WORDS
from etl.compare.stages import STEPS
from geo.store import release as releases
from geo.store.connect import open_derived
from tests.etl.two_months import BASE, CLINIC, FAR, NEW, Month, Store, built_twice, october


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Store:
    people = ("150", *BASE.people[1:])
    closed = (*FAR[:5], "closed")
    new = Month(october(CLINIC, closed, NEW, people=people), {"N1": ("2026-10-03", "")})
    return built_twice(tmp_path_factory.mktemp("months"), new)


@pytest.fixture(scope="module")
def asked(months: Store) -> Iterator[FlaskClient]:
    return create_app(Snapshots(months.path)).server.test_client()


def get(client: FlaskClient, path: str) -> dict:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


QUESTIONS = (
    "c=MED_STATION&m=5",
    "c=MED_STATION&m=10&t=line",
    "c=MED_STATION&m=15&b=area",
    "c=MED_STATION&m=5&a=街0",
    "c=MED_STATION&m=60",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_steps_lead_from_one_summary_to_the_other(asked: FlaskClient, question: str) -> None:
    why = get(asked, f"/api/v1/change?{question}")
    now = get(asked, f"/api/v1/summary?{question}")
    then = get(asked, f"/api/v1/summary?{question}&d=2026-09")
    unit = 100 if "b=area" in question else 1000
    assert (why["old"]["month"], why["new"]["month"]) == (then["as_of"], now["as_of"])
    assert why["after"]["numerator"] == now["numerator"] * unit
    assert why["before"]["numerator"] == then["numerator"] * unit
    assert why["after"]["denominator"] == now["denominator"] * unit
    assert why["before"]["denominator"] == then["denominator"] * unit
    points = 100 * (now["value"] - then["value"])
    assert why["total"]["points"] == pytest.approx(points, abs=1e-9)
    assert sum(step["points"] for step in why["steps"]) == pytest.approx(points, abs=1e-9)
    assert sum(step["shown"] for step in why["steps"]) == why["total"]["shown"]
    assert [step["name"] for step in why["steps"]] == list(STEPS)


def test_what_changed_in_an_area_stands_beside_it(asked: FlaskClient) -> None:
    city = get(asked, "/api/v1/change?c=MED_STATION&m=5")
    assert {row["id"]: row["kind"] for row in city["differences"]} == {
        "F9": "corrected",
        "N1": "opened",
        "G00": "grid_people",
    }
    # the southern street of grids holds F9; N1 stands 600 m north of it, beyond 5 minutes
    south = get(asked, "/api/v1/change?c=MED_STATION&m=5&a=街0")
    assert {row["id"] for row in south["differences"]} == {"F9", "G00"}
    wider = get(asked, "/api/v1/change?c=MED_STATION&m=15&a=街0")
    assert {row["id"]: row["is_inside"] for row in wider["differences"]}["N1"] is False
    school = get(asked, "/api/v1/change?c=EDU_PRIMARY&m=5")
    assert {row["id"] for row in school["differences"]} <= {"G00"}


def test_only_what_is_carried_from_month_to_month_is_compared(asked: FlaskClient) -> None:
    assert get(asked, "/api/v1/change?c=MED_STATION&n=own")["status"] == "not_carried"
    assert get(asked, "/api/v1/change?c=MED_STATION&d=2026-09")["status"] == "first"


def test_a_bad_question_is_told(asked: FlaskClient) -> None:
    assert asked.get("/api/v1/change?a=nowhere").status_code == 400
    assert asked.get("/api/v1/change?minutes=5").status_code == 400
    document = get(asked, "/api/v1/openapi.json")
    assert "/change" in document["paths"]


def test_a_pruned_comparison_says_which_command_makes_it(months: Store) -> None:
    path = months.file()
    kept = path.read_bytes()
    path.unlink()
    try:
        client = create_app(Snapshots(months.path)).server.test_client()
        why = get(client, "/api/v1/change?c=MED_STATION&m=5")
        old, new = (built.release.release for built in months.built)
        assert why["status"] == "missing"
        assert why["command"] == f"python -m etl compare --store DIR {old} {new}"
        path.write_bytes(b"not a database")
        assert get(client, "/api/v1/change?c=MED_STATION&m=5")["status"] == "missing"
    finally:
        path.write_bytes(kept)
    with closing(open_derived(path, has_shapes=False)) as con:
        assert con.execute("select count(*) from step").fetchall() == [(len(STEPS),)]
    assert releases.comparisons(months.path) == [(old, new)]


def test_every_step_and_kind_has_words() -> None:
    kinds = [f"grid_{one}" for one in ("added", "removed", "split", "merged", "reshaped", "people")]
    kinds += ["corrected", "closed", "opened", "opened_undated"]
    what = ("moved", "entrances", "recategorised", "status", "renamed", "listed", "delisted")
    keys = {f"why_step_{step}" for step in STEPS} | {f"why_def_{step}" for step in STEPS}
    keys |= {f"why_kind_{kind}" for kind in kinds} | {f"why_what_{one}" for one in what}
    keys |= {f"why_status_{one}" for one in ("open", "closed", "planned", "doubtful")}
    keys |= {f"why_{one}" for one in ("first", "missing", "not_carried")}
    keys |= {f"why_whole_{one}" for one in ("schema", "crs")}
    assert keys <= WORDS["zh"].keys()


def test_the_folder_of_a_store_is_never_told(asked: FlaskClient, months: Store) -> None:
    text = asked.get("/api/v1/change?c=MED_STATION").text
    assert str(months.path) not in text
    assert Path(months.path).name not in {part.strip('"') for part in text.split("/")}
