"""The card that says why a number changed since the month before."""
