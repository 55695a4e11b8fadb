"""The register of issues: strict to read, whole for the build, right in both languages."""

import re
from pathlib import Path

import pytest

from geo.errors import SettingsError
from geo.store.issue_words import REGISTER, issue_words, read_register, words_of
from tests.conftest import ROOT

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"[\"']([A-Z][A-Z0-9]+_[A-Z0-9_]+|PII)[\"']")
STANDARD = (
    *("ENC_GUESS", "CRS_MISSING", "CRS_GCJ", "CRS_BD", "CRS_SWAP", "XY_ZERO", "XY_RANGE"),
    *("XY_DUP", "XY_PREC", "DUP_FAC", "CAT_UNKNOWN", "CAT_AMBIG", "NAME_TRAD", "NAME_WIDTH"),
    *("NAME_PINYIN", "NUM_MASK", "NUM_UNIT", "NUM_TEXT", "TOTAL_ROW", "POP_ODD", "POP_BASIS"),
    *("AREA_BASIS", "GRID_GAP", "GRID_OVER", "GRID_SLIVER", "GRID_INVALID", "GRID_MULTI"),
    *("GRID_NOCODE", "CODE_DUP", "CODE_SCI", "CODE_PREFIX", "ADMIN_MISMATCH", "STATUS_CLOSED"),
    *("SUM_MISMATCH", "YEAR_STALE", "PII"),
)
"""The codes of the catalogue of dirty data in the project's standards."""
FAMILIES = {code.split("_")[0] for code in (*STANDARD, *issue_words())}


def _emitted() -> set[str]:
    """Find every word in the form of an issue code in what the build runs."""
    places = [
        path
        for pattern in ("*.py", "*.sql")
        for path in (ROOT / "etl").rglob(pattern)
        if "demo" not in path.parts
    ]
    found = {code for path in places for code in CODE.findall(path.read_text("utf-8"))}
    return {code for code in found if code.split("_")[0] in FAMILIES}


def test_every_code_that_the_build_can_report_has_words() -> None:
    emitted = _emitted()
    assert {"CAT_UNKNOWN", "XY_RANGE", "POP_ODD"} <= emitted
    assert emitted - set(issue_words()) == set()


def test_every_code_of_the_standards_has_words() -> None:
    assert set(STANDARD) - set(issue_words()) == set()


def test_the_register_stands_in_order_of_code() -> None:
    codes = list(issue_words())
    assert codes == sorted(codes)


@pytest.mark.parametrize("code", list(issue_words()))
def test_words_are_in_their_language_and_end_as_sentences_do(code: str) -> None:
    words = issue_words()[code]
    for said in (words.title("zh"), words.action("zh"), words.undo("zh")):
        assert CHINESE.search(said), said
        assert not HALF_WIDTH.search(said), said
    for said in (words.title("en"), words.action("en"), words.undo("en")):
        assert not CHINESE.search(said), said
    assert words.action("zh").endswith("。")
    assert words.undo("zh").endswith("。")
    assert words.action("en").endswith(".")
    assert words.undo("en").endswith(".")


def test_a_code_without_words_stands_for_itself() -> None:
    assert words_of("NEW_CODE").title("zh") == "NEW_CODE"
    assert words_of("XY_ZERO").title("zh") == "坐标为 0, 0"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title_zh", "titel_zh"), "`titel_zh`; expected `title_zh`"),
        (('undo_en = "Nothing', 'undo_en = ""\n# '), "no text in `undo_en`"),
        (("[[issue]]", "[[issues]]"), "expected one \\[\\[issue\\]\\]"),
        (('code = "XY_ZERO"', 'code = "XY_DUP"'), "repeats XY_DUP"),
        (("code =", "code"), "cannot be read"),
    ],
)
def test_a_register_with_a_slip_is_refused(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    text = REGISTER.read_text("utf-8")
    path = tmp_path / "issues.toml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_register(path)
