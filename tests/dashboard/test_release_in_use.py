"""A page asks of the release that it shows, whatever has been published meanwhile."""

from __future__ import annotations

import pytest

from dashboard.snapshots import Snapshots
from dashboard.state import read_query
from tests.dashboard import small_release


@pytest.fixture
def snapshots(tmp_path):
    store = tmp_path / "store"
    small_release.publish(store, 1, "2026-01")
    small_release.publish(store, 2, "2026-02")
    return Snapshots(store)


def months(snapshots, **query):
    asked = read_query(snapshots, query)
    assert asked is not None
    return asked.release.facts.as_of


def test_without_a_release_the_published_one_answers(snapshots):
    assert months(snapshots) == "2026-02"


def test_the_release_on_the_screen_answers_after_a_newer_one_was_published(snapshots):
    first = read_query(snapshots, {"d": "2026-01"})
    assert first is not None
    assert months(snapshots, r=first.release.id) == "2026-01"


def test_a_month_that_is_asked_for_wins(snapshots):
    newest = read_query(snapshots, {})
    assert newest is not None
    assert months(snapshots, r=newest.release.id, d="2026-01") == "2026-01"


@pytest.mark.parametrize("release", ["9-000000000000", "../../etc", "", "x" * 4_000])
def test_a_release_that_is_not_there_gives_the_published_one(snapshots, release):
    assert months(snapshots, r=release) == "2026-02"
