"""Read tables: CSV and its relatives, Parquet, and what they share with Excel sheets.

A sheet made by hand has a title above its header and a total below its rows. The header is the row
that holds most of the wanted names; a total is set aside with its reason, because it would count
everyone twice.
"""

import csv
import io
import itertools
import json
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault, Objects, Rejected
from etl.readers.encoding import Choice, choose, decoded, encoding_faults, marked
from etl.readers.files import OpenedFile
from etl.readers.headings import Area, Head, Row, clean, find_head
from etl.readers.limits import CELL_CHARS, TEXT_CHARS, bounded, check_size, refusal
from etl.readers.merged import repeated
from etl.readers.raw import RawTable, cell_text, objects
from etl.section import count
from etl.settings import Source
from etl.synonyms import fold
from geo.errors import InputDataError
from geo.store.connect import Connection, open_scratch

_HEADER_WITHIN: Final = 30
PARQUET_MEMORY: Final = "3GB"
"""What DuckDB may take to unpack a Parquet file; the rows come on top."""
TOTALS: Final = {"合计", "小计", "总计", "共计", "总数", "total", "subtotal", "grandtotal"}
_TOTAL_ENDS: Final = ("合计", "小计", "总计")
_TOTAL_WITHIN: Final = 3
_DELIMITERS: Final = "\t,;|，；"
_EMPTY_LIST: Final = "[]"
_SNIFF: Final = 1 << 20
_HEAD_BYTES: Final = 4096
_CELL_ENDS: Final = re.compile(r"[\t\n,;|，；]")
_FLOATS: Final = ("DOUBLE", "FLOAT", "DECIMAL")


def read_csv(source: Source, file: OpenedFile, wanted: Iterable[str]) -> RawTable:
    """Read a delimited text; encoding and delimiter are found where they are not declared."""
    data = file.path.read_bytes()
    choice = csv_encoding(source, data[:_HEAD_BYTES], data.splitlines(), wanted)
    try:
        text = data.decode(choice.encoding, choice.errors)
    except (UnicodeDecodeError, LookupError) as error:
        raise InputDataError(
            f"{source.title} {source.shown} is not text in {choice.encoding} ({error}); expected "
            'UTF-8, GBK, Big5 or GB18030. Correct `encoding`, or set it to "auto".'
        ) from error
    text = text.removeprefix("\ufeff")
    csv.field_size_limit(CELL_CHARS)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text, wanted))
    try:
        rows = list(bounded(source, lines))
    except csv.Error as error:
        if str(CELL_CHARS) in str(error):
            raise refusal(
                source,
                f"has a cell of more than {CELL_CHARS:,} characters (line {lines.line_num:,})",
                f"{CELL_CHARS:,} in one",
                "Look for a quotation mark that is not closed; give outlines as GeoPackage.",
            ) from error
        raise InputDataError(
            f"{source.title} {source.shown} is not a readable table ({error}); expected one row a "
            "line. Open it in a spreadsheet and save it as CSV again."
        ) from error
    told = encoding_faults(source.shown, choice)
    raw = from_rows(
        source,
        rows,
        wanted,
        encoding=choice.encoding.removesuffix("-sig"),
        notes=[fault.message for fault in told],
    )
    return replace(raw, faults=[*told, *_unreadable(source, raw)])


def read_parquet(source: Source, file: OpenedFile) -> RawTable:
    """Read Parquet; a geometry column becomes WKT text, to be named by `wkt =`."""
    try:
        with open_scratch() as con:
            con.execute("set memory_limit = $1", [PARQUET_MEMORY])
            shape = con.execute("describe select * from read_parquet($1)", [str(file.path)])
            kinds = {str(row[0]): str(row[1]) for row in shape.fetchall()}
            _check_parquet(source, con, file, len(kinds))
            found = con.execute(
                "select columns(*)::varchar from read_parquet($1)", [str(file.path)]
            ).fetchall()
    except duckdb.Error as error:
        raise InputDataError(
            f"{source.title} {source.shown} is not readable Parquet "
            f"({str(error).splitlines()[0]}); expected a Parquet file. Write it again."
        ) from error
    columns = {
        name: objects([_parquet_cell(row[position], kinds[name]) for row in found])
        for position, name in enumerate(kinds)
    }
    return RawTable(columns=columns, row=np.arange(1, len(found) + 1, dtype=np.int64))


