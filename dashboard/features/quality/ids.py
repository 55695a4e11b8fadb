"""The names of the containers of the data page."""

from typing import Final

QUALITY: Final = "quality"
OPERATE: Final = "operate"
"""Filled by the scripts of the operator's page; they ask the addresses under /inbox."""
