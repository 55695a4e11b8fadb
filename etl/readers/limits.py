"""Bound what one file may ask for, so that no content exhausts the machine.

A bound is far above what a city sends and low enough that the memory below it can be stated; the
measurements are in docs/limits.md. What is beyond a bound is refused by one message, never cut.
"""

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Objects
from etl.readers.raw import RawTable
from etl.settings import Source
from geo.errors import InputDataError, LivingCircleError, SourceMissingError

FILE_BYTES: Final = 4 << 30
"""A file that is read piece by piece: the street network of a large country has 1.5 GiB."""
WHOLE_BYTES: Final = 512 << 20
"""A file that is held in memory as a whole: text, workbooks; 500,000 grids of 1 KB each."""
STREAM_BYTES: Final = 2 << 30
"""A text of events that is read row by row into the database."""
TREE_BYTES: Final = 128 << 20
"""Topojson and KML, which become a tree of objects about sixteen times their size."""
ROWS: Final = 3_000_000
"""Rows, features or ways of one source: the buildings of a province."""
STREAM_ROWS: Final = 20_000_000
"""Rows of such a text: every case of a large city in ten years."""
CELLS: Final = 30_000_000
"""Rows times columns: ten columns of the most rows."""
COLUMNS: Final = 4_096
"""Columns of one source: more than twice what a GeoPackage can hold."""
CELL_CHARS: Final = 16_000_000
"""Characters of one cell: an outline of 400,000 vertices as WKT."""
TEXT_CHARS: Final = 1 << 29
"""Characters of all cells of one source together."""
FEATURE_VERTICES: Final = 1_000_000
"""Vertices of one outline or line: twice the coast of a large province at full detail."""
LAYER_VERTICES: Final = 50_000_000
"""Vertices of one source: a hundred for each of 500,000 grids."""
CROSSINGS: Final = 1_000
"""Crossings of an outline with itself that are repaired: half a second, growing with the square."""

_BYTES: Final = {
    "csv": WHOLE_BYTES,
    "stream": STREAM_BYTES,
    "json": WHOLE_BYTES,
    "geojson": WHOLE_BYTES,
    "excel": WHOLE_BYTES,
    "topojson": TREE_BYTES,
    "kml": TREE_BYTES,
}
_REPAIR_WORK: Final = 60 * CROSSINGS**2
"""Squared crossings of all outlines of a source: about half a minute."""
_EASY: Final = 50
"""Crossings of an outline that is always repaired, in a few milliseconds."""
_COLLECTION: Final = re.compile("GEOMETRYCOLLECTION", re.IGNORECASE)
_COLLECTIONS: Final = 16
"""Collections in one WKT; real ones hold one."""
_PAIRS_AT_ONCE: Final = 2_000_000
_GROUPS: Final = (" GiB", 1 << 30), (" MiB", 1 << 20), (" KiB", 1 << 10), (" bytes", 1)


def refusal(source: Source, what: str, limit: str, action: str) -> InputDataError:
    """Make the one message of a file that asks for too much.

    Parameters
    ----------
    what
        What it has, with the number, as `has 12,000,000 rows`.
    limit
        What is read at most, as `5,000,000 rows`.
    action
        What to do, a sentence.
    """
    return InputDataError(
        f"{source.title} {source.shown} {what}; expected at most {limit} (LIMIT). {action}"
    )


def size_text(size: int) -> str:
    """Write a number of bytes for a person, rounded down to one unit."""
    name, unit = next((each for each in _GROUPS if size >= each[1]), _GROUPS[-1])
    return f"{size // unit:,}{name}"


def check_parts(source: Source, parts: Sequence[Path], kind: str) -> None:
    """Refuse what is no ordinary file, cannot be opened, or is too large; nothing is opened yet.

    A pipe or a device would keep the reader waiting for ever.

    Raises
    ------
    SourceMissingError, InputDataError
        The first part that cannot be used.
    """
    limit = _BYTES.get(kind, FILE_BYTES)
    size = 0
    for part in parts:
        state = part.stat()
        if not stat.S_ISREG(state.st_mode):
            raise SourceMissingError(
                f"{source.title} {source.shown}: {part.name} is a pipe, a device or another thing "
                "that is no file; expected an ordinary file. Copy its content into one."
            )
        size += state.st_size
    if size > limit:
        raise refusal(
            source,
            f"has {size_text(size)}",
            size_text(limit),
            "Split it by district."
            if limit == FILE_BYTES
            else "Split it by district, or save it as GeoPackage or Parquet.",
        )


@contextmanager
def steady(source: Source, parts: Sequence[Path]) -> Iterator[None]:
    """Make sure that nothing wrote to the files while they were read.

    Raises
    ------
    InputDataError
        A part grew, shrank, was replaced or was removed (SOURCE_CHANGED); in place of whatever
        fault the half-written content led to.
    """
    before = [_stamp(part) for part in parts]
    try:
        yield
    except LivingCircleError as error:
        if [_stamp(part) for part in parts] != before:
            raise changed(source) from error
        raise
    if [_stamp(part) for part in parts] != before:
        raise changed(source)


