"""Tasks of a small city over months: closed by a pass, reopened by a relapse, never by silence."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from etl.build import BuildOptions, Built, build_city
from etl.ledgers.owners import shown_owner
from geo.errors import SettingsError
from geo.store import release as releases
from geo.store.connect import open_release
from tests.etl.cities import SmallCity

INSPECTIONS = """
[[ledgers]]
name = "检查"
path = "检查.csv"
key = "网格"
date = "日期"
item = "项目"
value = "得分"
owner = "责任单位"
due = "期限"
closed = "闭环"
fails = "得分 < 90"
due_days = 15
"""
HEAD = "网格,日期,项目,得分,责任单位,期限,闭环"
CASES = """
[[ledgers]]
name = "案件"
path = "案件.csv"
key = "网格"
id = "编号"
date = "受理"
owner = "承办人"
due = "时限"
closed = "办结"
"""
CASE_HEAD = "编号,网格,受理,承办人,时限,办结"
TARGET = """
[[indicators]]
id = "accuracy"
title = { zh = "准确率", en = "Accuracy" }
from = "检查"
formula = "mean(得分)"
target = { 2026 = 80 }
owner_role = "街道办"
due = "2026-10-15"
"""
Month = Callable[..., Built]


@pytest.fixture
def month(tmp_path: Path) -> Month:
    """Build a month of the small city from the rows of its ledgers."""

    def run(as_of: str, toml: str, ledgers: dict[str, Sequence[str]], **options: Any) -> Built:
        folder = tmp_path / "city"
        folder.mkdir(exist_ok=True)
        for name, lines in ledgers.items():
            (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
        path = SmallCity(as_of=as_of, extra=toml).write(folder)
        return build_city(path, tmp_path / "store", BuildOptions(**options))

    return run


def _tasks(store: Path, release: str | None = None) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Give the tasks of a release by place and item."""
    found = releases.find(store, release) if release else releases.current(store)
    assert found is not None
    with open_release(releases.release_path(store, found)) as con:
        rows = con.execute("select * from task order by task_id")
        names = [column[0] for column in rows.description or []]
        listed = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return {(task["unit_id"], task["item"]): task for task in listed}


def _inspected(month: Month, as_of: str, *rows: str, **options: Any) -> Built:
    return month(as_of, INSPECTIONS, {"检查.csv": [HEAD, *rows]}, **options)


