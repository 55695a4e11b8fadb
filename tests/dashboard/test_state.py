"""What comes from a browser is checked before anything is asked of the data."""

from __future__ import annotations

import pytest

from dashboard.snapshots import OneRelease
from dashboard.state import (
    BadRequestError,
    read_grid_id,
    read_language,
    read_minute,
    read_point,
    read_query,
)


def test_nothing_asked_is_the_default_view(small):
    asked = read_query(OneRelease(small), None)
    assert asked is not None
    assert (asked.question.area.level, asked.question.mode, asked.question.basis) == (
        "city",
        "walk",
        "people",
    )
    assert (asked.lang, asked.dropped) == ("zh", ())


@pytest.mark.parametrize("query", [[], 3, "x", {"a": []}, {"a": {"b": 1}}, {1: "x"}])
def test_a_query_that_is_no_object_of_texts_is_refused(small, query):
    with pytest.raises(BadRequestError, match="expected keys"):
        read_query(OneRelease(small), query)


def test_nothing_published_gives_no_question():
    assert read_query(OneRelease(None), {"a": "x"}) is None


@pytest.mark.parametrize(("value", "minute"), [(None, 15), ("", 15), ("1", 1), (60, 60), ("07", 7)])
def test_minutes_run_from_1_to_60(value, minute):
    assert read_minute(value) == minute


@pytest.mark.parametrize("value", ["0", "61", "-1", "1.5", "x", "九", [], "100000000000000000"])
def test_other_minutes_are_refused(value):
    with pytest.raises(BadRequestError, match="1 to 60"):
        read_minute(value)


def test_a_click_needs_degrees():
    assert read_point({"lon": 116.3, "lat": 39, "n": 1}) == (116.3, 39.0)


@pytest.mark.parametrize(
    "click",
    [None, [], {"lon": 1}, {"lon": "1", "lat": 2}, {"lon": 181, "lat": 0}, {"lon": 0, "lat": True}],
)
def test_a_click_without_degrees_is_refused(click):
    with pytest.raises(BadRequestError, match="degrees"):
        read_point(click)


def test_a_click_of_no_number_is_refused():
    with pytest.raises(BadRequestError, match="degrees"):
        read_point({"lon": float("nan"), "lat": float("nan")})


def test_a_picked_grid_is_a_text_or_nothing():
    assert read_grid_id(None) is None
    assert read_grid_id({"s": ""}) is None
    assert read_grid_id({"s": "G01"}) == "G01"
    for wrong in ([], {"s": 3}, {"s": "x" * 500}):
        with pytest.raises(BadRequestError):
            read_grid_id(wrong)


def test_an_unknown_language_is_chinese():
    assert [read_language(value) for value in ("en", "fr", None, 3)] == ["en", "zh", "zh", "zh"]
