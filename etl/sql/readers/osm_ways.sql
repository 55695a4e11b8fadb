-- Grain: one row a way with a highway tag and at least two nodes.
-- Parameters: $path the .osm.pbf file.
select
    id,
    tags['highway'] as highway,
    tags['foot'] as foot,
    tags['access'] as access,
    tags['sidewalk'] as sidewalk,
    tags['motorroad'] as motorroad,
    tags['name'] as name
from st_readosm($path)
where kind = 'way' and tags['highway'] is not null and len(refs) > 1
order by id;
