"""Files that are broken in one way each, made by code and named by their defect.

A defect is made in the folder of a small city that was sound before. What it must lead to stands
beside it: a refusal that says certain things, or an issue code at a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Make = Callable[[Path], object]
GRIDS, PLACES, STREETS = "grids.geojson", "facilities.csv", "streets.geojson"


@dataclass(frozen=True)
class Refused:
    """The load stops with one message that names `file` and holds every text of `says`."""

    name: str
    make: Make
    file: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Reported:
    """The load goes on and reports `code` for `file`, at `row` where one is to blame."""

    name: str
    make: Make
    file: str
    code: str
    row: int | None


@dataclass(frozen=True)
class Harmless:
    """The load goes on, takes `rows` rows from `file`, and nothing else happens."""

    name: str
    make: Make
    file: str
    rows: int


def instead(old: str, new: str, write: Callable[[Path], object]) -> Make:
    """Make a defect by another file in the place of one of the city's."""

    def run(folder: Path) -> None:
        toml = folder / "city.toml"
        text = toml.read_text(encoding="utf-8")
        assert f'path = "{old}"' in text, f"city.toml no longer names {old}"
        toml.write_text(text.replace(f'path = "{old}"', f'path = "{new}"'), encoding="utf-8")
        if old != new:
            (folder / old).unlink()
        write(folder / new)

    return run


def holding(content: bytes) -> Callable[[Path], object]:
    """Write just this content."""
    return lambda path: path.write_bytes(content)


def edited(file: str, edit: Callable[[bytes], bytes]) -> Make:
    """Make a defect by changing the bytes of one of the city's files."""

    def run(folder: Path) -> None:
        path = folder / file
        before = path.read_bytes()
        after = edit(before)
        assert after != before, f"{file} was not changed"
        path.write_bytes(after)

    return run
