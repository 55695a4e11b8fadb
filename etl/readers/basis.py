"""Say where a column does not tell what it counts: registered or resident, built or built upon."""

from collections.abc import Mapping
from typing import Final

from etl.layers import Fault, Severity
from etl.readers.raw import RawTable
from etl.settings import Source
from etl.synonyms import fold

_PEOPLE: Final = {"人口", "人口数", "总人口"}
_AREA: Final = "面积"
_REGISTERED: Final = "户籍"
_GROUND: Final = ("占地", "用地")


def basis(source: Source, role: str, raw: RawTable, found: Mapping[str, str]) -> list[Fault]:
    """List what has to be chosen before ratios of these columns mean anything.

    A column that city.toml names has been chosen; a name that contradicts the choice is noted.

    Parameters
    ----------
    found
        Canonical name to header.
    """
    faults = [_people(source, raw, found)] if role in ("grids", "buildings") else []
    faults += [_area(source, raw, found)] if role in ("facilities", "buildings") else []
    return [fault for fault in faults if fault is not None]


def is_vague(header: str) -> bool:
    """Tell whether a header of people does not say whom it counts."""
    return fold(header) in _PEOPLE


def _people(source: Source, raw: RawTable, found: Mapping[str, str]) -> Fault | None:
    header = found.get("people")
    if header is None:
        registered = found.get("people_registered")
        if registered is None:
            return None
        return _fault(
            *("POP_BASIS", "warning", source, raw, registered),
            f"Only registered people ({registered}) are there; how many live here is unknown.",
            f'Not used. Write people = "{registered}" if they are what you mean.',
        )
    if "people" in source.columns:
        if _REGISTERED not in header:
            return None
        return _fault(
            *("POP_BASIS", "note", source, raw, header),
            f"{header} counts registered people; city.toml takes them for residents.",
            "Used as declared. Name a column of residents if there is one.",
        )
    if not is_vague(header):
        return None
    return _fault(
        *("POP_BASIS", "warning", source, raw, header),
        f"{header} does not say whether it counts residents (常住) or registered people (户籍).",
        f'Taken for residents. Write people = "{header}" if they are.',
    )


def _area(source: Source, raw: RawTable, found: Mapping[str, str]) -> Fault | None:
    header = found.get("floor_area_m2")
    if header is not None and any(word in header for word in _GROUND):
        return _fault(
            *("AREA_BASIS", "warning", source, raw, header),
            f"{header} is an area of ground; city.toml takes it for floor area.",
            f'Used as declared. Write land_area_m2 = "{header}" if it is ground.',
        )
    if header is not None or "land_area_m2" in found:
        return None
    plain = next((each for each in raw.headers if fold(each) == _AREA), None)
    if plain is None:
        return None
    return _fault(
        *("AREA_BASIS", "warning", source, raw, plain),
        f"{plain} does not say whether it is floor area (建筑面积) or ground (占地面积).",
        f'Not used. Write floor_area_m2 = "{plain}" or land_area_m2 = "{plain}".',
    )


def _fault(
    code: str,
    severity: Severity,
    source: Source,
    raw: RawTable,
    header: str,
    message: str,
    action: str,
) -> Fault:
    told = sum(cell is not None for cell in raw.columns[header])
    return Fault(code, severity, source.shown, None, None, message, action, max(1, told))
