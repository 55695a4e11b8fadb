-- one row per speed x category x mode x area x minute: the sums of what its grids differ by without neighbours
insert into area_profile_own
select
    profile.speed_idx,
    profile.category_idx,
    profile.mode,
    grid_owner.area_idx,
    profile.minute,
    sum(profile.people)::bigint as people,
    sum(profile.households)::bigint as households,
    sum(profile.elderly)::bigint as elderly,
    sum(profile.children)::bigint as children,
    sum(profile.area)::bigint as area
from profile_own as profile
inner join grid_owner on grid_owner.grid_idx = profile.grid_idx
group by all
order by profile.category_idx, profile.speed_idx, profile.mode, grid_owner.area_idx, profile.minute;
