"""The header and the bar in which a person says what to look at."""
