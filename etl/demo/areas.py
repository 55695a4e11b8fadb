"""Group grids into communities, sub-districts and districts along rivers, rails and main roads."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from etl.demo import names
from etl.demo.blocks import Blocks
from etl.demo.linework import SNAP_M
from etl.demo.terrain import Terrain

GRIDS_A_DISTRICT: Final = 420
GRIDS_A_STREET: Final = 105
GRIDS_A_COMMUNITY: Final = 13.3
_CUT_COST: Final = {"primary": 0.25, "secondary": 0.4, "tertiary": 0.7, "bank": 0.3, "park": 0.5}
"""How dear it is to draw a boundary along a metre of street, against a metre inside an estate."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Areas:
    """Where each grid belongs. Positions of grids are those of `Blocks.shapes`.

    Attributes
    ----------
    community, street, district
        Shape (n,): position of the unit of each grid; a community lies in one street, a street in
        one district.
    code, name
        Codes (15 digits) and names of grids.
    """

    community: Ints
    street: Ints
    district: Ints
    community_name: list[str]
    street_name: list[str]
    district_name: list[str]
    community_code: list[str]
    street_code: list[str]
    district_code: list[str]
    code: list[str]
    name: list[str]


class _Touch:
    """Which units touch which, with the cost of drawing a boundary between them."""

    def __init__(self, pairs: Ints, cost: NDArray[np.float64], count: int) -> None:
        both = np.vstack([pairs, pairs[:, ::-1]])
        matrix = coo_matrix((np.tile(cost, 2), (both[:, 0], both[:, 1])), shape=(count, count))
        self.matrix = matrix.tocsr()

    def merged(self, unit: Ints) -> "_Touch":
        """Give the same between groups: `unit` names the group of each."""
        rough = self.matrix.tocoo()
        pairs = np.column_stack([unit[rough.row], unit[rough.col]])
        apart = pairs[:, 0] < pairs[:, 1]
        cost = np.asarray(rough.data[apart], dtype=np.float64)
        return _Touch(pairs[apart], cost, int(unit.max()) + 1)


def _segments(shapes: NDArray[np.object_]) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """List the sides of shapes: shape number, a key that both neighbours share, and length."""
    xy_m, owner = shapely.get_coordinates(shapes, return_index=True)
    same = owner[:-1] == owner[1:]
    start, end = xy_m[:-1][same], xy_m[1:][same]
    cells = np.round(np.hstack([start, end]) / SNAP_M).astype(np.int64)
    swap = (cells[:, 0] > cells[:, 2]) | (
        (cells[:, 0] == cells[:, 2]) & (cells[:, 1] > cells[:, 3])
    )
    cells[swap] = cells[swap][:, [2, 3, 0, 1]]
    return owner[:-1][same].astype(np.int64), cells, np.hypot(*(end - start).T)


def _touching(blocks: Blocks) -> _Touch:
    """Find which grids share a side, and what a boundary along it costs."""
    owner, cells, length = _segments(blocks.shapes)
    lines = np.array([line.xy_m for line in blocks.lines], dtype=object)
    line_of, line_cells, _ = _segments(lines)
    rank = {
        tuple(key): blocks.lines[line].rank
        for key, line in zip(line_cells.tolist(), line_of.tolist(), strict=True)
    }
    seen: dict[tuple[int, ...], int] = {}
    pairs: list[tuple[int, int]] = []
    cost: list[float] = []
    for grid, key, metres in zip(owner.tolist(), cells.tolist(), length.tolist(), strict=True):
        side = tuple(key)
        other = seen.setdefault(side, grid)
        if other != grid:
            pairs.append((min(grid, other), max(grid, other)))
            cost.append(metres * _CUT_COST.get(rank.get(side, ""), 1.0))
    return _Touch(np.array(pairs), np.array(cost), len(blocks.shapes))


def _halve(
    units: Ints, xy_m: NDArray[np.float64], weight: NDArray[np.float64], touch: _Touch, share: float
) -> NDArray[np.bool_]:
    """Choose the straight cut that leaves about `share` on one side at the least cost."""
    best, best_cost = np.zeros(len(units), dtype=bool), np.inf
    inner = touch.matrix[units][:, units]
    for angle in np.arange(16) / 16 * np.pi:
        along = xy_m[units] @ np.array([np.cos(angle), np.sin(angle)])
        order = np.argsort(along, kind="stable")
        filled = np.cumsum(weight[units][order]) / weight[units].sum()
        for slack in (-0.05, 0.0, 0.05):
            size = int(np.clip(np.searchsorted(filled, share + slack) + 1, 1, len(units) - 1))
            side = np.zeros(len(units), dtype=bool)
            side[order[:size]] = True
            off = abs(filled[size - 1] - share)
            cost = float(inner[side][:, ~side].sum()) * (1 + 6 * off) * _scattered(inner, side)
            if cost < best_cost:
                best, best_cost = side, cost
    return best


