"""Take in further places beside the grids: estates, committees, management cells."""
