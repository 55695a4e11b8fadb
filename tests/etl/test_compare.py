"""Why a number changed: tiny cities in which one thing changes, with the effect known by hand.

The city has 3 x 3 grids of 400 m, 100..900 people in the middle of each (G00, G01, ... G22), a
street along every middle line and one clinic in the middle of G00. On foot 5 minutes are 333 m: a
clinic in the middle of a grid reaches the people of that grid; 10 minutes reach those beside it.
"""

import csv
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from etl import compare as comparing
from etl.__main__ import main
from etl.build import BuildOptions, Built, build_city
from etl.compare import replay
from geo.errors import StoreError
from geo.store import connect
from geo.store import release as releases
from geo.store.asking import resolve
from geo.store.changes import change
from geo.store.connect import open_derived, open_release
from geo.store.opened import OpenRelease
from tests.etl.cities import SmallCity, lonlat

ONE = BuildOptions(workers=1)
CLINIC = ("F1", "一号站", "MED_STATION", 200.0, 200.0, "open")
FAR = ("F9", "九号站", "MED_STATION", 1000.0, 200.0, "open")
BASE = SmallCity(facilities=(CLINIC, FAR), as_of="2026-09")
STEPS = (
    *("rules", "streets", "grids", "corrections"),
    *("closed", "opened", "opened_undated", "people"),
)


@dataclass
class Month:
    """One month of the small city; `dates` are opening and closing by facility id."""

    city: SmallCity = BASE
    dates: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    edit: Callable[[Path], None] | None = None

    def write(self, folder: Path) -> Path:
        """Write its files."""
        toml = self.city.write(folder)
        path = folder / "facilities.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*rows[0], "启用日期", "停用日期"])
            writer.writerows([*row, *self.dates.get(row[0], ("", ""))] for row in rows[1:])
        if self.edit is not None:
            self.edit(folder)
        return toml


def october(*facilities: tuple[str, str, str, float, float, str], **changes: Any) -> SmallCity:
    """Give the next month of the base city, with other facilities where any are given."""
    return BASE.but(
        as_of="2026-10", **({"facilities": facilities} if facilities else {}), **changes
    )