def _check_parquet(source: Source, con: Connection, file: OpenedFile, columns: int) -> None:
    """Count before anything is fetched: a long text that is written once may fill every row."""
    path = [str(file.path)]
    (rows,) = con.execute("select count(*) from read_parquet($1)", path).fetchall()[0]
    check_size(source, rows, rows * columns, columns)
    letters = con.execute(
        "select sum(strlen(columns(*)::varchar)) from read_parquet($1)", path
    ).fetchall()
    total = sum(int(each or 0) for each in letters[0])
    if total > TEXT_CHARS:
        raise refusal(
            source,
            f"holds {total:,} bytes of text",
            f"{TEXT_CHARS:,}",
            "Leave out columns that are not used.",
        )


def _parquet_cell(value: str | None, kind: str) -> str | None:
    if value is not None and kind.startswith(_FLOATS):
        return cell_text(float(value))
    return cell_text(value)


def from_rows(
    source: Source,
    rows: Sequence[Row],
    wanted: Iterable[str],
    *,
    encoding: str = "utf-8",
    notes: Sequence[str] = (),
    merged: Sequence[Area] = (),
) -> RawTable:
    """Make a table of rows of cells: find the header, leave blank rows out, set totals aside.

    Parameters
    ----------
    rows
        From the first row of the file, so that position + 1 is the row as a person counts it.
    wanted
        Folded headers that would be recognised, declared ones and synonyms.
    merged
        The merged areas of a sheet.
    """
    head = find_head(rows, wanted, merged)
    body = rows[head.body :]
    headers = named_columns(head.names, body)
    areas = _below(merged, head.body)
    body, told, faults = repeated(source, body, headers, areas, head.body + 1)
    width = max(headers.values(), default=-1) + 1
    columns = {name: _column(body, position) for name, position in headers.items()}
    empty = np.zeros((len(body), len(columns)), dtype=bool)
    for position, cells in enumerate(columns.values()):
        empty[:, position] = [cell is None for cell in cells]
    is_long = np.fromiter((len(row) > width for row in body), dtype=bool, count=len(body))
    is_sum = _says_total(body)
    keep: NDArray[np.bool_] = np.logical_not(np.all(empty, axis=1))
    rejected: list[Rejected] = []
    # only a row with a gap can be blank or a total, and only a long one can have too many cells
    for position in np.flatnonzero(empty.any(axis=1) | is_long | is_sum).tolist():
        row = body[position]
        reason = row_reason(row, width)
        if reason is not None:
            keep[position] = False
            content = json.dumps(dict(row_pairs(headers, row)), ensure_ascii=False)
            rejected.append(Rejected(source.shown, position + head.body + 1, reason, content))
    return RawTable(
        columns={name: cells[keep] for name, cells in columns.items()},
        row=np.flatnonzero(keep).astype(np.int64) + head.body + 1,
        encoding=encoding,
        units={name: head.units[at] for name, at in headers.items() if at in head.units},
        notes=[*notes, *_head_notes(head), *told],
        rejected=rejected,
        faults=faults,
    )


def _head_notes(head: Head) -> list[str]:
    last = head.at + head.depth
    if last == 1:
        return []
    first = head.at + 1
    return [
        f"The header is row {last}." if first == last else f"The header is rows {first}-{last}."
    ]


def _below(merged: Sequence[Area], start: int) -> list[Area]:
    """Give the merged areas of the body, rows counted from its first."""
    return [
        ((top - start, left), (bottom - start, right))
        for (top, left), (bottom, right) in merged
        if top >= start and bottom > top
    ]


