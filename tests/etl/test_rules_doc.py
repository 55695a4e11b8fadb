"""The list of what became of every demand is complete, and names only what exists."""

import re
import tomllib

from etl.standards.packs import shipped
from tests.conftest import ROOT

DOC = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
LAST = {"A": 16, "R": 12, "G": 11, "S": 11, "T": 14, "H": 16, "M": 16, "Q": 16, "L": 19}
CODES = {f"{letter}{k:02d}" for letter, last in LAST.items() for k in range(1, last + 1)}
RULES = {(pack.code, rule.rule.id) for pack in shipped() for rule in pack.rules}


def _rows() -> dict[str, str]:
    found = re.findall(r"^\| (\S+) \| .*? \| (.*) \|$", DOC, re.MULTILINE)
    return {code: what for code, what in found if code in CODES | {"1.7", "1.8", "exemptions"}}


def _indicators() -> set[str]:
    packs = (ROOT / "data" / "indicators").glob("*.toml")
    read = [tomllib.loads(path.read_text(encoding="utf-8")) for path in packs]
    return {each["id"] for pack in read for each in pack.get("indicators", [])}


def test_every_row_of_the_documents_became_something() -> None:
    rows = _rows()
    assert CODES | {"1.7", "1.8", "exemptions"} == set(rows)
    assert [code for code, what in rows.items() if len(what) < 5] == []


def test_every_rule_that_the_list_names_exists() -> None:
    codes = {pack for pack, _ in RULES}
    named = {
        (pack, rule) for pack, rule in re.findall(r"`(\w+):(\w+)`", DOC) if pack != "indicator"
    }
    assert {pack for pack, _ in named} <= codes
    assert named - RULES == set()


def test_every_indicator_that_the_list_or_a_rule_names_exists() -> None:
    named = set(re.findall(r"`indicator:(\w+)`", DOC))
    rules = [rule for pack in shipped() for rule in pack.rules]
    columns = {name for rule in rules for name in rule.rule.columns}
    used = {name.removeprefix("indicator_") for name in columns if name.startswith("indicator_")}
    assert (named | used) - _indicators() == set()


def test_every_rule_of_a_local_document_is_in_the_list() -> None:
    national = ("gb50180", "wanzheng", "bianminquan")
    missing = [f"{pack}:{rule}" for pack, rule in sorted(RULES) if f"`{pack}:{rule}`" not in DOC]
    assert [each for each in missing if not each.startswith(national)] == []
