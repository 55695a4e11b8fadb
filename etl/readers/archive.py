"""Take files out of compressed ones without trusting what their headers claim about sizes."""

import bz2
import gzip
import zipfile
import zlib
from pathlib import Path
from typing import IO, Final, Protocol

from etl.readers.limits import FILE_BYTES, WHOLE_BYTES, refusal, size_text
from etl.settings import Source
from geo.errors import InputDataError

MEMBERS: Final = 2_000
"""Files in one archive: a FileGDB of a hundred layers has about 1,500."""
INFLATED_BYTES: Final = FILE_BYTES
"""Bytes that an archive may unpack to, all members together: what a file may have unpacked."""
RATIO: Final = 200
"""How many times larger than packed: real tables reach 40, one letter repeated 1,000."""
RATIO_FROM: Final = 64 << 20
"""The ratio is asked for from here on: small things may be as hollow as they like."""

_CHUNK: Final = 1 << 20
_ZIP_FAULTS: Final = (RuntimeError, NotImplementedError, ValueError)


class Readable(Protocol):
    """What gives its bytes in pieces."""

    def read(self, size: int, /) -> bytes:
        """Give at most so many bytes; none at the end."""
        ...


class Budget:
    """Counts the bytes that really come out of an archive, and stops at the bound."""

    def __init__(self, source: Source, packed: int, limit: int = INFLATED_BYTES) -> None:
        self._source = source
        self._packed = max(packed, 1)
        self._limit = limit
        self.spent = 0

    def spend(self, size: int) -> None:
        """Count bytes; refuse when there are too many, or too many for so small an archive."""
        self.spent += size
        action = "Look at what it holds; if that is meant, give it unpacked, a workbook as CSV."
        if self.spent > self._limit:
            raise refusal(
                self._source,
                f"unpacks to more than {size_text(self._limit)}",
                size_text(self._limit),
                action,
            )
        if self.spent > RATIO_FROM and self.spent > RATIO * self._packed:
            raise refusal(
                self._source,
                f"unpacks to more than {RATIO} times its {size_text(self._packed)}",
                f"{RATIO} times",
                action,
            )

    def copy(self, stream: Readable, target: IO[bytes] | None) -> None:
        """Read a stream to its end in chunks, counting, and write it down where that is asked."""
        while chunk := stream.read(_CHUNK):
            self.spend(len(chunk))
            if target is not None:
                target.write(chunk)


def check_members(source: Source, archive: zipfile.ZipFile) -> None:
    """Refuse an archive of very many files before any is touched."""
    number = len(archive.infolist())
    if number > MEMBERS:
        raise refusal(
            source,
            f"holds {number:,} files",
            f"{MEMBERS:,}",
            "Unpack it, and give the one layer that is wanted.",
        )


def check_inflation(source: Source, path: Path) -> None:
    """Inflate a .gz, .bz2 or zipped workbook once for its size alone; nothing is kept.

    Raises
    ------
    InputDataError
        It unpacks to more than is read, or it is damaged.
    """
    ending = path.suffix.lower()
    try:
        if ending in (".gz", ".bz2"):
            budget = Budget(source, path.stat().st_size)
            with gzip.open(path) if ending == ".gz" else bz2.open(path) as stream:
                budget.copy(stream, None)
        elif zipfile.is_zipfile(path):
            _check_zip(source, path)
    except InputDataError:
        raise
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, *_ZIP_FAULTS) as error:
        raise InputDataError(
            f"{source.title} {source.shown} cannot be unpacked ({error}); expected a complete "
            "file. Copy or export it again."
        ) from error


def _check_zip(source: Source, path: Path) -> None:
    """Count a workbook: it is parsed in memory, so it may unpack only to what memory holds."""
    with zipfile.ZipFile(path) as archive:
        check_members(source, archive)
        budget = Budget(source, path.stat().st_size, WHOLE_BYTES)
        for member in archive.infolist():
            with archive.open(member) as stream:
                budget.copy(stream, None)