def _says_total(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Mark the rows whose first cell is nothing but a word for a total."""
    firsts = (row[0] if row else None for row in rows)
    is_sum = (cell is not None and len(cell) < 16 and fold(cell) in TOTALS for cell in firsts)
    return np.fromiter(is_sum, dtype=bool, count=len(rows))


def _column(rows: Sequence[Row], position: int) -> Objects:
    """Take one column out of rows that may be short; a cell of blanks is empty, and so is []."""
    cells = [clean(row[position]) if position < len(row) else None for row in rows]
    # a map service writes an empty list where it knows nothing
    return objects([None if cell == _EMPTY_LIST else cell for cell in cells])


def named_columns(header: Row, below: Sequence[Row]) -> dict[str, int]:
    """Give each column a name of its own; a column without name and values is left out."""
    names: dict[str, int] = {}
    for position, name in enumerate(header):
        if name is None:
            if not any(position < len(row) and clean(row[position]) for row in below):
                continue
            unique, again = f"#{position + 1}", 2
        else:
            unique, again = name, 2
        while unique in names:
            unique, again = f"{name} ({again})", again + 1
        names[unique] = position
    return names


def row_reason(row: Row, width: int) -> str | None:
    """Say why a row with a gap, or with more cells than the header has names, stays out."""
    if any(clean(cell) for cell in row[width:]):
        return "ROW_SHAPE"
    return "TOTAL_ROW" if _is_total(row) else None


def _is_total(row: Row) -> bool:
    """Tell a total by its word; it has no place or code of its own, so some cell is empty."""
    filled = [fold(cell) for cell in map(clean, row) if cell]
    if not filled or (len(filled) == len(row) and filled[0] not in TOTALS):
        return False
    leads = bool(clean(row[0])) and filled[0].endswith(_TOTAL_ENDS)
    return leads or any(cell in TOTALS for cell in filled[:_TOTAL_WITHIN])


def row_pairs(headers: Mapping[str, int], row: Row) -> list[tuple[str, str | None]]:
    """Give a row as it is shown: each cell beside its header, those beyond by their number."""
    named = [(name, row[at] if at < len(row) else None) for name, at in headers.items()]
    beyond = max(headers.values(), default=-1) + 1
    extra = [(f"#{at + 1}", row[at]) for at in range(beyond, len(row)) if clean(row[at])]
    return [(name, clean(cell)) for name, cell in named + extra]


def csv_encoding(
    source: Source, first: bytes, lines: Iterable[bytes], wanted: Iterable[str]
) -> Choice:
    """Choose the encoding of a delimited text.

    Parameters
    ----------
    first
        How the file begins.
    lines
        The whole file, more than once: its lines, or pieces that end where lines do.
    """
    if mark := marked(first):
        return Choice(mark, 1.0, is_sure=True)
    if source.encoding != "auto":
        return Choice(source.encoding, 1.0, is_sure=True)
    if first.startswith(b"PK\x03\x04") or b"\x00" in first:
        raise InputDataError(
            f"{source.title} {source.shown} is not text; expected CSV. "
            "If it is a workbook, give it the ending .xlsx."
        )
    head = list(itertools.islice(lines, _HEADER_WITHIN))

    def headers(encoding: str) -> list[str]:
        joined = "\n".join(decoded(line, encoding) for line in head)
        return [fold(cell.strip(' "')) for cell in _CELL_ENDS.split(joined)]

    choice = choose(lines, wanted=wanted, headers=headers)
    # judged line by line, where a letter cut in half at the end of the file was let pass
    return replace(choice, errors="replace") if choice.is_sure else choice


def _unreadable(source: Source, raw: RawTable) -> list[Fault]:
    """List the rows in which a character could not be read."""
    is_bad = np.zeros(len(raw.row), dtype=bool)
    for cells in raw.columns.values():
        is_bad |= np.fromiter((cell is not None and "\ufffd" in cell for cell in cells), dtype=bool)
    rows = tuple(int(row) for row in raw.row[is_bad])
    if not rows:
        return []
    message = f"{count(len(rows), 'row')} with characters that are in no encoding, row {rows[0]}."
    action = "Shown as \ufffd. Correct the text where the file was made and export it again."
    fault = Fault("ENC_GUESS", "warning", source.shown, rows[0], None, message, action)
    return [replace(fault, affected=len(rows), rows=rows)]


def delimiter_of(text: str, wanted: Iterable[str]) -> str:
    """Choose the mark that splits some line into most wanted headers, else the commonest."""
    lines = io.StringIO(text[:_SNIFF])
    filled = [line for line in itertools.islice(lines, _HEADER_WITHIN) if line.strip()]
    names = set(wanted)

    def fitness(mark: str) -> tuple[int, float, bool]:
        cells = [{fold(cell.strip(' "\r\n')) for cell in line.split(mark)} for line in filled]
        hits = max((len(names & row) for row in cells), default=0)
        return hits, statistics.median([line.count(mark) for line in filled] or [0]), mark == ","

    return max(_DELIMITERS, key=fitness)
