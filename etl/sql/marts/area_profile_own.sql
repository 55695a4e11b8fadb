-- one row per speed x category x mode x area x minute: the sums of what its grids differ by without neighbours
insert into area_profile_own
with owners as (
    select grid_idx, 0 as area_idx from grid
    union all
    select grid_idx, district_idx from grid where district_idx is not null
    union all
    select grid_idx, street_idx from grid where street_idx is not null
    union all
    select grid_idx, community_idx from grid where community_idx is not null
)

select
    profile.speed_idx,
    profile.category_idx,
    profile.mode,
    owners.area_idx,
    profile.minute,
    sum(profile.people)::bigint as people,
    sum(profile.households)::bigint as households,
    sum(profile.elderly)::bigint as elderly,
    sum(profile.children)::bigint as children,
    sum(profile.area)::bigint as area
from profile_own as profile
inner join owners on owners.grid_idx = profile.grid_idx
group by all
order by profile.category_idx, profile.speed_idx, profile.mode, owners.area_idx, profile.minute;
