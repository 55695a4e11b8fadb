"""How long a full build takes, step by step, and in how much memory.

20,000 grids, 2 M demand points, 1 M street nodes, 30 categories. Nothing is asserted of time; the
release must hold what the sizes promise. Run on an idle machine: `make bench`.
"""

import os
import resource
from pathlib import Path

import pytest

from etl.build import BuildOptions, build_city
from etl.progress import Progress
from geo.store.connect import open_release
from geo.store.release import release_path, serving
from tests.bench.lattice_city import LatticeCity, write_lattice_city

pytestmark = pytest.mark.bench

CITY = LatticeCity()


def test_full_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml = write_lattice_city(tmp_path / "city", CITY)
    store = tmp_path / "store"
    progress = Progress()
    build_city(toml, store, BuildOptions(workers=os.cpu_count() or 1), progress)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    whole = sum(progress.seconds.values())
    con = open_release(release_path(store, serving(store)[0]))
    counts = {
        table: con.execute(f"select count(*) from {table}").fetchall()[0][0]
        for table in ("grid", "demand", "node", "reach", "profile")
    }
    con.close()
    with capsys.disabled():
        print(f"\nfull build {whole:.1f} s, peak memory {peak:.2f} GiB, {counts}")
        for step, seconds in progress.seconds.items():
            print(f"  {seconds:6.1f} s {seconds / whole:4.0%} {step}")
    assert counts["grid"] == CITY.side**2
    assert counts["demand"] > 1_900_000
    assert counts["node"] > 950_000
    assert counts["reach"] == counts["demand"] * CITY.categories
