-- one row per grid: its outline as GeoJSON
select
    grid_id,
    st_asgeojson(geom)::text as outline
from grid
order by grid_idx;
