-- One row a grid of [lo, hi), in order: what a list shows of it. Parameters: lo, hi.
select grid_idx, grid_id, name, street_idx, community_idx, reliability
from grid
where grid_idx >= $lo and grid_idx < $hi
order by grid_idx
