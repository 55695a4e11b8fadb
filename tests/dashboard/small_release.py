"""A city of 6 x 6 grids by plain inserts: two districts, four streets, known sums and holes."""

from __future__ import annotations

import json
from pathlib import Path

from geo.store import release as releases
from geo.store.connect import SCHEMA_VERSION, Connection, open_build, open_scratch
from geo.store.opened import OpenRelease
from geo.store.tiles import prepare
from geo.store.write import create_schema

SIDE = 6
STEP = 0.004
WEST, SOUTH = 116.30, 39.90
UNKNOWN_PEOPLE, NOBODY = 7, 8
CATEGORIES = [("ELD_CARE", "养老", "Elderly care", 300), ("MED_STATION", "卫生站", "Clinic", None)]
AREA_DM2 = 16_000_000


def people_milli(grid: int) -> int | None:
    if grid == UNKNOWN_PEOPLE:
        return None
    return 0 if grid == NOBODY else 1000 * (100 + grid)


def arrivals(grid: int, category: int, mode: int) -> list[tuple[int, int]]:
    """Minute and people newly reached: half early, half later; walking takes longer; some never."""
    people = people_milli(grid)
    if not people or (grid + category) % 5 == 4:
        return []
    first = 3 + grid % 7 + category + 4 * mode
    return [(first, people // 2), (first + 6, people - people // 2)]


def reached(grid: int, category: int, mode: int, minute: int) -> int:
    return sum(amount for at, amount in arrivals(grid, category, mode) if at <= minute)


def _areas() -> list[tuple[str, str, str, int | None, int, int]]:
    return [
        ("小城", "city", "小城", None, 0, 36),
        ("D1", "district", "东区", 0, 0, 18),
        ("D2", "district", "西区", 0, 18, 36),
        ("S1", "street", "一街道", 1, 0, 9),
        ("S2", "street", "二街道", 1, 9, 18),
        ("S3", "street", "三街道", 2, 18, 27),
        ("S4", "street", "四街道", 2, 27, 36),
    ]


def _box(lo: int, hi: int) -> str:
    rows = [divmod(grid, SIDE) for grid in range(lo, hi)]
    parts = [
        f"st_makeenvelope({WEST + c * STEP}, {SOUTH + r * STEP}, {WEST + (c + 1) * STEP}, "
        f"{SOUTH + (r + 1) * STEP})"
        for r, c in rows
    ]
    return f"st_union_agg(b) from (select unnest([{', '.join(parts)}]) as b)"


def build(release_id: str = "1-0123456789ab", *, with_network: bool = True) -> OpenRelease:
    """Give the small city as an open release, in memory."""
    con = open_scratch()
    fill(con, with_network=with_network)
    return OpenRelease(release_id, con)


def publish(store: Path, number: int, month: str = "2026-10") -> str:
    """Put the small city into a store as release `number` and point to it; give the release id."""
    releases.data_dir(store).mkdir(parents=True, exist_ok=True)
    content = f"{number:012x}"
    release_id = f"{number}-{content}"
    note = releases.Release(
        release=release_id,
        file=f"release-{release_id}.duckdb",
        content=content,
        sha256="",
        bytes=0,
        month=month,
        city="小城",
        built_at="2026-10-31T00:00:00Z",
        reason=None,
        warnings=0,
    )
    with releases.writer_lock(store):
        built = releases.build_path(store)
        con = open_build(built)
        con.execute("begin")
        fill(con)
        con.execute("commit")
        con.execute("update release set as_of = ?", [month])
        con.execute("checkpoint")
        con.close()
        releases.point_to(store, releases.adopt(store, built, note))
    return release_id


def fill(con: Connection, *, with_network: bool = True) -> None:
    """Make every table of the small city."""
    create_schema(con)
    con.execute(
        "insert into release values ('小城', '2026-10', true, 'EPSG:32650', 0.0001, ?, true, "
        "'centre', 'standard', 60, 200.0, 0.9, 'gb50180', null, null, null, ?, "
        "'19:00-21:00', '09:30-11:30, 14:30-16:30')",
        [with_network, SCHEMA_VERSION],
    )
    con.execute("insert into speed values (0, 'standard', 200, 3), (1, 'elderly', 50, 1)")
    _insert_areas(con)
    _insert_grids(con)
    _insert_facilities(con)
    for category in range(len(CATEGORIES)):
        for mode in range(2 if with_network else 1):
            _insert_profile(con, category, mode)
    _insert_record(con)
    prepare(con)


def _known(lo: int, hi: int) -> int:
    return sum(people_milli(grid) or 0 for grid in range(lo, hi))


def _insert_areas(con) -> None:
    for idx, (code, level, name, parent, lo, hi) in enumerate(_areas()):
        con.execute(
            f"insert into area select ?, ?, ?, ?, ?, ?, ?, ?, null, null, null, ?, {WEST + 0.01}, "
            f"{SOUTH + 0.01}, {_box(lo, hi)}",
            [idx, code, level, name, parent, lo, hi, _known(lo, hi), (hi - lo) * AREA_DM2],
        )


def _insert_grids(con) -> None:
    for grid in range(SIDE * SIDE):
        r, c = divmod(grid, SIDE)
        west, south = WEST + c * STEP, SOUTH + r * STEP
        con.execute(
            "insert into grid (grid_idx, grid_id, name, street_idx, district_idx, people_milli, "
            "area_dm2, reliability, lon, lat, geom) "
            "values (?, ?, ?, ?, ?, ?, ?, 'A', ?, ?, st_makeenvelope(?, ?, ?, ?))",
            [
                *(grid, f"G{grid + 1:02d}", f"网格 {grid + 1:02d}", 3 + grid // 9, 1 + grid // 18),
                *(people_milli(grid), AREA_DM2, west + STEP / 2, south + STEP / 2),
                *(west, south, west + STEP, south + STEP),
            ],
        )


def _insert_facilities(con) -> None:
    for idx, (code, zh, en, radius) in enumerate(CATEGORIES):
        con.execute(
            "insert into category (category_idx, code, zh, en, grp, glyph, level, radius_m, "
            "is_mandatory, facilities, facilities_other) "
            "values (?, ?, ?, ?, 'ELD', '养', '15', ?, true, 2, 1)",
            [idx, code, zh, en, radius],
        )
        for number, status in enumerate(["open", "open", "planned"]):
            con.execute(
                "insert into facility (facility_idx, facility_id, category_idx, name, status, "
                "is_open, grid_idx, district_idx, source, row, lon, lat, attributes) "
                "values (?, ?, ?, ?, ?, ?, 0, 1, 'f.csv', 2, ?, ?, '{}')",
                [
                    *(idx * 3 + number, f"F{idx}{number}", idx, f"{zh}{number}<b>", status),
                    *(status == "open", WEST + 0.005 * (number + 1), SOUTH + 0.006),
                ],
            )


def _insert_profile(con, category: int, mode: int) -> None:
    rows, nearest = [], []
    for grid in range(SIDE * SIDE):
        found = arrivals(grid, category, mode)
        rows += [(0, category, mode, grid, minute, amount, 0, 0, 0, 0) for minute, amount in found]
        distance = found[0][0] * 600 if found else None
        nearest.append(
            (category, mode, grid, distance, category * 3 if found else None, 0 if found else 252)
        )
    con.executemany("insert into profile values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    con.executemany("insert into nearest values (?, ?, ?, ?, ?, ?)", nearest)
    con.execute(
        "insert into area_profile select 0, ?, ?, a.area_idx, p.minute, sum(p.people), 0, 0, 0, 0 "
        "from profile p join area a on p.grid_idx >= a.grid_lo and p.grid_idx < a.grid_hi "
        "where p.category_idx = ? and p.mode = ? group by a.area_idx, p.minute order by 4, 5",
        [category, mode, category, mode],
    )
    con.execute("insert into area_standard values (?, ?, 0, 5000, 0, 0, 0, 0)", [category, mode])
    con.execute(
        "insert into history select '2026-09', a.code, ?, ?, p.minute, p.people // 2, 0, 0, 0, 0 "
        "from area_profile p join area a using (area_idx) where p.category_idx = ? and p.mode = ?",
        [CATEGORIES[category][0], mode, category, mode],
    )


def _insert_record(con) -> None:
    con.execute(
        "insert into history_total select '2026-09', code, name, people_milli, null, null, null, "
        "area_dm2, 'centre' from area"
    )
    con.execute(
        "insert into source values (0, 'g.csv', 'grids', 'ab', 10, 37, 36, 1, 1, 'EPSG:4326', "
        "'utf-8', null)"
    )
    con.execute(
        "insert into issue values (0, 'POP_ODD', 'warning', 'g.csv', 9, 'G08', '无人口。', "
        "'补上。', 1, 1, 116.3, 39.9)"
    )
    sample = {"row": 9, "feature_id": "G08", "text": "无人口。", "content": None}
    con.execute(
        "insert into issue_group values (0, 'warning', 'POP_ODD', 'g.csv', '无人口。', '补上。', "
        "1, 1, 37, 1, ?)",
        [json.dumps([{**sample, "lon": 116.3, "lat": 39.9}])],
    )
    con.execute(
        "insert into rejected values (0, 'g.csv', 38, 'CODE_DUP', ?)", [json.dumps({"a": "<b>"})]
    )
    con.execute("insert into check_result values (0, 'grids sum to parents', true, '36 grids')")
    con.execute(
        "insert into release_stamp values (1, '0123456789ab', '2026-10-31T00:00:00Z', 'test', 1.5)"
    )
