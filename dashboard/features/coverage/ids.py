"""The names of the containers of the coverage page."""

from typing import Final

LAYERS: Final = "layers"
HISTOGRAM: Final = "histogram"
DETAIL: Final = "detail"
DRAWER: Final = "drawer"
