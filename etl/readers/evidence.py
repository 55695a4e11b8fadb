"""Weigh which coordinate system puts places where they say they are; nothing is moved here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.special import bdtrc

from etl.layers import METRES_PER_DEGREE, Objects
from etl.readers.systems import BD09, GCJ02, WGS84
from geo.datum import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

LonLat = NDArray[np.float64]

SWAPPED: Final = "exchanged"
GRIDS_GCJ02: Final = "grids in GCJ-02"
GRIDS_BD09: Final = "grids in BD-09"
_READINGS: Final[dict[str, Callable[[LonLat], LonLat]]] = {
    WGS84: np.asarray,
    GCJ02: gcj02_to_wgs84,
    BD09: bd09_to_wgs84,
    SWAPPED: lambda lonlat: lonlat[:, ::-1],
    # the grids are not moved: the places are taken into the system the grids may be in
    GRIDS_GCJ02: wgs84_to_gcj02,
    GRIDS_BD09: wgs84_to_bd09,
}
READINGS: Final = tuple(_READINGS)

MIN_TESTED: Final = 30
"""So many different places must be tested before anything is said."""
_CLEAR_GAIN: Final = 0.10
_CLEAR_CHANCE: Final = 1e-6
"""A thousand files a month, five other readings each, for ten years: less than one false alarm.

