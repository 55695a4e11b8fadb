"""Worked examples of the source documents: a ledger of communities in, verdicts out, to the digit."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from etl.build import Built
from tests.etl.cities import SmallCity
from tests.etl.conftest import Ask

Build = Callable[..., Built]
Verdict = tuple[str, float | None, float | None, float | None]
LEDGER = '[[communities]]\npath = "社区.csv"\n'


def _city(folder: Path, lines: Sequence[str], *packs: str, extra: str = "") -> SmallCity:
    """Give the small city with one ledger of its communities and these packs."""
    (folder / "city").mkdir(parents=True, exist_ok=True)
    (folder / "city" / "社区.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return SmallCity(standards=packs, extra=LEDGER + extra)


@pytest.fixture
def verdicts(ask: Ask) -> Callable[[str], dict[str, Verdict]]:
    """Give verdict, value, threshold and gap of each rule for a community by name."""

    def run(name: str) -> dict[str, Verdict]:
        rows = ask(
            "select rule.rule, verdict.verdict, value, threshold, gap from verdict "
            "join rule using (rule_idx) join area on area.area_idx = place_idx "
            "where rule.level = 'community' and area.name = $name",
            name=name,
        )
        return {rule: tuple(rest) for rule, *rest in rows}

    return run


def test_a_dense_old_town_community(
    build: Build, ask: Ask, verdicts: Callable[[str], dict[str, Verdict]], tmp_path: Path
) -> None:
    """FX1: 0.08 km2, 2,200 households, 5,500 people."""
    header = (
        "社区,辖区面积（平方公里）,户数,常住人口,城乡分类,社区服务站面积,社区工作人员数,网格员数"
    )
    build(_city(tmp_path, [header, "社00,0.08,2200,5500,111,700,7,8"], "kaili", "tengzhou"))
    assert ask("select people / households, people / area_km2 from community") == [(2.5, 68_750.0)]
    found = verdicts("社00")
    assert found["A02"] == ("fail", 700, 800, 100)
    assert "A01" not in found
    assert found["S01"] == ("fail", 7, 8, 1)
    assert found["G04d"] == ("fail", 8, 9, 1)
    assert -(-2200 // 250) == 9 and -(-2200 // 200) == 11  # the range the example gives


def test_one_community_fails_one_document_and_passes_another(
    build: Build, ask: Ask, verdicts: Callable[[str], dict[str, Verdict]], tmp_path: Path
) -> None:
    """FX3: 1,718 households, 6,136 people, a built centre of 500 m2."""
    header = (
        "社区,户数,常住人口,城乡分类,建设阶段,社区服务站面积,社区居委会办公和服务用房面积,"
        "社区工作人员数,网格员数"
    )
    line = "社00,1718,6136,城市,已建成,500,500,6,9"
    build(_city(tmp_path, [header, line], "kaili", "tengzhou"))
    found = verdicts("社00")
    assert found["A02"] == ("fail", 500, 800, 300)
    assert found["A07"] == ("pass", 500, 300, None)
    assert found["S01"] == ("pass", 6, 6, None)
    assert found["G04d"] == ("pass", 9, 7, None)
    assert ask(
        "select round(people / households, 2), round(100 * station_m2 / households, 1) "
        "from community"
    ) == [(3.57, 29.1)]


def test_a_courtyard_is_no_floor_area(
    build: Build, verdicts: Callable[[str], dict[str, Verdict]], tmp_path: Path
) -> None:
    """FX4: 3,320 m2 in all, courtyard included, must not pass as the area of a station."""
    header = "社区,户数,常住人口,城乡分类,建设阶段,总面积（含庭院）"
    build(_city(tmp_path, [header, "社00,2000,5600,城市,老城区,3320"], "kaili", "tengzhou"))
    found = verdicts("社00")
    assert found["A02"] == ("not_assessable", None, 800, None)
    assert found["A10"] == ("not_assessable", None, 300, None)
