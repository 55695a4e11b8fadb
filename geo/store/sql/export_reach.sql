-- one row per demand point x category, by demand point, then category code
-- parameters: $own (only the own district's facilities count), $category (code, null = all), $opening (evening |
-- weekend; null = any hour), $lo $hi run of grids
with answered as (
    select
        reach.category_idx,
        reach.demand_idx,
        case when own.demand_idx is null then reach.line_dm else own.line_dm end as line_dm,
        case when own.demand_idx is null then reach.walk_dm else own.walk_dm end as walk_dm,
        case
            when own.demand_idx is null
                then coalesce(reach.walk_facility_idx, reach.line_facility_idx)
            else coalesce(own.walk_facility_idx, own.line_facility_idx)
        end as facility_idx
    from reach
    left join reach_own as own
        on $own
        and own.category_idx = reach.category_idx
        and own.demand_idx = reach.demand_idx
)

select
    demand.demand_idx as demand_id,
    grid.grid_id,
    category.code as category,
    answered.line_dm,
    answered.walk_dm,
    facility.facility_id,
    demand.lon,
    demand.lat
from answered
inner join demand on demand.demand_idx = answered.demand_idx
inner join grid on grid.grid_idx = demand.grid_idx
inner join category on category.category_idx = answered.category_idx
left join facility on facility.facility_idx = answered.facility_idx
where ($category is null or split_part(category.code, '@', 1) = $category)
    and category.opening is not distinct from $opening
    and grid.grid_idx >= $lo
    and grid.grid_idx < $hi
order by demand.demand_idx, category.code;
