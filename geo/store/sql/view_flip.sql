-- One row where a grid meets the target at 15 minutes (default speed, people) only with a neighbour's facility.
-- Parameters: category, mode, grid (grid_idx).
select e.grid_idx
from edge_flip as e
where e.category_idx = $category and e.mode = $mode and e.grid_idx = $grid
