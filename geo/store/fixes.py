"""Answer what the smallest change is that brings a grid into reach, and whom it would help.

The streets, people and doors around the grid are measured twice, as they are and as they would be,
by the functions of the build. Compiled code is loaded with the first question, not with the server.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.store.asking import Question
from geo.store.opened import ALL, OpenRelease, columns, records
from geo.walk import BASES

if TYPE_CHECKING:
    from geo.fix import Window
    from geo.snapping import Snap

_METRES_A_DEGREE: Final = 111_000.0
"""A little less than there are, so that a box of degrees is never too small."""
_SPARE_M: Final = 50.0

Row = dict[str, Any]


@dataclass(frozen=True)
class _Around:
    """A window of the release, and what its rows are called."""

    window: "Window"
    node_lonlat: NDArray[np.float64]
    point_lonlat: NDArray[np.float64]
    demand_idx: NDArray[np.int64]


def fixes(
    release: OpenRelease, question: Question, minute: int, place: tuple[int, float, float]
) -> Row:
    """Give what would bring one place into reach within a minute, the cheapest kind first.

    Parameters
    ----------
    place
        `demand_idx`, lon, lat of a demand point that is beyond the limit.

    Returns
    -------
    `fixes`: rows with `kind` (`link`, a gate, crossing or footbridge; `new_site`), `gain` in the
    unit of the basis (area counts people), for a link `from`, `to` (lon, lat), `length_m` and
    `over`, what it crosses; for a site `at`. `reason`: None, or why not everything was worked out:
    `all` (several services are asked for), `own` (neighbours do not count), `line` (a straight line
    has no gates; a new site is given all the same), `off` (the place is on no street).
    """
    key = ("fixes", question.key, minute, place[0])
    return release.remember(key, lambda: _fixes(release, question, minute, place))


def _fixes(
    release: OpenRelease, question: Question, minute: int, place: tuple[int, float, float]
) -> Row:
    if question.category is None or question.category.code == ALL:
        return {"fixes": [], "reason": "all"}
    if question.is_own:
        return {"fixes": [], "reason": "own"}
    limit_dm = question.speed.limit_dm(minute)
    around = _around(release, question, place[1:], limit_dm)
    point = int(np.searchsorted(around.demand_idx, place[0]))
    if question.mode == "line":
        return {"fixes": [_site_by_line(around, point, limit_dm)], "reason": "line"}
    if around.window.at.edge[point] < 0:
        return {"fixes": [], "reason": "off"}
    link = _link(release, around, point, limit_dm)
    site = _site(around, point, limit_dm)
    return {"fixes": [site] if link is None else [link, site], "reason": None}


def _link(release: OpenRelease, around: _Around, point: int, limit_dm: int) -> Row | None:
    from geo.fix import gain_of_link, shortest_link

    link = shortest_link(around.window, point, limit_dm)
    if link is None:
        return None
    ends = around.node_lonlat[[link.a, link.b]].tolist()
    return {
        "kind": "link",
        "from": ends[0],
        "to": ends[1],
        "length_m": link.length_cm / 100,
        "over": crossed(release, ends[0], ends[1]),
        "gain": gain_of_link(around.window, link, limit_dm).amount,
    }


def _site(around: _Around, point: int, limit_dm: int) -> Row:
    from geo.fix import gain_of_site

    gain = gain_of_site(around.window, point, limit_dm).amount
    return {"kind": "new_site", "at": around.point_lonlat[point].tolist(), "gain": gain}


def _site_by_line(around: _Around, point: int, limit_dm: int) -> Row:
    from geo.reach import line_reach

    window = around.window
    here = window.points_xy[point : point + 1]
    was_dm, _ = line_reach(window.points_xy, window.doors_xy, window.facility)
    new_dm, _ = line_reach(window.points_xy, here, np.zeros(1, dtype=np.int32))
    gained = (new_dm <= limit_dm) & (was_dm > limit_dm)
    gain = int(window.amount[gained].sum())
    return {"kind": "new_site", "at": around.point_lonlat[point].tolist(), "gain": gain}


def crossed(release: OpenRelease, start: list[float], end: list[float]) -> list[Row]:
    """Give the rivers, railways and walls of the base map between two places, nearest first.

    Parameters
    ----------
    start, end
        lon, lat.
    """
    with release.cursor() as cursor:
        rows = records(
            cursor, "fix_crossed", lon=start[0], lat=start[1], to_lon=end[0], to_lat=end[1]
        )
    return [{"layer": row["layer"], "name": row["name"]} for row in rows]


def _around(
    release: OpenRelease, question: Question, lonlat: tuple[float, float], limit_dm: int
) -> _Around:
    """Read everything within twice the limit of a place, and a little more."""
    from geo.crs import to_metric
    from geo.fix import LONGEST_LINK_M, Window

    with release.cursor() as cursor:
        ((crs, snap_limit_m),) = cursor.execute(
            "select metric_crs, snap_limit_m from release"
        ).fetchall()
    box = _box(lonlat, 2 * (limit_dm / 10 + snap_limit_m) + LONGEST_LINK_M + _SPARE_M)
    category = question.category.idx if question.category is not None else -1
    opening = question.opened.opening if question.opened is not None else None
    basis = question.basis if question.basis != "area" else BASES[0]
    with release.cursor() as cursor:
        streets = columns(cursor, "view_streets", edges=[], **box)
        points = columns(cursor, "fix_points", basis, **box)
        doors = columns(cursor, "fix_doors", category=category, opening=opening, **box)
    node, first, number = np.unique(
        np.concatenate([streets["u"], streets["v"]]), return_index=True, return_inverse=True
    )
    node_lonlat = np.column_stack(
        [
            np.concatenate([streets[f"u_{axis}"], streets[f"v_{axis}"]])[first]
            for axis in ("lon", "lat")
        ]
    ).reshape(len(node), 2)
    u, v = np.split(number.astype(np.int32), 2)
    point_lonlat, door_lonlat = (
        np.column_stack([rows["lon"], rows["lat"]]).astype(np.float64) for rows in (points, doors)
    )
    edges = streets["edge_idx"].astype(np.int64)
    window = Window(
        *(to_metric(crs, node_lonlat), u, v, streets["length_cm"].astype(np.int64)),
        *(to_metric(crs, point_lonlat), _snap(points, edges), points["amount"].astype(np.int64)),
        *(to_metric(crs, door_lonlat), _snap(doors, edges), doors["facility_idx"]),
        snap_limit_m,
    )
    return _Around(window, node_lonlat, point_lonlat, points["demand_idx"].astype(np.int64))


def _box(lonlat: tuple[float, float], metres: float) -> dict[str, Any]:
    north = metres / _METRES_A_DEGREE
    east = north / math.cos(math.radians(lonlat[1]))
    return {
        "west": lonlat[0] - east,
        "east": lonlat[0] + east,
        "south": lonlat[1] - north,
        "north": lonlat[1] + north,
    }


def _snap(rows: dict[str, NDArray[Any]], edges: NDArray[np.int64]) -> "Snap":
    """Turn the edges of the release into positions in the window; those outside it are off."""
    from geo.snapping import Snap

    wanted = rows["edge_idx"].astype(np.int64)
    at = np.minimum(np.searchsorted(edges, wanted), max(len(edges) - 1, 0))
    is_here = (edges[at] == wanted) & (wanted >= 0) if len(edges) else wanted < -1
    return Snap(
        np.where(is_here, at, -1).astype(np.int32),
        *(
            np.where(is_here, rows[name], 0).astype(np.int32)
            for name in ("from_u_cm", "from_v_cm", "leg_cm")
        ),
    )
