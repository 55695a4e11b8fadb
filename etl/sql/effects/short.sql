-- one row per category x grid with people that falls short of the target in the category
-- parameters: $is_walk boolean, $default_dm integer, $target_numerator and $target_denominator
with reached as (
    select
        reach.category_idx,
        demand.grid_idx,
        sum(demand.people_milli) as people_milli
    from reach
    inner join category on category.category_idx = reach.category_idx
    inner join demand on demand.demand_idx = reach.demand_idx
    where case when $is_walk then reach.walk_dm else reach.line_dm end
        <= coalesce(category.radius_m * 10, $default_dm)
    group by reach.category_idx, demand.grid_idx
)

select
    category.category_idx,
    grid.grid_idx
from category
cross join grid
left join reached
    on reached.category_idx = category.category_idx and reached.grid_idx = grid.grid_idx
where grid.people_milli > 0
    and category.category_idx in (select category_idx from effect_uncounted)
    and coalesce(reached.people_milli, 0) * $target_denominator
        < grid.people_milli * $target_numerator
order by category.category_idx, grid.grid_idx;
