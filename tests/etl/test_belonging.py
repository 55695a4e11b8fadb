"""Where rows say they belong: in a column, or in their name or address."""

import numpy as np
import shapely

from etl.layers import Layer
from etl.readers.belonging import belonging, plain_name
from etl.readers.raw import objects


def layer(**columns: list[str | None]) -> Layer:
    rows = len(next(iter(columns.values())))
    return Layer(
        kind="facilities",
        source="f.csv",
        sha256="",
        bytes=0,
        rows_in=rows,
        crs="WGS84",
        encoding="utf-8",
        note=None,
        columns={name: objects(cells) for name, cells in columns.items()},
        row=np.arange(rows) + 2,
        geometry=shapely.points(np.zeros((rows, 2))),
    )


GRIDS = layer(
    id=["1", "2", "3", "4"],
    community=["南门社区", "南门东社区", "杨柳村", None],
    street=["城关镇", "城关镇", "文新街道", "文新街道"],
)


def test_the_finest_level_that_enough_rows_name_is_taken() -> None:
    rows = layer(name=["a", "b", "c"], 所属社区=["南门", "杨柳村", None], 街道=["城关镇"] * 3)
    found = belonging(rows, GRIDS, 2)
    assert (found.basis, found.own.tolist()) == ("own community", [0, 2, -1])
    assert found.group.tolist() == [0, 1, 2, -1]
    found = belonging(rows, GRIDS, 3)
    assert (found.basis, found.own.tolist()) == ("own street", [0, 0, 0])
    found = belonging(rows, GRIDS, 4)
    assert (found.basis, found.own.tolist()) == ("any grid", [-1, -1, -1])
    assert found.group.tolist() == [0, 1, 2, 3]


def test_a_grid_is_named_by_a_header_that_says_so() -> None:
    assert belonging(layer(网格编码=["2", "9"]), GRIDS, 1).own.tolist() == [1, -1]
    # the number of the facility itself is no grid
    assert belonging(layer(编号=["1", "2"]), GRIDS, 1).basis == "any grid"


def test_a_community_is_found_in_a_name_or_an_address_by_its_full_name() -> None:
    rows = layer(
        name=[
            "南门社区卫生服务站",
            "南门东社区养老驿站",
            "南门超市",
            "杨柳村小学",
            None,
            "南门社区店",
        ],
        address=[None, "幸福路1号", "南门外", "城关镇杨柳村", "文新街道 杨 柳 村", "杨柳村"],
    )
    found = belonging(rows, GRIDS, 3)
    assert found.basis == "the community of their name"
    assert found.own.tolist() == [0, 1, -1, 2, 2, -1]


def test_a_branch_of_a_shop_is_named_after_its_community() -> None:
    rows = layer(name=["华联超市（南门店）", "华联超市(南门东店)", "南门店", "百货（北门店）"])
    assert belonging(rows, GRIDS, 2).own.tolist() == [0, 1, -1, -1]


def test_names_of_two_characters_are_too_short_to_be_found_in_a_text() -> None:
    rows = layer(name=["文新街道办事处", "城关镇中心小学", "乡村"], address=[None, None, None])
    found = belonging(rows, GRIDS, 2)
    assert (found.basis, found.own.tolist()) == ("the street of their name", [1, 0, -1])


def test_width_case_blanks_and_endings_do_not_matter() -> None:
    assert plain_name(" 南门 社区") == plain_name("南门居委会") == plain_name("南门") == "南门"
    assert plain_name("Ａ1社区") == "a1"
    assert plain_name(None) == ""
