-- At most one row: the first grid that holds a point.
-- Parameters: lon, lat (WGS 84 degrees); x, y (the same point in Web Mercator metres, for the boxes; 1 m of
-- slack, because a box has the rounding of its projection).
select g.grid_id
from tile_shape as t
inner join grid as g on g.grid_idx = t.i
where
    t.layer = 'grid'
    and $x between t.minx - 1 and t.maxx + 1
    and $y between t.miny - 1 and t.maxy + 1
    and st_contains(g.geom, st_point($lon, $lat))
order by g.grid_idx
limit 1
