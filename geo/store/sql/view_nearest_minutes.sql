-- One row a grid: how far its nearest facility is. Parameters: category, mode, own (only the facilities of the grid's
-- own district count). Order: grid.
select
    n.grid_idx,
    case when o.grid_idx is null then n.nearest_dm else o.nearest_dm end as nearest_dm,
    case when o.grid_idx is null then n.code else o.code end as code
from nearest as n
left join nearest_own as o
    on $own
    and o.category_idx = n.category_idx
    and o.mode = n.mode
    and o.grid_idx = n.grid_idx
where n.category_idx = $category and n.mode = $mode
order by n.grid_idx
