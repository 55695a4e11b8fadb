"""Read what GDAL reads: GeoPackage, Shapefile, GeoJSON and their relatives.

Text of a shapefile is taken as bytes and decoded here, because GDAL gives nonsense without an error
where a .cpg is missing or wrong.
"""

import codecs
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from etl.layers import Fault, Objects
from etl.readers.encoding import Choice, choose, decoded, encoding_faults, marked
from etl.readers.files import SHAPE_PARTS, OpenedFile
from etl.readers.geopackage import refuse_queries
from etl.readers.limits import ROWS
from etl.readers.raw import RawTable, cell_text, objects
from etl.settings import Source
from etl.synonyms import fold
from geo.errors import InputDataError
from geo.spelling import nearest

_BYTES: Final = "ISO-8859-1"
"""Maps every byte to one character, so that the bytes can be had back."""
_HEAD: Final = 4096
_LAYERS: Final = 200
_DBF_NAME_BYTES: Final = 10
_GML: Final[dict[str, Any]] = {"DOWNLOAD_SCHEMA": "NO"}
"""GML may name the address of its schema; nothing is fetched."""
_REASONS: Final = {
    ".dbf": "The attribute table .dbf is missing, so there are no columns",
    ".prj": "The .prj is missing, so the file does not state its coordinate system",
}


def read_shapefile(source: Source, file: OpenedFile, wanted: Iterable[str]) -> RawTable:
    """Read a shapefile, its text decoded by the evidence; see `encoding.choose`."""
    missing = _missing_parts(file.path)
    if ".shx" in missing:
        raise InputDataError(
            f"{source.title} {source.shown}: the index .shx is missing; expected .shp, .shx and "
            ".dbf of one name beside each other. Copy all parts of the shapefile."
        )
    meta, geometry, fields = _read(source, file.path, None, _BYTES)
    names = [str(name).encode(_BYTES) for name in meta["fields"]]
    cells = [_as_bytes(column) for column in fields]
    choice, told = _shape_encoding(source, file.path, names, cells, wanted)
    try:
        headers = _unlike([decoded(name, choice.encoding, choice.errors) for name in names])
        columns = {
            header: _texts(column, raw, choice)
            for header, column, raw in zip(headers, fields, cells, strict=True)
        }
    except (UnicodeDecodeError, LookupError) as error:
        raise InputDataError(
            f"{source.title} {source.shown} is not text in {choice.encoding} ({error}); expected "
            'the encoding that it was written in. Correct `encoding`, or set it to "auto".'
        ) from error
    notes = [f"{_REASONS[part]}." for part in (".dbf", ".prj") if part in missing]
    return RawTable(
        columns=columns,
        row=_rows(len(geometry)),
        geometry=geometry,
        crs=_crs(meta),
        encoding=choice.encoding,
        name_bytes=_DBF_NAME_BYTES,
        notes=[*notes, *(fault.message for fault in told), *meta["notes"]],
        faults=told,
    )


def _unlike(headers: list[str]) -> list[str]:
    """Tell headers apart that became one when they were cut."""
    seen: dict[str, int] = {}
    for header in headers:
        number, unique = 2, header
        while unique in seen:
            unique, number = f"{header} ({number})", number + 1
        seen[unique] = 1
    return list(seen)


def read_vector(source: Source, file: OpenedFile, wanted: Iterable[str]) -> RawTable:
    """Read one layer of any other vector file; its own text encoding is known to GDAL."""
    if file.path.suffix.lower() == ".gpkg":
        refuse_queries(source, file.path)
    with _undisturbed(file.path) as path:
        layer, notes = _one_layer(source, path, wanted)
        meta, geometry, fields = _read(source, path, layer, None)
    return RawTable(
        columns=_columns(meta, fields),
        row=_rows(len(geometry)),
        geometry=geometry,
        crs=_crs(meta),
        notes=[*notes, *meta["notes"]],
    )


@contextmanager
def _undisturbed(path: Path) -> Iterator[Path]:
    """Give GML another place, because GDAL writes what it learned of it into a file beside it."""
    if path.suffix.lower() != ".gml":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="living-circle-") as folder:
        for part in (path, path.with_suffix(".xsd")):
            if part.exists():
                (Path(folder) / part.name).symlink_to(part.resolve())
        yield Path(folder) / path.name


def read_geojson(source: Source, file: OpenedFile, wanted: Iterable[str]) -> RawTable:
    """Read GeoJSON; one that is not UTF-8, as the format demands, is decoded by the evidence."""
    data = file.path.read_bytes()
    told: list[Fault] = []
    encoding = marked(data) or ("utf-8" if source.encoding == "auto" else source.encoding)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        choice = choose([data], wanted=wanted)
        told = encoding_faults(source.shown, choice, encoding, "The format")
        encoding = choice.encoding
        text = data.decode(encoding, errors="replace")
    if encoding == "utf-8":
        meta, geometry, fields = _read(source, file.path, None, None)
    else:
        with tempfile.TemporaryDirectory(prefix="living-circle-") as folder:
            copy = Path(folder) / "layer.geojson"
            copy.write_text(text, encoding="utf-8")
            meta, geometry, fields = _read(source, copy, None, None)
    return RawTable(
        columns=_columns(meta, fields),
        row=_rows(len(geometry)),
        geometry=geometry,
        crs=_crs(meta),
        is_default_crs=b'"crs"' not in data[:_HEAD],
        encoding=encoding.removesuffix("-sig"),
        notes=[*meta["notes"], *(fault.message for fault in told)],
        faults=told,
    )


