"""The bounds themselves: a file that changes, ten million rows, many knots, memory, computing."""

import multiprocessing
import resource
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from etl import bounds
from etl.names import name_norm
from etl.readers import limits
from etl.readers.layer import read_layer
from etl.settings import FacilitySource, Source
from etl.synonyms import fold
from geo.errors import InputDataError
from geo.store.connect import open_build

MANY = 10_000_000
MOST_MB = 2_500
PATIENCE_S = 120


def _places(path: Path, **options: str) -> FacilitySource:
    return FacilitySource("[[facilities]]", path.name, path, category="EDU_PRIMARY", **options)


def _read_many(path: Path, told: "multiprocessing.Queue[tuple[str, int]]") -> None:
    """Run in a process of its own: read, and tell what was said and the most memory taken."""
    try:
        read_layer(_places(path), "facilities")
        said = "read"
    except InputDataError as error:
        said = str(error)
    told.put((said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def test_ten_million_rows_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("lon,lat\n" + "117.1,39.7\n" * MANY, encoding="ascii")
    context = multiprocessing.get_context("forkserver")
    told = context.Queue()
    child = context.Process(target=_read_many, args=(path, told))
    child.start()
    said, megabytes = told.get(timeout=PATIENCE_S)
    child.join()
    assert "has 3,000,001 rows or more; expected at most 3,000,000 rows (LIMIT)" in said
    assert megabytes < MOST_MB


def _row(number: int) -> str:
    return f"n{number},117.{number % 10_000:04d},39.7\n"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "growing.csv"
    path.write_text("name,lon,lat\n" + "".join(map(_row, range(60_000))), encoding="ascii")
    is_over = threading.Event()

    def grow() -> None:
        with path.open("a", encoding="ascii") as file:
            for number in range(1_000_000):
                if is_over.is_set():
                    return
                file.write(_row(number))
                file.flush()
                time.sleep(0.001)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(InputDataError, match=r"growing\.csv was written to .*SOURCE_CHANGED"):
            read_layer(_places(path), "facilities")
    finally:
        is_over.set()
        writer.join()


@pytest.mark.parametrize("change", ["grew", "shrank", "was replaced", "went away"])
def test_a_file_that_is_not_what_it_was_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x", encoding="ascii")
    source = Source("[grids]", "a.csv", path)

    def happen() -> None:
        if change == "went away":
            path.unlink()
        elif change == "was replaced":
            other = tmp_path / "b.csv"
            other.write_text("y", encoding="ascii")
            other.replace(path)
        else:
            path.write_text("" if change == "shrank" else "xx", encoding="ascii")

    with pytest.raises(InputDataError, match="SOURCE_CHANGED"), limits.steady(source, [path]):
        happen()


def test_a_fault_of_a_half_copied_file_is_told_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x", encoding="ascii")
    source = Source("[grids]", "a.csv", path)

    def fail(*, after: str) -> None:
        path.write_text(after, encoding="ascii")
        raise InputDataError("half a row")

    with pytest.raises(InputDataError, match="SOURCE_CHANGED"), limits.steady(source, [path]):
        fail(after="xx")
    with pytest.raises(InputDataError, match="half a row"), limits.steady(source, [path]):
        raise InputDataError("half a row")


def test_an_outline_is_repaired_unless_it_is_a_knot() -> None:
    random = np.random.default_rng(1)
    turn = np.linspace(0, 2 * np.pi, 20_000)
    bow = np.column_stack([np.cos(turn), np.sin(turn)])
    bow[[500, 501]] = bow[[501, 500]]
    repairs = limits.Repairs()
    assert repairs.allows(shapely.Polygon(bow))
    assert repairs.allows(shapely.Polygon(random.random((60, 2))))
    for corners in (500, 5_000):
        assert not repairs.allows(shapely.Polygon(random.random((corners, 2))))


def test_many_outlines_that_cross_themselves_share_one_budget() -> None:
    knot = shapely.Polygon(np.random.default_rng(1).random((90, 2)))
    repairs = limits.Repairs()
    allowed = [repairs.allows(knot) for _ in range(400)]
    assert allowed == sorted(allowed, reverse=True)
    assert 10 < sum(allowed) < 390
    # an easy one is always repaired
    assert repairs.allows(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))


def _take(share: float, told: "multiprocessing.Queue[str]") -> None:
    """Run in a process of its own: take more memory than it may have."""
    bounds.MEMORY_SHARE = share  # pyright: ignore[reportConstantRedefinition]
    granted = bounds.hold_process()
    try:
        np.ones(granted // 8 + 1)
        told.put("taken")
    except MemoryError:
        told.put("refused")


def test_a_job_cannot_take_the_machine() -> None:
    context = multiprocessing.get_context("forkserver")
    told = context.Queue()
    child = context.Process(target=_take, args=(0.05, told))
    child.start()
    assert told.get(timeout=PATIENCE_S) == "refused"
    child.join()


def test_a_build_spills_into_half_of_the_free_room(tmp_path: Path) -> None:
    con = open_build(tmp_path / "a.duckdb")
    try:
        ((granted,),) = con.execute("select current_setting('max_temp_directory_size')").fetchall()
    finally:
        con.close()
    assert granted not in ("", "0 bytes", "90% of available disk space")


@pytest.mark.parametrize("piece", ["(", "中a", "1,", " ", "ā", "a-"])
def test_a_cell_of_a_million_letters_is_compared_at_once(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    began = time.process_time()
    fold(text)
    name_norm(text)
    assert time.process_time() - began < 5
