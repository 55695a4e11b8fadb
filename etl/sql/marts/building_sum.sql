-- one row per grid with buildings: the sums of what its buildings know
create or replace temp table building_sum as
select
    grid_idx,
    sum(people_milli)::bigint as people_milli,
    sum(households_milli)::bigint as households_milli,
    sum(elderly_milli)::bigint as elderly_milli,
    sum(children_milli)::bigint as children_milli
from stg_building
where reject_reason is null
group by grid_idx
order by grid_idx;
