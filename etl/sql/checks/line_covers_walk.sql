-- one row per area and minute at which more is covered on foot than in a straight line
with signed as (
    select
        speed_idx,
        category_idx,
        area_idx,
        minute,
        sum(case mode when 0 then people else -people end) as people,
        sum(case mode when 0 then households else -households end) as households,
        sum(case mode when 0 then elderly else -elderly end) as elderly,
        sum(case mode when 0 then children else -children end) as children,
        sum(case mode when 0 then area else -area end) as area
    from area_profile
    group by speed_idx, category_idx, area_idx, minute
),

running as (
    select
        speed_idx,
        category_idx,
        area_idx,
        minute,
        sum(people) over so_far as people,
        sum(households) over so_far as households,
        sum(elderly) over so_far as elderly,
        sum(children) over so_far as children,
        sum(area) over so_far as area
    from signed
    window so_far as (partition by speed_idx, category_idx, area_idx order by minute)
)

select
    speed_idx,
    category_idx,
    area_idx,
    minute
from running
where least(people, households, elderly, children, area) < 0
order by speed_idx, category_idx, area_idx, minute;
