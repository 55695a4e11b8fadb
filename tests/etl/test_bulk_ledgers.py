"""A large text goes through the database: the same rows, faults and values as cell by cell."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from etl.build import BuildOptions, build_city
from etl.ledgers import bulk
from etl.ledgers.bulk import BulkLayer
from etl.ledgers.bulk_rows import bulk_rows
from etl.ledgers.cells import Named, cells_of
from etl.ledgers.declared import LedgerSource
from etl.ledgers.reading import read_ledger
from etl.ledgers.rows import raw_rows
from etl.ledgers.staged import POINTS, RAW, RawLedger
from etl.personal import cleaned_layer
from geo.formula import read_formula
from geo.store.connect import Connection, open_scratch
from tests.etl.cities import SmallCity, lonlat
from tests.etl.conftest import opened

HEAD = "网格,日期,项目,检查户数,准确户数,责任单位,期限,闭环,备注"
ROWS = (
    "G00,2026-10-05,垃圾分类,10,9,物业,2026-10-12,2026-10-11,",
    "G00,2026年9月5日,垃圾分类,10,5,物业,,,好",
    " G01 ,2026/10/6,垃圾分类,约20,20,居委会,,,",
    "G01,20261007,垃圾分类,30,—,居委会,,",
    "g12,2026-10-08,垃圾分类,40,10,居委会,2026-10-01,,",
    "",
    "G99,2026-10-08,垃圾分类,40,40,居委会,,,",
    ",2026-10-08,垃圾分类,40,40,居委会,,,",
    "G02,十月,垃圾分类,40,40,居委会,,,",
    " ,,　,,,,,[],",
    "合计,,,200,180,,,,",
    "G02,2026-11-03,垃圾分类,3.1万,5,居委会,,,统 计",
    "G10,2026-10-03,垃圾分类,50%,5,居委会,,,,,多了",
    "G10,2026-10-03,垃圾分类,7,5,居委会,,,,,",
    "G11,2026-10-03,[],8,5,,,,电话 13800138000",
    "G11,2026-10-03,厨余,8,5,找13900139000、13700137000,,,110105 11010519491231002X",
    "G20,2026-10-03,厨余,８,1,物业,,",
    "G20,2026-10-03,厨余,20xx,1,物业",
)
QUOTED = (
    *ROWS,
    '"G21","2026-10-03","厨余,其他",9,1,"第一行\n第二行",,,"说""明"""',
    'G21,2026-10-03,厨"余,9,1,物业,,,"  两边 "',
    '"G22\r\n",2026-10-03,"",9,1,物业,,,""',
)
TOML = """
[[ledgers]]
name = "检查"
path = "检查.csv"
key = "网格"
date = "日期"
item = "项目"
owner = "责任单位"
due = "期限"
closed = "闭环"
[[indicators]]
id = "accuracy"
title = { zh = "准确率", en = "Accuracy" }
from = "检查"
formula = "sum(准确户数)/sum(检查户数)"
unit = "%"
[[indicators]]
id = "kitchen"
title = { zh = "厨余", en = "Kitchen" }
from = "检查"
formula = "count(项目 = '厨余' and 备注 is null)"
"""
CRLF = "\r\n"
HUGE = 1 << 40
TABLES = (
    *("ledger", "ledger_row", "indicator_value", "rejected", "source", "issue", "issue_group"),
    "release_stamp",
)


def _built(folder: Path, city: SmallCity, data: bytes, name: str = "检查.csv") -> dict[str, object]:
    """Build a city with a ledger, and give what of the release comes from it."""
    toml = city.write(folder / "city")
    (folder / "city" / name).write_bytes(data)
    build_city(toml, folder / "store", BuildOptions(workers=1))
    con = opened(folder / "store")
    found: dict[str, object] = {
        table: con.execute(f"select * from {table} order by all").fetchall()
        for table in TABLES[:-1]
    }
    found["content"] = con.execute("select content from release_stamp").fetchall()
    con.close()
    return found


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    """Build twice, cell by cell and through the database; give what is the same in both."""

    def run(data: bytes, toml: str = TOML, name: str = "检查.csv") -> dict[str, object]:
        city = SmallCity(extra=toml.replace("检查.csv", name))
        slow = _built(tmp_path / "slow", city, data, name)
        monkeypatch.setattr(bulk, "LARGE", 0)
        seen: list[object] = []
        whole = bulk.bulk_layer
        monkeypatch.setattr(
            "etl.ledgers.reading.bulk_layer",
            lambda *asked: seen.append(found := whole(*asked)) or found,
        )
        fast = _built(tmp_path / "fast", city, data, name)
        assert isinstance(seen[0], BulkLayer), "the text went the other way"
        for table in fast:
            assert fast[table] == slow[table], table
        return fast

    return run


def _text(rows: tuple[str, ...], end: str = "\n", head: str = HEAD) -> str:
    return end.join([head, *rows, ""])


def test_a_release_is_the_same_both_ways(both: Callable[..., dict[str, object]]) -> None:
    """Quotation marks, lines in cells, another encoding and a title: the longest way round."""
    text = f"检查台账,,,,,,,,\r\n{_text(QUOTED, end=CRLF)}"
    found = both(text.encode("gbk"))
    rejected = found["rejected"]
    assert isinstance(rejected, list)
    reasons = [(row, reason) for _, source, row, reason, _ in rejected if source == "检查.csv"]
    assert sorted(reasons) == [
        (9, "PLACE_UNKNOWN"),
        (10, "PLACE_NONE"),
        (11, "DATE_TEXT"),
        (13, "TOTAL_ROW"),
        (15, "ROW_SHAPE"),
    ]
    shown = str(found)
    assert "13800138000" not in shown
    assert "11010519491231002X" not in shown
    rows = found["ledger_row"]
    assert isinstance(rows, list)
    # a line in a cell and an empty line keep the numbers of the rows below them
    assert [row[1] for row in rows] == [3, 4, 5, 6, 7, 14, 16, 17, 18, 19, 20, 21, 22, 23]


