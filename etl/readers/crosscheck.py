"""Hold every layer of points against the grids: is it in the system it is read in?

A contradiction is never corrected here. Undeclared it blocks the build, declared it is a warning.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.layers import CityLayers, Fault, Layer, Severity
from etl.readers.belonging import belonging
from etl.readers.evidence import (
    GRIDS_BD09,
    GRIDS_GCJ02,
    MIN_TESTED,
    READINGS,
    SWAPPED,
    Evidence,
    weigh,
)
from etl.readers.systems import BD09, CGCS2000, GCJ02, WGS84
from etl.settings import CitySettings, Source
from geo.datum import wgs84_to_bd09, wgs84_to_gcj02

_CODES: Final = {
    GCJ02: "CRS_GCJ",
    BD09: "CRS_BD",
    SWAPPED: "CRS_SWAP",
    WGS84: "CRS_WRONG",
    GRIDS_GCJ02: "CRS_GCJ",
    GRIDS_BD09: "CRS_BD",
}

_BY_NAME: Final = (WGS84, CGCS2000, GCJ02, BD09)
"""Systems of degrees, of which one may be declared in the place of another."""
_OF_GRIDS: Final = {GRIDS_GCJ02: GCJ02, GRIDS_BD09: BD09}


def crosschecked(settings: CitySettings, layers: CityLayers) -> CityLayers:
    """Test the system of facilities and buildings by where their rows say they belong.

    Returns
    -------
    The same layers; their notes have the scores, their faults the contradictions. Where it is the
    grids that are in another system, the grids' faults have it, once.
    """
    grids = layers.grids
    if not len(grids.row):
        return layers
    of_grids: list[Fault] = []
    facilities = [
        _checked(source, layer, settings.grids, grids, of_grids)
        for source, layer in zip(settings.facilities, layers.facilities, strict=True)
    ]
    buildings = layers.buildings
    if buildings is not None and settings.demand.source is not None:
        source = settings.demand.source
        buildings = _checked(source, buildings, settings.grids, grids, of_grids)
    # one file that shows it is enough: the others would say the same
    checked_grids = replace(grids, faults=[*grids.faults, *of_grids[:1]])
    return replace(layers, grids=checked_grids, buildings=buildings, facilities=facilities)


def checked_beside(settings: CitySettings, source: Source, layer: Layer, grids: Layer) -> Layer:
    """Test one layer of further places, of which every row has a place on the map.

    Where it seems to be the grids that are in another system, the layer's own note has the scores
    and nothing more is said: the facilities decide that.
    """
    if not len(grids.row) or shapely.is_missing(layer.geometry).any():
        return layer
    return _checked(source, layer, settings.grids, grids, [])


def _checked(
    source: Source, layer: Layer, grid_source: Source, grids: Layer, of_grids: list[Fault]
) -> Layer:
    if not len(layer.row):
        return layer
    evidence = evidence_of(layer, grids)
    faults = layer.faults
    if evidence.is_hint and evidence.best in _OF_GRIDS:
        of_grids.append(_grids_fault(grid_source, grids, layer, evidence))
    elif evidence.is_hint:
        faults = [*faults, _fault(source, layer, evidence)]
    note = " ".join(filter(None, [layer.note, _note(source, evidence)])) or None
    return replace(layer, note=note, faults=faults)


def evidence_of(layer: Layer, grids: Layer) -> Evidence:
    """Weigh the readings of a layer against the grids, at the finest level its rows name."""
    lonlat = shapely.get_coordinates(shapely.centroid(layer.geometry))
    raw, chosen, readings = _as_written(layer, lonlat, grids)
    told = belonging(layer, grids, MIN_TESTED)
    return weigh(
        raw,
        told.own,
        grids.geometry,
        told.group,
        basis=told.basis,
        chosen=chosen,
        readings=readings,
    )


def _as_written(
    layer: Layer, lonlat: NDArray[np.float64], grids: Layer
) -> tuple[NDArray[np.float64], str, tuple[str, ...]]:
    """Give the degrees of the file, the reading in use, and the readings that make sense of them.

    Metres are taken as degrees of their own datum, which may still be those of a web map.
    """
    if layer.crs == GCJ02:
        return wgs84_to_gcj02(lonlat), GCJ02, (WGS84, GCJ02, BD09)
    if layer.crs == BD09:
        return wgs84_to_bd09(lonlat), BD09, (WGS84, GCJ02, BD09)
    if layer.crs not in (WGS84, CGCS2000):
        return lonlat, WGS84, (WGS84, GCJ02, BD09)
    if grids.crs in (WGS84, CGCS2000):
        return lonlat, WGS84, READINGS
    return lonlat, WGS84, tuple(name for name in READINGS if name not in _OF_GRIDS)


def _note(source: Source, evidence: Evidence) -> str:
    if evidence.is_enough:
        return f"Evidence for the coordinate system: {evidence.scores()}."
    if not _is_declared(source):
        return (
            "Too few places name their grid, community, street or district to test the coordinate "
            "system."
        )
    return ""


def _fault(source: Source, layer: Layer, evidence: Evidence) -> Fault:
    told = (evidence.chosen, evidence.best, *_OF_GRIDS)
    others = [name for name in evidence.hits if name not in told]
    rest = ", ".join(f"{name} {evidence.share(name):.1%}" for name in others)
    return Fault(
        code=_CODES[evidence.best] if layer.crs in _BY_NAME else "CRS_WRONG",
        severity=_severity(source, evidence),
        source=layer.source,
        row=None,
        feature_id=None,
        message=(
            f"{_as_read(source, layer)}, {evidence.share(evidence.chosen):.1%} of "
            f"{evidence.tested:,} places lie in {evidence.basis}; read as {evidence.best}, "
            f"{evidence.share(evidence.best):.1%} do ({rest}). The places stand "
            f"{evidence.offset_m:,.0f} m to the {evidence.wind} of where they would belong (first: "
            f"row {layer.row[evidence.first]})."
        ),
        action=_action(source, layer, evidence.best),
    )


def _grids_fault(source: Source, grids: Layer, layer: Layer, evidence: Evidence) -> Fault:
    system = _OF_GRIDS[evidence.best]
    return Fault(
        code=_CODES[evidence.best],
        severity=_severity(source, evidence),
        source=grids.source,
        row=None,
        feature_id=None,
        message=(
            f"{_as_read(source, grids)}, the grids hold {evidence.share(evidence.chosen):.1%} of "
            f"{evidence.tested:,} places of {layer.source} in {evidence.basis}; read as {system} "
            f"they would hold {evidence.share(evidence.best):.1%}, {evidence.offset_m:,.0f} m away."
        ),
        action=_action(source, grids, system),
    )


def _as_read(source: Source, layer: Layer) -> str:
    how = "declared" if _is_declared(source) else "not declared in city.toml"
    return f"Read as {layer.crs} ({how})"


def _is_declared(source: Source) -> bool:
    return source.crs.lower() != "auto"


def _severity(source: Source, evidence: Evidence) -> Severity:
    if not evidence.is_clear:
        return "note"
    return "warning" if _is_declared(source) else "blocking"


def _action(source: Source, layer: Layer, system: str) -> str:
    """Give the line to write: the one that follows the evidence, and the one that overrules it."""
    if system == SWAPPED:
        follow = f"Exchange `lon` and `lat` in {source.title} of city.toml"
    elif layer.crs not in _BY_NAME:
        follow = (
            f"The metres were made of {system} degrees, which no `crs` can say: ask for the file "
            f"in {system} degrees or in CGCS2000"
        )
    else:
        follow = f'Write crs = "{system}" in {source.title} of city.toml'
    if _is_declared(source):
        return f"Used as declared. {follow} if the evidence is right."
    return (
        f"Nothing was moved. {follow} if the evidence is right; "
        f'crs = "{layer.crs}" keeps the places where they are and makes this a warning.'
    )
