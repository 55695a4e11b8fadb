"""Look at a workbook from outside before it is opened here; see `workbook_probe`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from etl.readers.limits import CELLS, TEXT_CHARS, refusal, size_text
from etl.settings import Source

WORKBOOK_MEMORY: Final = 4 << 30
"""What opening a workbook may take; 500,000 rows of six columns take a quarter of 1 GiB."""
WORKBOOK_CELLS: Final = CELLS // 2
"""Cells of all sheets together, the empty ones between them included."""
WORKBOOK_CPU_S: Final = 120
"""Seconds of computing; 300,000 rows of six columns take two."""

_PROBE: Final = Path(__file__).with_name("workbook_probe.py")
_PATIENCE: Final = 3
"""Seconds of waiting for each second of computing, on a machine with other work."""
_SMALLER: Final = (
    "Delete the empty rows and columns behind the table (or copy the table into a new workbook), "
    "or save the sheet as CSV."
)


def check_workbook(source: Source, path: Path) -> None:
    """Refuse a workbook that does not fit in memory once it is opened.

    Raises
    ------
    InputDataError
        It asks for too much memory, time, cells or text, or its content ends the library.
    """
    arguments = [str(WORKBOOK_MEMORY), str(WORKBOOK_CPU_S), str(path)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROBE), *arguments],
            check=False,
            capture_output=True,
            timeout=WORKBOOK_CPU_S * _PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise _unopened(source) from error
    if done.returncode not in (0, 3):
        raise _unopened(source)
    sheets = [json.loads(line) for line in done.stdout.splitlines()]
    cells = sum(rows * columns for _, rows, columns, _ in sheets)
    if cells > WORKBOOK_CELLS:
        name, rows, columns, _ = max(sheets, key=lambda sheet: sheet[1] * sheet[2])
        raise refusal(
            source,
            f"has {cells:,} cells (sheet {name}: {rows:,} rows, {columns:,} columns)",
            f"{WORKBOOK_CELLS:,}",
            _SMALLER,
        )
    letters = sum(sheet[3] for sheet in sheets)
    if letters > TEXT_CHARS:
        raise refusal(source, f"holds {letters:,} characters", f"{TEXT_CHARS:,}", _SMALLER)


def _unopened(source: Source) -> Exception:
    return refusal(
        source,
        "cannot be opened within the memory and time of a workbook",
        f"{size_text(WORKBOOK_MEMORY)} and {WORKBOOK_CPU_S} seconds",
        _SMALLER,
    )
