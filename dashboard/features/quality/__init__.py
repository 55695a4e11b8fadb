"""The data page: what was read, what is wrong with it, what was checked."""
