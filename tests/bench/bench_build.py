"""How long a large build takes, step by step, and how much memory it needs at most."""

import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from etl.build import BuildOptions, build_city
from etl.progress import Progress
from geo.store import release as releases
from tests.bench.lattice_city import LatticeCity, write_lattice_city

# What the design aims at, on two quiet cores.
AIM_S, AIM_GIB = 120.0, 6.0


@dataclass
class _Metered(Progress):
    """Progress that also counts processor time: the figure that other work does not blur."""

    cpu: dict[str, float] = field(default_factory=dict)
    _now: str = ""
    _cpu_since: float = 0.0

    def at(self, share: float, message: str) -> None:
        self._meter(message)
        super().at(share, message)

    def end(self, message: str) -> None:
        self._meter("")
        super().end(message)

    def _meter(self, following: str) -> None:
        used = time.process_time()
        if self._now:
            self.cpu[self._now] = self.cpu.get(self._now, 0.0) + used - self._cpu_since
        self._now, self._cpu_since = following, used


@pytest.mark.bench
def test_a_large_city_is_built_whole(tmp_path: Path) -> None:
    """20,164 grids, about 2 M demand points, 1 M street nodes, 30 categories of 2,000."""
    toml = write_lattice_city(tmp_path / "city", LatticeCity())
    progress = _Metered()
    began = time.perf_counter()
    built = build_city(toml, tmp_path / "store", BuildOptions(workers=2), progress)
    wall = time.perf_counter() - began
    cpu = sum(progress.cpu.values())
    unit = 2**10 if sys.platform == "darwin" else 1
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 2**20
    print(f"\n{'step':24}{'wall s':>9}{'share':>8}{'cpu s':>9}")
    for step, seconds in progress.seconds.items():
        share = seconds / wall
        print(f"{step:24}{seconds:9.1f}{share:8.0%}{progress.cpu[step]:9.1f}")
    print(f"{'whole':24}{wall:9.1f}{1:8.0%}{cpu:9.1f}   aim {AIM_S:.0f} s")
    print(
        f"peak memory {peak_gib:.1f} GiB, aim {AIM_GIB:.0f}; release {built.release.bytes:,} bytes"
    )
    assert built.is_published
    assert releases.serving(tmp_path / "store") == (built.release, False)
