"""Write small cities as source files, each part of which a test may leave out or replace."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from geo.crs import to_lonlat

CRS = "EPSG:32650"
ORIGIN_M = (500_000.0, 4_400_000.0)
SIDE_M = 400.0


def lonlat(xy: Sequence[Sequence[float]]) -> list[list[float]]:
    """Turn metres from the south-west corner into degrees."""
    places = to_lonlat(CRS, np.asarray(xy, dtype=float) + np.array(ORIGIN_M))
    return [[float(x), float(y)] for x, y in places]


@dataclass(frozen=True)
class SmallCity:
    """3 x 3 square grids of 400 m, a street along every middle line, two kinds of facility.

    Grids are named by row and column; rows 0..2 are streets (街道), columns 0..1 and 2 communities.
    """

    people: Sequence[str] = ("100", "200", "300", "400", "500", "600", "700", "800", "900")
    facilities: Sequence[tuple[str, str, str, float, float, str]] = (
        ("F1", "一号站", "MED_STATION", 200.0, 200.0, "open"),
        ("F2", "二号站", "MED_STATION", 1000.0, 1000.0, "closed"),
        ("S1", "小学", "EDU_PRIMARY", 600.0, 1000.0, "open"),
    )
    has_network: bool = True
    has_hierarchy: bool = True
    has_people: bool = True
    method: str = "centre"
    as_of: str = "2026-10"
    speeds: str = 'standard = "1000/15"'
    standards: Sequence[str] = ()
    extra: str = ""
    buildings: Sequence[tuple[float, float, str]] = ()
    grid_ids: Sequence[str] = field(
        default_factory=lambda: [f"G{row}{column}" for row in range(3) for column in range(3)]
    )

    def but(self, **changes: object) -> "SmallCity":
        """Give this city with something changed."""
        return replace(self, **changes)  # pyright: ignore[reportArgumentType] - checked by dataclass

    def write(self, folder: Path) -> Path:
        """Write the files and give the path of city.toml."""
        folder.mkdir(parents=True, exist_ok=True)
        self._write_grids(folder / "grids.geojson")
        header = ["编号", "名称", "类别", "经度", "纬度", "状态"]
        rows = [
            [id_, name, code, *lonlat([[x, y]])[0], status]
            for id_, name, code, x, y, status in self.facilities
        ]
        if rows:
            _write_csv(folder / "facilities.csv", header, rows)
        if self.has_network:
            _write_streets(folder / "streets.geojson")
        if self.buildings:
            _write_csv(
                folder / "buildings.csv",
                ["经度", "纬度", "人口"],
                [[*lonlat([[x, y]])[0], people] for x, y, people in self.buildings],
            )
        path = folder / "city.toml"
        path.write_text(self._toml(bool(rows)), encoding="utf-8")
        return path

    def _write_grids(self, path: Path) -> None:
        features = []
        for i, grid_id in enumerate(self.grid_ids):
            row, column = divmod(i, 3)
            x, y = column * SIDE_M, row * SIDE_M
            ring = [[x, y], [x + SIDE_M, y], [x + SIDE_M, y + SIDE_M], [x, y + SIDE_M], [x, y]]
            properties: dict[str, object] = {"网格编码": grid_id}
            if self.has_people:
                properties["常住人口"] = self.people[i] or None
            if self.has_hierarchy:
                properties |= {"街道": f"街{row}", "社区": f"社{row}{min(column, 1)}"}
            geometry = {"type": "Polygon", "coordinates": [lonlat(ring)]}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
        _write_geojson(path, features)

    def _toml(self, has_facilities: bool) -> str:
        parts = [
            f'[city]\nname = "小城"\nas_of = "{self.as_of}"\nmetric_crs = "{CRS}"',
            f"standards = {json.dumps(list(self.standards))}",
            f"[walk]\n{self.speeds}",
            '[grids]\npath = "grids.geojson"\nid = "网格编码"',
            'people = "常住人口"' if self.has_people else "",
            'street = "街道"\ncommunity = "社区"' if self.has_hierarchy else "",
        ]
        if self.buildings:
            parts.append('[demand]\nmethod = "buildings"\npath = "buildings.csv"')
            parts.append('lon = "经度"\nlat = "纬度"\npeople = "人口"')
        else:
            parts.append(f'[demand]\nmethod = "{self.method}"')
        if has_facilities:
            parts.append(
                '[[facilities]]\npath = "facilities.csv"\nid = "编号"\nname = "名称"\n'
                'lon = "经度"\nlat = "纬度"\ncategory_column = "类别"\nstatus = "状态"'
            )
        if self.has_network:
            parts.append('[network]\npath = "streets.geojson"')
        return "\n".join([*parts, self.extra]) + "\n"


def _write_streets(path: Path) -> None:
    middle = [200.0, 600.0, 1000.0]
    lines = [[[x, y] for x in (0.0, *middle, 1200.0)] for y in middle]
    lines += [[[x, y] for y in (0.0, *middle, 1200.0)] for x in middle]
    _write_geojson(
        path,
        [
            {
                "type": "Feature",
                "properties": {"name": f"路{i}"},
                "geometry": {"type": "LineString", "coordinates": lonlat(line)},
            }
            for i, line in enumerate(lines)
        ],
    )


def _write_geojson(path: Path, features: list[dict[str, object]]) -> None:
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _write_csv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
