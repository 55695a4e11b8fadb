"""Every broken file of the corpus: one message or one code, no traceback, the store untouched."""

import csv
import faulthandler
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.readers import read_city
from etl.settings import load_city
from geo.store import release as releases
from tests.etl.broken import (
    Harmless,
    Refused,
    Reported,
    archives,
    on_disk,
    tables,
    topologies,
    vectors,
)
from tests.etl.cities import SmallCity

ALL = [*on_disk.DEFECTS, *archives.DEFECTS, *tables.DEFECTS, *vectors.DEFECTS, *topologies.DEFECTS]
REFUSED = [defect for defect in ALL if isinstance(defect, Refused)]
HARMLESS = [defect for defect in ALL if isinstance(defect, Harmless)]
REPORTED = [defect for defect in ALL if isinstance(defect, Reported)]
LONGEST_S = 30
HANG_S = 240


def _name(defect: Refused | Reported | Harmless) -> str:
    return defect.name


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    """End the run with the stack of a reader that hangs, whatever language it hangs in."""
    faulthandler.dump_traceback_later(HANG_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which a sound city is published."""
    folder = tmp_path_factory.mktemp("published")
    toml = SmallCity().write(folder / "city")
    assert main(["build", str(toml), "--store", str(folder / "store"), "--workers", "1"]) == 0
    return folder / "store"


def _computing_s() -> float:
    """Give the seconds of computing so far, children included: waiting for others is no fault."""
    return sum(os.times()[:4])


def _on_disk(store: Path) -> dict[str, tuple[int, int]]:
    found = (path for path in sorted(store.rglob("*")) if path.is_file())
    return {str(p.relative_to(store)): (p.stat().st_size, p.stat().st_mtime_ns) for p in found}


def _message(captured: str) -> str:
    """Give what is said beside the progress: one message, on one line, no traceback."""
    said = [line for line in captured.splitlines() if not re.match(r"\s*\d+% ", line)]
    assert len(said) == 1, captured
    return said[0]


def test_the_corpus_is_large_and_every_defect_has_a_name_of_its_own() -> None:
    names = [defect.name for defect in ALL]
    assert len(names) >= 80
    assert len(names) == len(set(names))


@pytest.mark.parametrize("defect", REFUSED, ids=_name)
def test_a_broken_file_is_refused_by_one_message(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], defect: Refused
) -> None:
    before = _on_disk(store)
    toml = SmallCity().write(tmp_path / "city")
    defect.make(toml.parent)
    began = _computing_s()
    assert main(["build", str(toml), "--store", str(store), "--workers", "1"]) == 1
    assert _computing_s() - began < LONGEST_S
    message = _message(capsys.readouterr().err)
    wanted = ("etl build: ", defect.file, "expected", *defect.says)
    assert [text for text in wanted if text not in message] == [], message
    after = _on_disk(store)
    assert {name for name in after if name not in before} == set()
    assert releases.serving(store) == (releases.current(store), False)
    assert before == after


@pytest.mark.parametrize("defect", REPORTED, ids=_name)
def test_a_broken_row_is_reported_by_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], defect: Reported
) -> None:
    toml = SmallCity().write(tmp_path / "city")
    defect.make(toml.parent)
    report = tmp_path / "issues.json"
    began = _computing_s()
    main(["check", str(toml), "--json", str(report)])
    assert _computing_s() - began < LONGEST_S
    assert "Traceback" not in capsys.readouterr().err
    issues = json.loads(report.read_text(encoding="utf-8"))["issues"]
    found = {(each["code"], each["source"], each["row"]) for each in issues}
    assert (defect.code, defect.file, defect.row) in found, found


@pytest.mark.parametrize("defect", HARMLESS, ids=_name)
def test_what_looks_like_harm_does_none(tmp_path: Path, defect: Harmless) -> None:
    toml = SmallCity().write(tmp_path / "city")
    defect.make(toml.parent)
    before = sorted(tmp_path.rglob("*"))
    layers = read_city(load_city(toml))
    assert {part.source: part.rows_in for part in layers.parts()}[defect.file] == defect.rows
    assert sorted(tmp_path.rglob("*")) == before
    assert not list(Path("/etc").glob("outside*"))


def test_a_formula_stays_text_and_leaves_as_text(tmp_path: Path) -> None:
    formulas = next(defect for defect in HARMLESS if defect.name == "formulas in cells")
    toml = SmallCity().write(tmp_path / "city")
    formulas.make(toml.parent)
    (layer,) = read_city(load_city(toml)).facilities
    assert layer.columns["id"][1] == '=HYPERLINK("http://a","b")'
    assert layer.columns["name"][1] == "=1+1"
    store = tmp_path / "store"
    assert main(["build", str(toml), "--store", str(store), "--workers", "1"]) == 0
    out = tmp_path / "reach.csv"
    assert (
        main(
            [
                "export",
                "--store",
                str(store),
                "--what",
                "reach",
                "--format",
                "csv",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    with out.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "@", "+"))] == []
    assert any(cell.endswith('=HYPERLINK("http://a","b")') for cell in cells)