def bounded(source: Source, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Hand rows on until there are too many of them, or of their cells."""
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        if number > ROWS or cells > CELLS or len(row) > COLUMNS:
            check_size(source, number, cells, len(row))
        yield row


def check_size(source: Source, rows: int, cells: int, columns: int) -> None:
    """Refuse a table with too many rows, cells or columns."""
    split = "Split it by district, and leave out columns that are not used."
    for number, limit, noun in (
        (rows, ROWS, "rows"),
        (columns, COLUMNS, "columns"),
        (cells, CELLS, "cells"),
    ):
        if number > limit:
            raise refusal(source, f"has {number:,} {noun} or more", f"{limit:,} {noun}", split)


def check_table(source: Source, raw: RawTable) -> None:
    """Refuse a table whose content is too much for what comes after reading.

    Raises
    ------
    InputDataError
        Too many rows, columns, cells, characters or vertices; or a cell holds a NUL byte, which no
        text has and which cuts names short in other programs.
    """
    rows = len(raw.row)
    check_size(source, rows, rows * len(raw.columns), len(raw.columns))
    total = 0
    for header, cells in raw.columns.items():
        total += _check_column(source, header, cells, raw.row)
        if total > TEXT_CHARS:
            raise refusal(
                source,
                f"holds more than {total:,} characters",
                f"{TEXT_CHARS:,}",
                "Leave out columns that are not used.",
            )
    if raw.geometry is not None:
        check_vertices(source, shapely.get_num_coordinates(raw.geometry), raw.row)


def check_vertices(source: Source, vertices: NDArray[np.integer], row: NDArray[np.int64]) -> None:
    """Refuse geometries with too many vertices; shape (n,) each."""
    if not len(vertices):
        return
    at = int(np.argmax(vertices))
    if vertices[at] > FEATURE_VERTICES:
        raise refusal(
            source,
            f"has an outline of {vertices[at]:,} vertices (row {row[at]})",
            f"{FEATURE_VERTICES:,} in one",
            "Simplify it to a metre or so, or take the row out.",
        )
    total = int(vertices.sum(dtype=np.int64))
    if total > LAYER_VERTICES:
        raise refusal(
            source,
            f"has {total:,} vertices",
            f"{LAYER_VERTICES:,} in one file",
            "Simplify its outlines to a metre or so, or split it by district.",
        )


class Repairs:
    """Decides which outlines of a source are repaired; one that crosses itself too often is not.

    The time of a repair grows with the square of the crossings, and these with the square of the
    vertices: 500 vertices thrown at random have 28,000 crossings and take two minutes.
    """

    def __init__(self) -> None:
        self._left = _REPAIR_WORK

    def allows(self, shape: shapely.Geometry) -> bool:
        """Tell whether to repair an outline, and count the work."""
        crossings = _crossings(shape)
        if crossings > CROSSINGS or (crossings > _EASY and crossings**2 > self._left):
            return False
        self._left -= crossings**2
        return True


def _crossings(shape: shapely.Geometry) -> int:
    """Count where segments meet besides their common corners, up to some more than the bound."""
    segments = np.concatenate([_segments(ring) for ring in shapely.get_rings(shape)])
    tree = shapely.STRtree(segments)
    # every segment meets itself and the one before and behind it
    met = -3 * len(segments)
    step = max(1, _PAIRS_AT_ONCE // max(len(segments), 1))
    for at in range(0, len(segments), step):
        met += tree.query(segments[at : at + step], predicate="intersects").shape[1]
        if met > 2 * CROSSINGS:
            break
    return max(met, 0) // 2


def is_deep(text: str | None) -> bool:
    """Tell whether a WKT may hold collections within collections without end.

    The parser follows each by a call: a hundred thousand overflow the stack and end the process.
    """
    return text is not None and len(_COLLECTION.findall(text)) > _COLLECTIONS


def _segments(ring: shapely.Geometry) -> Objects:
    places = shapely.get_coordinates(ring)
    return np.asarray(shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1)))


def _check_column(source: Source, header: str, cells: Objects, row: NDArray[np.int64]) -> int:
    """Give how many characters a column holds."""
    total = 0
    for at, cell in enumerate(cells):
        if cell is None:
            continue
        total += len(cell)
        if len(cell) > CELL_CHARS:
            raise refusal(
                source,
                f"has a cell of {len(cell):,} characters (row {row[at]}, {header[:40]})",
                f"{CELL_CHARS:,} in one",
                "Look for a quotation mark that is not closed; give outlines as GeoPackage.",
            )
        if "\x00" in cell:
            raise InputDataError(
                f"{source.title} {source.shown} holds a NUL byte in {header[:40]!r} (first: row "
                f"{row[at]}); expected text. The file is damaged or no text: export it again."
            )
    return total


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


def changed(source: Source) -> InputDataError:
    """Make the message of a file that did not stay what it was."""
    return InputDataError(
        f"{source.title} {source.shown} was written to while it was read (SOURCE_CHANGED); "
        "expected a finished file. Wait until it is copied, then run the command again."
    )
