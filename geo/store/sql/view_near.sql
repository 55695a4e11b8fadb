-- One row a rank: the next facilities from a grid's inner point, dm. Parameters: category, mode, grid (grid_idx), own
-- (only those in the grid's own district; a grid of no district keeps all).
select
    n.rank,
    f.facility_id as id,
    f.name,
    n.distance_dm as dm,
    case when n.mode = 0 then 'line' else 'walk' end as mode,
    f.lon,
    f.lat
from near as n
inner join grid as g on g.grid_idx = n.grid_idx
inner join facility as f on f.facility_idx = n.facility_idx
where n.category_idx = $category
    and n.mode = $mode
    and n.grid_idx = $grid
    and (not $own or g.district_idx is null or f.district_idx = g.district_idx)
order by n.rank
