-- At most one row: a grid by its id. Parameter: grid_id.
select
    g.grid_idx,
    g.grid_id,
    g.name,
    g.community_idx,
    g.street_idx,
    g.district_idx,
    g.people_milli,
    g.households_milli,
    g.basis_total as amount,
    g.reliability,
    g.lon,
    g.lat,
    st_asgeojson(g.geom)::varchar as ring
from grid as g
where g.grid_id = $grid_id
order by g.grid_idx
limit 1
