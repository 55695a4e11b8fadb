"""What is shut, rented out or not shared never covers; evening and weekend are categories apart."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.app import create_app
from dashboard.snapshots import OneRelease
from etl.build import BuildOptions, Built, build_city
from etl.export import export
from etl.tables import Filters
from geo.errors import SettingsError
from geo.store import release as releases
from geo.store.asking import resolve
from geo.store.connect import Connection, open_release
from geo.store.opened import OpenRelease
from geo.store.tiles import layers, tile
from geo.store.views import view
from tests.dashboard import mvt
from tests.etl.cities import SmallCity, lonlat

HEADER = ("编号", "名称", "类别", "经度", "纬度", "状态", "开放时间", "对外开放", "权属")
STATION, SCHOOL, TOILET = "MED_STATION", "EDU_PRIMARY", "ENV_TOILET"
LATE = "周一至周五 8:00-21:30；周六日 9:00-17:00"
ROWS = (
    ("F1", STATION, 200, 200, "open", LATE, "是", "国有"),
    ("F2", STATION, 1000, 1000, "open", "周一至周五 9:00-17:00", "", ""),
    ("F3", STATION, 1000, 200, "open", "8:00-22:00", "错时开放", ""),
    ("F4", STATION, 600, 1000, "open", "夏季8:00-20:00", "视情况", ""),
    ("F5", STATION, 600, 600, "closed", "24小时", "", ""),
    ("T1", TOILET, 200, 200, "open", "24小时", "", "国有（出租）"),
    ("T2", TOILET, 600, 600, "出租", "24小时", "", ""),
    ("T3", TOILET, 1000, 600, "open", "24小时", "否", ""),
    ("T4", TOILET, 1000, 1000, "拆除", "24小时", "是", ""),
    ("S1", SCHOOL, 600, 1000, "open", "", "", ""),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    folder = tmp_path_factory.mktemp("openings")
    toml = SmallCity().write(folder / "city")
    with (folder / "city" / "facilities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for id_, code, x, y, *rest in ROWS:
            writer.writerow([id_, f"设施{id_}", code, *lonlat([[x, y]])[0], *rest])
    text = toml.read_text(encoding="utf-8").replace(
        'status = "状态"',
        'status = "状态"\nhours = "开放时间"\nopen_to_public = "对外开放"\ntenure = "权属"',
    )
    toml.write_text(text, encoding="utf-8")
    return folder / "store", build_city(toml, folder / "store", BuildOptions())


@pytest.fixture(scope="module")
def con(built: tuple[Path, Built]) -> Iterator[Connection]:
    store, made = built
    opened = open_release(releases.release_path(store, made.release))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def release(con: Connection) -> OpenRelease:
    return OpenRelease("1-openings", con)


def _question(release: OpenRelease, **asked: str):
    question, dropped = resolve(release, {"c": STATION, "t": "walk", **asked})
    return question, dropped


def test_only_what_is_open_and_shared_counts_and_the_reason_is_kept(con: Connection) -> None:
    rows = con.execute(
        "select facility_id, is_open, uncounted from facility order by facility_id"
    ).fetchall()
    assert rows == [
        ("F1", True, None),
        ("F2", True, None),
        ("F3", True, None),
        ("F4", True, None),
        ("F5", False, "status"),
        ("S1", True, None),
        ("T1", False, "rented"),
        ("T2", False, "rented"),
        ("T3", False, "not_shared"),
        ("T4", False, "status"),
    ]
    counted = con.execute(
        "select facilities, facilities_other from category where code = $code", {"code": TOILET}
    ).fetchall()
    assert counted == [(0, 4)]
    assert con.execute(
        "select count(*) from profile inner join category using (category_idx) where code = $code",
        {"code": TOILET},
    ).fetchall() == [(0,)]


def test_a_category_of_which_hours_are_known_has_openings(con: Connection) -> None:
    rows = con.execute(
        "select o.code, b.code, o.opening, o.facilities, o.facilities_unknown, o.is_mandatory "
        "from category as o inner join category as b on b.category_idx = o.base_idx order by o.code"
    ).fetchall()
    assert rows == [
        ("MED_STATION@evening", STATION, "evening", 2, 1, False),
        ("MED_STATION@weekend", STATION, "weekend", 1, 2, False),
    ]


def test_the_nearest_at_an_hour_is_the_nearest_of_those_open_then(con: Connection) -> None:
    # F1 and F3 stand in the lower corners: the grid above right is 800 m from F3 by the streets
    found = dict(
        con.execute(
            "select category.code, facility.facility_id from nearest "
            "inner join category using (category_idx) inner join grid using (grid_idx) "
            "inner join facility on facility.facility_idx = nearest.nearest_facility_idx "
            "where grid.grid_id = 'G22' and mode = 1"
        ).fetchall()
    )
    assert found[STATION] == "F2"
    assert found["MED_STATION@evening"] == "F3"
    assert found["MED_STATION@weekend"] == "F1"
    far = con.execute(
        "select nearest_dm from nearest inner join category using (category_idx) "
        "inner join grid using (grid_idx) where grid_id = 'G22' and mode = 1 "
        "and category.code = 'MED_STATION@evening'"
    ).fetchall()
    assert far[0][0] == pytest.approx(8000, abs=20)


def test_openings_stay_out_of_everything_that_nobody_asked_for(
    con: Connection, release: OpenRelease
) -> None:
    assert not [one.code for one in release.facts.categories if "@" in one.code]
    for table, column in (("history", "category"), ("history_target", "category")):
        rows = con.execute(f"select count(*) from {table} where {column} like '%@%'").fetchall()
        assert rows == [(0,)]
    shown = view(release, _question(release)[0])
    assert not [one["code"] for one in shown["categories"] if "@" in one["code"]]
    question, dropped = resolve(release, {"c": "MED_STATION@evening"})
    assert question.opening == "any"
    assert [one.key for one in dropped] == ["c"]


def test_a_view_at_an_hour_covers_no_more_and_says_what_is_unknown(release: OpenRelease) -> None:
    whole = view(release, _question(release)[0])
    evening = view(release, _question(release, h="evening")[0])
    weekend = view(release, _question(release, h="weekend")[0])
    pairs = zip(whole["numerators"], evening["numerators"], strict=True)
    assert all(at_any >= then for at_any, then in pairs)
    assert evening["numerators"][15] < whole["numerators"][15]
    assert (evening["opening"], evening["category"]["code"]) == ("evening", STATION)
    assert evening["category"]["facilities"] == 2
    assert evening["openings"] == {
        "evening": {"hours": "19:00-21:00", "facilities": 2, "unknown": 1},
        "weekend": {"hours": "09:30-11:30, 14:30-16:30", "facilities": 1, "unknown": 2},
    }
    assert weekend["numerators"][15] <= evening["numerators"][15]
    assert [one["month"] for one in evening["history"]] == ["2026-10"]
    # lists of categories are at any hour
    listed = {one["code"]: one["numerators"] for one in evening["categories"]}
    assert listed[STATION] == whole["numerators"]


def test_hours_of_a_category_that_has_none_fall_back_and_are_told(release: OpenRelease) -> None:
    question, dropped = _question(release, c=SCHOOL, h="evening")
    shown = view(release, question, dropped)
    assert (shown["opening"], shown["openings"]) == ("any", {})
    assert {"zh": "小学", "en": "Primary school"} in [
        one["params"].get("category") for one in shown["notices"] if one["key"] == "no_hours"
    ]
    everything, _ = resolve(release, {"c": "all", "h": "evening"})
    assert everything.opening == "any"


def test_the_interface_answers_at_an_hour(release: OpenRelease) -> None:
    client = create_app(OneRelease(release)).server.test_client()
    found = client.get(f"/api/v1/summary?c={STATION}&h=evening").json
    plain = client.get(f"/api/v1/summary?c={STATION}").json
    assert (found["hours"], found["hours_unknown"]) == ("evening", 1)
    assert (plain["hours"], plain["hours_unknown"]) == ("any", None)
    assert found["value"] < plain["value"]
    listed = client.get(f"/api/v1/facilities?c={STATION}&h=evening").json
    assert [one["id"] for one in listed["facilities"]] == ["F1", "F3"]
    assert listed["total"] == 2
    every = client.get(f"/api/v1/facilities?c={TOILET}").json["facilities"]
    assert [one["uncounted"] for one in every] == ["rented", "rented", "not_shared", "status"]
    assert not any(one["counts"] for one in every)
    grids = client.get(f"/api/v1/grids?c={STATION}&h=weekend").json
    assert grids["hours"] == "weekend"
    assert {one["nearest_facility_id"] for one in grids["grids"]} == {"F1"}
    refused = client.get(f"/api/v1/summary?c={SCHOOL}&h=evening")
    assert refused.status_code == 400
    assert "expected one of any" in refused.json["error"]
    offered = {one["code"]: one["hours"] for one in client.get("/api/v1/categories").json}
    assert offered[STATION]["evening"] == {"facilities": 2, "hours_unknown": 1}
    assert offered[SCHOOL] == {}


def test_values_and_file_follow_the_hours(release: OpenRelease) -> None:
    client = create_app(OneRelease(release)).server.test_client()
    address = f"/values/{release.id}/steps?c={STATION}&t=walk&b=people&u=grid"
    assert client.get(address).data != client.get(f"{address}&h=evening").data
    text = client.get(f"/download/grids.csv?c={STATION}&h=evening&lang=zh").data.decode("utf-8-sig")
    assert "覆盖人口（晚间开放）（至少，1 处时间不详）" in text.splitlines()[0]


def test_a_tile_says_which_facility_counts(release: OpenRelease) -> None:
    def states(layer: str) -> dict[str, str]:
        found = mvt.layers(tile(release, layer, 11, *_tile_of(release)))
        return {one["name"]: one["status"] for one in found["facilities"]}

    assert f"facility-{STATION}@evening" in layers(release)
    assert set(states(f"facility-{TOILET}").values()) == {"rented", "not_shared", "closed"}
    evening = states(f"facility-{STATION}@evening")
    assert set(evening.values()) == {"open", "shut_then", "hours_unknown", "closed"}


def _tile_of(release: OpenRelease) -> tuple[int, int]:
    import math

    west, south, east, north = release.facts.bounds
    lon, lat = (west + east) / 2, math.radians((south + north) / 2)
    return (
        int((lon + 180) / 360 * 2**11),
        int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**11),
    )


def test_an_export_at_an_hour_names_it_and_what_is_unknown(
    built: tuple[Path, Built], tmp_path: Path
) -> None:
    out = tmp_path / "evening.csv"
    export(built[0], "coverage", "csv", out, Filters(opening="evening", mode="walk"))
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["category"] for row in rows} == {"MED_STATION@evening"}
    assert len(rows) == 9
    meta = json.loads((tmp_path / "evening.csv.meta.json").read_text(encoding="utf-8"))
    assert meta["opening"] == {
        "hours": "19:00-21:00",
        "facilities": {"MED_STATION@evening": 2},
        "hours_unknown": {"MED_STATION@evening": 1},
    }
    plain = tmp_path / "plain.csv"
    export(built[0], "reach", "csv", plain, Filters())
    assert "@" not in plain.read_text(encoding="utf-8-sig")
    with pytest.raises(SettingsError, match="knows them of MED_STATION"):
        export(built[0], "coverage", "csv", out, Filters(category=SCHOOL, opening="evening"))


def test_what_cannot_be_read_is_listed_by_row_and_no_verdict_hangs_on_it(
    built: tuple[Path, Built],
) -> None:
    found = {
        group.code: (group.severity, group.count, group.effect_grids)
        for group in built[1].groups
        if group.code in ("HOURS_TEXT", "HOURS_NODAYS", "SHARING_TEXT", "NOT_SHARED")
    }
    assert found["HOURS_TEXT"] == ("warning", 1, 0)
    assert found["HOURS_NODAYS"] == ("note", 1, 0)
    assert found["SHARING_TEXT"][:2] == ("warning", 1)
    assert found["NOT_SHARED"][:2] == ("note", 3)
    rows = {fault.code: fault.row for fault in built[1].faults}
    assert rows["HOURS_TEXT"] == rows["SHARING_TEXT"] == 5


def test_the_invariant_is_checked_and_sees_a_breach(con: Connection) -> None:
    from etl.staging import etl_sql

    assert con.execute("select ok from check_result where name = 'openings_within'").fetchall() == [
        (True,)
    ]
    query = etl_sql("checks/openings_within")
    assert con.execute(query).fetchall() == []
    swapped = query.replace("mine.line_dm < base.line_dm", "mine.line_dm > base.line_dm")
    assert con.execute(swapped).fetchall() != []
