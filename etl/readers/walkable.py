"""Decide which OpenStreetMap ways people may walk: one rule for every format.

Tags as described in the OpenStreetMap wiki under Key:highway, Key:foot, Key:access and
Key:sidewalk. A street whose pavement is mapped as a way of its own (`sidewalk=separate`) stays:
dropping it cuts whole cities apart.
"""

from functools import lru_cache
from typing import Final

TAG_KEYS: Final = ("highway", "foot", "access", "sidewalk", "motorroad")
"""The tags the rule looks at, in the order of its arguments."""

# fmt: off
_WALKABLE: Final = frozenset((
    "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link",
    "unclassified", "residential", "living_street", "service", "pedestrian", "footway", "path",
    "steps", "track", "cycleway", "road", "corridor", "platform", "elevator", "crossing",
))
_ONLY_IF_ALLOWED: Final = frozenset((
    "motorway", "motorway_link", "trunk", "trunk_link", "bridleway", "busway", "bus_guideway",
))
_ALLOWED: Final = frozenset(("yes", "designated", "permissive", "destination", "official"))
_CLOSED: Final = frozenset(("no", "private"))
_PAVEMENT: Final = frozenset(("both", "left", "right", "yes", "separate"))

GATES: Final = frozenset((
    "gate", "lift_gate", "swing_gate", "sliding_gate", "kissing_gate", "wicket_gate", "entrance",
    "turnstile",
))
"""Values of `barrier` on a node that make a street end at a gate."""
# fmt: on


@lru_cache(maxsize=65_536)
def is_walkable(
    highway: str | None,
    foot: str | None = None,
    access: str | None = None,
    sidewalk: str | None = None,
    motorroad: str | None = None,
) -> bool:
    """Tell whether people may walk a way with these tags; None where a tag is absent.

    `foot` decides where it is given. Without it, ways closed to everyone (`access=no|private`) are
    out, and so are motorways and trunk roads unless they have a pavement. What is being built,
    planned or gone is out.

    Examples
    --------
    >>> is_walkable("residential"), is_walkable("residential", sidewalk="separate")
    (True, True)
    >>> is_walkable("trunk"), is_walkable("trunk", foot="yes"), is_walkable("footway", foot="no")
    (False, True, False)
    """
    if highway not in _WALKABLE and highway not in _ONLY_IF_ALLOWED:
        return False
    if foot in _ALLOWED:
        return True
    if foot in _CLOSED or access in _CLOSED:
        return False
    if highway in _ONLY_IF_ALLOWED or motorroad == "yes":
        return sidewalk in _PAVEMENT
    return True
