"""Hold what a row of a ledger comes to: the catalogue, AMap, OpenStreetMap, words, a city's own."""

import gzip
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.build import Built
from etl.catalogue import CATALOGUE, categories, category_codes
from etl.layers import Fault, Layer
from etl.readers import category_rules as rules
from etl.readers.categories import Categorised, guess, ruled
from etl.readers.categories import categories as give
from etl.readers.layer import read_layer
from etl.readers.raw import objects
from etl.settings import FacilitySource, load_city
from geo.errors import InputDataError, SettingsError, SourceMissingError
from tests.etl.cities import SmallCity

FIXTURE: dict[str, Any] = tomllib.loads((CATALOGUE.parent / "amap_fixture.toml").read_text("utf-8"))
CODES = [each.code for each in categories()]


def given_rows(columns: dict[str, list[str | None]], **settings: Any) -> Categorised:
    """Give the categories of a block held in memory."""
    n = len(next(iter(columns.values())))
    source = FacilitySource("[[facilities]]", "f.csv", Path("f.csv"), **settings)
    cells = {name: objects(values) for name, values in columns.items()}
    return give(source, cells, np.arange(2, n + 2))


def the(found: Categorised, code: str) -> Fault:
    """Give the one fault of a code."""
    (fault,) = [fault for fault in found.faults if fault.code == code]
    return fault


# AMap


@pytest.mark.parametrize("pair", FIXTURE["pair"], ids=lambda pair: pair["code"])
def test_a_pair_of_type_code_and_text_comes_to_its_category(pair: dict[str, Any]) -> None:
    wanted = None if pair["category"] == "aside" else pair["category"]
    for cell in (pair["code"], ";".join(pair["text"]), "；".join(pair["text"])):
        verdict = rules.by_amap(cell, pair.get("name"))
        assert (verdict.category, bool(verdict.why)) == (wanted, wanted is None), cell
        if wanted is not None:
            assert verdict.is_doubtful == pair.get("doubtful", verdict.is_doubtful)
            assert verdict.is_doubtful or not pair.get("doubtful")


@pytest.mark.parametrize("entry", FIXTURE["wrong"], ids=lambda entry: entry["code"])
def test_a_table_that_goes_round_is_not_believed(entry: dict[str, Any]) -> None:
    assert set(entry["never"]) <= set(CODES)
    assert rules.by_amap(entry["code"], None).category not in entry["never"]


def test_of_several_types_the_first_that_maps_decides() -> None:
    assert rules.by_amap("170000|090601", None).category == "MED_PHARM"
    assert rules.by_amap("090601|141203", None).category == "MED_PHARM"
    assert (
        rules.by_amap("公司企业;公司;公司|科教文化服务;学校;小学", None).category == "EDU_PRIMARY"
    )
    assert rules.by_amap("090400|170000", None).why


def test_a_code_that_lost_its_leading_zero_is_read() -> None:
    assert rules.by_amap("90601", None).category == "MED_PHARM"
    assert rules.by_amap("90601.0", None).category == "MED_PHARM"


def test_text_and_code_that_disagree_are_doubtful_and_the_text_holds() -> None:
    columns = {"category": ["医疗保健服务;诊所;诊所"], "typecode": ["090200"], "name": ["甲"]}
    found = given_rows({name: list(cells) for name, cells in columns.items()})
    assert found.codes.tolist() == ["MED_OUTPT"]
    assert "090200" in the(found, "CAT_AMBIG").message


def test_a_column_of_type_codes_is_enough() -> None:
    found = given_rows({"typecode": ["141203", "090500"], "name": ["甲", "乙"]})
    assert found.codes.tolist() == ["EDU_PRIMARY", None]
    assert found.reason.tolist() == [None, "CAT_EXCLUDED"]
    assert "090500" in the(found, "CAT_EXCLUDED").message


# OpenStreetMap


