"""Compare two releases of a store: what changed, and which change moved the numbers how far."""

from etl.compare.making import compare, compare_before_publishing

__all__ = ["compare", "compare_before_publishing"]
