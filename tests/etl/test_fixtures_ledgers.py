"""The worked examples of the source documents: a ledger file in, the export of indicators out.

Inputs and expected figures are those of the documents (a street office with 17 grids, 116
communities with 50 centres, 20 committees, a community's year), worked out by hand beside each.
"""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from etl.build import Built
from etl.export import export
from etl.table import Filters
from tests.etl.cities import SmallCity

Build = Callable[..., Built]
Row = dict[str, str]


def _write(folder: Path, name: str, lines: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def _ledger(name: str, grain: str = "unit", more: str = "") -> str:
    return (
        f'[[ledgers]]\nname = "{name}"\npath = "{name}.csv"\nunit = "community"\n'
        f'key = "社区"\ngrain = "{grain}"\n{more}'
    )


def _indicator(key: str, ledger: str, formula: str, more: str = "") -> str:
    return (
        f'[[indicators]]\nid = "{key}"\nfrom = "{ledger}"\nformula = "{formula}"\n'
        f'title = {{ zh = "{key}", en = "{key}" }}\n{more}'
    )


def _exported(tmp_path: Path, kind: str = "city") -> dict[tuple[str, str], Row]:
    """Give the export's rows of one kind of place by indicator and period."""
    out = tmp_path / "indicators.csv"
    export(tmp_path / "store", "indicators", "csv", out, Filters())
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["unit_kind"] == kind]
    return {(row["indicator"], row["period"]): row for row in rows}


def _parts(row: Row) -> tuple[float, float]:
    return float(row["numerator"]), float(row["denominator"])


def _city(rows: int, extra: str, as_of: str = "2026-10") -> SmallCity:
    """Give a city of two communities a row of grids, named 社00, 社01, 社10 ..."""
    ids = [f"G{row}{column}" for row in range(rows) for column in range(3)]
    people = ["100"] * len(ids)
    return SmallCity(grid_ids=ids, people=people, extra=extra, as_of=as_of, has_network=False)


def _communities(rows: int) -> list[str]:
    return [f"社{row}{column}" for row in range(rows) for column in range(2)]


def test_a_community_of_17_grids_and_36_workers(build: Build, tmp_path: Path) -> None:
    header = "社区,面积平方公里,户籍户数,户籍人口,常住户数,常住人口,网格数,网格员"
    _write(tmp_path / "city", "概况.csv", [header, "社00,1.60,1538,6777,,15138,17,36"])
    toml = _ledger("概况") + "".join(
        _indicator(key, "概况", formula, more)
        for key, formula, more in (
            ("people_per_household", "sum(户籍人口)/sum(户籍户数)", ""),
            ("people_per_km2", "sum(常住人口)/sum(面积平方公里)", ""),
            ("people_per_grid", "sum(常住人口)/sum(网格数)", ""),
            ("people_per_worker", "sum(常住人口)/sum(网格员)", ""),
            ("registered_per_worker", "sum(户籍户数)/sum(网格员)", ""),
            (
                "households_per_worker",
                "sum(常住户数)/sum(网格员)",
                'target = { 2026 = 250 }\nbetter = "low"\n',
            ),
        )
    )
    build(_city(3, toml))
    found = {key[0]: row for key, row in _exported(tmp_path, "community").items()}
    expected = {
        "people_per_household": (4.41, 2, (6777, 1538)),
        "people_per_km2": (9461, 0, (15138, 1.6)),
        "people_per_grid": (890, 0, (15138, 17)),
        "people_per_worker": (420.5, 1, (15138, 36)),
        "registered_per_worker": (42.7, 1, (1538, 36)),
    }
    for key, (value, digits, parts) in expected.items():
        assert round(float(found[key]["value"]), digits) == value, key
        assert _parts(found[key]) == parts, key
    # registered households understate the load, and the resident ones were not given: no verdict
    residents = found["households_per_worker"]
    assert [residents[name] for name in ("value", "numerator", "verdict")] == [
        *("", "", "not_assessable"),
    ]
    assert float(residents["target"]) == 250