@pytest.mark.parametrize(
    ("tags", "name", "category"),
    [
        ("amenity=pharmacy", None, "MED_PHARM"),
        ("amenity=clinic;healthcare=clinic", "东街社区卫生服务站", "MED_STATION"),
        ("amenity=school", "实验小学", "EDU_PRIMARY"),
        ("amenity=school", "第二初级中学", "EDU_JUNIOR"),
        ("amenity=school, isced:level=2", None, "EDU_JUNIOR"),
        ("amenity=social_facility;social_facility=nursing_home", None, "ELD_HOME"),
        ("shop=supermarket", None, "COM_SUPER"),
        ("leisure = park", None, "GRN_PARK"),
        ("highway=bus_stop", None, "TRA_BUS"),
        ("bus_stop", None, "TRA_BUS"),
        ("toilet", None, "ENV_TOILET"),
        ("amenity=bench", None, None),
    ],
)
def test_tags_as_text_come_to_a_category(tags: str, name: str | None, category: str | None) -> None:
    assert rules.by_tag_text(tags, name).category == category


def test_columns_named_as_keys_are_tags() -> None:
    columns: dict[str, list[str | None]] = {
        "name": ["甲", "乙", "丙", "丁"],
        "amenity": ["hospital", None, "social_facility", "fountain"],
        "shop": [None, "convenience", None, None],
        "social_facility": [None, None, "nursing_home", None],
    }
    found = given_rows(columns)
    assert found.codes.tolist() == ["MED_HOSPITAL", "COM_CONV", "ELD_HOME", None]
    assert found.reason.tolist()[3] == "CAT_UNKNOWN"


OSM = """<?xml version="1.0"?>
<osm version="0.6">
 <node id="9" lat="39.75" lon="117.01"><tag k="amenity" v="pharmacy"/><tag k="name" v="Drug"/>
  <tag k="name:zh" v="大药房"/><tag k="opening_hours" v="24/7"/></node>
 <node id="8" lat="39.75" lon="117.02"><tag k="amenity" v="bench"/></node>
 <node id="1" lat="39.70" lon="117.00"/><node id="2" lat="39.70" lon="117.01"/>
 <node id="3" lat="39.71" lon="117.01"/><node id="4" lat="39.71" lon="117.00"/>
 <node id="5" lat="39.702" lon="117.002"/><node id="6" lat="39.702" lon="117.004"/>
 <node id="7" lat="39.704" lon="117.004"/>
 <way id="30"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
 <way id="20"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="21"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/></way>
 <way id="22"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
  <tag k="amenity" v="school"/><tag k="name" v="实验小学"/></way>
 <way id="23"><nd ref="5"/><nd ref="6"/><nd ref="77"/><nd ref="5"/><tag k="leisure" v="park"/></way>
 <relation id="40"><member type="way" ref="30" role="outer"/>
  <member type="way" ref="20" role="outer"/><member type="way" ref="21" role="inner"/>
  <tag k="type" v="multipolygon"/>
  <tag k="leisure" v="park"/></relation>
</osm>
"""


def osm_layer(path: Path, **settings: Any) -> Layer:
    """Read the facilities of an OpenStreetMap file."""
    return read_layer(FacilitySource("[[facilities]]", path.name, path, **settings), "facilities")


def test_an_extract_gives_its_points_and_areas_as_facilities(tmp_path: Path) -> None:
    file = tmp_path / "city.osm"
    file.write_text(OSM, encoding="utf-8")
    layer = osm_layer(file)
    assert layer.columns["id"].tolist() == ["n9", "w22", "r40"]
    assert layer.columns["category"].tolist() == ["MED_PHARM", "EDU_PRIMARY", "GRN_PARK"]
    assert layer.columns["name"].tolist() == ["大药房", "实验小学", None]
    assert layer.columns["hours"].tolist() == ["24/7", None, None]
    assert (layer.geometry[0].x, layer.geometry[0].y) == (117.01, 39.75)
    # 0.01 x 0.01 degrees less the triangle of the hole
    assert layer.geometry[2].area == pytest.approx(0.01 * 0.01 - 0.002 * 0.002 / 2)
    assert "Left out: 1 tagged place of no category." in str(layer.note)
    assert "Left out: 1 place that the extract cut." in str(layer.note)
    benches = osm_layer(file, category="GRN_PLAZA", where="amenity = 'bench'")
    assert benches.columns["id"].tolist() == ["n8"]


