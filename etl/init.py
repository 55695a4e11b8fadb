"""Propose a city.toml from the files it is shown, with the evidence for each guess beside it.

The proposal is text; nothing is written here. Guesses are by what a file holds (areas, lines,
points, a street extract), then by its headers, then by its name.
"""

import datetime
import os
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import shapely

from etl.init_ledgers import ledger_of
from etl.layers import Layer
from etl.readers.basis import is_vague
from etl.readers.categories import NONE, guess, ruled
from etl.readers.crosscheck import evidence_of
from etl.readers.files import opened
from etl.readers.layer import read_layer, read_raw
from etl.readers.places import is_h3_cell
from etl.readers.positions import with_place
from etl.readers.raw import RawTable
from etl.section import count
from etl.settings import BUILDING_COLUMNS, FACILITY_COLUMNS, GRID_COLUMNS, Source
from etl.synonyms import match
from geo.errors import LivingCircleError

_POINT_TYPES: Final = (0, 4)
_LINE_TYPES: Final = (1, 2, 5)
_BASEMAP_WORDS: Final = {
    "railways": ("铁路", "轨道", "rail"),
    "water": ("水系", "水体", "河", "湖", "water", "river"),
    "green": ("绿地", "公园", "green", "park"),
    "roads": ("道路", "road"),
    "buildings": ("建筑", "building"),
}
_BARRIER_WORDS: Final = ("围墙", "围栏", "护栏", "barrier", "wall", "fence")
_WKT: Final = re.compile(r"^\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*\(", re.IGNORECASE)
_LISTED: Final = 20
_CRS_AUTO: Final = 'crs = "auto"  # '
_PLACE: Final = ("lon", "lat")
_UNIT_WORDS: Final = {
    "estate": ("小区", "楼盘", "estate"),
    "committee": ("居委会", "committee"),
}
"""Words in the name of a file of areas, or in the header of their names or codes."""
_REPEATED: Final = ("facilities", "units", "communities", "ledgers")
"""Sections that may stand several times."""


@dataclass(frozen=True)
class _Shown:
    """A file that was looked at; `role` is a section of city.toml, `why` the evidence."""

    path: str
    role: str
    why: str
    lines: tuple[str, ...] = ()


def propose_city_toml(files: Sequence[Path], *, base: Path | None = None) -> str:
    """Propose the text of a city.toml.

    Parameters
    ----------
    files
        What to look at; a file that cannot be read is listed with the reason.
    base
        The folder that city.toml will stand in, so that its paths are relative to it; the current
        one by default.

    Returns
    -------
    Valid TOML. Without a file of areas its [grids] is missing, and a comment says so.
    """
    folder = (base or Path.cwd()).resolve()
    shown: list[_Shown] = []
    for path in files:
        taken = {each.role for each in shown}
        shown.append(_look(Path(path), _relative(Path(path), folder), taken))
    shown = _tested(shown, folder)
    blocks = [_head(), *(_block(shown, role) for role in ("grids", "demand", "facilities"))]
    blocks += [_block(shown, role) for role in ("network", "units", "communities", "ledgers")]
    blocks += [_basemap(shown), _rest(shown)]
    return "\n".join(block for block in blocks if block)


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder)).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def _head() -> str:
    month = datetime.date.today().strftime("%Y-%m")
    return (
        "# Proposed from the files; every line can be changed. What follows # says why.\n"
        '[city]\nname = "请填写城市名称"\n'
        f'as_of = "{month}"  # the month that the data describe\n\n'
        '[walk]\nstandard = "1000/15"  # GB 50180: 1,000 m in 15 minutes\n'
    )


def _look(path: Path, relative: str, taken: set[str]) -> _Shown:
    source = Source("init", relative, path)
    try:
        with opened(source) as file:
            if file.kind in ("osm_pbf", "osm_xml"):
                return _Shown(relative, "network", "an OpenStreetMap file")
            raw = read_raw(source, file, "any")
    except LivingCircleError as failure:
        return _Shown(relative, "", str(failure))
    if not len(raw.row):
        return _Shown(relative, "", "it has no rows")
    has_encoding = file.kind in ("csv", "shapefile")
    form = f"{file.kind} in {raw.encoding}" if has_encoding else file.kind
    return _guess(relative, raw, taken, form)


