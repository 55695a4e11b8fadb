"""Find the file that city.toml names: whether it is there, its kind, its hash, what a zip holds."""

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from etl.readers.archive import Budget, check_inflation, check_members
from etl.readers.limits import TREE_BYTES, check_parts, steady
from etl.readers.signature import check_signature
from etl.readers.workbook import check_workbook
from etl.settings import Source
from geo.errors import InputDataError, SourceMissingError
from geo.spelling import nearest

SHAPE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_KINDS: Final = {
    ".shp": "shapefile",
    ".gpkg": "vector",
    ".fgb": "vector",
    ".kml": "kml",
    ".kmz": "zip",
    ".gml": "vector",
    ".gdb": "vector",
    ".tab": "vector",
    ".geojson": "geojson",
    ".json": "json",
    ".topojson": "topojson",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".pbf": "osm_pbf",
    ".osm": "osm_xml",
    ".osm.gz": "osm_xml",
    ".osm.bz2": "osm_xml",
    ".zip": "zip",
}
_GEODATABASE: Final = ".gdb"
_CHUNK: Final = 1 << 20
_SNIFF: Final = 4096


@dataclass(frozen=True)
class OpenedFile:
    """A file that exists. `path` may lie in a temporary folder; `shown` is what people are told.

    `kind` is one of vector, shapefile, kml, geojson, topojson, csv, parquet, excel, osm_pbf,
    osm_xml.
    """

    path: Path
    shown: str
    kind: str
    sha256: str
    bytes: int


@contextmanager
def opened(source: Source, *, is_streamed: bool = False) -> Iterator[OpenedFile]:
    """Make a source ready to be read; what a zip holds is there until the context ends.

    Parameters
    ----------
    is_streamed
        A text is not held in memory as a whole, so it may be larger.

    Raises
    ------
    SourceMissingError
        Nothing is there, it is a folder or a pipe, or it may not be read.
    InputDataError
        The format is not known, the file is empty or larger than is read, its content is of
        another format, it changed while it was read, or a zip holds not exactly one layer.
    """
    path = source.path
    kind = _require(path, source)
    parts = _parts(path)
    check_parts(source, parts, _bound_of(kind, is_streamed=is_streamed))
    with steady(source, parts):
        sha256 = _sha256(source, parts)
        found = OpenedFile(path, source.shown, kind, sha256, sum(map(_size, parts)))
        if kind != "zip":
            yield replace(found, kind=_checked(source, path, is_streamed=is_streamed))
            return
        with tempfile.TemporaryDirectory(prefix="living-circle-") as folder:
            inner = _unpack(source, Path(folder))
            check_parts(source, _parts(inner), _bound_of(kind_of(inner), is_streamed=is_streamed))
            yield replace(found, path=inner, kind=_checked(source, inner, is_streamed=is_streamed))


def _bound_of(kind: str, *, is_streamed: bool) -> str:
    """Name the kind whose bound holds for a file."""
    return "stream" if is_streamed and kind == "csv" else kind


def kind_of(path: Path) -> str:
    """Tell the kind of a file by how its name ends; empty when the ending is not known."""
    name = path.name.lower()
    for ending in (".osm.gz", ".osm.bz2"):
        if name.endswith(ending):
            return _KINDS[ending]
    return _KINDS.get(path.suffix.lower(), "")


def _checked(source: Source, path: Path, *, is_streamed: bool) -> str:
    """Give the kind of a file whose content is what its name says."""
    kind = kind_of(path)
    check_signature(source, path)
    if kind in ("excel", "osm_xml"):
        check_inflation(source, path)
    if kind == "excel":
        check_workbook(source, path)
    settled = _settle(path, kind)
    check_parts(source, _parts(path), _bound_of(settled, is_streamed=is_streamed))
    return settled


def _require(path: Path, source: Source) -> str:
    kind = kind_of(path)
    if not _is_there(path, source):
        raise SourceMissingError(
            f"{source.title} {source.shown} does not exist; expected a file{_beside(path)}. "
            "Correct `path`: it is relative to the folder of city.toml."
        )
    if path.is_dir() and path.suffix.lower() != _GEODATABASE:
        raise SourceMissingError(
            f"{source.title} {source.shown} is a folder; expected a file. Name the file inside it."
        )
    if path.is_file() and path.suffix.lower() == ".gdb":
        raise InputDataError(
            f"{source.title} {source.shown} is a file; expected the folder of a FileGDB. "
            "Copy the whole folder, or pack it as a zip."
        )
    if not kind:
        raise InputDataError(
            f"{source.title} {source.shown} ends in {path.suffix or 'nothing'}; expected one of "
            f"{', '.join(_KINDS)}. Save it in one of these formats."
        )
    if path.is_file() and not path.stat().st_size:
        raise InputDataError(
            f"{source.title} {source.shown} is empty (0 bytes); expected data. Export it again."
        )
    return kind


