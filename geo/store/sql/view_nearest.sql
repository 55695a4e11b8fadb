-- One row a mode: how far a grid is from a category, and from which facility. Parameters: category, grid (grid_idx).
select
    n.mode,
    n.nearest_dm,
    n.code,
    f.facility_id,
    f.name as facility_name,
    f.lon,
    f.lat
from nearest as n
left join facility as f on f.facility_idx = n.nearest_facility_idx
where n.category_idx = $category and n.grid_idx = $grid
order by n.mode
