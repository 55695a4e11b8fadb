"""The names of the containers that the scripts of the page fill."""

from typing import Final

HEAD: Final = "work-head"
WORK: Final = "work"
