"""Place further places by the names and codes of areas that their rows state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from etl.ledgers.places import Register, register_of
from etl.units.place import NONE, GridAreas, UnitPlaces
from etl.units.rows import UnitRows
from geo.store.connect import Connection

SMALLEST_FIRST: Final = ("community", "street", "district")


@dataclass(frozen=True)
class Areas:
    """The areas of the release: of each grid, by name, and with their codes and names."""

    of_grid: GridAreas
    registers: Mapping[str, Register]
    codes: list[str]
    names: list[str]
    holders: dict[int, tuple[int, int, int]]
    """Area to the community, street and district that it is or lies in, -1 for none."""

    @classmethod
    def of(cls, con: Connection) -> "Areas":
        """Read them; grids and areas must be in the release."""
        rows = con.execute(
            "select community_idx, street_idx, district_idx from grid order by grid_idx"
        ).fetchall()
        numbers = np.array(
            [[NONE if area is None else area for area in row] for row in rows], dtype=np.int64
        ).reshape(-1, 3)
        named = con.execute("select code, name from area order by area_idx").fetchall()
        holders: dict[int, tuple[int, int, int]] = {}
        for row in np.unique(numbers, axis=0):
            for level, area in enumerate(row.tolist()):
                if area != NONE:
                    chain = [NONE] * level + row.tolist()[level:]
                    holders[area] = (chain[0], chain[1], chain[2])
        return cls(
            GridAreas(numbers[:, 0], numbers[:, 1], numbers[:, 2]),
            {level: register_of(con, level) for level in SMALLEST_FIRST},
            [code for code, _ in named],
            [name for _, name in named],
            holders,
        )

    def stated(self, rows: UnitRows, number: int, level: str) -> tuple[int, str | None]:
        """Find the area of a level that a row names: its number, or -1 and why not."""
        text = rows.stated[level][number]
        if text is None:
            return NONE, None
        larger = SMALLEST_FIRST[SMALLEST_FIRST.index(level) + 1 :]
        within = {name: str(rows.stated[name][number] or "") for name in larger}
        return self.registers[level].find(str(text), within)

    def stated_street(self, rows: UnitRows, number: int) -> int:
        """Give the street that a row names, itself or by its community; -1 for none."""
        for level in ("street", "community"):
            area, _ = self.stated(rows, number, level)
            if area != NONE:
                return self.holders[area][1]
        return NONE


def place_named(found: UnitPlaces, rows: UnitRows, number: int, areas: Areas) -> str | None:
    """Place one row in the smallest area that it names; say why not where it names none known."""
    why: str | None = None
    for level in SMALLEST_FIRST:
        area, reason = areas.stated(rows, number, level)
        if area != NONE:
            community, street, district = areas.holders[area]
            found.community[number], found.street[number] = community, street
            found.district[number] = district
            return why
        why = why or reason
    return why or "PLACE_NONE"
