-- one row per grid x category x method x mode, in the order of these four; of a category whose capacity is known
-- ratio: capacity of the open facilities that stand in the street (the city, where it has no streets) over its people
-- parameters: $category $mode (null = all), $lo $hi run of grids
with stands as (
    select f.category_idx, coalesce(g.street_idx, 0) as area_idx, sum(f.capacity_milli)::double as units
    from facility as f
    inner join grid as g on g.grid_idx = f.grid_idx
    where f.is_open and f.capacity_milli is not null
    group by f.category_idx, coalesce(g.street_idx, 0)
),

known as (
    select distinct category_idx from capacity
),

ratio as (
    select
        known.category_idx,
        'ratio' as method,
        g.grid_idx,
        case
            when g.people_milli is null or a.people_milli is null or a.people_milli = 0 then null
            else coalesce(stands.units, 0) / a.people_milli
        end as access
    from known
    cross join grid as g
    inner join area as a on a.area_idx = coalesce(g.street_idx, 0)
    left join stands
        on stands.category_idx = known.category_idx and stands.area_idx = coalesce(g.street_idx, 0)
),

listed as (
    select category_idx, mode, method, grid_idx, access from capacity
    union all
    select ratio.category_idx, modes.mode, ratio.method, ratio.grid_idx, ratio.access
    from ratio
    inner join (select distinct category_idx, mode from capacity) as modes
        on modes.category_idx = ratio.category_idx
)

select
    g.grid_id,
    c.code as category,
    l.method,
    case l.mode when 0 then 'line' else 'walk' end as mode,
    g.people_milli,
    l.access
from listed as l
inner join grid as g on g.grid_idx = l.grid_idx
inner join category as c on c.category_idx = l.category_idx
where ($category is null or c.code = $category)
    and ($mode is null or l.mode = $mode)
    and l.grid_idx >= $lo and l.grid_idx < $hi
order by g.grid_id, c.code, l.method, l.mode;
