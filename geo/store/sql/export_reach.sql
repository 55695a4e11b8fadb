-- one row per demand point x category, by demand point, then category code
-- parameters: $category (code, null = all), $lo $hi run of grids
select
    demand.demand_idx as demand_id,
    grid.grid_id,
    category.code as category,
    reach.line_dm,
    reach.walk_dm,
    facility.facility_id,
    demand.lon,
    demand.lat
from reach
inner join demand on demand.demand_idx = reach.demand_idx
inner join grid on grid.grid_idx = demand.grid_idx
inner join category on category.category_idx = reach.category_idx
inner join facility
    on facility.facility_idx = coalesce(reach.walk_facility_idx, reach.line_facility_idx)
where ($category is null or category.code = $category) and grid.grid_idx >= $lo and grid.grid_idx < $hi
order by demand.demand_idx, category.code;
