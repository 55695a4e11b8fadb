-- one row per category x mode x grid that meets the target at 15 minutes only with a neighbour's facility
-- people, default speed; the target is compared as integers
insert into edge_flip
with counted as (
    select
        category_idx,
        mode,
        grid_idx,
        people as with_neighbours,
        people as own
    from profile
    where speed_idx = 0 and minute <= 15
    union all
    select
        category_idx,
        mode,
        grid_idx,
        0 as with_neighbours,
        people as own
    from profile_own
    where speed_idx = 0 and minute <= 15
),

summed as (
    select
        counted.category_idx,
        counted.mode,
        counted.grid_idx,
        sum(counted.with_neighbours)::bigint as covered_milli,
        sum(counted.own)::bigint as covered_own_milli
    from counted
    group by counted.category_idx, counted.mode, counted.grid_idx
)

select
    summed.category_idx,
    summed.mode,
    summed.grid_idx,
    grid.people_milli,
    summed.covered_milli,
    summed.covered_own_milli
from summed
inner join grid on grid.grid_idx = summed.grid_idx
where grid.people_milli > 0
    and summed.covered_milli * 10 >= grid.people_milli * 9
    and summed.covered_own_milli * 10 < grid.people_milli * 9
order by summed.category_idx, summed.mode, summed.grid_idx;
