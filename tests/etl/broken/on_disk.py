"""What lies where a file should: folders, pipes, loops, nothing, too much."""

import os
from pathlib import Path

from tests.etl.broken import PLACES, STREETS, Refused, holding, instead


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _dangling(path: Path) -> None:
    path.symlink_to("gone.csv")


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _sparse(size: int):
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return write


def _folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _pipe_beside(path: Path) -> None:
    path.write_bytes(b"\x00\x00\x27\x0a" + bytes(96))
    path.with_suffix(".shx").write_bytes(b"\x00\x00\x27\x0a" + bytes(96))
    os.mkfifo(path.with_suffix(".dbf"))


DEFECTS = [
    Refused(
        "a folder in place of a file",
        instead(PLACES, PLACES, _folder),
        PLACES,
        ("is a folder", "Name the file inside it"),
    ),
    Refused(
        "a loop of links",
        instead(PLACES, "loop.csv", _loop),
        "loop.csv",
        ("does not exist", "Correct `path`"),
    ),
    Refused(
        "a link to nothing",
        instead(PLACES, "link.csv", _dangling),
        "link.csv",
        ("does not exist", "Correct `path`"),
    ),
    Refused(
        "a device without end",
        instead(PLACES, "zero.csv", _endless),
        "zero.csv",
        ("is a pipe, a device", "an ordinary file", "Copy its content"),
    ),
    Refused(
        "a pipe that nobody writes to",
        instead(PLACES, "pipe.csv", os.mkfifo),
        "pipe.csv",
        ("is a pipe, a device", "an ordinary file", "Copy its content"),
    ),
    Refused(
        "a pipe beside a shapefile",
        instead(PLACES, "places.shp", _pipe_beside),
        "places.shp",
        ("places.dbf is a pipe", "an ordinary file"),
    ),
    Refused(
        "an empty file",
        instead(PLACES, PLACES, holding(b"")),
        PLACES,
        ("is empty (0 bytes)", "Export it again"),
    ),
    Refused(
        "a text of 600 MiB",
        instead(PLACES, "large.csv", _sparse(600 << 20)),
        "large.csv",
        ("has 600 MiB", "at most 512 MiB", "(LIMIT)", "Split it by district"),
    ),
    Refused(
        "a FlatGeobuf of 5 GiB",
        instead(STREETS, "large.fgb", _sparse(5 << 30)),
        "large.fgb",
        ("has 5 GiB", "at most 4 GiB", "(LIMIT)"),
    ),
    Refused(
        "an ending that nobody knows",
        instead(PLACES, "facilities.docx", holding(b"PK\x03\x04")),
        "facilities.docx",
        ("ends in .docx", "one of .shp", "Save it in one of these formats"),
    ),
    Refused(
        "a FileGDB that is a file",
        instead(STREETS, "streets.gdb", holding(b"\x03\x00\x00\x00")),
        "streets.gdb",
        ("is a file", "the folder of a FileGDB"),
    ),
    Refused(
        "a FileGDB without tables",
        instead(STREETS, "streets.gdb", lambda path: path.mkdir()),
        "streets.gdb",
        ("cannot be read", "a complete file"),
    ),
]
