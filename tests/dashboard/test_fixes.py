"""The smallest fix keeps its promise: built into the source files, it brings in whom it said."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from dashboard.app import create_app
from dashboard.snapshots import Snapshots
from etl.build import BuildOptions, build_city
from etl.demo import write_demo

CATEGORIES = ("MED_STATION", "EDU_KINDER", "ELD_DAYCARE", "EDU_PRIMARY", "COM_MARKET")


class City:
    """Source files of a city, and an interface over what they build to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def client(self):
        store = self.folder.parent / f"store-{self.folder.name}"
        build_city(self.folder / "city.toml", store, BuildOptions(workers=2))
        return create_app(Snapshots(store)).server.test_client()

    def copy(self, name: str) -> City:
        other = City(self.folder.parent / name)
        shutil.copytree(self.folder, other.folder)
        return other

    def add_site(self, category: str, lonlat: list[float]) -> None:
        text = f"id,name,lon,lat\nN1,new,{lonlat[0]!r},{lonlat[1]!r}\n"
        (self.folder / "new.csv").write_text(text, encoding="utf-8")
        block = (
            f'\n[[facilities]]\npath = "new.csv"\nid = "id"\nname = "name"\nlon = "lon"\n'
            f'lat = "lat"\ncrs = "WGS84"\ncategory = "{category}"\n'
        )
        with (self.folder / "city.toml").open("a", encoding="utf-8") as file:
            file.write(block)

    def add_way(self, ends: list[list[float]]) -> None:
        """Put a footway between two nodes into the street file."""
        (osm,) = self.folder.glob("*.osm")
        text = osm.read_text(encoding="utf-8")
        found = {}
        for node in re.finditer(r"<node [^>]*>", text):
            at = dict(re.findall(r'(\w+)="([^"]*)"', node[0]))
            found[float(at["lon"]), float(at["lat"])] = at["id"]
        refs = "".join(f'<nd ref="{found[tuple(end)]}"/>' for end in ends)
        way = f'<way id="999999999">{refs}<tag k="highway" v="footway"/></way>'
        osm.write_text(text.replace("</osm>", way + "</osm>"), encoding="utf-8")


def reached(client, category: str) -> float:
    return client.get(f"/api/v1/summary?c={category}&m=15&t=walk").json["numerator"]


def offers(client, category: str, cause: str):
    """Give what is offered to the grids of a cause, the one with the most people first."""
    release = client.get("/api/v1/release").json["release"]
    query = f"c={category}&m=15&t=walk"
    rows = client.get(f"/api/v1/underserved?{query}&limit=1000").json["far"]["rows"]
    for row in rows:
        if row["cause"] == cause:
            card = client.get(f"/values/{release}/why?s={row['grid_id']}&{query}").json
            found = client.get(f"/values/{release}/fixes?i={card['far']['demand']}&{query}").json
            yield card, {one["kind"]: one for one in found["fixes"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fixes") / "now"
    write_demo(folder, grids=300)
    city = City(folder)
    return city, city.client()


def test_a_way_through_the_barrier_brings_in_whom_it_promised(demo):
    city, client = demo
    category, card, link = next(
        (category, card, fixes["link"])
        for category in CATEGORIES
        for card, fixes in offers(client, category, "barrier")
        if "link" in fixes
    )
    assert link["gain"] > 0
    assert link["length_m"] <= 150.01
    other = city.copy("with-way")
    other.add_way([link["from"], link["to"]])
    after = other.client()
    gained = reached(after, category) - reached(client, category)
    assert gained == pytest.approx(link["gain"] / 1000, abs=1e-9)
    release = after.get("/api/v1/release").json["release"]
    query = f"s={card['grid']['grid_id']}&c={category}&m=15&t=walk"
    later = after.get(f"/values/{release}/why?{query}").json
    assert later["numerator"] > card["numerator"]


def test_a_new_site_brings_in_whom_it_promised(demo):
    city, client = demo
    category = CATEGORIES[0]
    causes = ("no_facility", "distant", "barrier")
    card, fixes = next(one for cause in causes for one in offers(client, category, cause))
    site = fixes["new_site"]
    assert site["gain"] >= 1
    other = city.copy("with-site")
    other.add_site(category, site["at"])
    gained = reached(other.client(), category) - reached(client, category)
    assert gained == pytest.approx(site["gain"] / 1000, abs=1e-9)
    assert card["far"]["cause"] in causes


def test_the_micro_city_is_helped_across_its_river(real_data, tmp_path):
    shutil.copytree(real_data / "microcity", tmp_path / "now")
    city = City(tmp_path / "now")
    client = city.client()
    before = reached(client, "MED_STATION")
    (card, fixes), *_ = offers(client, "MED_STATION", "barrier")
    assert card["grid"]["grid_id"] == "G3"
    assert [one["layer"] for one in card["far"]["crossed"]] == ["water"]
    assert fixes["link"]["gain"] == fixes["new_site"]["gain"] == 1_500_000
    assert [one["layer"] for one in fixes["link"]["over"]] == ["water"]
    streets = city.folder / "streets.geojson"
    content = json.loads(streets.read_text(encoding="utf-8"))
    ends = [fixes["link"]["from"], fixes["link"]["to"]]
    line = {"type": "LineString", "coordinates": ends}
    content["features"].append({"type": "Feature", "properties": {}, "geometry": line})
    streets.write_text(json.dumps(content), encoding="utf-8")
    assert reached(city.client(), "MED_STATION") - before == 1500.0
