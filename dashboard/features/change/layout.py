"""Lay out the change card: its stores; the script of the page makes the card itself."""

from dash import dcc
from dash.development.base_component import Component

from dashboard.features.change import ids


def stores() -> list[Component]:
    """Give what the card asks and what it is answered."""
    return [dcc.Store(id=name) for name in (ids.WHY, ids.CHANGE, ids.WHY_DRAWN)]
