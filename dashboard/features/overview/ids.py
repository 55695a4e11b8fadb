"""The names of the containers that the scripts of the page fill."""

from typing import Final

TITLE: Final = "title"
SENTENCE: Final = "sentence"
KPIS: Final = "kpis"
MAP: Final = "map"
MAP_HEAD: Final = "map-head"
LEGEND: Final = "legend"
RANKING: Final = "ranking"
CATEGORIES: Final = "categories"
TREND: Final = "trend"
TREND_HEAD: Final = "trend-head"
