"""Following the pointer: new releases, old pages, broken files."""

from __future__ import annotations

import pytest

from dashboard import snapshots as module
from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from geo.store import connect
from geo.store import release as releases
from tests.dashboard import small_release

WRITTEN = connect.SCHEMA_VERSION


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def test_a_store_without_a_release_is_empty_and_then_is_not(store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)
    snapshots = Snapshots(store)
    assert snapshots.current() is None
    first = small_release.publish(store, 1)
    assert snapshots.current().id == first


def test_a_new_release_is_served_and_the_old_one_still_answers_its_pages(store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)
    first = small_release.publish(store, 1, "2026-09")
    snapshots = Snapshots(store)
    client = create_app(snapshots).server.test_client()
    held = snapshots.current()
    second = small_release.publish(store, 2, "2026-10")
    assert client.get("/readyz").json["release"] == second
    assert client.get(f"/values/{first}/names?u=street").status_code == 200
    assert held.id == first
    assert held.facts.as_of == "2026-09"
    assert client.get("/api/v1/release?d=2026-09").json["release"] == first
    assert client.get("/api/v1/release").json["release"] == second


def test_the_pointer_is_looked_at_again_for_a_client_that_saw_more(store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_S", 3600.0)
    first = small_release.publish(store, 1)
    snapshots = Snapshots(store)
    assert snapshots.current().id == first
    second = small_release.publish(store, 2)
    assert snapshots.current().id == first
    assert snapshots.current(newest_seen=2).id == second


def test_a_damaged_release_is_not_served(store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)
    first = small_release.publish(store, 1)
    second = small_release.publish(store, 2)
    damaged = next(releases.data_dir(store).glob(f"release-{second}.duckdb"))
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 255
    damaged.write_bytes(bytes(content))
    snapshots = Snapshots(store)
    assert snapshots.current().id == first
    assert "damaged" in snapshots.degraded


def test_a_release_that_cannot_be_opened_leaves_the_old_one(store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)
    first = small_release.publish(store, 1)
    snapshots = Snapshots(store)
    assert snapshots.current().id == first
    (releases.data_dir(store) / "CURRENT").write_text("{", encoding="utf-8")
    assert snapshots.current().id == first
    assert snapshots.degraded


def test_an_unknown_release_is_none(store):
    small_release.publish(store, 1)
    assert Snapshots(store).by_id("9-ffffffffffff") is None


def test_a_question_that_takes_too_long_is_stopped_and_the_next_one_answered(small):
    from geo.errors import StoreError

    with pytest.raises(StoreError, match="stopped after"), small.cursor(seconds=0.2) as cursor:
        cursor.execute("select count(*) from range(10000000) a, range(1000000) b").fetchone()
    with small.cursor() as cursor:
        assert cursor.execute("select count(*) from grid").fetchone() == (36,)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_release_with_other_tables_is_a_plain_page_that_says_why(store, monkeypatch, lang):
    first = small_release.publish(store, 1)
    monkeypatch.setattr(connect, "SCHEMA_VERSION", WRITTEN + 1)
    client = create_app(Snapshots(store)).server.test_client()
    page = client.get(f"/coverage?lang={lang}")
    assert page.status_code == 503
    assert page.text.count("<h1>") == 1
    assert {"zh": "数据打不开", "en": "The data cannot be opened"}[lang] in page.text
    for said in (page.text, client.get("/readyz").text, client.get("/api/v1/summary").text):
        assert f"release-{first}.duckdb" in said
        assert f"version {WRITTEN}; this program reads version {WRITTEN + 1}" in said
        assert "python -m etl build" in said


def test_a_new_release_with_other_tables_leaves_the_open_one(store, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)
    first = small_release.publish(store, 1)
    snapshots = Snapshots(store)
    assert snapshots.current().id == first
    small_release.publish(store, 2)
    monkeypatch.setattr(connect, "SCHEMA_VERSION", WRITTEN + 1)
    assert snapshots.current().id == first
    said = f"version {WRITTEN}; this program reads version {WRITTEN + 1}"
    assert said in snapshots.degraded
