"""Write exports in four forms; the same release content gives the same bytes."""

import csv
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from etl.report_book import book_of_release, write_book
from etl.table import Columns, Filters, Table, check_filters
from etl.tables import TABLES
from geo.errors import InputDataError, StoreError
from geo.store import release as releases
from geo.store.connect import Connection, open_release, open_scratch
from geo.store.guarding import cell, harmless
from geo.store.queries import sql
from geo.store.release import Release
from geo.store.task_edits import latest_edits
from geo.store.write import register

FORMATS: Final = ("csv", "xlsx", "geojson", "parquet")
_SHEET_ROWS: Final = 1_048_575


def export(
    store: Path, what: str, form: str, out: Path, filters: Filters, name: str | None = None
) -> int:
    """Write one table of a release to a file; give the number of rows.

    The file appears whole or not at all: it is written beside and renamed.

    Parameters
    ----------
    what, form
        One of `TABLES` and of `FORMATS`.
    name
        The release, by id or number; None is the published one.

    Raises
    ------
    LivingCircleError
        There is no such release, category, speed or area, or the file cannot be written.
    """
    release = _chosen(store, name)
    con = open_release(releases.release_path(store, release))
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        check_filters(con, filters)
        if what == "tasks":
            filters = replace(filters, edits=latest_edits(store))
        table = TABLES[what](con, filters)
        meta = _meta(con, release, table, filters)
        _WRITERS[form](con, table, meta, temporary)
        temporary.replace(out)
    except OSError as error:
        raise StoreError(
            f"{out} cannot be written ({error.strerror}); expected a file in a folder that "
            "exists. Choose another --out."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
        con.close()
    stamp = {**meta, "release": release.release, "file": out.name}
    text = json.dumps(stamp, ensure_ascii=False, indent=1)
    out.with_name(out.name + ".meta.json").write_text(text + "\n", encoding="utf-8")
    return table.rows


def _chosen(store: Path, name: str | None) -> Release:
    if name is None:
        return releases.serving(store)[0]
    release = releases.find(store, name)
    releases.verify(store, release)
    return release


def _meta(con: Connection, release: Release, table: Table, filters: Filters) -> dict[str, Any]:
    row = con.execute(
        "select city, as_of, is_synthetic, metric_crs, demand_method, attribution from release"
    ).fetchall()[0]
    names = ("city", "as_of", "is_synthetic", "metric_crs", "demand_method", "attribution")
    return {
        "what": table.name,
        **dict(zip(names, row, strict=True)),
        "content": release.content,
        "filters": {
            "category": filters.category,
            "mode": filters.mode,
            "area": filters.area,
            "minutes": filters.minutes,
            "speed": filters.speed,
            "scope": filters.scope,
            "opening": filters.opening,
        },
        **_opening_meta(con, filters),
        **({"lang": filters.lang} if table.name == "issues" else {}),
        **(_edits_meta(filters) if table.name == "tasks" else {}),
        "rows": table.rows,
        "columns": dict(table.notes),
    }


def _edits_meta(filters: Filters) -> dict[str, Any]:
    """Say how many owners and due days were changed on the page: the release alone has others."""
    edits = filters.edits
    return {"edits": {"changed": len(edits.latest), "is_audit_whole": edits.is_whole}}


def _opening_meta(con: Connection, filters: Filters) -> dict[str, Any]:
    """Say what an opening means, and of how many open facilities of each category it is unknown."""
    if filters.opening is None:
        return {}
    rows = con.execute(
        "select code, facilities, facilities_unknown from category where opening = $opening "
        "order by category_idx",
        {"opening": filters.opening},
    ).fetchall()
    ((evening, weekend),) = con.execute("select evening, weekend from release").fetchall()
    return {
        "opening": {
            "hours": evening if filters.opening == "evening" else weekend,
            "facilities": {code: known for code, known, _ in rows},
            "hours_unknown": {code: unknown for code, _, unknown in rows},
        }
    }


def _write_csv(con: Connection, table: Table, meta: dict[str, Any], path: Path) -> None:
    del con, meta
    guarded = _guarded(table)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(guarded)
        writer.writerows(zip(*(map(cell, values) for values in guarded.values()), strict=True))


def _guarded(table: Table) -> Columns:
    """Keep text of a source from being run as a formula by a spreadsheet."""
    return {
        name: [harmless(value) for value in values] if name in table.text else values
        for name, values in table.columns.items()
    }


def _write_xlsx(con: Connection, table: Table, meta: dict[str, Any], path: Path) -> None:
    if table.name == "issues":
        write_book(path, book_of_release(con), meta["lang"])
        return
    import xlsxwriter

    if table.rows > _SHEET_ROWS:
        raise InputDataError(
            f"{table.rows:,} rows do not fit into one sheet of {_SHEET_ROWS:,}. "
            "Filter by category or area, or choose --format csv or parquet."
        )
    guarded = _guarded(table)
    buffer = io.BytesIO()
    # a fixed date, because the file must not differ from one export to the next
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    sheet = book.add_worksheet("数据")
    bold = book.add_format({"bold": True})
    for column, (name, values) in enumerate(guarded.items()):
        sheet.write_string(0, column, name, bold)
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(table.rows, 1), len(guarded) - 1)
    _write_basis(book.add_worksheet("口径"), meta)
    book.close()
    path.write_bytes(buffer.getvalue())


