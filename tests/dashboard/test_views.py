"""Numbers of a view by value: against the rule the small city was made by, and plain SQL."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from geo.store import asking, numbers, places, values, views
from geo.walk import class_of
from tests.dashboard import small_release as city

GRIDS = range(36)


def ask(small, **asked):
    question, dropped = asking.resolve(small, asked)
    assert dropped == ()
    return question


def expected(category: int, mode: int, minute: int, lo: int = 0, hi: int = 36) -> int:
    return sum(city.reached(grid, category, mode, minute) for grid in range(lo, hi))


@pytest.mark.parametrize("mode", ["line", "walk"])
@pytest.mark.parametrize("code", ["ELD_CARE", "MED_STATION"])
def test_every_minute_of_the_city_is_the_sum_of_its_grids(small, code, mode):
    view = views.view(small, ask(small, c=code, t=mode))
    category, number = [c[0] for c in city.CATEGORIES].index(code), ["line", "walk"].index(mode)
    assert view["numerators"] == [expected(category, number, minute) for minute in range(61)]
    assert view["denominator"] == sum(city.people_milli(grid) or 0 for grid in GRIDS)


def test_parts_add_up_to_the_whole(small):
    view = views.view(small, ask(small))
    children = np.array([child["numerators"] for child in view["children"]])
    assert children.sum(axis=0).tolist() == view["numerators"]
    assert sum(child["denominator"] for child in view["children"]) == view["denominator"]
    category = next(c for c in view["categories"] if c["code"] == view["category"]["code"])
    assert category["numerators"] == view["numerators"]


def test_the_lowest_area_lists_its_grids(small):
    view = views.view(small, ask(small, a="S2"))
    assert view["area"]["children_level"] == "grid"
    assert [child["code"] for child in view["children"]] == [f"G{n:02d}" for n in range(10, 19)]
    assert view["children"][2]["numerators"][20] == city.reached(11, 0, 1, 20)
    assert [one["code"] for one in view["area"]["path"]] == ["小城", "D1", "S2"]


def test_unknown_people_are_not_zero_and_are_counted_apart(small):
    view = views.view(small, ask(small, a="S1"))
    unknown = view["children"][city.UNKNOWN_PEOPLE]
    nobody = view["children"][city.NOBODY]
    assert unknown["denominator"] is None
    assert nobody["denominator"] == 0
    assert view["missing"]["grids"] == 1
    units = np.array(view["classes"]["units"])
    assert (units.sum(axis=1) == 9).all()
    assert (units[:, 5] == 1).all()
    assert (units[:, 6] == 1).all()


def test_classes_of_the_legend_are_the_classes_of_the_exact_shares(small):
    view = views.view(small, ask(small))
    for minute in (0, 8, 15, 60):
        counted = [0] * 7
        for grid in GRIDS:
            counted[exact_class(grid, minute)] += 1
        assert view["classes"]["units"][minute] == counted


def exact_class(grid: int, minute: int) -> int:
    whole = city.people_milli(grid)
    if whole is None:
        return 6
    if whole == 0:
        return 5
    part = city.reached(grid, 0, 1, minute)
    if part == 0:
        return 0
    if part == whole:
        return 4
    return 1 if part * 2 < whole else 2 if part * 10 < whole * 9 else 3


def test_steps_and_sql_and_view_are_one_number(small):
    """What the browser adds up from the steps of the map is what the sentence says."""
    question = ask(small)
    packed = values.step_bytes(small, question, "grid")
    codes = unpack(packed)
    view = views.view(small, question)
    for minute in (0, 10, 15, 30, 60):
        assert (
            np.bincount(class_of(codes[minute]), minlength=7).tolist()
            == (view["classes"]["units"][minute])
        )
    with small.cursor() as cursor:
        row = cursor.execute(
            "select sum(people) from profile where category_idx = 0 and mode = 1 "
            "and speed_idx = 0 and minute <= 15"
        ).fetchone()
    assert row == (view["numerators"][15],)


def unpack(packed: bytes) -> np.ndarray:
    """Read steps as docs/contracts.md lays them out, shape (61, units)."""
    units, total = struct.unpack_from("<II", packed)
    body = np.frombuffer(packed, dtype=np.uint8, offset=8)
    base, count = body[:units], body[units : 2 * units]
    minute, code = body[2 * units : 2 * units + total], body[2 * units + total :]
    assert len(code) == total
    codes = np.repeat(base[None, :], 61, axis=0)
    at = 0
    for unit in range(units):
        for step in range(at, at + count[unit]):
            codes[minute[step] :, unit] = code[step]
        at += int(count[unit])
    return codes


def test_nearest_minutes_carry_codes_that_are_not_numbers(small):
    minutes = np.frombuffer(values.minute_bytes(small, ask(small)), dtype=np.uint8)
    first = city.arrivals(0, 0, 1)[0][0]
    limit_dm = first * 2000 // 3
    assert minutes[0] == next(m for m in range(61) if m * 2000 // 3 >= first * 600) <= limit_dm
    assert minutes[city.UNKNOWN_PEOPLE] == 252
    without = numbers.Units(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    assert numbers.changes(without).base.tolist() == []


def test_last_month_stands_beside_this_one(small):
    view = views.view(small, ask(small))
    assert [month["month"] for month in view["history"]] == ["2026-09", "2026-10"]
    assert view["history"][1]["numerators"] == view["numerators"]
    assert view["history"][0]["numerators"][60] * 2 <= view["numerators"][60]
    assert all(child["previous"]["denominator"] is not None for child in view["children"])


def test_another_speed_has_no_months_before(small):
    view = views.view(small, ask(small, v="elderly"))
    assert len(view["history"]) == 1
    assert view["children"][0]["previous"] is None


def test_what_does_not_exist_falls_back_and_is_told_once(small):
    question, dropped = asking.resolve(
        small, {"a": "NOWHERE", "c": "X", "t": "fly", "v": "", "b": 3}
    )
    assert question.area.code == "小城"
    assert [one.key for one in dropped] == ["a", "c", "t", "b"]
    view = views.view(small, question, dropped)
    assert [notice["params"]["key"] for notice in view["notices"]] == ["a", "c", "t", "b"]


def test_a_basis_nobody_knows_has_no_denominator(small):
    view = views.view(small, ask(small, b="households"))
    assert view["denominator"] is None
    assert {"key": "no_households", "params": {}} in view["notices"]


def test_without_a_network_lines_answer_and_the_view_says_so():
    opened = city.build(with_network=False)
    view = views.view(opened, ask(opened))
    assert view["mode"] == "line"
    assert view["modes"] == ["line"]
    assert {"key": "no_network", "params": {}} in view["notices"]
    opened.close()


def test_a_place_knows_its_numbers_and_what_contains_it(small):
    place = places.place(small, ask(small), "G14")
    assert place["numerators"] == [city.reached(13, 0, 1, minute) for minute in range(61)]
    assert place["denominator"] == city.people_milli(13)
    assert [one["code"] for one in place["parents"]] == ["小城", "D1", "S2"]
    assert place["detour"] == place["walk_dm"] / place["line_dm"]
    assert place["ring"][0]["type"] == "Polygon"
    assert places.place(small, ask(small), "NO") is None


def test_a_point_finds_its_grid(small):
    for grid in (0, 7, 35):
        row, column = divmod(grid, city.SIDE)
        lon = city.WEST + (column + 0.4) * city.STEP
        lat = city.SOUTH + (row + 0.4) * city.STEP
        assert places.grid_at(small, lon, lat) == f"G{grid + 1:02d}"
    assert places.grid_at(small, 0.0, 0.0) is None


def test_worst_grids_come_first_and_only_those_with_a_gap(small):
    rows, total = places.grid_rows(small, ask(small), 15)
    gaps = [row["denominator"] - row["numerator"] for row in rows]
    assert gaps == sorted(gaps, reverse=True)
    assert total == sum(
        (city.people_milli(grid) or 0) > city.reached(grid, 0, 1, 15) for grid in GRIDS
    )
    assert all(row["numerator"] == city.reached(row["i"], 0, 1, 15) for row in rows)
