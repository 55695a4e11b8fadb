"""Check a city against standards: ledgers of communities, packs of rules, verdicts."""