def _write_cell(sheet: Any, row: int, column: int, value: object) -> None:  # noqa: ANN401 - xlsxwriter has no types
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, value)


def _write_basis(sheet: Any, meta: dict[str, Any]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    row = 0
    for key, value in meta.items():
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for name, text in entries:
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, name)
            sheet.write_string(row, 2, "" if text is None else str(text))
            row += 1


def _write_geojson(con: Connection, table: Table, meta: dict[str, Any], path: Path) -> None:
    outlines = dict(con.execute(sql("export_outlines")).fetchall()) if table.place else {}
    names = list(table.columns)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        head = {"type": "FeatureCollection", "meta": meta}
        file.write(_compact(head)[:-1] + ',"features":[\n')
        rows = zip(*table.columns.values(), strict=True)
        for number, row in enumerate(rows):
            properties = dict(zip(names, row, strict=True))
            geometry = _geometry(table, number, properties, outlines)
            file.write(",\n" if number else "")
            file.write(f'{{"type":"Feature","geometry":{geometry},')
            file.write(f'"properties":{_compact(properties)}}}')
        file.write("\n]}\n")


def _geometry(
    table: Table, number: int, properties: dict[str, Any], outlines: dict[str, str]
) -> str:
    if table.points is not None:
        return _compact({"type": "Point", "coordinates": list(table.points[number])})
    return outlines[properties[table.place]] if table.place else "null"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_parquet(con: Connection, table: Table, meta: dict[str, Any], path: Path) -> None:
    del con
    import numpy as np

    scratch = open_scratch()
    try:
        scratch.execute("set threads = 1")
        columns = {name: _typed(values) for name, values in table.columns.items()}
        register(scratch, "exported", columns)
        picked = ", ".join(
            f'"{name}"::{_PARQUET[np.ma.asarray(values).dtype.kind]} as "{name}"'
            for name, values in columns.items()
        )
        scratch.execute(f"create temp table written as select {picked} from exported")  # noqa: S608 - names of `TABLES`
        target, text = (str(value).replace("'", "''") for value in (path, _compact(meta)))
        scratch.execute(
            f"copy written to '{target}' (format parquet, kv_metadata {{meta: '{text}'}})"
        )
    finally:
        scratch.close()


_PARQUET: Final = {"O": "varchar", "i": "bigint", "f": "double"}


def _typed(values: list[Any]) -> Any:  # noqa: ANN401 - an array, masked or not
    import numpy as np

    known = [value for value in values if value is not None]
    if not known or isinstance(known[0], str):
        texts = np.empty(len(values), dtype=object)
        texts[:] = values
        return texts
    kind = np.float64 if any(isinstance(value, float) for value in known) else np.int64
    filled = [0 if value is None else value for value in values]
    return np.ma.array(filled, mask=[value is None for value in values], dtype=kind)


_WRITERS: Final[dict[str, Callable[[Connection, Table, dict[str, Any], Path], None]]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "geojson": _write_geojson,
    "parquet": _write_parquet,
}
