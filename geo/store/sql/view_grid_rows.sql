-- One row a wanted grid with what a list shows of it. Parameters: grids (list of grid_idx), category, mode.
select
    g.grid_idx as i,
    g.grid_id as id,
    g.name,
    s.name as street,
    c.name as community,
    g.lon,
    g.lat,
    g.people_milli as people,
    g.households_milli as households,
    g.reliability,
    n.nearest_dm as dm,
    n.code,
    l.nearest_dm as line_dm,
    w.nearest_dm as walk_dm,
    f.facility_id as nearest_facility_id
from grid as g
left join area as s on s.area_idx = g.street_idx
left join area as c on c.area_idx = g.community_idx
left join nearest as n
    on n.grid_idx = g.grid_idx and n.category_idx = $category and n.mode = $mode
left join nearest as l
    on l.grid_idx = g.grid_idx and l.category_idx = $category and l.mode = 0
left join nearest as w
    on w.grid_idx = g.grid_idx and w.category_idx = $category and w.mode = 1
left join facility as f on f.facility_idx = n.nearest_facility_idx
where g.grid_idx in (select unnest($grids))
order by g.grid_idx
