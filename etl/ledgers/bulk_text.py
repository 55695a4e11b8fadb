"""Make the rows of a large text readable by the database: one row a line, with its number."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from etl.ledgers.bulk import (
    CELL_MARK,
    LINE_MARK,
    NO_MARK,
    RETURN_MARK,
    Dialect,
    text_pieces,
)
from etl.readers.limits import CELL_CHARS, refusal
from etl.settings import Source
from geo.store.connect import Connection

LINES: Final = "ledger_lines"
"""The view of the rows: row as a person counts it, line, and p, the list of its cells."""
BLANKS: Final = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python takes from both ends of a text."""
EMPTY_LIST: Final = "[]"
"""What a map service writes where it knows nothing."""
_FILE: Final = "{file}"
_LONGEST: Final = 4 << 20
_UTF8: Final = ("utf-8", "utf-8-sig", "utf8", "ascii")
_INNER: Final = str.maketrans({"\n": LINE_MARK, "\r": RETURN_MARK})


@contextmanager
def lines_of(con: Connection, source: Source, path: Path, dialect: Dialect) -> Iterator[None]:
    """Make the view of the rows; a text written anew is removed when the context ends.

    A text in another encoding, or with quotation marks, is written once more beside the release
    that is being built, in UTF-8 and one row a line.
    """
    with tempfile.TemporaryDirectory(prefix=_prefix(con), dir=_folder(con)) as folder:
        target = Path(folder) / "rows.txt"
        if not dialect.is_plain:
            _write_rows(source, path, dialect, target)
            con.execute(_view(target, 0, _numbered()))
        elif dialect.encoding.lower() in _UTF8:
            con.execute(_view(path, dialect.body, _counted(dialect)))
        else:
            _write_text(path, dialect, target)
            con.execute(_view(target, dialect.body, _counted(dialect)))
        try:
            yield
        finally:
            con.execute(f"drop view if exists {LINES}")


def is_filled(cell: str) -> str:
    """Say in SQL that a cell is there and holds more than blanks."""
    bare = f"trim({cell}, {quoted(BLANKS)})"
    return f"coalesce({bare}, '') not in ('', '{EMPTY_LIST}')"


def quoted(text: str) -> str:
    """Write a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _build_file(con: Connection) -> Path | None:
    """Give the file that is being built; None where the database is in memory."""
    rows = con.execute("select path from duckdb_databases() where not internal").fetchall()
    return next((Path(path) for (path,) in rows if path), None)


def _folder(con: Connection) -> Path | None:
    path = _build_file(con)
    return None if path is None else path.parent


def _prefix(con: Connection) -> str:
    """Begin the name as the file that is built does: what is left of it is removed with it."""
    path = _build_file(con)
    return "living-circle-" if path is None else f"{path.name}."


def _write_text(path: Path, dialect: Dialect, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as out:
        out.writelines(text_pieces(path, dialect.encoding))


def _write_rows(source: Source, path: Path, dialect: Dialect, target: Path) -> None:
    """Write every row with a cell as one line: its number, then its cells."""
    csv.field_size_limit(CELL_CHARS)
    with (
        path.open(encoding=dialect.encoding, newline="") as text,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = enumerate(csv.reader(text, delimiter=dialect.delimiter), start=1)
        try:
            out.writelines(
                f"{number}{CELL_MARK}{_line(row)}\n"
                for number, row in rows
                if row and number > dialect.body
            )
        except csv.Error as error:
            raise refusal(
                source,
                f"has a cell of more than {CELL_CHARS:,} characters",
                f"{CELL_CHARS:,} in one",
                "Look for a quotation mark that is not closed.",
            ) from error


def _line(row: Sequence[str]) -> str:
    line = CELL_MARK.join(row)
    return line.translate(_INNER) if "\n" in line or "\r" in line else line


def _counted(dialect: Dialect) -> str:
    """Give each line the number it stands at; an empty one has no cells and keeps its number."""
    return (
        f"select row, line, string_split(line, {quoted(dialect.delimiter)}) as p from "  # noqa: S608 - quoted
        f"(select row_number() over () + {dialect.body} as row, line from {_FILE})"
    )


def _numbered() -> str:
    mark = quoted(CELL_MARK)
    inner = f"translate(rest, {quoted(LINE_MARK + RETURN_MARK)}, chr(10) || chr(13))"
    return (
        f"select row, rest as line, string_split({inner}, {mark}) as p from "  # noqa: S608 - quoted
        f"(select split_part(line, {mark}, 1)::bigint as row, "
        f"line[strpos(line, {mark}) + 1:] as rest from {_FILE})"
    )


def _view(path: Path, skip: int, query: str) -> str:
    # no text holds this mark, so that a line is one column
    mark = quoted(NO_MARK)
    lines = (
        f"read_csv({quoted(str(path))}, columns = {{'line': 'varchar'}}, delim = {mark}, "
        f"quote = '', escape = '', header = false, skip = {skip}, auto_detect = false, "
        f"max_line_size = {_LONGEST})"
    )
    return f"create or replace temp view {LINES} as {query.replace(_FILE, lines)}"
