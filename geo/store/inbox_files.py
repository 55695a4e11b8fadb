"""Know the files of a source set: their names, sizes and what its city.toml says they are.

Nothing here reads what a file means; of city.toml only the paths.
"""

import os
import re
import secrets
import shutil
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from geo.errors import InputDataError, StoreError

SETTINGS: Final = "city.toml"
LARGEST_FILE: Final = 2 * 1024**3
LARGEST_SETTINGS: Final = 1024**2
MOST_FILES: Final = 200
ENDINGS: Final = (
    *(".shp", ".shx", ".dbf", ".prj", ".cpg", ".gpkg", ".fgb", ".kml", ".gml", ".tab"),
    *(".geojson", ".json", ".topojson", ".csv", ".tsv", ".txt", ".parquet", ".geoparquet"),
    *(".xlsx", ".xlsm", ".xls", ".ods", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".zip"),
)
COMPANIONS: Final = (".shx", ".dbf", ".prj", ".cpg", ".dat", ".map", ".id")
_NOT_IN_NAMES: Final = re.compile(
    r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]'
)
_LONGEST_NAME: Final = 200
_CHUNK: Final = 1 << 20
_SPARE: Final = 256 * 1024**2
"""So much of the disk stays free: the state and the published release live on it."""


@dataclass(frozen=True)
class SourceSet:
    """A folder of files with a city.toml; `base_files` is what it began with."""

    set_id: str
    city_toml: Path
    origin: str
    base: str | None
    base_files: Mapping[str, tuple[int, int]]
    created_at: str
    month: str | None
    city: str | None
    release: str | None

    @property
    def folder(self) -> Path:
        """Give the folder of its files."""
        return self.city_toml.parent


def safe_name(name: str) -> str:
    """Give a file name as it is kept: NFC, no folders, nothing hidden, an ending that is read.

    Raises
    ------
    InputDataError
        It is not the name of a file that could be read.
    """
    clean = unicodedata.normalize("NFC", name).strip()
    if not clean or clean.startswith(".") or _NOT_IN_NAMES.search(clean):
        raise InputDataError(
            f"{_shown(clean)} is not a file name; expected one without folders, control "
            "characters or a dot in front. Rename the file."
        )
    if len(clean.encode()) > _LONGEST_NAME:
        raise InputDataError(
            f"{_shown(clean)} is a name of {len(clean.encode())} bytes; expected at most "
            f"{_LONGEST_NAME}. Rename the file."
        )
    if clean != SETTINGS and not clean.lower().endswith(ENDINGS):
        raise InputDataError(
            f"{_shown(clean)} ends in {PurePosixPath(clean).suffix or 'nothing'}; expected "
            f"{SETTINGS} or one of {', '.join(ENDINGS)}. Save it in one of these formats."
        )
    return clean


def settings_text(one: SourceSet) -> str | None:
    """Give the text of city.toml, None where there is none yet."""
    try:
        return one.city_toml.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return None


def write_settings(one: SourceSet, text: str) -> None:
    """Replace city.toml as a whole."""
    content = text.replace("\r\n", "\n").encode()
    if len(content) > LARGEST_SETTINGS:
        raise InputDataError(
            f"{SETTINGS} has {len(content):,} bytes; expected at most {LARGEST_SETTINGS:,}. "
            "Take out what does not belong to it."
        )
    _replace(one.city_toml, content)