def test_a_real_extract_has_the_pharmacies_that_its_xml_has(real_data: Path) -> None:
    file = real_data / "graphhopper" / "monaco.osm.gz"
    layer = osm_layer(file)
    found = Counter(layer.columns["category"].tolist())
    with gzip.open(file) as text:
        nodes = [each for _, each in ElementTree.iterparse(text) if each.tag in ("node", "way")]
    tagged = [{(tag.get("k"), tag.get("v")) for tag in each.iter("tag")} for each in nodes]
    for tag, category in {
        ("amenity", "pharmacy"): "MED_PHARM",
        ("amenity", "bank"): "COM_BANK",
    }.items():
        assert found[category] == sum(tag in tags for tags in tagged) > 0


# Words


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("养老院", "ELD_HOME"),
        ("敬老院", "ELD_HOME"),
        ("日间照料", "ELD_DAYCARE"),
        ("养老服务驿站", "ELD_STATION"),
        ("托育", "EDU_NURSERY"),
        ("托儿所", "EDU_NURSERY"),
        ("老年食堂", "ELD_CANTEEN"),
        ("老年助餐点", "ELD_CANTEEN"),
        ("社区养老服务中心", "ELD_STATION"),
        ("养老服务", "ELD_STATION"),
        ("托儿", "EDU_NURSERY"),
        ("社区居委会", "ADM_STATION"),
        ("街道办", "ADM_STREET"),
        ("公厕", "ENV_TOILET"),
        ("幼儿园培训中心", None),
        ("便民驿站", None),
        ("汽车服务", None),
    ],
)
def test_a_word_comes_to_a_category(word: str, category: str | None) -> None:
    assert ruled(word).category == category


def test_the_name_is_asked_where_the_word_says_nothing() -> None:
    found = given_rows({"category": ["民办非企业", None], "name": ["夕阳红敬老院", "向阳托育园"]})
    assert found.codes.tolist() == ["ELD_HOME", "EDU_NURSERY"]
    said = the(found, "CAT_RULE")
    assert (said.severity, said.affected, said.rows) == ("note", 2, (2, 3))
    assert "by a keyword in the name 2" in said.message


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("教育培训;幼儿园", "EDU_KINDER"),
        ("教育学校:小学", "EDU_PRIMARY"),
        ("购物 > 超市", "COM_SUPER"),
        ("医疗保健:综合医院:三级甲等医院", "MED_HOSPITAL"),
        ("房产小区:住宅区:住宅小区", None),
    ],
)
def test_the_last_level_of_another_provider_is_asked_first(word: str, category: str | None) -> None:
    assert ruled(word).category == category


def test_a_company_or_a_university_may_run_what_the_code_says() -> None:
    assert rules.by_amap("090300", "康美口腔门诊部有限公司").category == "MED_OUTPT"
    assert rules.by_amap("090300", "医学院门诊").category == "MED_OUTPT"
    assert rules.by_amap("090300", "爱心宠物诊所").category is None
    assert rules.by_name("小太阳幼儿园用品有限公司").category is None


def test_empty_brackets_are_no_name() -> None:
    found = given_rows({"category": ["[]", "[]"], "name": ["敬老院", "[]"]})
    assert found.codes.tolist() == ["ELD_HOME", None]
    assert "(empty) 1" in the(found, "CAT_UNKNOWN").message


def test_the_longest_word_decides() -> None:
    assert rules.by_name("城东社区卫生服务站药房").category == "MED_STATION"
    assert rules.by_name("阳光小学门口停车场").category == "TRA_PARK"
    assert rules.by_name("朝阳便利店（第一幼儿园店）").category == "COM_CONV"
    assert rules.by_name("兴隆菜市场公厕").category == "ENV_TOILET"
    assert rules.by_name("卫生院家属楼").category is None
    pharmacy = rules.by_name("阳光小区药店")
    assert (pharmacy.category, pharmacy.is_doubtful) == ("MED_PHARM", False)


def test_a_tie_takes_what_the_name_ends_with_and_is_reported() -> None:
    columns = {"category": [None, "小学"], "name": ["实验幼儿园便利店", "便利店幼儿园小学"]}
    found = given_rows({name: list(cells) for name, cells in columns.items()})
    assert found.codes.tolist() == ["COM_CONV", "EDU_PRIMARY"]
    doubt = the(found, "CAT_AMBIG")
    assert (doubt.severity, doubt.rows) == ("warning", (2,))