def _is_there(path: Path, source: Source) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise _unopened(source, error) from error


def _unopened(source: Source, error: OSError) -> SourceMissingError:
    return SourceMissingError(
        f"{source.title} {source.shown} cannot be opened ({error.strerror}); expected a file that "
        "may be read. Correct its permissions, or copy it again."
    )


def _beside(path: Path) -> str:
    if not path.parent.is_dir():
        return f", and the folder {path.parent.name} does not exist either"
    guess = nearest(path.name, sorted(each.name for each in path.parent.iterdir()))
    return f": {guess.removesuffix(', or ')} is there" if guess else ""


def _parts(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    if path.suffix.lower() != ".shp":
        return [path]
    beside = {each.name.lower(): each for each in path.parent.iterdir()}
    names = [path.stem.lower() + ending for ending in SHAPE_PARTS]
    return [beside[name] for name in names if name in beside]


def _size(path: Path) -> int:
    return path.stat().st_size


def _sha256(source: Source, parts: list[Path]) -> str:
    digest = hashlib.sha256()
    try:
        for part in parts:
            with part.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
    except OSError as error:
        raise _unopened(source, error) from error
    return digest.hexdigest()


def _settle(path: Path, kind: str) -> str:
    """Tell GeoJSON from topojson where the name does not."""
    if kind not in ("json", "geojson"):
        return kind
    with path.open("rb") as stream:
        head = stream.read(_SNIFF)
    if b'"Topology"' in head:
        return "topojson"
    if kind == "json" and b'"Feature' not in head and _json_type(path) == "Topology":
        return "topojson"
    return "geojson"


def _json_type(path: Path) -> str:
    if path.stat().st_size > TREE_BYTES:
        return ""
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return ""
    return str(content.get("type", "")) if isinstance(content, dict) else ""


def _unpack(source: Source, folder: Path) -> Path:
    """Unpack the one layer of a zip, flat, and give its main file."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            _unpack_members(source, archive, folder)
    except OSError as error:
        raise InputDataError(
            f"{source.title} {source.shown} cannot be unpacked into {folder.parent} "
            f"({error.strerror or error}); expected room for it and names of usual length. "
            "Free some space, or give the file inside it."
        ) from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise InputDataError(
            f"{source.title} {source.shown} cannot be unpacked ({error}); expected a zip without a "
            "password. Pack it again, or give the file inside it."
        ) from error
    layers = sorted(each for each in folder.iterdir() if kind_of(each) not in ("", "zip"))
    # a .txt beside something else says how to read it
    layers = [each for each in layers if each.suffix.lower() != ".txt"] or layers
    if source.layer:
        named = [each for each in layers if source.layer in (each.name, each.stem)]
        layers = named or layers
    if len(layers) != 1:
        held = ", ".join(each.name for each in layers) or "none"
        raise InputDataError(
            f"{source.title} {source.shown} holds {len(layers)} layers ({held}); expected one. "
            'Name it: layer = "...".'
        )
    return layers[0]


def _unpack_members(source: Source, archive: zipfile.ZipFile, folder: Path) -> None:
    """Write every member by its bare name, so that none can lie outside the folder.

    The parts of a FileGDB stay together in a folder of its name.
    """
    check_members(source, archive)
    budget = Budget(source, source.path.stat().st_size)
    for member in archive.infolist():
        inside = Path(_member_name(member).replace("\\", "/"))
        name = inside.name
        if member.is_dir() or not name or name.startswith("."):
            continue
        home = next((part for part in inside.parent.parts if _is_geodatabase(part)), None)
        target_folder = folder / home if home else folder
        target_folder.mkdir(exist_ok=True)
        if (target_folder / name).exists():
            raise InputDataError(
                f"{source.title} {source.shown} holds two files named {name}; expected one layer. "
                "Unpack it, and give the one that is wanted."
            )
        with archive.open(member) as packed, (target_folder / name).open("wb") as target:
            budget.copy(packed, target)


def _is_geodatabase(name: str) -> bool:
    return name.lower().endswith(_GEODATABASE) and name.lower() != _GEODATABASE


def _member_name(member: zipfile.ZipInfo) -> str:
    """Give a member's name; Windows in China writes it in GBK without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gbk", "cp950"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
