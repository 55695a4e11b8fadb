-- One row a facility of a category. Parameters: category (category_idx), opening (only those known to be open then;
-- any: all of them), wanted (rows), skipped (rows).
select
    f.facility_id as id,
    f.name,
    f.status,
    f.is_open,
    f.capacity_milli,
    f.floor_area_dm2,
    g.grid_id,
    f.lon,
    f.lat,
    f.hours,
    f.is_open_evening,
    f.is_open_weekend,
    f.uncounted
from facility as f
left join grid as g on g.grid_idx = f.grid_idx
where
    f.category_idx = $category
    and case $opening
        when 'evening' then f.is_open and coalesce(f.is_open_evening, false)
        when 'weekend' then f.is_open and coalesce(f.is_open_weekend, false)
        else true
    end
order by f.facility_idx
limit $wanted offset $skipped
