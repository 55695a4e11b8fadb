-- One row a wanted grid with what a list shows of it. Parameters: grids (list of grid_idx), category, mode, own (only
-- the facilities of the grid's own district count).
with answered as (
    select
        n.grid_idx,
        n.mode,
        case when o.grid_idx is null then n.nearest_dm else o.nearest_dm end as nearest_dm,
        case when o.grid_idx is null then n.nearest_facility_idx else o.nearest_facility_idx end as facility_idx,
        case when o.grid_idx is null then n.code else o.code end as code
    from nearest as n
    left join nearest_own as o
        on $own
        and o.category_idx = n.category_idx
        and o.mode = n.mode
        and o.grid_idx = n.grid_idx
    where n.category_idx = $category
)

select
    g.grid_idx as i,
    g.grid_id as id,
    g.name,
    d.name as district,
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
left join area as d on d.area_idx = g.district_idx
left join area as s on s.area_idx = g.street_idx
left join area as c on c.area_idx = g.community_idx
left join answered as n on n.grid_idx = g.grid_idx and n.mode = $mode
left join answered as l on l.grid_idx = g.grid_idx and l.mode = 0
left join answered as w on w.grid_idx = g.grid_idx and w.mode = 1
left join facility as f on f.facility_idx = n.facility_idx
where g.grid_idx in (select unnest($grids))
order by g.grid_idx
