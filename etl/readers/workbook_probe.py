"""Tell how large the sheets of a workbook are, run as a process of its own.

A workbook of five kilobytes may claim a cell at the far corner of a sheet; the library then asks
for half a terabyte and ends its process. So the first look is taken here, where memory and time are
limited and the end of the process harms nobody.

Usage: workbook_probe.py MEMORY_BYTES CPU_SECONDS FILE. Prints one JSON list a sheet:
[name, rows, columns, characters], rows and columns counted from the corner of the sheet.
"""

import json
import resource
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_UNREADABLE: Final = 3


def main(memory: int, seconds: int, path: str) -> int:
    """Print the size of every sheet; 3 where the file is no workbook, which its reader explains."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine

    kinds = (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError)
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            for meta in book.sheets_metadata:
                if meta.typ == calamine.SheetTypeEnum.WorkSheet:
                    _print_size(book.get_sheet_by_name(meta.name))
    except kinds:
        return _UNREADABLE
    return 0


def _print_size(sheet: "CalamineSheet") -> None:
    last = sheet.end or (-1, -1)
    letters = sum(len(cell) for row in sheet.iter_rows() for cell in row if isinstance(cell, str))
    sys.stdout.write(json.dumps([sheet.name, last[0] + 1, last[1] + 1, letters]) + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
