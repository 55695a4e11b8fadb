-- At most one row: the first grid that holds a point. Parameters: lon, lat (WGS 84 degrees).
select g.grid_id
from grid as g
where st_contains(g.geom, st_point($lon, $lat))
order by g.grid_idx
limit 1
