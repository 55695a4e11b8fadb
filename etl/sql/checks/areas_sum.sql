-- one row per speed, category, mode and minute at which the city is not the sum of its grids
with grids as (
    select
        speed_idx,
        category_idx,
        mode,
        minute,
        sum(people) as people,
        sum(households) as households,
        sum(elderly) as elderly,
        sum(children) as children,
        sum(area) as area
    from profile
    group by all
)

select
    grids.speed_idx,
    grids.category_idx,
    grids.mode,
    grids.minute
from grids
full join (select * from area_profile where area_idx = 0) as city
    on city.speed_idx = grids.speed_idx and city.category_idx = grids.category_idx
    and city.mode = grids.mode and city.minute = grids.minute
where grids.people is distinct from city.people
    or grids.households is distinct from city.households
    or grids.elderly is distinct from city.elderly
    or grids.children is distinct from city.children
    or grids.area is distinct from city.area
order by all;
