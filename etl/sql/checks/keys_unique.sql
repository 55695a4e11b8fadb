-- one row per table whose key is not unique or has gaps
with counted as (
    select
        'area' as name,
        count(*) as n,
        count(distinct area_idx) as keys,
        max(area_idx) + 1 as top
    from area
    union all
    select 'area code', count(*), count(distinct code), count(*) from area
    union all
    select 'grid', count(*), count(distinct grid_idx), max(grid_idx) + 1 from grid
    union all
    select 'grid id', count(*), count(distinct grid_id), count(*) from grid
    union all
    select 'category', count(*), count(distinct code), count(*) from category
    union all
    select 'facility', count(*), count(distinct facility_idx), coalesce(max(facility_idx) + 1, 0)
    from facility
    union all
    select 'facility id', count(*), count(distinct facility_id), count(*) from facility
    union all
    select 'entrance', count(*), count(distinct entrance_idx), coalesce(max(entrance_idx) + 1, 0)
    from entrance
    union all
    select 'unit', count(*), count(distinct unit_idx), coalesce(max(unit_idx) + 1, 0)
    from unit
    union all
    select 'unit id', count(*), count(distinct (kind, unit_id)), count(*) from unit
    union all
    select 'demand', count(*), count(distinct demand_idx), coalesce(max(demand_idx) + 1, 0)
    from demand
    union all
    select 'task', count(*), count(distinct task_id), count(*) from task
)

select
    name,
    n,
    keys,
    top
from counted
where n <> keys or n <> top
order by name;
