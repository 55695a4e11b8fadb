"""The overview: the answer, its parts, the worst places, the months."""
