"""Zip and gzip files: bombs, names, what is inside and what is missing."""

import bz2
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.etl.broken import PLACES, STREETS, Harmless, Make, Refused, holding, instead

PACK = zipfile.ZIP_DEFLATED
ROWS = "编号,名称,类别,经度,纬度,状态\nF1,站,MED_STATION,117.001,39.748,open\n".encode()
HOLLOW = 80 << 20


def _zip(*members: tuple[str, bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(_packed(members))

    return write


def _packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", PACK) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def _zipped(write: Callable[[Path], object]) -> Make:
    return instead(PLACES, "places.zip", write)


def _twice(path: Path) -> None:
    path.write_bytes(_packed([("a/places.csv", ROWS), ("b/places.csv", ROWS)]))


def _damaged(path: Path) -> None:
    content = bytearray(_packed([("places.csv", ROWS * 40)]))
    content[45:60] = bytes(15)
    path.write_bytes(bytes(content))


def _locked(path: Path) -> None:
    content = bytearray(_packed([("places.csv", ROWS)]))
    # the bit that says "encrypted", in both headers of the member
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))


DEFECTS: list[Refused | Harmless] = [
    Harmless(
        "a zip whose member would lie outside its folder",
        _zipped(_zip(("../../../../outside.csv", ROWS))),
        "places.zip",
        1,
    ),
    Harmless(
        "a zip whose member has the path of a system file",
        _zipped(_zip(("/etc/outside.csv", ROWS))),
        "places.zip",
        1,
    ),
    Refused(
        "a zip bomb",
        _zipped(_zip(("places.csv", b"0" * HOLLOW))),
        "places.zip",
        ("unpacks to more than 200 times", "(LIMIT)", "Look at what it holds"),
    ),
    Refused(
        "a zip bomb of many members",
        _zipped(_zip(*((f"{at}.csv", b"0" * (HOLLOW // 8)) for at in range(8)))),
        "places.zip",
        ("unpacks to more than 200 times", "(LIMIT)"),
    ),
    Refused(
        "a zip in a zip",
        _zipped(_zip(("inner.zip", _packed([("places.csv", ROWS)])))),
        "places.zip",
        ("holds 0 layers", "expected one"),
    ),
    Refused(
        "a zip of 2,001 files",
        _zipped(_zip(*((f"{at}.csv", b"x") for at in range(2_001)))),
        "places.zip",
        ("holds 2,001 files", "at most 2,000", "(LIMIT)"),
    ),
    Refused(
        "a zip of two layers",
        _zipped(_zip(("a.csv", ROWS), ("b.csv", ROWS))),
        "places.zip",
        ("holds 2 layers (a.csv, b.csv)", 'layer = "..."'),
    ),
    Refused(
        "a zip with one name in two folders",
        _zipped(_twice),
        "places.zip",
        ("two files named places.csv", "Unpack it"),
    ),
    Refused(
        "a zip with a password",
        _zipped(_locked),
        "places.zip",
        ("cannot be unpacked", "without a password"),
    ),
    Refused(
        "a zip with damaged content",
        _zipped(_damaged),
        "places.zip",
        ("cannot be unpacked", "Pack it again"),
    ),
    Refused(
        "a cut zip",
        _zipped(holding(_packed([("places.csv", ROWS)])[:60])),
        "places.zip",
        ("cannot be unpacked", "Pack it again"),
    ),
    Refused(
        "a zip with a name too long for any disk",
        _zipped(_zip(("长" * 200 + ".csv", ROWS))),
        "places.zip",
        ("cannot be unpacked", "names of usual length"),
    ),
    Refused("an empty zip", _zipped(_zip()), "places.zip", ("holds 0 layers (none)",)),
    Refused(
        "a gzip bomb",
        instead(STREETS, "city.osm.gz", holding(gzip.compress(b" " * HOLLOW))),
        "city.osm.gz",
        ("unpacks to more than 200 times", "(LIMIT)"),
    ),
    Refused(
        "a bzip2 bomb",
        instead(STREETS, "city.osm.bz2", holding(bz2.compress(b" " * HOLLOW))),
        "city.osm.bz2",
        ("unpacks to more than 200 times", "(LIMIT)"),
    ),
    Refused(
        "a cut gzip",
        instead(STREETS, "city.osm.gz", holding(gzip.compress(b"<osm>" * 999)[:-30])),
        "city.osm.gz",
        ("cannot be unpacked", "a complete file"),
    ),
    Refused(
        "a gzip that is none",
        instead(STREETS, "city.osm.gz", holding(b"<osm/>")),
        "city.osm.gz",
        ("cannot be unpacked", "a complete file"),
    ),
]
