-- One row a category: how far a grid is from it. Parameters: mode, grid (grid_idx), own (only the facilities of the
-- grid's own district count).
select
    n.category_idx,
    case when o.grid_idx is null then n.nearest_dm else o.nearest_dm end as nearest_dm,
    case when o.grid_idx is null then n.code else o.code end as code
from nearest as n
left join nearest_own as o
    on $own
    and o.category_idx = n.category_idx
    and o.mode = n.mode
    and o.grid_idx = n.grid_idx
where n.mode = $mode and n.grid_idx = $grid
order by n.category_idx
