"""Fill the blocks of city.toml that take something shipped: what they say goes before the pack."""

from collections.abc import Mapping
from typing import Any

from etl.ledgers.packs import Template, shipped, templates
from etl.section import Section
from geo.spelling import nearest


def template_of(section: Section) -> tuple[Template | None, dict[str, str], Section]:
    """Give the template that a ledger takes by `pack`, its `columns`, and the block filled up.

    `lon` and `lat` of the block go before the template's `key`.

    Raises
    ------
    SettingsError
        There is no such template, or `columns` maps a column that it has not.
    """
    wanted, mapped = section.optional_text("pack"), section.text_map("columns")
    if wanted is None:
        if mapped:
            section.fail("`columns` stands without `pack`", "a template to map from", "Add `pack`.")
        return None, {}, section
    known = templates()
    if wanted not in known:
        expected = f"{nearest(wanted, known)}one of {', '.join(known)}"
        section.fail(f"`pack` is {wanted}", expected, "Correct it.")
    template = known[wanted]
    if unknown := [header for header in mapped if header not in template.columns]:
        expected = f"{nearest(unknown[0], template.columns)}one of {', '.join(template.columns)}"
        section.fail(f"`columns` maps {unknown[0]}", expected, "Correct it.")
    given = dict(template.given)
    if {"lon", "lat"} <= section.values.keys():
        given.pop("key", None)
    return template, mapped, Section(section.file, section.title, {**given, **section.values})


def taken(section: Section, ledger_of: Mapping[str, str]) -> Section:
    """Give the block of an indicator, filled up from the shipped one that it takes by `pack`.

    Parameters
    ----------
    ledger_of
        Id of a template to the name of the ledger that took it, which the indicator is made from
        unless the block says `from`.

    Raises
    ------
    SettingsError
        There is no such indicator.
    """
    wanted = section.optional_text("pack")
    if wanted is None:
        return section
    blocks: dict[str, Mapping[str, Any]] = {
        str(each.values["id"]): each.values for each, _ in shipped("indicators")
    }
    if wanted not in blocks:
        expected = f"{nearest(wanted, blocks)}the id of a shipped one (docs/indicators.md)"
        section.fail(f"`pack` is {wanted}", expected, "Correct it.")
    block = blocks[wanted]
    made_from = ledger_of.get(block["from"], block["from"])
    own = {key: value for key, value in section.values.items() if key != "pack"}
    return Section(section.file, section.title, {**block, "from": made_from, **own})