def test_what_city_toml_says_wins_over_every_rule() -> None:
    columns: dict[str, list[str | None]] = {
        "category": ["090300", "诊所", "药店", "小学"],
        "name": ["甲", "乙", "社区卫生服务站", "丁"],
    }
    mapped = {"090300": "MED_STATION", "诊所": "none", "小学": "EDU_JUNIOR"}
    found = given_rows(columns, category_map=mapped)
    assert found.codes.tolist() == ["MED_STATION", None, "MED_PHARM", "EDU_JUNIOR"]
    assert found.reason.tolist() == [None, "CAT_EXCLUDED", None, None]


def test_city_toml_may_name_a_type_code_or_a_tag() -> None:
    columns: dict[str, list[str | None]] = {
        "typecode": ["141202", None],
        "amenity": [None, "shelter"],
        "name": ["甲", "乙"],
    }
    assert given_rows(columns).codes.tolist() == ["EDU_JUNIOR", None]
    mapped = {"141202": "none", "amenity=shelter": "SEC_SHELTER"}
    found = given_rows(columns, category_map=mapped)
    assert found.codes.tolist() == [None, "SEC_SHELTER"]
    assert [fault.code for fault in found.faults] == ["CAT_EXCLUDED"]


def test_a_mistyped_code_is_no_word_for_the_name_to_mend() -> None:
    found = given_rows({"category": ["EDU_PRIMRY"], "name": ["实验小学"]})
    assert found.reason.tolist() == ["CAT_UNKNOWN"]


def test_unknown_words_are_counted_with_a_line_to_paste() -> None:
    cells: list[str | None] = ["棋盘室", "棋盘室", "社区卫生服务", 'a"b']
    found = given_rows({"category": cells})
    fault = the(found, "CAT_UNKNOWN")
    assert (fault.affected, fault.rows) == (4, (2, 3, 4, 5))
    assert "4 rows with a category that is not known: 棋盘室 2" in fault.message
    line = fault.action[fault.action.index("category_map =") :]
    pasted = tomllib.loads(line)["category_map"]
    assert set(pasted) == set(cells)
    assert set(pasted.values()) <= {*CODES, "none"}
    assert pasted["社区卫生服务"] == "MED_STATION"
    again = given_rows({"category": cells}, category_map=pasted)
    assert "CAT_UNKNOWN" not in again.reason.tolist()


def test_a_guess_is_a_code_or_nothing() -> None:
    assert guess("社区卫生服务") in ("MED_STATION", "MED_CENTRE")
    assert guess("xyz") is None


def test_a_block_that_does_not_say_what_it_holds_is_refused() -> None:
    with pytest.raises(InputDataError, match=r"does not say what its facilities are.*Add one"):
        given_rows({"name": ["甲小学"]})


CELLS = st.sampled_from(
    [
        "小学",
        "090300",
        "中学",
        "amenity=clinic",
        "其他",
        "EDU_PRIMARY",
        "药",
        "汽车服务",
        "141202",
        None,
    ]
)
NAMES = st.sampled_from(
    ["社区卫生服务站", "第一中学", "高级中学", "敬老院", "幼儿园便利店", "甲", None]
)


