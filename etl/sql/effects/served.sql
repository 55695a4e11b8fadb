-- one row per facility x grid whose verdict in the facility's category, at any hour, rests on it: it is the
-- nearest facility of a demand point of the grid, within the category's limit
-- parameters: $is_walk boolean, $default_dm integer (limit of a category without a radius)
create or replace temp table effect_served as
with answers as (
    select
        reach.category_idx,
        reach.demand_idx,
        case when $is_walk then reach.walk_dm else reach.line_dm end as distance_dm,
        case when $is_walk then reach.walk_facility_idx else reach.line_facility_idx end
            as facility_idx
    from reach
)

select distinct
    answers.facility_idx,
    demand.grid_idx
from answers
inner join category on category.category_idx = answers.category_idx
inner join demand on demand.demand_idx = answers.demand_idx
where category.base_idx is null
    and answers.distance_dm <= coalesce(category.radius_m * 10, $default_dm)
order by answers.facility_idx, demand.grid_idx;
