"""Names of places: one name however it is written, and never two names made one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.names import has_pinyin, is_traditional, is_wide, name_norm, simplified, without_pinyin
from etl.readers.layer import read_layer
from etl.settings import Source
from etl.synonyms import fold, match

SQUARE = "POLYGON((117 39,117.1 39,117.1 39.1,117 39))"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("東風社區", "东风社区"),
        ("後街里", "后街里"),
        ("龍華街道 ", "龙华街道"),
        ("Ａ１座", "a1座"),
        ("朝阳 Chaoyang", "朝阳"),
        ("朝阳（Cháoyáng）", "朝阳"),
        ("区(qū)农(nóng)村", "区农村"),
        ("西安(Xi'an)", "西安"),
        ("东风·社区", "东风社区"),
        ("Elm Road", "elmroad"),
    ],
)
def test_one_name_written_in_two_ways_is_one(one: str, other: str) -> None:
    assert name_norm(one) == name_norm(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("朝阳A区", "朝阳B区"),
        ("万达 Plaza", "万达"),
        ("一号 KFC", "一号"),
        ("东风社区（一）", "东风社区（二）"),
        ("1号", "2号"),
        ("朝阳 Chaoyang Xiqu Erqi Sanqi", "朝阳"),
    ],
)
def test_names_that_differ_stay_two(one: str, other: str) -> None:
    assert name_norm(one) != name_norm(other)


def test_a_name_in_latin_letters_alone_is_kept() -> None:
    assert without_pinyin("Chaoyang") == "Chaoyang"
    assert not has_pinyin("Chaoyang Lu")
    assert not is_traditional("东风社区")
    assert is_wide("Ａ座")
    assert not is_wide("A座，一层")


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more_and_never_fails(text: str) -> None:
    once = name_norm(text)
    assert name_norm(simplified(once)) == name_norm(once)
    assert len(simplified(text)) > 0 or not text


@given(st.text(st.sampled_from("东风西岸社区街道朝阳"), min_size=1, max_size=8))
def test_everyday_names_are_what_they_are(name: str) -> None:
    assert name_norm(name) == name
    assert simplified(name) == name


def test_headers_are_known_in_traditional_characters() -> None:
    assert fold("網格編碼") == "网格编码"
    found = match("facilities", ["機構名稱", "經度", "緯度", "類別"], set())
    assert found == {"name": "機構名稱", "lon": "經度", "lat": "緯度", "category": "類別"}


def test_names_that_are_folded_are_told_and_shown_as_written(tmp_path: Path) -> None:
    file = tmp_path / "g.csv"
    rows = [
        f"G1|東風社區|一号|{SQUARE}",
        f"G2|东风社区|Ａ号|{SQUARE}",
        f"G3|西岸社区 Xian|三号|{SQUARE}",
        f"G4|西岸社区|四号|{SQUARE}",
    ]
    file.write_text("\n".join(["网格编码|社区|网格名称|边界", *rows]), encoding="utf-8")
    layer = read_layer(Source("[grids]", file.name, file), "grids")
    assert layer.columns["community"].tolist()[0] == "東風社區"
    told = {fault.code: fault for fault in layer.faults}
    assert {code: fault.rows for code, fault in told.items()} == {
        "NAME_TRAD": (2,),
        "NAME_WIDTH": (3,),
        "NAME_PINYIN": (4,),
    }
    assert all(fault.severity == "note" for fault in told.values())
    assert "東風社區 = 东风社区" in told["NAME_TRAD"].message