@given(rows=st.lists(st.tuples(CELLS, NAMES), min_size=1, max_size=12), data=st.data())
def test_the_order_of_rows_is_irrelevant(
    rows: list[tuple[str | None, str | None]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    columns = {"category": [cell for cell, _ in rows], "name": [name for _, name in rows]}
    found = given_rows(columns)
    shuffled = given_rows({key: [cells[at] for at in order] for key, cells in columns.items()})
    assert shuffled.codes.tolist() == [found.codes[at] for at in order]
    assert shuffled.reason.tolist() == [found.reason[at] for at in order]
    told, again = (
        sorted((each.code, each.message, each.affected) for each in some.faults)
        for some in (found, shuffled)
    )
    assert told == again


@given(st.text(max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    verdict = ruled(text, text)
    assert verdict.category is None or verdict.category in CODES
    assert isinstance(guess(text), str | None)


# The catalogue


OWN = '[[category]]\ncode = "MED_STATION"\nzh = "卫生站点"\nradius_m = 650\nmandatory = true\n'


def test_a_city_changes_a_radius_and_a_name_and_the_release_keeps_it(
    tmp_path: Path, build: Callable[..., Built], ask: Callable[..., list[tuple[Any, ...]]]
) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "my.toml").write_text(OWN, encoding="utf-8")
    city = SmallCity(as_of='2026-10"\ncatalogue = "my.toml')
    built = build(city)
    assert ask("select zh, radius_m, is_mandatory from category where code = 'MED_STATION'") == [
        ("卫生站点", 650, True)
    ]
    assert ask("select radius_m from category where code = 'EDU_PRIMARY'") == [(500,)]
    (note,) = [fault for fault in built.faults if fault.code == "CATALOGUE_OWN"]
    assert note.feature_id == "MED_STATION"
    assert "radius_m 300 became 650" in note.message


def test_a_name_of_the_city_means_the_category_and_so_does_the_old_one(tmp_path: Path) -> None:
    own = tmp_path / "my.toml"
    own.write_text(OWN, encoding="utf-8")
    known = category_codes(own)
    assert known["卫生站点"] == known["社区卫生服务站"] == "MED_STATION"
    assert categories(own)[CODES.index("MED_STATION")].confidence == "own"
    assert category_codes()["社区卫生服务站"] == "MED_STATION"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[category]]\ncode = "MED_STATON"\n', ("`MED_STATON`", "`MED_STATION`")),
        ('[[category]]\ncode = "MED_STATION"\nradus_m = 3\n', ("`radus_m`", "`radius_m`")),
        ('[[category]]\ncode = "MED_STATION"\nradius_m = -3\n', ("-3", "0 to 20000")),
        ('[[category]]\ncode = "MED_STATION"\nlevel = "20"\n', ("`20`", "one of 15")),
        ('[[category]]\ncode = "MED_STATION"\nzh = ""\n', ("`zh` is missing",)),
        (OWN + OWN, ("`MED_STATION` stands there twice", "number 2")),
        ('[[categories]]\ncode = "MED_STATION"\n', ("`categories`", "`category`")),
        ("category = 3\n", ("has no [[category]]",)),
        ("category = [3]\n", ("entry 1 of category is no table",)),
        ("[[category]\n", ("my.toml is not valid TOML",)),
    ],
)
def test_a_mistake_in_an_own_catalogue_is_one_message(
    tmp_path: Path, text: str, says: tuple[str, ...]
) -> None:
    own = tmp_path / "my.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        categories(own)
    assert [each for each in says if each not in str(caught.value)] == [], str(caught.value)


def test_an_own_catalogue_that_is_not_there_is_named(tmp_path: Path) -> None:
    toml = SmallCity(as_of='2026-10"\ncatalogue = "none.toml').write(tmp_path)
    with pytest.raises(SourceMissingError, match=r"none\.toml cannot be opened"):
        load_city(toml)


def test_every_category_names_its_document_and_clause() -> None:
    for each in categories():
        assert each.source[0], each.code
        assert each.source[1], each.code
    kindergarten = categories()[CODES.index("EDU_KINDER")]
    assert "附录 B、C" in kindergarten.source[0]
    assert "第 2 项" in kindergarten.source[0]
    assert "appendices B and C" in kindergarten.source[1]


def test_every_rule_has_a_category_or_a_reason() -> None:
    for file in ("amap.toml", "osm_tags.toml", "keywords.toml"):
        content = tomllib.loads((CATALOGUE.parent / file).read_text("utf-8"))
        for entries in content.values():
            for entry in entries:
                assert ("category" in entry) != ("why" in entry), entry
                assert entry.get("category", "MED_STATION") in CODES, entry


def test_no_keyword_stands_in_two_rules() -> None:
    content = tomllib.loads((CATALOGUE.parent / "keywords.toml").read_text("utf-8"))
    listed = [word for entry in content["keyword"] for word in entry["words"]]
    assert sorted(listed) == sorted(set(listed))
