-- One row a grid x minute in which something is newly reached, for the grids [lo, hi); milli or dm2.
-- Parameters: speed, category, mode (codes), lo, hi (grid_idx). Order: grid, minute.
select
    p.grid_idx as unit,
    p.minute,
    p.basis_part as amount
from profile as p
where
    p.speed_idx = $speed
    and p.category_idx = $category
    and p.mode = $mode
    and p.grid_idx >= $lo
    and p.grid_idx < $hi
order by p.grid_idx, p.minute
