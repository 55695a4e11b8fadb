-- One row a thing of the base map that stands in the way of a straight line, nearest to its start first.
-- Parameters: lon, lat, to_lon, to_lat.
with way as (
    select
        st_makeline(st_point($lon, $lat), st_point($to_lon, $to_lat)) as line,
        st_point($lon, $lat) as start
)

select
    b.layer,
    b.name,
    st_distance(way.start, st_intersection(b.geom, way.line)) as apart
from basemap as b
cross join way
where b.layer in ('water', 'railways', 'barriers') and st_intersects(b.geom, way.line)
order by apart, b.basemap_idx
limit 3
