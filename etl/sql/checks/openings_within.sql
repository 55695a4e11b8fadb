-- one row per demand point and opening that is nearer than its category at any hour, and per area,
-- speed, mode and minute at which an opening covers more
with openings as (
    select category_idx, base_idx, code
    from category
    where base_idx is not null
),

signed as (
    select
        openings.code,
        part.speed_idx,
        part.mode,
        part.area_idx,
        part.minute,
        case when part.category_idx = openings.base_idx then 1 else -1 end as sign,
        part.people,
        part.households,
        part.area
    from openings
    inner join area_profile as part
        on part.category_idx in (openings.base_idx, openings.category_idx)
),

summed as (
    select
        code,
        speed_idx,
        mode,
        area_idx,
        minute,
        sum(sign * people) as people,
        sum(sign * households) as households,
        sum(sign * area) as area
    from signed
    group by code, speed_idx, mode, area_idx, minute
),

running as (
    select
        code,
        speed_idx,
        mode,
        area_idx,
        minute,
        sum(people) over so_far as people,
        sum(households) over so_far as households,
        sum(area) over so_far as area
    from summed
    window so_far as (partition by code, speed_idx, mode, area_idx order by minute)
)

select
    openings.code,
    'demand' as what,
    mine.demand_idx as idx,
    null as minute
from openings
inner join reach as mine on mine.category_idx = openings.category_idx
inner join reach as base
    on base.category_idx = openings.base_idx and base.demand_idx = mine.demand_idx
where mine.line_dm < base.line_dm
    or mine.walk_dm < coalesce(base.walk_dm, 2147483647)
union all
select
    code,
    'area' as what,
    area_idx as idx,
    minute
from running
where least(people, households, area) < 0
order by code, what, idx, minute;
