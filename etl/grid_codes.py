"""Fill in, from the codes of the grids, the levels above them that the grid file does not name.

Only what is missing is filled in: a name or a code that the file states is never replaced. Codes
are used where most of the city's grids have one and the grids lie where such codes are given.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import shapely

from etl.admin_codes import AdminCode, area_code, parse, urban_rural, why_not
from etl.layers import Layer, Objects
from etl.readers.raw import objects

Codes = list[AdminCode | None]
LEVELS: Final = ("district", "street", "community")
_DIGITS: Final = {"district": 6, "street": 9, "community": 12}
_MOST: Final = 0.8
"""Share of the grids that must have such a code before it is believed."""
_CHINA: Final = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north in degrees: elsewhere twelve digits mean something else."""
_WORDS: Final = {
    "urban": ("urban", "城镇", "城市", "城", "城区"),
    "rural": ("rural", "乡村", "农村", "乡", "村"),
}


def code_columns(grids: Layer, names: Mapping[str, str]) -> dict[str, Objects]:
    """Give the columns of raw_grids that come from codes, each shape (n,), text or None.

    Parameters
    ----------
    names
        Code of a county, street or community (6, 9, 12 digits) to its name.

    Returns
    -------
    `code_district code_street code_community` (the digits of the grid's own code), `code_fault`
    (why a code cannot be taken apart, where most can), `derived_<level>_code` (the levels of which
    the file has no column), `named_<level>` (the name of a level by `names`, where the file has no
    column of names), `urban_rural` (urban or rural: the file's own column, else the class in the
    statistical code of the grid or its community).
    """
    ids = grids.columns["id"]
    codes: Codes = [parse(cell) for cell in ids]
    if not _are_official(grids, codes):
        codes = [None] * len(ids)
    stated = {level: grids.columns.get(f"{level}_code") for level in LEVELS}
    found: dict[str, Objects] = {}
    for level in LEVELS:
        digits = _each(codes, lambda code, level=level: code.community[: _DIGITS[level]])
        has_own = level in grids.columns or stated[level] is not None
        derived = objects([None] * len(ids)) if has_own else digits
        found[f"code_{level}"] = digits
        found[f"derived_{level}_code"] = derived
        own = stated[level]
        shown = derived if own is None else own
        found[f"named_{level}"] = objects(
            [None if level in grids.columns else names.get(area_code(cell) or "") for cell in shown]
        )
    found["code_fault"] = _faults(ids, codes)
    found["urban_rural"] = _urban_rural(grids, codes, stated["community"])
    return found


def named_places(names: Layer | None) -> dict[str, str]:
    """Give the name of each code that a table of names holds."""
    if names is None:
        return {}
    return dict(zip(names.columns["code"], names.columns["name"], strict=True))


def _are_official(grids: Layer, codes: Codes) -> bool:
    filled = sum(cell is not None for cell in grids.columns["id"])
    known = sum(code is not None for code in codes)
    return known > 0 and known >= _MOST * filled and _lie_in_china(grids)


def _lie_in_china(grids: Layer) -> bool:
    bounds = shapely.total_bounds(grids.geometry)
    west, south, east, north = _CHINA
    inside = (bounds[:2] >= (west, south)) & (bounds[2:] <= (east, north))
    return bool(np.all(inside))


def _each(codes: Codes, part: Callable[[AdminCode], str | None]) -> Objects:
    return objects([None if code is None else part(code) for code in codes])


def _faults(ids: Objects, codes: Codes) -> Objects:
    if not any(codes):
        return objects([None] * len(ids))
    pairs = zip(ids, codes, strict=True)
    return objects([why_not(cell) if cell and code is None else None for cell, code in pairs])


def _urban_rural(grids: Layer, codes: Codes, community: Objects | None) -> Objects:
    """Tell town from country by the file's own column, else by codes; never by a name."""
    by_code = _each(codes, lambda code: code.urban_rural)
    if community is not None and _lie_in_china(grids):
        known = {cell: code.urban_rural for cell in set(community) if (code := parse(cell))}
        pairs = zip(by_code, community, strict=True)
        by_code = objects([one or known.get(cell) for one, cell in pairs])
    own = grids.columns.get("urban_rural")
    if own is None:
        return by_code
    return objects([_stated(cell) or code for cell, code in zip(own, by_code, strict=True)])


def _stated(cell: str | None) -> str | None:
    text = (cell or "").strip().lower()
    known = urban_rural(text)
    return known or next((kind for kind, words in _WORDS.items() if text in words), None)
