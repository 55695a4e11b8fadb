-- One row an open facility of a category that stands in grids [lo, hi), those on whom most depend first.
-- Parameters: category, mode, lo, hi (of the whole city every facility counts, outside the grids too), is_city.
select
    f.facility_idx,
    f.facility_id as id,
    f.name,
    f.lon,
    f.lat,
    f.capacity_milli,
    u.served_milli,
    u.sole_milli,
    u.ratio,
    u.load_milli,
    s.name as street
from facility_use as u
inner join facility as f on f.facility_idx = u.facility_idx
left join grid as g on g.grid_idx = f.grid_idx
left join area as s on s.area_idx = g.street_idx
where f.category_idx = $category and u.mode = $mode
    and ($is_city or (f.grid_idx >= $lo and f.grid_idx < $hi))
order by u.sole_milli desc, u.served_milli desc, f.facility_idx