def test_a_task_closes_and_reopens_across_three_releases(month: Month, tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = _inspected(
        month,
        "2026-08",
        "G00,2026-08-05,楼道,70,物业,2026-08-20,",
        "G01,2026-08-05,楼道,95,物业,2026-08-20,",
        "G02,2026-08-06,绿化,60,居委会,,",
    )
    tasks = _tasks(store)
    assert set(tasks) == {("G00", "楼道"), ("G02", "绿化")}
    one = tasks["G00", "楼道"]
    assert (one["state"], one["due_on"], one["owner"]) == ("overdue", "2026-08-20", "物业")
    assert (one["failed_value"], one["failed_on"], one["failed_row"]) == ("70", "2026-08-05", 2)
    assert (one["opened_release"], one["opened_month"], one["reopened"]) == (None, "2026-08", 0)
    # fifteen days after the failure, where the row names none
    assert tasks["G02", "绿化"]["due_on"] == "2026-08-21"

    second = _inspected(month, "2026-09", "G00,2026-09-10,楼道,96,物业,,")
    closed = _tasks(store)["G00", "楼道"]
    assert closed["task_id"] == one["task_id"]
    assert (closed["state"], closed["closed_release"], closed["closed_month"]) == (
        "closed",
        None,
        "2026-09",
    )
    assert closed["opened_release"] == first.release.release
    assert [closed[f"failed_{name}"] for name in ("value", "on", "row")] == ["70", "2026-08-05", 2]
    assert [closed[f"passed_{name}"] for name in ("value", "on", "row")] == ["96", "2026-09-10", 2]
    # gone from the ledger is not done
    assert _tasks(store)["G02", "绿化"]["state"] == "overdue"

    _inspected(month, "2026-10", "G00,2026-10-12,楼道,50,居委会,2026-11-01,")
    again = _tasks(store)["G00", "楼道"]
    assert (again["state"], again["reopened"], again["due_on"]) == ("open", 1, "2026-11-01")
    assert (again["opened_release"], again["opened_month"]) == (first.release.release, "2026-08")
    assert (again["closed_release"], again["closed_month"], again["passed_value"]) == (None,) * 3
    assert (again["failed_value"], again["owner"]) == ("50", "居委会")
    assert second.release.release != first.release.release


def test_a_closing_day_without_a_pass_is_reported_and_stays_open(
    month: Month, tmp_path: Path
) -> None:
    _inspected(month, "2026-10", "G00,2026-10-05,楼道,70,物业,2026-11-20,2026-10-09")
    (task,) = _tasks(tmp_path / "store").values()
    assert (task["state"], task["is_reported_done"], task["closed_month"]) == ("open", True, None)


def test_a_row_that_lacks_its_score_or_lies_in_the_future_decides_nothing(
    month: Month, tmp_path: Path
) -> None:
    _inspected(month, "2026-09", "G00,2026-09-05,楼道,70,物业,2026-11-20,")
    _inspected(
        month,
        "2026-10",
        "G00,2026-10-05,楼道,,物业,2026-11-20,",
        "G00,2026-11-05,楼道,99,物业,2026-11-20,",
        "G01,2026-11-05,楼道,10,物业,2026-11-20,",
    )
    (task,) = _tasks(tmp_path / "store").values()
    assert (task["unit_id"], task["state"], task["failed_on"]) == ("G00", "open", "2026-09-05")


def test_building_again_gives_the_same_release(month: Month, tmp_path: Path) -> None:
    rows = [
        "G00,2026-10-05,楼道,70,物业,2026-10-20,",
        "G01,2026-10-05,楼道,70,物业,2026-10-20,",
        "G01,2026-10-25,楼道,91,物业,2026-10-20,",
    ]
    _inspected(month, "2026-09", "G00,2026-09-05,楼道,60,物业,2026-10-20,")
    built = _inspected(month, "2026-10", *rows)
    before = _tasks(tmp_path / "store")
    for workers in (1, 2):
        again = _inspected(month, "2026-10", *rows, workers=workers)
        assert not again.is_new
        assert again.release.release == built.release.release
    corrected = _inspected(month, "2026-10", *rows[1:])
    assert corrected.is_new
    after = _tasks(tmp_path / "store")
    assert after.keys() == before.keys()
    task = after["G01", "楼道"]
    assert (task["opened_release"], task["closed_release"]) == (built.release.release,) * 2
    assert before["G01", "楼道"]["closed_release"] is None


def test_a_corrected_row_of_the_same_day_is_a_pass(month: Month, tmp_path: Path) -> None:
    _inspected(month, "2026-10", "G00,2026-10-05,楼道,9,物业,2026-11-20,")
    _inspected(month, "2026-10", "G00,2026-10-05,楼道,99,物业,2026-11-20,")
    (task,) = _tasks(tmp_path / "store").values()
    assert (task["state"], task["failed_value"], task["passed_value"]) == ("closed", "9", "99")


def test_an_older_month_is_built_on_what_was_published_by_then(
    month: Month, tmp_path: Path
) -> None:
    rows = ["G00,2026-08-05,楼道,70,物业,2026-11-20,"]
    _inspected(month, "2026-08", *rows)
    _inspected(month, "2026-10", "G00,2026-10-05,楼道,99,物业,2026-11-20,")
    _inspected(month, "2026-09", "G01,2026-09-05,楼道,70,物业,2026-11-20,")
    tasks = _tasks(tmp_path / "store")
    assert {key[0]: task["state"] for key, task in tasks.items()} == {"G00": "open", "G01": "open"}


def test_cases_are_open_until_they_are_closed(month: Month, tmp_path: Path) -> None:
    def built(as_of: str, *rows: str) -> Built:
        return month(as_of, CASES, {"案件.csv": [CASE_HEAD, *rows]})

    first = built(
        "2026-09",
        "A1,G00,2026-09-01,城管局,2026-09-15,2026-09-10",
        "A2,G00,2026-09-02,城管局,2026-09-15,",
        "A3,G01,2026-09-03,王某,2026-10-15,2026-10-02",
        "A4,G01,2026-09-04,张某,2026-10-15,",
    )
    store = tmp_path / "store"
    with open_release(releases.release_path(store, first.release)) as con:
        rows = con.execute(
            "select state, owner, is_reported_done, failed_on, passed_on from task "
            "order by failed_row"
        ).fetchall()
    assert rows == [
        ("closed", "城管局", False, "2026-09-01", "2026-09-10"),
        ("overdue", "城管局", False, "2026-09-02", None),
        ("open", "***", True, "2026-09-03", None),
        ("open", "***", False, "2026-09-04", None),
    ]
    said = {fault.code: fault.affected for fault in first.faults if fault.source == "案件.csv"}
    assert said["TASK_OWNER"] == 2
    second = built("2026-10", "A2,G00,2026-09-02,城管局,2026-09-15,2026-10-03")
    with open_release(releases.release_path(store, second.release)) as con:
        rows = con.execute(
            "select state, opened_release, closed_month from task order by failed_on"
        ).fetchall()
    assert rows == [
        ("closed", first.release.release, "2026-09"),
        ("closed", first.release.release, "2026-10"),
        ("overdue", first.release.release, None),
        ("overdue", first.release.release, None),
    ]


def test_places_under_a_target_are_tasks_of_its_owner(month: Month, tmp_path: Path) -> None:
    toml = INSPECTIONS.replace('fails = "得分 < 90"\ndue_days = 15\n', "").replace(
        'owner = "责任单位"\ndue = "期限"\nclosed = "闭环"\n', ""
    )
    rows = ["G00,2026-09-05,楼道,70,,,", "G00,2026-09-06,楼道,80,,,", "G01,2026-09-05,楼道,95,,,"]
    month("2026-09", toml + TARGET, {"检查.csv": [HEAD, *rows]})
    (task,) = _tasks(tmp_path / "store").values()
    assert (task["source_kind"], task["source"], task["unit_id"]) == (
        "indicator",
        "accuracy",
        "G00",
    )
    assert (task["owner"], task["due_on"], task["state"]) == ("街道办", "2026-10-15", "open")
    assert (task["failed_value"], task["failed_on"]) == ("75.0", "2026-09")
    rows.append("G00,2026-10-05,楼道,88,,,")
    month("2026-10", toml + TARGET, {"检查.csv": [HEAD, *rows]})
    (task,) = _tasks(tmp_path / "store").values()
    assert (task["state"], task["passed_value"], task["passed_on"]) == ("closed", "88.0", "2026-10")


def test_a_case_ledger_of_a_pack_without_closing_days_makes_no_tasks_and_says_so(
    month: Month, tmp_path: Path
) -> None:
    toml = '[[ledgers]]\npack = "case"\nname = "诉求"\npath = "诉求.csv"\nkey = "网格"\n'
    head, row = "网格,受理日期,承办单位,办理时限", "G00,2026-10-05,城管局,2026-10-20"
    without = month("2026-10", toml, {"诉求.csv": [head, row]})
    assert _tasks(tmp_path / "store") == {}
    said = [fault.message for fault in without.faults if fault.code == "PACK_COLUMN"]
    assert [text for text in said if "No tasks" in text and "办结日期" in text] != []
    month("2026-10", toml, {"诉求.csv": [head + ",办结日期", row + ","]})
    (task,) = _tasks(tmp_path / "store").values()
    assert (task["state"], task["owner"]) == ("overdue", "城管局")


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("责任单位", "物业", "物业"),
        ("责任单位", "物业 13800138000", "物业 ***"),
        ("责任人", "王某", "***"),
        ("整改责任人", "和平社区居委会", "和平社区居委会"),
        ("网格员姓名", "李某某", "***"),
        ("负责人", "网格长", "网格长"),
        ("owner", "Parks office", "Parks office"),
    ],
)
def test_offices_stay_and_names_of_persons_do_not(header: str, cell: str, expected: str) -> None:
    assert shown_owner(header, cell) == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('fails = "得分 < 90"', 'fails = "得分"'), "nothing is compared"),
        (
            ('fails = "得分 < 90"', 'fails = "得份 < 90"'),
            "fails counts 得份, which 检查.csv has not",
        ),
        (("due_days = 15", "due_days = -1"), "a number from 0"),
        (('closed = "闭环"\nfails = "得分 < 90"\n', ""), "`due_days` stands alone"),
    ],
)
def test_a_slip_in_what_makes_a_task_is_one_message(
    month: Month, change: tuple[str, str], said: str
) -> None:
    assert change[0] in INSPECTIONS
    ledgers = {"检查.csv": [HEAD, "G00,2026-10-05,楼道,70,物业,2026-10-20,"]}
    with pytest.raises(SettingsError, match=said):
        month("2026-10", INSPECTIONS.replace(*change), ledgers)


def test_a_due_day_needs_a_target_and_somebody(month: Month) -> None:
    for line in ('owner_role = "街道办"\n', "target = { 2026 = 80 }\n"):
        with pytest.raises(SettingsError, match="nobody to meet it"):
            month("2026-10", INSPECTIONS + TARGET.replace(line, ""), {"检查.csv": [HEAD]})
