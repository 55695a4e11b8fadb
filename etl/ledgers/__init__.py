"""Turn any table keyed by a place into values of indicators, level by level."""
