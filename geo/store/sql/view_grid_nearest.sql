-- One row a category: how far a grid is from it. Parameters: mode, grid (grid_idx).
select
    n.category_idx,
    n.nearest_dm,
    n.code
from nearest as n
where n.mode = $mode and n.grid_idx = $grid
order by n.category_idx
