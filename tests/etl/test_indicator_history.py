"""Indicators over releases: a monthly ledger makes a trend, and nothing withheld comes back."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import Built
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
LEDGER = (
    '[[ledgers]]\nname = "检查"\npath = "检查.csv"\nkey = "网格"\ndate = "日期"\n'
    '[[indicators]]\nid = "accuracy"\ntitle = { zh = "准确率", en = "Accuracy" }\nfrom = "检查"\n'
    'formula = "sum(好)/sum(全)"\nunit = "%"\ntarget = { 2026 = 0.8 }\n'
)
COUNTED = (
    '[[ledgers]]\nname = "重点"\npath = "检查.csv"\nkey = "网格"\ndate = "日期"\n'
    '[[indicators]]\nid = "persons"\ntitle = { zh = "人数", en = "Persons" }\nfrom = "重点"\n'
    'formula = "sum(好)"\n'
)


@pytest.fixture
def month(build: Build, tmp_path: Path) -> Callable[[str, Sequence[str], str], Built]:
    """Build and publish a month whose ledger holds these rows."""

    def run(as_of: str, rows: Sequence[str], toml: str = LEDGER) -> Built:
        folder = tmp_path / "city"
        folder.mkdir(exist_ok=True)
        (folder / "检查.csv").write_text(
            "\n".join(["网格,日期,好,全", *rows, ""]), encoding="utf-8"
        )
        return build(SmallCity(as_of=as_of, extra=toml))

    return run


def _card(store: Path, indicator: str, area: str = "") -> list[dict[str, object]]:
    client = create_app(Snapshots(store)).server.test_client()
    release = client.get("/readyz").json["release"]
    asked = f"/values/{release}/indicator-area?i={indicator}" + (f"&a={area}" if area else "")
    answer = client.get(asked)
    assert answer.status_code == 200
    return answer.json["periods"]


def test_a_monthly_ledger_gives_a_trend(month, tmp_path: Path) -> None:
    month("2026-09", ["G00,2026-09-05,5,10", "G01,2026-08-05,1,10"])
    month("2026-10", ["G00,2026-10-05,9,10"])
    periods = _card(tmp_path / "store", "accuracy")
    assert [(row["period"], row["numerator"], row["denominator"]) for row in periods] == [
        ("2026-08", 1, 10),
        ("2026-09", 5, 10),
        ("2026-10", 9, 10),
    ]
    assert [row["verdict"] for row in periods] == ["fail", "fail", "pass"]
    assert [row["is_carried"] for row in periods] == [True, True, False]
    assert [row["n_rows"] for row in periods] == [None, None, 1]


def test_a_period_that_is_handed_in_again_is_taken_whole(month, ask: Ask, tmp_path: Path) -> None:
    month("2026-09", ["G00,2026-09-05,5,10", "G10,2026-09-05,5,10"])
    month("2026-10", ["G00,2026-10-05,9,10", "G00,2026-09-05,6,10"])
    periods = {row["period"]: row["numerator"] for row in _card(tmp_path / "store", "accuracy")}
    assert periods == {"2026-09": 6, "2026-10": 9}
    # the other street is not carried beside the city that no longer holds it
    assert ask(
        "select count(*) from indicator_history join area on code = area_code "
        "where level = 'street' and period = '2026-09'"
    ) == [(1,)]


def test_another_formula_is_told_apart(month, tmp_path: Path) -> None:
    month("2026-09", ["G00,2026-09-05,5,10"])
    month("2026-10", ["G00,2026-10-05,9,10"], LEDGER.replace("sum(好)/sum(全)", "mean(好)"))
    found = [(row["period"], row["formula"]) for row in _card(tmp_path / "store", "accuracy")]
    assert found == [("2026-09", "sum(好)/sum(全)"), ("2026-10", "mean(好)")]


def test_a_ledger_without_periods_speaks_of_its_month(month, tmp_path: Path) -> None:
    toml = LEDGER.replace('date = "日期"', 'grain = "unit"')
    month("2026-09", ["G00,,5,10"], toml)
    month("2026-10", ["G00,,8,10"], toml)
    periods = _card(tmp_path / "store", "accuracy")
    assert [(row["period"], row["numerator"]) for row in periods] == [
        ("2026-09", 5),
        ("2026-10", 8),
    ]


def test_the_same_month_again_is_the_same_release(month) -> None:
    month("2026-09", ["G00,2026-09-05,5,10"])
    first = month("2026-10", ["G00,2026-10-05,9,10"])
    again = month("2026-10", ["G00,2026-10-05,9,10"])
    assert first.release.content == again.release.content
    assert not again.is_new


def test_what_was_withheld_stays_so_and_a_new_floor_holds_for_the_past(
    month, ask: Ask, tmp_path: Path
) -> None:
    rows = ["G00,2026-09-05,3,9", "G01,2026-09-05,40,9", "G10,2026-09-05,50,9"]
    month("2026-09", rows, COUNTED)
    later = [row.replace("-09-", "-10-") for row in rows]
    month("2026-10", later, COUNTED + "floor = 5\n")
    past = ask("select numerator, is_withheld from indicator_history where period = '2026-09'")
    # of September only the city is left: 3 persons could be had from 93 less the others
    assert [row for row in past if not row[1]] == [(93, False)]
    assert {top for top, is_withheld in past if is_withheld} == {None}
    month("2026-11", [row.replace("-09-", "-11-") for row in rows], COUNTED)
    october = ask("select numerator from indicator_history where period = '2026-10'")
    assert (3,) not in october
    assert (None,) in october
    assert [row["numerator"] for row in _card(tmp_path / "store", "persons")] == [93, 93, 93]