@dataclass
class Store:
    """A store with two months, and questions to its comparison."""

    path: Path
    built: tuple[Built, Built]

    def file(self) -> Path:
        """Give the one comparison that the build made."""
        (pair,) = releases.comparisons(self.path)
        assert pair == tuple(one.release.release for one in self.built)
        return releases.compare_path(self.path, *pair)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the comparison in SQL."""
        with closing(open_derived(self.file(), has_shapes=False)) as con:
            return con.execute(query).fetchall()

    def why(self, minute: int = 5, **asked: str) -> dict[str, Any]:
        """Ask why a number changed."""
        now = self.built[1].release
        con = open_release(releases.release_path(self.path, now))
        with closing(OpenRelease(now.release, con)) as release:
            question, dropped = resolve(release, {"c": "MED_STATION", "t": "walk", **asked})
            assert not dropped
            return change(self.path, release, question, minute)

    def moved(self, minute: int = 5, **asked: str) -> dict[str, float]:
        """Give the steps that moved the numerator, in persons."""
        steps = self.why(minute, **asked)["steps"]
        assert tuple(step["name"] for step in steps) == STEPS
        return {step["name"]: step["numerator"] / 1000 for step in steps if step["numerator"]}

    def kinds(self) -> list[tuple[str, str]]:
        """Give the differences that are listed."""
        return self.rows("select kind, id from difference order by kind, id")


@pytest.fixture
def two(tmp_path: Path) -> Callable[..., Store]:
    """Build two months into one store."""

    def run(new: Month | SmallCity, old: Month | SmallCity = BASE) -> Store:
        months = [one if isinstance(one, Month) else Month(one) for one in (old, new)]
        built = [
            build_city(month.write(tmp_path / f"month{at}"), tmp_path / "store", ONE)
            for at, month in enumerate(months)
        ]
        assert [fault.code for one in built for fault in one.faults].count("COMPARE_MISSING") == 0
        return Store(tmp_path / "store", (built[0], built[1]))

    return run


Two = Callable[..., Store]


def test_nothing_changes_in_the_same_files(two: Two) -> None:
    store = two(october())
    assert store.moved() == {}
    assert store.rows("select count(*) from change") == [(0,)]
    assert store.kinds() == []
    assert store.rows("select name from step where did_change") == []
    why = store.why()
    assert (why["old"]["month"], why["new"]["month"]) == ("2026-09", "2026-10")
    assert why["total"]["shown"] == why["total"]["amount_shown"] == 0
    # 100 people of G00 and 300 of G02 of 4,500
    assert (why["before"]["numerator"], why["before"]["denominator"]) == (400_000, 4_500_000)


def test_a_clinic_that_closes_loses_its_grid(two: Two) -> None:
    store = two(october(FAR))
    assert store.moved() == {"closed": -100}
    assert store.kinds() == [("closed", "F1")]
    assert store.rows("select name from step where did_change") == [("closed",)]
    (told,) = store.why()["differences"]
    assert (told["name"], told["before"], told["after"]) == ("一号站", "MED_STATION open", None)


def test_a_facility_tells_whom_it_served(two: Two) -> None:
    school = ("S1", "小学", "EDU_PRIMARY", 200.0, 200.0, "open")
    store = two(october(school), BASE.but(facilities=(CLINIC, school)))
    # within 15 minutes, 1,000 m: its own grid, two at 400 m, three at 800 m
    served = (100 + (200 + 400) + (300 + 500 + 700)) * 1000
    assert store.rows("select id, served_milli from difference") == [("F1", served)]


def test_a_status_with_a_date_is_a_closing_and_without_one_a_correction(two: Two) -> None:
    shut = (*CLINIC[:5], "closed")
    store = two(Month(october(shut, FAR), {"F1": ("", "2026-10-08")}))
    assert store.moved() == {"closed": -100}
    assert store.rows("select kind, dated from difference") == [("closed", "2026-10-08")]


def test_a_status_without_a_date_is_a_correction(two: Two) -> None:
    store = two(october((*CLINIC[:5], "closed"), FAR))
    assert store.moved() == {"corrections": -100}
    assert store.rows("select kind, before, after, detail from difference") == [
        ("corrected", "MED_STATION open", "MED_STATION closed", "status")
    ]


NEW = ("N1", "新站", "MED_STATION", 1000.0, 1000.0, "open")


@pytest.mark.parametrize(
    ("opened", "step"),
    [
        ("2026-10-03", "opened"),
        ("2026年10月", "opened"),
        ("", "opened_undated"),
        ("2026", "opened_undated"),
        ("2025-10-03", "opened_undated"),
        ("2026-09-30", "opened_undated"),
    ],
)
def test_a_new_clinic_reaches_its_grid(two: Two, opened: str, step: str) -> None:
    store = two(Month(october(CLINIC, FAR, NEW), {"N1": (opened, "")}))
    assert store.moved() == {step: 900}
    assert store.kinds() == [(step, "N1")]
    why = store.why()
    # 400 of 4,500 are 8.9 percent, 1,300 are 28.9: twenty points
    assert (why["before"]["permille"], why["after"]["permille"]) == (89, 289)
    assert [one["shown"] for one in why["steps"] if one["shown"]] == [200]


def test_a_plan_that_opens_with_a_date_is_an_opening(two: Two) -> None:
    planned = (*NEW[:5], "planned")
    old = BASE.but(facilities=(CLINIC, FAR, planned))
    store = two(Month(october(CLINIC, FAR, NEW), {"N1": ("2026-10-20", "")}), old)
    assert store.moved() == {"opened": 900}


def test_a_corrected_place_moves_the_reach(two: Two) -> None:
    store = two(october((*CLINIC[:3], 600.0, 200.0, "open"), FAR))
    assert store.moved() == {"corrections": 200 - 100}
    assert store.kinds() == [("corrected", "F1"), ("moved", "F1")]
    ((metres, detail),) = store.rows("select metres, detail from difference where kind = 'moved'")
    assert metres == pytest.approx(400, abs=0.01)
    assert detail == "moved"


def test_another_category_is_a_correction_in_both(two: Two) -> None:
    store = two(october(("F1", "一号站", "MED_CENTRE", 200.0, 200.0, "open"), FAR))
    assert store.moved() == {"corrections": -100}
    assert store.moved(c="MED_CENTRE") == {"corrections": 100}


def test_a_street_shortens_walks_and_no_lines(two: Two) -> None:
    def without_the_southern_street(folder: Path) -> None:
        path = folder / "streets.geojson"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["features"] = [
            one for one in content["features"] if one["properties"]["name"] != "路0"
        ]
        path.write_text(json.dumps(content), encoding="utf-8")

    old = Month(BASE.but(facilities=(CLINIC,)), edit=without_the_southern_street)
    store = two(october(CLINIC), old)
    # 10 minutes are 666 m: G01, 400 m east, was 1,200 m away without the street between
    assert store.moved(10) == {"streets": 200}
    assert store.moved(10, t="line") == {}


def test_the_streets_bring_the_walk(two: Two) -> None:
    store = two(october(), BASE.but(has_network=False))
    why = store.why()
    assert store.moved() == {"streets": 400}
    assert (why["before"]["numerator"], why["before"]["permille"]) == (None, None)
    assert (why["after"]["permille"], why["total"]["points"], why["total"]["shown"]) == (
        89,
        None,
        None,
    )
    assert store.moved(t="line") == {}


def test_more_people_in_a_grid(two: Two) -> None:
    people = ("150", *BASE.people[1:])
    store = two(october(people=people))
    why = store.why()
    assert store.moved() == {"people": 50}
    assert [(one["name"], one["denominator"]) for one in why["steps"] if one["denominator"]] == [
        ("people", 50_000)
    ]
    assert store.kinds() == [("grid_people", "G00")]
    assert store.rows("select before, after from difference") == [("100000", "150000")]


def test_a_few_more_people_are_no_difference(two: Two) -> None:
    store = two(october(people=("110", *BASE.people[1:])))
    assert store.moved() == {"people": 10}
    assert store.kinds() == []


def halved(folder: Path) -> None:
    """Split G00 into a western half of 40 and an eastern half of 60 people."""
    path = folder / "grids.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    whole = content["features"].pop(0)
    for name, people, west in (("G00a", "40", 0.0), ("G00b", "60", 200.0)):
        ring = [[west, 0], [west + 200, 0], [west + 200, 400], [west, 400], [west, 0]]
        properties = {**whole["properties"], "网格编码": name, "常住人口": people}
        geometry = {"type": "Polygon", "coordinates": [lonlat(ring)]}
        content["features"].append(
            {"type": "Feature", "properties": properties, "geometry": geometry}
        )
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def test_a_split_grid(two: Two) -> None:
    store = two(Month(october(), edit=halved))
    # the people stood at the clinic; now they stand 100 m west and east of it, two minutes
    assert store.moved(1) == {"grids": -100}
    assert store.moved(2) == {}
    assert store.kinds() == [("grid_split", "G00")]
    assert store.rows("select detail, before from difference") == [("G00a,G00b", "100000")]


def test_a_merged_grid(two: Two) -> None:
    store = two(october(), Month(BASE, edit=halved))
    assert store.moved(1) == {"grids": 100}
    assert store.kinds() == [("grid_merged", "G00")]


def test_a_faster_walk_is_a_rule(two: Two) -> None:
    store = two(october(speeds='standard = "100"'))
    # 5 minutes become 500 m: beside G00 lie G01 and G10, beside G02 lies G12
    assert store.moved() == {"rules": 200 + 400 + 600}
    assert store.rows("select name from step where did_change") == [("rules",)]


def test_all_at_once_telescopes(two: Two) -> None:
    shut = ("F2", "二号站", "MED_STATION", 600.0, 1000.0, "open")
    old = BASE.but(
        facilities=(CLINIC, FAR, shut, ("S1", "小学", "EDU_PRIMARY", 200.0, 200.0, "open"))
    )
    moved = (*CLINIC[:3], 600.0, 200.0, "open")
    late = ("N2", "晚站", "MED_STATION", 600.0, 600.0, "open")
    new = october(
        *(moved, FAR, NEW, late, ("S1", "小学", "EDU_PRIMARY", 200.0, 600.0, "open")),
        people=("150", "200", "300", "400", "500", "600", "700", "800", "1000"),
        speeds='standard = "1000/15"\nbrisk = 90.0',
    )
    store = two(Month(new, {"N1": ("2026-10-03", "")}, halved), old)
    # of the split G00 the eastern 60 stand 300 m from the corrected place, the western 40 too far
    assert store.moved() == {
        "corrections": 200 - 40,
        "closed": -800,
        "opened": 900,
        "opened_undated": 500,
        "people": 100,
    }
    for code in ("MED_STATION", "EDU_PRIMARY", "all"):
        for mode in ("walk", "line"):
            for basis in ("people", "area"):
                for minute in (0, 1, 5, 10, 15, 60):
                    why = store.why(minute, c=code, t=mode, b=basis)
                    steps = why["steps"]
                    ends = why["after"]["numerator"] - why["before"]["numerator"]
                    assert sum(one["numerator"] for one in steps) == ends
                    assert sum(one["shown"] for one in steps) == why["total"]["shown"]
                    assert (
                        why["after"]["permille"] - why["before"]["permille"]
                        == why["total"]["shown"]
                    )
                    assert sum(one["amount_shown"] for one in steps) == why["total"]["amount_shown"]


def test_the_ends_are_the_releases_own_numbers(two: Two) -> None:
    store = two(Month(october(CLINIC, FAR, NEW, people=("7", *BASE.people[1:])), edit=halved))
    old, new = (open_release(releases.release_path(store.path, one.release)) for one in store.built)
    query = (
        "select area.code, minute, sum(people)::bigint from area_profile "
        "join area using (area_idx) join category using (category_idx) "
        "where category.code = 'MED_STATION' and mode = 1 "
        "group by all order by all"
    )
    before, after = (
        {(code, minute): people for code, minute, people in con.execute(query).fetchall()}
        for con in (old, new)
    )
    for con in (old, new):
        con.close()
    steps = store.rows(
        "select area_code, minute, sum(people)::bigint from change "
        "where category = 'MED_STATION' and mode = 1 group by all"
    )
    moved = {(code, minute): people for code, minute, people in steps}
    for key in before.keys() | after.keys() | moved.keys():
        assert before.get(key, 0) + moved.get(key, 0) == after.get(key, 0), key


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
    from etl import marts
    from etl.compare import making

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
