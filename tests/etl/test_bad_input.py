"""One defect at a time, from the command: one message that helps, exit code 1, nothing moved."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.__main__ import main
from geo.store import release as releases
from tests.conftest import ROOT
from tests.etl.cities import SmallCity

Break = Callable[[Path], object]
NO_FEATURES = '{"type": "FeatureCollection", "features": []}'


def _edit(name: str, old: str, new: str) -> Break:
    def run(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return run


def _write(name: str, content: bytes) -> Break:
    return lambda folder: (folder / name).write_bytes(content)


def _cut(name: str) -> Break:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:500])


def _declare(file: str, crs: str) -> Break:
    return _edit("city.toml", f'path = "{file}"', f'path = "{file}"\ncrs = "{crs}"')


GRIDS, PLACES, STREETS = "grids.geojson", "facilities.csv", "streets.geojson"
HEADER = "编号,名称,类别,经度,纬度,状态"
# What breaks, how, and what the message has to hold: where, what was expected, what to do.
BLOCKED: dict[str, tuple[Break, tuple[str, ...]]] = {
    "text that is no text": (
        _write(PLACES, b"\x00\x01\x02"),
        (PLACES, "is not text", "expected CSV"),
    ),
    "a cut file": (_cut(GRIDS), (GRIDS, "cannot be read", "expected a complete file", "again")),
    "another format": (
        _write(STREETS, b"PK\x03\x04zzz"),
        (STREETS, "cannot be read", "expected a complete file", "again"),
    ),
    "no toml": (
        _edit("city.toml", "[grids]", "[grids"),
        ("city.toml", "line 8", "expected lines like", "Correct that line"),
    ),
    "a declared column is missing": (
        _edit("city.toml", 'id = "网格编码"', 'id = "网格号码"'),
        (GRIDS, "lacks 1 declared column", "网格号码", "expected `网格编码`", "city.toml"),
    ),
    "a coordinate column is missing": (
        _edit(PLACES, "经度", "东经"),
        (PLACES, 'lon = "经度"', "one of its headers", "东经", "city.toml"),
    ),
    "an unknown CRS": (
        _declare(GRIDS, "EPSG:9999"),
        ("EPSG:9999", "expected one of", "Correct it"),
    ),
    "metres that are degrees": (
        _declare(GRIDS, "EPSG:4544"),
        (GRIDS, "EPSG:4544", "CRS_WRONG", "degrees", "expected metres", "Declare"),
    ),
    "axes exchanged": (
        _edit("city.toml", 'lon = "经度"\nlat = "纬度"', 'lon = "纬度"\nlat = "经度"'),
        (PLACES, "CRS_SWAP", "expected longitude in x", "Exchange"),
    ),
    "no grids": (_write(GRIDS, NO_FEATURES.encode()), (GRIDS, "no rows", "at least one")),
    "no facilities": (_write(PLACES, f"{HEADER}\n".encode()), (PLACES, "no rows", "at least one")),
    "no streets": (_write(STREETS, NO_FEATURES.encode()), (STREETS, "no rows", "at least one")),
    "streets of another place": (
        _edit(STREETS, "[117.", "[118."),
        (STREETS, "1 fault", "NET_AWAY", "another place", "declare it in [network]"),
    ),
    "a key with a typo": (
        _edit("city.toml", "people =", "peple ="),
        ("city.toml [grids]", "`peple`", "expected `people`", "Correct the key"),
    ),
    "a section with a typo": (
        _edit("city.toml", "[network]", "[netwrk]"),
        ("city.toml:", "`netwrk`", "expected `network`", "Correct the key"),
    ),
    "an unknown category in city.toml": (
        _edit("city.toml", 'category_column = "类别"', 'category = "EDU_PRIMRY"'),
        ("EDU_PRIMRY", "expected `EDU_PRIMARY`", "Correct it"),
    ),
}
# Defects of single rows are kept aside and recorded; --strict refuses to publish them.
ROWS: dict[str, tuple[Break, tuple[str, ...]]] = {
    "an id twice in a block and category": (
        _edit(PLACES, "S1,小学,EDU_PRIMARY", "F1,别的站,MED_STATION"),
        ("CODE_DUP", f"{PLACES}, row 4", "F1", "MED_STATION", "an id of its own"),
    ),
    "text in a number": (
        _edit(GRIDS, '"常住人口": "200"', '"常住人口": "many"'),
        ("NUM_TEXT", f"{GRIDS}, row 2", '"many"', "expected a number >= 0", "build again"),
    ),
    "an unknown category in a row": (
        _edit(PLACES, "EDU_PRIMARY", "EDU_PRIMRY"),
        ("CAT_UNKNOWN", f"{PLACES}, row 4", "EDU_PRIMRY 1", "category_map"),
    ),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which a good city is published."""
    folder = tmp_path_factory.mktemp("published")
    toml = SmallCity().write(folder / "city")
    assert main(["build", str(toml), "--store", str(folder / "store"), "--workers", "1"]) == 0
    return folder / "store"


def _message(captured: str) -> str:
    """Give what is said beside the progress, which has to be one line and no traceback."""
    said = [line for line in captured.splitlines() if not re.match(r"\s*\d+% ", line)]
    assert len(said) == 1, captured
    assert said[0].startswith("etl build: ")
    return said[0]


def _assert_untouched(store: Path, pointer: bytes) -> None:
    assert (store / "data" / "CURRENT").read_bytes() == pointer
    assert releases.serving(store) == (releases.current(store), False)
    assert not list((store / "data").glob(".build-*"))


@pytest.mark.parametrize("name", BLOCKED)
def test_a_defect_blocks_with_one_message(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    break_it, says = BLOCKED[name]
    pointer = (store / "data" / "CURRENT").read_bytes()
    before = releases.list_releases(store)
    toml = SmallCity().write(tmp_path / "city")
    break_it(toml.parent)
    assert main(["build", str(toml), "--store", str(store), "--workers", "1"]) == 1
    message = _message(capsys.readouterr().err)
    assert [text for text in says if text not in message] == [], message
    _assert_untouched(store, pointer)
    assert releases.list_releases(store) == before


@pytest.mark.parametrize("name", ROWS)
def test_a_defect_of_a_row_is_named_and_strict_keeps_it_back(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    break_it, says = ROWS[name]
    pointer = (store / "data" / "CURRENT").read_bytes()
    toml = SmallCity().write(tmp_path / "city")
    break_it(toml.parent)
    arguments = ["build", str(toml), "--store", str(store), "--workers", "1", "--strict"]
    assert main(arguments) == 1
    message = _message(capsys.readouterr().err)
    wanted = ("1 warning, the first", *says, "not published", "python -m etl publish --store")
    assert [text for text in wanted if text not in message] == [], message
    _assert_untouched(store, pointer)


def test_a_process_ends_with_the_code_and_without_a_traceback(store: Path, tmp_path: Path) -> None:
    pointer = (store / "data" / "CURRENT").read_bytes()
    toml = SmallCity().write(tmp_path / "city")
    _cut(GRIDS)(toml.parent)
    done = subprocess.run(
        [sys.executable, "-m", "etl", "build", str(toml), "--store", str(store)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert GRIDS in _message(done.stderr)
    _assert_untouched(store, pointer)