@pytest.mark.parametrize(
    ("rows", "encoding", "end"),
    [
        (ROWS, "utf-8", "\n"),
        (ROWS, "utf-8-sig", CRLF),
        (ROWS, "gb18030", "\n"),
        (ROWS, "utf-16", CRLF),
        (ROWS, "utf-8", "\r"),
        (QUOTED, "utf-8-sig", "\n"),
        (QUOTED, "gbk", CRLF),
    ],
)
def test_rows_are_the_same_both_ways(
    tmp_path: Path, rows: tuple[str, ...], encoding: str, end: str
) -> None:
    data = _text(rows, end).encode(encoding)
    headers = HEAD.split(",")
    assert _rows(tmp_path, data, headers, large=0) == _rows(tmp_path, data, headers, large=HUGE)


def test_a_filter_keeps_the_same_rows_both_ways(tmp_path: Path) -> None:
    data = _text(ROWS).encode()
    where = "检查户数 > 8 or 备注 is not null"
    fast, slow = (
        _rows(tmp_path, data, HEAD.split(","), large=large, where=where) for large in (0, HUGE)
    )
    assert fast == slow
    assert "set aside by where" in str(fast)


def test_points_are_the_same_both_ways(tmp_path: Path) -> None:
    inside, outside = lonlat([[600.0, 200.0], [9_000.0, 200.0]])
    cells = [
        *(f"{inside[0]},{inside[1]}", f"{outside[0]},{outside[1]}", "0,0", ",", "东经,北纬"),
        *(f" {inside[0]} ,+{inside[1]}", f"{inside[0]}°,{inside[1]}", "190,20", "1e400,3"),
        f"{inside[0]:.5f},{inside[1]:.5f}",
    ]
    data = "\n".join(["经度,纬度,日期", *(f"{cell},2026-10-01" for cell in cells)]).encode()
    columns = {"lon": "经度", "lat": "纬度"}
    headers = ["经度", "纬度", "日期"]
    fast, slow = (
        _rows(tmp_path, data, headers, large=large, columns=columns) for large in (0, HUGE)
    )
    assert fast == slow
    assert {"XY_ZERO", "GEOM_EMPTY", "NUM_TEXT", "XY_RANGE"} == {one.reason for one in fast[1]}


CELL = st.text(
    alphabet=st.sampled_from(list('aG01 ,"\n\r\t　计合总数[]1380-年。é')), min_size=0, max_size=8
)


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(CELL, min_size=0, max_size=6), min_size=1, max_size=12), st.booleans())
def test_any_text_has_the_same_rows_both_ways(
    tmp_path: Path, rows: list[list[str]], is_quoted: bool
) -> None:
    lines = [",".join(_written(cell, is_quoted=is_quoted) for cell in row) for row in rows]
    # a row of numbers shows that the header has one row
    data = "\n".join(["甲,乙,丙,丁", "1,2,3,4", *lines]).encode()
    headers = ["甲", "乙", "丙", "丁"]
    assert _rows(tmp_path, data, headers, large=0) == _rows(tmp_path, data, headers, large=HUGE)


def _written(cell: str, *, is_quoted: bool) -> str:
    if is_quoted:
        return '"' + cell.replace('"', '""') + '"'
    return "".join(letter for letter in cell if letter not in '",\n\r')


def _rows(
    folder: Path,
    data: bytes,
    headers: Sequence[str],
    *,
    large: int,
    columns: Mapping[str, str] | None = None,
    where: str | None = None,
) -> tuple[Any, ...]:
    """Give every cell of the rows that are read, their points, and what is said of the others."""
    path = folder / "t.csv"
    path.write_bytes(data)
    declared = columns or {"key": headers[0]}
    source = LedgerSource("[[ledgers]] 1", "t.csv", path, declared, name="t", where=where)
    asked = [Named("", read_formula(f"count(`{name}` = 'a')", title="")) for name in headers]
    before, bulk.LARGE = bulk.LARGE, large
    try:
        layer = cleaned_layer(read_ledger(source))
    finally:
        bulk.LARGE = before
    assert isinstance(layer, BulkLayer) == (large == 0)
    cells = cells_of(asked, headers, "t.csv")
    with open_scratch() as con:
        if not isinstance(layer, BulkLayer):
            return _seen(con, raw_rows(con, layer, cells), headers)
        with bulk_rows(con, layer, source, cells) as raw:
            return _seen(con, raw, headers)


def _seen(con: Connection, raw: RawLedger, headers: Sequence[str]) -> tuple[Any, ...]:
    listed = ", ".join(raw.columns[header] for header in headers)
    rows = con.execute(f"select row, {listed} from {RAW} order by row").fetchall()
    points: list[Any] = []
    if "=key" not in raw.columns:
        points = con.execute(f"select row, lon, lat from {POINTS} order by row").fetchall()
    layer = raw.layer
    told = (layer.rejected, layer.faults, layer.rows_in, layer.note, layer.crs, layer.encoding)
    return rows, *told, raw.contents([row[0] for row in rows]), points
