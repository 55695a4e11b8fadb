"""The name of the container of the data page."""

from typing import Final

QUALITY: Final = "quality"
