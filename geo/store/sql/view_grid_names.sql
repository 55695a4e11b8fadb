-- One row a grid of [lo, hi). Order: grid.
select
    g.grid_id,
    g.name,
    g.people_milli,
    g.basis_total as amount,
    g.lon,
    g.lat
from grid as g
where g.grid_idx >= $lo and g.grid_idx < $hi
order by g.grid_idx
