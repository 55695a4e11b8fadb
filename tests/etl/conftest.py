"""Build small cities once where a test only reads them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.build import BuildOptions, Built, build_city
from etl.demo import write_demo
from etl.demo.city import City, make_city
from etl.layers import CityLayers
from etl.readers import read_city
from etl.settings import load_city
from geo.store import release as releases
from geo.store.connect import Connection, open_release
from tests.etl.cities import SmallCity
from tests.etl.demo_files import GRIDS

Ask = Callable[..., list[tuple[Any, ...]]]


def opened(store: Path) -> Connection:
    """Open the published release of a store."""
    now = releases.current(store)
    assert now is not None, "nothing is published"
    return open_release(releases.release_path(store, now))


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Built]:
    """Build a small city into the store of this test."""

    def run(city: SmallCity | None = None, **options: Any) -> Built:
        toml = (city or SmallCity()).write(tmp_path / "city")
        return build_city(toml, tmp_path / "store", BuildOptions(**options))

    return run


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Ask the published release of this test's store in SQL."""
    held: list[Connection] = []

    def run(query: str, **parameters: object) -> list[tuple[Any, ...]]:
        con = opened(tmp_path / "store")
        held.append(con)
        return con.execute(query, parameters or None).fetchall()

    yield run
    for con in held:
        con.close()


@pytest.fixture(scope="session")
def demo_plan() -> City:
    """Draw the demo city as a plan; no file is written."""
    return make_city(GRIDS, 1, lambda _share, _message: None)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the demo city with its month before; tests only read it."""
    out = tmp_path_factory.mktemp("demo")
    write_demo(out, grids=GRIDS)
    return out


@pytest.fixture(scope="session")
def demo_layers(demo_folder: Path) -> CityLayers:
    """Read the files of the demo city."""
    return read_city(load_city(demo_folder / "city.toml"))