def _scattered(inner: coo_matrix, side: NDArray[np.bool_]) -> float:
    """Give a factor that grows with the number of separate pieces on both sides."""
    pieces = sum(connected_components(inner[part][:, part])[0] for part in (side, ~side))  # pyright: ignore[reportIndexIssue]
    return 1.0 + 0.6 * (pieces - 2)


def _parted(
    units: Ints, xy_m: NDArray[np.float64], weight: NDArray[np.float64], touch: _Touch, parts: int
) -> list[Ints]:
    """Part units into so many groups of about equal weight, by halving again and again."""
    if parts <= 1 or len(units) <= 1:
        return [units]
    low = parts // 2
    side = _halve(units, xy_m, weight, touch, low / parts)
    return [
        *_parted(units[side], xy_m, weight, touch, low),
        *_parted(units[~side], xy_m, weight, touch, parts - low),
    ]


def _gathered(label: Ints, touch: _Touch, within: Ints) -> Ints:
    """Move pieces cut off from their group to the neighbour they share the longest side with."""
    label = label.copy()
    for _ in range(4):
        rough = touch.matrix.tocoo()
        inner = label[rough.row] == label[rough.col]
        kept = coo_matrix(
            (rough.data[inner], (rough.row[inner], rough.col[inner])), shape=rough.shape
        )
        piece = connected_components(kept)[1]
        size = np.bincount(piece)
        main: dict[int, int] = {}
        for p in np.argsort(size, kind="stable"):
            main[int(label[np.flatnonzero(piece == p)[0]])] = int(p)
        moved = False
        for p in np.unique(piece):
            members = np.flatnonzero(piece == p)
            if main[int(label[members[0]])] == p:
                continue
            moved |= _move(label, members, touch, within)
        if not moved:
            break
    return label


def _move(label: Ints, members: Ints, touch: _Touch, within: Ints) -> bool:
    row = np.asarray(touch.matrix[members].sum(axis=0)).ravel()
    row[members] = 0
    row[within != within[members[0]]] = 0
    if row.max() <= 0:
        return False
    shared = np.bincount(label, weights=row)
    shared[label[members[0]]] = 0
    label[members] = int(np.argmax(shared))
    return True


def _dense(label: Ints) -> Ints:
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _regions(blocks: Blocks, terrain: Terrain, xy_m: NDArray[np.float64]) -> Ints:
    """Tell for each grid whether it lies south of the river, between, or north of the railway."""
    y = xy_m[:, 1]
    north = (y > terrain.rail_y(xy_m[:, 0])).astype(np.int64)
    south = (y < terrain.river_y(xy_m[:, 0])).astype(np.int64)
    region = 1 + north - south
    for parent in np.unique(blocks.parent[blocks.parent >= 0]):
        members = blocks.parent == parent
        region[members] = np.bincount(region[members]).argmax()
    return region


def _split_level(
    upper: Ints, unit: Ints, xy_m: NDArray[np.float64], touch: _Touch, per_part: float
) -> Ints:
    """Part every upper area into groups of about `per_part` grids, never cutting a unit."""
    label = np.zeros(len(upper), dtype=np.int64)
    following = 0
    for area in np.unique(upper):
        members = np.flatnonzero(upper == area)
        parts = max(1, round(len(members) / per_part))
        block = _dense(unit[members])
        if block.max() + 1 < 3 * parts:
            block = np.arange(len(members))
        weight = np.bincount(block).astype(float)
        centre = np.column_stack(
            [np.bincount(block, weights=xy_m[members, axis]) / weight for axis in (0, 1)]
        )
        inside = _Touch.__new__(_Touch)
        inside.matrix = touch.matrix[members][:, members]
        groups = _parted(np.arange(len(weight)), centre, weight, inside.merged(block), parts)
        for group in groups:
            label[members[np.isin(block, group)]] = following
            following += 1
    return _dense(_gathered(label, touch, upper))


def _units(blocks: Blocks, column: Ints) -> Ints:
    """Count units from 0, giving the island and the hamlet one each."""
    unit = column.copy()
    lonely = np.flatnonzero(unit < 0)
    unit[lonely] = unit.max() + 1 + np.arange(len(lonely))
    return _dense(unit)


