"""Find the columns of a source: the declared ones first, the rest by their usual headers."""

from collections.abc import Iterable, Sequence
from typing import Final

from etl.readers.positions import with_place
from etl.readers.raw import RawTable, objects
from etl.section import count
from etl.settings import FacilitySource, Source
from etl.synonyms import fold, match, synonyms
from geo.errors import InputDataError
from geo.spelling import nearest

ROLES: Final = ("grids", "facilities", "buildings")
ROW_NUMBER: Final = "#row"
"""A header that every file has: declared as `id`, it names the rows by their numbers."""


def wanted(source: Source, role: str) -> list[str]:
    """List the folded headers that would be recognised, to find a header row or an encoding.

    `role` may be `any`, for a file of which nothing is known.
    """
    roles = ROLES if role == "any" else (role,)
    known = [header for each in roles for headers in synonyms(each).values() for header in headers]
    own = [fold(header) for header in (*_declared(source).values(), *source.usual)]
    return list(dict.fromkeys([*own, *known]))


def resolve(
    source: Source, role: str, raw: RawTable, unwanted: Iterable[str] = ()
) -> dict[str, str]:
    """Give canonical name to header for every column that is there.

    Parameters
    ----------
    role
        grids, buildings, facilities, network or basemap.
    unwanted
        Canonical names that are not looked for by synonym.

    Raises
    ------
    InputDataError
        A declared column is not in the file; the message names the nearest header and lists all.
    """
    if ROW_NUMBER in _declared(source).values():
        raw.columns[ROW_NUMBER] = objects([str(number) for number in raw.row])
    headers = raw.headers
    found: dict[str, str] = {}
    missing: list[tuple[str, str]] = []
    for name, header in _declared(source).items():
        actual = _find(header, headers) or _find(raw.cut(header), headers)
        if actual is None:
            missing.append((name, header))
        else:
            found[name] = actual
    if missing:
        raise _missing(source, raw, missing)
    skipped = set(unwanted) | found.keys()
    # an H3 cell is often the row's id as well
    taken = {header for name, header in found.items() if name != "h3"}
    usual = match(role, headers, taken, cut=raw.cut)
    found |= {name: header for name, header in usual.items() if name not in skipped}
    return with_place(role, raw, found)


def require(source: Source, found: dict[str, str], raw: RawTable, name: str) -> None:
    """Stop where a column that nothing works without is neither declared nor recognised."""
    if name not in found:
        raise InputDataError(
            f"{source.title} {source.shown} has no column that reads as `{name}`; expected one of "
            f'its headers: {_listed(raw)}. Say which: {name} = "...", or take the row numbers, '
            f'which change with the file: {name} = "{ROW_NUMBER}".'
        )


def _declared(source: Source) -> dict[str, str]:
    declared = dict(source.columns)
    if isinstance(source, FacilitySource) and source.category_column:
        declared["category"] = source.category_column
    places = {"h3": source.h3, "wkt": source.wkt}
    return declared | {name: header for name, header in places.items() if header}


def _find(header: str, headers: Sequence[str]) -> str | None:
    """Find a header as it stands, else by its folded form where that is unmistakable."""
    if header in headers:
        return header
    alike = [each for each in headers if fold(each) == fold(header)]
    return alike[0] if len(alike) == 1 else None


def _missing(source: Source, raw: RawTable, missing: list[tuple[str, str]]) -> InputDataError:
    name, header = missing[0]
    return InputDataError(
        f"{source.title} {source.shown} lacks {count(len(missing), 'declared column')}, the first "
        f'{name} = "{header}"; expected {nearest(header, raw.headers)}one of its headers: '
        f"{_listed(raw)}. Correct the name in city.toml."
    )


def _listed(raw: RawTable) -> str:
    """List the headers; where there are none, what is known about why."""
    return ", ".join(raw.headers) or " ".join(["none.", *raw.notes]).rstrip(".")
