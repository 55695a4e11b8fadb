"""How long a ledger of five million events on 20,000 grids takes, and in how much memory.

A second figure is that of a million cases, which have a deadline each and so become tasks.

The whole way from the file: read, place, store, two indicators, and the share of the content hash.
Beside it the same table with pandas: read, join to the grids, group. Each runs in a process of its
own, so that its peak memory is its own. Run on an idle machine: `make bench`.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from etl import build
from etl.build import BuildOptions, build_city
from geo.store.connect import open_release
from geo.store.content import table_digest
from geo.store.release import release_path, serving
from tests.bench.lattice_city import LatticeCity, write_lattice_city

pytestmark = pytest.mark.bench

ROWS = {"events": 5_000_000, "cases": 1_000_000}
CITY = LatticeCity(street_m=500.0, categories=1, facilities=10, method="centre")
LEDGER = """
[[ledgers]]
name = "事件"
path = "events.csv"
key = "网格编码"
item = "类别"
date = "受理日期"
{more}
[[indicators]]
id = "in_time"
title = {{ zh = "按期办结率", en = "Closed in time" }}
from = "事件"
formula = "count(办结日期 <= 期限)/count()"
unit = "%"
[[indicators]]
id = "score"
title = {{ zh = "平均得分", en = "Mean score" }}
from = "事件"
formula = "mean(得分)"
"""
MORE = {
    "events": 'value = "得分"',
    "cases": 'id = "编号"\ndue = "期限"\nclosed = "办结日期"\nowner = "处置单位"',
}


def write_events(path: Path, rows: int, grids: int) -> None:
    """Write events of a year: a code, a grid, a kind, three days, an office and a score."""
    day = "strftime(date '2025-11-01' + ({})::integer, '%Y-%m-%d')"
    began = "hash(i, 'day') % 360"
    query = f"""
        copy (
            select
                format('E{{:08d}}', i) as 编号,
                format('{{:07d}}', hash(i, 'grid') % {grids}) as 网格编码,
                '类别' || (hash(i, 'kind') % 15) as 类别,
                {day.format(began)} as 受理日期,
                {day.format(f"{began} + 15")} as 期限,
                case when hash(i, 'open') % 10 > 0
                    then {day.format(f"{began} + hash(i, 'late') % 20")} end as 办结日期,
                '单位' || (hash(i, 'office') % 40) as 处置单位,
                hash(i, 'score') % 101 as 得分
            from range({rows}) as events(i)
        ) to '{path}' (header, delimiter ',')
    """
    with duckdb.connect() as con:
        con.execute(query)


def load(folder: Path) -> dict[str, Any]:
    """Build the city with its ledger; give the seconds of the parts that the ledger takes."""
    spent: dict[str, float] = {}

    def timed(name: str) -> None:
        step: Callable[..., Any] = getattr(build, name)

        def run(*asked: Any) -> Any:
            wall, cpu = time.perf_counter(), time.process_time()
            answer = step(*asked)
            spent[name] = time.perf_counter() - wall
            spent[f"{name} cpu"] = time.process_time() - cpu
            return answer

        setattr(build, name, run)

    for name in ("ledger_layers", "store_ledgers"):
        timed(name)
    build_city(folder / "city.toml", folder / "store", BuildOptions(workers=os.cpu_count() or 1))
    path = release_path(folder / "store", serving(folder / "store")[0])
    con = open_release(path)
    wall, cpu = time.perf_counter(), time.process_time()
    table_digest(con, "ledger_row")
    spent["hash"], spent["hash cpu"] = time.perf_counter() - wall, time.process_time() - cpu
    counts = {
        table: con.execute(f"select count(*) from {table}").fetchall()[0][0]
        for table in ("ledger_row", "indicator_value")
    }
    con.close()
    return {"seconds": spent, "counts": counts, "release_mib": path.stat().st_size / 2**20}


def load_with_pandas(folder: Path) -> dict[str, Any]:
    """Do the core of it with pandas: read, join to the grids, group by grid and month."""
    wall, cpu = time.perf_counter(), time.process_time()
    events = pd.read_csv(folder / "events.csv", dtype=str)
    grids = pd.DataFrame({"网格编码": [f"{at:07d}" for at in range(CITY.side**2)]})
    placed = events.merge(grids.reset_index(names="place"), on="网格编码", how="left")
    placed["period"] = placed["受理日期"].str.slice(0, 7)
    placed["in_time"] = placed["办结日期"] <= placed["期限"]
    placed["score"] = pd.to_numeric(placed["得分"])
    values = placed.groupby(["place", "period"]).agg({"in_time": "sum", "score": "mean"})
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {"seconds": spent, "counts": {"rows": len(placed), "values": len(values)}}


@pytest.mark.parametrize("kind", ["events", "cases"])
def test_a_long_ledger(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ROWS[kind]
    toml = write_lattice_city(tmp_path, CITY)
    ledger = LEDGER.format(more=MORE[kind])
    toml.write_text(toml.read_text(encoding="utf-8") + ledger, encoding="utf-8")
    events = tmp_path / "events.csv"
    write_events(events, rows, CITY.side**2)
    found = {way: _in_own_process(way, tmp_path) for way in ("load", "load_with_pandas")}
    with capsys.disabled():
        print(f"\n{rows:,} {kind} on {CITY.side**2:,} grids, {events.stat().st_size / rows:.0f} B")
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        for way, told in found.items():
            print(f"{way}: {json.dumps(told, ensure_ascii=False)}")
    assert found["load"]["counts"]["ledger_row"] == rows
    assert found["load_with_pandas"]["counts"]["rows"] == rows
    assert found["load"]["peak_gib"] <= 2


def _in_own_process(way: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_ledger", way, str(folder)],
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(way: str, folder: str) -> None:
    """Run one way and print what it took."""
    told = {"load": load, "load_with_pandas": load_with_pandas}[way](Path(folder))
    told["peak_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
