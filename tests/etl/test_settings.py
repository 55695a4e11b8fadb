"""city.toml: every key checked, every mistake one message."""

from fractions import Fraction
from pathlib import Path

import pytest

from etl.settings import CitySettings, load_city
from geo.errors import SettingsError, SourceMissingError

BASE = '[city]\nname = "甲市"\nas_of = "2026-10"\n[grids]\npath = "g.shp"\n'


def load(folder: Path, text: str) -> CitySettings:
    file = folder / "city.toml"
    file.write_text(text, encoding="utf-8")
    return load_city(file)


def test_the_least_city_has_the_standard_speed_and_a_lattice(tmp_path: Path) -> None:
    city = load(tmp_path, BASE)
    assert [speed.name for speed in city.walk.speeds] == ["standard"]
    assert city.walk.speeds[0].metres_per_minute == Fraction(200, 3)
    assert (city.walk.max_minutes, city.walk.snap_limit_m) == (60, 200.0)
    assert (city.demand.method, city.demand.spacing_m) == ("lattice", 50.0)
    assert city.facilities == ()
    assert city.network is None
    assert city.grids.path == tmp_path / "g.shp"


def test_a_speed_is_the_fraction_that_was_written_and_the_default_comes_first(
    tmp_path: Path,
) -> None:
    walk = '[walk]\nstandard = "1000/15"\nelderly = 50.1\ndefault = "elderly"\nmax_minutes = 30\n'
    city = load(tmp_path, BASE + walk)
    assert [(s.name, s.metres_per_minute) for s in city.walk.speeds] == [
        ("elderly", Fraction(501, 10)),
        ("standard", Fraction(200, 3)),
    ]
    assert city.walk.max_minutes == 30


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[walk]\nslow = 9.9\n", "speed `slow` is 9.9; expected metres per minute from 10 to 200"),
        ("[walk]\nslow = 200.1\n", "from 10 to 200"),
        ('[walk]\nslow = "1/0"\n', "speed `slow` is '1/0'"),
        ("[walk]\nslow = true\n", "speed `slow` is True"),
        ("[walk]\nmax_minuts = 30\n", "`max_minuts` is not a key.*expected `max_minutes`"),
        ("[walk]\nmax_minutes = 61\n", "`max_minutes` is 61; expected a number from 1 to 60"),
        ('[walk]\nslow = 50\ndefault = "slwo"\n', "expected `slow`, or one of"),
        ("[gird]\n", "unknown key, the first `gird`; expected `grids`"),
        ('[demand]\nmethod = "lattise"\n', "`method` is lattise; expected `lattice`"),
        ('[demand]\nspacing_m = "50"\n', "`spacing_m` is '50', text in quotes; expected a number"),
        ('[demand]\npath = "b.csv"\n', "`path` is given but method is"),
        ('[facilities]\npath = "f.csv"\n', "expected \\[\\[facilities\\]\\]"),
        ('[[facilities]]\npath = "f.csv"\nnmae = "x"\n', "number 1: .*`nmae`; expected `name`"),
        (
            '[[facilities]]\npath = "f.csv"\ncategory = "A"\ncategory_column = "b"\n',
            "both given",
        ),
        ("[[facilities]]\npath = 3\n", "`path` is 3, a whole number; expected text in quotes"),
        ("[network]\n", "`path` is missing"),
        ('[basemap]\nwatr = "w.shp"\n', "`watr`; expected `water`"),
        ('[network]\npath = "n.osm"\nbarriers = 3\n', "`barriers` is 3, a whole number"),
    ],
)
def test_a_mistake_names_the_section_and_what_was_meant(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        load(tmp_path, BASE + text)
    assert "city.toml" in str(caught.value)


def test_a_missing_section_a_bad_month_and_broken_toml_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no section \[grids\]"):
        load(tmp_path, '[city]\nname = "a"\nas_of = "2026-10"\n')
    with pytest.raises(SettingsError, match="`as_of` is 2026-13; expected a month"):
        load(tmp_path, BASE.replace("2026-10", "2026-13"))
    with pytest.raises(SettingsError, match="line 2"):
        load(tmp_path, "[city]\nname = 甲\n")


def test_a_file_that_is_not_there_not_a_file_or_not_utf8_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceMissingError, match="cannot be opened"):
        load_city(tmp_path / "none.toml")
    with pytest.raises(SourceMissingError, match="is a folder"):
        load_city(tmp_path)
    file = tmp_path / "city.toml"
    file.write_bytes('name = "甲"'.encode("gbk"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_city(file)


def test_a_byte_order_mark_of_an_editor_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text(BASE, encoding="utf-8-sig")
    assert load_city(file).city.name == "甲市"


def test_keys_of_later_versions_are_kept_and_noted(tmp_path: Path) -> None:
    text = BASE + '[network]\npath = "n.osm"\ngates = "g.shp"\n'
    city = load(tmp_path, text)
    assert city.later == {"network.gates": "g.shp"}
    assert [(note.code, note.severity) for note in city.notes] == [("SECTION_UNUSED", "note")]


def test_barriers_of_the_network_are_a_layer_of_the_ground(tmp_path: Path) -> None:
    text = BASE + '[network]\npath = "n.osm"\nbarriers = { path = "w.shp", name = "墙名" }\n'
    city = load(tmp_path, text)
    wall = city.basemap["barriers"]
    assert (wall.title, wall.shown, wall.columns["name"]) == ("[network] barriers", "w.shp", "墙名")
    assert not city.notes


def test_facilities_basemap_and_buildings_keep_what_was_declared(tmp_path: Path) -> None:
    text = BASE + (
        '[demand]\nmethod = "buildings"\npath = "b.csv"\npeople = "人口"\n'
        '[[facilities]]\npath = "f.xlsx"\ncategory_column = "类别"\n'
        'category_map = { "小学" = "EDU_PRIMARY" }\nwhere = "a > 1"\ncrs = "GCJ-02"\n'
        '[basemap]\nwater = "w.shp"\nroads = { path = "r.shp", kind = "等级" }\n'
    )
    city = load(tmp_path, text)
    assert city.demand.source is not None
    assert city.demand.source.columns == {"people": "人口"}
    block = city.facilities[0]
    assert (block.category_column, block.crs, block.where) == ("类别", "GCJ-02", "a > 1")
    assert block.category_map == {"小学": "EDU_PRIMARY"}
    assert list(city.basemap) == ["water", "roads"]
    assert city.basemap["roads"].columns == {"kind": "等级"}