With nothing lost it takes 20 places that only the other reading explains.
"""
_MOST_OWN: Final = 0.5
_MOST_ANY: Final = 0.8
"""A reading that leaves more places unexplained than this explains nothing; `any grid` is weaker
evidence, so it must explain more."""
_PLACE_DECIMALS: Final = 4
_AROUND_DECIMALS: Final = 2
"""About 1 km. Neighbours share their fate: a cluster just beyond the edge of the grids, or of the
outline of one community, is one witness and not a hundred."""
_MIN_AROUND: Final = 5
_SAMPLE: Final = 5_000
_WINDS: Final = (
    "east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """How many of the tested places each reading puts into their own area.

    Attributes
    ----------
    basis
        What the places were tested against, as `own community` or `any grid`.
    tested
        Different places tested, at most 5,000, evenly spaced: 11 m apart or with different areas;
        against any grid 1 km apart.
    chosen, best
        The reading in use, and the one that explains most; the chosen one where they tie.
    hits
        Places inside, for each reading that differs from the chosen one.
    chance
        Chance that as many of the places that only one of the two explains would be won by `best`
        if both were equally good (exact one-sided sign test); 1 where `best` is `chosen`.
    around
        In how many places 1 km apart `best` wins.
    first
        Position of the first place that only `best` explains, in the order they were given; -1
        where there is none.
    offset_m, wind
        Median distance and direction at which the places stand from where `best` puts them.
    """

    basis: str
    tested: int
    chosen: str
    best: str
    hits: dict[str, int]
    chance: float
    around: int
    first: int
    offset_m: float
    wind: str

    def share(self, reading: str) -> float:
        """Give the share of tested places that a reading puts inside; NaN where none was tested."""
        return self.hits[reading] / self.tested if self.tested else float("nan")

    @property
    def is_enough(self) -> bool:
        """Tell whether enough places were tested to say anything."""
        return self.tested >= MIN_TESTED

    @property
    def is_hint(self) -> bool:
        """Tell whether another reading is better than chance can explain, by however little."""
        least = _MOST_ANY if self.basis == "any grid" else _MOST_OWN
        is_better = self.chance < _CLEAR_CHANCE and self.around >= _MIN_AROUND
        return self.is_enough and is_better and self.share(self.best) >= least

    @property
    def is_clear(self) -> bool:
        """Tell whether another reading wins clearly: a hint, and 10 points more places inside."""
        return self.is_hint and self.share(self.best) - self.share(self.chosen) >= _CLEAR_GAIN

    def scores(self) -> str:
        """Write the shares of the systems and of the best reading, the chosen one first."""
        asked = {WGS84, GCJ02, BD09, self.best} - {self.chosen}
        order = [self.chosen, *(name for name in self.hits if name in asked)]
        told = ", ".join(f"{name} {self.share(name):.1%}" for name in order)
        return f"{told} of {self.tested:,} places in {self.basis}"

    def crs_line(self) -> str:
        """Write the line of city.toml that follows from the evidence, with the evidence beside it.

        A system is proposed only where it wins clearly; else the line says `auto`.
        """
        certain = self.best in (GCJ02, BD09) and self.is_clear
        system = self.best if certain else "auto"
        if not self.is_enough:
            return f'crs = "{system}"  # too few places name their own area to test it'
        return f'crs = "{system}"  # {self.scores()}'


def weigh(
    lonlat: LonLat,
    own: NDArray[np.int64],
    polygons: Objects,
    group: NDArray[np.int64] | None = None,
    *,
    basis: str = "own area",
    chosen: str = WGS84,
    readings: tuple[str, ...] = READINGS,
) -> Evidence:
    """Count, for every reading of the coordinates, the places that lie in their own area.

    Where fewer than 30 places say where they belong, the test is whether they lie in any polygon,
    one place for each square kilometre.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees as the file writes them, in the order in which they are used; n may
        be 0.
    own
        Shape (n,), the group that each place says it belongs to; -1 where it says nothing.
    polygons
        Shape (m,), WGS 84 areas.
    group
        Shape (m,), the group of each polygon; its position by default.
    chosen
        The reading in use, one of `readings`.

    Returns
    -------
    The counts. Costs about 20 ms for each 1,000 places and reading.
    """
    owner = np.arange(len(polygons)) if group is None else group
    is_known = own >= 0
    use_own = len(_distinct(lonlat[is_known], own[is_known])) >= MIN_TESTED
    if use_own:
        at = np.flatnonzero(is_known)
        at = at[_distinct(lonlat[at], own[at])]
    else:
        own = np.full(len(lonlat), -1, dtype=np.int64)
        at = _distinct(lonlat, own, _AROUND_DECIMALS)
    lonlat, own = lonlat[at], own[at]
    tree = shapely.STRtree(polygons)
    places = {name: _READINGS[name](lonlat) for name in readings}
    # where web maps shift nothing, their readings are no readings of their own
    differ = {
        name: moved
        for name, moved in places.items()
        if name == chosen or not np.array_equal(moved, places[chosen])
    }
    inside = {name: _inside(tree, moved, own, owner) for name, moved in differ.items()}
    best = max(inside, key=lambda name: (int(inside[name].sum()), name == chosen))
    is_won = inside[best] & ~inside[chosen]
    won, lost = int(is_won.sum()), int((inside[chosen] & ~inside[best]).sum())
    offset_m, wind = _offset(places[chosen], places[best])
    return Evidence(
        basis=basis if use_own else "any grid",
        tested=len(at),
        chosen=chosen,
        best=best,
        hits={name: int(found.sum()) for name, found in inside.items()},
        chance=float(bdtrc(won - 1, won + lost, 0.5)) if won else 1.0,
        around=len(_distinct(lonlat[is_won], np.zeros(won), _AROUND_DECIMALS)),
        first=int(at[is_won][0]) if won else -1,
        offset_m=offset_m,
        wind=wind,
    )


def _distinct(
    lonlat: LonLat, own: NDArray[Any], decimals: int = _PLACE_DECIMALS
) -> NDArray[np.int64]:
    """Choose one of the rows at each place: a heap of rows on one point is one witness."""
    keys = np.column_stack([np.round(lonlat, decimals), own])
    _, first = np.unique(keys, axis=0, return_index=True)
    first.sort()
    return first[:: -(-len(first) // _SAMPLE)] if len(first) > _SAMPLE else first


def _inside(
    tree: shapely.STRtree, lonlat: LonLat, own: NDArray[np.int64], owner: NDArray[np.int64]
) -> NDArray[np.bool_]:
    place, polygon = tree.query(shapely.points(lonlat), predicate="intersects")
    is_own = (own[place] < 0) | (owner[polygon] == own[place])
    inside = np.zeros(len(lonlat), dtype=np.bool_)
    inside[place[is_own]] = True
    return inside


def _offset(stands: LonLat, belongs: LonLat) -> tuple[float, str]:
    if not len(stands):
        return 0.0, _WINDS[0]
    shrink = np.cos(np.radians(belongs[:, 1]))
    east = float(np.median((stands[:, 0] - belongs[:, 0]) * shrink)) * METRES_PER_DEGREE
    north = float(np.median(stands[:, 1] - belongs[:, 1])) * METRES_PER_DEGREE
    wind = _WINDS[round(np.degrees(np.arctan2(north, east)) / 45) % 8]
    return float(np.hypot(east, north)), wind
