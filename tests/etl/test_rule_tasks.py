"""Rules with an owner and a due day: where they fail is a task, which a later pass closes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.build import BuildOptions, Built, build_city
from etl.settings import load_city
from etl.standards.choose import chosen_packs
from geo.errors import SettingsError
from geo.store import release as releases
from geo.store import tasks
from geo.store.connect import open_release
from tests.etl.cities import SmallCity

PACK = """
code = "own"
title = { zh = "本市", en = "Own" }
document = "本市办法"
version = "1"
effective_from = "2020-01"
[[rules]]
id = "X1"
title = { zh = "站房不少于 300 平方米", en = "A station of at least 300 m²" }
clause = "一"
value = "station_m2"
at_least = "300"
tolerance = 0.05
unit = "m²"
[[rules]]
id = "X2"
title = { zh = "人员五至九名", en = "Five to nine of staff" }
clause = "二"
value = "staff"
at_least = "5"
at_most = "9"
unit = "名"
"""
CHARGED = """
[standards]
files = ["own.toml"]
[standards.own]
owner = "民政局"
due = "2026-09-30"
tasks = { X2 = { owner = "街道办", due = "2026年12月31日" } }
[[communities]]
path = "社区.csv"
"""
Month = Callable[[str, dict[str, tuple[str, str]]], Built]


@pytest.fixture
def month(tmp_path: Path) -> Month:
    """Build a month from the station and the staff of each community."""

    def run(as_of: str, stations: dict[str, tuple[str, str]]) -> Built:
        folder = tmp_path / "city"
        folder.mkdir(exist_ok=True)
        (folder / "own.toml").write_text(PACK, encoding="utf-8")
        rows = [f"{name},{area},{staff}" for name, (area, staff) in stations.items()]
        (folder / "社区.csv").write_text(
            "\n".join(["社区,服务站面积,工作人员数", *rows, ""]), encoding="utf-8"
        )
        path = SmallCity(as_of=as_of, standards=["own"], extra=CHARGED).write(folder)
        return build_city(path, tmp_path / "store", BuildOptions())

    return run


def _tasks(store: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the tasks as they are shown, by name of the place and source."""
    now = releases.current(store)
    assert now is not None
    with open_release(releases.release_path(store, now)) as con:
        rows, _ = tasks.tasks(con, now.release)
        return {(row["unit_name"], row["source"]): tasks.record(row) for row in rows}


def test_a_failed_rule_is_a_task_that_closes_and_reopens(month: Month, tmp_path: Path) -> None:
    store = tmp_path / "store"
    # 社10 is within the tolerance, of 社11 nothing is known: neither is a task
    first = month(
        "2026-08",
        {"社00": ("280", "6"), "社01": ("300", "4"), "社10": ("290", "5"), "社11": ("", "12")},
    )
    found = _tasks(store)
    assert set(found) == {("社00", "own:X1"), ("社01", "own:X2"), ("社11", "own:X2")}
    one = found["社00", "own:X1"]
    assert (one["kind"], one["unit_kind"], one["item"]) == ("rule", "community", None)
    assert (one["zh"], one["en"]) == ("站房不少于 300 平方米", "A station of at least 300 m²")
    assert (one["owner"], one["due"], one["state"]) == ("民政局", "2026-09-30", "open")
    assert one["failed"] == {"value": "280 (≥ 300)", "on": "2026-08", "row": None}
    assert found["社01", "own:X2"]["failed"]["value"] == "4 (≥ 5)"
    assert found["社11", "own:X2"]["failed"]["value"] == "12 (≤ 9)"
    assert (found["社01", "own:X2"]["owner"], found["社01", "own:X2"]["due"]) == (
        "街道办",
        "2026-12-31",
    )

    # unknown and nearly enough close nothing; 社10 falls behind
    month(
        "2026-10",
        {"社00": ("", "6"), "社01": ("300", "5"), "社10": ("100", "5"), "社11": ("", "")},
    )
    found = _tasks(store)
    assert found["社00", "own:X1"]["state"] == "overdue"
    assert found["社10", "own:X1"]["failed"]["on"] == "2026-10"
    assert found["社11", "own:X2"]["state"] == "open"
    closed = found["社01", "own:X2"]
    assert (closed["state"], closed["closed_month"]) == ("closed", "2026-10")
    assert closed["opened_release"] == first.release.release
    assert closed["failed"]["value"] == "4 (≥ 5)"
    assert closed["passed"] == {"value": "5 (≥ 5)", "on": "2026-10", "row": None}

    month("2026-11", {"社00": ("290", "6"), "社01": ("300", "10"), "社10": ("300", "5")})
    found = _tasks(store)
    assert found["社00", "own:X1"]["state"] == "overdue"
    again = found["社01", "own:X2"]
    assert (again["state"], again["reopened"]) == ("open", 1)
    assert again["failed"] == {"value": "10 (≤ 9)", "on": "2026-11", "row": None}
    assert found["社10", "own:X1"]["state"] == "closed"


def test_building_again_gives_the_same_tasks(month: Month, tmp_path: Path) -> None:
    rows = {"社00": ("280", "6")}
    month("2026-09", rows)
    built = month("2026-10", rows)
    before = _tasks(tmp_path / "store")
    again = month("2026-10", rows)
    assert (again.is_new, again.release.release) == (False, built.release.release)
    assert _tasks(tmp_path / "store") == before


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('owner = "民政局"\n', "`due` is missing; expected both"),
        ('due = "2026-12-31"\n', "`owner` is missing; expected both"),
        ('owner = "民政局"\ndue = "年底"\n', "`due` is 年底"),
        ('tasks = { X9 = { owner = "局", due = "2026-12-31" } }\n', "names X9, no rule of that"),
        ('tasks = { X1 = { owner = "局" } }\n', "`tasks.X1`: `due` is missing"),
        ('tasks = { X1 = "局" }\n', "a table a rule"),
        ('tasks = { X1 = { owners = "局" } }\n', "expected `owner`"),
    ],
)
def test_a_slip_in_who_answers_is_one_message(tmp_path: Path, own: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(PACK, encoding="utf-8")
    extra = f'[standards]\nfiles = ["own.toml"]\n[standards.own]\n{own}'
    path = SmallCity(standards=["own"], extra=extra).write(tmp_path)
    with pytest.raises(SettingsError) as refusal:
        chosen_packs(load_city(path))
    assert said in str(refusal.value)


def test_tasks_of_a_pack_that_does_not_apply_are_refused(tmp_path: Path) -> None:
    extra = '[standards.kaili]\nowner = "民政局"\ndue = "2026-12-31"\n'
    path = SmallCity(standards=["gb50180"], extra=extra).write(tmp_path)
    with pytest.raises(SettingsError, match="is not judged by this pack"):
        chosen_packs(load_city(path))