def _guess(relative: str, raw: RawTable, taken: set[str], form: str) -> _Shown:
    place = _place_lines(raw)
    shape = _shape(raw, place)
    name = Path(relative).name.lower()
    layer = next((key for key, words in _BASEMAP_WORDS.items() if _has(name, words)), None)
    evidence = f"{form}; {count(len(raw.row), 'row')}, {shape}"
    if shape == "lines" and _has(name, _BARRIER_WORDS):
        lead = f"{evidence}; walls are no way to walk"
        return _Shown(relative, "", f"{lead}: write barriers = {_quoted(relative)} under [network]")
    if shape == "lines" and ("network" in taken or layer in ("railways", "water")):
        return _Shown(relative, f"basemap.{layer or 'roads'}", evidence)
    if shape == "lines":
        return _Shown(relative, "network", f"{evidence}; treated as walkable")
    areas = _areas(relative, raw, taken, place, evidence, layer) if shape == "areas" else None
    if areas is not None:
        return areas
    if shape == "no place":
        role, why, lines = ledger_of(Path(relative).stem, raw.headers)
        return _Shown(relative, role, f"{evidence}; {why}" if role else why, lines)
    has_people = "people" in match("buildings", raw.headers, set())
    is_building = _has(name, ("楼栋", "建筑", "building")) or has_people
    role = "demand" if is_building and "demand" not in taken else "facilities"
    return _columns(relative, role, raw, place, evidence)


def _areas(
    relative: str,
    raw: RawTable,
    taken: set[str],
    place: dict[str, str],
    evidence: str,
    layer: str | None,
) -> _Shown | None:
    """Tell what a file of areas is; None where there are grids already and nothing else fits."""
    name = Path(relative).name.lower()
    is_grid = "网格" in name + "".join(raw.headers) or "grid" in name
    kind = None if is_grid else _unit_kind(name, raw.headers)
    if kind is not None:
        units = _columns(relative, "units", raw, place, evidence)
        return replace(units, lines=(f"kind = {_quoted(kind)}", *units.lines))
    if layer and not is_grid:
        return _Shown(relative, f"basemap.{layer}", evidence)
    return None if "grids" in taken else _columns(relative, "grids", raw, place, evidence)


def _has(name: str, words: Sequence[str]) -> bool:
    return any(word in name for word in words)


def _unit_kind(name: str, headers: Sequence[str]) -> str | None:
    """Tell the kind of areas that are neither grids nor buildings; None where nothing says it."""
    if _has(name + "".join(headers), ("楼栋", "建筑", "building")):
        return None
    found = match("units", list(headers), set())
    said = " ".join([name, *(found[key] for key in ("id", "name") if key in found)])
    return next((kind for kind, words in _UNIT_WORDS.items() if _has(said.lower(), words)), None)


def _place_lines(raw: RawTable) -> dict[str, str]:
    """Find the column of a table that holds H3 cells or WKT."""
    if raw.geometry is not None:
        return {}
    for header, cells in raw.columns.items():
        first = next((cell for cell in cells if cell), "")
        if _WKT.match(first):
            return {"wkt": header}
        if is_h3_cell(first):
            return {"h3": header}
    return {}


def _shape(raw: RawTable, place: dict[str, str]) -> str:
    if raw.geometry is not None:
        kinds = shapely.get_type_id(raw.geometry[~shapely.is_missing(raw.geometry)])
        return _most_common_shape(kinds.tolist())
    if "h3" in place:
        return "areas"
    if "wkt" in place:
        cells = [cell for cell in raw.columns[place["wkt"]] if cell]
        return _most_common_shape(shapely.get_type_id(shapely.from_wkt(cells)).tolist())
    found = _found("facilities", raw)
    return "points" if set(_PLACE) <= found.keys() else "no place"


def _most_common_shape(kinds: list[int]) -> str:
    kind = Counter(kinds).most_common(1)[0][0] if kinds else -1
    return "points" if kind in _POINT_TYPES else "lines" if kind in _LINE_TYPES else "areas"


def _columns(
    relative: str, role: str, raw: RawTable, place: dict[str, str], evidence: str
) -> _Shown:
    found = _found({"demand": "buildings"}.get(role, role), raw)
    if place or raw.geometry is not None:
        found = {name: header for name, header in found.items() if name not in _PLACE}
    if role == "grids" and "id" not in found and "h3" in place:
        found = {"id": place["h3"], **found}
    lines = [f"{name} = {_quoted(header)}" for name, header in place.items()]
    category = found.pop("category", None) if role == "facilities" else None
    lines += [_column_line(name, header) for name, header in found.items()]
    if role == "grids" and "id" not in found:
        lines.append('# id = "..."  # no header reads as the id of a grid; say which')
    lines.append(_crs_line(raw))
    if role == "facilities":
        lines += _category_lines(raw, category)
    used = {*found.values(), *place.values(), category}
    others = [header for header in raw.headers if header not in used]
    if others:
        what = "kept as they are" if role == "units" else "not used"
        lines.append(f"# {what}: {', '.join(others)}")
    return _Shown(relative, role, evidence, tuple(lines))


