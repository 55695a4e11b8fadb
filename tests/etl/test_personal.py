"""Personal data is counted and masked: never in a release, a report or a rejected row."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.build import BuildOptions, build_city, check_city
from etl.masking import identities, mask, masked_cell, mobiles
from tests.etl.cities import SmallCity
from tests.etl.conftest import opened

# The example of GB 11643-1999 itself, and one of our own making with its check digit computed.
PUBLISHED = "11010519491231002X"


def _with_check(seventeen: str) -> str:
    weights = [2 ** (17 - at) % 11 for at in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, weights, strict=True))
    return seventeen + "10X98765432"[total % 11]


@given(
    st.integers(110_000, 659_999),
    st.dates().filter(lambda day: 1900 <= day.year <= 2099),
    st.integers(0, 999),
)
def test_every_identity_number_is_found_and_masked(place: int, born: Any, order: int) -> None:
    number = _with_check(f"{place}{born:%Y%m%d}{order:03d}")
    assert identities(f"户主{number}，同住") == [number]
    assert mask(f"户主{number}，同住") == "户主***，同住"


def test_codes_that_are_no_identity_numbers_stay() -> None:
    assert identities(PUBLISHED) == [PUBLISHED]
    wrong_digit = PUBLISHED[:-1] + "0"
    assert mask(wrong_digit, is_code=True) == wrong_digit
    # a grid code of 15 digits, a unified credit code of 18 characters, a building code of 19
    for code in ("520103001001001", "91350100M000100Y43", "1101051949123100219"):
        assert mask(code, is_code=True) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13800138000", 1),
        ("138 0013 8000、139-0013-8000", 2),
        ("+86 13800138000", 1),
        ("0571-88001380", 0),
        ("12800138000", 0),
        ("116.13800138000", 0),
        ("1380013800012", 0),
    ],
)
def test_mobiles_are_told_from_other_digits(text: str, found: int) -> None:
    assert len(mobiles(text)) == found


def test_a_personal_header_hides_the_cell_and_a_code_keeps_its_digits() -> None:
    assert masked_cell("户主姓名", "王小明") == "***"
    assert masked_cell("联系电话", "88001380") == "***"
    assert masked_cell("楼栋编码", "13800138000") == "13800138000"
    assert masked_cell("备注", "找 13800138000") == "找 ***"
    assert masked_cell("备注", None) is None


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A small city whose facilities come with the name, identity and telephone of a resident."""
    site = SmallCity()
    first, second, third = site.facilities
    toml = site.but(facilities=(first, replace_id(second, first[0]), third)).write(tmp_path / "c")
    path = tmp_path / "c" / "facilities.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    extra = [f",{PUBLISHED},王小明,备注 13800138000"] * len(rows)
    lines = [head + ",证件,户主,说明", *(row + more for row, more in zip(rows, extra, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return toml


def replace_id(facility: tuple[Any, ...], code: str) -> Any:
    return (code, *facility[1:])


def test_a_file_with_personal_data_is_a_warning_with_columns_and_counts(city: Path) -> None:
    found = check_city(city)
    (fault,) = [one for one in found.faults if one.code == "PII"]
    assert (fault.severity, fault.affected, fault.rows) == ("warning", 3, (2, 3, 4))
    assert "证件 (identity numbers, 3 cells)" in fault.message
    assert "户主 (names of persons, 3 cells)" in fault.message
    assert "说明 (mobile telephones, 3 cells)" in fault.message


def test_nothing_of_it_is_in_the_release_nor_in_the_rejected_rows(
    city: Path, tmp_path: Path
) -> None:
    build_city(city, tmp_path / "store", BuildOptions(workers=1))
    con = opened(tmp_path / "store")
    (content,) = [row[0] for row in con.execute("select content from rejected").fetchall()]
    assert json.loads(content)["户主"] == "***"
    tables = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
    texts = [str(con.execute(f"select * from {name}").fetchall()) for name in tables]
    con.close()
    assert len(tables) > 20
    for secret in (PUBLISHED, "王小明", "13800138000"):
        assert not [name for name, text in zip(tables, texts, strict=True) if secret in text]
