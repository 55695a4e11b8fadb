"""Send rows as a file that a spreadsheet opens: CSV with a mark of UTF-8, or a workbook."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from flask import Response

from dashboard.http.downloads import csv_text

FORMATS: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM: Final = "\ufeff"
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f]+')
_WIDTH: Final = 18


def sent(kind: str, name: str, sheet: str, rows: Sequence[Sequence[object]]) -> Response:
    """Give rows, the titles first, as an attachment.

    Parameters
    ----------
    kind
        A key of `FORMATS`.
    name
        Of the file, without its ending; what a file system does not take becomes a hyphen.
    sheet
        Of the sheet in the workbook.
    """
    listed = [list(row) for row in rows]
    body = _BOM + csv_text(listed) if kind == "csv" else book_bytes(sheet, listed)
    response = Response(body, mimetype=FORMATS[kind], headers={"Cache-Control": "no-store"})
    full = quote(_NOT_IN_NAMES.sub("-", name).strip("-.") + f".{kind}", safe="")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"table.{kind}\"; filename*=UTF-8''{full}"
    )
    return response


def book_bytes(sheet: str, rows: list[list[object]]) -> bytes:
    """Give rows as a workbook of one sheet: the first row is bold and stays, None is empty."""
    import xlsxwriter  # only who asks for a workbook waits for the writer

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    # A fixed date: the same rows give the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True})
    page = book.add_worksheet(sheet)
    page.freeze_panes(1, 0)
    page.set_column(0, max((len(row) for row in rows), default=1) - 1, _WIDTH)
    for at, row in enumerate(rows):
        page.write_row(at, 0, row, bold if at == 0 else None)
    if len(rows) > 1:
        page.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    book.close()
    return buffer.getvalue()
