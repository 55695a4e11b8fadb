"""Hold what the page of gaps says of tasks and the calendar, Chinese and English."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "nav_gaps": ("短板", "Underserved"),
    "page_gaps": ("短板", "Underserved"),
}