def receive(one: SourceSet, name: str, stream: IO[bytes], length: int | None) -> str:
    """Write an uploaded file into a set, replacing the one of its name; give its path in the set.

    Parameters
    ----------
    length
        The number of bytes that were announced; None where that is not known.

    Raises
    ------
    InputDataError
        The name is refused, the file is empty, too large or shorter than announced.
    StoreError
        The disk would be full, or cannot be written.
    """
    clean = safe_name(name)
    present = sorted(walk(one.folder))
    place = _place(present, clean)
    if place not in present and len(present) >= MOST_FILES:
        raise InputDataError(
            f"the set has {len(present)} files; expected at most {MOST_FILES}. Take some out, or "
            "pack the parts of a shapefile into a zip."
        )
    _require_room(one.folder, clean, length)
    target = one.folder / place
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as handle:
            written = _pour(stream, handle, clean)
            handle.flush()
            os.fsync(handle.fileno())
        if written == 0 or (length is not None and written != length):
            raise InputDataError(
                f"{clean} arrived with {written:,} of {length or 0:,} bytes; expected all of it. "
                "Send it again."
            )
        part.replace(target)
    except OSError as error:
        raise StoreError(
            f"{clean} could not be written ({error.strerror}); nothing was replaced. Check the "
            "free space of the store."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return place


def remove(one: SourceSet, name: str) -> None:
    """Take a file out of a set."""
    if name not in set(walk(one.folder)):
        raise InputDataError(f"{_shown(name)} is not in this set. See the list of its files.")
    (one.folder / name).unlink(missing_ok=True)


def files(one: SourceSet) -> list[dict[str, Any]]:
    """List the files of a set and those that city.toml misses.

    Each is `{path, bytes, use, number, state, before}`: `use` a section of city.toml or empty,
    `state` new, replaced, kept or missing, `before` its size in the set this one began as.
    """
    used = uses(settings_text(one) or "")
    rows: list[dict[str, Any]] = []
    present = dict(stats(one.folder)) if one.folder.is_dir() else {}
    for path, stat in present.items():
        before = one.base_files.get(path)
        state = "new" if before is None else "kept" if before == stat else "replaced"
        use, number = used.get(path) or used.get(_main(path, used)) or ("", 0)
        size = None if before is None else before[0]
        rows.append(_row(path, stat[0], use, number, state, size))
    for path, (use, number) in used.items():
        is_there = path in present or (one.folder / path).exists()
        if not is_there:
            rows.append(_row(path, None, use, number, "missing", None))
    return sorted(rows, key=lambda row: (row["path"] == SETTINGS, not row["use"], row["path"]))


def uses(text: str) -> dict[str, tuple[str, int]]:
    """Give the paths that a city.toml names: each with its section and which of its kind it is."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    found: dict[str, tuple[str, int]] = {}
    for section, content in values.items():
        for number, part in enumerate(content if isinstance(content, list) else [content]):
            if isinstance(part, dict):
                for path in _paths(section, part):
                    found.setdefault(PurePosixPath(path).as_posix(), (section, number))
    return found


def walk(folder: Path) -> Iterable[str]:
    """Give the files of a folder, relative; neither hidden ones nor links out of it."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def stats(folder: Path) -> Iterable[tuple[str, tuple[int, int]]]:
    """Give the files of a folder with their size and time in nanoseconds."""
    for name in walk(folder):
        stat = (folder / name).stat()
        yield name, (stat.st_size, stat.st_mtime_ns)


def _row(
    path: str, size: int | None, use: str, number: int, state: str, before: int | None
) -> dict[str, Any]:
    return {
        "path": path,
        "bytes": size,
        "use": use,
        "number": number,
        "state": state,
        "before": before,
    }


def _paths(section: str, part: dict[str, Any]) -> list[str]:
    paths = [part.get("path"), part.get("gates"), part.get("barriers")]
    if section == "basemap":
        paths += [v.get("path") if isinstance(v, dict) else v for v in part.values()]
    return [path for path in paths if isinstance(path, str) and path]


def _main(path: str, used: Mapping[str, object]) -> str:
    """Give the used file that a part of a shapefile belongs to."""
    part = PurePosixPath(path)
    if part.suffix.lower() not in COMPANIONS:
        return ""
    stem = part.with_suffix("")
    return next((each for each in used if PurePosixPath(each).with_suffix("") == stem), "")


def _place(present: list[str], name: str) -> str:
    """Give the path of the one file with this name, wherever it is in the set."""
    alike = [path for path in present if PurePosixPath(path).name == name]
    return alike[0] if len(alike) == 1 else name


def _pour(stream: IO[bytes], handle: IO[bytes], name: str) -> int:
    written = 0
    while chunk := stream.read(_CHUNK):
        written += len(chunk)
        if written > LARGEST_FILE:
            raise InputDataError(
                f"{name} is larger than {LARGEST_FILE:,} bytes; expected at most that. Pack it "
                "into a zip, or load it from the command line."
            )
        handle.write(chunk)
    return written


def _require_room(folder: Path, name: str, length: int | None) -> None:
    free = shutil.disk_usage(folder).free
    if free - (length or 0) < _SPARE:
        raise StoreError(
            f"{name} needs {(length or 0) // 2**20:,} MiB and the disk of the store has "
            f"{free // 2**20:,} MiB free, of which {_SPARE // 2**20} stay free. Free some space."
        )


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path.name} could not be written ({error.strerror}). Check the free space."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _shown(name: str) -> str:
    return repr(name[:60])
