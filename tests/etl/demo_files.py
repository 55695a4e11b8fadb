"""How large the demo city of the tests is, and how its sheets are read without our readers."""

from pathlib import Path

from python_calamine import CalamineWorkbook

GRIDS = 300
"""The fewest grids that a demo city may have."""


def sheet_rows(path: Path) -> list[list[object]]:
    """Give every row of the first sheet of a workbook, titles and totals included."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]
