-- one row per area of a level; parameter: level. Order: area
with below as (
    select
        place_chain.level_idx as area_idx,
        count(*) as communities
    from place_chain
    where place_chain.unit = 'community' and place_chain.level = $level
    group by all
)

select
    area.area_idx,
    area.name,
    area.households_milli / 1000.0 as households,
    area.people_milli / 1000.0 as people,
    area.elderly_milli / 1000.0 as elderly,
    area.children_milli / 1000.0 as children,
    area.area_dm2 / 1e8 as area_km2,
    coalesce(below.communities, 0) as communities
from area
left join below on below.area_idx = area.area_idx
where area.level = $level
order by area.area_idx;
