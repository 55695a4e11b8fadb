"""How a comparison is made and kept: the command, the build, failures, other tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from etl import compare as comparing
from etl import marts
from etl.__main__ import main
from etl.build import build_city
from etl.compare import making, replay
from geo.errors import StoreError
from geo.store import connect
from geo.store import release as releases
from tests.etl.two_months import (
    BASE,
    CLINIC,
    FAR,
    NEW,
    ONE,
    Month,
    Store,
    built_twice,
    october,
)

Two = Callable[..., Store]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    """Build two months into one store."""
    return lambda *months: built_twice(tmp_path, *months)


def test_a_replay_that_does_not_meet_the_release_is_no_file(two: Two, monkeypatch) -> None:
    store = two(october(FAR))
    store.file().unlink()
    held = replay.increments_at

    def off_by_one(*values: Any) -> Any:
        rows = held(*values)
        rows.people[:1] += 1
        return rows

    monkeypatch.setattr(replay, "increments_at", off_by_one)
    with pytest.raises(StoreError, match=r"does not give its own numbers .* This is a defect"):
        comparing.compare(store.path)
    assert releases.comparisons(store.path) == []
    assert [path.name for path in (store.path / "data").glob(".build-*")] == []


def test_a_failed_comparison_is_a_warning_and_the_month_is_published(
    tmp_path: Path, monkeypatch
) -> None:
    build_city(Month(BASE).write(tmp_path / "9"), tmp_path / "store", ONE)
    monkeypatch.setattr(replay, "increments_at", lambda *_: (_ for _ in ()).throw(OSError(5, "x")))
    built = build_city(Month(october(FAR)).write(tmp_path / "10"), tmp_path / "store", ONE)
    assert built.is_published
    (fault,) = [one for one in built.faults if one.code == "COMPARE_MISSING"]
    assert fault.severity == "warning"
    assert releases.comparisons(tmp_path / "store") == []
    why = Store(tmp_path / "store", (built, built)).why()
    assert why["status"] == "missing"
    assert why["command"].startswith("python -m etl compare --store DIR 1-")


def test_the_first_release_of_a_store_has_none(tmp_path: Path) -> None:
    built = build_city(Month(BASE).write(tmp_path / "9"), tmp_path / "store", ONE)
    assert releases.comparisons(tmp_path / "store") == []
    assert Store(tmp_path / "store", (built, built)).why()["status"] == "first"
    with pytest.raises(StoreError, match="no release published before"):
        comparing.compare(tmp_path / "store")


def test_other_tables_put_all_under_the_rules(tmp_path: Path, monkeypatch) -> None:
    build_city(Month(BASE).write(tmp_path / "9"), tmp_path / "store", ONE)
    for module in (marts, connect, making):
        monkeypatch.setattr(module, "SCHEMA_VERSION", connect.SCHEMA_VERSION + 1)
    second = build_city(Month(october(FAR)).write(tmp_path / "10"), tmp_path / "store", ONE)
    store = Store(tmp_path / "store", (second, second))
    ((old, _),) = releases.comparisons(store.path)
    assert old.startswith("1-")
    why = store.why()
    assert why["whole"] == "schema"
    assert {one["name"]: one["numerator"] for one in why["steps"] if one["numerator"]} == {
        "rules": -100_000
    }


def test_another_crs_puts_all_under_the_rules(two: Two) -> None:
    def other_crs(folder: Path) -> None:
        path = folder / "city.toml"
        text = path.read_text(encoding="utf-8").replace("EPSG:32650", "EPSG:4548")
        path.write_text(text, encoding="utf-8")

    store = two(Month(october(FAR), edit=other_crs))
    assert store.why()["whole"] == "crs"
    assert store.moved() == {"rules": -100}


def test_the_command_writes_what_it_says(two: Two, tmp_path: Path, capsys) -> None:
    store = two(Month(october(CLINIC, FAR, NEW), {"N1": ("2026-10-03", "")}))
    folder = str(store.path)
    out, book = tmp_path / "c.json", tmp_path / "c.xlsx"
    assert (
        main(["compare", "--store", folder, "1", "2", "--json", str(out), "--xlsx", str(book)]) == 0
    )
    said = capsys.readouterr().out
    assert "MED_STATION walk: " in said
    assert "differences: 1 opened" in said
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["comparison"]["new_month"] == "2026-10"
    assert [one["id"] for one in content["differences"]] == ["N1"]
    assert CalamineWorkbook.from_path(str(book)).sheet_names == ["汇总", "差异", "口径"]
    assert main(["compare", "--store", folder, "2", "2"]) == 1
    assert "named twice" in capsys.readouterr().err
    assert main(["compare", "--store", folder, "7"]) == 1


def test_a_comparison_goes_with_its_release(two: Two) -> None:
    store = two(october(FAR))
    data = store.path / "data"
    for number in range(3, 7):
        name = f"{number}-{number:012x}"
        (data / f"release-{name}.duckdb").write_bytes(b"x")
        note = {**json.loads(next(data.glob("release-1-*.json")).read_text("utf-8"))}
        note |= {"release": name, "file": f"release-{name}.duckdb"}
        (data / f"release-{name}.duckdb.json").write_text(json.dumps(note), encoding="utf-8")
    gone = f"3-{3:012x}"
    kept = store.built[1].release.release
    releases.compare_path(store.path, kept, gone).write_bytes(b"x")
    with releases.writer_lock(store.path):
        assert releases.prune(store.path) == [gone]
    assert releases.comparisons(store.path) == [(store.built[0].release.release, kept)]


def test_a_rebuilt_month_is_compared_with_the_month_before_too(two: Two, tmp_path: Path) -> None:
    store = two(october(FAR))
    third = build_city(Month(october(CLINIC)).write(tmp_path / "again"), store.path, ONE)
    first, second = (one.release.release for one in store.built)
    assert set(releases.comparisons(store.path)) == {
        (first, second),
        (first, third.release.release),
        (second, third.release.release),
    }
    why = Store(store.path, (store.built[0], third)).why()
    assert why["old"]["month"] == "2026-09"
