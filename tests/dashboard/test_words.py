"""Every string exists in both languages, with the punctuation of its language."""

from __future__ import annotations

import importlib
import re
import string
from collections import Counter

import pytest

from dashboard.words import WORDS, word, word_or
from dashboard.words_quality import CHECKS, check, fault
from tests.conftest import ROOT

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")


def test_both_languages_have_the_same_keys():
    assert set(WORDS["zh"]) == set(WORDS["en"])
    assert len(WORDS["zh"]) > 100


def test_no_two_parts_of_the_page_give_one_key_different_words():
    names = ("change", "gaps", "map", "openings", "rules", "standards", "tasks")
    parts = [importlib.import_module(f"dashboard.words_{name}").WORDS for name in names]
    counted = Counter(key for part in parts for key in part)
    assert [key for key, times in counted.items() if times > 1] == []


def test_chinese_uses_full_width_punctuation():
    said = {**WORDS["zh"], **{name: pair[0] for name, pair in CHECKS.items()}}
    assert [key for key, text in said.items() if HALF_WIDTH.search(text)] == []


def test_every_invariant_and_every_fault_of_the_build_has_words():
    checks = {path.stem for path in (ROOT / "etl" / "sql" / "checks").glob("*.sql")}
    assert checks
    assert checks <= set(CHECKS)
    assert fault("zh", "NEW_CODE", "as built", "do it") == ("as built", "do it")
    assert fault("zh", "XY_ZERO", "as built", "do it")[0] == "坐标为 0, 0"
    assert check("en", "new_check", "as built") == ("new_check", "as built")


def test_no_language_asks_for_what_the_other_is_not_given():
    def gaps(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key in WORDS["zh"]:
        zh, en = gaps(WORDS["zh"][key]), gaps(WORDS["en"][key])
        assert zh <= en or en <= zh, key


def test_a_word_is_filled_and_an_unknown_one_is_a_bug():
    assert word("en", "q_cut", shown=1, all=2) == "The first 1 of 2."
    with pytest.raises(KeyError):
        word("en", "no such word")
    assert word_or("en", "kind_moon", "moon") == "moon"