def group_grids(rng: np.random.Generator, terrain: Terrain, blocks: Blocks) -> Areas:
    """Group the grids into a hierarchy and name everything."""
    xy_m = shapely.get_coordinates(shapely.centroid(blocks.shapes))
    grids = len(xy_m)
    touch = _touching(blocks)
    parent, estate = _units(blocks, blocks.parent), _units(blocks, blocks.estate)
    region = _regions(blocks, terrain, xy_m)
    districts = max(3, round(grids / GRIDS_A_DISTRICT))
    district = _split_level(region, parent, xy_m, touch, grids / districts)
    per_street = min(GRIDS_A_STREET, grids / districts / 2.6)
    street = _split_level(district, parent, xy_m, touch, per_street)
    community = _split_level(street, estate, xy_m, touch, GRIDS_A_COMMUNITY)
    for lonely in (grids - 2, grids - 1):
        _adopt(lonely, xy_m, district, street, community)
    district, street, community = _dense(district), _dense(street), _dense(community)
    return _named(rng, terrain, xy_m, region, (district, street, community))


def _adopt(
    lonely: int, xy_m: NDArray[np.float64], district: Ints, street: Ints, community: Ints
) -> None:
    """Give a grid that touches no other to the community of the nearest one."""
    away = np.hypot(*(xy_m[:-2] - xy_m[lonely]).T)
    near = int(np.argmin(away))
    for column in (district, street, community):
        column[lonely] = column[near]


def _centres(label: Ints, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    count = np.bincount(label)
    return np.column_stack([np.bincount(label, weights=xy_m[:, k]) / count for k in (0, 1)])


def _owner(lower: Ints, upper: Ints) -> Ints:
    owner = np.zeros(int(lower.max()) + 1, dtype=np.int64)
    owner[lower] = upper
    return owner


def _numbered(owner: Ints, centre: NDArray[np.float64], prefix: list[str], width: int) -> list[str]:
    """Give codes: the upper area's code and a number, west to east within rows from the north."""
    row = np.round(-centre[:, 1] / 700)
    code = [""] * len(owner)
    used: dict[int, int] = {}
    for k in np.lexsort((centre[:, 0], row)):
        used[int(owner[k])] = used.get(int(owner[k]), 0) + 1
        code[k] = f"{prefix[owner[k]]}{used[int(owner[k])]:0{width}d}"
    return code


def _district_names(district: Ints, region: Ints, centre: NDArray[np.float64]) -> list[str]:
    side = np.array([np.bincount(region[district == k]).argmax() for k in range(len(centre))])
    name = [""] * len(side)
    for which, pool in enumerate(
        (names.SOUTH_DISTRICTS, names.MIDDLE_DISTRICTS, names.NORTH_DISTRICTS)
    ):
        found = [k for k in np.argsort(centre[:, 0], kind="stable") if side[k] == which]
        chosen = pool[1:2] if which == 1 and len(found) == 1 else pool
        for turn, k in enumerate(found):
            extra = f"{turn // len(chosen) + 1}" if turn >= len(chosen) else ""
            name[k] = chosen[turn % len(chosen)] + extra
    return name


def _street_names(rng: np.random.Generator, centre: NDArray[np.float64], scale: float) -> list[str]:
    """Name streets after the landmark nearest to them, where that is near, else from a list."""
    name = [""] * len(centre)
    for landmark, x, y in names.LANDMARKS:
        away = np.hypot(*(centre - np.array([x, y]) * 1_000 * scale).T)
        k = int(np.argmin(away))
        if not name[k]:
            name[k] = f"{landmark}街道"
    spare = iter(names.street_names(rng, len(centre)))
    return [given or f"{next(spare)}街道" for given in name]


def _named(
    rng: np.random.Generator,
    terrain: Terrain,
    xy_m: NDArray[np.float64],
    region: Ints,
    levels: tuple[Ints, Ints, Ints],
) -> Areas:
    district, street, community = levels
    centre = [_centres(level, xy_m) for level in levels]
    rank = np.argsort(np.lexsort((centre[0][:, 0], -np.round(centre[0][:, 1] / 3_000))))
    district_code = [f"9901{k + 1:02d}" for k in rank.tolist()]
    street_code = _numbered(_owner(street, district), centre[1], district_code, 3)
    community_code = _numbered(_owner(community, street), centre[2], street_code, 3)
    code = _numbered(community, xy_m, community_code, 3)
    plain = names.community_names(rng, len(community_code))
    community_name = [f"{name}社区" for name in plain]
    return Areas(
        community=community,
        street=street,
        district=district,
        community_name=community_name,
        street_name=_street_names(rng, centre[1], terrain.scale),
        district_name=_district_names(district, region, centre[0]),
        community_code=community_code,
        street_code=street_code,
        district_code=district_code,
        code=code,
        name=[
            f"{community_name[c]} 网格 {one[-2:]}" for c, one in zip(community, code, strict=True)
        ],
    )
