"""Write files the way users really have them; the same content gives the same bytes."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import numpy as np
import pyogrio.raw
import shapely
import xlsxwriter
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.demo.city import lonlat_of
from etl.demo.faults import Cell, Row
from etl.demo.streets import Network

WRITTEN_AT: Final = datetime(2026, 10, 31, 9, 0, tzinfo=UTC)
"""The date inside the files: a fixed one, so that two runs agree."""
_FIRST_NODE: Final = 1_000_001
_FIRST_WAY: Final = 5_000_001
_DBF_DATE: Final = slice(1, 4)
_DBF_LANGUAGE: Final = 29


def write_shapefile(
    path: Path, lonlat: NDArray[np.object_], columns: dict[str, list[Any]], number: Sequence[str]
) -> None:
    """Write a shapefile in GBK without `.cpg`, as an old desktop program leaves it.

    `lonlat` holds polygons in CGCS2000; `number` names the columns of whole numbers, in which None
    is an empty cell. Nothing in the file says that the text is GBK.
    """
    data: list[NDArray[Any]] = []
    mask: list[NDArray[np.bool_] | None] = []
    for name, values in columns.items():
        if name in number:
            mask.append(np.array([value is None for value in values]))
            data.append(np.array([value or 0 for value in values], dtype=np.int32))
        else:
            mask.append(None)
            data.append(np.array(values, dtype=object))
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(lonlat),
        field_data=data,
        field_mask=mask,
        fields=list(columns),
        geometry_type="Polygon",
        crs="EPSG:4490",
        driver="ESRI Shapefile",
        encoding="GBK",
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[_DBF_DATE] = bytes((WRITTEN_AT.year - 1900, WRITTEN_AT.month, WRITTEN_AT.day))
    content[_DBF_LANGUAGE] = 0
    table.write_bytes(content)


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Row],
    *,
    encoding: str,
    delimiter: str = ",",
) -> None:
    """Write a CSV file with CRLF line ends; an empty cell is None."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_workbook(
    path: Path,
    sheet: str,
    title: str,
    header: Sequence[str],
    rows: Sequence[Row],
    last: Row,
    *,
    merged: int | None = None,
) -> None:
    """Write a sheet as offices do: a merged title above the header, a total below the rows.

    In the column `merged` rows that follow each other with one value share one cell.
    """
    book = xlsxwriter.Workbook(path)
    book.set_properties({"title": title, "created": WRITTEN_AT.replace(tzinfo=None)})
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True, "align": "center"})
    page.merge_range(0, 0, 0, len(header) - 1, title, bold)
    page.write_row(1, 0, header, bold)
    for number, row in enumerate([*rows, last] if last else rows, start=2):
        for column, cell in enumerate(row):
            if column != merged or number >= len(rows) + 2:
                _write_cell(page, number, column, cell)
    if merged is not None:
        _write_merged(page, merged, [row[merged] for row in rows])
    book.close()


def _write_merged(page: Any, column: int, cells: Sequence[Cell]) -> None:  # noqa: ANN401 - as above
    start = 2
    for cell, run in groupby(cells):
        rows = len(list(run))
        if rows > 1:
            page.merge_range(start, column, start + rows - 1, column, cell)
        else:
            _write_cell(page, start, column, cell)
        start += rows


def _write_cell(page: Any, row: int, column: int, cell: Cell) -> None:  # noqa: ANN401 - xlsxwriter has no types
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, cell)
    else:
        page.write_number(row, column, cell)


def write_geojson(
    path: Path, features: Iterable[tuple[dict[str, str], BaseGeometry]], *, decimals: int = 6
) -> None:
    """Write shapes in WGS 84; six decimals are 0.1 m."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": _rounded(shapely.geometry.mapping(shape), decimals),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, shape in features
        if not shape.is_empty
    ]
    head = '{"type":"FeatureCollection","features":[\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


def _rounded(value: Any, decimals: int) -> Any:  # noqa: ANN401 - nested lists of numbers of any depth
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, list | tuple):
        return [_rounded(one, decimals) for one in value]
    if isinstance(value, dict):
        return {key: _rounded(one, decimals) for key, one in value.items()}
    return value


def write_osm(path: Path, network: Network) -> None:
    """Write the streets as OSM XML: nodes, gates among them, and ways with tags."""
    lonlat = lonlat_of(np.array(network.xy_m))
    used = sorted({node for way in network.ways for node in way.nodes})
    west, south = lonlat[used].min(axis=0)
    east, north = lonlat[used].max(axis=0)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<osm version="0.6" generator="living-circle demo city">',
        f' <bounds minlat="{south:.7f}" minlon="{west:.7f}" '
        f'maxlat="{north:.7f}" maxlon="{east:.7f}"/>',
    ]
    places = lonlat.tolist()
    for node in used:
        lon, lat = places[node]
        head = f' <node id="{_FIRST_NODE + node}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"'
        if node in network.gates:
            lines += [f"{head}>", '  <tag k="barrier" v="gate"/>', '  <tag k="foot" v="yes"/>']
            lines.append(" </node>")
        else:
            lines.append(f"{head}/>")
    for number, way in enumerate(network.ways):
        lines.append(f' <way id="{_FIRST_WAY + number}" version="1">')
        lines += [f'  <nd ref="{_FIRST_NODE + node}"/>' for node in way.nodes]
        lines += [
            f'  <tag k="{key}" v={quoteattr(value)}/>' for key, value in sorted(way.tags.items())
        ]
        lines.append(" </way>")
    lines.append("</osm>\n")
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
