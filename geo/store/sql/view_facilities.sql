-- One row a facility of a category. Parameters: category (category_idx), wanted (rows), skipped (rows).
select
    f.facility_id as id,
    f.name,
    f.status,
    f.is_open,
    f.capacity_milli,
    f.floor_area_dm2,
    g.grid_id,
    f.lon,
    f.lat
from facility as f
left join grid as g on g.grid_idx = f.grid_idx
where f.category_idx = $category
order by f.facility_idx
limit $wanted offset $skipped
