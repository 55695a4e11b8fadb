"""Fit what is shipped to the file at hand: which header is which column of a template."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from etl.layers import CityLayers, Fault, Layer
from etl.ledgers.declared import Indicator, LedgerSource, declared
from etl.section import count
from etl.settings import CitySettings
from geo.formula import Column, Formula


def fitted(source: LedgerSource, headers: Sequence[str]) -> LedgerSource:
    """Name the columns of a ledger that took a template as its file does.

    A column that the template gives and the file lacks is left out, but the place: without it the
    ledger is of no use, and reading it says so.
    """
    template = source.template
    if template is None:
        return source
    columns: dict[str, str] = {}
    for role, header in source.columns.items():
        found = (
            template.find(header, headers, source.mapped) if header in template.columns else None
        )
        is_needed = role in ("key", "lon", "lat") or template.roles.get(role) != header
        if found is not None or is_needed or header in source.mapped:
            columns[role] = found or source.mapped.get(header, header)
    names = _needed(source, headers)
    tasks = source.tasks
    if any(header is None for header in names.values()):
        tasks = None
    elif tasks is not None and tasks.fails is not None:
        tasks = replace(tasks, fails=renamed(tasks.fails, names))
    return replace(source, columns=columns, tasks=tasks)


def _needed(source: LedgerSource, headers: Sequence[str]) -> dict[str, str | None]:
    """Find the columns of a template that tell what failed or what is closed, None where not."""
    template, tasks = source.template, source.tasks
    if template is None or tasks is None:
        return {}
    if tasks.fails is not None:
        return _names(tasks.fails, source, headers)
    closed = source.columns["closed"]
    if closed not in template.columns:
        return {}
    return {closed: template.find(closed, headers, source.mapped)}


def with_fitting(
    settings: CitySettings, layers: CityLayers
) -> tuple[tuple[LedgerSource, ...], tuple[Indicator, ...], CityLayers]:
    """Give the ledgers and indicators of a city with the columns named as its files do.

    Returns
    -------
    The ledgers; the indicators that can be worked out; the layers, where each ledger that lacks
    columns of shipped indicators has one note more that lists them.
    """
    sources, indicators = declared(settings)
    headers = [
        [header for header in layer.columns if not header.startswith("=")]
        for layer in layers.ledgers
    ]
    by_name = {source.name: each for source, each in zip(sources, headers, strict=True)}
    templates = {source.name: source for source in sources if source.template is not None}
    kept: list[Indicator] = []
    lacking: dict[str, dict[str, list[str]]] = {}
    for indicator in indicators:
        if indicator.ledger not in templates:
            kept.append(indicator)
            continue
        names = _names(indicator.formula, templates[indicator.ledger], by_name[indicator.ledger])
        missing = [name for name, header in names.items() if header is None]
        if missing and indicator.is_shipped:
            lacking.setdefault(indicator.ledger, {})[indicator.id] = missing
        else:
            kept.append(replace(indicator, formula=renamed(indicator.formula, names)))
    ledgers = [
        _without_tasks(_noted(layer, lacking.get(source.name, {})), _needed(source, each))
        for source, layer, each in zip(sources, layers.ledgers, headers, strict=True)
    ]
    own = tuple(fitted(source, each) for source, each in zip(sources, headers, strict=True))
    return own, tuple(kept), replace(layers, ledgers=ledgers)


def renamed(formula: Formula, names: Mapping[str, str | None]) -> Formula:
    """Give a formula with other names of its columns; `written` stays as it was."""
    known = {name: header for name, header in names.items() if header is not None}
    columns = tuple(dict.fromkeys(known.get(name, name) for name in formula.columns))
    return Formula(formula.written, _renamed(formula.tree, known), columns)


def _renamed(node: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any node, or a list of them
    if isinstance(node, Column):
        return Column(names.get(node.name, node.name))
    if isinstance(node, tuple):
        return tuple(_renamed(each, names) for each in node)
    if not is_dataclass(node):
        return node
    parts = {each.name: _renamed(getattr(node, each.name), names) for each in fields(node)}
    return type(node)(**parts)


def _names(formula: Formula, source: LedgerSource, headers: Sequence[str]) -> dict[str, str | None]:
    """Find the columns of a formula in a file; a column of the city's own stays as it is."""
    template = source.template
    if template is None:
        return {}
    return {name: template.find(name, headers, source.mapped) for name in formula.columns}


def _without_tasks(layer: Layer, needed: Mapping[str, str | None]) -> Layer:
    missing = [name for name, header in needed.items() if header is None]
    if not missing:
        return layer
    message = f"No tasks are made of it: the file has no column {', '.join(missing)}."
    action = 'Add the columns, or say which they are: columns = { "办结日期" = "..." }.'
    fault = Fault("PACK_COLUMN", "note", layer.source, None, None, message, action)
    return replace(layer, faults=[*layer.faults, fault])


def _noted(layer: Layer, lacking: Mapping[str, Sequence[str]]) -> Layer:
    if not lacking:
        return layer
    columns = dict.fromkeys(name for names in lacking.values() for name in names)
    message = (
        f"{count(len(lacking), 'indicator')} of the template left out, the first "
        f"{next(iter(lacking))}: the file has no column {', '.join(columns)}. "
        f"Left out: {', '.join(lacking)}."
    )
    action = 'Add the columns, or say which they are: columns = { "准确户数" = "..." }.'
    fault = Fault("PACK_COLUMN", "note", layer.source, None, None, message, action)
    return replace(layer, faults=[*layer.faults, fault])
