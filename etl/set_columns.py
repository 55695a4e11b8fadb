"""List the columns of a file of a source set: what was found where, and what may yet be."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from etl.layers import Layer, Streets
from etl.ledgers.declared import LEDGER_COLUMNS, LedgerSource
from etl.settings import CitySettings, FacilitySource, Source
from etl.synonyms import synonyms

_ROLES: Final = {"demand": "buildings"}
_MADE: Final = "="
"""How the columns begin that a build adds to a layer."""


def columns_of(
    settings: CitySettings | None, source: Source, part: Layer | Streets
) -> dict[str, list[Any]]:
    """List the fields of a file, found ones first, and its headers that are none of them.

    Returns
    -------
    `columns`: `name`, `header` (None where it was not found), `declared` (whether city.toml says
    so), and of a column of a template `key = "columns"`: it is mapped there. `others`: headers.
    """
    if isinstance(part, Streets) or part.kind == "basemap":
        return {"columns": [], "others": []}
    if isinstance(source, LedgerSource):
        return _of_ledger(settings, source, part)
    declared = set(source.columns)
    if isinstance(source, FacilitySource) and source.category_column:
        declared.add("category")
    known = synonyms(_ROLES.get(part.kind, part.kind))
    used = {*part.headers, *known}
    return {
        "columns": _listed(part.headers, known, declared),
        "others": [name for name in _own(part) if name not in used],
    }


def _own(part: Layer) -> list[str]:
    return [name for name in part.columns if not name.startswith(_MADE)]


def _listed(
    headers: Mapping[str, str], known: Iterable[str], declared: Iterable[str]
) -> list[dict[str, Any]]:
    names = [*headers, *(name for name in known if name not in headers)]
    said = set(declared)
    return [{"name": name, "header": headers.get(name), "declared": name in said} for name in names]


def _of_ledger(
    settings: CitySettings | None, source: LedgerSource, part: Layer
) -> dict[str, list[Any]]:
    """List the columns that place and date a ledger, and those of its template.

    The rest is named by formulas under its own headers, and is listed under `others`.
    """
    own = _own(part)
    found = dict(part.headers) or {
        k: header for k, header in source.columns.items() if header in own
    }
    number = int(source.title.rpartition(" ")[2]) - 1
    block = settings.tables["ledgers"][number] if settings else {}
    # a role that a template gives is missing because its column is, which is listed below
    given = source.template.roles if source.template else {}
    listed = _listed(found, [name for name in LEDGER_COLUMNS if name not in given], block)
    used = set(found.values())
    if source.template is not None:
        for name in source.template.columns:
            header = source.template.find(name, own, source.mapped)
            if header in used:
                continue
            listed.append(
                {
                    "name": name,
                    "header": header,
                    "declared": name in source.mapped,
                    "key": "columns",
                }
            )
            used |= {header} if header else set()
    return {"columns": listed, "others": [name for name in own if name not in used]}
