"""Duties: when they fall due, what shows that they were done, what nobody can know."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import Built
from etl.ledgers.duties import duties, state_of
from etl.ledgers.periods import EVERY, Window, day_of_year, every_window, period_of, yearly_window
from etl.settings import load_city
from geo.errors import SettingsError
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
VISITS = [
    "社区,日期,类别",
    "社00,2026-08-03,宣传",
    "社00,2026-09-03,宣传",
    "社01,2026-09-30,宣传",
    "社10,2026-09-15,检查",
    "社00,2026-10-01,宣传",
]
LEDGER = (
    '[[ledgers]]\nname = "走访"\npath = "走访.csv"\nunit = "community"\nkey = "社区"\n'
    'date = "日期"\nitem = "类别"\n'
)


def _duty(**keys: object) -> str:
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in keys.items()]
    head = '[[duties]]\ntitle = { zh = "每月宣传", en = "Monthly publicity" }\n'
    return head + "\n".join([*lines, ""])


@given(st.sampled_from(EVERY), DAYS)
def test_periods_follow_each_other_without_gap(every: str, day: date) -> None:
    found = period_of(every, day)
    if every == "term" and day.month == 8:
        assert found is None
        return
    assert found is not None
    name, first, last = found
    assert first <= day <= last
    assert period_of(every, first) == period_of(every, last) == found
    after = period_of(every, last + timedelta(days=32 if every == "term" else 1))
    assert after is not None
    assert after[0] > name
    if every != "term":
        assert after[1] == last + timedelta(days=1)


@given(st.sampled_from(EVERY[:5]), DAYS, st.integers(0, 60))
def test_windows_share_every_day_out_once(every: str, start: date, days_after: int) -> None:
    windows = list(every_window(every, days_after, start, start + timedelta(days=900)))
    assert windows
    for one, next_one in pairwise(windows):
        assert next_one.first == one.due + timedelta(days=1)
    assert all(window.first <= window.due for window in windows)


def test_a_report_is_due_three_days_after_its_quarter() -> None:
    windows = list(every_window("quarter", 3, date(2026, 6, 1), date(2026, 12, 31)))
    assert [(window.period, window.due.isoformat()) for window in windows] == [
        ("2026-Q2", "2026-07-03"),
        ("2026-Q3", "2026-10-03"),
    ]
    assert windows[1].first == date(2026, 7, 4)
    assert windows[1].span == (date(2026, 7, 1), date(2026, 9, 30))


def test_a_day_of_every_year() -> None:
    windows = list(yearly_window("01-30", date(2025, 10, 30), date(2027, 10, 30)))
    assert [window.due for window in windows] == [date(2026, 1, 30), date(2027, 1, 30)]
    assert windows[1].first == date(2026, 1, 31)
    assert day_of_year("02-29", 2026) == date(2026, 2, 28)
    assert day_of_year("13-01", 2026) is None


@pytest.mark.parametrize(
    ("counted", "expected", "due", "since", "state"),
    [
        (3, 3, date(2026, 10, 31), date(2026, 1, 1), "done"),
        (2, 3, date(2026, 10, 31), date(2026, 1, 1), "missed"),
        (2, 3, date(2026, 11, 30), date(2026, 1, 1), "due"),
        (3, 3, date(2026, 11, 30), date(2026, 1, 1), "done"),
        (0, 3, date(2026, 9, 30), date(2026, 10, 1), "unknown"),
        (None, None, date(2026, 9, 30), None, "unknown"),
        (None, None, date(2026, 11, 30), None, "due"),
        (0, 0, date(2026, 9, 30), date(2026, 1, 1), "unknown"),
    ],
)
def test_what_became_of_a_duty(
    counted: int | None, expected: int | None, due: date, since: date | None, state: str
) -> None:
    window = Window(due, None, due.replace(day=1), (due.replace(day=1), due))
    assert state_of(counted, expected, window, date(2026, 10, 31), since) == state


def test_a_ledger_shows_month_by_month_who_did_it(build: Build, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "走访.csv").write_text("\n".join([*VISITS, ""]), encoding="utf-8")
    duty = _duty(id="publicity", every="month", shown_by="走访", items=["宣传"], owner="居委会")
    build(SmallCity(extra=LEDGER + duty))
    rows = ask("select period, due_on, expected, counted, state, owner from duty order by due_on")
    found = {period: rest for period, *rest in rows}
    # six communities; who did it in September: two, one of them on the last day
    assert found["2026-09"] == ["2026-09-30", 6, 2, "missed", "居委会"]
    assert found["2026-08"][2:4] == [1, "missed"]
    assert found["2026-10"][2:4] == [1, "missed"]
    # the ledger begins in August: nobody knows of July
    assert found["2026-07"][3] == "unknown"
    assert found["2026-11"][3] == "due"
    assert next(iter(found)) == "2025-10"
    assert list(found)[-1] == "2027-10"


def test_what_an_earlier_month_showed_is_kept(build: Build, ask: Ask, tmp_path: Path) -> None:
    duty = _duty(id="a", every="month", shown_by="走访", per="city") + _duty(
        id="b", every="quarter", shown_by="走访", per="city"
    )
    (tmp_path / "city").mkdir()
    for month, day in (("2026-08", "2026-08-03"), ("2026-09", "2026-09-30"), ("2026-10", "")):
        rows = [VISITS[0], *([f"社00,{day},宣传"] if day else [])]
        (tmp_path / "city" / "走访.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
        build(SmallCity(as_of=month, extra=LEDGER + duty))
    rows = ask("select duty_id, period, state from duty where due_on >= '2026-07' order by all")
    found = {(key, period): state for key, period, state in rows}
    assert [found["a", f"2026-{month:02d}"] for month in (7, 8, 9, 10, 11)] == [
        *("unknown", "done", "done", "missed", "due"),
    ]
    assert [found["b", f"2026-Q{quarter}"] for quarter in (3, 4)] == ["done", "due"]


def test_a_ledger_of_months_shows_its_quarter_even_if_the_report_is_late(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    lines = ["月份,场次", "2026-07,3", "2026-10,1"]
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "宣传.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    ledger = '[[ledgers]]\nname = "宣传"\npath = "宣传.csv"\nunit = "city"\ndate = "月份"\n'
    duty = _duty(id="report", every="quarter", days_after=3, shown_by="宣传")
    build(SmallCity(extra=ledger + duty))
    rows = ask("select period, due_on, counted, state from duty order by due_on")
    found = {period: rest for period, *rest in rows}
    assert found["2026-Q3"] == ["2026-10-03", 1, "done"]
    assert found["2026-Q4"] == ["2027-01-03", 1, "done"]
    assert found["2026-Q2"][2] == "unknown"


def test_renewals_stand_in_a_ledger_by_their_own_days(
    build: Build, ask: Ask, tmp_path: Path
) -> None:
    lines = [
        "项目,到期日,续签日,经办",
        "康复服务,2026-10-20,2026-10-15,区民政局",
        "康复服务,2026-10-20,,区民政局",
        "保洁服务,2027-01-10,,街道办",
    ]
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "合同.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    ledger = (
        '[[ledgers]]\nname = "合同"\npath = "合同.csv"\nunit = "city"\ngrain = "unit"\n'
        'item = "项目"\ndue = "到期日"\nclosed = "续签日"\nowner = "经办"\n'
    )
    duty = _duty(id="renewal", due_of="合同")
    build(SmallCity(extra=ledger + duty))
    assert ask("select zh, due_on, owner, expected, counted, state from duty order by due_on") == [
        ("每月宣传：康复服务", "2026-10-20", "区民政局", 2, 1, "missed"),
        ("每月宣传：保洁服务", "2027-01-10", "街道办", 1, 0, "due"),
    ]
    client = create_app(Snapshots(tmp_path / "store")).server.test_client()
    answer = client.get("/api/v1/calendar").json
    assert answer["counts"] == {"done": 0, "missed": 1, "due": 0, "unknown": 0}
    assert answer["today"] == "2026-10-31"
    ((entry,),) = [answer["entries"]]
    assert (entry["kind"], entry["ledger"], entry["counted"]) == ("duty", "合同", 1)
    later = client.get("/api/v1/calendar?from=2026-11-01&to=2027-10-31&owner=街道办").json
    assert [one["due_on"] for one in later["entries"]] == ["2027-01-10"]
    assert later["owners"] == ["区民政局", "街道办"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"id": "a", "every": "fortnight"}, "expected one of week"),
        ({"id": "a", "on": "30.1."}, "or of every year"),
        ({"id": "a", "on": "01-30", "every": "year"}, "2 of on, every and due_of"),
        ({"id": "a", "every": "month", "shown_by": "走坊"}, "a ledger's name (走访)"),
        ({"id": "a", "every": "month", "per": "gird"}, "expected `grid`"),
        ({"id": "a", "evry": "month"}, "expected `every`"),
        ({"pack": "nothing_like_it"}, "the id of a shipped one"),
    ],
)
def test_a_slip_is_one_message(tmp_path: Path, keys: dict[str, object], said: str) -> None:
    toml = SmallCity(extra=LEDGER + _duty(**keys)).write(tmp_path)
    with pytest.raises(SettingsError) as refusal:
        duties(load_city(toml))
    assert said in str(refusal.value)
    assert "[[duties]] number 1" in str(refusal.value)
