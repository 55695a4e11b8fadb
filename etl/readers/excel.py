"""Read a sheet of a workbook as rows of text."""

from datetime import datetime, time
from typing import Final

import python_calamine as calamine

from etl.readers.files import OpenedFile
from etl.readers.raw import RawTable, cell_text
from etl.readers.table import Row, from_rows, header_row
from etl.section import nearest
from etl.settings import Source
from etl.synonyms import fold
from geo.errors import InputDataError

_MIDNIGHT: Final = time(0)


def read_excel(source: Source, file: OpenedFile, wanted: list[str]) -> RawTable:
    """Read one sheet: the named one, else the visible one that holds most of the wanted headers.

    Raises
    ------
    InputDataError
        It is no workbook, it has a password, or the named sheet is not there.
    """
    try:
        with calamine.CalamineWorkbook.from_path(file.path) as book:
            name, rows = _sheet(source, book, wanted)
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
    notes = [f"Sheet {name}."] if name else []
    return from_rows(source, rows, wanted, notes=notes)


def _sheet(
    source: Source, book: calamine.CalamineWorkbook, wanted: list[str]
) -> tuple[str, list[Row]]:
    if source.layer is not None:
        if source.layer not in book.sheet_names:
            raise InputDataError(
                f"{source.title} {source.shown} has no sheet `{source.layer}`; expected "
                f"{nearest(source.layer, book.sheet_names)}one of {', '.join(book.sheet_names)}. "
                "Correct `layer`."
            )
        return source.layer, _rows(book.get_sheet_by_name(source.layer))
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible
        and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    sheets = [(name, _rows(book.get_sheet_by_name(name))) for name in names]
    if not sheets:
        return "", []
    return max(sheets, key=lambda sheet: _hits(sheet[1], set(wanted)))


def _hits(rows: list[Row], known: set[str]) -> int:
    if not rows:
        return -1
    return len(known & {fold(cell) for cell in rows[header_row(rows, known)] if cell})


def _rows(sheet: calamine.CalamineSheet) -> list[Row]:
    # an empty area above the table is kept, so that row numbers are those of the sheet
    return [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell(value: object) -> str | None:
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    return cell_text(value)
