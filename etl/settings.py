"""Read city.toml: what a city is made of and where its files are, every key checked.

Column names are not checked here: whether a file has them is known when it is read.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from etl.catalogue import own_notes
from etl.layers import Fault
from etl.opening_settings import openings_of
from etl.section import Section
from geo.errors import SettingsError, SourceMissingError
from geo.openings import Openings
from geo.spelling import nearest
from geo.walk import MAX_MINUTES, Speed

# fmt: off
GRID_COLUMNS: Final[tuple[str, ...]] = (
    "id", "name", "community", "community_code", "committee", "street", "street_code",
    "district", "district_code", "people", "people_registered", "households",
    "households_registered", "elderly", "children", "workers", "grid_type", "urban_rural",
    "level", "parent", "party_org", "worker_name", "duty", "lon", "lat",
)
BUILDING_COLUMNS: Final[tuple[str, ...]] = (
    "id", "name", "lon", "lat", "people", "people_registered", "households",
    "households_registered", "elderly", "children", "workers", "floors", "floor_area_m2",
    "land_area_m2",
)
FACILITY_COLUMNS: Final[tuple[str, ...]] = (
    "id", "name", "lon", "lat", "status", "capacity", "floor_area_m2", "land_area_m2", "rooms",
    "opened", "closed", "hours", "open_to_public", "tenure", "address", "enrolled",
    "support_capacity", "extra_person_months", "staff_total", "staff_service",
    "staff_social_work", "independent", "inspections", "evaluation", "purchased_yuan", "green_m2",
    "paved_m2", "books",
)
_CITY_KEYS: Final = (
    "name", "as_of", "metric_crs", "standards", "map_approval", "security", "attribution",
    "synthetic", "catalogue",
)
# fmt: on
BASEMAP_LAYERS: Final = ("water", "green", "roads", "buildings", "railways")
TABLE_SECTIONS: Final = ("units", "ledgers", "indicators", "duties", "communities", "standards")
"""Checked by `declared` of `etl.units`, `etl.ledgers`, `etl.standards`, each in its own words."""
_SECTIONS: Final = (
    "city",
    "walk",
    "openings",
    "grids",
    "demand",
    "facilities",
    "network",
    "basemap",
    "names",
    *TABLE_SECTIONS,
)
FILE_KEYS: Final = ("path", "layer", "crs", "encoding", "h3", "wkt", "where", "control_points")
_CONTROL_POINT: Final = "[38500.0, 62100.0, 108.01, 26.57]"
_WALK_RESERVED: Final = ("max_minutes", "snap_limit_m", "default")
_BARRIERS: Final = "barriers"
_LATER_NETWORK_KEYS: Final = ("gates",)

STANDARD_SPEED: Final = Fraction(1000, 15)
"""Metres a minute of GB 50180-2018: 1,000 m in 15 minutes."""
_SPEED_LIMITS: Final = (10, 200)
_SNAP_LIMIT_M: Final = 200.0
_LATTICE_M: Final = 50.0


@dataclass(frozen=True)
class Source:
    """A file and how to read it. `columns` holds what was declared: canonical name to header."""

    title: str
    shown: str
    path: Path
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    crs: str = "auto"
    encoding: str = "auto"
    layer: str | None = None
    h3: str | None = None
    wkt: str | None = None
    where: str | None = None
    control_points: tuple[tuple[float, ...], ...] = ()
    """For crs = "local": x and y as the file writes them, longitude and latitude (WGS 84)."""
    usual: tuple[str, ...] = ()
    """Further headers that the table is known by, beside those of `columns`."""


@dataclass(frozen=True)
class FacilitySource(Source):
    """A block of facilities: one fixed category, or a column of them."""

    category: str | None = None
    category_column: str | None = None
    category_map: Mapping[str, str] = field(default_factory=dict[str, str])
    catalogue: Path | None = None


@dataclass(frozen=True)
class City:
    """Who and when. `standards` are the rule packs that always apply.

    `catalogue` is a file of the city's own changes to the categories.
    """

    name: str
    as_of: str
    metric_crs: str | None = None
    standards: tuple[str, ...] = ()
    map_approval: str | None = None
    security: str | None = None
    attribution: str | None = None
    is_synthetic: bool = False
    catalogue: Path | None = None


@dataclass(frozen=True)
class Walk:
    """Speeds, the default first; how long a walk is followed; how far off a street one may be."""

    speeds: tuple[Speed, ...] = (Speed("standard", STANDARD_SPEED),)
    max_minutes: int = MAX_MINUTES
    snap_limit_m: float = _SNAP_LIMIT_M


@dataclass(frozen=True)
class Demand:
    """How people are spread inside a grid: buildings, lattice or centre."""

    method: str = "lattice"
    spacing_m: float = _LATTICE_M
    source: Source | None = None


@dataclass(frozen=True)
class CitySettings:
    """The whole of city.toml; `later` keeps what this version does not use.

    `tables` keeps the blocks of ledgers and indicators as they were written.
    """

    file: Path
    city: City
    walk: Walk
    openings: Openings
    grids: Source
    demand: Demand
    facilities: tuple[FacilitySource, ...]
    network: Source | None
    basemap: Mapping[str, Source]
    names: Source | None
    later: Mapping[str, Any]
    tables: Mapping[str, Any]
    notes: tuple[Fault, ...]


def load_city(path: Path) -> CitySettings:
    """Read and check a city.toml.

    Parameters
    ----------
    path
        The file; the paths inside it are relative to its folder.

    Raises
    ------
    SourceMissingError
        There is no such file.
    SettingsError
        It is not TOML in UTF-8, or a key or value is wrong. The message names the nearest key.
    """
    path = Path(path)
    values = _parse(path)
    whole = Section(path.name, "", values)
    whole.refuse_unknown(_SECTIONS)
    city = _city(path, _table(path, values, "city", required=True))
    network, later = _network(path, values)
    return CitySettings(
        file=path,
        city=city,
        walk=_walk(_table(path, values, "walk")),
        openings=openings_of(_table(path, values, "openings")),
        grids=_grids(path, _table(path, values, "grids", required=True)),
        demand=_demand(path, _table(path, values, "demand")),
        facilities=_facilities(path, values, city.catalogue),
        network=network,
        basemap=_basemap(path, values),
        names=_names(path, values),
        later=later,
        tables={name: values[name] for name in TABLE_SECTIONS if name in values},
        notes=(
            *own_notes(city.catalogue, path.name),
            *(_unused(path.name, name) for name in later),
        ),
    )


def _parse(path: Path) -> dict[str, Any]:
    if path.is_dir():
        raise SourceMissingError(
            f"{path} is a folder; expected a city.toml file. Name the file inside it."
        )
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SourceMissingError(
            f"{path} cannot be opened ({error.strerror}); expected a city.toml file. "
            "Check the path, or let one be proposed: python -m etl init FILES --out city.toml"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path.name} is not UTF-8 text (byte {error.start + 1:,}); expected TOML in UTF-8. "
            "Save it again with the encoding UTF-8."
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(
            f'{path.name} is not valid TOML: {error}; expected lines like name = "凯里市". '
            "Correct that line: text stands in quotes, a folder separator is / or \\\\."
        ) from error


def _table(path: Path, values: Mapping[str, Any], name: str, *, required: bool = False) -> Section:
    content = values.get(name)
    if content is None and required:
        raise SettingsError(
            f"{path.name} has no section [{name}]; expected one. Add it; "
            f"the file has {', '.join(f'[{key}]' for key in values) or 'no section at all'}."
        )
    if content is not None and not isinstance(content, dict):
        raise SettingsError(
            f"{path.name}: `{name}` is not one section; expected [{name}] with keys below it. "
            "Write it once, in single brackets."
        )
    return Section(path.name, f"[{name}]", content or {})


def _city(path: Path, section: Section) -> City:
    section.refuse_unknown(_CITY_KEYS)
    as_of = section.required_text("as_of", "2026-10")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", as_of):
        section.fail(f"`as_of` is {as_of}", 'a month like "2026-10"', "Correct it.")
    return City(
        name=section.required_text("name", "凯里市"),
        as_of=as_of,
        metric_crs=section.optional_text("metric_crs"),
        standards=section.texts("standards"),
        map_approval=section.optional_text("map_approval"),
        security=section.optional_text("security"),
        attribution=section.optional_text("attribution"),
        is_synthetic=section.boolean("synthetic", default=False),
        catalogue=path.parent / own if (own := section.optional_text("catalogue")) else None,
    )


def _walk(section: Section) -> Walk:
    named = [key for key in section.values if key not in _WALK_RESERVED]
    for key in named:
        if near := nearest(key, _WALK_RESERVED, cutoff=0.75):
            section.fail(
                f"`{key}` is not a key and too near to one to be a speed",
                f"{near}a speed by another name",
                "Correct it.",
            )
    speeds = [Speed(key, _metres_per_minute(section, key)) for key in named]
    if not speeds:
        speeds = list(Walk.speeds)
    default = section.text("default", speeds[0].name)
    names = [speed.name for speed in speeds]
    if default not in names:
        section.fail(
            f"`default` is {default}",
            f"{nearest(default, names)}one of the speeds {', '.join(names)}",
            "Name a speed that is given here.",
        )
    speeds.sort(key=lambda speed: speed.name != default)
    minutes = section.number("max_minutes", MAX_MINUTES, 1, MAX_MINUTES)
    if minutes != int(minutes):
        section.fail(f"`max_minutes` is {minutes}", "whole minutes", "Correct it.")
    snap_limit_m = section.number("snap_limit_m", _SNAP_LIMIT_M, 1, 5_000)
    return Walk(tuple(speeds), int(minutes), snap_limit_m)


def _metres_per_minute(section: Section, key: str) -> Fraction:
    value = section.values[key]
    try:
        # a float becomes the decimal that was written, not its nearest binary fraction
        speed = Fraction(str(value).replace(" ", "")) if not isinstance(value, bool) else None
    except (ValueError, ZeroDivisionError):
        speed = None
    low, high = _SPEED_LIMITS
    if speed is None or not low <= speed <= high:
        section.fail(
            f"speed `{key}` is {value!r}",
            f'metres per minute from {low} to {high}, as 80.0 or "1000/15"',
            "Correct it.",
        )
    return speed


def source_values(path: Path, section: Section, columns: Sequence[str]) -> dict[str, Any]:
    """Give what every kind of source has: its file, how to read it, the columns it declares."""
    shown = section.required_text("path", "数据/网格.shp")
    encoding = section.text("encoding", "auto") or "auto"
    declared = {name: section.text(name) for name in columns if section.text(name)}
    return {
        "title": section.title,
        "shown": shown,
        "path": path.parent / shown,
        "columns": declared,
        "crs": section.text("crs", "auto") or "auto",
        "encoding": encoding,
        "layer": section.optional_text("layer"),
        "h3": section.optional_text("h3"),
        "wkt": section.optional_text("wkt"),
        "where": section.optional_text("where"),
        "control_points": section.number_rows("control_points", _CONTROL_POINT),
    }


def _grids(path: Path, section: Section) -> Source:
    section.refuse_unknown([*FILE_KEYS, *GRID_COLUMNS])
    return Source(**source_values(path, section, GRID_COLUMNS))


def _demand(path: Path, section: Section) -> Demand:
    section.refuse_unknown(["method", "spacing_m", *FILE_KEYS, *BUILDING_COLUMNS])
    method = section.text("method", Demand.method)
    methods = ("buildings", "lattice", "centre")
    if method not in methods:
        expected = f"{nearest(method, methods)}one of {', '.join(methods)}"
        section.fail(f"`method` is {method}", expected, "Correct it.")
    spacing_m = section.number("spacing_m", _LATTICE_M, 5, 1_000)
    if method == "buildings":
        return Demand(method, spacing_m, Source(**source_values(path, section, BUILDING_COLUMNS)))
    if "path" in section.values:
        section.fail(
            f'`path` is given but method is "{method}"',
            'method = "buildings" with a path, or no path',
            "Correct the method or take the path out.",
        )
    return Demand(method, spacing_m)


def _facilities(
    path: Path, values: Mapping[str, Any], catalogue: Path | None
) -> tuple[FacilitySource, ...]:
    blocks = values.get("facilities", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SettingsError(
            f"{path.name}: [facilities] stands in single brackets; expected [[facilities]], once "
            "for each file. Double the brackets."
        )
    return tuple(
        _facility_block(
            path, Section(path.name, f"[[facilities]] number {number}", block), catalogue
        )
        for number, block in enumerate(blocks, start=1)
    )


def _facility_block(path: Path, section: Section, catalogue: Path | None) -> FacilitySource:
    own = ["category", "category_column", "category_map"]
    section.refuse_unknown([*FILE_KEYS, *own, *FACILITY_COLUMNS])
    category = section.optional_text("category")
    category_column = section.optional_text("category_column")
    if category and category_column:
        section.fail(
            "`category` and `category_column` are both given",
            "one code for the whole file, or the column that holds it",
            "Take one of the two out.",
        )
    return FacilitySource(
        **source_values(path, section, FACILITY_COLUMNS),
        category=category,
        category_column=category_column,
        category_map=section.text_map("category_map"),
        catalogue=catalogue,
    )


def _network(path: Path, values: Mapping[str, Any]) -> tuple[Source | None, dict[str, Any]]:
    if "network" not in values:
        return None, {}
    section = _table(path, values, "network")
    section.refuse_unknown([*FILE_KEYS, "name", _BARRIERS, *_LATER_NETWORK_KEYS])
    later = {
        f"network.{key}": section.values[key]
        for key in _LATER_NETWORK_KEYS
        if key in section.values
    }
    return Source(**source_values(path, section, ["name"])), later


def _names(path: Path, values: Mapping[str, Any]) -> Source | None:
    if "names" not in values:
        return None
    section = _table(path, values, "names")
    section.refuse_unknown(["path", "layer", "encoding", "where", "code", "name"])
    return Source(**source_values(path, section, ["code", "name"]))


def _basemap(path: Path, values: Mapping[str, Any]) -> dict[str, Source]:
    section = _table(path, values, "basemap")
    section.refuse_unknown(BASEMAP_LAYERS)
    layers: dict[str, Source] = {}
    for name in BASEMAP_LAYERS:
        if name not in section.values:
            continue
        layers[name] = _layer_of(path, section, "[basemap]", name)
    if "network" in values and _BARRIERS in values["network"]:
        network = _table(path, values, "network")
        layers[_BARRIERS] = _layer_of(path, network, "[network]", _BARRIERS)
    return layers


def _layer_of(path: Path, section: Section, title: str, name: str) -> Source:
    """Give a file of the ground: its path alone, or a table that says more of it."""
    value = section.values[name]
    content = {"path": value} if isinstance(value, str) else value
    if not isinstance(content, dict):
        section.wrong_type(name, str)
    part = Section(path.name, f"{title} {name}", content)
    part.refuse_unknown([*FILE_KEYS, "name", "kind"])
    return Source(**source_values(path, part, ["name", "kind"]))


def _unused(file: str, name: str) -> Fault:
    return Fault(
        code="SECTION_UNUSED",
        severity="note",
        source=file,
        row=None,
        feature_id=None,
        message=f"`{name}` is not used by this version.",
        action="Nothing to do; it is kept as written.",
    )
