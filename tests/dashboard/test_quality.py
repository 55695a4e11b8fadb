"""What the data page is told of faults: groups by rank, each with its share, rows and places."""

from __future__ import annotations

from geo.store.quality import quality


def test_groups_carry_share_effect_and_samples(small):
    record = quality(small)
    (group,) = record["groups"]
    assert (group["severity"], group["code"], group["source"]) == ("warning", "POP_ODD", "g.csv")
    assert (group["count"], group["share"], group["effect_grids"]) == (1, 1 / 37, 1)
    (sample,) = group["samples"]
    assert (sample["row"], sample["feature_id"], sample["lon"]) == (9, "G08", 116.3)


def test_a_fault_with_a_place_is_on_the_map(small):
    (place,) = quality(small)["located"]
    assert (place["code"], place["row"], place["lon"], place["lat"]) == ("POP_ODD", 9, 116.3, 39.9)
