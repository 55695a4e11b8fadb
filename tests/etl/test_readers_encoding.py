"""Which encoding a text is in: by evidence, because several decode it without an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.readers.encoding import choose, decoded

SIMPLIFIED = "网格编码，社区名称，街道，常住人口，西岸社区卫生服务站"
TRADITIONAL = "村里名稱，鄉鎮市區，臺北市信義區，衛生所與國民小學"


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (SIMPLIFIED, "gbk", "gbk"),
        (SIMPLIFIED, "utf-8", "utf-8"),
        (TRADITIONAL, "cp950", "cp950"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (SIMPLIFIED + "㐀㐁", "gb18030", "gb18030"),
        ("plain", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_the_one_it_was_written_in(text: str, encoding: str, expected: str) -> None:
    choice = choose([text.encode(encoding)])
    assert (choice.encoding, choice.is_sure) == (expected, True)


def test_gb18030_decodes_big5_without_an_error_and_is_still_not_chosen() -> None:
    data = TRADITIONAL.encode("cp950")
    assert data.decode("gb18030") != TRADITIONAL
    assert data.decode(choose([data]).encoding) == TRADITIONAL


def test_wanted_headers_decide_between_two_readings() -> None:
    # these four bytes are two common characters in either encoding
    data = "一二".encode("gbk")
    both = [data.decode("gbk"), data.decode("cp950")]
    assert both[0] != both[1]
    for wanted in both:
        choice = choose([data], wanted=[wanted], headers=lambda name: [data.decode(name)])
        assert data.decode(choice.encoding) == wanted


def test_a_cpg_that_lies_is_outvoted_and_one_that_is_right_helps() -> None:
    assert choose([SIMPLIFIED.encode("gbk")], stated="utf-8").encoding == "gbk"
    assert choose(["São Paulo, Ação".encode("cp1252")], stated="cp1252").encoding == "cp1252"


def test_what_is_not_chinese_is_a_guess_and_says_so() -> None:
    assert not choose(["Ação, Äpfel, naïve".encode("cp1252")]).is_sure


def test_a_character_cut_in_half_at_the_end_of_a_cell_is_left_out() -> None:
    assert decoded("社区".encode()[:5], "utf-8") == "社"
    assert choose(["社区名称".encode()[:-1], "街道办事处".encode()]).encoding == "utf-8"


@given(st.text(st.sampled_from("网格社区街道人口学校医院养老站区市县"), min_size=6, max_size=60))
def test_everyday_chinese_survives_both_encodings(text: str) -> None:
    for encoding in ("gbk", "utf-8"):
        data = text.encode(encoding)
        assert data.decode(choose([data]).encoding) == text