def test_50_centres_are_43_or_65_percent_and_the_denominator_decides(
    build: Build, tmp_path: Path
) -> None:
    names = _communities(58)
    assert len(names) == 77 + 39
    lines = [
        # 3,422 people each, and the 48 that are left of 397,000 in the first
        f"{name},{'村' if k < 77 else '居'},{3_422 + 48 * (k == 0)},{'是' if k < 50 else '否'},2007"
        for k, name in enumerate(names)
    ]
    _write(tmp_path / "city", "中心.csv", ["社区,类型,人口,建成,年份", *lines])
    targets = "target = { 2007 = 0.5, 2008 = 0.7, 2009 = 0.9, 2010 = 1.0 }\n"
    toml = (
        _ledger("中心", "unit+period", 'date = "年份"\n')
        + _indicator("of_all", "中心", "count(建成 = '是')/count()", targets)
        + _indicator("of_villages", "中心", "count(建成 = '是')/count(类型 = '村')", targets)
        + _indicator("people", "中心", "sum(人口)/count()")
        + _indicator("all_people", "中心", "sum(人口)")
    )
    build(_city(58, toml, "2007-12"))
    found = {key: row for (key, _), row in _exported(tmp_path).items()}
    assert round(100 * float(found["of_all"]["value"]), 1) == 43.1
    assert _parts(found["of_all"]) == (50, 116)
    assert round(100 * float(found["of_villages"]["value"]), 1) == 64.9
    assert _parts(found["of_villages"]) == (50, 77)
    verdicts = [(found[key]["target"], found[key]["verdict"]) for key in ("of_all", "of_villages")]
    assert verdicts == [("0.5", "fail"), ("0.5", "pass")]
    assert round(float(found["people"]["value"])) == 3_422
    assert float(found["all_people"]["numerator"]) == 397_000


def test_20_committees_lack_14_of_140_staff(build: Build, tmp_path: Path) -> None:
    names = _communities(10)
    lines = [
        ",".join(
            (
                name,
                "约60" if k < 7 else "120",
                "租赁" if k in (7, 8, 9) else "自有",
                "拆迁" if k == 10 else "",
                # 8 x 4 + 12 x 3 = 68 regular, 18 x 3 + 2 x 2 = 58 on contract
                "4" if k < 8 else "3",
                "3" if k < 18 else "2",
            )
        )
        for k, name in enumerate(names)
    ]
    header = "社区,办公用房面积,权属,说明,正式,聘用"
    _write(tmp_path / "city", "居委会.csv", [header, *lines])
    estates = [f"{names[k % 20]},小区{k}" for k in range(60)]
    _write(tmp_path / "city", "小区.csv", ["社区,小区名", *estates])
    _write(
        tmp_path / "city", "经费.csv", ["社区,正式,临时,合计,补贴", "社00,83。5,19。9,101。7,12。5"]
    )
    toml = (
        _ledger("居委会")
        + _ledger("小区", "event")
        + _ledger("经费")
        + _indicator("estates", "小区", "count()")
        + _indicator("small", "居委会", "count(办公用房面积 < 100)/count()")
        + _indicator("rented", "居委会", "count(权属 = '租赁')/count()")
        + _indicator("facing", "居委会", "count(说明 is not null and 说明 = '拆迁')")
        + _indicator("staff", "居委会", "sum(正式 + 聘用)/sum(4 + 3)")
        + _indicator("gap", "居委会", "sum(greatest(4 - 正式, 0) + greatest(3 - 聘用, 0))")
        + _indicator("parts", "经费", "sum(正式 + 临时)")
        + _indicator("subsidy", "经费", "sum(补贴)/sum(合计)")
    )
    build(_city(10, toml))
    found = {key: row for (key, _), row in _exported(tmp_path).items()}
    assert float(found["estates"]["value"]) == 60
    assert _parts(found["small"]) == (7, 20)
    assert _parts(found["rented"]) == (3, 20)
    assert float(found["facing"]["value"]) == 1
    assert _parts(found["staff"]) == (126, 140)
    assert round(100 * float(found["staff"]["value"]), 1) == 90.0
    assert float(found["gap"]["value"]) == 14
    # the document's own sum is wrong: 83.5 + 19.9 are 103.4, and it says 101.7
    assert float(found["parts"]["value"]) == pytest.approx(103.4, abs=1e-9)
    assert round(100 * float(found["subsidy"]["value"]), 1) == 12.3
    assert _parts(found["subsidy"]) == (12.5, 101.7)


def test_the_counters_of_a_community_s_year(build: Build, tmp_path: Path) -> None:
    counters = [
        *("实事,684", "五星家庭,865", "户数,1718", "文明单元,40", "文明楼院,2"),
        *("阅报栏,10余", "回访,10余", "送治,4", "走访,200余", "宣传,500"),
    ]
    lines = [f"社00,2026年,{line}" for line in counters]
    _write(tmp_path / "city", "计数.csv", ["社区,年度,事项,数量", *lines])
    toml = _ledger("计数", "event", 'date = "年度"\nitem = "事项"\n') + "".join(
        _indicator(f"n{k}", "计数", f"sum((事项 = '{line.split(',')[0]}') * 数量)")
        for k, line in enumerate(counters)
    )
    toml += _indicator(
        "starred", "计数", "sum((事项 = '五星家庭') * 数量)/sum((事项 = '户数') * 数量)"
    )
    build(_city(3, toml))
    found = {key: row for (key, _), row in _exported(tmp_path).items()}
    values = [float(found[f"n{k}"]["value"]) for k in range(len(counters))]
    assert values == [684, 865, 1718, 40, 2, 10, 10, 4, 200, 500]
    assert round(100 * float(found["starred"]["value"]), 1) == 50.3
    assert _parts(found["starred"]) == (865, 1718)
