"""The calendar over HTTP: what falls due, by day and owner; what is asked wrongly is refused."""

from __future__ import annotations

import pytest


def test_without_duties_the_calendar_of_the_month_is_empty(client):
    answer = client.get("/api/v1/calendar")
    assert answer.status_code == 200
    found = answer.json
    assert found["entries"] == []
    assert found["counts"] == {"done": 0, "missed": 0, "due": 0, "unknown": 0}
    assert found["from"].endswith("-01")
    assert found["today"] == found["to"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("from=2026-13-01", "expected a day"),
        ("from=2026-10-02&to=2026-10-01", "expected a first day"),
        ("from=2020-01-01&to=2026-10-01", "at most 800"),
        ("zz=1", "is no parameter"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_the_reason(client, query, reason):
    answer = client.get(f"/api/v1/calendar?{query}")
    assert answer.status_code == 400
    assert reason in answer.json["error"]
