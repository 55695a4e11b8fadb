-- One row a facility of a category near a grid: the next five on foot and in a straight line, and what is known of
-- each. Parameters: category (as it counts), mode, grid, own (only those in the grid's own district).
with listed as (
    select n.facility_idx, n.mode, n.rank, n.distance_dm
    from near as n
    where n.category_idx = $category and n.grid_idx = $grid
)

select
    f.facility_idx,
    f.facility_id as id,
    f.name,
    f.lon,
    f.lat,
    f.status,
    f.capacity_milli,
    f.floor_area_dm2,
    l.distance_dm as line_dm,
    w.distance_dm as walk_dm,
    u.ratio,
    u.served_milli
from facility as f
left join listed as l on l.facility_idx = f.facility_idx and l.mode = 0
left join listed as w on w.facility_idx = f.facility_idx and w.mode = 1
left join facility_use as u on u.facility_idx = f.facility_idx and u.mode = $mode
inner join grid as g on g.grid_idx = $grid
where f.facility_idx in (select facility_idx from listed)
    and (not $own or g.district_idx is null or f.district_idx = g.district_idx)
order by coalesce(w.distance_dm, 2147483647), l.distance_dm, f.facility_idx
limit 5
