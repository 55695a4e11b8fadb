"""Give packs, rules and verdicts of a release, for pages, API and exports alike."""

from typing import Any

from numpy.typing import NDArray

from geo.store.connect import Connection
from geo.store.queries import fetch_columns, sql

_PACKS = (
    "select pack_idx, pack, zh, en, document, version, effective_from, effective_to, confidence, "
    "is_applied from rule_pack order by pack_idx"
)


def packs(con: Connection) -> list[dict[str, Any]]:
    """List every pack of rules that the release knows; `is_applied` are those it was judged by."""
    return _records(con, _PACKS, {})


def rules(con: Connection, area: str) -> list[dict[str, Any]]:
    """List the applied rules with their words, and how the places of an area come out.

    `passed failed borderline not_assessable exempt` are counts of places; `not_applicable` those
    that the rule does not speak of, `gap` the sum of what is missing, None where nothing is.
    """
    return _records(con, sql("verdict_counts"), {"area": area})


def verdict_rows(
    con: Connection,
    *,
    pack: str | None = None,
    rule: str | None = None,
    level: str | None = None,
    area: str | None = None,
    place: int | None = None,
) -> dict[str, NDArray[Any]]:
    """Give verdicts by rule and place; None is all.

    Parameters
    ----------
    area
        Code of an area: itself and all within it.
    place
        Position of the place in its level: grid_idx, area_idx, facility_idx or unit_idx.

    Returns
    -------
    `community pack rule verdict value threshold gap unit clause formula unit_kind unit_id unit_name
    reason missing severity confidence numerator unknown exempt denominator rule_idx place_idx`,
    masked where nothing is known. A place that a rule does not apply to has no row.
    """
    parameters = {"pack": pack, "rule": rule, "level": level, "area": area, "place": place}
    return fetch_columns(con, sql("verdict_rows"), parameters)


def verdict_inputs(con: Connection, rule_idx: int, place_idx: int) -> list[dict[str, Any]]:
    """List what a verdict was made of: name, value or word, and origin.

    `origin` is ledger, estate, map, reach or pack; None where the input is not known. Numbers of
    the pack come with their words, and tell whether they were inferred or are the city's own.
    """
    return _records(con, sql("verdict_inputs"), {"rule_idx": rule_idx, "place_idx": place_idx})


def _records(con: Connection, query: str, parameters: dict[str, object]) -> list[dict[str, Any]]:
    found = con.execute(query, parameters or None)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
