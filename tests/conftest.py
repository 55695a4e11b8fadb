"""What every test shares: versions in the header, real data, and which groups run."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")
BENCH = ROOT / "tests" / "bench"
# The first call of a kernel compiles it; a deadline per example would measure that.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")
VERSIONS = ("duckdb", "duckdb-extension-spatial", "shapely", "dash", "numpy")


def pytest_report_header() -> str:
    """Name the versions a failure depends on, so that a log explains itself."""
    named = [f"{name} {metadata.version(name)}" for name in VERSIONS]
    return ", ".join([*named, f"python {platform.python_version()}"])


def _names_benchmarks(config: pytest.Config) -> bool:
    """Tell whether the command line asks for benchmarks, by marker or by path."""
    if "bench" in (config.getoption("-m") or ""):
        return True
    places = [Path(str(arg).split("::")[0]).resolve() for arg in config.args]
    return any(place == BENCH or BENCH in place.parents for place in places)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave benchmarks out unless they are named."""
    if _names_benchmarks(config):
        return
    benches = [item for item in items if item.get_closest_marker("bench")]
    if benches:
        config.hook.pytest_deselected(items=benches)
        items[:] = [item for item in items if not item.get_closest_marker("bench")]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip browser tests where there is no Chromium; in CI its absence is a failure."""
    if not item.get_closest_marker("browser") or CHROMIUM.exists():
        return
    reason = f"{CHROMIUM} is absent; install the Debian package chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real data, or skip with the reason."""
    declared = os.environ.get("REAL_DATA")
    folder = Path(declared) if declared else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set REAL_DATA to its folder")
    return folder
