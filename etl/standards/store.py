"""Judge a city by the packs that apply to it; put rules, verdicts and inputs into the release."""

from collections.abc import Mapping, Sequence

import numpy as np

from etl.readers.raw import objects
from etl.settings import CitySettings
from etl.shapes import GridShapes
from etl.staging import run
from etl.standards.choose import Chosen, chosen_packs
from etl.standards.inputs import Given, given_at, unknown_names
from etl.standards.merges import store_merges
from etl.standards.packs import LEVELS, Pack, PackRule
from etl.standards.shares import shared
from etl.standards.tasks import see_rules
from etl.standards.verdicts import Found, plain
from etl.standards.written import Judging, store_found
from geo.errors import SettingsError
from geo.store.connect import Connection
from geo.store.write import append


def store_standards(con: Connection, shapes: GridShapes, settings: CitySettings) -> None:
    """Fill the tables of packs, rules and verdicts, and what follows from them.

    Every shipped pack is listed; only those that the city names are judged. Areas, ledgers
    (with what they have seen of tasks) and the reach of every category must be there already.

    Raises
    ------
    SettingsError
        A rule names an input that its level has not.
    """
    chosen = chosen_packs(settings)
    numbered = _store_packs(con, chosen)
    has_network = bool(con.execute("select has_network from release").fetchall()[0][0])
    year = int(settings.city.as_of[:4])
    judgings = [
        Judging(idx, rule, _numbers(pack, year), pack.tables)
        for pack_idx, pack in chosen.applied
        for idx, rule in numbered[pack_idx]
    ]
    levels = {each.rule.level for each in judgings}
    levels |= {each.rule.share.places for each in judgings if each.rule.share}
    given = {
        level: given_at(con, shapes, level, has_network=has_network)
        for level in LEVELS
        if level in levels
    }
    store_found(con, judgings, given, judge_all(con, judgings, given))
    run(con, "standards/verdict_count")
    run(con, "standards/gap_cost")
    store_merges(con, shapes, chosen, given)
    see_rules(con, chosen.charges, settings.city.as_of)


def judge_all(
    con: Connection, judgings: Sequence[Judging], given: Mapping[str, Given]
) -> list[Found]:
    """Judge every rule in order; a rule on shares comes after those that it counts."""
    found: dict[int, Found] = {}
    by_name = {(each.rule.rule.pack, each.rule.rule.id): each.idx for each in judgings}
    for each in sorted(judgings, key=lambda each: each.rule.share is not None):
        own = given[each.rule.level]
        _with_tables(own, each.tables)
        if each.rule.share is None:
            _refuse_unknown(each, own)
            found[each.idx] = plain(each.idx, each.rule, own, each.numbers)
        else:
            counted = [found[by_name[each.rule.rule.pack, name]] for name in each.rule.share.rules]
            places = given[each.rule.share.places]
            found[each.idx] = shared(con, each.idx, each.rule, own, places, each.numbers, counted)
    return [found[idx] for idx in sorted(found)]


def _numbers(pack: Pack, year: int) -> dict[str, float | None]:
    return {"year": float(year)} | {name: param.value for name, param in pack.params.items()}


def _with_tables(given: Given, tables: Mapping[str, Mapping[str, float]]) -> None:
    """Look every place up by its name in the tables of a pack."""
    for name, table in tables.items():
        values = [table.get(str(place), table.get("default", np.nan)) for place in given.name]
        given.add(f"table_{name}", np.array(values, dtype=np.float64), "pack")


def _refuse_unknown(each: Judging, given: Given) -> None:
    unknown = unknown_names(each.rule.rule, given, each.numbers)
    if unknown and given.rows:
        rule = each.rule.rule
        raise SettingsError(
            f"pack {rule.pack}, rule {rule.id}: {unknown[0]} is no input of a {each.rule.level}; "
            "expected a column of the ledgers, a number of the pack, or an input listed in "
            "docs/rules.md. Correct the formula."
        )


def _store_packs(con: Connection, chosen: Chosen) -> dict[int, list[tuple[int, PackRule]]]:
    """Write every pack with its numbers and rules; give the rules of each with their numbers."""
    packs = chosen.packs
    append(
        con,
        "rule_pack",
        {
            "pack_idx": np.arange(len(packs)),
            "pack": objects([pack.code for pack in packs]),
            **{
                name: objects([getattr(pack, name) for pack in packs])
                for name in (
                    *("zh", "en", "document", "version", "effective_from", "effective_to"),
                    "confidence",
                )
            },
            "is_applied": np.array(chosen.is_applied, dtype=bool),
        },
    )
    params = [(at, param) for at, pack in enumerate(packs) for param in pack.params.values()]
    values = [np.nan if param.value is None else param.value for _, param in params]
    append(
        con,
        "rule_param",
        {
            "pack_idx": np.array([at for at, _ in params]),
            **{
                name: objects([getattr(param, name) for _, param in params])
                for name in ("name", "zh", "en", "unit")
            },
            "value": np.ma.masked_invalid(np.array(values, dtype=np.float64)),
            "is_inferred": np.array([param.is_inferred for _, param in params], dtype=bool),
            "is_own": np.array([param.is_own for _, param in params], dtype=bool),
        },
    )
    rules = [(at, rule) for at, pack in enumerate(packs) for rule in pack.rules]
    _store_rules(con, rules)
    numbered: dict[int, list[tuple[int, PackRule]]] = {at: [] for at in range(len(packs))}
    for idx, (at, rule) in enumerate(rules):
        numbered[at].append((idx, rule))
    return numbered


def _store_rules(con: Connection, rules: list[tuple[int, PackRule]]) -> None:
    append(
        con,
        "rule",
        {
            "rule_idx": np.arange(len(rules)),
            "pack_idx": np.array([at for at, _ in rules]),
            "pack": objects([rule.rule.pack for _, rule in rules]),
            "rule": objects([rule.rule.id for _, rule in rules]),
            **{
                name: objects([getattr(rule, name) for _, rule in rules])
                for name in (
                    *("zh", "en", "clause", "level", "category", "unit", "severity"),
                    *("confidence", "note_zh", "note_en"),
                )
            },
            "applies": objects([_written(rule) for _, rule in rules]),
            "formula": objects([value_text(rule) for _, rule in rules]),
            "demand": objects([demand_text(rule) for _, rule in rules]),
            "inputs": objects([",".join(_inputs(rule)) for _, rule in rules]),
            "components": objects([",".join(rule.components) or None for _, rule in rules]),
        },
    )


def _written(rule: PackRule) -> str | None:
    return None if rule.rule.applies is None else rule.rule.applies.written


def _inputs(rule: PackRule) -> tuple[str, ...]:
    return rule.rule.columns if rule.share is None else rule.share.columns


def value_text(rule: PackRule) -> str:
    """Write what is measured; of a share, what is counted and of what."""
    share = rule.share
    if share is None:
        return rule.rule.value.written
    holds = share.holds.written if share.holds else f"pass {' or '.join(share.rules)}"
    of = f" of {share.of.written}" if share.of else ""
    return f"share of {share.places} by {share.weight} with {holds}{of}"


def demand_text(rule: PackRule) -> str:
    """Write what is demanded, every clause of it."""
    parts = [f">= {bound.formula.written}" for bound in rule.rule.at_least]
    parts += [f"<= {bound.formula.written}" for bound in rule.rule.at_most]
    parts += [f">= {share} ({year})" for year, share in rule.targets.items()]
    return "; ".join(parts)
