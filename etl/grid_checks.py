"""Look at the grids together: overlaps, gaps, slivers, pieces, and grids away from their community.

Nothing is repaired: which of two outlines is right, only the file's owner knows.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import Fault
from etl.section import count
from etl.shapes import GridShapes
from etl.thresholds import APART_M, LARGEST_GAP_M2, OVERLAP_M2, SLIVER_WIDTH_M
from geo.crs import to_lonlat
from geo.store.connect import Connection
from geo.store.queries import fetch_columns

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class _Grids:
    """What the checks need of every grid, in order: code, row of the file, community (-1: none)."""

    source: str
    code: NDArray[np.object_]
    row: Ints
    community: Ints
    shapes: Shapes
    tree: shapely.STRtree
    crs: str


def grid_faults(con: Connection, shapes: GridShapes, source: str) -> list[Fault]:
    """List what is wrong with how the grids lie together, in the metres of the city.

    20,000 grids take five to ten seconds on one core.
    """
    rows = fetch_columns(
        con,
        "select grid.grid_id, stg_grid.row, coalesce(community_idx, -1) as community from grid "
        "inner join stg_place on stg_place.grid_idx = grid.grid_idx "
        "inner join stg_grid on stg_grid.pos = stg_place.pos order by grid.grid_idx",
    )
    metric = _valid(shapes.metric)
    grids = _Grids(
        source=source,
        code=np.asarray(rows["grid_id"], dtype=object),
        row=np.asarray(rows["row"], dtype=np.int64),
        community=np.asarray(rows["community"], dtype=np.int64),
        shapes=metric,
        tree=shapely.STRtree(metric),
        crs=shapes.crs,
    )
    pairs = _neighbours(grids)
    found = [*_overlaps(grids, pairs), *_gaps(grids), *_pieces(grids), *_apart(grids, pairs)]
    return sorted(found, key=lambda fault: (fault.code, fault.row or 0, fault.message))


def _valid(shapes: Shapes) -> Shapes:
    """Repair what became invalid on its way to metres; the release keeps its own."""
    bad = ~shapely.is_valid(shapes)
    if not bad.any():
        return shapes
    repaired = shapes.copy()
    repaired[bad] = shapely.make_valid(shapes[bad])
    return repaired


def _neighbours(grids: _Grids) -> Ints:
    """Give the pairs of grids no more than a metre apart, shape (n, 2), first < second."""
    one, other = grids.tree.query(grids.shapes, predicate="dwithin", distance=1.0)
    kept = one < other
    pairs = np.column_stack([one[kept], other[kept]])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _overlaps(grids: _Grids, pairs: Ints) -> list[Fault]:
    shared = shapely.intersection(grids.shapes[pairs[:, 0]], grids.shapes[pairs[:, 1]])
    area = shapely.area(shared)
    whole = shapely.area(grids.shapes)
    faults: list[Fault] = []
    over = np.flatnonzero(area > OVERLAP_M2)
    for at, place in zip(over.tolist(), _lonlat(grids, shared[over]), strict=True):
        one, other = pairs[at].tolist()
        smaller = min(whole[one], whole[other])
        faults.append(
            Fault(
                *("GRID_OVER", "warning", grids.source, int(grids.row[other])),
                str(grids.code[other]),
                f"It overlaps grid {grids.code[one]} by {area[at]:,.1f} m2, "
                f"{area[at] / smaller:.1%} of the smaller one.",
                "Nothing was changed: a place in both counts for the first. Align the outlines.",
                grid_ids=(str(grids.code[one]), str(grids.code[other])),
                lonlat=place,
            )
        )
    return faults


def _gaps(grids: _Grids) -> list[Fault]:
    """List the holes in the union of all grids, and the slits between grids of a community."""
    holes = _holes(_union(grids.shapes))
    slits = _slits(grids)
    if len(slits) and len(holes):
        seen = shapely.STRtree(holes).query(slits, predicate="intersects")[0]
        slits = np.delete(slits, np.unique(seen))
    found = np.concatenate([holes, slits])
    found = found[shapely.area(found) > OVERLAP_M2]
    places = _lonlat(grids, found)
    return [_gap(grids, hole, place) for hole, place in zip(found, places, strict=True)]


def _holes(union: shapely.Geometry) -> Shapes:
    """Give the holes of a shape, without the pieces of it that stand in them."""
    pieces = shapely.get_parts(union)
    rings = [ring for piece in pieces.tolist() for ring in piece.interiors]
    holes: Shapes = np.asarray(shapely.polygons(np.array(rings, dtype=object)), dtype=object)
    hole, piece = shapely.STRtree(pieces).query(holes, predicate="contains")
    for at in np.unique(hole).tolist():
        inside = shapely.union_all(pieces[piece[hole == at]])
        holes[at] = shapely.difference(holes[at], inside)
    return holes


def _slits(grids: _Grids) -> Shapes:
    """Give what widening a community by half a sliver and narrowing it again fills.

    A slit may open to the outside, so it is no hole. The whole city at once would take minutes
    where streets part all grids; community by community it is seconds.
    """
    order = np.argsort(grids.community, kind="stable")
    order = order[grids.community[order] >= 0]
    starts = np.flatnonzero(np.diff(grids.community[order])) + 1
    parts = [own for own in np.split(order, starts) if len(own) > 1]
    unions = np.array([_union(grids.shapes[own]) for own in parts], dtype=object)
    half = SLIVER_WIDTH_M / 2
    wider = shapely.buffer(unions, half, join_style="mitre")
    closed = shapely.buffer(wider, -half, join_style="mitre")
    slits = shapely.get_parts(shapely.difference(closed, unions))
    # a notch between two outlines is filled at its tip: that is short, a slit is long
    slits = slits[(shapely.length(slits) > 10 * SLIVER_WIDTH_M) & (shapely.area(slits) > 0)]
    taken = grids.tree.query(shapely.point_on_surface(slits), predicate="within")[0]
    return np.delete(slits, np.unique(taken))


def _union(shapes: Shapes) -> shapely.Geometry:
    """Join grids; the fast way holds where they meet without overlapping."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def _gap(grids: _Grids, hole: shapely.Geometry, place: tuple[float, float]) -> Fault:
    area = float(shapely.area(hole))
    width = _width_m(hole, area)
    around = np.sort(grids.tree.query(hole, predicate="dwithin", distance=0.1))
    first = int(around[0]) if len(around) else int(grids.tree.nearest(hole))
    codes = tuple(str(code) for code in grids.code[around])
    owner = grids.community == grids.community[first]
    share = area / shapely.area(grids.shapes[owner]).sum()
    is_sliver = width < SLIVER_WIDTH_M
    is_large = area > LARGEST_GAP_M2
    what = f"a sliver {width:,.2f} m wide" if is_sliver else "a gap"
    may = " It may be water, a park or a road." if is_large else ""
    of = "its community" if grids.community[first] >= 0 else "all grids"
    return Fault(
        *(
            "GRID_SLIVER" if is_sliver else "GRID_GAP",
            "note" if is_sliver or is_large else "warning",
        ),
        *(grids.source, int(grids.row[first]), str(grids.code[first])),
        f"Beside it and {count(max(len(around) - 1, 0), 'other grid')} lies {what} of "
        f"{area:,.1f} m2, {share:.2%} of {of}.{may}",
        "Nothing was filled: no grid owns it. Align the outlines.",
        grid_ids=codes,
        lonlat=place,
    )


