"""The coverage page: what lies on the map, one place in detail, the worst grids."""
