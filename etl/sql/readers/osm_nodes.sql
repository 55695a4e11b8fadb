-- Grain: one row a node of a walkable way; WGS 84 degrees. `used(id)` is registered by the reader.
-- Parameters: $path the .osm.pbf file.
select id, lon, lat, tags['barrier'] as barrier
from st_readosm($path)
where kind = 'node' and id in (select id from used)
order by id;
