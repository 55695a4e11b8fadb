"""The names of the stores of the change card."""

from typing import Final

WHY: Final = "why"
"""What is asked: the keys of the query, `m`, and `n`, which tells one asking from another."""
CHANGE: Final = "change"
"""The answer, with the `n` of its question."""
WHY_DRAWN: Final = "why-drawn"