def _found(role: str, raw: RawTable) -> dict[str, str]:
    """Find the columns of a role; one that holds both coordinates serves as `lon` and as `lat`."""
    found = with_place(role, raw, match(role, raw.headers, set()))
    joint = found.pop("lonlat", None) or found.pop("latlon", None)
    found.pop("wkt", None)
    return found | ({"lon": joint, "lat": joint} if joint else {})


def _column_line(name: str, header: str) -> str:
    if name == "people" and is_vague(header):
        return f"# people = {_quoted(header)}  # if these are residents (常住), not 户籍"
    return f"{name} = {_quoted(header)}"


def _crs_line(raw: RawTable) -> str:
    if raw.crs and not raw.is_default_crs:
        return f"{_CRS_AUTO}the file says {_short(raw.crs)}"
    said = "GeoJSON means WGS84" if raw.crs else "the file does not say"
    return f'{_CRS_AUTO}{said}; points from a Chinese web map are "GCJ-02" or "BD-09"'


def _tested(shown: list[_Shown], folder: Path) -> list[_Shown]:
    """Test files of places against the grids, and say beside `crs` what came out."""
    found = next((each for each in shown if each.role == "grids"), None)
    grids = None if found is None else _layer(found, folder)
    return shown if grids is None else [_with_evidence(each, grids, folder) for each in shown]


def _with_evidence(each: _Shown, grids: Layer, folder: Path) -> _Shown:
    layer = _layer(each, folder) if each.role in ("facilities", "demand") else None
    if layer is None or not len(layer.row) or not len(grids.row):
        return each
    evidence = evidence_of(layer, grids)
    if not evidence.is_enough:
        return each
    lines = (
        line.replace(_CRS_AUTO, f"{evidence.crs_line()}; ", 1) if _CRS_AUTO in line else line
        for line in each.lines
    )
    return replace(each, lines=tuple(lines))


def _layer(each: _Shown, folder: Path) -> Layer | None:
    """Read a file as the proposal says; None where it cannot be read so."""
    values = tomllib.loads("\n".join(each.lines))
    known = GRID_COLUMNS if each.role == "grids" else (*FACILITY_COLUMNS, *BUILDING_COLUMNS)
    columns = {name: value for name, value in values.items() if name in known}
    source = Source(
        "init",
        each.path,
        folder / each.path,
        columns,
        h3=values.get("h3"),
        wkt=values.get("wkt"),
    )
    try:
        return read_layer(source, each.role)
    except LivingCircleError:
        return None


def _short(crs: str) -> str:
    found = re.match(r'^\w+\["([^"]+)"', crs)
    return found[1] if found else crs


def _category_lines(raw: RawTable, header: str | None) -> list[str]:
    if header is None:
        return ['# category = "..."  # no column of categories; say what these are']
    words = Counter(cell for cell in raw.columns[header] if cell)
    ranked = sorted(words, key=lambda word: (-words[word], word))
    unknown = [word for word in ranked if not ruled(word).is_known]
    lines = [f"category_column = {_quoted(header)}  # {count(len(ranked), 'word')}"]
    if unknown:
        listed = ", ".join(f"{word} {words[word]:,}" for word in unknown[:_LISTED])
        lines.append(f"# not in the catalogue, to be mapped or set aside: {listed}")
        guesses = {word: guess(word) or NONE for word in unknown[:_LISTED]}
        pairs = ", ".join(f"{_quoted(word)} = {_quoted(code)}" for word, code in guesses.items())
        lines.append(f"# category_map = {{ {pairs} }}")
    return lines


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _block(shown: list[_Shown], role: str) -> str:
    title = f"[[{role}]]" if role in _REPEATED else f"[{role}]"
    parts = [each for each in shown if each.role == role]
    if not parts and role == "grids":
        return "# [grids] is missing: none of the files holds areas that read as grids.\n"
    if role not in _REPEATED:
        parts = parts[:1]
    method = 'method = "buildings"\n' if role == "demand" else ""
    return "\n".join(
        f"{title}  # {each.why}\n{method}path = {_quoted(each.path)}\n"
        + "".join(f"{line}\n" for line in each.lines)
        for each in parts
    )


def _basemap(shown: list[_Shown]) -> str:
    layers: dict[str, _Shown] = {}
    for each in shown:
        if each.role.startswith("basemap."):
            layers.setdefault(each.role.removeprefix("basemap."), each)
    if not layers:
        return ""
    lines = [f"{name} = {_quoted(each.path)}  # {each.why}" for name, each in layers.items()]
    return "\n".join(["[basemap]", *lines, ""])


def _rest(shown: list[_Shown]) -> str:
    aside = [each for each in shown if not each.role]
    once = ("grids", "demand", "network")
    for role in once:
        aside += [each for each in shown if each.role == role][1:]
    lines = [f"# {each.path}: {' '.join(each.why.split())}" for each in aside]
    return "\n".join(["# Not used:", *lines, ""]) if lines else ""
