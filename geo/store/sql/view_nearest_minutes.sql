-- One row a grid: how far its nearest facility is. Parameters: category, mode. Order: grid.
select
    n.grid_idx,
    n.nearest_dm,
    n.code
from nearest as n
where n.category_idx = $category and n.mode = $mode
order by n.grid_idx
