"""Read the sheets of a workbook as rows of text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

import numpy as np
import python_calamine as calamine

from etl.layers import Fault, Rejected
from etl.readers.files import OpenedFile
from etl.readers.headings import Area, Head, Row, find_head
from etl.readers.raw import RawTable, cell_text
from etl.readers.table import from_rows
from etl.settings import Source
from etl.synonyms import fold
from geo.errors import InputDataError
from geo.spelling import nearest

_MIDNIGHT: Final = time(0)
_PERIOD: Final = re.compile(
    r"(?:(?:19|20)\d\d)?[年./-]?(?:0?[1-9]|1[0-2]|[一二三四五六七八九十]{1,2})月?份?"
    r"|(?:(?:19|20)\d\d年?)?第?[一二三四1-4]季度|(?:19|20)\d\d年?"
)
_VISIBLE: Final = calamine.SheetVisibleEnum.Visible
_TABULAR: Final = calamine.SheetTypeEnum.WorkSheet


def read_excel(source: Source, file: OpenedFile, wanted: list[str]) -> RawTable:
    """Read the named sheet, else the visible one that holds most of the wanted headers.

    Sheets with the same headers (one a month, one a street) are one table.

    Raises
    ------
    InputDataError
        It is no workbook, it has a password, no sheet is visible, or the named one is not there.
    """
    try:
        with calamine.CalamineWorkbook.from_path(file.path) as book:
            sheets, notes = _sheets(source, book, wanted)
    except calamine.PasswordError as error:
        raise InputDataError(
            f"{source.title} {source.shown} has a password; expected an open workbook. "
            "Save it without the password."
        ) from error
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError) as error:
        raise InputDataError(
            f"{source.title} {source.shown} is not a readable workbook ({error}); expected .xlsx "
            "or .xls. Open it in a spreadsheet and save it again."
        ) from error
    tables = [from_rows(source, sheet.rows, wanted, merged=sheet.merged) for sheet in sheets]
    whole = joined(source, [sheet.name for sheet in sheets], tables)
    return replace(whole, notes=[*notes, *whole.notes])


@dataclass(frozen=True)
class _Sheet:
    name: str
    rows: list[Row]
    merged: list[Area]
    head: Head


def _sheets(
    source: Source, book: calamine.CalamineWorkbook, wanted: list[str]
) -> tuple[list[_Sheet], list[str]]:
    """Give the sheets to be read: several only where their headers are the same."""
    if source.layer is not None:
        if source.layer not in book.sheet_names:
            raise InputDataError(
                f"{source.title} {source.shown} has no sheet `{source.layer}`; expected "
                f"{nearest(source.layer, book.sheet_names)}one of {', '.join(book.sheet_names)}. "
                "Correct `layer`."
            )
        return [_read(book, source.layer, wanted)], [f"Sheet {source.layer}."]
    worksheets = [each for each in book.sheets_metadata if each.typ == _TABULAR]
    hidden = [each.name for each in worksheets if each.visible != _VISIBLE]
    sheets = [_read(book, each.name, wanted) for each in worksheets if each.visible == _VISIBLE]
    told = [f"Hidden and not read: {', '.join(hidden)}."] if hidden else []
    if not sheets:
        raise InputDataError(
            f"{source.title} {source.shown} has no visible sheet ({', '.join(hidden) or 'none'}); "
            'expected one. Show the sheet, or name it: layer = "...".'
        )
    best = max(sheets, key=lambda sheet: (sheet.head.hits, bool(sheet.rows)))
    alike = [sheet for sheet in sheets if sheet.head.hits and sheet.head.folded == best.head.folded]
    chosen = alike or [best]
    others = [sheet.name for sheet in sheets if sheet not in chosen and sheet.rows]
    told += [f"Other sheets, not read: {', '.join(others)}."] if others else []
    return chosen, [f"Sheet {', '.join(sheet.name for sheet in chosen)}.", *told]


def _read(book: calamine.CalamineWorkbook, name: str, wanted: list[str]) -> _Sheet:
    sheet = book.get_sheet_by_name(name)
    # an empty area above the table is kept, so that row numbers are those of the sheet
    rows: list[Row] = [
        [_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)
    ]
    merged = list(sheet.merged_cell_ranges or ())
    return _Sheet(name, rows, merged, find_head(rows, wanted, merged))


def joined(source: Source, names: Sequence[str], tables: Sequence[RawTable]) -> RawTable:
    """Put sheets with the same headers below each other.

    Row numbers stay those of each sheet, from the second on raised by a round number that a note
    names, so that every row of the file has a number of its own.
    """
    first = tables[0]
    if len(tables) == 1:
        return first
    highest = max([int(table.row.max(initial=0)) for table in tables])
    highest = max([highest, *(entry.row for table in tables for entry in table.rejected)])
    step = 10 ** max(3, len(str(highest)))
    notes = list(first.notes)
    rejected: list[Rejected] = []
    for number, (name, table) in enumerate(zip(names, tables, strict=True)):
        start = number * step
        rejected += [replace(entry, row=entry.row + start) for entry in table.rejected]
        if number:
            notes += [note for note in table.notes if note not in notes]
            notes.append(f"Row {start + 1} and on are the rows of sheet {name} from 1.")
    rows = [table.row + number * step for number, table in enumerate(tables)]
    by_name = [{fold(header): header for header in table.headers} for table in tables]
    columns = {
        header: np.concatenate(
            [
                table.columns[known[fold(header)]]
                if fold(header) in known
                else np.full(len(table.row), None, dtype=object)
                for table, known in zip(tables, by_name, strict=True)
            ]
        )
        for header in first.headers
    }
    return replace(
        first,
        columns=columns,
        row=np.concatenate(rows),
        notes=notes,
        rejected=rejected,
        faults=[*first.faults, _told(source, names, sum(len(table.row) for table in tables))],
    )


def _told(source: Source, names: Sequence[str], rows: int) -> Fault:
    """Say which sheets were joined; a warning where they may be one thing month by month."""
    is_series = all(_PERIOD.fullmatch(name.strip()) for name in names)
    return Fault(
        code="SHEETS_JOINED",
        severity="warning" if is_series else "note",
        source=source.shown,
        row=None,
        feature_id=None,
        message=f"{len(names)} sheets with one header are read as one: {', '.join(names)}.",
        action=f'Joined. If each is the whole of a month, name the last: layer = "{names[-1]}".'
        if is_series
        else 'Joined. If only one is meant, name it: layer = "...".',
        affected=max(1, rows),
    )


def _cell(value: object) -> str | None:
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    return cell_text(value)