def _width_m(hole: shapely.Geometry, area: float) -> float:
    """Give the width of a gap at its widest; infinite where it is too large to be a sliver.

    Area by length would be fooled by the hair cracks that run on from a gap along every edge.
    """
    if area > LARGEST_GAP_M2:
        return np.inf
    near = np.array([SLIVER_WIDTH_M / 50])
    radius = shapely.maximum_inscribed_circle(np.array([hole], dtype=object), near)
    return 2 * float(shapely.length(radius).sum())


def _pieces(grids: _Grids) -> list[Fault]:
    parts = shapely.get_num_geometries(grids.shapes)
    faults: list[Fault] = []
    for at in np.flatnonzero(parts > 1).tolist():
        areas = shapely.area(shapely.get_parts(grids.shapes[at]))
        faults.append(
            Fault(
                *("GRID_MULTI", "note", grids.source, int(grids.row[at]), str(grids.code[at])),
                f"It has {parts[at]} parts; the largest is {areas.max() / areas.sum():.2%} of it.",
                "All parts belong to it. Check that nothing was joined by mistake.",
            )
        )
    return faults


def _apart(grids: _Grids, pairs: Ints) -> list[Fault]:
    """List the grids that lie beside another community's and far from the rest of their own."""
    same = grids.community[pairs[:, 0]] == grids.community[pairs[:, 1]]
    n = len(grids.code)
    own = np.bincount(pairs[same].ravel(), minlength=n)
    others = np.bincount(pairs[~same].ravel(), minlength=n)
    members = np.bincount(grids.community[grids.community >= 0], minlength=1)
    faults: list[Fault] = []
    for at in np.flatnonzero((own == 0) & (others > 0) & (grids.community >= 0)).tolist():
        rest = np.flatnonzero(grids.community == grids.community[at])
        if members[grids.community[at]] < 2:
            continue
        away = shapely.distance(grids.shapes[at], grids.shapes[rest[rest != at]]).min()
        if away > APART_M:
            faults.append(
                Fault(
                    *("GRID_OUTSIDE", "warning", grids.source, int(grids.row[at])),
                    str(grids.code[at]),
                    f"It lies {away:,.0f} m from the other grids of its community, "
                    "beside those of another.",
                    "It counts for the community it names. Check the name or the outline.",
                )
            )
    return faults


def _lonlat(grids: _Grids, shapes: Shapes) -> list[tuple[float, float]]:
    """Give a place inside each shape; all at once, since a projection is slow to set up."""
    if not len(shapes):
        return []
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return [(lon, lat) for lon, lat in to_lonlat(grids.crs, inside).tolist()]
