-- one row per community with a list of rooms: functions, rooms, and their area, known where every room's is
-- Order: community
with separate as (
    select
        area_idx,
        shared_group,
        count(*) as functions,
        max(area_m2) as area_m2
    from community_component
    where kind = 'rooms'
    group by all
)

select
    area_idx,
    sum(functions)::double as functions,
    count(*)::double as separate_rooms,
    case when count(area_m2) = count(*) then sum(area_m2) end as rooms_m2
from separate
group by area_idx
order by area_idx;