def _read(
    source: Source, path: Path, layer: str | None, encoding: str | None
) -> tuple[dict[str, Any], Objects, list[NDArray[Any]]]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            meta, _, wkb, fields = pyogrio.raw.read(
                path,
                layer=layer,
                encoding=encoding,
                force_2d=True,
                datetime_as_string=True,
                # one more than is read, so that it is seen that there are more
                max_features=ROWS + 1,
                **(_GML if path.suffix.lower() == ".gml" else {}),
            )
            geometry = _geometries(wkb, fields)
        # a header that lies makes GDAL or numpy ask for what is not there, each in its own way
        except (RuntimeError, ValueError, MemoryError, shapely.errors.ShapelyError) as error:
            raise _unreadable(source, error) from error
    meta["notes"] = list(dict.fromkeys(str(each.message) for each in told))[:3]
    return meta, geometry, list(fields)


def _unreadable(source: Source, error: Exception) -> InputDataError:
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    reason = reason.split("; It might help")[0].replace(f"{source.path.parent}/", "")
    return InputDataError(
        f"{source.title} {source.shown} cannot be read ({reason}); expected a complete file. "
        "Open it in the program that made it and export it again."
    )


def _geometries(wkb: NDArray[Any] | None, fields: list[NDArray[Any]]) -> Objects:
    if wkb is None:
        return objects([None] * (len(fields[0]) if fields else 0))
    # what has no valid form becomes None here, and is reported as a row without a place
    return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)


def _rows(number: int) -> NDArray[np.int64]:
    return np.arange(1, number + 1, dtype=np.int64)


def _columns(meta: dict[str, Any], fields: list[NDArray[Any]]) -> dict[str, Objects]:
    names = [str(name) for name in meta["fields"]]
    return {
        name: objects([cell_text(value) for value in column.tolist()])
        for name, column in zip(names, fields, strict=True)
    }


def _as_bytes(column: NDArray[Any]) -> list[bytes | None]:
    """Give back the bytes of a text column; nothing for a column of numbers."""
    if column.dtype != object:
        return []
    return [value.encode(_BYTES) if isinstance(value, str) else None for value in column]


def _texts(column: NDArray[Any], raw: list[bytes | None], choice: Choice) -> Objects:
    if not raw:
        return objects([cell_text(value) for value in column.tolist()])
    return objects(
        [
            None if cell is None else cell_text(decoded(cell, choice.encoding, choice.errors))
            for cell in raw
        ]
    )


def _shape_encoding(
    source: Source,
    path: Path,
    names: list[bytes],
    cells: list[list[bytes | None]],
    wanted: Iterable[str],
) -> tuple[Choice, list[Fault]]:
    if source.encoding != "auto":
        return Choice(source.encoding, 1.0, is_sure=True), []
    stated = _stated_encoding(path)
    pieces = [*names, *(cell for column in cells for cell in column if cell)]
    choice = choose(
        pieces,
        wanted=wanted,
        headers=lambda encoding: [fold(decoded(name, encoding)) for name in names],
        stated=stated,
    )
    if all(piece.isascii() for piece in pieces):
        return choice, []
    return choice, encoding_faults(source.shown, choice, stated, "The .cpg")


def _stated_encoding(path: Path) -> str | None:
    part = _part(path, ".cpg")
    if part is None:
        return None
    name = part.read_bytes().decode("ascii", errors="ignore").strip().lower()
    name = f"cp{name}" if name.isdigit() else name
    try:
        "".encode(name)
    except LookupError:
        return None
    name = codecs.lookup(name).name
    # what is called GB2312 is written by programs that write GBK
    return {"gb2312": "gbk", "big5": "cp950"}.get(name, name)


def _part(path: Path, ending: str) -> Path | None:
    name = path.stem.lower() + ending
    return next((each for each in path.parent.iterdir() if each.name.lower() == name), None)


def _missing_parts(path: Path) -> list[str]:
    return [ending for ending in SHAPE_PARTS[1:] if _part(path, ending) is None]


def _crs(meta: dict[str, Any]) -> str | None:
    crs = meta.get("crs")
    return None if not crs or "ndefined" in str(crs) else str(crs)


def _one_layer(source: Source, path: Path, wanted: Iterable[str]) -> tuple[str | None, list[str]]:
    """Give the layer to be read and what is to be said of it: the named, the only or the fitting.

    One fits when its columns hold more wanted headers than those of any other with shapes.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
            if source.layer in names:
                return source.layer, []
            if len(names) == 1 and source.layer is None:
                return names[0], []
            hits = (
                {}
                if source.layer
                else {name: _hits(path, name, wanted) for name in names[:_LAYERS]}
            )
    except (RuntimeError, ValueError) as error:
        raise _unreadable(source, error) from error
    most = max(hits.values(), default=0)
    best = [name for name in hits if hits[name] == most]
    if most and len(best) == 1:
        others = ", ".join(name for name in names if name != best[0])
        return best[0], [f"Layer {best[0]}; its columns fit best. Not read: {others}."]
    guess = nearest(source.layer or "", names)
    what = f"no layer `{source.layer}`" if source.layer else f"{len(names)} layers"
    raise InputDataError(
        f"{source.title} {source.shown} has {what}; expected {guess}one of {', '.join(names)}. "
        'Name it: layer = "...".'
    )


def _hits(path: Path, layer: str, wanted: Iterable[str]) -> int:
    """Count the wanted headers of a layer; a table without shapes has none."""
    info = pyogrio.read_info(path, layer=layer)
    if info["geometry_type"] is None:
        return 0
    return len(set(wanted) & {fold(str(name)) for name in info["fields"]})
