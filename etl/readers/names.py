"""Read the table that says how the places are called whose codes the grids bear."""

import numpy as np

from etl.admin_codes import area_code
from etl.layers import Fault, Layer, Rejected, row_json
from etl.readers.columns import require, resolve
from etl.readers.files import opened
from etl.readers.layer import read_raw
from etl.readers.limits import check_table
from etl.readers.raw import objects
from etl.section import count
from etl.settings import Source


def read_names(source: Source) -> Layer:
    """Read a table of codes and names of counties, streets and communities.

    Returns
    -------
    A layer with the columns `code` (6, 9 or 12 digits) and `name` and without places. A row without
    a name, or whose code is none, is kept aside (CODE_SHAPE), and so is a row that gives a code
    another name than a row before it (CODE_DUP).

    Raises
    ------
    SourceMissingError, InputDataError
        The file or one of its two columns cannot be used.
    """
    with opened(source) as file:
        raw = read_raw(source, file, "names")
        check_table(source, raw)
    found = resolve(source, "names", raw)
    for column in ("code", "name"):
        require(source, found, raw, column)
    names: dict[str, str] = {}
    keep = np.zeros(len(raw.row), dtype=bool)
    rejected: list[Rejected] = list(raw.rejected)
    codes = [area_code(cell) for cell in raw.columns[found["code"]]]
    for at, (code, name) in enumerate(zip(codes, raw.columns[found["name"]], strict=True)):
        reason = "CODE_SHAPE" if code is None or name is None else None
        if code is not None and name is not None and names.setdefault(code, name) != name:
            reason = "CODE_DUP"
        keep[at] = reason is None
        if reason is not None:
            content = row_json(raw.columns, at)
            rejected.append(Rejected(source.shown, int(raw.row[at]), reason, content))
    return Layer(
        kind="names",
        source=source.shown,
        sha256=file.sha256,
        bytes=file.bytes,
        rows_in=len(raw.row) + len(raw.rejected),
        crs="",
        encoding=raw.encoding,
        note=" ".join(raw.notes) or None,
        columns={
            "code": objects(codes)[keep],
            "name": raw.columns[found["name"]][keep],
        },
        row=raw.row[keep],
        geometry=objects([None] * int(keep.sum())),
        rejected=rejected,
        faults=[*raw.faults, *_faults(source, rejected)],
        headers=found,
    )


def _faults(source: Source, rejected: list[Rejected]) -> list[Fault]:
    what = {
        "CODE_SHAPE": "without a name or without a code of 6, 9 or 12 digits",
        "CODE_DUP": "give a code another name than a row before",
    }
    rows = {code: tuple(one.row for one in rejected if one.reason == code) for code in what}
    return [
        Fault(
            code=code,
            severity="warning",
            source=source.shown,
            row=rows[code][0],
            feature_id=None,
            message=f"{count(len(rows[code]), 'row')} {what[code]}, the first is row "
            f"{rows[code][0]}.",
            action="Set aside; the code itself is shown where no name is left.",
            affected=len(rows[code]),
            rows=rows[code],
        )
        for code in what
        if rows[code]
    ]
