"""List the files of a source set, those of later sections too, and where each is declared."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from etl.layers import Layer, Streets
from etl.ledgers.declared import UNITS_OF, LedgerSource, blocks_of, declared
from etl.ledgers.reading import read_ledger
from etl.readers.layer import read_layer
from etl.readers.names import read_names
from etl.readers.streets import read_streets
from etl.settings import CitySettings, Demand, FacilitySource, Source
from etl.standards.communities import read_communities
from etl.standards.declared import CommunitySource, community_sources
from etl.units.declared import UnitSource, declared_units
from geo.errors import SettingsError

S = TypeVar("S", bound=Source)
Read = Callable[[Source], Layer | Streets]
_BLOCK: Final = re.compile(r"\[\[([a-z]+)\]\] number (\d+)")


def sources_of(settings: CitySettings) -> list[Source]:
    """List the files of a city in the order in which they are read.

    Sections that cannot be understood are left out: checking the city says what is wrong.
    """
    optional: list[Source | None] = [settings.grids, settings.demand.source]
    optional += [*settings.facilities, settings.network, *settings.basemap.values()]
    optional += [settings.names]
    optional += _understood(lambda: declared_units(settings))
    optional += _understood(lambda: community_sources(settings))
    optional += _understood(lambda: declared(settings)[0])
    return [source for source in optional if source is not None]


def _understood(declare: Callable[[], Sequence[S]]) -> Sequence[S]:
    try:
        return declare()
    except SettingsError:
        return ()


def section_of(settings: CitySettings, source: Source) -> tuple[str, int]:
    """Give the section of city.toml of a source, and which of its kind it is, from 0."""
    if block := _BLOCK.match(source.title):
        return block[1], int(block[2]) - 1
    for name, layer in settings.basemap.items():
        if layer is source:
            return f"basemap.{name}", 0
    kinds = {"grids": settings.grids, "demand": settings.demand.source, "network": settings.network}
    kinds["names"] = settings.names
    return next((name for name, each in kinds.items() if each is source), ""), 0


def reader_of(settings: CitySettings, source: Source) -> Read:
    """Give what reads a source by itself."""
    if isinstance(source, LedgerSource):
        return lambda _: read_ledger(source)
    if isinstance(source, CommunitySource):
        return lambda _: read_communities(source)
    if source is settings.network:
        return read_streets
    if source is settings.names:
        return read_names
    return lambda each: read_layer(each, _kind(settings, source))


def _kind(settings: CitySettings, source: Source) -> str:
    if source is settings.grids:
        return "grids"
    if source is settings.demand.source:
        return "demand"
    if isinstance(source, UnitSource):
        return "units"
    return "facilities" if isinstance(source, FacilitySource) else "basemap"


def only(settings: CitySettings, read: Sequence[Source]) -> CitySettings:
    """Give the settings without the files that are not among those that could be read.

    What is made of a ledger that could not be read is left out with it.
    """

    def is_read(source: Source | None) -> bool:
        return any(source is each for each in read)

    demand = settings.demand
    return replace(
        settings,
        demand=demand if is_read(demand.source) else Demand(spacing_m=demand.spacing_m),
        facilities=tuple(block for block in settings.facilities if is_read(block)),
        network=settings.network if is_read(settings.network) else None,
        basemap={name: each for name, each in settings.basemap.items() if is_read(each)},
        names=settings.names if is_read(settings.names) else None,
        tables=_tables(settings, {each.title for each in read}),
    )


def _tables(settings: CitySettings, read: Collection[str]) -> dict[str, Any]:
    """Give the blocks of later sections whose files could be read, and what is made of them."""
    ledgers, indicators = declared(settings)
    units = declared_units(settings)
    kinds = {each.kind for each in units} - {each.kind for each in units if each.title in read}
    lost = [each for each in ledgers if each.title not in read or each.unit in kinds]
    gone = {each.name for each in lost} | {each.template.id for each in lost if each.template}
    gone |= {f"{UNITS_OF}{kind}" for kind in kinds}
    titles = set(read) - {each.title for each in lost}
    tables = dict(settings.tables)
    for name in ("units", "communities", "ledgers"):
        blocks = enumerate(blocks_of(settings.file, settings.tables, name), 1)
        tables[name] = [block for at, block in blocks if f"[[{name}]] number {at}" in titles]
    own = blocks_of(settings.file, settings.tables, "indicators")
    made = zip(own, indicators, strict=False)  # those of templates come after the city's own
    tables["indicators"] = [block for block, one in made if one.ledger not in gone]
    duties = blocks_of(settings.file, settings.tables, "duties")
    tables["duties"] = [
        block for block in duties if not gone & {block.get("shown_by"), block.get("due_of")}
    ]
    return tables
