"""Say what is wrong with the places of units, row by row."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Fault
from etl.units.named import Areas
from etl.units.place import NONE, UnitPlaces
from etl.units.rows import UnitRows

_WHY = {
    "PLACE_UNKNOWN": "names a community, street or district that the release has not",
    "PLACE_AMBIG": "names a community, street or district that several bear",
    "PLACE_NONE": "has no place on the map and names no community, street or district",
}


def unit_faults(
    rows: UnitRows,
    found: UnitPlaces,
    is_outside: NDArray[np.bool_],
    why: list[str | None],
    areas: Areas,
) -> Iterator[tuple[int, tuple[int, Fault]]]:
    """Give the faults by row, with the position of its file among those of the kind.

    Parameters
    ----------
    is_outside
        Rows that their place on the map does not place.
    why
        For each row why its names do not place it; None where they do or are not needed.
    """
    for number in range(len(rows)):
        said = _of_row(rows, found, areas, number, why[number], is_outside=bool(is_outside[number]))
        for code, message, action in said:
            fault = Fault(
                *(code, "warning", rows.source(number), rows.row(number), rows.ids[number]),
                *(f"{rows.shown(number)} {message}.", action),
                lonlat=_lonlat(rows, number),
            )
            yield number, (int(rows.block[number]), fault)


def _of_row(
    rows: UnitRows,
    found: UnitPlaces,
    areas: Areas,
    number: int,
    why: str | None,
    *,
    is_outside: bool,
) -> Iterator[tuple[str, str, str]]:
    has_shape = rows.geometry[number] is not None
    is_placed = bool(found.is_placed[number])
    if rivals := found.rivals[number]:
        named = " and ".join(areas.names[area] for area in rivals)
        what = "streets" if found.is_tied[number] else "communities"
        yield (
            "UNIT_TIE",
            f"has equal shares of its ground in the {what} {named}",
            "Counted for the larger areas only. Name the street that was decided on in a column "
            "and declare it: decided_street =."
            if found.is_tied[number]
            else "Counted for its street. Correct the outline, or leave it so.",
        )
    if has_shape and is_outside:
        held = "the areas that it names" if is_placed else "the city only"
        yield (
            "UNIT_OUTSIDE",
            "lies outside every grid",
            f"Counted for {held}. Check its coordinates and their CRS.",
        )
    elif why is not None:
        action = "Counted for the city only. Correct the code or the name."
        if is_placed:
            action = "Counted for the larger area that it names. Correct the code or the name."
        yield "UNIT_UNPLACED", _WHY[why], action
    if has_shape and not is_outside:
        yield from _of_street(rows, found, areas, number)


def _of_street(
    rows: UnitRows, found: UnitPlaces, areas: Areas, number: int
) -> Iterator[tuple[str, str, str]]:
    stated, lies_in = areas.stated_street(rows, number), int(found.street[number])
    if NONE in (stated, lies_in) or stated == lies_in:
        return
    share = found.street_share[number]
    if np.isnan(share) and rows.decided[number] is not None:
        return
    part = "lies" if np.isnan(share) else f"has {share:.1%} of its ground"
    yield (
        "UNIT_STREET",
        f"is listed under {areas.names[stated]} but {part} in {areas.names[lies_in]}",
        "The street with the largest share counts. Correct the list or the outline.",
    )


def _lonlat(rows: UnitRows, number: int) -> tuple[float, float] | None:
    shape = rows.geometry[number]
    if shape is None:
        return None
    inside = shapely.point_on_surface(shape)
    return (inside.x, inside.y)
