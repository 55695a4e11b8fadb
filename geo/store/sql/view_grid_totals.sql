-- One row a grid of [lo, hi): its amount in milli or dm2; null where it is not known. Order: grid.
select g.basis_total as amount
from grid as g
where g.grid_idx >= $lo and g.grid_idx < $hi
order by g.grid_idx
