"""Recognise a text of millions of rows, to be read by the database instead of cell by cell.

What a row is, which column is which and in what encoding is decided by the functions that read any
other table. What they cannot decide from the first rows and one pass over the bytes is left to
them.
"""

import codecs
import csv
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from etl.layers import Layer
from etl.ledgers.declared import LedgerSource
from etl.ledgers.fitting import fitted
from etl.readers.columns import resolve, wanted
from etl.readers.encoding import Choice, encoding_faults
from etl.readers.files import OpenedFile
from etl.readers.headings import Head, find_head
from etl.readers.limits import CELL_CHARS, STREAM_ROWS, check_size
from etl.readers.raw import objects
from etl.readers.table import csv_encoding, delimiter_of, from_rows, named_columns
from geo.errors import InputDataError

LARGE: Final = 8 << 20
"""Bytes from which a text is read by the database; below, the other way takes a second."""
CELL_MARK, LINE_MARK, RETURN_MARK, NO_MARK = "\x1f", "\x1e", "\x1d", "\x1c"
"""They stand for the ends of cells and, inside a cell, of lines, where a text is written anew; the
last for nothing at all. A text that holds one of them is not for the database.
"""
_BLOCK: Final = 1 << 20
_SINGLE_LINES: Final = 2_000_000
"""Bytes at the beginning that are judged line by line; what follows need only decode."""
_FIRST: Final = 4096
_HEAD_CHARS: Final = 1 << 20
_SAMPLE: Final = 200
_BAD: Final = "\x00\ufffd" + CELL_MARK + LINE_MARK + RETURN_MARK + NO_MARK
_LONGEST_LINE: Final = 1 << 20


@dataclass(frozen=True)
class Dialect:
    """How the rows of a text are told apart.

    Attributes
    ----------
    body
        Rows above the first row of data.
    width
        Cells that a row may have at most.
    names
        Header to the position of its column, from 0.
    is_plain
        A row is a line: there is no quotation mark in the whole text.
    """

    encoding: str
    delimiter: str
    body: int
    width: int
    names: Mapping[str, int]
    is_plain: bool


@dataclass(frozen=True)
class BulkLayer(Layer):
    """A ledger whose rows are still in its file; `columns` name its headers, `row` is empty.

    Once the rows are staged, `columns` and `row` hold those few that faults show.
    """

    dialect: Dialect = field(default=Dialect("", "", 0, 0, {}, is_plain=True))


@dataclass(frozen=True)
class _Scan:
    """What one pass over a text found."""

    lines: int
    is_plain: bool


def bulk_layer(source: LedgerSource, file: OpenedFile, kind: str) -> BulkLayer | None:
    """Read what stands above the rows of a large text; None where it is not for the database.

    That is: a small file or none of text, a guessed encoding or characters that none reads, columns
    without a name, places in a form of their own.

    Raises
    ------
    SettingsError, InputDataError
        A declared column is not there; the file has too many rows.
    """
    if file.kind != "csv" or file.path.stat().st_size < LARGE:
        return None
    choice = _encoding(source, file.path)
    scan = None if choice is None else _scan(file.path, choice.encoding)
    if choice is None or scan is None:
        return None
    head, dialect, rows = _head(source, file.path, choice.encoding, is_plain=scan.is_plain)
    if None in head.names:
        return None
    check_size_of(source, scan.lines - head.body, len(dialect.names))
    told = encoding_faults(source.shown, choice)
    sample = from_rows(
        source,
        rows,
        wanted(source, "any"),
        encoding=choice.encoding.removesuffix("-sig"),
        notes=[fault.message for fault in told],
    )
    found = resolve(fitted(source, sample.headers), kind, sample)
    if list(dialect.names) != sample.headers or not _has_place(source, found):
        return None
    empty = objects([])
    return BulkLayer(
        kind=kind,
        source=source.shown,
        sha256=file.sha256,
        bytes=file.bytes,
        rows_in=scan.lines - head.body,
        crs="",
        encoding=sample.encoding,
        note=" ".join(sample.notes) or None,
        columns=dict.fromkeys([*dialect.names, *(f"={name}" for name in found)], empty),
        row=np.empty(0, dtype=np.int64),
        geometry=empty,
        faults=told,
        headers=found,
        dialect=dialect,
    )


def check_size_of(source: LedgerSource, rows: int, columns: int) -> None:
    """Refuse a text with more rows or columns than the database is given."""
    if rows > STREAM_ROWS:
        raise InputDataError(
            f"{source.title} {source.shown} has {rows:,} rows; expected at most {STREAM_ROWS:,} "
            "rows (LIMIT). Split it by year."
        )
    check_size(source, 0, 0, columns)


def text_pieces(path: Path, encoding: str) -> Iterator[str]:
    """Give a text piece by piece, as it was written; a byte order mark is left out."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


class _Pieces:
    """The bytes of a file, again and again: lines while they are judged, then blocks of lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as stream:
            while stream.tell() < _SINGLE_LINES and (part := stream.readlines(_BLOCK)):
                yield from b"".join(part).splitlines()
            while block := stream.read(_BLOCK):
                yield block + stream.readline()


def _encoding(source: LedgerSource, path: Path) -> Choice | None:
    """Choose the encoding as for any text; None where it would be a guess."""
    with path.open("rb") as stream:
        first = stream.read(_FIRST)
    if b"\x00" in first and not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    choice = csv_encoding(source, first, _Pieces(path), wanted(source, "any"))
    return choice if choice.is_sure else None


def _scan(path: Path, encoding: str) -> _Scan | None:
    """Go through a text once; None where it holds what the other way has to look at."""
    lines = feeds = returns = pairs = 0
    is_quoted = False
    last = ""
    try:
        for text in text_pieces(path, encoding):
            if any(mark in text for mark in _BAD) or _is_long(text):
                return None
            is_quoted = is_quoted or '"' in text
            feeds += text.count("\n")
            returns += text.count("\r")
            pairs += text.count("\r\n") + (last == "\r" and text.startswith("\n"))
            last = text[-1:] or last
    except (UnicodeDecodeError, LookupError):
        return None
    lines = max(feeds, returns) + (last not in "\r\n")
    return _Scan(lines, not is_quoted and returns == pairs and pairs in (0, feeds))


def _is_long(text: str) -> bool:
    """Tell whether a piece may be part of a line that is none: a quotation mark left open."""
    return len(text) > _LONGEST_LINE // 2 and "\n" not in text and "\r" not in text


def _head(
    source: LedgerSource, path: Path, encoding: str, *, is_plain: bool
) -> tuple[Head, Dialect, list[list[str]]]:
    """Find the header in the first rows; it is looked for nowhere else."""
    text = ""
    for piece in text_pieces(path, encoding):
        text += piece
        if len(text) >= _HEAD_CHARS:
            break
    names = wanted(source, "any")
    mark = delimiter_of(text, names)
    csv.field_size_limit(CELL_CHARS)
    rows = list(
        itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), _SAMPLE)
    )
    head = find_head(rows, names)
    positions = named_columns(head.names, [])
    width = max(positions.values(), default=-1) + 1
    return head, Dialect(encoding, mark, head.body, width, positions, is_plain), rows


def _has_place(source: LedgerSource, found: Mapping[str, str]) -> bool:
    """Tell whether the places are a key, or two columns of coordinates."""
    if "key" in found or source.unit == "city":
        return True
    if {"h3", "wkt"} & found.keys() or not {"lon", "lat"} <= found.keys():
        return False
    return found["lon"] != found["lat"]
